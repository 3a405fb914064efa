"""The workloads of the table: what they ask of a proxy, and what is counted."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import subprocess
import time
from dataclasses import dataclass

from contenders import Contender
from meter import processor_seconds, resident_kib
from world import DOWNLOAD, LOAD_CPU, MIB, ORIGIN_PORT, QUERY, TILE, TILE_URLS, TILEJSON, TRANSFER, UPLOAD


@dataclass(frozen=True)
class Workload:
    name: str
    about: str
    unit: str
    #: What ours may take of what the best of the others takes.
    target: float
    path: str = QUERY
    connections: int = 0
    fields: tuple[str, ...] = ()


WORKLOADS = [
    Workload("small", "1 KiB of JSON, 64 kept-alive connections", "µs/request", 0.95, connections=64),
    Workload("tile", "16 KiB tile, 64 kept-alive connections", "µs/request", 0.95, TILE, 64),
    Workload("single", "1 KiB of JSON, one connection at a time", "µs/request", 1.0, connections=1),
    Workload("connect", "1 KiB of JSON, a new connection for each request", "µs/request", 0.95, connections=32,
             fields=("Connection: close",)),
    Workload("download", "256 MiB from the origin, one connection", "µs/MiB", 0.95, DOWNLOAD),
    Workload("upload", "256 MiB to the origin, one connection", "µs/MiB", 0.95, UPLOAD),
    Workload("rewrite", f"TileJSON with {TILE_URLS} URLs to be rewritten, gzip, 32 connections", "µs/request", 0.8, TILEJSON, 32,
             ("Accept-Encoding: gzip",)),
]
IDLE = Workload("idle", "a kept-alive connection on which nothing happens", "KiB/connection", 1.0)
IDLE_CONNECTIONS = 8000


def processor_microseconds(work: Workload, contender: Contender, pid: int, seconds: float) -> float:
    """One sample: processor time of the proxy per request, or per MiB."""
    before = processor_seconds(pid)
    match work.name:
        case "download": units = _download(contender.port)
        case "upload": units = _upload(contender.port)
        case _: units, _ = closed_loop(contender.port, work, seconds)
    return (processor_seconds(pid) - before) * 1e6 / units


def closed_loop(port: int, work: Workload, seconds: float) -> tuple[int, float]:
    """wrk: requests done, and requests a second."""
    command = ["taskset", "-c", LOAD_CPU, "wrk", "-t1", f"-c{work.connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    for field in work.fields:
        command += ["-H", field]
    output = subprocess.run([*command, f"http://127.0.0.1:{port}{work.path}"], capture_output=True, text=True).stdout
    if wrong := re.search(r"Non-2xx.*", output):
        raise RuntimeError(wrong.group())
    done = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if not done or not rate or int(done.group(1)) == 0:
        raise RuntimeError(output)
    return int(done.group(1)), float(rate.group(1))


def _download(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(f"GET {DOWNLOAD} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        buffer, total, start = bytearray(MIB), 0, b""
        while count := client.recv_into(buffer):
            start = start or bytes(buffer[:64])
            total += count
    if total < TRANSFER or b" 200 " not in start:
        raise RuntimeError(f"{total} bytes, beginning with {start!r}")
    return TRANSFER // MIB


def _upload(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), 120) as client:
        client.sendall(f"POST {UPLOAD} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {TRANSFER}\r\n\r\n".encode())
        block = bytes(MIB)
        for _ in range(TRANSFER // MIB):
            client.sendall(block)
        start = client.recv(4096)
    if not start.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(repr(start[:64]))
    return TRANSFER // MIB


def rewrites(port: int) -> bool:
    """Whether every URL in the TileJSON leads through the proxy, and the answer is compressed."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("GET", TILEJSON, headers={"Accept-Encoding": "gzip"})
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200 or answer.getheader("Content-Encoding") != "gzip":
        return False
    body = gzip.decompress(body)
    return b"localhost:%d" % ORIGIN_PORT not in body and body.count(b"http://127.0.0.1:%d/" % port) == TILE_URLS


def idle_kib(contender: Contender, pid: int, count: int = IDLE_CONNECTIONS) -> tuple[float, float]:
    """KiB per idle connection, and MiB resident before there was one."""
    request = f"GET {QUERY} HTTP/1.1\r\nHost: 127.0.0.1:{contender.port}\r\n\r\n".encode()
    clients: list[socket.socket] = []
    before = resident_kib(pid)
    try:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", contender.port), 20)
            clients.append(client)
            # Each has had an answer: a connection that was never used is no kept-alive one.
            client.sendall(request)
            answer = b""
            while len(answer.partition(b"\r\n\r\n")[2]) < 1024:
                answer += client.recv(65536)
        # Whatever is let go some time after the last answer has had that time.
        time.sleep(1)
        return (resident_kib(pid) - before) / count, before / 1024
    finally:
        for client in clients:
            client.close()
