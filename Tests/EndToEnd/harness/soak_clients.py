"""Clients of every kind that ask at a steady rate and check every byte they are told. Run as a program of its own:

    python -m harness.soak_clients HOST PORT --clients 24 --rate 120 --seconds 60 --files DIRECTORY

Two of three keep their connection; every third opens one for each request. Each request has a number of its own, in
its target, which also tells its kind. `--files` has the bodies that the origin serves. Prints a JSON record: how many
requests of each kind, the numbers of those that were left half way on purpose, and of each one that was not answered as
it should be, with the reason: `502 code`, `cut` (the connection ended within an answer), `unanswered` (before its first
byte), `wrong`.

A GET that only reads may be asked again by whoever forwards it; `KINDS` says which these are.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import gzip
import json
import random
import sys
import time
from pathlib import Path

from .nginx import QUERY_ANSWER

# How often of 100; whether the proxy may send it again when a used connection dies before the answer.
KINDS = {
    "query": (30, False), "posted query": (12, False), "tile": (25, True), "map": (12, True), "upload": (8, False),
    "events": (3, True), "megabyte": (5, True), "cancelled": (5, True),
}

_kinds = list(KINDS)


def kind_of(number: int) -> str:
    return _kinds[number % len(_kinds)]


_job = "/v3/sql/carto_dw/job"
_targets = {
    "query": "/v3/sql/carto_dw/query?q=SELECT%201", "posted query": "/v3/sql/carto_dw/query?x=1",
    "tile": "/v3/maps/carto_dw/table/1/2/3?name=a.b", "map": "/v3/maps/carto_dw/table?name=a.b&format=tilejson",
    "upload": "/v3/imports?x=1", "events": f"{_job}/events?x=1", "megabyte": f"{_job}/megabyte?x=1",
    "cancelled": f"{_job}/megabyte?x=1",
}


class Cut(Exception):
    """The connection ended within an answer."""


class Unanswered(Exception):
    """The connection ended before the first byte of an answer."""


class Soak:
    def __init__(self, options: argparse.Namespace) -> None:
        self.address = (options.host, options.port)
        self.base = f"http://localhost:{options.port}"
        self.pause = options.clients / options.rate
        self.end = time.monotonic() + options.seconds
        self.files = {name: Path(options.files, name).read_bytes() for name in ("tile", "megabyte", "events")}
        self.random = random.Random(options.seed)
        self.numbers = 0
        self.done: collections.Counter[str] = collections.Counter()
        self.left: list[int] = []
        self.failures: list[dict] = []
        self.times: list[float] = []

    def _head(self, kind: str, number: int, *fields: str) -> bytes:
        method = "POST" if kind in ("posted query", "upload") else "GET"
        target = f"{_targets[kind]}&n={number}"
        lines = [f"{method} {target} HTTP/1.1", f"Host: localhost:{self.address[1]}", *fields, "", ""]
        return "\r\n".join(lines).encode()

    async def _send(self, writer: asyncio.StreamWriter, kind: str, number: int, *fields: str) -> None:
        if kind == "posted query":
            body = b'{"q":"SELECT 1"}'
            fields += (f"Content-Length: {len(body)}", "Content-Type: application/json")
            writer.write(self._head(kind, number, *fields) + body)
        elif kind == "upload":
            writer.write(self._head(kind, number, *fields, "Transfer-Encoding: chunked"))
            for _ in range(8):
                writer.write(b"4000\r\n" + b"u" * 0x4000 + b"\r\n")
                await writer.drain()
            writer.write(b"0\r\n\r\n")
        else:
            writer.write(self._head(kind, number, *fields, *(["Accept-Encoding: gzip"] if kind == "map" else [])))
        await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, kind: str) -> tuple[dict[str, str], int, bytes]:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            raise (Cut if error.partial else Unanswered) from None
        except ConnectionError:
            raise Unanswered from None
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        try:
            if kind == "cancelled" and lines[0][9:12] == "200":
                await reader.readexactly(1 << 15)
                return fields, 200, b""
            if "content-length" in fields:
                body = await reader.readexactly(int(fields["content-length"]))
            else:
                pieces = []
                while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                    pieces.append(await reader.readexactly(size))
                    await reader.readexactly(2)
                await reader.readexactly(2)
                body = b"".join(pieces)
        except (EOFError, ConnectionError):
            raise Cut from None
        return fields, int(lines[0][9:12]), body

    def _is_right(self, kind: str, fields: dict[str, str], body: bytes) -> bool:
        if kind == "map":
            document = json.loads(gzip.decompress(body) if fields.get("content-encoding") == "gzip" else body)
            return document["tiles"] == [self.base + "/v3/maps/carto_dw/table/{z}/{x}/{y}?name=a.b"]
        if kind == "upload":
            return json.loads(body) == {"jobId": "1"}
        return kind == "cancelled" or body == self.files.get(kind, QUERY_ANSWER.encode())

    async def _one(self, connection, kind: str, number: int, *fields: str) -> bool:
        """Makes one request; whether the connection can be used again."""
        reader, writer = connection
        try:
            await self._send(writer, kind, number, *fields)
        except ConnectionError:
            pass  # an answer may have come all the same
        fields, status, body = await self._answer(reader, kind)
        if status != (201 if kind == "upload" else 200):
            self._failed(number, f"{status} {fields.get('cartouche-error', '')}")
        elif not self._is_right(kind, fields, body):
            self._failed(number, "wrong")
        return kind != "cancelled" and fields.get("connection") != "close"

    def _failed(self, number: int, reason: str) -> None:
        self.failures.append({"n": number, "reason": reason, "at": time.time()})

    async def _client(self, keeps: bool) -> None:
        connection = None
        weights = [weight for weight, _ in KINDS.values()]
        while time.monotonic() < self.end:
            await asyncio.sleep(self.random.expovariate(1 / self.pause))
            (kind,) = self.random.choices(_kinds, weights)
            self.numbers += 1
            number = self.numbers * len(_kinds) + _kinds.index(kind)
            if kind == "cancelled":
                self.left.append(number)
            usable, is_new = False, connection is None
            began = time.monotonic()
            try:
                connection = connection or await asyncio.open_connection(*self.address, limit=1 << 21)
                fields = [] if keeps else ["Connection: close"]
                usable = await asyncio.wait_for(self._one(connection, kind, number, *fields), 60)
            except Unanswered:
                self._failed(number, f"unanswered on a {'new' if is_new else 'used'} connection")
            except Cut:
                self._failed(number, "cut")
            except (OSError, ValueError, KeyError, asyncio.TimeoutError) as error:
                self._failed(number, repr(error))
            if kind in ("query", "tile"):
                self.times.append(time.monotonic() - began)
            self.done[kind] += 1
            if connection and not usable:
                connection[1].transport.abort() if kind == "cancelled" else connection[1].close()
                connection = None
        if connection:
            connection[1].close()

    async def run(self, clients: int) -> None:
        await asyncio.gather(*(self._client(keeps=number % 3 > 0) for number in range(clients)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--files", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    soak = Soak(options)
    asyncio.run(soak.run(options.clients))
    times = sorted(soak.times) or [0.0]
    json.dump({"done": soak.done, "left": soak.left, "failures": soak.failures, "p50": times[len(times) // 2],
               "p99": times[len(times) * 99 // 100], "slowest": times[-1]}, sys.stdout)


if __name__ == "__main__":
    main()
