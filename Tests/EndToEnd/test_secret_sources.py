"""Where secrets come from, as whoever starts the program hands them over."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from harness.cartouche import BINARY, PATIENCE, environment, run

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"


def served_with(proxy, upstream) -> str:
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    return upstream.exchanges[-1].value("authorization").removeprefix("Bearer ")


@pytest.fixture
def settings(upstream, authority) -> dict[str, str]:
    return {"api_base_url": upstream.url, "upstream_ca_file": str(authority.certificate)}


def test_by_standard_input(start, upstream, canaries):
    """As `pass show carto | cartouche` does it. It is read once, and a reload goes on with it."""
    token = canaries.api_access_token()
    reading, writing = os.pipe()
    os.write(writing, token.encode() + b"\n")
    os.close(writing)
    proxy = start(api_base_url=upstream.url, api_access_token_file="-", standard_input=reading)
    os.close(reading)
    assert served_with(proxy, upstream) == token
    proxy.signal(signal.SIGHUP)
    proxy.logged("the configuration was loaded anew and is in force")
    assert served_with(proxy, upstream) == token


@pytest.mark.parametrize("content, reason", [
    (b"", "it is empty"), (b"one\ntwo\n", "it has more than one line"), (b"x" * 20_000, "it is longer than"),
    (b"with a space", "it holds characters that no token has"),
], ids=["empty", "two lines", "long", "a space"])
def test_what_standard_input_must_not_be(settings, tmp_path, content, reason):
    result = subprocess.run([BINARY, "--listen", "127.0.0.1:0"], input=content, capture_output=True,
                            timeout=30 * PATIENCE,
                            env=environment(tmp_path, settings | {"api_access_token_file": "-"}), cwd=tmp_path)
    assert result.returncode == 2
    assert f"api_access_token_file: {reason}".encode() in result.stderr


def test_no_secret_is_read_from_a_terminal(settings, tmp_path):
    """It would show what is typed."""
    master, slave = os.openpty()
    result = subprocess.run([BINARY, "--listen", "127.0.0.1:0"], stdin=slave, capture_output=True,
                            timeout=30 * PATIENCE,
                            env=environment(tmp_path, settings | {"api_access_token_file": "-"}), cwd=tmp_path)
    os.close(master)
    os.close(slave)
    assert result.returncode == 2
    assert b"standard input is a terminal" in result.stderr and b"through a pipe" in result.stderr


def test_standard_input_holds_one_secret(settings, tmp_path, canaries):
    code, _, error = run(tmp_path, canaries, settings | {
        "api_access_token_file": "-", "client_id": "c", "client_secret_file": "-"}, "--listen", "127.0.0.1:0")
    assert code == 2
    assert "cannot both be standard input" in error


@pytest.mark.full
@pytest.mark.timeout(120)
def test_a_pipe_nobody_closes_is_named(settings, tmp_path):
    """The program does not wait for it for ever without a word."""
    reading, writing = os.pipe()
    os.write(writing, b"the-token-is-here-but-no-end")
    result = subprocess.run([BINARY, "--listen", "127.0.0.1:0"], stdin=reading, capture_output=True,
                            timeout=60 * PATIENCE,
                            env=environment(tmp_path, settings | {"api_access_token_file": "-"}), cwd=tmp_path)
    os.close(writing)
    os.close(reading)
    assert result.returncode == 2
    assert b"standard input had not ended after 30s" in result.stderr and b"close the pipe" in result.stderr
    assert b"the-token-is-here" not in result.stderr


def test_by_the_service_manager(start, upstream, tmp_path, canaries):
    """systemd's LoadCredential: a folder of files, found by their names."""
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o700)
    token = canaries.api_access_token()
    (folder / "api_access_token").write_text(token)
    (folder / "api_access_token").chmod(0o440)
    proxy = start(api_base_url=upstream.url, CREDENTIALS_DIRECTORY=str(folder))
    assert served_with(proxy, upstream) == token


def test_a_client_may_authenticate_by_basic(start, upstream, oauth):
    """RFC 6749 §2.3.1; the real server decodes it, and the body holds neither."""
    proxy = start(oauth.settings, api_base_url=upstream.url, token_auth="basic")
    assert served_with(proxy, upstream) == oauth.issued[-1]
    (request,) = oauth.requests
    assert "client_secret" not in request and "client_id" not in request


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o666, 0o620])
def test_a_file_of_others_is_refused_with_the_command_that_mends_it(settings, tmp_path, canaries, mode):
    file = tmp_path / "token"
    file.write_text(canaries.api_access_token())
    file.chmod(mode)
    code, _, error = run(tmp_path / "home", canaries, settings | {"api_access_token_file": str(file)})
    assert code == 2
    assert "chmod" in error and str(file) in error
    subprocess.run(error[error.index("chmod"):].splitlines()[0], shell=True, check=True)
    code, _, _ = run(tmp_path / "home", canaries, settings | {"api_access_token_file": str(file)}, "check")
    assert code == 0
