"""Tokens on disk: between runs, between processes, and whatever happens to the files."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness.cartouche import BINARY, PATIENCE, environment, run
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


@pytest.fixture
def state(tmp_path) -> Path:
    """A state folder that several runs share."""
    folder = tmp_path / "shared-state"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def settings(state, oauth, upstream, authority) -> dict[str, str]:
    return oauth.settings | {"api_base_url": upstream.url, "XDG_STATE_HOME": str(state),
                             "upstream_ca_file": str(authority.certificate)}


def served(proxy) -> bool:
    with proxy.client() as client:
        return client.request("GET", QUERY).answer().status == 200


def kept(state: Path) -> Path:
    """The file of the only token."""
    def files():
        return [file for file in (state / "cartouche").glob("token-*") if not file.suffix]
    (file,) = eventually(files, "a token is kept")
    return file


def kill(proxy) -> None:
    """As the system does when memory runs out."""
    proxy.signal(signal.SIGKILL)
    assert proxy.exit_code() == -signal.SIGKILL


def show(tmp_path: Path, canaries, settings: dict[str, str]) -> dict:
    code, output, error = run(tmp_path / "show", canaries, settings, "token", "--json")
    assert code == 0, error
    (record,) = json.loads(output)
    return record


def test_a_restart_asks_for_no_token(start, settings, state, oauth, canaries):
    """The second run serves with the token of the first; the file holds nothing anybody could read."""
    first = start(settings)
    assert served(first)
    file = kept(state)
    first.stop()
    second = start(settings)
    assert served(second)
    assert len(oauth.requests) == 1
    canaries.assert_absent_from_file(file)
    assert oauth.client.client_id.encode() not in file.read_bytes()
    for path in (state / "cartouche").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    assert (state / "cartouche").stat().st_mode & 0o777 == 0o700


def test_off_keeps_nothing(start, settings, state):
    assert served(start(settings, token_cache="off"))
    assert list(state.iterdir()) == []


def test_another_secret_or_audience_has_its_own_token(start, settings, oauth, canaries, state):
    """What was sealed under another secret is not used, nor is what belongs to another audience."""
    assert served(start(settings))
    kept(state)
    oauth.client.client_secret = canaries.client_secret()
    assert served(start(settings, client_secret=oauth.client.client_secret))
    assert len(oauth.requests) == 2


@pytest.mark.parametrize("spoil, warns", [
    (lambda file: file.write_bytes(file.read_bytes()[:-1]), False),
    (lambda file: file.write_bytes(b""), False),
    (lambda file: file.write_bytes(os.urandom(300)), False),
    (lambda file: file.write_bytes(os.urandom(1 << 20)), True),
    (lambda file: file.chmod(0o644), True),
    (lambda file: os.chown(file, 65534, 65534), True),
    (lambda file: file.symlink_to(file.rename(file.with_suffix(".moved"))), True),
    (lambda file: file.parent.chmod(0o777), True),
    (lambda file: (file.unlink(), file.mkdir()), True),
], ids=["cut", "empty", "noise", "large", "readable by all", "of another user", "a link", "folder of all", "a folder"])
def test_what_is_not_ours_and_whole_is_not_used(start, settings, state, oauth, spoil, warns):
    """A token is fetched instead, and where someone should look, the log says so."""
    if os.geteuid() != 0 and spoil.__code__.co_names[:1] == ("os",):
        pytest.skip("only root gives files away")
    first = start(settings)
    assert served(first)
    file = kept(state)
    first.stop()
    spoil(file)
    second = start(settings, log_level="info")
    assert served(second)
    assert len(oauth.requests) == 2
    if warns:
        second.logged("the token cache is not used")
    second.stop()
    assert ("the token cache is not used" in second.log) == warns


def test_two_processes_ask_once(start, settings, oauth):
    """Two that start together share one flight; so do they when the token is renewed."""
    release = threading.Event()
    oauth.interfere = lambda _: release.wait(10) and None
    both = [start(settings) for _ in range(2)]
    eventually(lambda: oauth.requests, "one of them asks")
    clients = [proxy.client().request("GET", QUERY) for proxy in both]
    time.sleep(0.5)
    assert len(oauth.requests) == 1
    release.set()
    assert {client.answer().status for client in clients} == {200}
    assert len(oauth.requests) == 1


def test_who_waits_for_a_process_that_is_killed_goes_on(start, settings, oauth):
    """The lock goes with its holder."""
    release = threading.Event()
    oauth.interfere = lambda _: release.wait(20) and None
    first = start(settings)
    eventually(lambda: oauth.requests, "the first one asks")
    second = start(settings)
    client = second.client().request("GET", QUERY)
    kill(first)
    eventually(lambda: len(oauth.requests) == 2, "the second one asks")
    release.set()
    assert client.answer().status == 200


def test_who_waits_for_a_process_that_hangs_tries_for_itself(start, settings, oauth):
    """A process that was stopped holds its lock; the other one gives it five seconds."""
    release = threading.Event()
    oauth.interfere = lambda _: release.wait(20) and None
    first = start(settings)
    eventually(lambda: oauth.requests, "the first one asks")
    first.signal(signal.SIGSTOP)
    try:
        release.set()
        second = start(settings)
        with second.client(20) as client:
            answer = client.request("GET", QUERY).answer()
            assert answer.status == 200, (answer.body, second.log)
    finally:
        first.signal(signal.SIGCONT)


@pytest.mark.timeout(240)
def test_killed_at_any_moment_the_file_is_whole(start, settings, oauth, tmp_path, canaries, state):
    """With tokens renewed all the time, and a kill whenever it happens to come."""
    oauth.lifetime = 1
    for _ in range(12):
        proxy = start(settings, log_level="info")
        time.sleep(random.uniform(0, 1.2))
        kill(proxy)
        record = show(tmp_path, canaries, settings)
        assert record["state"] in ("kept", "expired", "none")
        assert record["remark"] is None
    oauth.lifetime = 60
    assert served(start(settings))


@pytest.mark.measured
@pytest.mark.parametrize("call", ["fsync:when=1", "fsync:when=2", "/^rename.*:when=1", "unlinkat:when=1", "/^flock:when=1"])
def test_killed_at_each_step_the_file_is_whole(start, settings, oauth, tmp_path, canaries, state, call):
    """Killed in the middle of keeping the second token: the first one is there, or the second."""
    release = threading.Event()
    assert served(start(settings))
    file = kept(state)
    # Out of the second one's sight, or it would not ask.
    file.rename(file.with_suffix(".away"))
    oauth.interfere = lambda _: release.wait(10) and None
    proxy = start(settings)
    eventually(lambda: len(oauth.requests) == 2, "the second process asks")
    file.with_suffix(".away").rename(file)
    name, when = call.split(":")
    tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={name}", "-e",
                               f"inject={name}:signal=SIGKILL:{when}", "-p", str(proxy.pid)], stderr=subprocess.PIPE)
    try:
        eventually(lambda: "TracerPid:\t0" not in Path(f"/proc/{proxy.pid}/status").read_text(), "strace is attached")
        release.set()
        assert proxy.exit_code() == -signal.SIGKILL
    finally:
        tracer.terminate()
        tracer.wait()
    record = show(tmp_path, canaries, settings)
    assert (record["state"], record["remark"]) == ("kept", None)
    oauth.interfere = None
    assert served(start(settings))


@pytest.mark.measured
def test_a_disk_that_hangs_keeps_nobody_from_a_token(start, settings, oauth):
    """As a folder of a machine that has gone away does: tokens are renewed all the same, and the end comes."""
    oauth.lifetime = 3
    proxy = start(settings, log_level="info")
    assert served(proxy)
    tracer = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=flock", "-e",
                               "inject=flock:delay_enter=90s", "-p", str(proxy.pid)], stderr=subprocess.PIPE)
    try:
        eventually(lambda: "TracerPid:\t0" not in Path(f"/proc/{proxy.pid}/status").read_text(), "strace is attached")
        before = len(oauth.issued)
        end = time.monotonic() + 8
        while time.monotonic() < end:
            assert served(proxy)
        assert len(oauth.issued) > before
        assert "takes too long to answer" in proxy.logged("the token cache is not used")
        proxy.signal(signal.SIGTERM)
        # All has ended but the thread that the tracer holds.
        eventually(lambda: "State:\tZ" in Path(f"/proc/{proxy.pid}/status").read_text(), "it ends", 10)
    finally:
        tracer.kill()
        tracer.wait()
    assert proxy.exit_code() == 0


# MARK: The command

def test_the_command_shows_and_tells_nothing(start, settings, oauth, tmp_path, canaries, state):
    assert show(tmp_path, canaries, settings)["state"] == "none"
    assert oauth.requests == []
    proxy = start(settings)
    assert served(proxy)
    kept(state)
    record = show(tmp_path, canaries, settings)
    assert record["state"] == "kept" and 86_000 < record["remaining_s"] <= 86_400
    code, output, _ = run(tmp_path / "text", canaries, settings, "token")
    assert code == 0 and "oauth_client: OAuth client" in output and "valid for 23 h 59 min" in output


def reveal(tmp_path: Path, settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "token", "--reveal", *arguments], env=environment(tmp_path / "reveal", settings),
                          capture_output=True, text=True, timeout=30 * PATIENCE, stdin=subprocess.DEVNULL)


def test_reveal_prints_the_kept_token_or_a_new_one(settings, oauth, tmp_path, canaries):
    """And leaves a new one for the next, which need not ask."""
    for _ in range(2):
        done = reveal(tmp_path, settings)
        assert (done.returncode, done.stdout, done.stderr) == (0, oauth.issued[0] + "\n", "")
        assert len(oauth.requests) == 1
    record = json.loads(reveal(tmp_path, settings, "--json").stdout)
    assert record["access_token"] == oauth.issued[0] and record["token_type"] == "Bearer"
    assert 86_000 < record["expires_in"] <= 86_400
    off = reveal(tmp_path, settings | {"token_cache": "off"})
    assert off.stdout == oauth.issued[1] + "\n"


def test_reveal_says_which_credential(settings, oauth, tmp_path, canaries, api_access_token):
    both = settings | {"api_access_token": api_access_token}
    done = reveal(tmp_path, both)
    assert done.returncode == 2 and "oauth_client, api_access_token" in done.stderr
    assert reveal(tmp_path, both, "--credential", "api_access_token").stdout == api_access_token + "\n"
    assert oauth.requests == []
    assert reveal(tmp_path, both, "--credential", "nobody").returncode == 2


def test_reveal_fails_with_a_reason(settings, oauth, tmp_path, canaries):
    rejected = reveal(tmp_path, settings | {"client_secret": canaries.client_secret()})
    assert rejected.returncode == 3 and "rejected" in rejected.stderr and rejected.stdout == ""
    canaries.assert_absent(rejected.stderr, "its complaint")
    oauth.interfere = lambda _: ({"error": "server_error"}, 500)
    assert reveal(tmp_path, settings).returncode == 4
