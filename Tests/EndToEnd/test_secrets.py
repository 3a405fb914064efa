"""No secret in anything the program prints. Every other test searches too; these make it talk."""

from __future__ import annotations

import json
import re
import resource
import signal
from pathlib import Path

import pytest

from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"


def make_it_talk(proxy, upstream, oauth, canaries) -> None:
    """Successes, refusals and failures of every kind, with secrets in all the places a client can put one."""
    own = canaries.remember("a client's own token", canaries.credential_of_a_client())
    ask = [
        ("GET", f"{QUERY}?access_token={own}", {"Authorization": f"Bearer {own}"}),
        ("GET", f"/v3/tokens/{own}", {}),
        ("GET", f"/v3/unheard/{own}", {"Cookie": own}),
        ("GET", "/v3/named-sources", {"X-Api-Key": own}),
        ("GET", QUERY, {"Origin": "https://evil.example", "Authorization": own}),
        ("GET", QUERY, {"Host": "evil.example", "Cookie": own}),
        ("BREW", f"{QUERY}?token={own}", {}),
        ("POST", QUERY, {"Transfer-Encoding": own}),
        ("GET", f"{QUERY}?api_key={own}", {"Bad Field": own}),
    ]
    for method, target, fields in ask:
        with proxy.client() as client:
            client.request(method, target, fields).answer()
    upstream.respond = lambda exchange: exchange.connection.reset()
    with proxy.client() as client:
        client.request("GET", QUERY).answer()
    upstream.respond = lambda exchange: exchange.answer(401, body=b"{}")
    with proxy.client() as client:
        client.request("GET", QUERY).answer()


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("level", ["trace", "debug", "info", "error"])
def test_no_level_and_no_form_of_the_log_tells(start, upstream, oauth, canaries, level, form):
    """The end of each run searches its output for the secret, for the tokens, and for those of the client."""
    proxy = start(oauth.settings, api_base_url=upstream.url, log_level=level, log_format=form)
    make_it_talk(proxy, upstream, oauth, canaries)
    proxy.stop()


def test_the_access_log_says_what_happened_and_no_more(start, upstream, api_access_token):
    """One record per request, with the route's template where the path would tell too much, and no query."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_format="json", log_level="info")
    with proxy.client() as client:
        name = client.request("GET", f"{QUERY}?q=SELECT%20secret_column").answer().value("cartouche-request-id")

    def record():
        records = [json.loads(line) for line in proxy.log.splitlines()]
        return next((record for record in records if name in record.values()), None)
    found = eventually(record, "the request is in the access log")
    assert "GET" in found.values()
    assert 200 in found.values() or "200" in found.values()
    assert any("{connection}" in str(value) for value in found.values())
    assert "secret_column" not in proxy.log


def test_the_log_is_json_where_asked(start, upstream, api_access_token):
    """Every line of it, from the first on."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_format="json", log_level="trace")
    with proxy.client() as client:
        client.request("GET", QUERY).answer()
    proxy.stop()
    records = [json.loads(line) for line in proxy.log.splitlines()]
    assert [record["address"] for record in records if record["msg"].startswith("listening")]


def test_the_searching_finds(canaries):
    """The search itself: a secret is found in every form a program may write it in."""
    import base64
    import urllib.parse
    secret = canaries.client_secret()
    for text in (secret, json.dumps(secret), urllib.parse.quote(secret), base64.b64encode(f"id:{secret}".encode()).decode()):
        with pytest.raises(AssertionError):
            canaries.assert_absent(f"before {text} after", "this text")
    canaries.assert_absent("before after", "this text")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGILL, signal.SIGABRT], ids=lambda number: number.name)
def test_a_crash_shows_no_memory(start, nginx, oauth, tmp_path, number):
    """However the process ends, nothing of its memory is printed or written down: a token could be in it."""
    # Whoever starts it allows core dumps of any size.
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    proxy = start(oauth.settings, api_base_url=nginx.url, SWIFT_BACKTRACE="enable=yes")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    limits = Path(f"/proc/{proxy.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)
    proxy.signal(number)
    assert proxy.exit_code() == -number
    assert not list(tmp_path.rglob("core*"))
    assert "Registers" not in proxy.log
    assert "Backtrac" not in proxy.log
