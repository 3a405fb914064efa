"""Another configuration while requests are served."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.cartouche import SANITIZER
from harness.messages import Reader, read_answer
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"
IN_FORCE = "the configuration was loaded anew and is in force"
DENIED = 'routes:\n  - match: "GET /v3/sql/{connection}/query"\n    access: deny\n    because: of the test\n'
REFUSED = "the configuration was not reloaded, the old one stays in force"


class File:
    """A configuration file, written as an editor does: a new one in the place of the old one."""

    def __init__(self, path: Path, **keys: str) -> None:
        self.path = path
        self.keys = keys
        self.rest = ""
        self.write()

    def write(self, rest: str | None = None, **keys: str | None) -> None:
        self.keys = {key: value for key, value in {**self.keys, **keys}.items() if value is not None}
        self.rest = self.rest if rest is None else rest
        new = self.path.with_suffix(".new")
        new.write_text("".join(f"{key}: {value}\n" for key, value in self.keys.items()) + self.rest)
        new.chmod(0o600)
        new.rename(self.path)


@pytest.fixture
def file(tmp_path, upstream, api_access_token, authority) -> File:
    return File(tmp_path / "cartouche.yaml", api_base_url=upstream.url, api_access_token=api_access_token,
                upstream_ca_file=str(authority.certificate))


@pytest.fixture
def served(start, file):
    """The proxy, by that file."""
    return start(arguments=("--config", str(file.path), "--listen", "127.0.0.1:0"), log_level="info")


def reload(proxy, says: str = IN_FORCE) -> str:
    """Sends HUP and waits for what comes of it."""
    had = proxy.log.count(says)
    proxy.signal(signal.SIGHUP)
    eventually(lambda: proxy.log.count(says) > had, f"the log says once more '{says}'", 20)
    return [line for line in proxy.log.splitlines() if says in line][-1]


class Load:
    """200 requests a second, half of them on kept connections, half on new ones, for as long as the block takes."""

    def __init__(self, proxy, seconds: float = 60) -> None:
        host, port = proxy.address
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.steady", host, str(port), "--rate", "200", "--seconds", f"{seconds:g}",
             "--new-every", "2"], cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
        self.record: dict = {}

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_) -> None:
        output, _ = self._process.communicate()
        self.record = json.loads(output)


def test_reloads_fail_no_request(start, upstream, oauth, file, record_property):
    """Twenty reloads, each with a change, under 200 requests a second: none fails, and no token is fetched again."""
    file.write(api_access_token=None)
    file.keys.pop("api_access_token", None)
    file.write(**oauth.settings)
    proxy = start(arguments=("--config", str(file.path), "--listen", "127.0.0.1:0"), log_level="info", loops="2",
                  access_log="off")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    had = len(oauth.requests)
    with Load(proxy, 8) as load:
        for number in range(20):
            file.write(via=f"cartouche-{number}", max_fields=str(100 + number), body_idle_timeout=f"{20 + number}s")
            reload(proxy)
    assert load.record["failures"] == [], load.record
    assert load.record["again"] == 0, "kept connections outlive a reload"
    assert load.record["statuses"]["200"] >= 1500
    assert len(oauth.requests) == had
    assert upstream.exchanges[-1].value("via") == "1.1 cartouche-19"


def test_a_bad_file_changes_nothing_and_is_told_by_line(served, file, upstream):
    with served.client() as client:
        file.write(DENIED + "  - match: dance\n", via="other")
        line = reload(served, REFUSED)
        assert f"{file.path}:" in line
        assert any(f"{file.path}:{len(file.keys) + 5}:" in line for line in served.log.splitlines() if REFUSED in line)
        assert client.request("GET", QUERY).answer().status == 200
        assert upstream.exchanges[-1].value("via") == "1.1 cartouche"
        file.write("")
        reload(served)
        assert client.request("GET", QUERY).answer().status == 200
        assert upstream.exchanges[-1].value("via") == "1.1 other"


def test_a_change_holds_for_the_next_request_of_an_open_connection(served, file, new_upstream, canaries):
    """Routes, credentials, origins, limits, upstreams."""
    with served.client() as client:
        assert client.request("GET", QUERY).answer().status == 200

        file.write(DENIED)
        reload(served)
        assert client.request("GET", QUERY).error()["status"] == 403
        file.write("")
        reload(served)
        assert client.request("GET", QUERY).answer().status == 200

        page = {"Origin": "https://map.example"}
        assert client.request("GET", QUERY, page).error()["status"] == 403
        file.write(origins="https://map.example")
        reload(served)
        answer = client.request("GET", QUERY, page).answer()
        assert answer.status == 200
        assert ("access-control-allow-origin", "https://map.example") in [(n.lower(), v) for n, v in answer.fields]

        other = new_upstream()
        token = canaries.api_access_token()
        file.write(api_base_url=other.url, api_access_token=token)
        reload(served)
        assert client.request("GET", QUERY).answer().status == 200
        assert other.exchanges[-1].value("authorization") == f"Bearer {token}"

        file.write(max_fields="10")
        reload(served)
        many = {f"X-{number}": "1" for number in range(20)}
        assert client.request("GET", QUERY, many).error()["status"] == 431


def test_an_exchange_ends_as_it_began(served, file, upstream):
    """What is under way keeps its rules, its token and its connection; the one after it has the new ones."""
    go_on = threading.Event()

    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        go_on.wait(10)
        exchange.send(b"6\r\nsecond\r\n0\r\n\r\n")

    upstream.respond = respond
    with served.client() as client:
        client.request("GET", QUERY)
        upstream.next_exchange()
        file.write(DENIED, body_idle_timeout="25s")
        reload(served)
        go_on.set()
        assert client.answer().body == b"firstsecond"
        assert client.request("GET", QUERY).error()["status"] == 403


def test_a_new_client_secret_by_reload(start, upstream, oauth, canaries, file):
    """The old token serves until the new secret has brought one."""
    file.keys.pop("api_access_token")
    file.write(**oauth.settings)
    proxy = start(arguments=("--config", str(file.path), "--listen", "127.0.0.1:0"), log_level="info", loops="2")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
        oauth.client.client_secret = canaries.client_secret()
        file.write(client_secret=oauth.client.client_secret)
        reload(proxy)
        proxy.logged("the new client secret works")
        assert client.request("GET", QUERY).answer().status == 200
    assert len(oauth.requests) == 2


def test_listeners_come_and_go(start, file):
    """A new address is open when the reload is in force; of one that is gone the requests under way end; those that
    stay keep their socket."""
    def free() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    first, second, third = free(), free(), free()
    file.write(listen=f"[127.0.0.1:{first}, 127.0.0.1:{second}]")
    proxy = start(arguments=("--config", str(file.path)), log_level="info").listening(2)

    def reaches(port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    with socket.create_connection(("127.0.0.1", second), 10) as idle, proxy.client() as kept:
        idle.sendall(f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert read_answer(Reader(idle)).status == 200
        assert kept.request("GET", QUERY).answer().status == 200
        file.write(listen=f"[127.0.0.1:{third}, 127.0.0.1:{first}]")
        reload(proxy)
        assert reaches(third) and reaches(first)
        eventually(lambda: not reaches(second), "the old listener is closed")
        assert idle.recv(1) == b""
        assert kept.request("GET", QUERY).answer().status == 200

        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            file.write(listen=f"[127.0.0.1:{first}, 127.0.0.1:{other.getsockname()[1]}]")
            assert "is taken" in reload(proxy, REFUSED)
        assert reaches(third)
        assert kept.request("GET", QUERY).answer().status == 200


def test_what_cannot_change_is_said(served, file):
    file.write(loops="3")
    reload(served)
    served.logged("loops: it takes effect at the next start")


def test_fifty_reloads_leave_nothing_behind(start, file, upstream, oauth, new_upstream):
    """Descriptors, threads and memory are where they were, and no token was fetched again."""
    file.keys.pop("api_access_token")
    file.write(**oauth.settings)
    proxy = start(arguments=("--config", str(file.path), "--listen", "127.0.0.1:0"), log_level="info", loops="2")
    client = proxy.client()
    others = [upstream.url, new_upstream().url]

    def turn(number: int) -> None:
        file.write(api_base_url=others[number % 2], via=f"c{number}")
        reload(proxy)
        for _ in range(4):
            with proxy.client() as new:
                assert new.request("GET", QUERY).answer().status == 200
        assert client.request("GET", QUERY).answer().status == 200

    for number in range(10):
        turn(number)
    descriptors, memory, threads = proxy.descriptors, proxy.resident, proxy.threads
    for number in range(50):
        turn(number)
    eventually(lambda: proxy.descriptors <= descriptors + 4, "descriptors are where they were")
    assert SANITIZER or proxy.resident - memory < 8 << 20, (memory, proxy.resident)
    assert proxy.threads <= threads + 4
    assert len(oauth.requests) == 1
