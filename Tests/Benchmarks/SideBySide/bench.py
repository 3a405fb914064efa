"""Measures Cartouche and other proxies side by side, on one machine and in one run.

Processor time per request is what to compare: it hardly moves when the machine is shared. Each round measures all
proxies one after the other, so that a machine that changes its speed changes it for all of them.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import report
import studies
from contenders import cartouche, peers, versions
from workloads import IDLE, WORKLOADS, idle_kib, processor_microseconds, rewrites
from world import World

STUDIES = ("latency", "loops", "connections", "routes", "rewriting", "start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="deploy/bench")
    parser.add_argument("--program", required=True, help="the program to measure")
    parser.add_argument("--peers", default="nginx,haproxy,caddy,go", help="those to compare with, where installed")
    parser.add_argument("--workloads", default=",".join(work.name for work in [*WORKLOADS, IDLE]), help="rows of the table; none: ''")
    parser.add_argument("--studies", default=",".join(STUDIES), help="what to look at beside the table; none: ''")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="of each sample")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--plot", type=Path, help="a file for the plot, SVG")
    arguments = parser.parse_args()

    world = World()
    try:
        world.start_origin()
        contenders = [cartouche(world, arguments.program), *peers(world, arguments.peers.split(","))]
        print(report.machine(), *versions(arguments.program), sep="\n", flush=True)
        results = compare(world, contenders, arguments.workloads.split(","), arguments.rounds, arguments.seconds)
        print("\n" + report.table(results), flush=True)
        found = study(world, contenders, arguments.program, arguments.studies.split(","), arguments.rounds, arguments.seconds)
        if arguments.json:
            arguments.json.write_text(json.dumps({"machine": report.machine(), "table": results, "studies": found}, indent=1, ensure_ascii=False))
        if arguments.plot:
            report.plot(results, arguments.plot.resolve())
    finally:
        world.close()


def compare(world: World, contenders: list, wanted: list[str], rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = {}
    if IDLE.name in wanted:
        # Of a fresh process, that nothing else has made larger.
        for contender in contenders:
            process = contender.start(world)
            kib, resident = idle_kib(contender, process.pid)
            world.stop(process)
            results.setdefault(IDLE.name, {})[contender.name] = kib
            print(f"{IDLE.name:9} {contender.name:9} {kib:6.2f} {IDLE.unit}, {resident:.1f} MiB at start", flush=True)
    works = [work for work in WORKLOADS if work.name in wanted]
    if not works:
        return results
    processes = {contender.name: contender.start(world) for contender in contenders}
    for work in works:
        able = [c for c in contenders if work.name != "rewrite" or rewrites(c.port)]
        samples: dict[str, list[float]] = {contender.name: [] for contender in able}
        for _ in range(rounds):
            for contender in able:
                samples[contender.name].append(processor_microseconds(work, contender, processes[contender.name].pid, seconds))
        for name, taken in samples.items():
            results.setdefault(work.name, {})[name] = statistics.median(taken)
            print(f"{work.name:9} {name:9} {statistics.median(taken):8.1f} {work.unit}  ({min(taken):.1f} to {max(taken):.1f})", flush=True)
    for process in processes.values():
        world.stop(process)
    return results


def study(world: World, contenders: list, program: str, wanted: list[str], rounds: int, seconds: float) -> dict:
    found: dict = {}
    if "latency" in wanted:
        found["latency"] = studies.latency(world, contenders, rounds, seconds)
        print("\n" + report.latency_table(found["latency"]), flush=True)
    if "loops" in wanted:
        found["loops"] = studies.loops(world, program, rounds, seconds)
        print("\none loop {one:.1f} µs/request, two loops {two:.1f}: {gain:.2f} times the work".format(**found["loops"]), flush=True)
    if "connections" in wanted:
        found["connections"] = studies.connections(world, program, contenders[:3], rounds, seconds)
        print("\n" + report.growth_table(found["connections"]), flush=True)
    if "routes" in wanted:
        found["routes"] = studies.routes(world, program, rounds, seconds)
        print("\n" + report.growth_table(found["routes"]), flush=True)
    if "rewriting" in wanted:
        found["rewriting"] = studies.rewriting(world, program, rounds)
        print("\na map document of {mib:.0f} MiB, {packed_mib:.1f} under gzip: {cartouche_cpu:.0f} MiB a second of processor time "
              "({cartouche_wall:.0f} as it goes); gzip -d | gzip -1: {gzip_cpu:.0f} ({gzip_wall:.0f}, on two processors)"
              .format(**found["rewriting"]), flush=True)
    if "start" in wanted:
        found["start"] = studies.start(world, program)
        print("\n{ms:.1f} ms from its start to the first answer; {resident_mib:.1f} MiB resident; "
              "the program is {binary_mib:.1f} MiB, {stripped_mib:.1f} stripped".format(**found["start"]), flush=True)
    return found


if __name__ == "__main__":
    main()
