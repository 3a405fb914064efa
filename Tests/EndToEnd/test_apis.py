"""Every API of CARTO's reference, with every kind of token: forwarded with the right one, or refused for the right reason.

The result is printed as a table when the tests have run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.cartouche import Cartouche
from harness.recording_upstream import RecordingUpstream

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
    Row("Maps", "GET /v3/maps/public/{map}", PUBLIC),
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


@pytest.fixture(scope="module")
def cast(tmp_path_factory, canaries, authority, identity) -> Iterator[Cast]:
    tokens = {"api": canaries.api_access_token(), "oauth": canaries.oauth_access_token()}
    upstreams = {name: RecordingUpstream(identity) for name in ("api", "accounts", "ai")}
    rules = tmp_path_factory.mktemp("rules") / "cartouche.yaml"
    rules.write_text("routes:\n" + "".join(
        f'  - {{ match: "{row.match}", access: allow }}\n' for row in ROWS if row.denied))
    rules.chmod(0o600)
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
        yield Cast(tokens, proxies, upstreams)
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
        if row.denied:
            kind, error = sent(cast, cast.proxies[column, False], row)
            assert kind is None and error["status"] == 403 and "routes" in error["body"], (column, kind, error)
        kind, error = sent(cast, cast.proxies[column, row.denied], row)
        assert kind == wanted, (column, kind, error)
        if wanted is None:
            assert "client_id" in error["body"], error
        cells.append({None: "refused", "": "no token", "api": "API token", "oauth": "OAuth"}[kind])
    record_row("APIs and tokens", row.api, row.match, *cells, "needs a rule" if row.denied else "")
