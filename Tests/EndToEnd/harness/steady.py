"""Clients that ask at a steady rate, or all at the same moment. Run as a program of its own:

    python -m harness.steady HOST PORT --rate 200 --seconds 20
    python -m harness.steady HOST PORT --crowd 2000

Prints a JSON record: how many requests, the statuses, and each request that was not answered 200 with when it
began and ended, in seconds since 1970.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import resource
import sys
import time

TARGET = "/v3/sql/carto_dw/query?q=SELECT%201"


class Steady:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.request = f"GET {TARGET} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        self.statuses: collections.Counter[str] = collections.Counter()
        self.failures: list[dict] = []
        self.slowest = 0.0
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self) -> None:
        began = time.time()
        code = ""
        try:
            connection = self._idle.pop() if self._idle else await asyncio.open_connection(self.host, self.port)
            reader, writer = connection
            writer.write(self.request)
            status, code = await asyncio.wait_for(self._answer(reader), 60)
            self._idle.append(connection)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            status = repr(error)
        ended = time.time()
        self.statuses[status] += 1
        self.slowest = max(self.slowest, ended - began)
        if status != "200":
            self.failures.append({"began": began, "ended": ended, "status": status, "code": code})

    @staticmethod
    async def _answer(reader: asyncio.StreamReader) -> tuple[str, str]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(fields["content-length"]))
        return head[9:12], fields.get("cartouche-error", "")

    async def steadily(self, rate: float, seconds: float) -> None:
        start = time.monotonic()
        asking = set()
        number = 0
        while (due := start + number / rate) < start + seconds:
            await asyncio.sleep(max(0, due - time.monotonic()))
            task = asyncio.create_task(self.ask())
            asking.add(task)
            task.add_done_callback(asking.discard)
            number += 1
        await asyncio.gather(*asking)

    async def all_at_once(self, count: int) -> None:
        # The system's queue of connections not yet accepted is finite; the requests wait for the token anyway.
        room = asyncio.Semaphore(200)

        async def connect() -> None:
            async with room:
                self._idle.append(await asyncio.open_connection(self.host, self.port))

        await asyncio.gather(*(connect() for _ in range(count)))
        asking = [asyncio.create_task(self.ask()) for _ in range(count)]
        # Each has written its request once it has had its first turn.
        await asyncio.sleep(0)
        print("asked", flush=True)
        await asyncio.gather(*asking)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--crowd", type=int)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    steady = Steady(options.host, options.port)
    asyncio.run(steady.all_at_once(options.crowd) if options.crowd else steady.steadily(options.rate, options.seconds))
    json.dump({"statuses": steady.statuses, "failures": steady.failures, "slowest": steady.slowest}, sys.stdout)


if __name__ == "__main__":
    main()
