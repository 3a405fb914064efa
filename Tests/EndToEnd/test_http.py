"""HTTP/1.1 as it should be: connections, framing, interim answers, old clients."""

from __future__ import annotations

import threading

import pytest

QUERY = "/v3/sql/carto_dw/query"
IMPORTS = "/v3/imports"


def test_a_connection_is_kept(proxy, upstream):
    """Many requests on one connection, and one connection to the upstream for all of them."""
    client = proxy.client()
    for number in range(20):
        assert client.request("GET", f"{QUERY}?n={number}").answer().status == 200
    assert len(upstream.exchanges) == 20
    assert len(upstream.connections) == 1


def test_close_closes(proxy):
    """A client that asks for it gets its answer and the end of the connection."""
    client = proxy.client().request("GET", QUERY, {"Connection": "close"})
    answer = client.answer()
    assert answer.status == 200
    assert "close" in answer.value("connection")
    assert client.is_closed()


def test_pipelined_requests_are_answered_in_order(proxy, upstream):
    """Even if the first takes longest; bodies in between included."""
    slow = threading.Event()

    def respond(exchange):
        if exchange.target.endswith("n=0"):
            slow.wait(10)
        exchange.answer_with_echo()

    upstream.respond = respond
    client = proxy.client()
    for number in range(10):
        client.request("POST" if number % 2 else "GET", f"{QUERY}?n={number}", body=b"{}" if number % 2 else b"")
    slow.set()
    targets = [client.answer().body for _ in range(10)]
    assert [f'n={number}"'.encode() in body for number, body in enumerate(targets)] == [True] * 10


def test_a_chunked_upload_arrives_whole(proxy, upstream):
    """Chunk by chunk, with a trailer that the upstream gets or loses whole, never as a field."""
    client = proxy.client().request("POST", IMPORTS, {"Transfer-Encoding": "chunked", "Trailer": "X-Sum"})
    client.send(b"5\r\nhello\r\n").send(b"6;name=value\r\n world\r\n").send(b"0\r\nX-Sum: 7\r\n\r\n")
    assert client.answer().status == 200
    exchange = upstream.the_exchange()
    assert exchange.body == b"hello world"
    assert exchange.values("x-sum") == []
    assert exchange.trailers in ([], [("X-Sum", "7")])


def test_a_chunked_answer_arrives_whole_with_its_trailer(proxy, upstream):
    """For a client that accepts trailers."""
    upstream.respond = lambda exchange: exchange.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        b"5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 7\r\n\r\n")
    client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7", {"TE": "trailers", "Connection": "TE"})
    answer = client.answer()
    assert answer.body == b"hello world"
    assert answer.trailers == [("X-Sum", "7")]
    assert client.request("GET", QUERY).answer().status == 200


def test_an_answer_streams(proxy, upstream):
    """The first event of a stream is with the client while the second is still to come."""
    go_on = threading.Event()

    def respond(exchange):
        exchange.read_body()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        exchange.send(b"d\r\ndata: first\n\n\r\n")
        go_on.wait(10)
        exchange.send(b"e\r\ndata: second\n\n\r\n0\r\n\r\n")

    upstream.respond = respond
    client = proxy.client().request("POST", "/mcp/ac_endtoend", body=b"{}")
    reader = client.reader
    while reader.line():
        pass
    received = b""
    while b"first" not in received:
        received += reader.some(100)
    assert b"second" not in received
    go_on.set()
    while b"second" not in received:
        received += reader.some(100)


def test_a_request_streams(proxy, upstream):
    """The upstream has the first part of a body while the client still holds the second."""
    arrived = threading.Event()

    def respond(exchange):
        chunks = exchange.connection.reader.chunks(exchange.trailers)
        exchange.body = next(chunks)
        arrived.set()
        exchange.body += b"".join(chunks)
        exchange.body_complete = True
        exchange.answer(body=exchange.body)

    upstream.respond = respond
    client = proxy.client().request("POST", IMPORTS, {"Transfer-Encoding": "chunked"}).send(b"5\r\nfirst\r\n")
    assert arrived.wait(10)
    client.send(b"6\r\nsecond\r\n0\r\n\r\n")
    assert client.answer().body == b"firstsecond"


def test_head_has_no_body(proxy, upstream):
    """And the connection stays in step, though the answer tells a length."""
    upstream.respond = lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    client = proxy.client().request("HEAD", QUERY)
    answer = client.answer("HEAD")
    assert (answer.status, answer.value("content-length")) == (200, "1000")
    upstream.respond = type(upstream.the_exchange()).answer_with_echo
    assert client.request("GET", QUERY).answer().status == 200


@pytest.mark.parametrize("status", [204, 304])
def test_answers_that_have_no_body(proxy, upstream, status):
    """204 and 304 end with their head; the next answer follows on the same connections."""
    upstream.respond = lambda exchange: exchange.send(b"HTTP/1.1 %d No Body\r\nETag: \"a\"\r\n\r\n" % status)
    client = proxy.client()
    for _ in range(3):
        answer = client.request("GET", "/v3/sql/carto_dw/job/7").answer()
        assert (answer.status, answer.body) == (status, b"")
    assert len(upstream.connections) == 1


def test_an_answer_delimited_by_the_end_of_its_connection(proxy, upstream):
    """Is whole when TLS says so, and arrives in a form the client can see the end of."""
    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end")
        exchange.connection.socket.unwrap()

    upstream.respond = respond
    client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7")
    assert client.answer().body == b"until the end"


def test_an_answer_cut_short_is_not_ended_cleanly(proxy, upstream):
    """A client must be able to tell half an answer from a whole one."""
    for head in (b"Content-Length: 100\r\n", b"Transfer-Encoding: chunked\r\n", b""):
        def respond(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + (b"32\r\nhalf" if b"chunked" in head else b"half"))
            exchange.connection.reset()
        upstream.respond = respond
        client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7")
        with pytest.raises((EOFError, ConnectionResetError)):
            answer = client.answer()
            # Nothing was sent on yet: then an error takes the answer's place, and that is as clear.
            assert answer.status == 502
            raise EOFError


def test_expect_continue_is_answered(proxy, upstream):
    """The client waits for 100, gets it, sends its body, gets one final answer."""
    client = proxy.client().request("POST", IMPORTS, {"Expect": "100-continue", "Content-Length": "5"})
    assert client.reader.line() == b"HTTP/1.1 100 Continue"
    while client.reader.line():
        pass
    client.send(b"hello")
    assert client.answer().status == 200
    assert upstream.the_exchange().body == b"hello"
    assert client.request("GET", QUERY).answer().status == 200


def test_expect_continue_with_the_body_at_once(proxy, upstream):
    """A client that does not wait gets one final answer too, and stays in step."""
    client = proxy.client().request("POST", IMPORTS, {"Expect": "100-continue"}, b"hello")
    assert client.answer().status == 200
    assert upstream.the_exchange().body == b"hello"
    assert client.request("GET", QUERY).answer().status == 200


def test_expect_continue_refused(proxy, upstream):
    """A refusal comes instead of 100; the body that was never sent is not waited for."""
    client = proxy.client().request("POST", "/v3/unheard/of", {"Expect": "100-continue", "Content-Length": "5"})
    answer = client.answer()
    assert (answer.status, answer.interim) == (403, [])
    assert upstream.exchanges == []


def test_another_expectation_fails(proxy, upstream):
    """417 for what cannot be met."""
    assert proxy.client().request("POST", IMPORTS, {"Expect": "miracle"}, b"hello").answer().status == 417
    assert upstream.exchanges == []


def test_interim_answers_pass(proxy, upstream):
    """103 with its fields, any number of times, before the one final answer."""
    def respond(exchange):
        exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 2)
        exchange.answer_with_echo()

    upstream.respond = respond
    client = proxy.client().request("GET", QUERY)
    answer = client.answer()
    assert answer.status == 200
    assert [status for status, _ in answer.interim] == [103, 103]
    assert ("Link", "</a>") in answer.interim[0][1]


def test_an_upgrade_nobody_asked_for_is_refused(proxy, upstream):
    """101 from the upstream would turn the connection into something no one here understands."""
    upstream.respond = lambda exchange: exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
    assert proxy.client().request("GET", QUERY).error()["status"] == 502


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "foo"])
def test_an_upgrade_is_never_made(proxy, upstream, protocol):
    """The offer is ignored, as RFC 9110 §7.8 allows, and what follows is a normal next request."""
    client = proxy.client().request("GET", QUERY, {"Connection": "Upgrade", "Upgrade": protocol})
    client.request("GET", QUERY)
    assert client.answer().status in (200, 400)
    try:
        assert client.answer().status == 200
    except (EOFError, ConnectionResetError):
        pass


def test_http_1_0_closes_and_gets_no_chunks(proxy, upstream):
    """An old client that says nothing more is answered and let go."""
    upstream.respond = lambda exchange: exchange.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    client = proxy.client().request("GET", "/v3/sql/carto_dw/job/7", version="1.0")
    answer = client.answer()
    assert answer.values("transfer-encoding") == []
    assert answer.body == b"hello"
    assert client.is_closed()


def test_http_1_0_keeps_alive_when_asked(proxy):
    """And is told so."""
    client = proxy.client().request("GET", QUERY, {"Connection": "keep-alive"}, version="1.0")
    answer = client.answer()
    assert "keep-alive" in answer.value("connection").lower()
    assert client.request("GET", QUERY, {"Connection": "keep-alive"}, version="1.0").answer().status == 200


def test_absolute_form_with_our_own_name(proxy, upstream):
    """Clients that take Cartouche for their HTTP proxy send it; it means the same."""
    client = proxy.client()
    client.send(f"GET {proxy.base}{QUERY}?a=1 HTTP/1.1\r\nHost: {client.host}\r\n\r\n".encode())
    assert client.answer().status == 200
    assert upstream.the_exchange().target == f"{QUERY}?a=1"


@pytest.mark.parametrize("target", ["http://evil.example/v3/sql/c/query", "https://{host}/v3/sql/c/query",
                                    "http://user@{host}/v3/sql/c/query", "ftp://{host}/v3/sql/c/query"])
def test_absolute_form_with_another_name(proxy, upstream, target):
    """Cartouche is no open proxy: nothing is looked up, nothing is connected to."""
    client = proxy.client()
    client.send(f"GET {target.format(host=client.host)} HTTP/1.1\r\nHost: {client.host}\r\n\r\n".encode())
    assert client.answer().status in (400, 403, 421)
    assert upstream.exchanges == []


def test_options_for_the_whole_server(proxy, upstream):
    """The asterisk form is the proxy's own to answer, or to refuse."""
    answer = proxy.client().request("OPTIONS", "*").answer()
    assert answer.status in (200, 204, 400, 403, 404, 405)
    assert upstream.exchanges == []


@pytest.mark.parametrize(("line", "statuses"), [
    ("CONNECT api.carto.com:443 HTTP/1.1", {400, 403, 405, 501}),
    (f"TRACE {QUERY} HTTP/1.1", {403, 405, 501}),
    (f"GET {QUERY} HTTP/2.0", {400, 505}),
    ("PRI * HTTP/2.0", {400, 505}),
    (f"get {QUERY} HTTP/1.1", {400, 403, 405, 501}),
    (f"GET {QUERY}", {400, 505}),
    (f"GET  {QUERY} HTTP/1.1", {400}),
    (f"GET {QUERY} http/1.1", {400, 505}),
])
def test_odd_request_lines(proxy, upstream, line, statuses):
    """Tunnels, traces, other versions and sloppy grammar."""
    client = proxy.client()
    client.send(f"{line}\r\nHost: {client.host}\r\n\r\n".encode())
    assert client.answer("TRACE").status in statuses
    assert upstream.exchanges == []


def test_a_byte_at_a_time(proxy, upstream):
    """The same answer, however slowly the request drips in."""
    client = proxy.client()
    message = (f"POST {QUERY}?x=1 HTTP/1.1\r\nHost: {client.host}\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n0\r\n\r\n").encode()
    for byte in message:
        client.send(bytes([byte]))
    assert client.answer().status == 200
    assert upstream.the_exchange().body == b"hello"


def test_a_client_that_has_finished_sending_gets_its_answer(proxy):
    """A half-closed connection is legal; `nc` and scripts make them."""
    client = proxy.client().request("GET", QUERY)
    client.finish_sending()
    assert client.answer().status == 200
    assert client.is_closed()


def test_ipv6(start, upstream, api_access_token):
    """The proxy listens on ::1 as well, under that name."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, arguments=("--listen", "[::1]:0"))
    client = proxy.client()
    client.host = f"[::1]:{proxy.address[1]}"
    assert client.request("GET", QUERY).answer().status == 200


def test_an_early_answer_does_not_put_the_next_out_of_step(proxy, upstream):
    """The API says 413 before it has read the body: the client hears it, and the connection is not used again."""
    def respond(exchange):
        if exchange.target == IMPORTS:
            exchange.answer(413, body=b'{"error":"too large","status":413}')
        else:
            exchange.answer_with_echo()

    upstream.respond = respond
    client = proxy.client().request("POST", IMPORTS, {"Content-Length": "1000000"}).send(b"x" * 1000)
    assert client.answer().status == 413
    second = proxy.client().request("GET", f"{QUERY}?second")
    assert b"second" in second.answer().body
    assert upstream.exchanges[1].connection is not upstream.exchanges[0].connection


MESSAGES = {
    "a GET": "GET {target} HTTP/1.1\r\nHost: {host}\r\nX-Some: thing\r\n\r\n",
    "a body of a length": "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello",
    "a body in chunks": "POST {target} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3;a=b\r\nhel\r\n02\r\nlo\r\n0\r\nX-Trailer: t\r\n\r\n",
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_the_same_in_two_pieces_wherever_it_is_cut(proxy, upstream, kind):
    """Whatever arrives in one read and what in the next: the same answer, and the same one request upstream."""
    seen = set()
    length = len(MESSAGES[kind].format(target=IMPORTS, host=proxy.client().host))
    for cut in range(1, length):
        client = proxy.client()
        message = MESSAGES[kind].format(target=IMPORTS, host=client.host).encode()
        client.send(message[:cut])
        # What was sent has been acknowledged by the kernel; the proxy reads it before or after the rest.
        client.send(message[cut:])
        assert client.answer().status == 200, cut
        exchange = upstream.next_exchange(cut - 1)
        seen.add((exchange.method, exchange.target, exchange.body, exchange.body_complete, str(exchange.trailers),
                  str([field for field in exchange.fields if field[0].lower() != "host"])))
        client.close()
    assert len(upstream.exchanges) == length - 1
    assert len(seen) == 1, seen


@pytest.mark.parametrize("kind", MESSAGES)
def test_cut_short_anywhere_no_whole_request_arrives(proxy, upstream, kind):
    """A message that ends before its end is no message: refused or let go, and the upstream never sees all of it."""
    length = len(MESSAGES[kind].format(target=IMPORTS, host=proxy.client().host))
    for cut in range(length):
        with proxy.client() as client:
            client.send(MESSAGES[kind].format(target=IMPORTS, host=client.host).encode()[:cut])
            client.finish_sending()
            try:
                assert client.answer().status in (400, 408)
            except (EOFError, ConnectionResetError):
                pass
    assert proxy.client().request("GET", QUERY).answer().status == 200
    *cut_ones, last = upstream.exchanges
    assert last.target == QUERY
    for exchange in cut_ones:
        assert exchange.connection.ended.wait(10)
        assert not exchange.body_complete, exchange


@pytest.mark.parametrize("protocol", ["websocket", "h2c", "foo"])
def test_an_upgrade_with_a_body_is_never_made(proxy, upstream, protocol):
    """The body is a body and what follows it a request; nothing of either is another protocol."""
    client = proxy.client()
    client.request("POST", IMPORTS, {"Connection": "Upgrade", "Upgrade": protocol}, b"GET /smuggled HTTP/1.1\r\n\r\n")
    client.request("GET", QUERY)
    assert [client.answer().status, client.answer().status] == [200, 200]
    assert [exchange.target for exchange in upstream.exchanges] == [IMPORTS, QUERY]


def test_expect_continue_and_then_nothing(start, upstream, api_access_token):
    """A client that is told to go on and does not gets one final answer, and the upstream no whole request."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, body_idle_timeout="1s")
    client = proxy.client().request("POST", IMPORTS, {"Expect": "100-continue", "Content-Length": "5"})
    answer = client.answer()
    assert (answer.status, [status for status, _ in answer.interim]) == (408, [100])
    assert client.is_closed()
    assert upstream.the_exchange().connection.ended.wait(10)
    assert not upstream.the_exchange().body_complete


@pytest.mark.parametrize("status", [417, 200])
@pytest.mark.parametrize("body", [b"", b"hello"], ids=["waiting", "with the body at once"])
def test_expect_continue_and_the_upstream_answers_at_once(proxy, upstream, status, body):
    """Its answer is the one final one; the connection to it is not used again, and the client's is in step or closed."""
    def respond(exchange):
        if exchange.target == IMPORTS:
            exchange.answer(status)
            # It does not read on: whatever comes here now must not be taken for a request.
            exchange.connection.close()
        else:
            exchange.answer_with_echo()

    upstream.respond = respond
    client = proxy.client().request("POST", IMPORTS, {"Expect": "100-continue", "Content-Length": "5"}, body)
    answer = client.answer()
    assert (answer.status, answer.interim) == (status, [])
    try:
        assert b"second" in client.request("GET", f"{QUERY}?second").answer().body
    except (EOFError, OSError):
        pass
    assert b"third" in proxy.client().request("GET", f"{QUERY}?third").answer().body
    assert all(exchange.connection is not upstream.exchanges[0].connection for exchange in upstream.exchanges[1:])


@pytest.mark.parametrize(("method", "head"), [
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
], ids=["HEAD", "204", "304"])
def test_a_body_where_there_is_none_is_nobodys_answer(proxy, upstream, method, head):
    """What comes behind an answer that has no body goes with its connection; the next request gets its own answer."""
    def respond(exchange):
        if exchange.method == method and exchange.target == "/v3/sql/carto_dw/job/7":
            exchange.send(head + b"hello")
        else:
            exchange.answer_with_echo()

    upstream.respond = respond
    client = proxy.client()
    for _ in range(3):
        answer = client.request(method, "/v3/sql/carto_dw/job/7").answer(method)
        assert (answer.status, answer.body) == (int(head[9:12]), b"")
        assert b"second" in client.request("GET", f"{QUERY}?second").answer().body
