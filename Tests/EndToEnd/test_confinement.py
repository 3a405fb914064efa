"""What a serving process has given up, seen from outside; and that it does all the same what it did before."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from harness.cartouche import run
from harness.waiting import eventually

QUERY = "/v3/sql/carto_dw/query?q=SELECT%201"

pytestmark = pytest.mark.skipif(
    "CARTOUCHE_SANITIZER" in os.environ or not Path("/proc/self/status").exists(),
    reason="a program built with a sanitizer is not confined")


def facts(process: int) -> dict[str, str]:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def children(process: int) -> list[int]:
    return [int(each) for task in Path(f"/proc/{process}/task").iterdir()
            for each in (task / "children").read_text().split()]


def alive(process: int) -> bool:
    try:
        return facts(process)["State"][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_every_thread_is_confined_and_the_steward_stands_by(start, upstream, api_access_token):
    """The kernel's word for each thread of the one; the other has the rights and no socket but to its master."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    assert "landlock" in proxy.logged(" confined ")
    with proxy.client() as client:
        assert client.request("GET", QUERY).answer().status == 200
    for task in Path(f"/proc/{proxy.pid}/task").iterdir():
        found = facts(int(task.name))
        assert (found["NoNewPrivs"], found["Seccomp"], int(found["CapEff"], 16)) == ("1", "2", 0)
    [steward] = children(proxy.pid)
    assert facts(steward)["Seccomp"] == "0"
    opened = [os.readlink(each) for each in Path(f"/proc/{steward}/fd").iterdir()]
    assert len([each for each in opened if each.startswith("socket:")]) == 2 and len(opened) == 6
    proxy.stop()
    eventually(lambda: not alive(steward), "the steward ends with its master")


def test_a_killed_master_leaves_no_steward(start, upstream, api_access_token):
    """By whatever it ends."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    [steward] = children(proxy.pid)
    os.kill(steward, signal.SIGTERM)
    os.kill(steward, signal.SIGHUP)
    assert alive(steward)
    proxy.signal(signal.SIGKILL)
    assert proxy.exit_code() == -signal.SIGKILL
    eventually(lambda: not alive(steward), "the steward ends with its master")


def test_a_steward_that_waits_keeps_little_mapped(start, upstream, api_access_token):
    """Of the program's and its libraries' pages: what it worked with is let go when it has been idle for a moment."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token)
    [steward] = children(proxy.pid)
    eventually(lambda: int(facts(steward)["RssFile"].split()[0]) < 6 * 1024, "less than 6 MiB of files are mapped")


def test_without_its_steward_it_stops(start, upstream, api_access_token):
    """It could not learn of a revoked key: what was asked is answered, and a service manager starts it anew."""
    may_answer = threading.Event()
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, loops="1")
    [steward] = children(proxy.pid)
    idle = proxy.client().request("GET", QUERY)
    assert idle.answer().status == 200
    upstream.respond = lambda exchange: (may_answer.wait(20), exchange.answer())
    with proxy.client() as busy:
        busy.request("GET", QUERY)
        upstream.next_exchange(1)
        os.kill(steward, signal.SIGKILL)
        assert f"process={steward}" in proxy.logged("the steward of this process has ended")
        assert idle.is_closed()
        may_answer.set()
        answer = busy.answer()
    assert (answer.status, answer.value("connection")) == (200, "close")
    assert proxy.exit_code() == 1


def test_it_can_be_forgone_and_is_warned_about(start, upstream, api_access_token):
    """By a key whose name says what it does."""
    proxy = start(api_base_url=upstream.url, api_access_token=api_access_token, insecure_no_confinement="on")
    assert " warning " in proxy.logged("insecure_no_confinement")
    found = facts(proxy.pid)
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("0", "0")
    assert children(proxy.pid) == []


def test_status_and_doctor_tell(start, upstream, api_access_token, canaries, tmp_path):
    """With the kernel's word beside the program's own."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    settings = {"api_base_url": upstream.url, "api_access_token": api_access_token, "XDG_RUNTIME_DIR": str(folder)}
    rows = {"it cannot gain privileges", "it makes the system calls it needs only", "it reaches the files and ports it needs only"}
    for key, outcome in ({}, "PASS"), ({"insecure_no_confinement": "on"}, "FAIL"):
        proxy = start(**settings, **key)
        code, output, error = run(tmp_path / "status", canaries, settings, "status", "--json")
        assert code == 0, error
        told = json.loads(output)["confinement"]
        assert (told["seccomp"], told["no_new_privs"], told["missing"]) == (not key, not key, list(key))
        _, output, _ = run(tmp_path / "doctor", canaries, settings, "doctor", "--json", within=60)
        found = {each["check"]: each["outcome"] for each in json.loads(output)["findings"] if each["check"] in rows}
        assert found == dict.fromkeys(rows, outcome)
        proxy.stop()
