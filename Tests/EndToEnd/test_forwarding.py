"""The main job: a request without a token goes in, CARTO's answer comes out."""

from __future__ import annotations

import asyncio
import json
import subprocess

import aiohttp
import httpx
import pytest

from harness.nginx import QUERY_ANSWER

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


@pytest.fixture
def carto(start, nginx, oauth):
    """Cartouche as set up by someone who has CARTO's own four variables, in front of nginx."""
    return start(apiBaseURL=nginx.url, authServer=oauth.url, clientId=oauth.client.client_id,
                 clientSecret=oauth.client.client_secret)


def the_token_reached(nginx, oauth) -> None:
    request = nginx.the_request()
    assert request["target"] == QUERY
    assert request["authorization"] == f"Bearer {oauth.issued[-1]}"
    assert request["host"] == f"localhost:{nginx.port}"
    assert request["tls"] in ("TLSv1.2", "TLSv1.3")
    assert request["server_name"] == "localhost"


def test_curl_gets_the_answer_and_the_api_gets_a_token(carto, nginx, oauth):
    """curl with no credential gets nginx's answer; nginx got the token the OAuth server issued."""
    answer = subprocess.run(["curl", "-sS", "--noproxy", "*", "-i", carto.base + QUERY], capture_output=True, check=True)
    head, _, body = answer.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body.decode() == QUERY_ANSWER
    the_token_reached(nginx, oauth)


def test_requests_gets_the_answer(carto, nginx, oauth, session):
    """Python's requests does too, on a connection it keeps."""
    for _ in range(3):
        nginx.forget()
        answer = session.get(carto.base + QUERY)
        assert answer.status_code == 200
        assert answer.json() == json.loads(QUERY_ANSWER)
        the_token_reached(nginx, oauth)


def test_wget_gets_the_answer(carto, nginx, oauth):
    """wget, which asks by its own rules, does too."""
    answer = subprocess.run(["wget", "--no-proxy", "-q", "-O", "-", carto.base + QUERY], capture_output=True, check=True)
    assert answer.stdout.decode() == QUERY_ANSWER
    the_token_reached(nginx, oauth)


def test_httpx_gets_the_answer(carto, nginx, oauth):
    """httpx, which parses strictly, does too."""
    with httpx.Client(trust_env=False) as client:
        assert client.get(carto.base + QUERY).json() == json.loads(QUERY_ANSWER)
    the_token_reached(nginx, oauth)


def test_aiohttp_gets_the_answer(carto, nginx, oauth):
    """aiohttp does too."""
    async def get():
        async with aiohttp.ClientSession() as client, client.get(carto.base + QUERY) as answer:
            return await answer.text()
    assert asyncio.run(get()) == QUERY_ANSWER
    the_token_reached(nginx, oauth)


def test_the_upstreams_own_error_passes_as_it_is(carto, session):
    """A 404 of the API arrives with the API's status and body, and is not dressed up as the proxy's."""
    answer = session.get(f"{carto.base}/v3/sql/carto_dw/job/missing")
    assert answer.status_code == 404
    assert answer.json() == {"error": "Job not found", "status": 404}
    assert "Cartouche-Error" not in answer.headers


def test_a_post_carries_its_body(carto, nginx, session):
    """A query posted as JSON reaches the API with its length and its media type."""
    answer = session.post(f"{carto.base}/v3/sql/carto_dw/query", json={"q": "SELECT 1"})
    assert answer.status_code == 200
    request = nginx.the_request()
    assert (request["method"], request["content_type"], request["body_length"]) == ("POST", "application/json", "17")


def test_a_compressed_answer_arrives_compressed(carto, nginx, canaries):
    """gzip asked for is gzip delivered, and unpacks to what the API packed."""
    answer = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--compressed", "-D", "/dev/stderr",
         f"{carto.base}/v3/sql/carto_dw/job/gzipped"], capture_output=True, check=True)
    assert answer.stdout == nginx.text
    assert b"content-encoding: gzip" in answer.stderr.lower()


def test_big_downloads_arrive_byte_for_byte(carto, nginx, session):
    """A megabyte of noise is the same on both sides."""
    content = session.get(f"{carto.base}/v3/sql/carto_dw/job/megabyte").content
    assert content == (nginx.big_file.parent / "megabyte").read_bytes()


def test_every_answer_has_an_identity(carto, session):
    """Each proxied answer can be named in a question to whoever runs the proxy, and no two are named alike."""
    names = {session.get(carto.base + QUERY).headers["Cartouche-Request-Id"] for _ in range(5)}
    assert len(names) == 5
