"""A fault a row: what the client is told, what the upstream saw, what was left behind (nothing), and what came after."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, SANITIZER, Cartouche
from harness.far_host import FarHost
from harness.fault_injector import Fault, FaultInjector
from harness.forced_faults import FOREVER, ForcedFaults, Side
from harness.memory import MiB
from harness.messages import Malformed
from harness.raw_client import RawClient
from harness.recording_upstream import Exchange, RecordingUpstream
from harness.waiting import eventually

TILE = "/v3/maps/carto_dw/table/1/2/3"  # may be sent again
QUERY = "/v3/sql/carto_dw/query"  # may not: it could write
UPLOAD = "/v3/imports"
BIG = "/v3/sql/carto_dw/job/7"
KINDS = {TILE: "", QUERY: ", not to be sent again", UPLOAD: ", upload", BIG: ", within a long answer"}

needs_the_c_library = pytest.mark.skipif(
    bool(SANITIZER) or not shutil.which("cc"), reason="a library before a sanitizer's own is refused by it")


def ask(client: RawClient, target: str, body: bytes = b"") -> None:
    client.request("POST" if body else "GET", target, body=body)


def view(client: RawClient, tells: bool = False) -> str:
    """What came, as the client sees it: a status, with source and code where the error is ours, or how it ended.

    With the error's text where it `tells`.
    """
    try:
        got = client.answer()
    except ConnectionResetError:
        return "reset" if not client.reader.count else "cut"
    except EOFError:
        return "closed" if not client.reader.count else "cut"
    except (Malformed, TimeoutError) as error:
        return repr(error)
    code = got.value("cartouche-error")
    if code:
        error = json.loads(got.body)
        return f"{got.status} {error['source']} {code}" + (f": {error['error']}" if tells else "")
    return str(got.status)


class Matrix:
    """Puts one process through one fault after the other."""

    def __init__(self, proxy: Cartouche, upstream: RecordingUpstream, record_row) -> None:
        self.proxy, self.upstream = proxy, upstream
        self._record = record_row
        self.problems: list[str] = []
        for _ in range(20):
            self.use()
        self.arrived(TILE)
        # It has not changed for a while: nothing is being closed any more.
        before = -1
        while before != (before := proxy.descriptors):
            time.sleep(0.3)
        self.idle = before
        self.memory = proxy.resident

    def use(self) -> None:
        """Has a request served, so that a connection to the upstream is there."""
        with self.proxy.client() as client:
            ask(client, TILE)
            assert view(client) == "200"

    def forget_connections(self) -> None:
        for connection in list(self.upstream.connections):
            connection.close()

    def settle(self, others: int = 0) -> int:
        """Waits until only what an idle process has is open, and `others`; how much more there is."""
        def settled() -> bool:
            if others == 0:
                # Again and again: one that was being opened when its request was served by another comes late.
                self.forget_connections()
            return self.proxy.descriptors <= self.idle + others
        try:
            eventually(settled, "descriptors", 5 * PATIENCE)
        except AssertionError:
            pass
        return max(0, self.proxy.descriptors - self.idle - others)

    def arrived(self, target: str) -> int:
        """How often that request has reached the upstream, once that has read all it was sent."""
        def ended() -> bool:
            self.forget_connections()
            return all(each.ended.is_set() for each in self.upstream.connections)
        eventually(ended, "the connections have ended", 10 * PATIENCE)
        return sum(exchange.target == target for exchange in self.upstream.exchanges)

    def row(self, fault: str, seen: str, expected: str | set[str], expected_arrived: int,
            target: str = "", arrived: int = 0) -> None:
        """Notes what came of it; asks once more; looks what is left. Counts the requests of `target`, where given."""
        with self.proxy.client() as client:
            ask(client, TILE)
            later = view(client, tells=True)
        left = self.settle()
        if target:
            arrived = self.arrived(target)
        grown = 0 if SANITIZER else self.proxy.resident - self.memory
        self._record("Faults", fault, seen, str(arrived), str(left or "none"),
                     f"{grown / MiB:.1f} MiB" if grown > 2 * MiB else "none", later)
        expectations = {expected} if isinstance(expected, str) else expected
        if seen not in expectations or arrived != expected_arrived or left or later != "200" or grown > 8 * MiB:
            self.problems.append(f"{fault}: {seen} ({expected}), upstream saw {arrived} ({expected_arrived}), "
                                 f"{left} descriptors, {grown} bytes, then {later}")

    def verdict(self) -> None:
        assert not self.problems, "\n" + "\n".join(self.problems)


@dataclass(frozen=True)
class Forced:
    """A system call that fails, and what has to come of it."""

    call: str
    error: str = ""
    expected: str | set = "200"
    arrived: int = 1  # how often the request reaches the upstream
    side: Side = Side.ANY
    times: int = 1
    after: int = 0
    limit: int = 0
    target: str = TILE
    body: bytes = b""
    used: bool = True  # whether there is a connection to the upstream that was used before

    @property
    def number(self) -> int:
        return getattr(errno, self.error) if self.error else 0

    @property
    def name(self) -> str:
        what = self.error or f"{self.limit} byte{'s' * (self.limit > 1)} at a time"
        whose = "" if self.side is Side.ANY else f", {self.side.name.lower()}"
        times = "" if self.times in (1, FOREVER) else f", {self.times} times"
        return f"{self.call} {what}{whose}{times}{KINDS[self.target]}{'' if self.used else ', new connection'}"


NOT_CONNECTED = "502 upstream upstream-not-connected"
NO_SOCKET = "503 proxy no-socket"
LOST = {"closed", "reset"}
UP, DOWN = Side.UPSTREAM, Side.DOWNSTREAM
BODY = b"x" * 100_000

FORCED = [
    *(Forced("accept4", error, times=3) for error in (
        "EAGAIN", "EINTR", "ECONNABORTED", "EPROTO", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM")),
    Forced("epoll_wait", "EINTR", times=5),
    # A client is watched once it has to be waited for: for its answer when that takes long, until it has taken some of
    # it, or for its next request.
    Forced("epoll_ctl", "ENOMEM", LOST | {"cut", "200"}, side=DOWN, target=BIG),
    Forced("epoll_ctl", "ENOSPC", LOST | {"cut", "200"}, side=DOWN, target=BIG),
    Forced("epoll_ctl", "ENOMEM", NO_SOCKET, 0, side=UP, used=False),
    Forced("setsockopt", "EINVAL", times=FOREVER, used=False),
    *(Forced("socket", error, NO_SOCKET, 0, used=False) for error in ("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM")),
    *(Forced("connect", error, NOT_CONNECTED, 0, used=False) for error in (
        "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH")),
    Forced("connect", "ENOBUFS", NO_SOCKET, 0, used=False),
    Forced("connect", "ETIMEDOUT", "504 upstream upstream-connect-timeout", 0, used=False),
    # Reading from clients.
    Forced("recv", "EINTR", side=DOWN, times=3),
    Forced("recv", "EAGAIN", side=DOWN, times=3),
    Forced("recv", "ECONNRESET", LOST, 0, side=DOWN),
    Forced("recv", "ENOMEM", LOST, 0, side=DOWN),
    Forced("recv", side=DOWN, limit=1, times=FOREVER),
    Forced("recv", side=DOWN, limit=7, times=FOREVER, target=UPLOAD, body=BODY[:2000]),
    # Writing to clients.
    Forced("send", "EINTR", side=DOWN, times=3),
    Forced("send", "EAGAIN", side=DOWN, times=3),
    Forced("send", side=DOWN, limit=1, times=FOREVER),
    Forced("send", "EPIPE", LOST, side=DOWN),
    Forced("send", "ECONNRESET", LOST, side=DOWN),
    Forced("send", "ENOBUFS", LOST, side=DOWN),
    Forced("send", "EPIPE", "cut", side=DOWN, after=2, target=BIG),
    # Reading from the upstream.
    Forced("recv", "EINTR", side=UP, times=3),
    Forced("recv", "EAGAIN", side=UP, times=3),
    Forced("recv", side=UP, limit=1, times=FOREVER),
    Forced("recv", side=UP, limit=1, times=FOREVER, used=False),
    Forced("recv", "ECONNRESET", "502 upstream upstream-tls-cut", 0, side=UP, used=False),
    Forced("recv", "ECONNRESET", "200", 2, side=UP),
    Forced("recv", "ECONNRESET", "502 upstream upstream-failed", 1, side=UP, target=QUERY),
    Forced("recv", "ETIMEDOUT", "502 upstream upstream-failed", 1, side=UP, target=QUERY),
    Forced("recv", "ECONNRESET", "cut", 1, side=UP, after=3, target=BIG),
    # Writing to the upstream.
    Forced("send", "EINTR", side=UP, times=3),
    Forced("send", "EAGAIN", side=UP, times=3),
    Forced("send", side=UP, limit=1, times=FOREVER),
    Forced("send", side=UP, limit=1000, times=FOREVER, target=UPLOAD, body=BODY, used=False),
    Forced("send", "EPIPE", "502 upstream upstream-tls-cut", 0, side=UP, used=False),
    Forced("send", "EPIPE", "200", 1, side=UP),
    Forced("send", "EPIPE", "502 upstream upstream-failed", 0, side=UP, target=QUERY),
    Forced("send", "ECONNRESET", "502 upstream upstream-failed", 0, side=UP, target=QUERY),
    Forced("send", "ENOBUFS", "502 upstream upstream-failed", 0, side=UP, target=QUERY),
    Forced("send", "EPIPE", "502 upstream upstream-failed", 1, side=UP, after=2, target=UPLOAD, body=BODY * 10),
]


@needs_the_c_library
@pytest.mark.timeout(240)
def test_system_calls_that_fail(start, upstream, api_access_token, tmp_path, record_row):
    """Each is taken for what it is: waited for, tried again where that is allowed, or told; nothing hangs."""
    forced = ForcedFaults(tmp_path)
    long_answer = os.urandom(4 * MiB)

    def respond(exchange):
        if exchange.target.startswith(BIG):
            return exchange.answer(body=long_answer)
        exchange.answer_with_echo()

    upstream.respond = respond
    proxy = start(forced.settings, api_base_url=f"https://127.0.0.1:{upstream.port}", api_access_token=api_access_token,
                  log_level="info", loops="1", answer_timeout="5s", body_idle_timeout="5s", connect_timeout="5s")
    forced.listens_on(proxy.address[1])
    matrix = Matrix(proxy, upstream, record_row)
    for number, row in enumerate(FORCED):
        target = f"{row.target}?row={number}"
        if row.used:
            matrix.use()
            matrix.settle(others=1)
        with forced.force(row.call, row.number, limit=row.limit, side=row.side, times=row.times, after=row.after) as rule:
            with proxy.client(8) as client:
                try:
                    ask(client, target, row.body)
                except ConnectionError:
                    pass
                seen = view(client)
            struck = rule.struck
        assert struck > 0, f"{row.name} has not happened"
        if row.call == "epoll_ctl" and row.side is DOWN and seen != "200":
            proxy.logged("cannot be watched")
        matrix.row(row.name, seen, row.expected, row.arrived, target)
        arrived = [exchange for exchange in upstream.exchanges if exchange.target == target]
        if row.body and seen == "200" and arrived:
            assert arrived[-1].body_length == len(row.body)
    proxy.logged("clients wait to be let in: Too many open files")
    matrix.verdict()


@dataclass(frozen=True)
class Network:
    """What the way between proxy and upstream does, and what has to come of it."""

    fault: Fault
    expected: str | set
    arrived: int
    target: str = QUERY
    used: bool = True
    once: bool = False

    @property
    def name(self) -> str:
        return f"network: {self.fault.value}{KINDS[self.target]}{'' if self.used else ', new connection'}"


NETWORK = [
    Network(Fault.DOWN, {NOT_CONNECTED, "502 upstream upstream-tls-cut"}, 0, used=False),
    Network(Fault.HANGING, "504 upstream upstream-tls-timeout", 0, used=False),
    Network(Fault.HANGING, "504 upstream upstream-timeout", 0),
    *(Network(fault, "200", 1, used=used) for fault in (Fault.TRICKLE, Fault.DELAY) for used in (True, False)),
    # In the middle of a TLS record: nothing of the answer can be read yet.
    *(Network(fault, "502 upstream upstream-failed", 1, once=True) for fault in (Fault.CUT, Fault.RESET)),
    *(Network(fault, "200", 2, TILE, once=True) for fault in (Fault.CUT, Fault.RESET)),
    *(Network(fault, "504 upstream upstream-timeout", 1, TILE, once=True) for fault in (Fault.LOSS, Fault.STALL)),
    *(Network(fault, "cut", 1, BIG, once=True) for fault in (Fault.LOSS, Fault.CUT, Fault.RESET, Fault.STALL)),
]


@pytest.mark.timeout(240)
def test_networks_that_fail(start, upstream, api_access_token, record_row):
    """Lost bytes, delays, cuts, resets and silence between proxy and upstream."""
    upstream.respond = lambda exchange: (
        stream(exchange) if exchange.target.startswith(BIG) else exchange.answer_with_echo())
    injector = FaultInjector(upstream.port)
    proxy = start(api_base_url=f"https://127.0.0.1:{injector.port}", api_access_token=api_access_token,
                  log_level="info", loops="1", answer_timeout="2s", body_idle_timeout="2s", connect_timeout="2s")
    matrix = Matrix(proxy, upstream, record_row)
    for number, row in enumerate(NETWORK):
        if row.used:
            matrix.use()
            matrix.settle(others=1)
        strike = injector.strike_once if row.once else injector.set
        target = f"{row.target}?row={number}"
        seen = through(proxy, target, lambda: strike(row.fault))
        injector.fault = Fault.NONE
        matrix.row(row.name, seen, row.expected, row.arrived, target)
    injector.stop()
    matrix.verdict()


@pytest.mark.timeout(240)
@pytest.mark.skipif(not FarHost.is_possible(), reason="network namespaces are root's")
def test_hosts_that_vanish(start, new_upstream, authority, api_access_token, record_row):
    """A host of its own (a network namespace) whose cable is pulled, which is cut off in one direction, or is gone."""
    with FarHost() as host:
        upstream = new_upstream(authority.issue((host.address,)), listener=host.listen())
        upstream.respond = lambda exchange: (
            stream(exchange) if exchange.target.startswith(BIG) else exchange.answer_with_echo())
        proxy = start(api_base_url=f"https://{host.address}:{upstream.port}", api_access_token=api_access_token,
                      log_level="info", loops="1", answer_timeout="2s", body_idle_timeout="2s", connect_timeout="2s")
        matrix = Matrix(proxy, upstream, record_row)
        timed_out, not_begun = "504 upstream upstream-timeout", "504 upstream upstream-connect-timeout"
        rows = [
            ("cable pulled, used connection", host.unplug, QUERY, True, timed_out, 0),
            ("cable pulled, used connection, may be sent again", host.unplug, TILE, True, timed_out, 0),
            ("cable pulled, new connection", host.unplug, QUERY, False, not_begun, 0),
            ("cable pulled, within a long answer", host.unplug, BIG, True, "cut", 1),
            ("answers lost, used connection", host.lose_answers, QUERY, True, timed_out, 1),
            ("answers lost, new connection", host.lose_answers, QUERY, False, not_begun, 0),
            ("host gone, used connection", host.vanish, QUERY, True, timed_out, 0),
            ("host gone, new connection", host.vanish, QUERY, False, NOT_CONNECTED, 0),
        ]
        for number, (name, fail, target, used, expected, expected_arrived) in enumerate(rows):
            if used:
                matrix.use()
                matrix.settle(others=1)
            target = f"{target}?row={number}"
            seen = through(proxy, target, fail)
            # What was still in the kernel would arrive once the way is free again, long after the client was told.
            assert not left_in_the_kernel(upstream.port), name
            arrived = sum(exchange.target == target for exchange in upstream.exchanges)
            host.mend()
            eventually(lambda: host.is_reached(upstream.port), "the host is back")
            matrix.row(f"network: {name}", seen, expected, expected_arrived, arrived=arrived)
        matrix.verdict()


def left_in_the_kernel(port: int) -> list[str]:
    """Connections to that port that nobody has any more and that still hold something to be sent."""
    closing = {"04", "09", "0B"}  # FIN_WAIT1, LAST_ACK, CLOSING
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [line[4] for line in lines if line[2].endswith(f":{port:04X}") and line[3] in closing
            and int(line[4].split(":")[0], 16) > 1]


def through(proxy: Cartouche, target: str, fail: Callable[[], None]) -> str:
    """The client's view of a request that meets what `fail` brings about: at once, or when a long answer has begun."""
    with proxy.client(20) as client:
        if target.startswith(BIG):
            ask(client, target)
            client.reader.line()
            fail()
            return "cut" if ends_in_the_middle(client) else "whole"
        fail()
        ask(client, target)
        return view(client)


def stream(exchange: Exchange) -> None:
    """An answer without end."""
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        exchange.send(b"400\r\n" + b"x" * 1024 + b"\r\n")
        time.sleep(0.01)


def ends_in_the_middle(client: RawClient) -> bool:
    """Whether the chunked answer whose status line was read is cut, not ended."""
    try:
        client.reader.fields()
        for _ in client.reader.chunks([]):
            pass
    except (EOFError, ConnectionResetError):
        return True
    return False


STATE = [
    *(Forced("openat", error, times=FOREVER) for error in ("EACCES", "EMFILE", "EIO", "ENOSPC", "EROFS")),
    *(Forced("write", error, times=FOREVER) for error in ("ENOSPC", "EIO", "EDQUOT")),
    Forced("write", "EINTR", times=3),
    Forced("write", limit=1, times=FOREVER),
    *(Forced("fsync", error, times=FOREVER) for error in ("EIO", "ENOSPC")),
    *(Forced("renameat", error, times=FOREVER) for error in ("EIO", "ENOSPC", "EROFS")),
]


@needs_the_c_library
@pytest.mark.timeout(240)
@pytest.mark.parametrize("row", STATE, ids=lambda row: row.name)
def test_disks_that_fail(start, upstream, oauth, tmp_path, record_row, row):
    """A token that cannot be kept is used all the same, and the next is kept when the disk is back; nothing half is left."""
    forced = ForcedFaults(tmp_path)
    oauth.lifetime = 6
    home = tmp_path / "cartouche-1"
    with forced.force(row.call, row.number, limit=row.limit, times=row.times) as rule:
        proxy = start(forced.settings, oauth.settings, api_base_url=upstream.url, log_level="info", loops="1")
        with proxy.client() as client:
            ask(client, QUERY)
            seen = view(client)
        eventually(lambda: rule.struck > 0, f"{row.name} happens")
        survives = row.error in ("", "EINTR")
        if not survives:
            proxy.logged("warning")
        eventually(lambda: bool(kept(home)) == survives, "the token is kept if it can be")
        descriptors = proxy.descriptors
    had = len(oauth.requests)
    eventually(lambda: len(oauth.requests) > had, "the next token is asked for", 15)
    eventually(lambda: kept(home), "the next token is kept")
    with proxy.client() as client:
        ask(client, QUERY)
        later = view(client)
    eventually(lambda: proxy.descriptors <= descriptors + 1, "no descriptor is left")
    eventually(lambda: not [*home.rglob("*.new")], "nothing half is left (a token is had every few seconds, and may just be written)")
    record_row("Faults", f"state: {row.name}", seen, str(len(upstream.exchanges) - 1), "none", "none", later)
    assert (seen, later, len(upstream.exchanges)) == ("200", "200", 2)


def kept(home: Path) -> list[Path]:
    """The token files that hold something."""
    files = (file for file in (home / "state").rglob("*") if file.is_file())
    return [file for file in files if file.suffix != ".lock" and file.stat().st_size]


ANYWHERE = {
    "recv": ("EINTR", "EAGAIN", "ECONNRESET"), "send": ("EINTR", "EAGAIN", "EPIPE"), "accept4": ("EINTR", "EMFILE"),
    "epoll_ctl": ("ENOMEM",), "epoll_wait": ("EINTR",), "connect": ("ECONNREFUSED",), "socket": ("EMFILE",),
    "setsockopt": ("ENOMEM",),
}


@needs_the_c_library
@pytest.mark.timeout(240)
@pytest.mark.parametrize("call", ANYWHERE)
def test_a_call_that_fails_at_any_point(start, upstream, api_access_token, tmp_path, call):
    """Each of the first fifty, one at a time, while a tile, an upload and a long answer are under way: a client is served
    right, told, or cut; never told wrong, and never left waiting; and then all is as before."""
    forced = ForcedFaults(tmp_path)
    long_answer = os.urandom(300_000)
    upstream.respond = lambda exchange: (
        exchange.answer(body=long_answer) if exchange.target.startswith(BIG) else exchange.answer_with_echo())
    proxy = start(forced.settings, api_base_url=f"https://127.0.0.1:{upstream.port}", api_access_token=api_access_token,
                  log_level="info", loops="1", answer_timeout="5s", body_idle_timeout="5s", connect_timeout="5s")
    forced.listens_on(proxy.address[1])
    proxy.client().request("GET", TILE).answer()
    idle = proxy.descriptors
    for error in ANYWHERE[call]:
        for after in range(50):
            with forced.force(call, getattr(errno, error), times=1, after=after) as rule:
                requests = itertools.cycle(((TILE, b""), (UPLOAD, BODY), (BIG, b"")))
                for target, body in itertools.islice(requests, 200):
                    # So that a new one is needed: every kind of call is made.
                    upstream.connections[-1].close()
                    check(proxy, f"{target}?{error}{after}", body, long_answer)
                    if rule.struck:
                        break
                assert rule.struck, f"{call} {error} after {after} calls has not happened"
    assert proxy.client().request("GET", TILE).answer().status == 200
    eventually(lambda: proxy.descriptors <= idle + 2, "no descriptor is left")


def check(proxy: Cartouche, target: str, body: bytes, long_answer: bytes) -> None:
    with proxy.client(8) as client:
        try:
            ask(client, target, body)
        except ConnectionError:
            pass
        try:
            answer = client.answer()
        except (ConnectionError, EOFError):
            return
    assert answer.status in (200, 502, 503, 504), answer
    if answer.status == 200 and target.startswith(BIG):
        assert answer.body == long_answer
    elif answer.status == 200:
        echo = json.loads(answer.body)
        assert (echo["target"], echo["body_length"]) == (target, len(body))
        assert not body or echo["body_digest"] == hashlib.sha256(body).hexdigest()
