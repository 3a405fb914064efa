"""Where the token comes from, which one is used, and what happens when none can be had."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"
OAUTH_ONLY = "/v3/named-sources"


def test_the_grant_is_asked_for_as_carto_wants_it(start, upstream, oauth):
    """Client credentials, form-encoded, with the audience; the secret, whatever its characters, arrives whole."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert oauth.requests == [{
        "grant_type": "client_credentials",
        "client_id": oauth.client.client_id,
        "client_secret": oauth.client.client_secret,
        "audience": "carto-cloud-native-api",
    }]
    assert upstream.the_exchange().value("authorization") == f"Bearer {oauth.issued[0]}"


def test_two_hundred_cold_requests_cause_one_token_request(start, upstream, oauth):
    """While the first token is on its way everybody waits for the same one."""
    everybody_is_here = threading.Event()

    def hold(_):
        everybody_is_here.wait(20)

    oauth.interfere = hold
    proxy = start(oauth.settings, api_base_url=upstream.url, log_level="info")
    clients = [proxy.client(30).request("GET", QUERY) for _ in range(200)]
    eventually(lambda: oauth.requests, "the OAuth server is asked")
    everybody_is_here.set()
    assert {client.answer().status for client in clients} == {200}
    assert len(oauth.requests) == 1
    assert {exchange.value("authorization") for exchange in upstream.exchanges} == {f"Bearer {oauth.issued[0]}"}
    for client in clients:
        client.close()


def test_the_token_is_kept(start, upstream, oauth):
    """A hundred requests in a row, on as many connections, ask for no second token."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    for _ in range(100):
        with proxy.client() as client:
            assert client.request("GET", QUERY).answer().status == 200
    assert len(oauth.requests) == 1


def test_the_lesser_token_is_preferred(start, upstream, oauth, api_access_token):
    """Where both kinds would do, the API access token goes, and OAuth is not even asked."""
    proxy = start(oauth.settings, api_base_url=upstream.url, api_access_token=api_access_token)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert upstream.the_exchange().value("authorization") == f"Bearer {api_access_token}"
    assert all(value != f"Bearer {api_access_token}" for value in oauth.issued)


def test_an_oauth_only_route_gets_the_oauth_token(start, upstream, oauth, api_access_token):
    """With both kinds at hand, a route that takes OAuth alone gets that."""
    proxy = start(oauth.settings, api_base_url=upstream.url, api_access_token=api_access_token)
    assert proxy.client().request("GET", OAUTH_ONLY).answer().status == 200
    assert upstream.the_exchange().value("authorization") == f"Bearer {oauth.issued[0]}"


def test_an_oauth_only_route_without_a_client_says_what_to_configure(proxy, upstream):
    """No request goes out without the credential its route calls for; the answer names the keys to set."""
    error = proxy.client().request("GET", OAUTH_ONLY).error()
    assert error["source"] == "proxy"
    assert "client_id" in error["hint"]
    assert upstream.exchanges == []


def test_a_static_oauth_token_serves_oauth_only_routes(start, upstream, canaries):
    """A token that someone else got is used as it is."""
    token = canaries.oauth_access_token()
    proxy = start(api_base_url=upstream.url, oauth_access_token=token)
    assert proxy.client().request("GET", OAUTH_ONLY).answer().status == 200
    assert upstream.the_exchange().value("authorization") == f"Bearer {token}"


def test_a_public_map_needs_no_token(start, upstream, canaries, api_access_token):
    """A public map is asked for without any of ours: it needs none, so it gets none."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    assert proxy.client().request("GET", "/v3/maps/public/8a6f3c9e").answer().status == 200
    assert upstream.the_exchange().value("authorization") is None


def test_a_rejected_client_is_told_at_once_and_not_hammered(start, upstream, oauth, canaries):
    """A wrong secret gives 502 naming the authorization server, and not one more attempt per request."""
    settings = oauth.settings | {"client_secret": canaries.client_secret()}
    proxy = start(settings, api_base_url=upstream.url)
    for _ in range(20):
        with proxy.client() as client:
            error = client.request("GET", QUERY).error()
            assert (error["status"], error["source"]) == (502, "auth")
    assert len(oauth.requests) <= 2
    assert upstream.exchanges == []


@pytest.mark.parametrize("answer", [
    pytest.param(("<html>down for maintenance</html>", 200, {"Content-Type": "text/html"}), id="HTML"),
    pytest.param(({"error": "server_error"}, 500), id="500"),
    pytest.param(({"error": "too_many_requests"}, 429, {"Retry-After": "30"}), id="429"),
    pytest.param(({"access_token": "", "token_type": "Bearer", "expires_in": 60}, 200), id="empty token"),
    pytest.param(({"access_token": "x\r\nX-Evil: 1", "token_type": "Bearer", "expires_in": 60}, 200), id="line break"),
    pytest.param(({"access_token": "abc", "token_type": "mac", "expires_in": 60}, 200), id="token type"),
    pytest.param(("[" * 100_000, 200, {"Content-Type": "application/json"}), id="deep nesting"),
    pytest.param(("x" * 10_000_000, 200, {"Content-Type": "application/json"}), id="10 MB"),
])
def test_nonsense_from_the_authorization_server(start, upstream, oauth, answer):
    """Whatever it answers, the client is told that authorization failed, and the API sees nothing."""
    oauth.interfere = lambda _: answer
    proxy = start(oauth.settings, api_base_url=upstream.url)
    error = proxy.client().request("GET", QUERY).error()
    assert error["status"] in (502, 503)
    assert error["source"] == "auth"
    assert upstream.exchanges == []


def test_expiry_numbers_do_not_kill(start, upstream, oauth, canaries):
    """An absurd lifetime is no reason to die, nor to fail a request: the token itself is good."""
    for lifetime in (1e308, -1, 0, "86400", None, 2**63, 1.5):
        token = canaries.oauth_access_token()
        oauth.interfere = lambda _: {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}
        proxy = start(oauth.settings, api_base_url=upstream.url)
        status = proxy.client().request("GET", QUERY).answer().status
        assert status in (200, 502, 503), lifetime
        proxy.stop()


def test_an_authorization_server_that_is_down(start, upstream, oauth):
    """503 from `auth` while it is down; once it is back, and the wait between attempts is over, all is well."""
    oauth.interfere = lambda _: ({"error": "temporarily_unavailable"}, 503)
    proxy = start(oauth.settings, api_base_url=upstream.url)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (503, "auth")
    oauth.interfere = None

    def served():
        with proxy.client() as client:
            return client.request("GET", QUERY).answer().status == 200
    eventually(served, "a token is had again", 30)


def test_a_client_that_leaves_does_not_take_the_token_with_it(start, upstream, oauth):
    """The fetch belongs to nobody's request: who asked first may leave, the others are served by the same one."""
    release = threading.Event()
    oauth.interfere = lambda _: release.wait(20) and None
    proxy = start(oauth.settings, api_base_url=upstream.url)
    first = proxy.client().request("GET", QUERY)
    eventually(lambda: oauth.requests, "the OAuth server is asked")
    second = proxy.client().request("GET", QUERY)
    first.close()
    release.set()
    assert second.answer().status == 200
    assert len(oauth.requests) == 1


def test_short_lived_tokens_never_fail_a_request(start, upstream, oauth):
    """With tokens of 2 s, requests for several lifetimes all succeed, each with a token still in date."""
    oauth.lifetime = 2
    proxy = start(oauth.settings, api_base_url=upstream.url)

    def ask(_):
        with proxy.client() as client:
            return client.request("GET", QUERY).answer().status

    with ThreadPoolExecutor(4) as pool:
        statuses = []
        while len(oauth.requests) < 4:
            statuses += pool.map(ask, range(8))
    assert set(statuses) == {200}
    assert len(oauth.requests) <= len(statuses)


def test_a_stale_token_is_renewed_and_the_request_replayed(start, upstream, oauth):
    """A 401 from the API renews the token once, and the client sees only the second answer."""
    def reject_the_first(exchange):
        exchange.read_body()
        if exchange.value("authorization") == f"Bearer {oauth.issued[0]}":
            exchange.answer(401, body=b'{"error":"Token expired","status":401}')
        else:
            exchange.answer_with_echo()

    upstream.respond = reject_the_first
    proxy = start(oauth.settings, api_base_url=upstream.url)
    assert proxy.client().request("POST", "/v3/sql/carto_dw/query", body=b'{"q":"SELECT 1"}').answer().status == 200
    assert len(oauth.requests) == 2
    assert [exchange.body for exchange in upstream.exchanges] == [b'{"q":"SELECT 1"}'] * 2


def test_an_api_that_always_says_401_causes_no_storm(start, upstream, oauth):
    """The second 401 is the client's answer, and fifty of them refresh the token at most a few times."""
    upstream.respond = lambda exchange: exchange.answer(401, {"WWW-Authenticate": "Bearer"}, b'{"error":"no","status":401}')
    proxy = start(oauth.settings, api_base_url=upstream.url)
    for _ in range(50):
        with proxy.client() as client:
            answer = client.request("GET", QUERY).answer()
            assert answer.status == 401
            assert answer.body == b'{"error":"no","status":401}'
            assert answer.values("www-authenticate") == []
    assert len(oauth.requests) <= 5


def test_403_never_renews_a_token(start, upstream, oauth):
    """403 means grants, plan or role, never expiry: it passes, and no token is asked for."""
    upstream.respond = lambda exchange: exchange.answer(403, body=b'{"error":"Forbidden","status":403}')
    proxy = start(oauth.settings, api_base_url=upstream.url)
    for _ in range(5):
        with proxy.client() as client:
            assert client.request("GET", QUERY).answer().status == 403
    assert len(oauth.requests) == 1
