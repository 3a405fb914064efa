"""Writes down which functions of the program run while it does the work of the table, most often first.

The linker lays them side by side (Package.swift): scattered over tens of megabytes they miss the processor's
instruction caches. To be made anew, with perf, when much of the path of a request has changed; names that the program
no longer has do no harm.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections import Counter
from pathlib import Path

from contenders import Contender, cartouche
from workloads import WORKLOADS, Workload, processor_microseconds
from world import World

FREQUENCY = 9973  # samples a second
SECONDS = 8

HEADING = """\
# The functions that requests run, most often first: the linker lays them side by side.
# Made by `deploy/bench --hot-functions`, see Tests/Benchmarks/SideBySide/hotfunctions.py.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="deploy/bench --hot-functions")
    parser.add_argument("--program", required=True, help="the program, with its symbols")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    arguments = parser.parse_args()

    world = World()
    try:
        world.start_origin()
        contender = cartouche(world, arguments.program)
        process = contender.start(world)
        # Shares, so that work of which much is done does not hide the other.
        shares: Counter[str] = Counter()
        for work in WORKLOADS:
            counted = sample(world, work, contender, process.pid)
            total = sum(counted.values())
            print(f"{work.name:9} {total} samples, {len(counted)} functions", flush=True)
            for name, count in counted.items():
                shares[name] += count / total
    finally:
        world.close()
    arguments.output.write_text(HEADING + "".join(f"{name}\n" for name, _ in shares.most_common()))


def sample(world: World, work: Workload, contender: Contender, pid: int) -> Counter[str]:
    """How often each of the program's own functions was seen at work."""
    data = world.folder / "perf.data"
    recorder = subprocess.Popen(
        ["perf", "record", "-e", "cpu-clock:u", "-F", str(FREQUENCY), "-p", str(pid), "-o", str(data)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        processor_microseconds(work, contender, pid, SECONDS)
    finally:
        recorder.terminate()
        recorder.wait()
    listing = subprocess.run(
        ["perf", "report", "-i", str(data), "--stdio", "--no-demangle", "--sort", "symbol", "--show-nr-samples",
         "--dsos", Path(contender.command[0]).name], capture_output=True, text=True, check=True).stdout
    rows = re.findall(r"^\s*[\d.]+%\s+(\d+)\s+\[\.\]\s+(\S+)", listing, re.MULTILINE)
    return Counter({name: int(count) for count, name in rows if not name.startswith("0x")})


if __name__ == "__main__":
    main()
