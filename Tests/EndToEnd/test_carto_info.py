"""What hosted apps read to find the API, and bases with a path of their own."""

from __future__ import annotations

import json

import pytest

PAGE = "http://localhost:5173"
INFO = "/carto-info.json"


def test_it_names_this_proxy_and_no_secret(proxy, upstream, session):
    """An app built for CARTO's hosting runs against the proxy; the canary search is in the session."""
    answer = session.get(proxy.base + INFO)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    info = answer.json()
    assert info["schemaVersion"] == 1
    assert info["apiBaseUrl"] == proxy.base
    assert info["accessToken"] and set(info["user"]) == {"id", "accountId", "email"}
    assert "aiBaseUrl" not in info
    assert upstream.connections == []


def test_following_it_works(proxy, upstream, session):
    """Its token is one that never goes further than the proxy."""
    info = session.get(proxy.base + INFO).json()
    answer = session.get(info["apiBaseUrl"] + "/v3/lds/stats", headers={"Authorization": f"Bearer {info['accessToken']}"})
    assert answer.status_code == 200
    assert info["accessToken"] not in upstream.the_exchange().value("authorization")


def test_the_ai_base_is_named_where_there_is_one(start, upstream, oauth):
    proxy = start(oauth.settings, api_base_url=upstream.url, ai_base_url=upstream.url + "/v1")
    info = json.loads(proxy.client().request("GET", INFO).answer().body)
    assert info["aiBaseUrl"] == proxy.base + "/v1"


def test_the_name_the_client_used_is_the_one_it_gets(proxy):
    _, port = proxy.address
    answer = proxy.client().request("GET", INFO, {"Host": f"localhost:{port}"}).answer()
    assert json.loads(answer.body)["apiBaseUrl"] == f"http://localhost:{port}"


def test_head_has_the_fields_alone(proxy):
    client = proxy.client()
    answer = client.request("HEAD", INFO).answer("HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.value("content-length")) == len(client.request("GET", INFO).answer().body)


def test_only_admitted_pages_can_read_it(proxy):
    allowed = proxy.client().request("GET", INFO, {"Origin": PAGE}).answer()
    assert (allowed.status, allowed.value("access-control-allow-origin")) == (200, PAGE)
    refused = proxy.client().request("GET", INFO, {"Origin": "https://evil.example"})
    assert refused.error()["status"] == 403
    rebound = proxy.client().request("GET", INFO, {"Host": "evil.example"})
    assert rebound.error()["status"] == 421


def test_other_methods_and_spellings_are_refused(proxy, upstream):
    answer = proxy.client().request("POST", INFO, body=b"{}").answer()
    assert (answer.status, answer.value("allow")) == (405, "GET, HEAD")
    for target in ("/Carto-info.json", "/x/carto-info.json", "/carto-info.json/"):
        assert proxy.client().request("GET", target).error()["code"] == "route-unknown"
    assert upstream.connections == []


@pytest.fixture
def self_hosted(start, upstream, api_access_token):
    return start(api_base_url=upstream.url + "/api", api_access_token=api_access_token)


@pytest.mark.parametrize("target", ["/v3/lds/stats?a=1", "/api/v3/lds/stats?a=1"])
def test_a_base_with_a_path_may_be_sent_or_left_out(self_hosted, upstream, target):
    """Both arrive as one and the same request."""
    assert self_hosted.client().request("GET", target).answer().status == 200
    assert upstream.the_exchange().target == "/api/v3/lds/stats?a=1"


@pytest.mark.parametrize(("target", "code"), [
    ("/api/api/v3/lds/stats", "route-unknown"), ("/apiv3/lds/stats", "route-unknown"), ("/api", "route-unknown"),
    ("/API/v3/lds/stats", "route-unknown"), ("/api//v3/lds/stats", "path-empty-segment"),
    ("//v3/lds/stats", "path-leading-double-slash"), ("/api/../v3/lds/stats", "path-dot-segment"),
    ("/api/v3/tokens", "route-denied"), ("/api%2Fv3/tokens", "path-encoded-slash"),
])
def test_it_is_taken_off_once_and_before_policy(self_hosted, upstream, target, code):
    assert self_hosted.client().request("GET", target).error()["code"] == code
    assert upstream.connections == []


def test_the_info_is_beside_the_base(self_hosted):
    assert self_hosted.client().request("GET", "/api" + INFO).answer().status == 200


def test_a_base_with_no_path_has_none_to_take_off(proxy, upstream):
    assert proxy.client().request("GET", "/api/v3/lds/stats").error()["code"] == "route-unknown"
    assert upstream.connections == []
