"""Which requests go where, which go nowhere, and what is said then."""

from __future__ import annotations

import pytest

DENIED = [
    ("GET", "/v3/connections/carto-dw/token"),
    ("GET", "/v3/tokens/some-token"),
    ("POST", "/v3/tokens"),
    ("POST", "/v3/accounts/resources/delete-batch"),
]

def test_method_and_target_arrive_as_they_are(proxy, upstream):
    """The query's bytes included: nothing is decoded, encoded, sorted or joined."""
    target = "/v3/lds/geocoding/geocode?address=Gran%20V%c3%ada%2C+1&&b=%zz&a=[1,2]&a={3}&tag-x='y'&?=/;,:@"
    assert proxy.client().request("GET", target).answer().status == 200
    assert (upstream.the_exchange().method, upstream.the_exchange().target) == ("GET", target)


@pytest.mark.parametrize(("method", "target"), DENIED, ids=lambda value: str(value))
def test_routes_that_hand_out_secrets_or_write_widely_are_denied(start, upstream, oauth, method, target):
    """They are refused until a line of the configuration allows them; the hint is that line."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    error = proxy.client().request(method, target, body=b"{}" if method == "POST" else b"").error()
    assert (error["status"], error["source"]) == (403, "proxy")
    assert "routes" in error["hint"]
    assert upstream.exchanges == []


@pytest.mark.parametrize("target", ["/v3/unheard/of", "/", "/v4/sql/carto_dw/query", "/v3/sql", "/V3/SQL/carto_dw/query"])
def test_unknown_routes_are_refused_with_the_line_to_add(proxy, upstream, target):
    """No request goes upstream that the table does not know."""
    error = proxy.client().request("GET", target).error()
    assert (error["status"], error["source"]) == (403, "proxy")
    assert "routes" in error["hint"]
    assert upstream.exchanges == []


def test_a_known_path_with_another_method_says_which_are_allowed(proxy, upstream):
    """405 with Allow, as RFC 9110 §15.5.6 demands."""
    answer = proxy.client().request("DELETE", "/v3/sql/carto_dw/query").answer()
    assert answer.status == 405
    allowed = {method.strip() for method in (answer.value("allow") or "").split(",")}
    assert {"GET", "HEAD", "POST"} <= allowed
    assert upstream.exchanges == []


def test_head_is_allowed_where_get_is(proxy, upstream):
    """HEAD goes upstream as HEAD."""
    assert proxy.client().request("HEAD", "/v3/sql/carto_dw/query").answer("HEAD").status == 200
    assert upstream.the_exchange().method == "HEAD"


@pytest.mark.parametrize("target", [
    "/v3/maps/../tokens", "/v3/maps/%2e%2e/tokens", "/v3/maps/%2E./tokens", "/v3/sql/x/..%2f..%2ftokens",
    "//v3/tokens", "/v3//tokens", "/v3/sql/carto_dw/query/../../../tokens", "/v3/./tokens", "/v3/sql/a;b/query",
    "/v3/sql/a%00b/query", "/v3/sql/a%5cb/query", "/v3/sql/a\\b/query", "/v3/sql/%c0%ae%c0%ae/query",
    "/v3/maps/public%2f..%2f..%2ftokens/x", "/v3/sql/carto_dw/query#/../tokens", "/v3/sql/%/query", "/v3/sql/%2/query",
])
def test_one_path_decides_and_is_what_is_sent(proxy, upstream, target):
    """A path that another server could read differently is refused, never repaired."""
    answer = proxy.client().request("GET", target).answer()
    assert answer.status in (400, 403, 404), answer
    assert upstream.exchanges == []


def test_activity_data_goes_to_the_accounts_upstream(start, new_upstream, oauth):
    """It has a host of its own, and that one gets the request, with the OAuth token."""
    api, accounts = new_upstream(), new_upstream()
    proxy = start(oauth.settings, api_base_url=api.url, accounts_url=accounts.url)
    assert proxy.client().request("GET", "/activity-data-jobs/7").answer().status == 200
    assert accounts.the_exchange().value("authorization") == f"Bearer {oauth.issued[0]}"
    assert accounts.the_exchange().value("host") == f"localhost:{accounts.port}"
    assert api.exchanges == []


def test_a_base_with_a_path_is_put_in_front(start, upstream, api_access_token):
    """A self-hosted API lives below a path, which the client does not have to know."""
    proxy = start(api_base_url=f"{upstream.url}/api", api_access_token=api_access_token)
    assert proxy.client().request("GET", "/v3/sql/carto_dw/query?q=1").answer().status == 200
    assert upstream.the_exchange().target == "/api/v3/sql/carto_dw/query?q=1"


def test_a_rule_of_ones_own_allows_a_denied_route(start, upstream, oauth, tmp_path):
    """What the hint says is true: that line in the file, and the route is forwarded."""
    file = tmp_path / "cartouche.yaml"
    file.write_text("routes:\n  - { match: \"GET /v3/tokens\", access: allow }\n")
    file.chmod(0o600)
    proxy = start(oauth.settings, api_base_url=upstream.url,
                  arguments=("--config", str(file), "--listen", "127.0.0.1:0"))
    assert proxy.client().request("GET", "/v3/tokens").answer().status == 200
    assert upstream.the_exchange().value("authorization") == f"Bearer {oauth.issued[0]}"


def test_urls_of_an_instantiation_lead_back_through_the_proxy(proxy, upstream):
    """The tile URLs a map is given are the proxy's; the query stays byte for byte, braces included."""
    inside = "/v3/maps/carto_dw/table?name=a.b&format=tilejson&cache=17"
    upstream.respond = lambda exchange: exchange.answer(
        body=b'{"nrows":1,"tilejson":{"url":["%s%s"]},"note":"%s/v3/x"}'
        % (upstream.url.encode(), inside.encode(), upstream.url.encode()))
    answer = proxy.client().request("GET", "/v3/maps/carto_dw/table?name=a.b").answer()
    assert answer.body == b'{"nrows":1,"tilejson":{"url":["%s%s"]},"note":"%s/v3/x"}' % (
        proxy.base.encode(), inside.encode(), upstream.url.encode())
    assert upstream.the_exchange().target == "/v3/maps/carto_dw/table?name=a.b"


def test_tile_templates_lead_back_through_the_proxy(proxy, upstream):
    """`{z}/{x}/{y}` stays raw: map libraries fill it in."""
    tiles = "/v3/maps/carto_dw/table/{z}/{x}/{y}?name=a.b&formatTiles=mvt"
    upstream.respond = lambda exchange: exchange.answer(body=b'{"tiles":["%s%s"]}' % (upstream.url.encode(), tiles.encode()))
    answer = proxy.client().request("GET", "/v3/maps/carto_dw/table?format=tilejson").answer()
    assert answer.body == b'{"tiles":["%s%s"]}' % (proxy.base.encode(), tiles.encode())
    assert answer.values("etag") == []


def test_rows_of_a_query_are_data(proxy, upstream):
    """An answer of the SQL API that holds the API's own URL is passed byte for byte."""
    body = b'{"rows":[{"tiles":["%s/v3/maps/x"]}],"schema":[],"meta":{}}' % upstream.url.encode()
    upstream.respond = lambda exchange: exchange.answer(body=body)
    assert proxy.client().request("GET", "/v3/sql/carto_dw/query?q=1").answer().body == body


@pytest.mark.parametrize("location", ["https://elsewhere.example/x?signature=1", "//elsewhere.example/x"])
def test_a_redirect_is_relayed_and_never_followed(proxy, upstream, location):
    """The client may follow it, without any token of ours."""
    upstream.respond = lambda exchange: exchange.answer(302, {"Location": location})
    answer = proxy.client().request("GET", "/v3/exports/7").answer()
    assert (answer.status, answer.value("location")) == (302, location)
    assert len(upstream.exchanges) == 1


def test_a_redirect_to_the_api_itself_leads_through_the_proxy(proxy, upstream):
    """Otherwise the client's next request would go to CARTO without a token."""
    upstream.respond = lambda exchange: exchange.answer(302, {"Location": f"{upstream.url}/v3/sql/carto_dw/job/8"})
    answer = proxy.client().request("GET", "/v3/sql/carto_dw/job/7").answer()
    assert answer.value("location") == f"{proxy.base}/v3/sql/carto_dw/job/8"
