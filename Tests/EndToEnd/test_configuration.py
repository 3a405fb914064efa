"""One set of keys in file, environment and flags; every mistake reported at once."""

from __future__ import annotations

import json

import pytest

from harness.cartouche import run

QUERY = "/v3/sql/carto_dw/query"


@pytest.fixture
def write(tmp_path):
    """Writes a configuration file that only its owner can read."""
    def write(text: str):
        file = tmp_path / "cartouche.yaml"
        file.write_text(text)
        file.chmod(0o600)
        return file
    return write


def test_every_mistake_is_reported_at_once(canaries, tmp_path, write):
    """Exit 2, with place and suggestion for each; the file's by line, the variables' by name."""
    file = write("api_base_url: ftp://api.carto.com\napi_acess_token: x\nlisten: 127.0.0.1:99999\n")
    code, output, error = run(tmp_path / "run", canaries, {"log_level": "loud", "audience": ""},
                              "serve", "--config", str(file), "--log-format", "xml", within=2)
    assert code == 2
    for place in (f"{file}:1:", f"{file}:2:", f"{file}:3:", "CARTOUCHE_LOG_LEVEL", "--log-format"):
        assert place in error, (place, error)
    assert "api_access_token" in error
    assert output == ""


def test_a_mistake_does_not_tell_the_secret(canaries, tmp_path, write):
    """A secret on the wrong line is not quoted in the complaint."""
    secret = canaries.client_secret()
    file = write(f"client_secret: [{json.dumps(secret)}]\nclient_secrets: {json.dumps(secret)}\n")
    code, _, _ = run(tmp_path / "run", canaries, {}, "--config", str(file))
    assert code == 2


@pytest.mark.parametrize("arguments", [("--no-such-flag",), ("dance",), ("--listen",), ("--client-secret", "x")])
def test_wrong_usage(canaries, tmp_path, arguments):
    """Exit 2 here too; a secret can be no flag at all."""
    code, _, error = run(tmp_path / "run", canaries, {}, *arguments)
    assert code == 2
    assert error


def test_nothing_configured(canaries, tmp_path):
    """Says which keys to begin with, and where one can try without any."""
    code, _, error = run(tmp_path / "run", canaries, {}, within=2)
    assert code == 2
    assert "api_base_url" in error


def test_a_file_that_is_not_there(canaries, tmp_path):
    """A file that was asked for by name has to exist."""
    code, _, error = run(tmp_path / "run", canaries, {}, "--config", "nowhere.yaml")
    assert code == 2
    assert "nowhere.yaml" in error


def test_flag_beats_environment_beats_file(start, new_upstream, api_access_token, write):
    """Whichever is nearer to the person wins."""
    upstreams = [new_upstream() for _ in range(3)]
    file = write(f"api_base_url: {upstreams[0].url}\n")
    settings = {"api_access_token": api_access_token}
    listen = ("--listen", "127.0.0.1:0", "--config", str(file))
    proxies = [
        start(settings, arguments=listen),
        start(settings, arguments=listen, api_base_url=upstreams[1].url),
        start(settings, arguments=(*listen, "--api-base-url", upstreams[2].url), api_base_url=upstreams[1].url),
    ]
    for proxy, upstream in zip(proxies, upstreams):
        assert proxy.client().request("GET", QUERY).answer().status == 200
        assert upstream.the_exchange()


@pytest.mark.parametrize("names", [
    {"url": "apiBaseURL", "token": "apiAccessToken"},
    {"url": "CARTO_API_BASE_URL", "token": "CARTO_API_TOKEN"},
])
def test_cartos_own_names_work(start, upstream, api_access_token, names):
    """Those of its Postman environment and of its samples."""
    proxy = start({names["url"]: upstream.url, names["token"]: api_access_token})
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert upstream.the_exchange().value("authorization") == f"Bearer {api_access_token}"


def test_cartos_sample_names_for_oauth(start, upstream, oauth):
    """The client of its samples, with the authorization server's own key."""
    proxy = start({"CARTO_API_BASE_URL": upstream.url, "CARTO_CLIENT_ID": oauth.client.client_id,
                   "CARTO_CLIENT_SECRET": oauth.client.client_secret}, auth_server=oauth.url)
    assert proxy.client().request("GET", QUERY).answer().status == 200
    assert len(oauth.requests) == 1


def test_a_secret_from_a_file(start, upstream, oauth, tmp_path):
    """Its last line end is not part of it."""
    file = tmp_path / "secret"
    file.write_text(oauth.client.client_secret + "\n")
    file.chmod(0o600)
    settings = {name: value for name, value in oauth.settings.items() if name != "client_secret"}
    proxy = start(settings, api_base_url=upstream.url, client_secret_file=str(file))
    assert proxy.client().request("GET", QUERY).answer().status == 200


def test_a_secret_others_can_read_is_refused(canaries, tmp_path, upstream, oauth):
    """With the command that mends it."""
    file = tmp_path / "secret"
    file.write_text(oauth.client.client_secret)
    file.chmod(0o644)
    settings = {name: value for name, value in oauth.settings.items() if name != "client_secret"}
    code, _, error = run(tmp_path / "run", canaries,
                         settings | {"api_base_url": upstream.url, "client_secret_file": str(file)})
    assert code == 2
    assert "chmod" in error and str(file) in error


def test_a_token_under_the_wrong_key_is_named(canaries, tmp_path, upstream):
    """The two kinds can be told apart, so a mix-up is found at the start."""
    code, _, error = run(tmp_path / "run", canaries,
                         {"api_base_url": upstream.url, "api_access_token": canaries.oauth_access_token()})
    assert code == 2
    assert "oauth_access_token" in error


def test_plain_http_to_another_machine_is_refused(canaries, tmp_path):
    """A token does not cross a network in the clear."""
    code, _, error = run(tmp_path / "run", canaries,
                         {"api_base_url": "http://api.carto.com", "api_access_token": canaries.api_access_token()})
    assert code == 2
    assert "https" in error


def test_listening_beyond_this_machine_is_refused(canaries, tmp_path, upstream):
    """Without TLS and client authentication whoever reaches the port would have the token's powers."""
    code, _, _ = run(tmp_path / "run", canaries,
                     {"api_base_url": upstream.url, "api_access_token": canaries.api_access_token()},
                     "--listen", "0.0.0.0:0")
    assert code == 2


def test_unknown_variables_warn(start, upstream, api_access_token):
    """Kubernetes sets CARTOUCHE_PORT in every pod beside a service of that name; that must not stop it."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, port="tcp://10.0.0.1:80")
    assert "CARTOUCHE_PORT" in proxy.log


def test_help_and_version(canaries, tmp_path):
    """Both on standard output, exit 0; the help names the commands and the exit codes' meaning is not an error."""
    code, output, _ = run(tmp_path / "help", canaries, {}, "--help")
    assert code == 0
    assert "serve" in output and "demo" in output
    code, output, _ = run(tmp_path / "version", canaries, {}, "--version")
    assert code == 0
    assert output.strip()[0].isdigit() or output.startswith("cartouche ")
