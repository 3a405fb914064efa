"""Bytes that have broken other servers, from the test suites of many. They lie beside the repository, if at all."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cartouche import Cartouche
from harness.nginx import free_port
from harness.waiting import eventually

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"

pytestmark = [
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside this repository"),
    pytest.mark.measured,  # their time-outs are not a sanitizer's
    pytest.mark.timeout(600),
]

REQUESTS = ["llhttp", "gunicorn", "te-mutations", "path-bypass"]
ANSWERS = ["upstream-responses", "json-bodies", "encoded-bodies"]

# Forwarded as any connection's query, by method and by path.
ALLOWED = "/v3/sql/carto_dw/query"


@dataclass
class Run:
    """One corpus being played, with a proxy of its own."""

    proxy: Cartouche
    player: subprocess.Popen
    report: Path
    origin: subprocess.Popen | None = None

    def result(self) -> str:
        code = self.player.wait()
        report = self.report.read_text()
        assert self.proxy.is_running, report
        assert code == 0, report
        return report

    def stop(self) -> None:
        for process in (self.player, self.origin):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self.proxy.kill()


@pytest.fixture(scope="module")
def runs(tmp_path_factory, canaries, authority, identity) -> Iterator[dict[str, Run]]:
    """All corpora at once: most of their time they wait for what must not come."""
    runs: dict[str, Run] = {}
    # The tokens are the same for all, for `--forbid` to know them.
    secrets = {"api_access_token": canaries.api_access_token(), "oauth_access_token": canaries.oauth_access_token()}
    forbidden = tmp_path_factory.mktemp("corpora") / "secrets"
    forbidden.write_text("\n".join(secrets.values()))

    def proxy(name: str, port: int) -> Cartouche:
        settings = secrets | {
            "api_base_url": f"https://localhost:{port}", "upstream_ca_file": str(authority.certificate), "log_level": "info"}
        return Cartouche(tmp_path_factory.mktemp(name), canaries, settings).listening()

    def play(name: str, port: int, script: str, *arguments: str) -> Run:
        started = proxy(name, port)
        host, own_port = started.address
        report = tmp_path_factory.mktemp(f"{name}-report") / "report"
        with report.open("w") as file:
            player = subprocess.Popen(
                [sys.executable, str(CORPORA / script), host, str(own_port), str(CORPORA / name / "cases.jsonl"), *arguments],
                stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        return Run(started, player, report)

    tls = ("--cert", str(identity.certificate), "--key", str(identity.key))
    for name in REQUESTS:
        port, control = free_port(), free_port()
        origin = subprocess.Popen(
            [sys.executable, str(CORPORA / "record_upstream.py"), "--port", str(port), "--ctrl", str(control), *tls],
            stdout=subprocess.DEVNULL)
        eventually(lambda: answers(control), "the recording origin is up")
        runs[name] = play(name, port, "run_corpus.py", "--strict", "--ctrl", str(control), "--forbid", str(forbidden),
                          "--path", ALLOWED, "--base", "/v3", "--allow", ALLOWED, "--deny", "/v3/tokens")
        runs[name].origin = origin
    for name in ANSWERS:
        port = free_port()
        runs[name] = play(name, port, "run_responses.py", "--listen", str(port), "--path", ALLOWED, *tls)
    yield runs
    for run in runs.values():
        run.stop()


def answers(control: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{control}/stats", timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("name", REQUESTS)
def test_requests(runs, name):
    """What must be refused is, nothing suspicious is forwarded, nothing slips past the policy, nothing leaks."""
    assert re.search(r"'PASS': \d+", runs[name].result())


@pytest.mark.parametrize("name", ANSWERS)
def test_answers(runs, name):
    """Answers are relayed exactly, or refused; half of one is never presented as whole."""
    assert re.search(r"'PASS': \d+", runs[name].result())
