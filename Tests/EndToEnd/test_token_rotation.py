"""Secrets that change while the program runs."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from harness.cartouche import SANITIZER
from harness.memory import Memory
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


def put(path: Path, secret: str) -> Path:
    """As a person who knows better would: a new file in the place of the old one."""
    new = path.with_suffix(".new")
    new.write_text(secret + "\n")
    new.chmod(0o600)
    new.rename(path)
    return path


def status(proxy) -> int:
    with proxy.client() as client:
        return client.request("GET", QUERY).answer().status


def is_used_in_time(proxy, upstream, token: str) -> None:
    """News reaches the other loops a moment later."""
    def is_used() -> bool:
        assert status(proxy) == 200
        return upstream.exchanges[-1].value("authorization") == f"Bearer {token}"
    eventually(is_used, "the new token is used")


class Meanwhile:
    """Asks all the time, and remembers what was not answered well."""

    def __init__(self, proxy) -> None:
        self._proxy = proxy
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.bad: list = []
        self.count = 0

    def _ask(self) -> None:
        while not self._ended.wait(0.005):
            self.count += 1
            try:
                if (found := status(self._proxy)) != 200:
                    self.bad.append(found)
            except (OSError, EOFError) as error:
                self.bad.append(error)

    def __enter__(self) -> Meanwhile:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()
        assert self.count and not self.bad, self.bad[:5]


def without_secret(oauth) -> dict[str, str]:
    return {key: value for key, value in oauth.settings.items() if key != "client_secret"}


@pytest.fixture
def secret_file(tmp_path, oauth) -> Path:
    return put(tmp_path / "client_secret", oauth.client.client_secret)


def test_a_new_file_is_a_new_secret(start, upstream, oauth, canaries, secret_file):
    """Nobody notices: the old token serves until the new secret has brought one."""
    proxy = start(without_secret(oauth), api_base_url=upstream.url, client_secret_file=str(secret_file), log_level="info")
    assert status(proxy) == 200
    with Meanwhile(proxy):
        oauth.client.client_secret = canaries.client_secret()
        put(secret_file, oauth.client.client_secret)
        proxy.logged("the new client secret works")
    assert [request["client_secret"] for request in oauth.requests][-1] == oauth.client.client_secret
    assert len(oauth.requests) == 2


def test_a_secret_the_server_does_not_know_yet_is_kept_in_mind(start, upstream, oauth, canaries, secret_file):
    """Put in place here first and at the server later: the old one serves on, then the new one does."""
    oauth.lifetime = 2
    proxy = start(without_secret(oauth), api_base_url=upstream.url, client_secret_file=str(secret_file), log_level="info")
    assert status(proxy) == 200
    new = canaries.client_secret()
    with Meanwhile(proxy):
        put(secret_file, new)
        proxy.logged("the new client secret was rejected; the old one stays in use")
        had = len(oauth.issued)
        eventually(lambda: len(oauth.issued) > had, "the old secret brings a token")
        oauth.client.client_secret = new
        proxy.logged("the new client secret works")


@pytest.mark.parametrize("spoil, reason", [
    (lambda path: put(path, ""), "is empty"),
    (lambda path: put(path, "two\nlines"), "line"),
    (lambda path: path.chmod(0o644), "chmod 600"),
    (lambda path: path.unlink(), "there is no file"),
    (lambda path: put(path, "eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYWNfMTIzNCIsImp0aSI6IjEifQ.c2ln"), "API Access Token"),
], ids=["empty", "two lines", "readable by all", "gone", "a token"])
def test_a_bad_secret_leaves_the_old_one_in_use(start, upstream, oauth, secret_file, spoil, reason):
    """It says what is wrong, names the file, and serves on; a good one is taken all the same."""
    proxy = start(without_secret(oauth), api_base_url=upstream.url, client_secret_file=str(secret_file), log_level="info")
    with Meanwhile(proxy):
        spoil(secret_file)
        line = proxy.logged("the secret was not replaced")
        assert reason in line and str(secret_file) in line
    assert proxy.log.count("the secret was not replaced") == 1
    assert len(oauth.requests) == 1


def test_hup_runs_the_command_again(start, upstream, oauth, canaries, secret_file):
    proxy = start(without_secret(oauth), api_base_url=upstream.url, client_secret_command=f"cat {secret_file}",
                  log_level="info")
    assert status(proxy) == 200
    with Meanwhile(proxy):
        oauth.client.client_secret = canaries.client_secret()
        put(secret_file, oauth.client.client_secret)
        proxy.signal(signal.SIGHUP)
        proxy.logged("the new client secret works")
    put(secret_file, "")
    proxy.signal(signal.SIGHUP)
    assert "client_secret_command: it is empty" in proxy.logged("the configuration was not reloaded")
    assert status(proxy) == 200


def test_a_command_is_run_again_at_its_interval(start, upstream, canaries, tmp_path):
    file = put(tmp_path / "token", canaries.api_access_token())
    proxy = start(api_base_url=upstream.url, api_access_token_command=f"cat {file}", secret_command_interval="1s")
    assert status(proxy) == 200
    new = canaries.api_access_token()
    put(file, new)
    proxy.logged("a new token takes the place of the old one")
    is_used_in_time(proxy, upstream, new)


def test_a_new_api_access_token_is_used_and_neither_is_shown(start, upstream, canaries, tmp_path):
    """Answers are guarded against the new one, and against the old one, which a request under way may carry."""
    old = canaries.api_access_token()
    file = put(tmp_path / "token", old)
    proxy = start(api_base_url=upstream.url, api_access_token_file=str(file), loops="3")
    assert status(proxy) == 200
    new = canaries.api_access_token()
    with Meanwhile(proxy):
        put(file, new)
        proxy.logged("a new token takes the place of the old one")
    for _ in range(20):
        is_used_in_time(proxy, upstream, new)
    upstream.respond = lambda exchange: exchange.answer(body=f'{{"tokens":["{old}","{new}"]}}'.encode())
    for _ in range(20):
        with proxy.client() as client:
            assert b"*" * 16 in client.request("GET", QUERY).answer().body


def test_a_half_written_file_is_not_read(start, upstream, canaries, tmp_path):
    """A file that is written to again and again is read when that is over."""
    file = put(tmp_path / "token", canaries.api_access_token())
    proxy = start(api_base_url=upstream.url, api_access_token_file=str(file), log_level="info")
    new = canaries.api_access_token()
    with Meanwhile(proxy), file.open("w") as output:
        for character in new:
            output.write(character)
            output.flush()
            os.fsync(output.fileno())
            threading.Event().wait(0.02)
    proxy.logged("a new token takes the place of the old one")
    is_used_in_time(proxy, upstream, new)
    assert "the secret was not replaced" not in proxy.log


def test_a_token_that_ends_is_announced(start, upstream, canaries, tmp_path):
    """A warning before, an error at its end, refusals from then on, and a new one mends it all."""
    file = put(tmp_path / "token", canaries.oauth_access_token(lifetime=4))
    proxy = start(api_base_url=upstream.url, oauth_access_token_file=str(file), log_level="info")
    proxy.logged("a token ends soon and cannot be renewed here")
    assert status(proxy) == 200
    proxy.logged("a token has expired")
    with proxy.client() as client:
        error = client.request("GET", QUERY).error()
        assert error["status"] in (502, 503)
    put(file, canaries.oauth_access_token())
    proxy.logged("a new token takes the place of the old one")
    # News reaches the other loops a moment later.
    eventually(lambda: status(proxy) == 200, "the new token is used")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads another process's memory")
@pytest.mark.skipif(SANITIZER != "", reason="a sanitizer keeps what was freed, and maps more than can be read")
def test_what_was_replaced_is_gone_from_memory(start, upstream, oauth, canaries, secret_file):
    """The one before is still looked for in answers; what was before that is nowhere."""
    proxy = start(without_secret(oauth), api_base_url=upstream.url, client_secret_file=str(secret_file), log_level="info")
    secrets = [oauth.client.client_secret]
    for number in range(4):
        for _ in range(20):  # so that every loop has used it
            assert status(proxy) == 200
        oauth.client.client_secret = canaries.client_secret()
        secrets.append(oauth.client.client_secret)
        put(secret_file, oauth.client.client_secret)
        eventually(lambda: len(oauth.issued) == number + 2, "the new secret brings a token")
        eventually(lambda: proxy.log.count("the new client secret works") == number + 1, "it says so")
    assert status(proxy) == 200
    memory = Memory(proxy)
    assert [memory.holds(secret) > 0 for secret in secrets] == [False, False, False, True, True]
