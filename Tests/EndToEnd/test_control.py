"""What a running instance tells its own user, and nobody else."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from harness.cartouche import BINARY, environment

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


@pytest.fixture
def ask(canaries):
    """Runs a command as the same user, with the same folders, and searches what it prints."""
    def ask(proxy, *arguments: str) -> subprocess.CompletedProcess:
        home = proxy.standard_error.parent
        ended = subprocess.run([BINARY, *arguments], env=environment(home, {}), capture_output=True, text=True, timeout=30)
        canaries.assert_absent(ended.stdout + ended.stderr, f"the output of {arguments}")
        return ended
    return ask


def socket_of(proxy) -> Path:
    return proxy.standard_error.parent / "run" / "cartouche" / f"{proxy.pid}.sock"


def status(ask, proxy) -> dict:
    ended = ask(proxy, "status", "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_status(start, upstream, oauth, api_access_token, ask):
    """Counts of all loops together, pools, tokens."""
    proxy = start(oauth.settings, api_base_url=upstream.url, loops="2")
    assert status(ask, proxy)["connections"] == 0
    clients = [proxy.client() for _ in range(6)]
    for client in clients:
        assert client.request("GET", QUERY).answer().status == 200
    assert clients[0].request("GET", "/nowhere").error()["status"] == 403
    found = status(ask, proxy)
    assert found["pid"] == proxy.pid and found["generation"] == 1 and found["loops"] == 2
    assert found["connections"] == 6 and found["connections_accepted"] == 6
    assert found["answers"] == {"2xx": 6, "3xx": 0, "4xx": 1, "5xx": 0} and found["own_errors"] == 1
    assert found["bytes_out"] > 0 and found["listeners"] == proxy.bases
    pool = next(pool for pool in found["upstreams"] if pool["name"] == "api")
    assert pool["open"] == pool["idle"] >= 1 and pool["waiting"] == 0
    credential = found["credentials"][0]
    assert credential["state"] == "fresh" and credential["generation"] == 1 and credential["remaining_s"] > 0
    text = ask(proxy, "status").stdout
    assert "6 open, 6 in all" in text and "2xx 6" in text and "oauth_client: OAuth client" in text


def test_masked_secrets_are_counted(proxy, upstream, api_access_token, ask):
    upstream.respond = lambda exchange: exchange.answer(body=f'{{"token":"{api_access_token}"}}'.encode())
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    assert status(ask, proxy)["secrets_masked"] == 1


def test_token(start, upstream, oauth, ask):
    """Of the running one; and where none runs, of the disk."""
    proxy = start(oauth.settings, api_base_url=upstream.url)
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    found = json.loads(ask(proxy, "token", "--json").stdout)
    assert [each["credential"] for each in found] == ["oauth_client"]
    assert found[0]["state"] == "fresh" and found[0]["generation"] == 1 and found[0]["last_error"] is None
    assert found[0]["token_requests"] == 1
    text = ask(proxy, "token").stdout
    assert text.startswith("oauth_client: OAuth client, from $CARTOUCHE_CLIENT_SECRET: fresh, valid for ")
    assert ask(proxy, "token", "--credential", "other").returncode == 2
    proxy.stop()
    assert ask(proxy, "status").returncode == 1


def test_the_last_error_is_told(start, upstream, oauth, ask):
    oauth.refuse = None
    proxy = start({**oauth.settings, "client_id": "nobody"}, api_base_url=upstream.url)
    proxy.logged("no token")
    found = json.loads(ask(proxy, "token", "--json").stdout)[0]
    assert found["state"] in ("backing-off", "fetching") and "rejected" in found["last_error"]
    assert "last error" in ask(proxy, "token").stdout


def test_reload_tells_what_came_of_it(start, tmp_path, upstream, api_access_token, ask):
    file = tmp_path / "cartouche.yaml"

    def write(more: str) -> None:
        file.write_text(f"api_base_url: {upstream.url}\napi_access_token: {api_access_token}\n{more}")
        file.chmod(0o600)

    write("")
    proxy = start(arguments=("--config", str(file), "--listen", "127.0.0.1:0"))
    write("via: other\nloops: 3\n")
    ended = ask(proxy, "reload")
    assert ended.returncode == 0 and "generation 2" in ended.stdout and "loops" in ended.stdout
    write("orgins: x\nvia: [\n")
    ended = ask(proxy, "reload")
    assert ended.returncode == 2 and f"cartouche: {file}:" in ended.stderr
    assert status(ask, proxy)["generation"] == 2


def test_its_file_is_its_users_alone_and_goes_with_it(proxy):
    path = socket_of(proxy)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    proxy.stop()
    assert not path.exists()


def test_nonsense_is_refused(proxy):
    for line in (b"\n", b"cartouche 1 token json a b\n", b"GET / HTTP/1.1\r\n", b"x" * 300 + b"\n"):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(str(socket_of(proxy)))
            peer.sendall(line)
            try:
                answer = peer.recv(1000)
            except ConnectionResetError:
                # It had not even read all of it.
                answer = b""
            assert answer == b"" or answer.startswith(b"cartouche 1 2\n"), answer


def test_a_client_that_says_nothing_keeps_nobody_out(proxy, ask):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(socket_of(proxy)))
        assert status(ask, proxy)["pid"] == proxy.pid


@pytest.mark.skipif(os.geteuid() != 0, reason="another user can be had by root only")
def test_another_user_is_not_answered(proxy):
    """Even where the file's permissions let them in."""
    path = socket_of(proxy)
    for each in (path, *list(path.parents)[:-2]):
        each.chmod(0o777)
    program = ("import socket,sys;s=socket.socket(socket.AF_UNIX);s.settimeout(10);s.connect(sys.argv[1]);"
               "s.sendall(b'cartouche 1 status json\\n');sys.exit(len(s.recv(100)))")
    ended = subprocess.run(["/usr/bin/python3", "-c", program, str(path)], user=pwd.getpwnam("nobody").pw_uid,
                           capture_output=True, text=True, timeout=20)
    assert ended.returncode == 0 or "ConnectionResetError" in ended.stderr or "BrokenPipe" in ended.stderr, ended.stderr


def test_several_are_told_apart(start, upstream, api_access_token, ask):
    first = start(api_base_url=upstream.url, api_access_token=api_access_token)
    run = first.standard_error.parent / "run"
    second = start(api_base_url=upstream.url, api_access_token=api_access_token, XDG_RUNTIME_DIR=str(run))
    ended = ask(first, "status")
    assert ended.returncode == 2 and str(first.pid) in ended.stderr and str(second.pid) in ended.stderr
    assert json.loads(ask(first, "status", "--json", "--pid", str(second.pid)).stdout)["pid"] == second.pid
    second.kill()
    second.end_is_known = True
    assert status(ask, first)["pid"] == first.pid


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="a full disk is made by mounting one")
@pytest.mark.parametrize("options", ["size=4k,nr_inodes=2", "ro"])
def test_no_room_for_socket_and_tokens(start, upstream, oauth, tmp_path, options):
    """A full disk, or one that cannot be written to: said, and survived."""
    place = tmp_path / "place"
    place.mkdir()
    ended = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(place)], capture_output=True, text=True)
    if ended.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {ended.stderr}")
    try:
        proxy = start(oauth.settings, api_base_url=upstream.url, XDG_RUNTIME_DIR=str(place), XDG_STATE_HOME=str(place))
        for _ in range(3):
            with proxy.client() as client:
                assert client.request("GET", QUERY).answer().status == 200
        assert "there is no control socket" in proxy.log
        assert "the token cache is not used" in proxy.log
        proxy.stop()
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
