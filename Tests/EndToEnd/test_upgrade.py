"""One process takes the place of another on the same sockets, and what the service manager has to do with it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.cartouche import BINARY, PATIENCE, environment
from harness.process import lives, upgrade
from harness.raw_client import RawClient
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


def load(proxy, seconds: float) -> subprocess.Popen:
    host, port = proxy.address
    return subprocess.Popen(
        [sys.executable, "-m", "harness.steady", host, str(port), "--rate", "200", "--seconds", f"{seconds:g}",
         "--new-every", "2"], cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)


def test_upgrades_lose_no_request(start, upstream, oauth, successors):
    """Three in a row under 200 requests a second on kept and new connections: none fails, none has to be sent again."""
    proxy = start(oauth.settings, api_base_url=upstream.url, log_level="info", access_log="off", loops="2",
                  drain_timeout="20s")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    clients = load(proxy, 10)
    process = proxy.pid
    for _ in range(3):
        process = upgrade(proxy, process, successors)
    output, _ = clients.communicate()
    record = json.loads(output)
    assert record["failures"] == [], record
    assert record["again"] == 0, record
    assert record["statuses"]["200"] >= 1900
    # The token went over by the disk.
    assert len(oauth.requests) == 1
    assert proxy.exit_code(within=30) == 0
    eventually(lambda: not any(map(lives, successors[:-1])), "those in between have ended", 30)
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200


def test_what_is_under_way_ends_in_the_old_one(start, upstream, api_access_token, successors):
    """A stream goes on; each connection gets one more answer, which says that it is the last; then the old one ends with 0.

    Also the one whose answer had begun: its client could not know, and may be sending already.
    """
    go_on = threading.Event()

    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        go_on.wait(20)
        exchange.send(b"6\r\nsecond\r\n0\r\n\r\n")

    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info")
    idle = proxy.client().request("GET", QUERY)
    assert idle.answer().status == 200
    ordinarily, upstream.respond = upstream.respond, respond
    busy = proxy.client().request("GET", QUERY)
    upstream.next_exchange(1)
    upgrade(proxy, proxy.pid, successors)
    upstream.respond = ordinarily
    assert proxy.is_running
    with proxy.client() as new:
        assert new.request("GET", QUERY).answer().status == 200
    go_on.set()
    assert busy.answer().body == b"firstsecond"
    for client in (idle, busy):
        answer = client.request("POST", "/v3/imports", body=b"{}").answer()
        assert answer.status == 200 and ("connection", "close") in [(n.lower(), v.lower()) for n, v in answer.fields]
        assert client.is_closed()
    assert proxy.exit_code() == 0


@pytest.mark.parametrize("spoil", ["configuration", "program"])
def test_a_successor_that_fails_changes_nothing(start, upstream, api_access_token, tmp_path, spoil):
    """A configuration it does not take, or a program that is none: said, and this one goes on."""
    program = tmp_path / "cartouche"
    program.symlink_to(BINARY)
    file = tmp_path / "cartouche.yaml"
    file.write_text(f"api_base_url: {upstream.url}\napi_access_token: {api_access_token}\n")
    file.chmod(0o600)
    harness_binary = sys.modules["harness.cartouche"]
    original, harness_binary.BINARY = harness_binary.BINARY, str(program)
    try:
        proxy = start(arguments=("--config", str(file), "--listen", "127.0.0.1:0"), log_level="info")
    finally:
        harness_binary.BINARY = original
    if spoil == "configuration":
        file.write_text(file.read_text() + "orgins: x\n")
    else:
        program.unlink()
        program.write_text("#!/bin/sh\nexit 7\n")
        program.chmod(0o755)
    proxy.signal(signal.SIGUSR2)
    line = proxy.logged("not handed over, this process goes on", 30)
    assert ("exit code 2" if spoil == "configuration" else "exit code 7") in line
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    # And it can be tried again.
    program.unlink()
    program.symlink_to("/nonexistent")
    proxy.signal(signal.SIGUSR2)
    eventually(lambda: proxy.log.count("not handed over") == 2, "the second one fails, too", 30)
    assert proxy.is_running


def test_told_to_stop_the_successor_stops(start, upstream, api_access_token, successors):
    """TERM ends the one that serves, and the port is free."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info")
    process = upgrade(proxy, proxy.pid, successors)
    assert proxy.exit_code() == 0
    os.kill(process, signal.SIGTERM)
    eventually(lambda: not lives(process), "it ends")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(proxy.address)


# MARK: The service manager

class Manager:
    """Opens the socket, starts the program with it as systemd does, and hears what it says.

    `name` is that of the socket on which it hears: an abstract one begins with `@`."""

    def __init__(self, directory: Path, settings: dict[str, str], address: str | None = None, name: str = "") -> None:
        name = name or str(directory / "notify")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(re.sub("^@", "\0", name))
        self.notify.settimeout(20)
        self.error = directory / "stderr"
        variables = environment(directory, settings) | {
            "NOTIFY_SOCKET": name, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"}
        inherited = self.listener.fileno()

        def prepare() -> None:
            os.dup2(inherited, 3)
            os.environ["LISTEN_PID"] = str(os.getpid())

        # LISTEN_PID is known only to the child: a shell sets it and becomes the program.
        with self.error.open("wb") as error:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"', BINARY, "--listen", address or f"127.0.0.1:{self.port}"],
                env=variables, stderr=error, preexec_fn=prepare, pass_fds=(3,))

    def hears(self, text: str) -> str:
        while True:
            message = self.notify.recv(1000).decode()
            if text in message:
                return message

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.listener.close()
        self.notify.close()


@pytest.mark.parametrize("name", ["", f"@cartouche-{os.getpid()}"], ids=["a file", "abstract"])
def test_a_socket_of_the_service_manager(tmp_path, upstream, api_access_token, authority, canaries, successors, name):
    """It is served on, not closed to others at the end, and what happens is told: ready, reloading, succeeded, stopping."""
    settings = {"api_base_url": upstream.url, "api_access_token": api_access_token,
                "upstream_ca_file": str(authority.certificate)}
    manager = Manager(tmp_path, settings, name=name)
    try:
        assert f"MAINPID={manager.process.pid}" in manager.hears("READY=1")
        with RawClient(("127.0.0.1", manager.port), canaries) as client:
            assert client.request("GET", QUERY).answer().status == 200
        manager.process.send_signal(signal.SIGHUP)
        assert "MONOTONIC_USEC=" in manager.hears("RELOADING=1")
        manager.hears("READY=1")
        manager.process.send_signal(signal.SIGUSR2)
        successors.append(int(re.search(r"MAINPID=(\d+)", manager.hears("MAINPID="))[1]))
        assert successors[0] != manager.process.pid
        assert manager.process.wait(20 * PATIENCE) == 0
        with RawClient(("127.0.0.1", manager.port), canaries) as client:
            assert client.request("GET", QUERY).answer().status == 200
        os.kill(successors[0], signal.SIGTERM)
        manager.hears("STOPPING=1")
        eventually(lambda: not lives(successors[0]), "it ends")
        # The manager's socket still listens: the next start takes what waits.
        with socket.create_connection(("127.0.0.1", manager.port), 5):
            pass
    finally:
        manager.close()


def test_a_socket_that_nobody_asked_for(tmp_path, upstream, api_access_token, authority):
    """Exit 2, and both are named."""
    settings = {"api_base_url": upstream.url, "api_access_token": api_access_token,
                "upstream_ca_file": str(authority.certificate)}
    manager = Manager(tmp_path, settings, address="127.0.0.1:0")
    try:
        assert manager.process.wait(20 * PATIENCE) == 2
        assert f"127.0.0.1:{manager.port}" in manager.error.read_text()
    finally:
        manager.close()
