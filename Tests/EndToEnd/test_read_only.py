"""With `read_only`, a request is forwarded only if it is known to read; nothing of another one leaves the program."""

from __future__ import annotations

import json
import time
from urllib.parse import quote, urlencode

import pytest

from harness.recording_upstream import Exchange

QUERY = "/v3/sql/carto_dw/query"
JOB = "/v3/sql/carto_dw/job"
MAP = "/v3/maps/carto_dw/query"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
READING = "SELECT count(*) FROM t WHERE name LIKE 'DROP%'"
LIMIT = 1 << 20


@pytest.fixture
def proxy(start, upstream, api_access_token):
    return start(api_base_url=upstream.url, api_access_token=api_access_token, read_only="true")


def in_json(statement: str, member: str = "q") -> bytes:
    return json.dumps({member: statement}).encode()


@pytest.mark.parametrize(("method", "target", "fields", "body"), [
    ("GET", f"{QUERY}?q={quote(READING)}", {}, b""),
    ("HEAD", f"{QUERY}?q={quote(READING)}", {}, b""),
    ("POST", QUERY, JSON, in_json(READING)),
    ("POST", QUERY, FORM, urlencode({"q": READING}).encode()),
    ("POST", JOB, JSON, in_json(READING, "query")),
    ("POST", MAP, JSON, in_json(READING)),
    ("POST", "/v3/maps/carto_dw/table", JSON, b'{"name":"carto.shared.t"}'),
    ("POST", "/v3/sql/carto_dw/model/category", JSON, b'{"source":"carto.shared.t","params":{"column":"c"}}'),
    ("POST", "/v3/sql/carto_dw/model/formula", JSON,
     b'{"source":"SELECT 1","params":{"column":"set","operationExp":"sum(x)"},"queryParameters":["it\'s; DROP"],'
     b'"filters":{"kind":{"in":{"values":["Call center"]}}},"spatialFilters":{"geom":{"type":"Polygon","coordinates":[]}}}'),
    ("GET", "/v3/maps/carto_dw/table?name=carto.shared.t&aggregationExp=sum(pop)%20as%20total&client=deck-gl", {}, b""),
    ("POST", "/v3/lds/geocoding/batch", JSON, b'[{"address":"Gran Via"}]'),
    ("GET", "/v3/imports", {}, b""),
], ids=lambda value: value[:40] if isinstance(value, str) else None)
def test_what_only_reads_is_forwarded_unchanged(proxy, upstream, method, target, fields, body):
    answer = proxy.client().request(method, target, fields, body).answer(method)
    assert answer.status == 200
    exchange = upstream.the_exchange()
    exchange.read_body()
    assert (exchange.method, exchange.target, exchange.body) == (method, target, body)


@pytest.mark.parametrize(("method", "target", "fields", "body"), [
    ("GET", f"{QUERY}?q=DELETE+FROM+t", {}, b""),
    ("HEAD", f"{QUERY}?q=DELETE+FROM+t", {}, b""),
    ("GET", f"{QUERY}?q=SELECT+1%3BDROP+TABLE+t", {}, b""),
    ("GET", f"{QUERY}?q=SELECT+1&%71=DROP+TABLE+t", {}, b""),
    ("GET", f"{QUERY}?q=SELECT+1&q[]=DROP+TABLE+t", {}, b""),
    ("GET", QUERY, {}, b""),
    ("GET", f"{QUERY}?q=SELECT+1", JSON, in_json("DROP TABLE t")),
    ("POST", QUERY, JSON, in_json("DROP TABLE t")),
    ("POST", f"{QUERY}?q=SELECT+1", JSON, in_json("DROP TABLE t")),
    ("POST", f"{QUERY}?q=DROP+TABLE+t", JSON, in_json("SELECT 1")),
    ("POST", QUERY, JSON, b'{"q":"SELECT 1","\\u0071":"DROP TABLE t"}'),
    ("POST", QUERY, JSON, b'{"q":"SELECT 1"'),
    ("POST", QUERY, FORM, urlencode({"q": "DROP TABLE t"}).encode()),
    ("POST", QUERY, FORM, in_json("SELECT 1")),
    ("POST", QUERY, {}, in_json("SELECT 1")),
    ("POST", QUERY, {"Content-Type": "application/json; charset=utf-7"}, in_json("SELECT 1")),
    ("POST", QUERY, JSON | {"Content-Encoding": "gzip"}, in_json("SELECT 1")),
    ("POST", JOB, JSON, in_json("INSERT INTO t SELECT 1", "query")),
    ("POST", MAP, JSON, in_json("CREATE TABLE t AS SELECT 1")),
    ("GET", f"{MAP}?q=CALL+p()", {}, b""),
    ("POST", "/v3/sql/carto_dw/model/category", JSON, b'{"source":"DROP TABLE t"}'),
    ("POST", "/v3/sql/carto_dw/model/formula", JSON, b'{"source":"a.b","params":{"operationExp":"(DELETE FROM t)"}}'),
    ("POST", "/v3/sql/carto_dw/model/formula", JSON, b'{"source":"a.b","filters":{"a":{"in":{"values":["\'; DROP TABLE t"]}}}}'),
    ("GET", "/v3/maps/carto_dw/table?name=carto.shared.t&aggregationExp=1)%20x;%20DROP%20TABLE%20t", {}, b""),
    ("GET", "/v3/stats/carto_dw/carto.shared.t/(DELETE%20FROM%20t)", {}, b""),
    ("GET", f"{QUERY}?q=SELECT+1&sql=COPY+t+FROM+x", {}, b""),
    ("POST", "/v3/imports", JSON, b"{}"),
    ("POST", "/v3/exports", JSON, b"{}"),
    ("POST", "/mcp/ac_some", JSON, b"{}"),
    ("DELETE", f"{JOB}/some-job", {}, b""),
], ids=lambda value: value[:60] if isinstance(value, str) else None)
def test_whatever_may_write_is_refused(proxy, upstream, method, target, fields, body):
    """403, with a hint; not even a connection is opened for it."""
    answer = proxy.client().request(method, target, fields, body).answer(method)
    assert answer.status == 403
    assert answer.value("cartouche-error") == "read-only"
    if method != "HEAD":
        error = json.loads(answer.body)
        assert error["source"] == "proxy" and error["hint"]
    assert upstream.exchanges == [] and upstream.connections == []


def test_the_connection_stays_usable_after_a_refusal(proxy, upstream):
    """The body was read to its end, and what follows is the next request."""
    client = proxy.client()
    assert client.request("POST", QUERY, JSON, in_json("DROP TABLE t")).error()["code"] == "read-only"
    assert client.request("POST", QUERY, JSON, in_json("SELECT 1")).answer().status == 200
    assert upstream.the_exchange().body == in_json("SELECT 1")


def test_a_writing_body_is_refused_however_it_comes(proxy, upstream):
    """In chunks of one byte each, with a trailer: nothing leaves before the last of it has been read."""
    client = proxy.client()
    client.request("POST", QUERY, JSON | {"Transfer-Encoding": "chunked"})
    for byte in in_json("DROP TABLE t"):
        client.send(b"1\r\n%c\r\n" % byte)
    assert client.send(b"0\r\nX-Q: SELECT 1\r\n\r\n").error()["code"] == "read-only"
    assert upstream.connections == []


def test_a_chunked_body_arrives_with_a_length(proxy, upstream):
    """It was held, so its length is known."""
    body = in_json(READING)
    client = proxy.client()
    client.request("POST", QUERY, JSON | {"Transfer-Encoding": "chunked"})
    half = len(body) // 2
    for part in (body[:half], body[half:]):
        client.send(b"%x\r\n%s\r\n" % (len(part), part))
    assert client.send(b"0\r\n\r\n").answer().status == 200
    exchange = upstream.the_exchange()
    assert exchange.value("content-length") == str(len(body))
    assert exchange.values("transfer-encoding") == []
    assert exchange.body == body


def test_nothing_is_sent_before_the_end_of_the_body(proxy, upstream):
    """The first half of a statement reads; the second may not."""
    body = in_json(READING)
    client = proxy.client().request("POST", QUERY, JSON | {"Content-Length": str(len(body))})
    client.send(body[:-1])
    time.sleep(0.3)
    assert upstream.connections == []
    assert client.send(body[-1:]).answer().status == 200


def test_a_client_that_waits_for_100_is_told_to_go_on(proxy, upstream):
    """The upstream cannot be asked before the body has been judged."""
    body = in_json(READING)
    client = proxy.client().request(
        "POST", QUERY, JSON | {"Expect": "100-continue", "Content-Length": str(len(body))})
    assert client.socket.recv(1 << 10) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.send(body).answer().status == 200
    assert upstream.the_exchange().values("expect") == []


def test_a_credential_in_a_form_is_taken_out_of_a_held_body_too(proxy, upstream, canaries):
    own = canaries.credential_of_a_client()
    body = f"access_token={own}&q=SELECT+1".encode()
    assert proxy.client().request("POST", QUERY, FORM, body).answer().status == 200
    exchange = upstream.the_exchange()
    assert own.encode() not in exchange.body and exchange.body.endswith(b"&q=SELECT+1")
    assert exchange.body_length == len(body)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_too_long_to_be_judged_is_refused(proxy, upstream, framing):
    body = in_json("SELECT '" + "x" * LIMIT + "'")
    client = proxy.client()
    if framing == "length":
        client.request("POST", QUERY, JSON | {"Content-Length": str(len(body))})
    else:
        client.request("POST", QUERY, JSON | {"Transfer-Encoding": "chunked"})
        client.send(b"%x\r\n%s" % (len(body), body))
    error = client.error()
    assert (error["status"], error["code"]) == (403, "read-only")
    assert upstream.connections == []


def test_a_body_of_the_largest_size_passes(proxy, upstream):
    frame = len(in_json("SELECT ''"))
    body = in_json("SELECT '" + "x" * (LIMIT - frame) + "'")
    assert len(body) == LIMIT
    assert proxy.client().request("POST", QUERY, JSON, body).answer().status == 200
    assert upstream.the_exchange().body_length == LIMIT


def test_a_held_body_is_sent_again_with_a_new_token(start, upstream, oauth):
    """A 401 was not executed; the body is still there, whatever its length."""
    proxy = start(oauth.settings, api_base_url=upstream.url, read_only="true")
    body = in_json("SELECT '" + "x" * (200 << 10) + "'")

    def respond(exchange: Exchange) -> None:
        exchange.read_body()
        if len(upstream.exchanges) == 1:
            exchange.answer(401, body=b'{"error":"Token expired","status":401}')
        else:
            exchange.answer_with_echo()

    upstream.respond = respond
    assert proxy.client().request("POST", QUERY, JSON, body).answer().status == 200
    assert [exchange.body_length for exchange in upstream.exchanges] == [len(body), len(body)]
    assert upstream.exchanges[0].body_digest == upstream.exchanges[1].body_digest


def test_without_it_writing_is_the_tokens_affair(start, upstream, api_access_token):
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    assert proxy.client().request("POST", QUERY, JSON, in_json("DROP TABLE t")).answer().status == 200
    assert upstream.the_exchange().body == in_json("DROP TABLE t")
