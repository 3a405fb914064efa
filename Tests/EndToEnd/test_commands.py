"""The commands beside `serve`: what would happen to a request, the table, the configuration tried and written."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import termios
from pathlib import Path

import pytest

from harness.cartouche import BINARY, PATIENCE, environment, run
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"


@pytest.fixture
def command(tmp_path, canaries, authority):
    """Runs a command to its end: exit code, standard output, standard error; all searched for secrets."""
    def command(*arguments: str, within: float = 30, **settings: str) -> tuple[int, str, str]:
        settings = {"upstream_ca_file": str(authority.certificate)} | settings
        return run(tmp_path / "command", canaries, settings, *arguments, within=within)
    return command


@pytest.fixture
def explain(command, api_access_token):
    """What a request comes to, as a record."""
    def explain(*arguments: str, **settings: str) -> dict:
        settings = {"api_base_url": "https://api.example.com/api", "api_access_token": api_access_token} | settings
        code, output, error = command("explain", "--json", *arguments, **settings)
        assert code == 0, error
        return json.loads(output)
    return explain


@pytest.fixture
def file(tmp_path):
    """Writes a file that only its owner can read."""
    def file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content)
        path.chmod(0o600)
        return path
    return file


# MARK: explain

def test_a_forwarded_request_is_explained(explain, canaries):
    """Route, place, credential, and the URL as it would be sent; what is secret is named and not shown."""
    own = canaries.credential_of_a_client()
    told = explain("GET", f"{QUERY}?q=SELECT+1&access_token={own}&%74oken={own}&client=x",
                   "-H", f"Authorization: Bearer {own}", "-H", "Cookie: a=b", "-H", "X-Kept: yes")
    assert told["outcome"] == "forwarded"
    assert told["url"] == f"https://api.example.com/api{QUERY}?q=SELECT+1&client=x"
    assert told["route"]["name"] == "sql.query"
    assert re.fullmatch(r"built-in routes\.yaml:\d+", told["route"]["from"])
    assert (told["credential"], told["credential_kind"]) == ("api_access_token", "api_access_token")
    assert told["removed_parameters"] == ["access_token", "token"]
    assert told["removed_fields"] == ["authorization", "cookie"]
    added = {field["name"]: field["value"] for field in told["added_fields"]}
    assert added["Host"] == "api.example.com" and added["Authorization"] == "Bearer <token>"
    assert "X-Kept" not in added
    assert own not in json.dumps(told)
    assert told["read_only"] == {"on": False, "verdict": "reads"}


def test_what_is_explained_is_what_happens(explain, start, upstream, api_access_token):
    """The URL told is the one that arrives."""
    target = f"{QUERY}?q=SELECT%201&&api_key=x&b=%zz"
    told = explain("GET", target, api_base_url=upstream.url)
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    proxy.client().request("GET", target).answer()
    assert told["url"] == upstream.url + upstream.the_exchange().target


def test_the_line_that_decides_is_named(explain, file):
    """A rule of the user's by file and line, and the built-in row that it overrules."""
    path = file("own.yaml", 'routes:\n\n  - { match: "POST /v3/tokens", access: allow }\n')
    told = explain("POST", "/v3/tokens", "--config", str(path))
    assert told["route"]["from"] == f"{path}:3"
    assert told["overrules"].startswith("built-in routes.yaml:")
    # Allowed, and still without the kind of token that it takes.
    assert told["error"]["code"] == "oauth-credential-missing"


@pytest.mark.parametrize(("method", "path", "code"), [
    ("POST", "/v3/tokens", "route-denied"), ("GET", "/v3/unheard/of", "route-unknown"),
    ("DELETE", QUERY, "method-not-allowed"), ("GET", "/v3/../v3/lds", "path-dot-segment"),
    ("GET", "/v3/named-sources", "oauth-credential-missing"), ("BREW", "/v3/imports", "method-not-implemented"),
    ("GET", "//v3/lds/stats", "path-leading-double-slash"),
])
def test_a_refused_request_is_explained_with_the_hint_its_client_gets(explain, method, path, code):
    told = explain(method, path)
    assert (told["outcome"], told["error"]["code"]) == ("refused", code)
    assert told["error"]["hint"] and told["url"] is None


@pytest.mark.parametrize(("method", "path", "on", "off"), [
    ("GET", f"{QUERY}?q=SELECT+1", ("forwarded", "reads"), ("forwarded", "reads")),
    ("GET", f"{QUERY}?q=DROP+TABLE+t", ("refused", "may-write"), ("forwarded", "may-write")),
    ("GET", QUERY, ("refused", "may-write"), ("forwarded", "may-write")),
    ("POST", QUERY, ("forwarded", "body-decides"), ("forwarded", "body-decides")),
    ("POST", "/v3/imports", ("refused", "may-write"), ("forwarded", "may-write")),
])
def test_what_read_only_says(explain, method, path, on, off):
    for setting, expected in (("on", on), ("off", off)):
        told = explain(method, path, read_only=setting)
        assert (told["outcome"], told["read_only"]["verdict"]) == expected


def test_pages_and_hosts_are_judged_by_the_fields_given(explain):
    assert explain("GET", "/v3/imports", "-H", "Origin: https://evil.example")["error"]["code"] == "origin-not-allowed"
    assert explain("GET", "/v3/imports", "-H", "Host: evil.example")["error"]["code"] == "host-not-served"
    assert explain("GET", "/v3/imports", "-H", "Origin: http://localhost:5173")["outcome"] == "forwarded"


def test_a_token_in_a_path_is_not_shown(explain, file, canaries):
    token = canaries.oauth_access_token()
    secret = canaries.api_access_token()
    path = file("own.yaml", 'routes:\n  - { match: "GET /v3/tokens/{token}", access: allow }\n')
    told = explain("GET", f"/v3/tokens/{secret}", "--config", str(path), oauth_access_token=token)
    assert told["url"] == "https://api.example.com/api/v3/tokens/<token>"


def test_it_is_explained_for_people_too(command, api_access_token):
    code, output, _ = command("explain", "GET", f"{QUERY}?q=SELECT+1", api_base_url="https://api.example.com",
                              api_access_token=api_access_token)
    assert code == 0
    for word in ("forwarded", "built-in routes.yaml:", f"https://api.example.com{QUERY}?q=SELECT+1", "http://localhost:*"):
        assert word in output


def test_a_request_cannot_be_smuggled_into_the_explanation(command, api_access_token):
    code, _, error = command("explain", "GET", "/v3/imports", "-H", "A: b\r\nOrigin: http://localhost",
                             api_base_url="https://api.example.com", api_access_token=api_access_token)
    assert code == 2 and "control character" in error


# MARK: routes

def test_the_built_in_table_needs_no_configuration(command):
    code, output, _ = command("routes", "--built-in", "--json")
    assert code == 0
    routes = json.loads(output)
    assert {"maps", "sql", "imports", "exports", "lds", "tokens", "mcp"} <= {route["api"] for route in routes}
    query = next(route for route in routes if route["path"] == "/v3/sql/{connection}/query" and "GET" in route["methods"])
    assert (query["safe"], query["reads"], query["statement"]) == (False, "sql", "q")


def test_own_routes_are_listed_first_and_with_their_place(command, file, api_access_token):
    path = file("own.yaml", 'routes:\n  - { match: "GET /v9/{rest...}", access: deny, because: no }\n')
    settings = {"api_base_url": "https://api.example.com", "api_access_token": api_access_token}
    _, output, _ = command("routes", "--json", "--config", str(path), **settings)
    first = json.loads(output)[0]
    assert (first["path"], first["access"], first["because"], first["from"]) == (
        "/v9/{rest...}", "deny", "no", f"{path}:2")
    code, output, _ = command("routes", "--config", str(path), **settings)
    assert code == 0
    assert output.splitlines()[0].split() == ["METHODS", "NAME", "TOKEN", "ACCESS", "READS", "FROM", "PATH"]
    assert f"{path}:2" in output.splitlines()[1]


# MARK: check

def test_check_shows_every_setting_and_where_it_is_from(command, api_access_token):
    code, output, _ = command("check", "--loops", "1", api_base_url="https://api.example.com",
                              api_access_token=api_access_token)
    assert code == 0
    assert re.search(r"api_base_url +https://api\.example\.com +\(\$CARTOUCHE_API_BASE_URL\)", output)
    assert re.search(r"api_access_token +<secret> +\(\$CARTOUCHE_API_ACCESS_TOKEN\)", output)
    assert re.search(r"loops +1 +\(--loops\)", output)


def test_check_names_what_is_wrong(command):
    code, output, error = command("check", api_base_url="ftp://x")
    assert code == 2
    assert "CARTOUCHE_API_BASE_URL" in error and output == ""


def test_a_live_check_gets_a_token_and_asks_the_api(command, upstream, oauth):
    """One request, the same for every kind of token; it runs no SQL."""
    code, output, error = command("check", "--live", api_base_url=upstream.url + "/api", **oauth.settings)
    assert code == 0, error
    assert (upstream.the_exchange().method, upstream.the_exchange().target) == ("GET", "/api/v3/lds/stats")
    assert upstream.the_exchange().value("authorization") == f"Bearer {oauth.issued[0]}"
    assert len(oauth.requests) == 1
    assert f"{oauth.url}/oauth/token" in output and f"{upstream.url}/api/v3/lds/stats" in output


def test_every_credential_is_tried(command, upstream, oauth, api_access_token):
    code, output, _ = command("check", "--live", api_base_url=upstream.url, api_access_token=api_access_token,
                              **oauth.settings)
    assert code == 0
    assert {exchange.value("authorization") for exchange in upstream.exchanges} == {
        f"Bearer {oauth.issued[0]}", f"Bearer {api_access_token}"}
    assert "oauth_client" in output and "api_access_token" in output


def test_a_rejected_client_is_named(command, upstream, oauth, canaries):
    settings = oauth.settings | {"client_secret": canaries.client_secret()}
    code, _, error = command("check", "--live", api_base_url=upstream.url, **settings)
    assert code == 3
    assert "oauth_client" in error and "token" in error and "client_secret" in error
    assert upstream.exchanges == []


@pytest.mark.parametrize(("status", "body", "code", "word"), [
    (401, '{"error":"Invalid token","status":401}', 3, "does not accept"),
    (403, '{"error":"Unauthorized referer"}', 3, "referer"),
    (403, '{"error":"Forbidden"}', 0, ""),
    (429, '{"error":"Too many requests"}', 0, ""),
    (404, "not found", 4, "api_base_url"),
    (302, "", 4, "api_base_url"),
    (503, "", 4, "503"),
])
def test_what_the_api_says_decides(command, upstream, api_access_token, status, body, code, word):
    upstream.respond = lambda exchange: exchange.answer(status, body=body.encode())
    result, _, error = command("check", "--live", api_base_url=upstream.url, api_access_token=api_access_token)
    assert result == code, error
    assert word in error


def test_an_api_that_is_not_there_is_named(command, api_access_token):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, _, error = command("check", "--live", api_base_url=f"https://localhost:{port}",
                             api_access_token=api_access_token)
    assert code == 4
    assert "request failed" in error


def test_an_authorization_server_that_is_not_there_is_named(command, upstream, oauth):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = oauth.settings | {"auth_server": f"https://localhost:{port}"}
    code, _, error = command("check", "--live", api_base_url=upstream.url, **settings)
    assert code == 4
    assert "token failed" in error and "auth_server" in error


# MARK: init

def postman(oauth, base: str) -> str:
    values = {"apiBaseURL": base, "authServer": oauth.url, "clientId": oauth.client.client_id,
              "clientSecret": oauth.client.client_secret, "unknown": "x"}
    return json.dumps({"name": "CARTO", "values": [
        {"key": key, "value": value, "enabled": True, "type": "default"} for key, value in values.items()]})


def assert_serves(start, path: Path, upstream, tokens: list[str]) -> None:
    """The file alone is enough to serve with."""
    proxy = start(arguments=("--config", str(path), "--listen", "127.0.0.1:0"))
    assert proxy.client().request("GET", "/v3/imports").answer().status == 200
    assert upstream.exchanges[-1].value("authorization") in [f"Bearer {token}" for token in tokens]


def test_init_from_postman(command, start, file, tmp_path, upstream, oauth, authority):
    """Tried, then written for its owner alone, with comments."""
    source = file("postman.json", postman(oauth, upstream.url))
    path = tmp_path / "new" / "folder" / "cartouche.yaml"
    code, output, error = command("init", "--non-interactive", "--from", str(source), "--config", str(path),
                                  "--upstream-ca-file", str(authority.certificate))
    assert code == 0, error
    assert upstream.the_exchange().target == "/v3/lds/stats"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert str(path) in output
    text = path.read_text()
    assert text.startswith("#") and f'client_id: "{oauth.client.client_id}"' in text
    assert_serves(start, path, upstream, oauth.issued)


def test_init_from_carto_auths_file(command, start, file, tmp_path, upstream, oauth, authority):
    source = file("carto-auth.json", json.dumps({
        "api_base_url": upstream.url, "client_id": oauth.client.client_id,
        "client_secret": oauth.client.client_secret}))
    path = tmp_path / "cartouche.yaml"
    code, _, error = command("init", "--non-interactive", "--from", str(source), "--config", str(path),
                             "--auth-server", oauth.url, "--upstream-ca-file", str(authority.certificate))
    assert code == 0, error
    assert_serves(start, path, upstream, oauth.issued)


def test_init_from_profiles(command, file, tmp_path, upstream, canaries, authority):
    """The CLI's profiles hold a token that ends; it is said."""
    token = canaries.oauth_access_token()
    source = file("profiles.json", json.dumps({
        "current_profile": "a", "profiles": {"a": {"token": "x"}, "b": {"token": token, "tenant_id": "t"}}}))
    path = tmp_path / "cartouche.yaml"
    code, _, error = command("init", "--non-interactive", "--from", str(source), "--profile", "b", "--config", str(path),
                             "--api-base-url", upstream.url, "--upstream-ca-file", str(authority.certificate))
    assert code == 0, error
    assert "within a day" in error
    assert upstream.the_exchange().value("authorization") == f"Bearer {token}"


def test_init_from_the_environment_at_the_usual_place(command, start, tmp_path, upstream, oauth):
    """The file works without the variables it was made from."""
    code, _, error = command(
        "init", "--non-interactive", CARTO_API_BASE_URL=upstream.url, CARTO_CLIENT_ID=oauth.client.client_id,
        CARTO_CLIENT_SECRET=oauth.client.client_secret, auth_server=oauth.url)
    assert code == 0, error
    path = tmp_path / "command" / "config" / "cartouche" / "cartouche.yaml"
    assert_serves(start, path, upstream, oauth.issued)


def test_init_takes_a_secret_from_standard_input(tmp_path, upstream, oauth, authority):
    path = tmp_path / "cartouche.yaml"
    done = subprocess.run(
        [BINARY, "init", "--non-interactive", "--config", str(path), "--api-base-url", upstream.url,
         "--auth-server", oauth.url, "--client-id", oauth.client.client_id, "--client-secret-file", "-",
         "--upstream-ca-file", os.path.relpath(authority.certificate, tmp_path)],
        env=environment(tmp_path / "home", {}), cwd=tmp_path, input=oauth.client.client_secret.encode() + b"\n",
        capture_output=True, timeout=30 * PATIENCE)
    assert done.returncode == 0, done.stderr
    text = path.read_text()
    assert "client_secret_file" not in text and "client_secret:" in text
    assert f'upstream_ca_file: "{tmp_path}/' in text


def test_init_says_what_is_missing(command, tmp_path):
    path = tmp_path / "cartouche.yaml"
    code, _, error = command("init", "--non-interactive", "--config", str(path))
    assert code == 2
    assert "api_base_url" in error and "client_id" in error
    # No line of a file is named: there is none.
    assert str(path) not in error and "nothing was written" in error
    assert not path.exists()


def test_init_says_what_is_no_export(command, file, tmp_path):
    """A file that is not what it should be is named, and where it stops to be."""
    for content, words in (("{bad\n", "no JSON"), ("", "no JSON object"), ('{"a": 1}', "no Postman environment")):
        source = file("export.json", content)
        code, _, error = command("init", "--non-interactive", "--from", str(source), "--config", str(tmp_path / "new.yaml"))
        assert code == 2 and words in error and str(source) in error


def test_init_writes_nothing_that_does_not_work(command, tmp_path, upstream, oauth, canaries):
    """Unless it is told not to try."""
    path = tmp_path / "cartouche.yaml"
    settings = oauth.settings | {"api_base_url": upstream.url, "client_secret": canaries.client_secret()}
    code, _, error = command("init", "--non-interactive", "--config", str(path), **settings)
    assert code == 3
    assert "client_secret" in error and not path.exists()
    code, _, _ = command("init", "--non-interactive", "--skip-check", "--config", str(path), **settings)
    assert code == 0 and path.exists()


def test_init_replaces_nothing_unasked(command, file, upstream, api_access_token):
    path = file("cartouche.yaml", "# mine\n")
    settings = {"api_base_url": upstream.url, "api_access_token": api_access_token}
    code, _, error = command("init", "--non-interactive", "--config", str(path), **settings)
    assert code == 2 and "--force" in error
    assert path.read_text() == "# mine\n"
    code, _, _ = command("init", "--non-interactive", "--force", "--config", str(path), **settings)
    assert code == 0 and upstream.url in path.read_text()


class Conversation:
    """A command at a terminal."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.master, self.slave = os.openpty()
        self.said = b""
        self.process = subprocess.Popen([BINARY, *arguments], env=environment(home, {}), cwd=home,
                                        stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True)
        os.set_blocking(self.master, False)

    def hears(self, text: str) -> None:
        def found():
            try:
                self.said += os.read(self.master, 1 << 16)
            except BlockingIOError:
                pass
            return text.encode() in self.said
        eventually(found, f"it says '{text}', not {self.said!r}", 20 * PATIENCE)

    def answers(self, question: str, answer: str) -> None:
        self.hears(question)
        os.write(self.master, answer.encode() + b"\n")

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def ends(self) -> int:
        code = self.process.wait(30 * PATIENCE)
        self.hears("")
        return code


def test_init_asks_for_what_is_missing(start, tmp_path, upstream, oauth, canaries, authority):
    """The secret is not shown while it is typed, and the terminal is left as it was."""
    path = tmp_path / "cartouche.yaml"
    talk = Conversation(environment_home(tmp_path), "init", "--config", str(path), "--auth-server", oauth.url,
                        "--upstream-ca-file", str(authority.certificate))
    talk.answers("API base URL [", upstream.url)
    talk.answers("Client id: ", oauth.client.client_id)
    talk.hears("Client secret (not shown): ")
    assert not talk.echoes
    # Typed wrongly, erased, and typed again.
    talk.answers("Client secret (not shown): ", "wrong\x15" + oauth.client.client_secret + "x\x7f")
    talk.hears("Written to")
    assert talk.ends() == 0
    assert talk.echoes
    canaries.assert_absent(talk.said, "what the terminal showed")
    assert_serves(start, path, upstream, oauth.issued)


def test_init_asks_for_a_token_instead(tmp_path, upstream, api_access_token, canaries, authority):
    path = tmp_path / "cartouche.yaml"
    talk = Conversation(environment_home(tmp_path), "init", "--config", str(path), "--api-base-url", upstream.url,
                        "--upstream-ca-file", str(authority.certificate))
    talk.answers("Client id: ", "")
    talk.answers("API Access Token (not shown): ", api_access_token)
    talk.hears("Written to")
    assert talk.ends() == 0
    canaries.assert_absent(talk.said, "what the terminal showed")
    assert upstream.the_exchange().value("authorization") == f"Bearer {api_access_token}"


def test_init_may_be_told_to_write_what_failed(tmp_path, upstream, api_access_token, authority):
    upstream.respond = lambda exchange: exchange.answer(401, body=b"{}")
    for answer, code in (("n", 3), ("y", 0)):
        path = tmp_path / f"{answer}.yaml"
        talk = Conversation(environment_home(tmp_path), "init", "--config", str(path), "--api-base-url", upstream.url,
                            "--upstream-ca-file", str(authority.certificate))
        talk.answers("Client id: ", "")
        talk.answers("API Access Token (not shown): ", api_access_token)
        talk.answers("all the same? (y/N): ", answer)
        assert talk.ends() == code
        assert path.exists() == (answer == "y")


def test_an_interrupt_leaves_the_terminal_as_it_was(tmp_path, upstream):
    talk = Conversation(environment_home(tmp_path), "init", "--config", str(tmp_path / "x.yaml"), "--api-base-url",
                        upstream.url, "--client-id", "some")
    talk.answers("Client secret (not shown): ", "half\x03")
    assert talk.ends() == 1
    assert talk.echoes
    assert b"half" not in talk.said


def environment_home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return home
