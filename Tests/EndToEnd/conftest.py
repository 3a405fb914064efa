"""The cast: who stands around Cartouche in each test. The parts themselves are in `harness`."""

from __future__ import annotations

import faulthandler
import itertools
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from harness.canaries import Canaries
from harness.cartouche import BINARY, PATIENCE, Cartouche
from harness.certificates import Authority, Identity
from harness.nginx import Nginx
from harness.oauth_server import OAuthServer
from harness.process import lives
from harness.recording_upstream import RecordingUpstream
from harness.waiting import eventually

# Thousands of connections are held open in one test; the program inherits this.
_, _hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (_hard_limit, _hard_limit))


def pytest_configure(config: pytest.Config) -> None:
    if not Path(BINARY).is_file():
        raise pytest.UsageError("CARTOUCHE_BIN has to name the program under test: run deploy/test")
    # While nothing is captured.
    config.stash[_standard_error] = os.dup(2)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", default="1/1", help="every N-th file from the K-th on, as K/N: for runs side by side")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    share, shares = map(int, config.getoption("--share").split("/"))
    files = sorted({item.path for item in items})[share - 1::shares]
    config.hook.pytest_deselected(items=[item for item in items if item.path not in files])
    items[:] = [item for item in items if item.path in files]
    for item in items:
        marker = item.get_closest_marker("timeout")
        item.add_marker(pytest.mark.timeout((marker.args[0] if marker else 120) * PATIENCE), append=False)


_standard_error = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Says at once why a test failed: a run that is cut short never gets to its summary."""
    report = yield
    if report.failed:
        text = f"\n{item.nodeid}, {report.when}:\n{report.longreprtext[-2000:]}\n"
        os.write(item.config.stash[_standard_error], text.encode())
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item):
    """The time-out of a test ends with its failure. What hangs after that would hang for good, and say nothing."""
    faulthandler.dump_traceback_later(240 * PATIENCE, exit=True, file=item.config.stash[_standard_error])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def identity(authority: Authority) -> Identity:
    """A certificate without fault."""
    return authority.issue()


@pytest.fixture(scope="session")
def shared_nginx(tmp_path_factory: pytest.TempPathFactory, identity: Identity) -> Iterator[Nginx]:
    nginx = Nginx(tmp_path_factory.mktemp("nginx"), identity)
    yield nginx
    nginx.stop()


@pytest.fixture
def nginx(shared_nginx: Nginx) -> Nginx:
    """nginx as the API, its record empty."""
    shared_nginx.forget()
    return shared_nginx


@pytest.fixture
def oauth(identity: Identity, canaries: Canaries) -> Iterator[OAuthServer]:
    """An OAuth server that has not been asked for anything yet."""
    server = OAuthServer(identity, canaries)
    yield server
    server.stop()


@pytest.fixture
def new_upstream(identity: Identity) -> Iterator[Callable[..., RecordingUpstream]]:
    """Starts recording origins; with a certificate of the test's choice, or a good one."""
    started: list[RecordingUpstream] = []

    def start(with_identity: Identity | None = identity, **keywords) -> RecordingUpstream:
        started.append(RecordingUpstream(with_identity, **keywords))
        return started[-1]

    yield start
    for upstream in started:
        upstream.stop()
    faults = [fault for upstream in started for fault in upstream.faults]
    assert not faults, f"the upstream was sent what no client may send: {faults}"


@pytest.fixture
def upstream(new_upstream: Callable[..., RecordingUpstream]) -> RecordingUpstream:
    """A recording origin without fault."""
    return new_upstream()


@pytest.fixture
def api_access_token(canaries: Canaries) -> str:
    return canaries.api_access_token()


Start = Callable[..., Cartouche]


@pytest.fixture
def start(tmp_path: Path, canaries: Canaries, authority: Authority) -> Iterator[Start]:
    """Starts Cartouche with these settings: keys of the configuration, or variables as they are.

    All of them have ended well and told no secret when the test is over. They log all they can,
    so that a secret has every occasion to get out, unless a setting says otherwise.
    """
    started: list[Cartouche] = []
    numbers = itertools.count(1)

    def start(*settings: dict[str, str], arguments: tuple[str, ...] = ("--listen", "127.0.0.1:0"),
              standard_input: int | None = None, **more: str) -> Cartouche:
        merged = {"upstream_ca_file": str(authority.certificate), "log_level": "trace"}
        for each in (*settings, more):
            merged |= each
        started.append(Cartouche(tmp_path / f"cartouche-{next(numbers)}", canaries, merged, arguments,
                                 standard_input))
        return started[-1].listening()

    yield start
    try:
        for proxy in started:
            if not proxy.end_is_known:
                proxy.stop()
    finally:
        for proxy in started:
            proxy.kill()


@pytest.fixture
def successors() -> Iterator[list[int]]:
    """Processes nobody else would end."""
    found: list[int] = []
    yield found
    for process in found:
        if lives(process):
            os.kill(process, signal.SIGTERM)
            eventually(lambda: not lives(process), f"process {process} ends", 20 * PATIENCE)


@pytest.fixture
def proxy(start: Start, upstream: RecordingUpstream, api_access_token: str) -> Cartouche:
    """Cartouche with an API access token, in front of the recording origin."""
    return start(api_base_url=upstream.url, api_access_token=api_access_token)


@pytest.fixture
def session(canaries: Canaries) -> Iterator[requests.Session]:
    """The Python client most people use. Its answers are searched for secrets."""

    def search(answer: requests.Response, **_) -> None:
        canaries.assert_absent(repr(list(answer.headers.items())), "an answer's fields")
        canaries.assert_absent(answer.content, "an answer's body")

    with requests.Session() as session:
        # No proxy of the developer's own between the client and Cartouche.
        session.trust_env = False
        session.hooks["response"].append(search)
        yield session


_tables: dict[str, list[tuple[str, ...]]] = {
    "APIs and tokens": [("API", "route", "with API token", "with OAuth", "with both", "with neither", "by default")],
    "Rewriting": [("TileJSON", "framing", "size", "time", "resident memory grew")],
    "Browser": [("page of", "by", "method", "Origin", "site", "mode", "what the page got")],
    "Faults": [("fault", "the client's view", "upstream saw", "descriptors left", "memory left", "next request")],
    "Slow and greedy clients": [("others", "alone: p50 / p99 / most, ms", "beside them", "served")],
    "Soak": [("process", "served", "memory warm", "at its end", "at most", "descriptors at most", "threads at most")],
    "Paths": [("suite", "outcome", "cases")],
    "Clients": [("client", "query", "paged POST", "tile", "4xx", "requests, connections", "", "")],
}


@pytest.fixture(scope="session")
def record_row() -> Callable[..., None]:
    """Adds a row to one of the tables that are printed at the end."""
    return lambda table, *cells: _tables[table].append(cells)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, rows in _tables.items():
        if len(rows) == 1:
            continue
        widths = [max(map(len, column)) for column in zip(*rows)]
        terminalreporter.section(title)
        for row in rows:
            terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
