"""Requests made to confuse: two readings of one message, numbers at the edge, floods."""

from __future__ import annotations

import random
import select
import socket
import struct
import time

import pytest

from harness.cartouche import SANITIZER
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
JOB = "/v3/sql/carto_dw/job"


def refused(proxy, upstream, message: str | bytes, statuses: set[int]) -> None:
    """The message gets one error and the end of the connection; what is smuggled behind it gets nothing."""
    client = proxy.client()
    data = message if isinstance(message, bytes) else message.replace("HOST", client.host).encode("utf-8")
    try:
        client.send(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = client.answer()
    assert answer.status in statuses, answer
    assert client.is_closed()
    assert upstream.exchanges == []


@pytest.mark.parametrize("fields", [
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity",
    "Transfer-Encoding:\x0bchunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding : chunked",
    " Transfer-Encoding: chunked",
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 5\r\n folded: 1",
])
def test_ambiguous_framing(proxy, upstream, fields):
    """Refused, and the connection closed, whatever reading another server would prefer."""
    smuggled = f"GET {QUERY}?smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n"
    refused(proxy, upstream, f"POST {QUERY} HTTP/1.1\r\nHost: HOST\r\n{fields}\r\n\r\n0\r\n\r\n{smuggled}", {400, 501})


def test_chunked_from_http_1_0(proxy, upstream):
    """A transfer coding in HTTP/1.0 is faulty framing (RFC 9112 §6.1)."""
    refused(proxy, upstream, f"POST {QUERY} HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400, 501})


@pytest.mark.parametrize("length", [
    "9223372036854775808", "18446744073709551616", "9" * 20, "9" * 5000, "-0", "-1", "+1", "1_0", "0x1", "1e3", "٣", "",
    "1, 1", "1,2", "1 1", "1;",
])
def test_lengths_that_are_none(proxy, upstream, length):
    """Only digits, and no more than there can be bytes."""
    refused(proxy, upstream, f"POST {QUERY} HTTP/1.1\r\nHost: HOST\r\nContent-Length: {length}\r\n\r\nx", {400, 413})


@pytest.mark.parametrize("chunks", [
    "FFFFFFFFFFFFFFFF\r\n", "8000000000000000\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1\nx\n0\n\n",
    "1\r\nxx\r\n0\r\n\r\n", "1\r\nx0\r\n\r\n", "0\r\nContent-Length: 5\r\nHost: x\r\nbad line\r\n\r\n",
    "1;" + "e" * 65536 + "\r\nx\r\n0\r\n\r\n", ("1;" + "e" * 200 + "\r\nx\r\n") * 2000 + "0\r\n\r\n",
], ids=lambda chunks: repr(chunks[:24]))
def test_chunks_that_are_none(proxy, upstream, chunks):
    """The client hears 400, the upstream never gets the request's end."""
    client = proxy.client()
    head = f"POST {QUERY} HTTP/1.1\r\nHost: {client.host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    try:
        client.send((head + chunks).encode())
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        assert client.answer().status in (400, 413)
        assert client.is_closed()
    except ConnectionResetError:
        pass
    assert not any(exchange.body_complete for exchange in upstream.exchanges)


@pytest.mark.parametrize("line", [
    "Name : value", "Na me: value", ": value", "Name", "N\xe4me: value", "Name: a\x00b", "Name: a\rb", "Name: a\nb", "\x01: x",
    "Name:\r\n folded",
])
def test_field_lines_that_are_none(proxy, upstream, line):
    """Refused, never repaired."""
    refused(proxy, upstream, f"GET {QUERY} HTTP/1.1\r\nHost: HOST\r\n{line}\r\n\r\n".encode("latin-1").replace(
        b"HOST", proxy.client().host.encode()), {400})


def test_bare_line_feeds(proxy, upstream):
    """A line ends with CRLF and with nothing else."""
    refused(proxy, upstream, f"GET {QUERY} HTTP/1.1\nHost: HOST\n\n", {400})


class TestLimits:
    """What a head may take; a byte more ends it at once, however it is sent."""

    def test_long_but_allowed(self, proxy, upstream):
        """A request line of 8,000 bytes and a hundred fields pass: map clients need them."""
        target = QUERY + "?q=" + "x" * 7950
        fields = {f"X-{number}": "v" for number in range(95)}
        assert proxy.client().request("GET", target, fields).answer().status == 200
        assert upstream.the_exchange().target == target

    @pytest.mark.parametrize(("message", "status"), [
        (f"GET {QUERY}?{'x' * 100_000} HTTP/1.1\r\nHost: HOST\r\n\r\n", 414),
        (f"GET {QUERY} HTTP/1.1\r\nHost: HOST\r\n" + "X: y\r\n" * 10_000 + "\r\n", 431),
        (f"GET {QUERY} HTTP/1.1\r\nHost: HOST\r\nX: {'y' * 100_000}\r\n\r\n", 431),
        (f"GET {QUERY} HTTP/1.1\r\nHost: HOST\r\n{'y' * 100_000}: x\r\n\r\n", 431),
    ], ids=["line", "fields", "value", "name"])
    def test_too_long(self, proxy, upstream, message, status):
        """414 for the line, 431 for the fields."""
        refused(proxy, upstream, message, {status})

    def test_fields_without_end(self, proxy):
        """A client that never ends its head is cut off at the limit, and costs no memory until then."""
        client = proxy.client()
        client.send(f"GET {QUERY} HTTP/1.1\r\nHost: {client.host}\r\n".encode())
        sent = 0
        while not select.select([client.socket], [], [], 0.0005)[0]:
            client.send(b"X-Drip: " + b"y" * 1000 + b"\r\n")
            sent += 1010
        assert client.answer().status == 431
        assert sent < 256 << 10
        assert client.is_closed()


    def test_heads_that_never_end_cost_little(self, start, upstream, api_access_token):
        """Three hundred with half a head each take no more memory than twice the limit; 408 ends them."""
        proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, head_timeout="3s")
        proxy.client().request("GET", QUERY).answer()
        before = proxy.resident
        clients = [proxy.client() for _ in range(300)]
        for client in clients:
            client.send(f"GET {QUERY} HTTP/1.1\r\nHost: {client.host}\r\n".encode() + b"X: " + b"y" * 30_000)
        # All of it has been taken: one more byte is answered by nothing, and the proxy still serves.
        assert proxy.client().request("GET", QUERY).answer().status == 200
        if not SANITIZER:
            assert proxy.resident - before < 2 * 300 * (32 << 10) + (4 << 20)
        assert clients[0].answer().status == 408

    def test_a_length_as_large_as_there_can_be(self, proxy, upstream):
        """It is a number like any other; the upstream never sees the end of what cannot end."""
        with proxy.client() as client:
            client.request("POST", "/v3/imports", {"Content-Length": str((1 << 63) - 1)}).send(b"x" * 1000)
            exchange = upstream.next_exchange()
        assert exchange.connection.ended.wait(10)
        assert not exchange.body_complete
        assert proxy.client().request("GET", QUERY).answer().status == 200


def test_many_resets_leave_nothing_behind(proxy, upstream):
    """Connections reset at every point of a request; descriptors are back where they were, and it still serves."""
    idle = proxy.sockets
    message = f"POST {QUERY} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello".encode()
    for cut in range(len(message) + 1):
        each = proxy.client()
        each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.send(message[:cut]).close()
    # A few connections to the upstream may stay, to be used again.
    eventually(lambda: proxy.sockets <= idle + 8, "the sockets of the clients that left are closed")
    assert proxy.client().request("GET", QUERY).answer().status == 200


@pytest.mark.measured
@pytest.mark.parametrize("count", [4_000, pytest.param(100_000, marks=[pytest.mark.full, pytest.mark.timeout(900)])])
def test_resets_at_random_points(start, nginx, api_access_token, count):
    """Sixteen at a time, while they send, wait or read: nothing is stuck, descriptors and memory are where they were."""
    proxy = start(api_base_url=nginx.url, api_access_token=api_access_token, log_level="notice", access_log="off",
                  upstream_idle_timeout="1s")
    kinds = [f"GET {QUERY}?q=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", f"GET {JOB}/megabyte HTTP/1.1\r\nHost: localhost\r\n\r\n",
             "POST /v3/imports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n" + "x" * 20_000]
    chance = random.Random(1)

    def round_of(connections: int) -> None:
        for _ in range(connections // 16):
            clients = [socket.create_connection(proxy.address, 10) for _ in range(16)]
            for client in clients:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                message = chance.choice(kinds).encode()
                client.sendall(message[: chance.randrange(len(message) + 1)] if chance.random() < 0.5 else message)
            for client in clients:
                if chance.random() < 0.3:
                    select.select([client], [], [], 0.002)
                client.close()

    def settled() -> int:
        # Idle connections to the upstream go after a second.
        assert proxy.client().request("GET", QUERY).answer().status == 200
        return eventually(lambda: proxy.descriptors if proxy.descriptors <= idle else 0, "descriptors", 15)

    idle = proxy.descriptors + 1
    round_of(count // 4)
    settled()
    memory = proxy.resident
    round_of(count)
    settled()
    assert SANITIZER or proxy.resident - memory < 4 << 20, (memory, proxy.resident)


def test_a_slow_reader_costs_little(start, nginx, api_access_token):
    """A client that asks for a gigabyte and reads none of it: back-pressure, not memory."""
    proxy = start(api_base_url=nginx.url, api_access_token=api_access_token, log_level="info")
    proxy.client().request("GET", QUERY).answer()
    before = proxy.resident
    clients = [proxy.client().request("GET", "/v3/sql/carto_dw/job/big") for _ in range(8)]
    for client in clients:
        client.reader.line()
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        assert SANITIZER or proxy.resident - before < 8 << 20
        time.sleep(0.02)
    for client in clients:
        client.close()
