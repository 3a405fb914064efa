"""An upstream that is down, slow, rude or gone: what the client is told, and what is never sent twice."""

from __future__ import annotations

import threading

import pytest

from harness.nginx import free_port
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
JOB = "/v3/sql/carto_dw/job"


def test_down(start, api_access_token):
    """502 that names the upstream as the one at fault."""
    proxy = start(api_base_url=f"https://localhost:{free_port()}", api_access_token=api_access_token)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (502, "upstream")


def test_a_name_that_does_not_exist(start, api_access_token):
    """502 as well; `.invalid` never resolves (RFC 6761)."""
    proxy = start(api_base_url="https://api.carto.invalid", api_access_token=api_access_token)
    error = proxy.client(30).request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (502, "upstream")


def test_hanging(start, upstream, api_access_token):
    """504 when the answer does not begin in time; the upstream's work is stopped."""
    hold = threading.Event()
    upstream.respond = lambda exchange: hold.wait(30)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, answer_timeout="1s")
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (504, "upstream")
    hold.set()
    assert upstream.connections[0].ended.wait(10)


@pytest.mark.parametrize("garbage", [
    b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200\nX: y\n\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/3.0 200 OK\r\n\r\n", b"\0" * 100,
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
], ids=lambda garbage: repr(garbage[:40]))
def test_answers_that_are_none(proxy, upstream, garbage):
    """502, and nothing of it reaches the client."""
    def respond(exchange):
        exchange.read_body()
        exchange.send(garbage)
        exchange.connection.close()

    upstream.respond = respond
    error = proxy.client().request("POST", JOB, body=b"{}").error()
    assert (error["status"], error["source"]) == (502, "upstream")


def test_bytes_behind_an_answer_are_dropped_with_their_connection(proxy, upstream):
    """Two answers for one request: the second is not the answer to anybody's next one."""
    def respond(exchange):
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        exchange.send(answer + b"for-first" + answer + b"for-nobod")

    upstream.respond = respond
    client = proxy.client()
    for _ in range(3):
        assert client.request("GET", QUERY).answer().body == b"for-first"
    assert len(upstream.connections) == 3


def test_an_upstream_that_speaks_unasked_is_left(proxy, upstream):
    """What comes on a connection between two requests is nobody's answer; the connection is closed."""
    answered = threading.Event()

    def speak_unasked(exchange):
        # From the thread that serves the connection: a TLS connection is used by one at a time.
        exchange.answer_with_echo()
        if exchange is upstream.exchanges[0]:
            assert answered.wait(10)
            exchange.send(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

    upstream.respond = speak_unasked
    client = proxy.client()
    assert client.request("GET", QUERY).answer().status == 200
    answered.set()
    assert upstream.connections[0].ended.wait(10)
    assert client.request("GET", QUERY).answer().status == 200


def die_when_reused(exchange):
    """Serves the first request of a connection, and resets it at the second."""
    exchange.read_body()
    if exchange.connection.requests > 1:
        exchange.connection.reset()
    else:
        exchange.answer_with_echo()


def test_a_reused_connection_that_dies_a_get_is_sent_again(proxy, upstream):
    """Once, on a fresh connection; the client notices nothing."""
    upstream.respond = die_when_reused
    client = proxy.client()
    for number in range(3):
        assert client.request("GET", f"/v3/maps/carto_dw/table/1/2/{number}").answer().status == 200
    assert len(upstream.exchanges) == 5


def test_a_reused_connection_that_dies_a_post_is_never_sent_again(proxy, upstream):
    """It may have been executed: 502, and the upstream saw it once."""
    upstream.respond = die_when_reused
    client = proxy.client()
    assert client.request("GET", QUERY).answer().status == 200
    assert client.request("POST", JOB, body=b'{"query":"DELETE FROM t"}').error()["status"] == 502
    assert [exchange.method for exchange in upstream.exchanges] == ["GET", "POST"]


def test_a_get_that_may_write_is_never_sent_again(proxy, upstream):
    """`GET …/query?q=DELETE…` writes; the method alone does not make it safe."""
    upstream.respond = die_when_reused
    client = proxy.client()
    assert client.request("GET", QUERY).answer().status == 200
    assert client.request("GET", f"{QUERY}?q=DELETE%20FROM%20t").error()["status"] == 502
    assert len(upstream.exchanges) == 2


def test_a_fresh_connection_that_dies_is_no_reason_to_try_again(proxy, upstream):
    """The upstream may be at work on it."""
    upstream.respond = lambda exchange: exchange.connection.reset()
    assert proxy.client().request("GET", QUERY).error()["status"] == 502
    assert len(upstream.exchanges) == 1


def test_a_connection_closed_while_idle_is_not_used(proxy, upstream):
    """The upstream closed it in the meantime; even a POST goes through, on a new one."""
    client = proxy.client()
    for number in range(3):
        assert client.request("POST", JOB, body=b"{}").answer().status == 200
        before = proxy.sockets
        upstream.exchanges[number].connection.close()
        eventually(lambda: proxy.sockets < before, "the proxy notices that the connection was closed")


def test_a_client_that_leaves_stops_the_upstreams_work(proxy, upstream):
    """Map clients cancel all the time; the connection upstream ends, so that the API can stop."""
    hold = threading.Event()
    upstream.respond = lambda exchange: hold.wait(30)
    client = proxy.client().request("GET", QUERY)
    connection = upstream.next_exchange().connection
    client.close()
    # The origin is busy, not reading; below TLS the end shows as an alert or as the end of the stream.
    assert len(connection.bytes_below_tls(10)) < 100
    hold.set()
    assert connection.ended.wait(10)


def test_a_client_that_leaves_in_the_middle_of_an_answer(proxy, upstream):
    """The stream from the upstream ends too, instead of being drained."""
    stopped = threading.Event()

    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                exchange.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            stopped.set()
            raise

    upstream.respond = respond
    client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7")
    client.reader.line()
    client.close()
    assert stopped.wait(10)


def test_an_upload_that_stops_halfway_is_not_completed(proxy, upstream):
    """The upstream never sees a whole request where the client sent half a one."""
    client = proxy.client().request("POST", "/v3/imports", {"Content-Length": "100"}).send(b"x" * 50)
    exchange = upstream.next_exchange()
    client.close()
    assert exchange.connection.ended.wait(10)
    assert not exchange.body_complete


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_status_and_body_of_an_error_pass(proxy, upstream, body):
    """Whatever the API says about a request, it says to the client."""
    client = proxy.client()
    for status in (400, 403, 404, 409, 422, 429, 500, 502, 503, 504, 599):
        upstream.respond = lambda exchange: exchange.answer(status, {"Retry-After": "7"}, body)
        answer = client.request("GET", QUERY).answer()
        assert (answer.status, answer.body, answer.value("retry-after")) == (status, body, "7")
        assert answer.values("cartouche-error") == []
