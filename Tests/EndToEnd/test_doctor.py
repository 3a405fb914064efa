"""`cartouche doctor`: what it finds on a good instance and on bad ones, and that it changes nothing."""

from __future__ import annotations

import http.server
import json
import os
import threading

import pytest

from harness.accounts import needs_root
from harness.cartouche import run

QUERY = "/v3/sql/carto_dw/query"


@pytest.fixture
def doctor(canaries, upstream, api_access_token, authority, tmp_path):
    """Runs it with a configuration that is complete: exit code, and the findings by their outcome."""
    def doctor(*arguments: str, **settings: str) -> tuple[int, dict[str, list[dict]]]:
        code, output, error = run(tmp_path / "doctor", canaries, {
            "api_base_url": upstream.url, "api_access_token": api_access_token,
            "upstream_ca_file": str(authority.certificate), **settings}, "doctor", "--json", *arguments, within=60)
        assert output, error
        findings = json.loads(output)["findings"]
        return code, {word: [each for each in findings if each["outcome"] == word] for word in ("PASS", "FAIL", "SKIPPED")}
    return doctor


def names(findings: list[dict]) -> set[str]:
    return {each["check"] for each in findings}


EVERYWHERE = {
    "names that are not ours (DNS rebinding)", "no name, two names, a name in disguise", "pages of foreign origins",
    "sandboxed pages and local files (Origin: null)", "preflights of foreign origins",
    "images, scripts and links of other sites", "forms of other sites", "paths with a second reading", "unknown routes",
    "messages two servers read differently", "denied routes", "what a client brings as a credential goes nowhere",
    "an upstream that echoes, in plain", "an upstream that echoes, in gzip",
    "configuration and secrets are read, and protected",
}


def test_a_good_instance_passes(start, doctor, upstream, api_access_token):
    """Everything holds, and nothing that it sent was forwarded."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, allow_uids=str(os.getuid()))
    code, found = doctor("--url", proxy.base, allow_uids=str(os.getuid()))
    assert (code, found["FAIL"]) == (0, [])
    assert EVERYWHERE <= names(found["PASS"])
    if os.geteuid() == 0:
        assert "not for other users of this machine" in names(found["PASS"])
    assert upstream.exchanges == []


def test_one_request_where_it_is_asked_for(start, doctor, upstream, api_access_token):
    """`--live` sends the cheap one."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    code, found = doctor("--url", proxy.base, "--live")
    assert code == 0 and "no credential in an answer" in names(found["PASS"])
    assert upstream.the_exchange().target == "/v3/lds/stats"


def test_a_unix_socket_and_a_tls_listener(start, doctor, upstream, api_access_token, authority, identity, tmp_path):
    """By the addresses of the configuration."""
    path = tmp_path / "s.sock"
    tls = {"tls_certificate_file": str(identity.certificate), "tls_key_file": str(identity.key)}
    proxy = start(tls, api_base_url=upstream.url, api_access_token=api_access_token,
                  arguments=("--listen", "https://127.0.0.1:0", "--listen", f"unix:{path}"))
    listen = f"https://127.0.0.1:{proxy.address[1]},unix:{path}"
    code, found = doctor(listen=listen, **tls)
    assert (code, found["FAIL"]) == (0, [])
    assert {each["place"] for each in found["PASS"] if each["check"] == "forms of other sites"} == {
        proxy.base, f"unix:{path}"}


def test_clients_with_keys(start, doctor, canaries, upstream, api_access_token, tmp_path):
    """Who has none gets no further; a list of keys that others can read is named."""
    keys = tmp_path / "keys.json"
    settings = {"clients": "keys", "keys_file": str(keys)}
    code, _, error = run(tmp_path / "keys", canaries, {
        "api_base_url": upstream.url, "api_access_token": api_access_token, **settings}, "keys", "add", "notebook")
    assert code == 0, error
    open_proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    code, found = doctor("--url", open_proxy.base, **settings)
    assert code == 1 and names(found["FAIL"]) == {"clients without a key"}
    proxy = start(settings, api_base_url=upstream.url, api_access_token=api_access_token)
    code, found = doctor("--url", proxy.base, **settings)
    assert (code, found["FAIL"]) == (0, [])
    assert {"clients without a key", "clients' keys are yours alone", "forms of other sites"} <= names(found["PASS"])
    assert "denied routes" in names(found["SKIPPED"])
    keys.chmod(0o644)
    code, found = doctor("--url", proxy.base, **settings)
    assert code == 1 and "clients' keys are yours alone" in names(found["FAIL"])


def test_the_instance_is_asked_what_it_is(start, doctor, upstream, api_access_token, tmp_path):
    """On its control socket: its version, and the port that nobody else knows."""
    folder = {"XDG_RUNTIME_DIR": str(tmp_path / "control")}
    (tmp_path / "control").mkdir(mode=0o700)
    proxy = start(folder, api_base_url=upstream.url, api_access_token=api_access_token)
    code, found = doctor(listen="127.0.0.1:0", **folder)
    assert (code, found["FAIL"]) == (0, [])
    assert "the instance runs this version" in names(found["PASS"])
    assert {each["place"] for each in found["PASS"] if each["check"] == "forms of other sites"} == {proxy.base}


class Naive(http.server.BaseHTTPRequestHandler):
    """Serves anybody, and lets every page read."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "2")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    do_POST = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = do_GET

    def log_message(self, *_) -> None:
        pass


def test_a_naive_proxy_fails(doctor):
    """Exit 1, and each attack that got through is named with what mends it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Naive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, found = doctor("--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert code == 1
    of_listeners = {name for name in EVERYWHERE if "echoes" not in name and "brings" not in name and "secrets" not in name}
    assert of_listeners <= names(found["FAIL"])
    assert all(each["mend"] and each["reason"] for each in found["FAIL"])


def test_what_is_open_to_the_network_fails(start, doctor, upstream, api_access_token):
    """Reachable and in the clear."""
    open_ = {"insecure_allow_unauthenticated": "on", "insecure_allow_plaintext": "on"}
    proxy = start(open_, api_base_url=upstream.url, api_access_token=api_access_token, arguments=("--listen", "0.0.0.0:0"))
    code, found = doctor("--url", f"http://0.0.0.0:{proxy.address[1]}", **open_)
    assert code == 1
    assert names(found["FAIL"]) == {"nothing in the clear on the network"}


def test_another_user_gets_in(start, doctor, upstream, api_access_token, tmp_path):
    """A socket anybody may write to, where the configuration says otherwise."""
    needs_root()
    path = tmp_path / "s.sock"
    start(api_base_url=upstream.url, api_access_token=api_access_token,
          arguments=("--listen", f"unix:{path}", "--listen", "127.0.0.1:0"))
    for folder in (tmp_path, *tmp_path.parents):
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    path.chmod(0o666)
    code, found = doctor(listen=f"unix:{path}")
    assert code == 1
    assert names(found["FAIL"]) == {"not for other users of this machine", "a socket's file has the mode it was given"}


def test_files_others_can_read_fail(doctor, tmp_path):
    """The configuration does not load, and which file it is stands in the table."""
    secret = tmp_path / "token"
    secret.write_text("a-token-that-others-can-read")
    secret.chmod(0o644)
    code, found = doctor(api_access_token="", api_access_token_file=str(secret))
    assert code == 1
    assert any(str(secret) in each["reason"] and "chmod 600" in each["mend"] for each in found["FAIL"])


def test_nobody_there_is_no_success(doctor):
    """What was not attacked has not held."""
    code, found = doctor(listen="127.0.0.1:9")
    assert code == 1 and names(found["FAIL"]) == {"a running instance"}


def test_the_table(canaries, start, upstream, api_access_token, tmp_path):
    """For people."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    code, output, _ = run(tmp_path / "doctor", canaries, {"api_base_url": upstream.url, "api_access_token": api_access_token},
                          "doctor", "--url", proxy.base, within=60)
    assert code == 0
    assert output.splitlines()[-1].endswith(" skipped") and " 0 failed" in output.splitlines()[-1]
    assert f"PASS     names that are not ours (DNS rebinding)" in output
