"""Clients that take their time, or more than their share: those that behave are served as if they were alone."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, Cartouche
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query"
JOB = "/v3/sql/carto_dw/job"
RATE = 50  # of the client that behaves, in requests a second

# Below this it is the machine's scheduler that decides, not the program; in seconds.
FLOOR = {"p50": 0.005, "p99": 0.03}


def helper(module: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", f"harness.{module}", *arguments], cwd=Path(__file__).parent,
                            stdout=subprocess.PIPE, text=True)


def steady(proxy: Cartouche, seconds: float) -> subprocess.Popen:
    """A client that behaves, half of its requests on new connections."""
    return helper("steady", *map(str, proxy.address), "--rate", str(RATE), "--seconds", str(seconds), "--new-every", "2")


def measure(proxy: Cartouche, seconds: float) -> dict:
    return json.loads(steady(proxy, seconds).communicate()[0])


def figures(alone: dict, beside: dict) -> tuple[str, str, str]:
    def milliseconds(record: dict) -> str:
        return " / ".join(f"{1000 * record[name]:.1f}" for name in ("p50", "p99", "slowest"))

    return (milliseconds(alone), milliseconds(beside),
            f"{beside['statuses'].get('200', 0)} of {sum(beside['statuses'].values())}")


@pytest.fixture
def attacked(start, nginx, api_access_token) -> Cartouche:
    return start(api_base_url=nginx.url, api_access_token=api_access_token, log_level="notice", access_log="off")


def unharmed(alone: dict, record: dict, *percentiles: str, times: float = 2, floor: dict = FLOOR) -> None:
    served, total = record["statuses"].get("200", 0), sum(record["statuses"].values())
    assert served >= 0.999 * total, record["statuses"]
    for name in percentiles:
        assert record[name] <= PATIENCE * max(times * alone[name], floor[name]), (name, alone, record)


@pytest.mark.measured
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["head", "body", "read"])
def test_many_slow_clients(attacked, record_row, kind):
    """Seven hundred that drip heads or bodies, or hardly read, which is more than there are connections to the upstream.

    A client at 50 requests a second does not notice.
    """
    alone = measure(attacked, 4)
    slow = helper("slow_clients", *map(str, attacked.address), "--kind", kind, "--count", "700", "--seconds", "8")
    try:
        assert slow.stdout.readline() == "open\n"
        record = measure(attacked, 7)
        turned_away = slow.communicate(timeout=60)[0].strip()
    finally:
        slow.kill()
    record_row("Slow and greedy clients", f"700 slow, {kind}; {turned_away} turned away", *figures(alone, record))
    unharmed(alone, record, "p50", "p99")


def held_for(client: socket.socket) -> int:
    """What the kernel has taken for a client and not been able to deliver, in bytes."""
    ports = [f":{port:04X}" for _, port in (client.getpeername(), client.getsockname())]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, _, queues = line.split()[1:5]
        if local.endswith(ports[0]) and remote.endswith(ports[1]):
            return int(queues.split(":")[0], 16)
    raise AssertionError("the connection is not there")


def test_little_waits_for_a_client_without_room(attacked):
    """A megabyte that a client does not take waits in the kernel; of one that has no room to begin with, hardly any."""
    for room in (2048, None):
        client = socket.socket()
        if room:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        with client:
            client.connect(attacked.address)
            client.sendall(f"GET {JOB}/megabyte HTTP/1.1\r\nHost: localhost:{attacked.address[1]}\r\n\r\n".encode())
            if not room:
                eventually(lambda: held_for(client) > 512 << 10, "most of it is taken")
                continue
            eventually(lambda: held_for(client) > 0, "something is taken")
            end = time.monotonic() + 1
            while time.monotonic() < end:
                assert held_for(client) < 128 << 10


@pytest.mark.full
@pytest.mark.measured
@pytest.mark.timeout(300)
@pytest.mark.parametrize("attack", ["-H", "-B", "-X"], ids=["slow head", "slow body", "slow read"])
def test_slow_attackers(attacked, start, nginx, api_access_token, record_row, attack):
    """Four thousand of slowhttptest's connections at once.

    It takes most of a processor for itself. So the measure is the latency of a Cartouche that is left alone while
    another is attacked: on the same machine, with the same attacker beside it.
    """
    target = "/v3/imports" if attack == "-B" else f"{JOB}/megabyte" if attack == "-X" else QUERY

    def measured(victim: Cartouche, seconds: float) -> tuple[dict, int]:
        attacker = subprocess.Popen(
            ["nice", "slowhttptest", attack, "-c", "4000", "-r", "1000", "-l", "60", "-i", "5", "-s", "100000", "-u",
             victim.base + target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        most = 0
        good = steady(attacked, seconds)
        try:
            while good.poll() is None:
                most = max(most, victim.sockets)
                time.sleep(1)
            return json.loads(good.stdout.read()), most
        finally:
            attacker.kill()
            attacker.wait()

    other = start(api_base_url=nginx.url, api_access_token=api_access_token, log_level="notice", access_log="off")
    alone = measure(attacked, 10)
    elsewhere, as_many = measured(other, 30)
    other.stop()
    record, most = measured(attacked, 30)
    record_row("Slow and greedy clients", f"slowhttptest {attack}, on another", *figures(alone, elsewhere))
    record_row("Slow and greedy clients", f"slowhttptest {attack}, {most} sockets at most", *figures(elsewhere, record))
    # Those who drip bodies or hardly read are turned away while others still arrive.
    assert min(most, as_many) > (3500 if attack == "-H" else 1000)
    # What it is compared with is no ruin itself.
    unharmed(alone, elsewhere, "p50", "p99", times=8)
    unharmed(alone, record, "p50")
    unharmed(elsewhere, record, "p50", "p99", floor={"p50": 0.003, "p99": 0.008})


@pytest.mark.measured
def test_one_greedy_client(attacked, record_row):
    """Three hundred requests at any time from one program: another's fifty a second are all served, and soon.

    Where clients have no keys, the two cannot be told apart; with keys they take turns.
    """
    alone = measure(attacked, 4)
    greedy = subprocess.Popen(
        ["nice", sys.executable, "-m", "harness.steady", *map(str, attacked.address), "--parallel", "300", "--seconds", "8"],
        cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    record = measure(attacked, 6)
    taken = json.loads(greedy.communicate(timeout=60)[0])
    record_row("Slow and greedy clients", f"300 in parallel, {sum(taken['statuses'].values()) / 8:.0f} a second",
               *figures(alone, record))
    assert taken["statuses"].keys() == {"200"}
    assert record["statuses"].keys() == {"200"}
    assert record["p50"] < 0.1 * PATIENCE
