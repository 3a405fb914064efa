"""Beside the table: added latency, how cost grows with loops, connections and routes, and the start."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import socket
import statistics
import subprocess
import time
from pathlib import Path

from contenders import Contender, cartouche
from meter import processor_seconds, resident_kib
from workloads import WORKLOADS, Workload, closed_loop
from world import DOCUMENT, HERE, LOAD_CPU, MIB, PROXY_CPU, QUERY, TOKEN, World

_small = WORKLOADS[0]


def latency(world: World, contenders: list[Contender], rounds: int, seconds: float) -> list[dict]:
    """p50 and p99 at a fixed rate: half of what the slowest of them can do, the same for all, in turns."""
    load = world.build(HERE / "load/openloop.go")
    processes = {contender.name: contender.start(world) for contender in contenders}
    rows = []
    try:
        for connections in (1, 64):
            work = Workload("", "", "", 0, connections=connections)
            rate = round(min(closed_loop(contender.port, work, 2)[1] for contender in contenders) / 2)
            places: dict[str, list[str]] = {"direct": ["-url", world.origin + QUERY, "-ca", str(world.authority), "-token", TOKEN]}
            places |= {contender.name: ["-url", f"http://127.0.0.1:{contender.port}{QUERY}"] for contender in contenders}
            samples: dict[str, list[dict]] = {name: [] for name in places}
            for _ in range(rounds):
                for name, flags in places.items():
                    output = subprocess.run(
                        ["taskset", "-c", LOAD_CPU, str(load), *flags, "-rate", str(rate), "-connections", str(connections),
                         "-seconds", str(seconds)], capture_output=True, text=True, check=True, env={**os.environ, "GOMAXPROCS": "1"})
                    sample = json.loads(output.stdout)
                    if sample["failures"]:
                        raise RuntimeError(f"{name}: {sample}")
                    samples[name].append(sample)
            for name, taken in samples.items():
                rows.append({"connections": connections, "rate": rate, "name": name,
                             **{p: statistics.median(sample[p] for sample in taken) for p in ("p50", "p99")}})
    finally:
        for process in processes.values():
            world.stop(process)
    return rows


def _cost(world: World, contender: Contender, work: Workload, rounds: int, seconds: float, cpu: str = PROXY_CPU) -> float:
    process = contender.start(world, cpu)
    try:
        closed_loop(contender.port, work, 1)
        samples = []
        for _ in range(rounds):
            before = processor_seconds(process.pid)
            done, _ = closed_loop(contender.port, work, seconds)
            samples.append((processor_seconds(process.pid) - before) * 1e6 / done)
        return statistics.median(samples)
    finally:
        world.stop(process)


def loops(world: World, program: str, rounds: int, seconds: float) -> dict:
    """What a request costs with one loop and with two. The load shares the processors with them, so that a rate
    would measure the load; the processor time a request takes tells what two of them could do."""
    costs = {count: _cost(world, cartouche(world, program, "--set", f"loops={count}"), _small, rounds, seconds, f"{LOAD_CPU},{PROXY_CPU}")
             for count in (1, 2)}
    return {"one": costs[1], "two": costs[2], "gain": 2 * costs[1] / costs[2]}


def connections(world: World, program: str, contenders: list[Contender], rounds: int, seconds: float) -> list[dict]:
    """All of them busy at once; beside the others, because so many sockets fit in no processor's cache."""
    ours = cartouche(world, program, "--set", "max_connections=20000", "--set", "max_waiting_requests=20000")
    others = [contender for contender in contenders if contender.name != ours.name]
    rows: list[dict] = []
    for count in (10, 100, 1000, 9000):
        work = Workload("", "", "", 0, connections=count)
        rows.append({"connections": count, ours.name: _cost(world, ours, work, rounds, seconds)})
        for contender in others:
            try:
                rows[-1][contender.name] = _cost(world, contender, work, rounds, seconds)
            except RuntimeError as problem:
                print(f"{contender.name}, {count} connections: {str(problem).splitlines()[-1] if str(problem) else problem}", flush=True)
                rows[-1][contender.name] = None
    return rows


def routes(world: World, program: str, rounds: int, seconds: float) -> list[dict]:
    rows = []
    for count in (1, 10, 100, 1000):
        file = world.folder / f"routes-{count}.yaml"
        file.write_text("routes:\n" + "".join(
            f"  - {{ match: \"GET /v3/team{number}/{{name}}/items\", token: any }}\n" for number in range(count)))
        file.chmod(0o600)
        contender = cartouche(world, program)
        contender.command[contender.command.index("/dev/null")] = str(file)
        rows.append({"routes": count, contender.name: _cost(world, contender, _small, rounds, seconds)})
    return rows


def rewriting(world: World, program: str, rounds: int) -> dict:
    """A large map document under gzip on its way through: inflated, searched for secrets, rewritten, deflated; with TLS
    and sockets. Beside it what `gzip -d | gzip -1` takes for the same document, which inflates and deflates only."""
    document = _map_document(world, 64 * MIB)
    file = world.folder / "files" / (DOCUMENT.lstrip("/") + ".gz")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_suffix("").write_bytes(b"")
    file.write_bytes(gzip.compress(document, 6))
    contender = cartouche(world, program)
    process = contender.start(world)
    mebibytes = len(document) / MIB
    samples: dict[str, list[tuple[float, float]]] = {"cartouche": [], "gzip": []}
    try:
        for _ in range(rounds):
            before, begun = processor_seconds(process.pid), time.monotonic()
            received = _drained(contender.port, DOCUMENT)
            samples["cartouche"].append((processor_seconds(process.pid) - before, time.monotonic() - begun))
            if received < file.stat().st_size / 4:
                raise RuntimeError(f"{received} bytes came")
            before, begun = _children_seconds(), time.monotonic()
            subprocess.run(f"gzip -dc {file} | gzip -1c > /dev/null", shell=True, check=True)
            samples["gzip"].append((_children_seconds() - before, time.monotonic() - begun))
    finally:
        world.stop(process)
    found = {"mib": mebibytes, "packed_mib": file.stat().st_size / MIB}
    for name, taken in samples.items():
        found[f"{name}_cpu"] = mebibytes / statistics.median(cpu for cpu, _ in taken)
        found[f"{name}_wall"] = mebibytes / statistics.median(wall for _, wall in taken)
    return found


def _map_document(world: World, size: int) -> bytes:
    """A TileJSON as large maps have it: many URLs, and more that is none."""
    noise = random.Random(1)
    parts = ['{"tilejson":"2.2.0","tiles":[']
    parts.append(",".join(
        f'"{world.origin}/v3/maps/carto_dw/table/{{z}}/{{x}}/{{y}}?name=places&cache={noise.getrandbits(40)}"' for _ in range(4096)))
    parts.append('],"tilestats":{"layers":[')
    length = sum(map(len, parts))
    while length < size:
        part = '{"layer":"l%d","count":%d,"attributes":["name","population",%f],"geometry":"Polygon"},' % (
            noise.getrandbits(20), noise.getrandbits(16), noise.random())
        parts.append(part)
        length += len(part)
    parts.append("0]}}")
    return "".join(parts).encode()


def _drained(port: int, path: str) -> int:
    with socket.create_connection(("127.0.0.1", port), 120) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
        buffer, total, end = bytearray(MIB), 0, b""
        while count := client.recv_into(buffer):
            total += count
            end = (end + bytes(buffer[max(0, count - 5) : count]))[-5:]
    if end != b"0\r\n\r\n":
        raise RuntimeError("the answer was cut")
    return total


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start(world: World, program: str, times: int = 15) -> dict:
    """From the program's execution to the first answer, its token being on the disk; and what it then occupies."""
    contender = cartouche(world, program)
    world.stop(contender.start(world))  # Leaves a token for the next ones.
    taken, resident = [], []
    request = f"GET {QUERY} HTTP/1.1\r\nHost: 127.0.0.1:{contender.port}\r\n\r\n".encode()
    for _ in range(times):
        begun = time.monotonic()
        process = subprocess.Popen(contender.command, env={**os.environ, **contender.environment}, stderr=subprocess.DEVNULL)
        try:
            answer = _first_answer(contender.port, request)
            taken.append((time.monotonic() - begun) * 1000)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(repr(answer[:80]))
            resident.append(resident_kib(process.pid) / 1024)
        finally:
            process.terminate()
            process.wait(10)
    stripped = world.folder / "stripped"
    subprocess.run(["strip", "-o", str(stripped), program], check=True)
    return {"ms": statistics.median(taken), "resident_mib": statistics.median(resident),
            "binary_mib": Path(program).stat().st_size / 2**20, "stripped_mib": stripped.stat().st_size / 2**20}


def _first_answer(port: int, request: bytes) -> bytes:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as client:
                client.sendall(request)
                return client.recv(65536)
        except ConnectionRefusedError:
            time.sleep(0.0005)
    return b"nothing listens"
