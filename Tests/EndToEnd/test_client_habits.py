"""What clients do by themselves beside plain requests: wait for 100 (Continue), send chunks, ask for gzip, HEAD."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import subprocess

import aiohttp
import httpx
import pytest
import requests

from harness.recording_upstream import Exchange

IMPORT = "/v3/imports"
JSON = {"Content-Type": "application/json"}
# Above this size curl waits for 100 (Continue).
UPLOAD = b'{"url":"' + b"x" * (3 << 20) + b'"}'


def curl(*arguments: str, given: bytes = b"") -> bytes:
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(["curl", "-sS", *arguments], input=given, capture_output=True, check=True, env=environment).stdout


def in_pieces(size: int = 100_000):
    for start in range(0, len(UPLOAD), size):
        yield UPLOAD[start : start + size]


def with_requests(url: str) -> dict:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, data=in_pieces(), headers=JSON).json()


def with_httpx(url: str) -> dict:
    with httpx.Client(trust_env=False) as client:
        return client.post(url, content=in_pieces(), headers=JSON).json()


def with_aiohttp(url: str) -> dict:
    async def pieces():
        for piece in in_pieces():
            yield piece

    async def main():
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=pieces(), headers=JSON, expect100=True) as answer:
                return await answer.json()

    return asyncio.run(main())


def with_curl(url: str) -> dict:
    return json.loads(curl("-T", "-", "-X", "POST", "-H", "Content-Type: application/json", url, given=UPLOAD))


def with_node(url: str) -> dict:
    program = """
        const pieces = async function* () { for await (const piece of process.stdin) yield piece; };
        fetch(process.argv[1], { method: "POST", body: pieces(), duplex: "half", headers: { "Content-Type": "application/json" } })
            .then((answer) => answer.text()).then(console.log);
    """
    done = subprocess.run(["node", "-e", program, url], input=UPLOAD, capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("client", [with_requests, with_httpx, with_aiohttp, with_curl, with_node],
                         ids=lambda client: client.__name__[5:])
def test_an_upload_in_chunks_arrives_whole(proxy, upstream, client):
    """A body of unknown length, from clients that stream it."""
    echo = client(proxy.base + IMPORT)
    assert (echo["body_length"], echo["body_digest"]) == (len(UPLOAD), hashlib.sha256(UPLOAD).hexdigest())
    assert upstream.the_exchange().value("transfer-encoding") == "chunked"


def test_curl_waits_for_100_and_gets_it(proxy, upstream, tmp_path):
    """It comes from the upstream, which has seen the head by then and nothing of the body."""
    file = tmp_path / "upload.json"
    file.write_bytes(UPLOAD)
    trace = tmp_path / "trace"
    curl("--json", f"@{file}", "--trace-ascii", str(trace), "-o", str(tmp_path / "answer"), proxy.base + IMPORT)
    assert "Expect: 100-continue" in trace.read_text() and "HTTP/1.1 100 Continue" in trace.read_text()
    assert "Done waiting for 100-continue" not in trace.read_text()
    exchange = upstream.the_exchange()
    assert (exchange.value("expect") or "").lower() == "100-continue"
    assert exchange.body_digest == hashlib.sha256(UPLOAD).hexdigest()


def test_curl_that_is_refused_sends_no_body(proxy, upstream, tmp_path):
    """The point of waiting: the refusal of a denied route comes in place of the 100."""
    file = tmp_path / "upload.json"
    file.write_bytes(UPLOAD)
    answer = curl("--json", f"@{file}", "-w", "\n%{http_code} %{size_upload}", proxy.base + "/v3/tokens").decode()
    document, _, facts = answer.rpartition("\n")
    assert facts == "403 0"
    assert json.loads(document)["code"] == "route-denied"
    assert upstream.connections == []


def answer_with_gzip(exchange: Exchange) -> None:
    text = json.dumps({"rows": [], "accepts": exchange.value("accept-encoding")}).encode()
    exchange.answer(200, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}, gzip.compress(text))


@pytest.mark.parametrize("client", ["requests", "httpx", "curl"])
def test_gzip_is_undone_by_the_client(proxy, upstream, client):
    """Answers of the SQL API pass compressed."""
    upstream.respond = answer_with_gzip
    url = f"{proxy.base}/v3/sql/carto_dw/query?q=SELECT+1"
    match client:
        case "requests":
            with requests.Session() as session:
                session.trust_env = False
                document = session.get(url).json()
        case "httpx":
            with httpx.Client(trust_env=False) as opened:
                document = opened.get(url).json()
        case "curl":
            document = json.loads(curl("--compressed", url))
    assert document["rows"] == [] and "gzip" in document["accepts"]


def test_head_by_curl_and_requests(proxy, upstream):
    """The fields of GET, among them its length, and no body to wait for."""
    upstream.respond = lambda exchange: exchange.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n")
    url = f"{proxy.base}/v3/sql/carto_dw/query?q=SELECT+1"
    assert b"content-length: 4096" in curl("-I", url).lower()
    with requests.Session() as session:
        session.trust_env = False
        answer = session.head(url)
    assert (answer.headers["Content-Length"], answer.content) == ("4096", b"")
    assert [exchange.method for exchange in upstream.exchanges] == ["HEAD", "HEAD"]
