"""Many clients at once, each with its own connection and a mixture of requests. Run as a program of its own:

    python -m harness.load HOST PORT --clients 1000 --requests 10 [--seed 1]

Prints a line at each tenth of the way, then a JSON record of what went wrong. A cancelled request, left
half way through its answer, is part of the mixture and no error; the client then comes back.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import random
import resource
import sys

SMALL, POST, MEGABYTE, UPLOAD, CANCELLED = "small", "post", "megabyte", "upload", "cancelled"
_mixture = [SMALL] * 60 + [POST] * 15 + [UPLOAD] * 10 + [CANCELLED] * 10 + [MEGABYTE] * 5

_chunk = b"4000\r\n" + b"u" * 0x4000 + b"\r\n"


class Load:
    def __init__(self, host: str, port: int, clients: int, requests: int, seed: int) -> None:
        self.host, self.port, self.clients, self.requests = host, port, clients, requests
        self.random = random.Random(seed)
        self.done: collections.Counter[str] = collections.Counter()
        self.errors: collections.Counter[str] = collections.Counter()

    def _head(self, method: str, target: str, *fields: str) -> bytes:
        lines = [f"{method} {target} HTTP/1.1", f"Host: localhost:{self.port}", *fields, "", ""]
        return "\r\n".join(lines).encode()

    async def _send(self, writer: asyncio.StreamWriter, kind: str) -> None:
        if kind == POST:
            body = b'{"q":"SELECT 1"}'
            writer.write(self._head("POST", "/v3/sql/carto_dw/query", f"Content-Length: {len(body)}",
                                    "Content-Type: application/json") + body)
        elif kind == UPLOAD:
            writer.write(self._head("POST", "/v3/imports", "Transfer-Encoding: chunked"))
            for _ in range(4):
                writer.write(_chunk)
                await writer.drain()
            writer.write(b"0\r\n\r\n")
        elif kind in (MEGABYTE, CANCELLED):
            writer.write(self._head("GET", "/v3/sql/carto_dw/job/megabyte"))
        else:
            writer.write(self._head("GET", "/v3/sql/carto_dw/query?q=SELECT%201"))
        await writer.drain()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kind: str) -> bool:
        """Makes one request; whether the connection can be used again."""
        await self._send(writer, kind)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if status != (201 if kind == UPLOAD else 200):
            body = await reader.read(300)
            self.errors[f"{kind}: {status} {body.decode(errors='replace')}"] += 1
            return False
        if kind == CANCELLED:
            await reader.readexactly(1 << 15)
            return False
        length = 0
        if b"\r\ncontent-length: " in head:
            length = int(head.split(b"\r\ncontent-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        else:
            while size := int((await reader.readline()).split(b";")[0], 16):
                await reader.readexactly(size + 2)
                length += size
            await reader.readline()
        if kind == MEGABYTE and length != 1 << 20:
            self.errors[f"{kind}: {length} bytes"] += 1
        return b"\r\nconnection: close" not in head

    async def _client(self, start: asyncio.Event, plan: list[str]) -> None:
        reader = writer = None
        await start.wait()
        for kind in plan:
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(self.host, self.port)
                usable = await asyncio.wait_for(self._one(reader, writer, kind), 60)
            except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.LimitOverrunError) as error:
                self.errors[f"{kind}: {error!r}"] += 1
                usable = False
            if not usable and writer is not None:
                writer.transport.abort()
                writer = None
            self._count(kind)
        if writer is not None:
            writer.close()

    def _count(self, kind: str) -> None:
        self.done[kind] += 1
        total = self.clients * self.requests
        finished = self.done.total()
        if finished * 10 // total != (finished - 1) * 10 // total:
            print(f"{finished * 10 // total}/10", flush=True)

    async def run(self) -> None:
        start = asyncio.Event()
        plans = [self.random.choices(_mixture, k=self.requests) for _ in range(self.clients)]
        clients = [asyncio.create_task(self._client(start, plan)) for plan in plans]
        start.set()
        await asyncio.gather(*clients)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    load = Load(options.host, options.port, options.clients, options.requests, options.seed)
    asyncio.run(load.run())
    json.dump({"done": load.done, "errors": load.errors}, sys.stdout)


if __name__ == "__main__":
    main()
