"""Many clients, big streams: no error, no leak, and memory that does not follow the traffic."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.cartouche import SANITIZER, Cartouche
from harness.memory import MiB, ResidentMemory
from harness.waiting import eventually

GiB = 1 << 30
QUERY = "/v3/sql/carto_dw/query"


def mixed_load(proxy: Cartouche, clients: int, requests: int) -> tuple[dict, list[int]]:
    """Runs the load to its end: what was done, and the resident memory at each tenth of the way."""
    host, port = proxy.address
    load = subprocess.Popen(
        [sys.executable, "-m", "harness.load", host, str(port), f"--clients={clients}", f"--requests={requests}"],
        cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    memory = []
    for line in load.stdout:
        if not line.endswith("/10\n"):
            break
        memory.append(proxy.resident)
    assert load.wait() == 0
    return json.loads(line), memory


def under_load(start, nginx, oauth, clients: int, requests: int) -> None:
    proxy = start(oauth.settings, api_base_url=nginx.url, log_level="notice", access_log="off", upstream_idle_timeout="1s")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    descriptors = proxy.descriptors
    result, memory = mixed_load(proxy, clients, requests)
    assert result["errors"] == {}
    assert sum(result["done"].values()) == clients * requests
    assert len(oauth.requests) == 1
    if not SANITIZER:
        # In a short run only its second half: on a slow machine the most that is open at once, and its buffers, comes late.
        first = memory[0] if requests >= 100 else memory[4]
        assert memory[-1] - first < 8 * MiB, [size // MiB for size in memory]
    eventually(lambda: proxy.descriptors <= descriptors, "descriptors are back to where they were", 15)
    assert proxy.threads < 64


@pytest.mark.timeout(240)
def test_a_thousand_clients_at_once(start, nginx, oauth):
    """A thousand connections with twenty mixed requests each: small, a megabyte, chunked uploads, cancelled half way."""
    under_load(start, nginx, oauth, *((100, 10) if SANITIZER else (1000, 20)))


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_a_thousand_clients_with_a_hundred_requests_each(start, nginx, oauth):
    """The same, ten times as long."""
    under_load(start, nginx, oauth, 1000, 100)


@pytest.fixture
def quiet_proxy(start, nginx, api_access_token):
    """One that has served a request, so that what is needed once is there."""
    proxy = start(api_base_url=nginx.url, api_access_token=api_access_token, log_level="notice", access_log="off")
    for _ in range(8):
        assert proxy.client().request("GET", QUERY).answer().status == 200
    return proxy


def download(proxy: Cartouche, nginx, size: int) -> None:
    os.truncate(nginx.big_file, size)
    with ResidentMemory(proxy) as memory:
        answer = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code} %{size_download}",
             f"{proxy.base}/v3/sql/carto_dw/job/big"], capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (0, f"200 {size}"), answer.stderr
    assert memory.growth < 8 * MiB, memory.growth


def upload(proxy: Cartouche, upstream, tmp_path: Path, size: int, chunked: bool) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as sparse:
        sparse.truncate(size)
    source = ["-H", "Transfer-Encoding: chunked", "-T", "-"] if chunked else ["-T", str(file)]
    with file.open("rb") as data, ResidentMemory(proxy) as memory:
        answer = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "-X", "POST", "-H", "Expect:", *source, f"{proxy.base}/v3/imports"],
            stdin=data, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["body_length"] == size
    assert upstream.the_exchange().body_length == size
    assert memory.growth < 8 * MiB, memory.growth
    file.unlink()


@pytest.mark.measured
def test_a_gigabyte_down(quiet_proxy, nginx):
    """Arrives whole; the proxy's memory grows by less than 8 MiB."""
    download(quiet_proxy, nginx, GiB)


@pytest.mark.full
@pytest.mark.measured
@pytest.mark.timeout(600)
def test_ten_gigabytes_down(quiet_proxy, nginx):
    """Ten times as much takes no more memory."""
    download(quiet_proxy, nginx, 10 * GiB)


@pytest.fixture
def upload_proxy(start, upstream, api_access_token):
    """As above, before an origin that counts what it gets."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="notice", access_log="off")
    for _ in range(8):
        assert proxy.client().request("GET", QUERY).answer().status == 200
    upstream.exchanges.clear()
    return proxy


@pytest.mark.measured
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_gigabyte_up(upload_proxy, upstream, tmp_path, chunked):
    """Arrives whole; the proxy's memory grows by less than 8 MiB."""
    upload(upload_proxy, upstream, tmp_path, GiB, chunked)


@pytest.mark.full
@pytest.mark.measured
@pytest.mark.timeout(900)
def test_ten_gigabytes_up(upload_proxy, upstream, tmp_path):
    """Ten times as much takes no more memory."""
    upload(upload_proxy, upstream, tmp_path, 10 * GiB, chunked=True)


def test_noise_arrives_byte_for_byte_both_ways(start, upstream, api_access_token, session):
    """What the sizes alone would not show: every byte of a body is the one that was sent."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info")
    noise = os.urandom(32 * MiB)
    assert session.post(f"{proxy.base}/v3/imports", data=noise).status_code == 200
    assert upstream.the_exchange().body_digest == hashlib.sha256(noise).hexdigest()
    upstream.respond = lambda exchange: exchange.answer(fields={"Content-Type": "application/octet-stream"}, body=noise)
    assert session.get(f"{proxy.base}/v3/sql/carto_dw/job/7").content == noise


def test_an_upstream_that_takes_nothing(start, upstream, api_access_token):
    """An upload it does not read is held back at the client; it is not collected in memory."""
    hold = threading.Event()
    upstream.respond = lambda exchange: hold.wait(30) and exchange.connection.close()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info")
    assert proxy.client().request("GET", "/v3/unheard/of").answer().status == 403
    client = proxy.client(1).request("POST", "/v3/imports", {"Content-Length": str(GiB)})
    with ResidentMemory(proxy) as memory:
        sent = 0
        try:
            while sent < 64 * MiB:
                sent += client.socket.send(b"x" * MiB)
        except TimeoutError:
            pass
    hold.set()
    assert sent < 64 * MiB
    if not SANITIZER:
        assert memory.growth < 8 * MiB
