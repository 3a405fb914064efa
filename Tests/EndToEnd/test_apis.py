"""Every API of CARTO's reference, with every kind of token: forwarded with the right one, or refused for the right reason.
Without any credential the program does not start.

The result is printed as a table when the tests have run.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.cartouche import PATIENCE, Cartouche, run
from harness.recording_upstream import Exchange, RecordingUpstream

ANY, OAUTH, PUBLIC = "any token", "OAuth only", "public"


@dataclass(frozen=True)
class Row:
    """One route of the reference; `denied` ones need a rule of the user's before they are forwarded."""

    api: str
    match: str
    token: str = ANY
    upstream: str = "api"
    denied: bool = False

    @property
    def method(self) -> str:
        return self.match.split(" ")[0]

    @property
    def target(self) -> str:
        return re.sub(r"\{(\w+)\}", r"some-\1", self.match.split(" ")[1])


ROWS = [
    *(Row("Maps", f"{method} /v3/maps/{{connection}}/{source}") for method in ("GET", "POST")
      for source in ("query", "table", "tileset", "raster", "boundary")),
    Row("Maps", "GET /v3/maps/{connection}/table/12/2047/1361"),
    Row("Maps", "GET /v3/maps/{connection}/tileset/644"),
    Row("Maps", "GET /v3/maps/{connection}/query/12/2047/1361"),
    Row("Public maps", "GET /v3/maps/public/{map}", PUBLIC),
    # Were `public` a connection, this were an instantiation.
    Row("Public maps", "GET /v3/maps/public/table", PUBLIC),
    *(Row("Maps statistics", f"{method} /v3/stats/{{connection}}/{rest}") for method in ("GET", "POST")
      for rest in ("{column}", "{table}/{column}")),
    Row("SQL", "GET /v3/sql/{connection}/query"),
    Row("SQL", "POST /v3/sql/{connection}/query"),
    Row("SQL jobs", "POST /v3/sql/{connection}/job"),
    Row("SQL jobs", "GET /v3/sql/{connection}/job/{job}"),
    Row("SQL jobs", "DELETE /v3/sql/{connection}/job/{job}"),
    Row("SQL jobs", "GET /v3/sql/jobs"),
    *(Row("SQL models", f"{method} /v3/sql/{{connection}}/model/{model}") for method in ("GET", "POST") for model in (
        "category", "histogram", "formula", "pick", "timeseries", "range", "scatterplot", "table", "aggregations")),
    Row("Imports", "POST /v3/imports"),
    Row("Imports", "GET /v3/imports"),
    Row("Imports", "GET /v3/imports/{import}"),
    Row("Imports", "POST /v3/imports/preview"),
    Row("Imports", "POST /v3/imports/{import}/cancel"),
    Row("Exports", "POST /v3/exports"),
    Row("Exports", "GET /v3/exports/{export}"),
    Row("LDS", "GET /v3/lds/geocoding/geocode"),
    Row("LDS", "GET /v3/lds/geocoding/reverse"),
    Row("LDS", "POST /v3/lds/geocoding/batch"),
    Row("LDS", "GET /v3/lds/isolines"),
    Row("LDS", "GET /v3/lds/isolines/h3"),
    Row("LDS", "GET /v3/lds/routing"),
    Row("LDS", "GET /v3/lds/stats"),
    Row("Tokens", "GET /v3/tokens", OAUTH, denied=True),
    Row("Tokens", "POST /v3/tokens", OAUTH, denied=True),
    *(Row("Tokens", f"{method} /v3/tokens/{{token}}", OAUTH, denied=True) for method in ("GET", "PATCH", "DELETE")),
    *(Row("Tokens", f"{method} /v3/tokens/{{token}}/more", OAUTH, denied=True)
      for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
    Row("Named sources", "GET /v3/named-sources", OAUTH),
    Row("Named sources", "GET /v3/named-sources/{name}", OAUTH),
    Row("Named sources", "POST /v3/named-sources", OAUTH, denied=True),
    *(Row("Named sources", f"{method} /v3/named-sources/{{name}}", OAUTH, denied=True) for method in ("PATCH", "DELETE")),
    Row("Connections", "GET /v3/connections", OAUTH),
    Row("Connections", "GET /v3/connections/carto-dw/token", OAUTH, denied=True),
    Row("Connections", "POST /v3/connections", OAUTH, denied=True),
    *(Row("Connections", f"{method} /v3/connections/{{connection}}", OAUTH, denied=True)
      for method in ("GET", "PATCH", "DELETE")),
    Row("Resources", "GET /v3/connections/{connection}/resources", OAUTH),
    Row("Resources", "GET /v3/connections/{connection}/resources/{path}", OAUTH),
    *(Row("Resources", f"GET /v3/organization-{kind}", OAUTH) for kind in ("maps", "workflows")),
    *(Row("Resources", f"DELETE /v3/organization-{kind}/{{id}}", OAUTH, denied=True) for kind in ("maps", "workflows")),
    Row("Resources", "GET /v3/accounts/resources", OAUTH),
    Row("Resources", "POST /v3/accounts/resources/delete-batch", OAUTH, denied=True),
    Row("Resources", "POST /v3/accounts/resources/transfer", OAUTH, denied=True),
    Row("Activity data", "GET /activity-data-jobs/{job}", OAUTH, "accounts"),
    Row("Activity data", "POST /activity-data-jobs", OAUTH, "accounts", denied=True),
    Row("Activity data", "DELETE /activity-data-jobs/{job}/cancel", OAUTH, "accounts", denied=True),
    Row("Accounts", "GET /users/me", OAUTH, "accounts"),
    Row("MCP", "POST /mcp/{account}"),
    Row("AI", "GET /v1/models", OAUTH, "ai"),
    Row("AI", "POST /v1/chat/completions", OAUTH, "ai"),
]

COLUMNS = {"API access token": ("api",), "OAuth": ("oauth",), "both": ("api", "oauth")}


@dataclass
class Cast:
    """A proxy for each column, with and without the rules that allow what is denied; the hosts behind them."""

    tokens: dict[str, str]
    proxies: dict[tuple[str, bool], Cartouche]
    upstreams: dict[str, RecordingUpstream]
    # What the program says when it is given no credential at all.
    without: str


@pytest.fixture(scope="module")
def cast(tmp_path_factory, canaries, authority, identity) -> Iterator[Cast]:
    tokens = {"api": canaries.api_access_token(), "oauth": canaries.oauth_access_token()}
    upstreams = {name: RecordingUpstream(identity) for name in ("api", "accounts", "ai")}
    rules = tmp_path_factory.mktemp("rules") / "cartouche.yaml"
    rules.write_text("routes:\n" + "".join(
        f'  - {{ match: "{row.match}", access: allow }}\n' for row in ROWS if row.denied))
    rules.chmod(0o600)
    code, _, without = run(tmp_path_factory.mktemp("without"), canaries, {"api_base_url": upstreams["api"].url},
                           "--listen", "127.0.0.1:0")
    assert code == 2
    proxies = {}
    for column, kinds in COLUMNS.items():
        settings = {f"{kind}_access_token": tokens[kind] for kind in kinds} | {
            "api_base_url": upstreams["api"].url, "accounts_url": upstreams["accounts"].url,
            "ai_base_url": upstreams["ai"].url, "upstream_ca_file": str(authority.certificate), "log_level": "trace"}
        for allowed in (False, True):
            arguments = ("--listen", "127.0.0.1:0", *(("--config", str(rules)) if allowed else ()))
            proxies[column, allowed] = Cartouche(tmp_path_factory.mktemp("cartouche"), canaries, settings, arguments)
    try:
        for proxy in proxies.values():
            proxy.listening()
        yield Cast(tokens, proxies, upstreams, without)
        for proxy in proxies.values():
            proxy.stop()
    finally:
        for proxy in proxies.values():
            proxy.kill()
        for upstream in upstreams.values():
            upstream.stop()


def expected(row: Row, kinds: tuple[str, ...]) -> str | None:
    """The kind of token the upstream has to see; "" for none, nothing where the request must not be sent."""
    if row.token == PUBLIC:
        return ""
    if row.token == ANY and "api" in kinds:
        return "api"
    return "oauth" if "oauth" in kinds else None


def sent(cast: Cast, proxy: Cartouche, row: Row) -> tuple[str | None, dict | None]:
    """The kind of token the right upstream saw, if it saw the request at all; the error if there was one."""
    for upstream in cast.upstreams.values():
        upstream.exchanges.clear()
    with proxy.client() as client:
        client.request(row.method, row.target, body=b"{}" if row.method in ("POST", "PATCH") else b"")
        answer = client.answer()
    if answer.status == 200:
        exchange = cast.upstreams[row.upstream].the_exchange()
        assert (exchange.method, exchange.target) == (row.method, row.target)
        value = exchange.value("authorization")
        kind = next((kind for kind, token in cast.tokens.items() if value == f"Bearer {token}"), "" if value is None else value)
    else:
        kind = None
    seen = sum(len(upstream.exchanges) for upstream in cast.upstreams.values())
    assert seen == (0 if kind is None else 1)
    return kind, None if kind is not None else {"status": answer.status, "body": answer.body.decode()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.match)
def test_the_route(cast, row, record_row):
    """Each column, for a denied route both before and after a rule allows it."""
    cells = []
    for column, kinds in COLUMNS.items():
        wanted = expected(row, kinds)
        kind, error = sent(cast, cast.proxies[column, False], row)
        if row.denied:
            assert kind is None and '"code":"route-denied"' in error["body"] and "routes" in error["body"], (column, kind, error)
            kind, error = sent(cast, cast.proxies[column, True], row)
        assert kind == wanted, (column, kind, error)
        if wanted is None:
            # The reason names the key that would help; a token of the other kind is not tried.
            assert '"code":"oauth-credential-missing"' in error["body"] and "client_id" in error["body"], error
        cells.append({None: "refused", "": "no token", "api": "API token", "oauth": "OAuth"}[kind])
    assert "no credential is given" in cast.without
    record_row("APIs and tokens", row.api, row.match, *cells, "no start", "denied" if row.denied else "allowed")


def test_no_route_of_the_table_is_without_a_row(tmp_path, canaries):
    """What the program lists is what is tested here, and nothing more."""
    code, listed, _ = run(tmp_path, canaries, {}, "routes", "--built-in", "--json")
    assert code == 0
    untested = []
    for route in json.loads(listed):
        for method in route["methods"]:
            pattern = re.sub(r"\{\w+\.\.\.\}", ".+", re.sub(r"\{\w+(:[^}]*)?\}", "[^/]+", route["path"]))
            if method != "HEAD" and not any(row.method == method and re.fullmatch(pattern, row.target) for row in ROWS):
                untested.append(f"{method} {route['path']}")
    assert untested == []


@pytest.mark.parametrize(("row", "fields", "first", "second"), [
    (Row("MCP", "POST /mcp/{account}"), "text/event-stream", b'event: message\ndata: {"jsonrpc":"2.0"}\n\n', b"data: 2\n\n"),
    (Row("MCP", "POST /mcp/{account}"), "application/json", b'{"jsonrpc":"2.0","id":1,', b'"result":{}}'),
    (Row("AI", "POST /v1/chat/completions", OAUTH, "ai"), "text/event-stream", b'data: {"choices":[]}\n\n', b"data: [DONE]\n\n"),
], ids=["MCP events", "MCP JSON", "AI events"])
def test_a_stream_passes_as_it_comes(cast, row, fields, first, second):
    """The second part is not sent before the first has been read at the other end."""
    has_arrived = threading.Event()
    waited: list[bool] = []

    def respond(exchange: Exchange) -> None:
        exchange.read_body()
        exchange.send((f"HTTP/1.1 200 OK\r\nContent-Type: {fields}\r\nMcp-Session-Id: s\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n").encode())
        exchange.send(b"%x\r\n%s\r\n" % (len(first), first))
        waited.append(has_arrived.wait(5 * PATIENCE))
        exchange.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(second), second))

    upstream = cast.upstreams[row.upstream]
    usual, upstream.respond = upstream.respond, respond
    try:
        with cast.proxies["both", True].client() as client:
            fields = {"Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2025-06-18",
                      "Mcp-Session-Id": "s", "Last-Event-Id": "7", "Content-Type": "application/json"}
            client.request("POST", row.target, fields, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
            received = b""
            while first not in received:
                received += client.socket.recv(1 << 16)
            has_arrived.set()
            while not received.endswith(b"0\r\n\r\n"):
                received += client.socket.recv(1 << 16)
    finally:
        upstream.respond = usual
    assert waited == [True]
    assert second in received and b"mcp-session-id: s" in received.lower()
    exchange = upstream.exchanges[-1]
    for name in ("mcp-protocol-version", "mcp-session-id", "last-event-id"):
        assert exchange.value(name) is not None, name


def test_get_of_mcp_is_405(cast):
    """Its clients ask for a stream of their own, and go on without where they hear that there is none."""
    with cast.proxies["both", False].client() as client:
        answer = client.request("GET", "/mcp/ac_some", {"Accept": "text/event-stream"}).answer()
    assert (answer.status, answer.value("allow")) == (405, "POST")
