"""Everything at once, for as long as wanted: nothing fails but what had to, and nothing grows."""

from __future__ import annotations

import collections
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.cartouche import PATIENCE, SANITIZER
from harness.memory import MiB
from harness.nginx import Nginx
from harness.process import descriptors, lives, resident, threads, upgrade
from harness.soak_clients import KINDS, kind_of
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"
IN_FORCE = "the configuration was loaded anew and is in force"

CLIENTS = 24
RATE = 100  # requests a second
LIFETIME = 10  # of a token, in seconds
RELOAD_EVERY = 10
LOOK_EVERY = 0.5
# Connections to the upstream that all clients can have at once, and what a process has open besides.
OPEN_AT_MOST = 2 * CLIENTS + 40


def helper(module: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", f"harness.{module}", *arguments], cwd=Path(__file__).parent,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@dataclass
class Life:
    """One process, from taking over to handing over, by the second."""

    process: int
    memory: list[int] = field(default_factory=list)
    descriptors: int = 0
    threads: int = 0

    def look(self) -> None:
        self.memory.append(resident(self.process))
        self.descriptors = max(self.descriptors, descriptors(self.process))
        self.threads = max(self.threads, threads(self.process))

    @property
    def seconds(self) -> float:
        return len(self.memory) * LOOK_EVERY

    @property
    def warm(self) -> int:
        """What it took when every kind of request had been there: after a third of its time."""
        return max(self.memory[: len(self.memory) // 3 + 1])

    @property
    def end(self) -> int:
        last = sorted(self.memory[-max(3, len(self.memory) // 5):])
        return last[len(last) // 2]


def had_to_fail(kind: str, attempts: list[dict]) -> bool:
    """Whether RFC 9110 §9.2.2 and what the origin saw leave nothing but a failure.

    A request that is safe and has no body goes once more if it died without an answer on a connection used before.
    """
    *earlier, last = attempts
    may_go_again = KINDS[kind][1]
    assert len(attempts) <= 2, "sent more than twice"
    for attempt in earlier:
        assert may_go_again and not attempt["first"] and not attempt["answered"], f"a {kind} was sent again: {attempts}"
    if last["whole"]:
        return False
    if earlier:
        assert last["first"], "sent again on a connection that had been used"
    return not (may_go_again and not earlier and not last["first"] and not last["answered"])


@pytest.mark.timeout(24 * 3600)
@pytest.mark.parametrize("seconds", [
    pytest.param(60 if not SANITIZER else 20, id="a minute"),
    pytest.param(60 * float(os.environ.get("SOAK_MINUTES", "20")), id="long", marks=pytest.mark.soak)])
def test_soak(start, oauth, identity, authority, tmp_path, successors, record_row, capsys, seconds):
    """Mixed traffic through reloads, upgrades, renewals and an origin that is killed.

    The failures are exactly those requests that no rule allows to send again, known one by one from the origin's side;
    memory, descriptors and threads stay where they are, in each process and from one to the next.
    """
    oauth.lifetime = LIFETIME
    nginx = Nginx(tmp_path / "nginx", None, big_file=0, records=False)
    witness = helper("witness", str(nginx.port), str(identity.certificate), str(identity.key))
    upstream = f"https://localhost:{witness.stdout.readline().strip()}"

    configuration = tmp_path / "cartouche.yaml"

    def configure(number: int) -> None:
        keys = oauth.settings | {
            "api_base_url": upstream, "upstream_ca_file": str(authority.certificate), "via": f"cartouche-{number}",
            "upstream_idle_timeout": "5s", "max_fields": str(100 + number % 50)}
        new = configuration.with_suffix(".new")
        new.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in keys.items()))
        new.chmod(0o600)
        new.rename(configuration)

    configure(0)
    proxy = start(arguments=("--config", str(configuration), "--listen", "127.0.0.1:0"), log_level="info",
                  access_log="off", loops="2", drain_timeout="20s")
    with proxy.client() as client:
        assert client.request("GET", f"{QUERY}&n=0").answer().status == 200
    idle = descriptors(proxy.pid)

    began = time.monotonic()
    clients = helper("soak_clients", *map(str, proxy.address), "--clients", str(CLIENTS), "--rate",
                     str(RATE / PATIENCE), "--seconds", str(seconds), "--files", str(nginx.big_file.parent))
    lives_seen = [Life(proxy.pid)]
    reloads, kills = 0, 0
    upgrade_every = max(20, seconds / 10)
    next_reload, next_upgrade, next_kill = RELOAD_EVERY, upgrade_every, 4.0
    try:
        while (now := time.monotonic() - began) < seconds:
            current = lives_seen[-1]
            current.look()
            if now >= next_reload:
                next_reload += RELOAD_EVERY
                reloads += 1
                configure(reloads)
                had = proxy.log.count(IN_FORCE)
                os.kill(current.process, signal.SIGHUP)
                eventually(lambda: proxy.log.count(IN_FORCE) > had, "the reload is in force", 20 * PATIENCE)
            if now >= next_upgrade and seconds - now > 10:
                next_upgrade += upgrade_every
                lives_seen.append(Life(upgrade(proxy, current.process, successors)))
            if now >= next_kill:
                # What serves, and now and then everything: then connections are refused for a moment.
                next_kill += 4.7
                kills += 1
                if kills % 5:
                    nginx.kill_worker()
                else:
                    nginx.kill()
                    time.sleep(0.3)
                    nginx.start()
            time.sleep(LOOK_EVERY)
        output, _ = clients.communicate(timeout=90)
        result = json.loads(output)
        seen, _ = witness.communicate(timeout=30)
    finally:
        for helping in (clients, witness):
            helping.kill()
        nginx.stop()

    last = lives_seen[-1].process
    if last != proxy.pid:
        assert proxy.exit_code(within=30) == 0
    judge(result, json.loads(seen), capsys, f"{reloads} reloads, {len(lives_seen) - 1} upgrades, {kills} kills, "
          f"{len(oauth.issued)} tokens")
    eventually(lambda: not any(lives(life.process) for life in lives_seen[:-1]), "who handed over has ended", 40)
    eventually(lambda: descriptors(last) <= idle, f"descriptors are the {idle} of the beginning", 20 * PATIENCE)
    # A token at three quarters of the life of the one before, and one at each start if it is not had from the disk.
    assert len(oauth.requests) <= seconds / (LIFETIME * 0.7) + len(lives_seen) + 2
    for life in lives_seen:
        sizes = [f"{size / MiB:.1f} MiB" for size in (life.warm, life.end, max(life.memory))]
        record_row("Soak", str(life.process), f"{life.seconds:.0f} s", *sizes, str(life.descriptors), str(life.threads))
        assert life.descriptors <= OPEN_AT_MOST, life.descriptors
        assert life.threads < 64
        if not SANITIZER:
            assert life.end - life.warm < 4 * MiB, [size // 1024 for size in life.memory]
    if not SANITIZER:
        ends = [life.end for life in lives_seen]
        assert max(ends) - min(ends) < 8 * MiB, ends


def judge(result: dict, seen: dict[str, list[dict]], capsys, story: str) -> None:
    """Compares what the clients were told with what the origin's side knows, request by request."""
    left = set(result["left"])
    reasons = {failure["n"]: failure["reason"] for failure in result["failures"] if failure["n"] not in left}
    attempts = {int(number): tries for number, tries in seen.items() if int(number) not in left}
    # By the rule, from what the origin's side saw; zero is the request that opens the test.
    expected = {number for number, tries in attempts.items() if had_to_fail(kind_of(number), tries)}
    saved = [number for number, tries in attempts.items() if tries[-1]["whole"]]
    told = collections.Counter(f"{kind_of(number)}: {reason}" for number, reason in sorted(reasons.items()))
    with capsys.disabled():
        print(f"\n{sum(result['done'].values())} requests, {dict(result['done'])}; {story}; "
              f"{len(saved)} requests saved by asking again, {len(expected)} failures expected by rule, "
              f"{len(reasons)} seen: {dict(told)}; "
              + ", ".join(f"{name} {1000 * result[name]:.0f} ms" for name in ("p50", "p99", "slowest")))

    when = {failure["n"]: failure["at"] for failure in result["failures"]}

    def those(numbers: set[int]) -> list:
        return [(kind_of(number), reasons.get(number), when.get(number), attempts.get(number))
                for number in sorted(numbers)[:5]]

    assert reasons.keys() <= expected, f"failed though they need not have: {those(reasons.keys() - expected)}"
    assert expected <= reasons.keys(), f"served though they cannot have been: {those(expected - reasons.keys())}"
    for number, reason in reasons.items():
        # What had not begun is an error with a name; only what had is cut.
        assert reason.startswith("502 upstream-") or reason == "cut" and attempts[number][-1]["answered"], those({number})
    # A sanitizer's program does a tenth of the requests, too few to count on one.
    assert saved or SANITIZER, "the origin's deaths hit no request that could be saved: they prove nothing"
