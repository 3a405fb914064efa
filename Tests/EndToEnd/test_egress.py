"""A network that is left through a proxy only: every connection asks it for a tunnel, and trusts it with nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal

import pytest

from harness.canaries import Canaries
from harness.cartouche import run
from harness.egress import RecordingProxy, Tinyproxy
from harness.names import Names
from harness.nginx import free_port
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
API, ACCOUNTS, AUTH = (f"{name}.carto.invalid" for name in ("api", "accounts", "auth"))


@pytest.fixture
def far_identity(authority):
    """The certificate of servers whose names exist beyond the proxy only."""
    return authority.issue((API, ACCOUNTS, AUTH, "localhost"))


@pytest.fixture
def api(new_upstream, far_identity):
    return new_upstream(far_identity)


@pytest.fixture
def egress(api):
    """A proxy that knows the API."""
    proxy = RecordingProxy({API: api.port})
    yield proxy
    proxy.stop()


@pytest.fixture
def far(api_access_token):
    """Settings for an API that cannot be reached directly."""
    return {"api_base_url": f"https://{API}", "api_access_token": api_access_token}


@pytest.fixture
def password(canaries: Canaries) -> str:
    """It must show nowhere; with nothing in it that would have to be percent-encoded."""
    return canaries.remember("the egress proxy's password", secrets.token_hex(16))


def test_every_connection_asks_for_a_tunnel(start, new_upstream, far_identity, far, api, egress, oauth, authority, canaries):
    """API, accounts and token requests, each to its own host and port; names are not looked up here."""
    # The OAuth server's certificate is for localhost.
    accounts, sink = new_upstream(far_identity), new_upstream(far_identity)
    sink.respond = lambda exchange: exchange.answer(
        body=b'{"access_token":"%s","token_type":"Bearer","expires_in":3600}' % canaries.oauth_access_token().encode())
    egress.hosts |= {ACCOUNTS: accounts.port, AUTH: sink.port}
    proxy = start(far, HTTPS_PROXY=egress.url, accounts_url=f"https://{ACCOUNTS}:8443", auth_server=f"https://{AUTH}",
                  client_id="someone", client_secret=canaries.client_secret())
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert proxy.client().request("GET", "/activity-data-jobs/7").answer().status == 200
    assert egress.targets == {f"CONNECT {API}:443 HTTP/1.1", f"CONNECT {ACCOUNTS}:8443 HTTP/1.1",
                              f"CONNECT {AUTH}:443 HTTP/1.1"}
    for ask in egress.asks:
        assert ask.fields == {"host": ask.line.split()[1]}
    assert api.the_exchange().value("host") == API
    assert sink.the_exchange().target == "/oauth/token"


def test_commands_ask_too(tmp_path, canaries, authority, far, api, egress):
    """`check --live` and `init` try what they try as `serve` would."""
    settings = {"upstream_ca_file": str(authority.certificate), "HTTPS_PROXY": egress.url} | far
    code, _, error = run(tmp_path / "check", canaries, settings, "check", "--live", within=30)
    assert code == 0, error
    path = tmp_path / "new.yaml"
    code, _, error = run(tmp_path / "init", canaries, settings, "init", "--non-interactive", "--config", str(path), within=30)
    assert code == 0, error
    assert [exchange.target for exchange in api.exchanges] == ["/v3/lds/stats"] * 2
    assert len(egress.asks) == 2


def test_credentials_go_to_the_proxy_and_nowhere_else(start, far, api, egress, password):
    """In `Proxy-Authorization`, once for each connection; what an upstream says of them is masked."""
    seen = []
    api.respond = lambda exchange: (seen.append(exchange.names), exchange.answer(body=f'{{"p":"{password}"}}'.encode()))
    proxy = start(far, HTTPS_PROXY=egress.url.replace("//", f"//someone:{password}@"))
    # The client searches each answer for secrets.
    for _ in range(3):
        assert proxy.client().request("GET", QUERY).answer().status == 200
    assert all(ask.fields["proxy-authorization"].startswith("Basic ") for ask in egress.asks) and egress.asks
    assert not any("proxy-authorization" in names for names in seen) and seen


def test_who_is_reached_directly(start, api, egress, api_access_token):
    """This machine is, whatever is set; nobody asks the proxy."""
    proxy = start(api_base_url=api.url, api_access_token=api_access_token, HTTPS_PROXY=egress.url)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert egress.asks == []


@pytest.mark.skipif("CARTOUCHE_SANITIZER" in os.environ, reason="a sanitizer's library has to be the first")
def test_no_proxy(start, far, api, egress, tmp_path):
    """A name in NO_PROXY is looked up here, and connected to."""
    names = Names(tmp_path / "names")
    names.set({API: "127.0.0.1"})
    proxy = start(far | names.environment, HTTPS_PROXY=egress.url, NO_PROXY=f"other.example,{API}",
                  api_base_url=f"https://{API}:{api.port}")
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert egress.asks == [] and names.asked == [API]


ANSWERS = {
    "asks who we are": (b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 9\r\n\r\nthe-realm",
                        502, "credentials"),
    "forbids": (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 502, "refused"),
    "sends elsewhere": (b"HTTP/1.1 302 Login\r\nLocation: http://portal.example/\r\n\r\n", 502, "refused"),
    "cannot": (b"HTTP/1.0 502 Bad Gateway\r\n\r\n", 502, "upstream"),
    "cannot in time": (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", 502, "upstream"),
    "is no proxy": (b"SSH-2.0-OpenSSH_9.2\r\n", 502, "malformed"),
    "does not end": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000, 502, "malformed"),
    "goes on": (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 502, "malformed"),
    "breaks off": (b"HTTP/1.1 200", 502, "cut"),
    "hangs": (None, 504, "timeout"),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_a_proxy_that_does_not(start, far, api, egress, how):
    """An error that says whose it is and what to do, with nothing of the proxy's own words; the API sees nothing."""
    egress.answer, status, code = ANSWERS[how]
    proxy = start(far, HTTPS_PROXY=egress.url, connect_timeout="1s")
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"], error["code"]) == (status, "egress", f"egress-proxy-{code}")
    assert "egress proxy" in error["error"] and "the-realm" not in str(error) and "portal" not in str(error)
    assert api.connections == []
    # It is asked again, for the next request, and that one is served.
    egress.answer = b""
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_a_proxy_that_is_down(start, far):
    proxy = start(far, HTTPS_PROXY=f"http://127.0.0.1:{free_port()}")
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"], error["code"]) == (502, "egress", "egress-proxy-not-connected")


def test_a_token_that_cannot_be_had(start, egress, canaries):
    """The way is at fault, not the authorization server; the log says so, too."""
    egress.answer = b"HTTP/1.1 403 No\r\n\r\n"
    proxy = start(HTTPS_PROXY=egress.url, api_base_url=f"https://{API}", auth_server=f"https://{AUTH}",
                  client_id="someone", client_secret=canaries.client_secret())
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"], error["code"]) == (503, "egress", "egress-proxy-refused")
    assert proxy.logged("no way to the authorization server: the egress proxy refuses")


def test_the_upstream_has_to_prove_itself_through_the_tunnel(start, new_upstream, authority, far, egress):
    """A proxy that leads elsewhere gets not one byte of HTTP."""
    elsewhere = new_upstream(authority.issue(("elsewhere.invalid",)))
    egress.hosts[API] = elsewhere.port
    proxy = start(far, HTTPS_PROXY=egress.url)
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"], error["code"]) == (502, "upstream", "upstream-tls-failed")
    assert [connection.bytes_received for connection in elsewhere.connections] == [0]


def test_another_proxy_after_a_reload(start, far, api, egress, authority, tmp_path):
    """The next connections go through the new one; requests are not failed."""
    second = RecordingProxy({API: api.port})
    file = tmp_path / "cartouche.yaml"

    def write(url: str) -> None:
        file.write_text(f"egress_proxy: {url}\n")
        file.chmod(0o600)

    write(egress.url)
    proxy = start(far, arguments=("--config", str(file), "--listen", "127.0.0.1:0"))
    client = proxy.client()
    assert client.request("GET", QUERY).answer().status == 200
    assert (len(egress.asks), len(second.asks)) == (1, 0)
    write(second.url)
    proxy.signal(signal.SIGHUP)
    proxy.logged("the configuration was loaded anew and is in force")
    assert client.request("GET", QUERY).answer().status == 200
    assert (len(egress.asks), len(second.asks)) == (1, 1)
    # The same once more: the connection that is there is used.
    proxy.signal(signal.SIGHUP)
    eventually(lambda: proxy.log.count("is in force") == 2, "it is loaded once more")
    assert client.request("GET", QUERY).answer().status == 200
    assert (len(egress.asks), len(second.asks)) == (1, 1)
    second.stop()


# MARK: A proxy that others wrote

@pytest.fixture
def tinyproxy(tmp_path, password):
    """Starts tinyproxy, with further lines of its configuration; the API's name leads to this machine there."""
    names = Names(tmp_path / "far-names")
    names.set({API: "127.0.0.1"})
    started: list[Tinyproxy] = []

    def start(*lines: str) -> Tinyproxy:
        started.append(Tinyproxy(tmp_path / "tinyproxy", os.environ | names.environment, "someone", password, *lines))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_through_tinyproxy(start, far, api, tinyproxy, password):
    """Megabytes in both directions arrive as they were."""
    tiny = tinyproxy()
    body = secrets.token_bytes(3 << 20)
    api.respond = lambda exchange: (exchange.read_body(), exchange.answer(
        fields={"Content-Type": "application/octet-stream"}, body=body))
    proxy = start(far, api_base_url=f"https://{API}:{api.port}", HTTPS_PROXY=f"http://someone:{password}@127.0.0.1:{tiny.port}")
    client = proxy.client()
    for number in range(3):
        answer = client.request("POST", "/v3/sql/carto_dw/job", body=body).answer()
        assert answer.status == 200 and answer.body == body
        assert api.exchanges[number].body_digest == hashlib.sha256(body).hexdigest()
    assert f"CONNECT {API}:{api.port}" in tiny.log


def test_tinyproxy_that_does_not_know_us(start, far, api, tinyproxy):
    """407, under its real name."""
    tiny = tinyproxy()
    for credentials in ("", "someone:else@"):
        proxy = start(far, api_base_url=f"https://{API}:{api.port}", HTTPS_PROXY=f"http://{credentials}127.0.0.1:{tiny.port}")
        error = proxy.client().request("GET", QUERY).error()
        assert (error["status"], error["source"], error["code"]) == (502, "egress", "egress-proxy-credentials"), tiny.log
    assert api.connections == []


def test_tinyproxy_that_forbids_the_port(start, far, api, tinyproxy, password):
    tiny = tinyproxy("ConnectPort 443")
    proxy = start(far, api_base_url=f"https://{API}:{api.port}", HTTPS_PROXY=f"http://someone:{password}@127.0.0.1:{tiny.port}")
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"], error["code"]) == (502, "egress", "egress-proxy-refused"), tiny.log


def test_tinyproxy_that_cannot_reach_it(start, far, tinyproxy, password):
    tiny = tinyproxy()
    proxy = start(far, api_base_url=f"https://{API}:{free_port()}",
                  HTTPS_PROXY=f"http://someone:{password}@127.0.0.1:{tiny.port}")
    error = proxy.client().request("GET", QUERY).error()
    assert (error["status"], error["source"]) == (502, "egress"), tiny.log
    assert error["code"] in ("egress-proxy-upstream", "egress-proxy-refused")
