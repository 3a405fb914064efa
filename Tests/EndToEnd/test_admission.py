"""Who may use the port: no web page and no stranger uninvited."""

from __future__ import annotations

import pytest

QUERY = "/v3/sql/carto_dw/query"


def host_answer(proxy, *hosts: str):
    client = proxy.client()
    client.send(f"GET {QUERY} HTTP/1.1\r\n{''.join(f'Host: {host}' + chr(13) + chr(10) for host in hosts)}\r\n".encode())
    return client.answer()


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:PORT", "localhost.evil.example:PORT", "localhost.:PORT", "127.1:PORT", "2130706433:PORT",
    "0x7f.1:PORT", "0.0.0.0:PORT", "[::ffff:127.0.0.1]:PORT", "localhost:PORT:1", "user@localhost:PORT", "localhost:", "",
    "localhost:PORT/", "localhost:-1", "localhost:99999", "xlocalhost:PORT", "localhost%00:PORT", "127.0.0.1.nip.io:PORT",
    "api.carto.com",
])
def test_a_foreign_host_is_refused(proxy, upstream, host):
    """DNS rebinding makes a page's own name mean this machine; the Host gives it away."""
    answer = host_answer(proxy, host.replace("PORT", str(proxy.address[1])))
    assert answer.status in (400, 403, 421)
    assert upstream.exchanges == []


@pytest.mark.parametrize("hosts", [(), ("localhost:1", "localhost:1"), ("localhost", "evil.example")])
def test_no_host_or_two(proxy, upstream, hosts):
    """RFC 9112 §3.2: 400."""
    assert host_answer(proxy, *hosts).status == 400
    assert upstream.exchanges == []


@pytest.mark.parametrize("name", ["localhost:{}", "127.0.0.1:{}", "[::1]:{}", "LOCALHOST:{}", "LocalHost:{}"])
def test_our_own_names_pass(proxy, name):
    """However they are written."""
    assert host_answer(proxy, name.format(proxy.address[1])).status == 200


def test_a_name_of_ones_own(start, upstream, api_access_token):
    """`server_names` adds one."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, server_names="maps.test")
    assert host_answer(proxy, f"maps.test:{proxy.address[1]}").status == 200
    assert host_answer(proxy, f"other.test:{proxy.address[1]}").status in (400, 403, 421)


@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "http://localhost.evil.example", "http://evil.example:22786", "https://localhost",
    "http://localhost/", "http://localhost:x", "file://", "http://localhos", "http://127.0.0.1.evil.example",
    "http://localhost http://localhost", "*", "http://user@localhost",
])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_origin_is_refused(proxy, upstream, origin, method):
    """403, with no permission that a browser could take for one."""
    answer = proxy.client().request(method, QUERY, {"Origin": origin}).answer()
    assert answer.status == 403
    assert not [name for name, _ in answer.fields if name.lower().startswith("access-control-allow")]
    assert upstream.exchanges == []


def test_two_origins_are_refused(proxy, upstream):
    """Not the first, not the last: none."""
    client = proxy.client()
    client.send(f"GET {QUERY} HTTP/1.1\r\nHost: {client.host}\r\nOrigin: http://localhost:1\r\n"
                "Origin: https://evil.example\r\n\r\n".encode())
    assert client.answer().status in (400, 403)
    assert upstream.exchanges == []


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:5173"])
def test_a_page_on_this_machine_may_read(proxy, upstream, origin):
    """Its origin is echoed exactly, with Vary; it does not travel upstream, where tokens may be bound to a site."""
    answer = proxy.client().request("GET", QUERY, {"Origin": origin}).answer()
    assert answer.status == 200
    assert answer.value("access-control-allow-origin") == origin
    assert "origin" in ", ".join(answer.values("vary")).lower()
    assert "origin" not in upstream.the_exchange().names


def test_a_preflight_is_answered_here(proxy, upstream):
    """The browser's question, as deck.gl causes it on each call, never reaches the API."""
    answer = proxy.client().request("OPTIONS", QUERY, {
        "Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,content-type"}).answer()
    assert answer.status in (200, 204)
    assert answer.value("access-control-allow-origin") == "http://localhost:3000"
    allowed = (answer.value("access-control-allow-headers") or "").lower()
    assert "authorization" in allowed and "content-type" in allowed
    assert "GET" in answer.value("access-control-allow-methods")
    assert upstream.exchanges == []


def test_a_cross_site_request_without_an_origin_is_refused(proxy, upstream):
    """An image or a form of a foreign page says so in Sec-Fetch-Site."""
    answer = proxy.client().request("GET", QUERY, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}).answer()
    assert answer.status == 403
    assert upstream.exchanges == []


def test_a_form_of_a_foreign_page_is_refused(proxy, upstream):
    """Forms need no preflight, so they are the way in that CORS does not close."""
    answer = proxy.client().request("POST", QUERY, {
        "Origin": "https://evil.example", "Content-Type": "application/x-www-form-urlencoded"}, b"q=SELECT+1").answer()
    assert answer.status == 403
    assert upstream.exchanges == []


def test_an_oauth_only_route_needs_a_listed_origin(start, upstream, oauth):
    """The wider token is not for every page on this machine; only for those named."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    field = {"Origin": "http://localhost:3000"}
    assert proxy.client().request("GET", "/v3/named-sources", field).answer().status == 403
    assert upstream.exchanges == []
    proxy = start(oauth.settings, api_base_url=upstream.url, origins="http://localhost:3000")
    assert proxy.client().request("GET", "/v3/named-sources", field).answer().status == 200


def test_our_own_answers_are_for_no_one_else_to_embed(proxy):
    """The fields that keep browsers from guessing, sharing and storing."""
    answer = proxy.client().request("GET", "/v3/unheard/of").answer()
    assert answer.value("x-content-type-options") == "nosniff"
    assert answer.value("cross-origin-resource-policy") in ("same-origin", "same-site")
    assert answer.value("cache-control") == "no-store"


def test_several_listeners(start, upstream, api_access_token):
    """Each is announced under its own address."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token,
                  arguments=("--listen", "127.0.0.1:0", "--listen", "[::1]:0"))
    proxy.listening(2)
    assert {base.rsplit(":", 1)[0] for base in proxy.bases} == {"http://127.0.0.1", "http://[::1]"}
