"""deploy/bench: that it can be run. What it measures is no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "Benchmarks" / "SideBySide" / "bench.py"


@pytest.mark.measured
@pytest.mark.timeout(120)
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor for the proxies, one for the load")
def test_it_measures_cartouche_beside_nginx(tmp_path):
    """One short round of two rows: both proxies are set up for the same job, and do it."""
    figures = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, str(BENCH), "--program", os.environ["CARTOUCHE_BIN"], "--peers", "nginx", "--workloads", "small,rewrite",
         "--studies", "", "--rounds", "1", "--seconds", "1", "--json", str(figures)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    table = json.loads(figures.read_text())["table"]
    assert {work: set(row) for work, row in table.items()} == {"small": {"cartouche", "nginx"}, "rewrite": {"cartouche", "nginx"}}
    assert all(cost > 0 for row in table.values() for cost in row.values())
    print(done.stdout)


@pytest.mark.measured
def test_each_piece_of_work_that_is_counted_is_done():
    """`MicroBenchmarks` does them all, and each finds what it is to find: its sum is no zero."""
    program = BENCH.parents[3] / ".build" / "debug" / "MicroBenchmarks"
    listed = subprocess.run([program, "list"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) >= 10
    for name, unit, units in (line.split("\t") for line in listed):
        done = subprocess.run([program, name, "3"], capture_output=True, text=True, check=True)
        assert int(done.stdout) > 0, name
        assert unit and int(units) > 0
