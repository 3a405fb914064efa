"""Who may connect: users of this machine, addresses of others, and what they see who may not."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from harness.accounts import NOBODY, curl_as, needs_root, run_as
from harness.cartouche import run
from harness.messages import Reader, read_answer
from harness.raw_client import error_of
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
REQUEST = f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def refusal(answer: bytes) -> dict:
    """The error in an answer as it came from the socket."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    fields = dict((name.lower(), value) for name, _, value in (line.partition(": ") for line in lines[1:]))
    assert fields["connection"] == "close"
    return error_of(int(lines[0].split()[1]), fields, body)


def unix_request(path: Path) -> int:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(path))
        client.sendall(REQUEST)
        return read_answer(Reader(client)).status


@pytest.fixture
def start_unix(start, upstream, api_access_token, tmp_path):
    """Starts a proxy on a Unix-domain socket beside a free port; gives both."""
    def start_unix(**settings):
        path = tmp_path / "sockets" / "cartouche.sock"
        path.parent.mkdir(exist_ok=True)
        proxy = start(api_base_url=upstream.url, api_access_token=api_access_token,
                      arguments=("--listen", f"unix:{path}", "--listen", "127.0.0.1:0"), **settings)
        return proxy, path
    return start_unix


# MARK: Users of this machine

@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0"])
def test_another_user_is_refused_over_tcp(start, upstream, api_access_token, address):
    """The kernel says whose socket it is; the answer says which line would let him in, and nothing was forwarded."""
    needs_root()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids=str(os.getuid()),
                  arguments=("--listen", address))
    result = curl_as(NOBODY, proxy.base + QUERY)
    assert result.returncode == 0, result.stderr
    error = refusal(result.stdout)
    assert (error["status"], error["source"], error["code"]) == (403, "client", "user-not-allowed")
    assert error["hint"] == f"allowed by: allow_uids: [{NOBODY}]"
    assert upstream.exchanges == []
    # Whose it is, is served.
    assert curl_as(os.getuid(), proxy.base + QUERY).stdout.startswith(b"HTTP/1.1 200 ")
    assert len(upstream.exchanges) == 1


def test_a_listed_user_is_served(start, upstream, api_access_token):
    """By name, too; and then it is the owner of the process that is not."""
    needs_root()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids="nobody")
    assert curl_as(NOBODY, proxy.base + QUERY).stdout.startswith(b"HTTP/1.1 200 ")
    assert proxy.client().request("GET", QUERY).error()["code"] == "user-not-allowed"


def test_the_audit_log_names_users(start_unix, tmp_path):
    """Who shows neither a key nor a certificate is the user the kernel tells of."""
    log = tmp_path / "audit.log"
    proxy, path = start_unix(audit_log=str(log), XDG_STATE_HOME=str(tmp_path / "state"))
    assert unix_request(path) == 200
    assert curl_as(os.getuid(), proxy.base + QUERY).stdout.startswith(b"HTTP/1.1 200 ")
    proxy.stop()
    proxy.end_is_known = True
    assert log.read_text().count(f'"who":"user {os.getuid()}"') == 2


def test_new_rules_hold_on_open_connections(start, upstream, api_access_token, authority, tmp_path):
    """From the next request on; who is let in by the new ones too notices nothing."""
    needs_root()
    file = tmp_path / "cartouche.yaml"

    def configure(users: str) -> None:
        file.write_text(f"api_base_url: {upstream.url}\napi_access_token: {api_access_token}\n"
                        f"upstream_ca_file: {authority.certificate}\nallow_uids: {users}\n")
        file.chmod(0o600)

    def reload(users: str) -> None:
        configure(users)
        had = proxy.log.count("is in force")
        proxy.signal(signal.SIGHUP)
        eventually(lambda: proxy.log.count("is in force") > had, "it is in force")

    configure(f"[{os.getuid()}]")
    path = tmp_path / "door.sock"
    proxy = start(arguments=("--config", str(file), "--listen", "127.0.0.1:0", "--listen", f"unix:{path}"),
                  log_level="info")
    request = REQUEST.replace(b"Connection: close\r\n", b"")
    with socket.create_connection(proxy.address, 10) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.connect(str(path))
        readers = {connection: Reader(connection) for connection in (tcp, unix)}

        def ask() -> list[int]:
            for connection in readers:
                connection.sendall(request)
            return [read_answer(reader).status for reader in readers.values()]

        assert ask() == [200, 200]
        reload(f"[{os.getuid()}, {NOBODY}]")
        assert ask() == [200, 200]
        reload(f"[{NOBODY}]")
        assert ask() == [403, 403]
        assert [connection.recv(1) for connection in readers] == [b"", b""]
    assert len(upstream.exchanges) == 4


def test_another_user_is_refused_over_a_unix_socket(start_unix, upstream):
    """By the file's mode before anything else; where that lets him in, by the kernel's word."""
    needs_root()
    proxy, path = start_unix()
    for folder in (path.parent, *path.parents):
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    result = curl_as(NOBODY, f"http://localhost{QUERY}", "--unix-socket", str(path))
    # 7: curl could not connect.
    assert result.returncode == 7, result
    assert unix_request(path) == 200
    proxy.stop()
    proxy, path = start_unix(unix_socket_mode="0666", allow_uids=str(os.getuid()))
    error = refusal(curl_as(NOBODY, f"http://localhost{QUERY}", "--unix-socket", str(path)).stdout)
    assert (error["status"], error["code"]) == (403, "user-not-allowed")
    assert unix_request(path) == 200
    assert len(upstream.exchanges) == 2


def test_who_has_gone_is_not_taken_for_root(start, upstream, api_access_token):
    """A socket that its process has closed belongs to nobody, whatever /proc/net/tcp says."""
    needs_root()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids="0")
    program = "exec 3<>/dev/tcp/$0/$1 && printf 'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' \"$2\" >&3"
    for _ in range(20):
        result = run_as(NOBODY, "/bin/bash", "-c", program, *map(str, proxy.address), QUERY)
        assert result.returncode == 0, result.stderr
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert len(upstream.exchanges) == 1


def test_a_stranger_is_answered_whatever_he_sends(start, upstream, api_access_token, canaries):
    """Garbage, a slow head, a body: the answer comes at the first byte, and the connection ends."""
    needs_root()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids=str(NOBODY))
    for data in (b"\0", b"G", b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"x" * 1000):
        with proxy.client() as client:
            assert client.send(data).error()["code"] == "user-not-allowed"
            assert client.is_closed()
    assert proxy.logged("user-not-allowed")
    assert upstream.exchanges == []


def test_a_stranger_who_says_nothing_is_let_go(start, upstream, api_access_token):
    """Within the time for a head."""
    needs_root()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids=str(NOBODY), head_timeout="300ms")
    assert proxy.client(timeout=5).is_closed()


# MARK: The file of a Unix-domain socket

def test_a_unix_socket_is_its_owners(start_unix):
    """0600, and whatever is asked for instead."""
    proxy, path = start_unix()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert unix_request(path) == 200
    proxy.stop()
    settings = {"unix_socket_mode": "0660"}
    if os.geteuid() == 0:
        settings |= {"unix_socket_owner": "nobody", "unix_socket_group": "1"}
    proxy, path = start_unix(**settings)
    status = path.stat()
    assert stat.S_IMODE(status.st_mode) == 0o660
    if os.geteuid() == 0:
        assert (status.st_uid, status.st_gid) == (NOBODY, 1)


def test_a_socket_left_behind_is_replaced_and_a_living_one_is_not(start_unix, canaries, upstream, api_access_token, tmp_path):
    """Also one whose process was killed; a second program is told that the address is taken."""
    proxy, path = start_unix()
    proxy.kill()
    proxy.end_is_known = True
    assert path.is_socket()
    proxy, path = start_unix()
    assert unix_request(path) == 200
    code, _, error = run(tmp_path / "second", canaries, {"api_base_url": upstream.url, "api_access_token": api_access_token},
                         "--listen", f"unix:{path}")
    assert code == 5 and f"unix:{path} is taken" in error
    assert unix_request(path) == 200


def test_a_file_in_its_place_is_left_alone(canaries, upstream, api_access_token, tmp_path):
    """Nobody's data is removed for a socket."""
    path = tmp_path / "precious"
    path.write_text("data")
    code, _, error = run(tmp_path / "it", canaries, {"api_base_url": upstream.url, "api_access_token": api_access_token},
                         "--listen", f"unix:{path}")
    assert code == 1 and "no socket" in error
    assert path.read_text() == "data"


def test_curl_speaks_to_a_unix_socket(start_unix):
    """As the manual says."""
    _, path = start_unix()
    result = subprocess.run(["curl", "-sS", "--fail", "--unix-socket", str(path), f"http://localhost{QUERY}"],
                            capture_output=True, timeout=30, check=False)
    assert result.returncode == 0, result.stderr


# MARK: Addresses

OPEN = {"insecure_allow_unauthenticated": "on", "insecure_allow_plaintext": "on"}


def own_address() -> str:
    """An address of this machine that others reach it by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: it makes the kernel choose an address.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has loopback addresses only")
        return probe.getsockname()[0]


@pytest.mark.parametrize("ranges, allowed", [
    ("127.0.0.0/8", True), ("127.0.0.1", True), ("::ffff:127.0.0.0/104", True), ("0.0.0.0/0", True),
    ("10.255.0.0/16,127.0.0.1", True), ("10.255.0.0/16", False), ("127.0.0.2", False), ("::/0", False), ("::1", False),
])
def test_addresses(start, upstream, api_access_token, ranges, allowed):
    """`allow_from` judges every client of a listener that other machines reach."""
    proxy = start(OPEN, api_base_url=upstream.url, api_access_token=api_access_token, allow_from=ranges,
                  arguments=("--listen", "0.0.0.0:0"))
    with socket.create_connection(("127.0.0.1", proxy.address[1]), 10) as client:
        client.sendall(REQUEST)
        answer = read_answer(Reader(client))
    if allowed:
        assert answer.status == 200
        return
    error = json.loads(answer.body)
    assert (answer.status, error["code"], error["hint"]) == (403, "address-not-allowed", 'allowed by: allow_from: ["127.0.0.1"]')
    assert upstream.exchanges == []


def test_listeners_of_this_machine_alone_know_no_addresses(start, upstream, api_access_token):
    """What others cannot reach needs no list."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_from="192.0.2.0/24")
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_a_user_of_this_machine_is_one_by_any_of_its_addresses(start, upstream, api_access_token):
    """Calling by the address others use does not make him a stranger."""
    needs_root()
    address = own_address()
    proxy = start(OPEN, api_base_url=upstream.url, api_access_token=api_access_token, allow_uids=str(os.getuid()),
                  server_names=address, arguments=("--listen", "0.0.0.0:0"))
    there = f"http://{address}:{proxy.address[1]}{QUERY}"
    assert refusal(curl_as(NOBODY, there).stdout)["code"] == "user-not-allowed"
    assert curl_as(os.getuid(), there).stdout.startswith(b"HTTP/1.1 200 ")


def test_one_address_has_so_many_connections(start, upstream, api_access_token):
    """One more is told so and closed; when one goes, the next may come."""
    proxy = start(OPEN, api_base_url=upstream.url, api_access_token=api_access_token, max_connections_per_address="3",
                  loops="2", arguments=("--listen", "0.0.0.0:0"))
    there = ("127.0.0.1", proxy.address[1])

    def status(client: socket.socket) -> int:
        client.sendall(f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return read_answer(Reader(client)).status

    clients = [socket.create_connection(there, 10) for _ in range(3)]
    assert [status(client) for client in clients] == [200] * 3
    # Whether it has asked already or not; it is never reset.
    for asks in (False, True):
        with socket.create_connection(there, 10) as one_more:
            if asks:
                one_more.sendall(f"GET {QUERY} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            reader = Reader(one_more)
            answer = read_answer(reader)
            assert answer.status == 503 and json.loads(answer.body)["code"] == "too-many-connections"
            assert one_more.recv(1) == b""
    clients.pop().close()

    def served() -> bool:
        with socket.create_connection(there, 10) as client:
            try:
                return status(client) == 200
            except OSError:
                return False
    eventually(served, "a connection that ended makes room")
    for client in clients:
        client.close()


def test_a_listeners_own_address_is_one_of_its_names(start, upstream, api_access_token):
    """Who calls the address that is listened on means us; another port of it, or another address, is somebody else's."""
    address = own_address()
    proxy = start(OPEN, api_base_url=upstream.url, api_access_token=api_access_token, arguments=("--listen", f"{address}:0"))
    client = proxy.client()
    assert client.request("GET", QUERY).answer().status == 200
    for other in (f"{address}:1", "192.0.2.1", f"{address}.nip.io"):
        assert client.request("GET", QUERY, {"Host": other}).error()["code"] == "host-not-served"


@pytest.mark.parametrize("settings, words", [
    ({}, ["tls_client_ca_file", "https://", "insecure_allow_unauthenticated", "insecure_allow_plaintext"]),
    ({"insecure_allow_plaintext": "on"}, ["insecure_allow_unauthenticated"]),
    ({"insecure_allow_unauthenticated": "on"}, ["insecure_allow_plaintext"]),
])
def test_the_network_has_to_be_asked_for(canaries, upstream, api_access_token, tmp_path, settings, words):
    """Exit 2, and what would make it right."""
    code, _, error = run(tmp_path / "it", canaries,
                         {"api_base_url": upstream.url, "api_access_token": api_access_token, **settings},
                         "--listen", "0.0.0.0:0")
    assert code == 2
    assert all(word in error for word in words), error


def test_what_was_weakened_is_said_at_every_start(start, upstream, api_access_token):
    """Two warnings, each with its key's name."""
    proxy = start(OPEN, api_base_url=upstream.url, api_access_token=api_access_token, arguments=("--listen", "0.0.0.0:0"))
    assert " warning " in proxy.logged("insecure_allow_unauthenticated")
    assert " warning " in proxy.logged("insecure_allow_plaintext")
