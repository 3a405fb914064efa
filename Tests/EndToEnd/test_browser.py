"""Chromium itself: pages that may use the proxy do, and no other page gets a byte through it by any means it has."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from harness.browser import Browser
from harness.cartouche import Cartouche
from harness.page_server import PageServer
from harness.relay import Relay
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
# Beside pages of another port of this machine: a name of the attacker's that leads here.
FOREIGN = "evil.example"


@pytest.fixture(scope="module")
def listed_pages():
    server = PageServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def other_pages():
    server = PageServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser(tmp_path_factory, other_pages):
    browser = Browser(tmp_path_factory.mktemp("chromium"), names=(FOREIGN,), secure_origins=(other_pages.origin(FOREIGN),))
    yield browser
    browser.stop()


@pytest.fixture
def guarded(start, upstream, api_access_token, listed_pages):
    """A proxy for the pages of one origin."""
    return start(api_base_url=upstream.url, api_access_token=api_access_token, origins=listed_pages.origin())


@pytest.fixture
def relay(guarded):
    relay = Relay(guarded.address)
    yield relay
    relay.stop()


def test_a_page_on_another_port_draws_a_map(browser, listed_pages, tmp_path, canaries):
    """By default pages of this machine may read and write: a map from instantiation to pixels, rows by POST, an error."""
    demo = Cartouche(tmp_path / "demo", canaries, {}, ("demo", "--listen", "127.0.0.1:0")).listening()
    try:
        page = browser.page(f"{listed_pages.origin()}/map.html")
        result = page.run(f"show({json.dumps(demo.base)})")
        page.screenshot(tmp_path / "map.png")
        demo.stop()
    finally:
        demo.kill()
    assert result["template"].startswith(f"{demo.base}/v3/maps/carto_dw/table/{{z}}/{{x}}/{{y}}?")
    assert result["drawn"] > 150 and result["coloured"] > 1000
    assert result["rows"] == ["Tokyo", "Delhi", "Shanghai"]
    assert result["error"][0] == 400 and "SELEC" in result["error"][1]


def test_a_listed_page_reads_and_writes(browser, guarded, listed_pages, upstream):
    """With `origins` it is that one: its preflights are answered here, its requests go out with our token."""
    page = browser.page(f"{listed_pages.origin()}/attack.html")
    read = page.run(f'attempt("fetch with a type", {json.dumps(guarded.base + QUERY + "?q=SELECT+1")})')
    assert read.startswith("got cors 200")
    written = page.run(f'attempt("fetch POST of JSON", {json.dumps(guarded.base + "/v3/imports")})')
    assert written.startswith("got cors 200")
    assert [(exchange.method, exchange.target) for exchange in upstream.exchanges] == [
        ("GET", QUERY + "?q=SELECT+1"), ("POST", "/v3/imports")]


@pytest.mark.parametrize("host", ["localhost", FOREIGN])
def test_no_other_page_reads_or_writes(browser, guarded, relay, other_pages, upstream, host, record_row):
    """Each means a page has is tried; each is seen to reach the proxy, and nothing of any gets further."""
    page = browser.page(f"{other_pages.origin(host)}/attack.html")
    names = page.run("Object.keys(attempts)")
    assert len(names) > 25
    for name in names:
        url = f"{relay.base}{QUERY}?q=SELECT+1&attempt={quote(name)}"
        result = page.run(f"attempt({json.dumps(name)}, {json.dumps(url)})")
        # An opaque answer says nothing; a frame or window of another origin shows its page to the visitor alone.
        is_harmless = result.startswith(("failed: ", "got nothing", "got opaque 0")) or result in ("got loaded", "got true")
        assert is_harmless, (name, result)
        # A form that reads replaces the query by its own; it is the only one that asks for this.
        marker = "?q=DROP+TABLE+t" if name == "form GET" else f"attempt={quote(name)}"
        seen = eventually(lambda: [each for each in relay.requests if marker in each.target], f"{name} reaches the proxy")
        record_row("Browser", host, name, seen[0].method, seen[0].fields.get("origin", "no Origin"),
                   seen[0].fields.get("sec-fetch-site", ""), seen[0].fields.get("sec-fetch-mode", ""), result)
    assert upstream.exchanges == [] and upstream.connections == []


def test_a_rebound_name_is_refused(browser, guarded, upstream):
    """The attacker's name leads to our port: to the browser its pages are of our origin, to us they are of no name."""
    host, port = guarded.address
    origin = f"http://{FOREIGN}:{port}"
    page = browser.page(f"{origin}{QUERY}?q=SELECT+1")
    document = json.loads(page.run("document.body.innerText"))
    assert (document["status"], document["code"]) == (421, "host-not-served")
    # From here on, requests are same-origin: no preflight, no Origin on GET, every answer readable.
    for init in ("{}", '{method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}'):
        assert page.run(f"fetch({json.dumps(QUERY)}, {init}).then((answer) => answer.status)") == 421
    assert upstream.exchanges == [] and upstream.connections == []
