"""Starting, ending, and what it takes in between."""

from __future__ import annotations

import re
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.cartouche import SANITIZER, run
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"


def test_term_lets_a_stream_end(proxy, upstream):
    """TERM: what is being answered is answered to its end, idle connections close, exit 0."""
    go_on = threading.Event()

    def respond(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        go_on.wait(10)
        exchange.send(b"6\r\nsecond\r\n0\r\n\r\n")

    idle = proxy.client().request("GET", QUERY)
    assert idle.answer().status == 200
    upstream.respond = respond
    busy = proxy.client().request("GET", "/v3/sql/carto_dw/job/7")
    upstream.next_exchange(1)
    proxy.signal(signal.SIGTERM)
    assert idle.is_closed()
    assert proxy.is_running
    go_on.set()
    assert busy.answer().body == b"firstsecond"
    assert proxy.exit_code() == 0


def test_term_takes_no_new_clients(proxy, upstream):
    """While it drains, the port is free for the next one."""
    hold = threading.Event()
    upstream.respond = lambda exchange: (hold.wait(10), exchange.answer())
    busy = proxy.client().request("GET", QUERY)
    upstream.next_exchange()
    proxy.signal(signal.SIGTERM)

    def refused():
        with socket.socket() as probe:
            return probe.connect_ex(proxy.address) != 0
    eventually(refused, "new connections are refused")
    hold.set()
    assert busy.answer().status == 200
    assert proxy.exit_code() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_one_ends_at_once(proxy, number):
    """Exit 0, within a second."""
    proxy.signal(number)
    assert proxy.exit_code(within=1) == 0


def test_a_port_that_is_taken(start, proxy, upstream, api_access_token, canaries, tmp_path):
    """Exit 5 within a second, one clear line that names the address; the first one serves on."""
    host, port = proxy.address
    code, _, error = run(tmp_path / "second", canaries, {"api_base_url": upstream.url, "api_access_token": api_access_token},
                         "--listen", f"{host}:{port}", within=1)
    assert code == 5
    assert f"{host}:{port}" in error
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_the_command_line_tells_no_secret(start, upstream, oauth):
    """What `ps` shows to every user of the machine."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    with open(f"/proc/{proxy.pid}/cmdline", "rb") as file:
        line = file.read()
    assert oauth.client.client_secret.encode() not in line


def test_descriptors_return_to_where_they_were(proxy, upstream):
    """A hundred connections come and go; nothing of them stays."""
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    # ThreadSanitizer starts a program that tells it the names of functions, and talks to it by pipes.
    def held() -> int:
        return proxy.sockets if SANITIZER else proxy.descriptors

    before = held()
    clients = [proxy.client().request("GET", QUERY) for _ in range(100)]
    assert {client.answer().status for client in clients} == {200}
    for client in clients:
        client.close()

    def closed() -> bool:
        # Again and again: a connection that was being opened when its request was served by another comes late.
        for connection in upstream.connections:
            connection.close()
        return held() <= before

    eventually(closed, "the descriptors are closed")


def test_it_runs_as_few_threads(proxy):
    """Threads follow the processors, not the clients."""
    clients = [proxy.client().request("GET", QUERY) for _ in range(100)]
    assert {client.answer().status for client in clients} == {200}
    assert proxy.threads < 64


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_there_is_room_for_all_descriptors(proxy):
    """From the beginning: a kernel that has to make room while there are threads stops them for tens of milliseconds."""
    size = re.search(r"FDSize:\t(\d+)", Path(f"/proc/{proxy.pid}/status").read_text())[1]
    assert int(size) >= min(16_384 + 256, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def test_running_out_of_descriptors_is_survived(start, upstream, api_access_token):
    """Connections beyond what the system grants wait or are refused; when others leave, it serves on."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info")
    subprocess.run(["prlimit", f"--pid={proxy.pid}", "--nofile=64:64"], check=True)
    clients = [proxy.client() for _ in range(100)]
    for client in clients:
        client.close()

    def serves():
        try:
            with proxy.client(5) as client:
                return client.request("GET", QUERY).answer().status == 200
        except (OSError, EOFError):
            return False
    eventually(serves, "it serves again", 20)


def test_no_socket_for_the_upstream_is_the_proxys_failure(start, upstream, api_access_token):
    """Who has nothing left to connect with says so, and does not call the upstream unreachable."""
    proxy = start(api_base_url=f"https://127.0.0.1:{upstream.port}", api_access_token=api_access_token, log_level="info")
    with proxy.client() as client:
        assert client.request("GET", "/nowhere").answer().status == 403
        subprocess.run(["prlimit", f"--pid={proxy.pid}", "--nofile=3:"], check=True)
        error = client.request("GET", QUERY).error()
        assert (error["status"], error["source"], error["code"]) == (503, "proxy", "no-socket")
        subprocess.run(["prlimit", f"--pid={proxy.pid}", "--nofile=4096:"], check=True)
        assert client.request("GET", QUERY).answer().status == 200


@pytest.mark.full
@pytest.mark.measured
@pytest.mark.parametrize("fault", [
    "read:error=EINTR", "read:error=ECONNRESET", "recvfrom:error=EINTR", "recvfrom:error=ECONNRESET", "write:error=EINTR",
    "sendto:error=EINTR", "sendto:error=EPIPE", "accept4:error=EMFILE", "accept4:error=ECONNABORTED", "accept4:error=EINTR",
    "epoll_ctl:error=ENOMEM", "epoll_wait:error=EINTR", "connect:error=ENOMEM", "connect:error=EINTR", "socket:error=EMFILE",
    "openat:error=EMFILE", "setsockopt:error=EINVAL",
])
@pytest.mark.parametrize("when", ["1..10+2", "5..50+5", "20..50+1"])
def test_calls_that_fail(start, upstream, api_access_token, fault, when):
    """strace makes system calls fail; the proxy may refuse a request, but it neither dies nor hangs nor lies."""
    # Unconfined: strace makes a call fail by giving it the number -1, and whoever makes a call that is not on the list is killed.
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, log_level="info",
                  insecure_no_confinement="on")
    tracer = subprocess.Popen(
        ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={fault.split(':')[0]}", "-e", f"inject={fault}:when={when}",
         "-p", str(proxy.pid)], stderr=subprocess.PIPE)
    try:
        eventually(lambda: "TracerPid:\t0" not in open(f"/proc/{proxy.pid}/status").read(), "strace is attached")
        for _ in range(20):
            try:
                with proxy.client(5) as client:
                    answer = client.request("GET", f"{QUERY}?q=1").answer()
                    assert answer.status in (200, 502, 503, 504)
                    assert answer.status != 200 or b"/v3/sql/carto_dw/query?q=1" in answer.body
            except TimeoutError:
                raise
            except (OSError, EOFError):
                pass
            assert proxy.is_running
    finally:
        tracer.terminate()
        tracer.wait()
    assert proxy.client().request("GET", QUERY).answer().status == 200
