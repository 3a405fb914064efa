"""Clients that ask at a steady rate, or all at the same moment. Run as a program of its own:

    python -m harness.steady HOST PORT --rate 200 --seconds 20
    python -m harness.steady HOST PORT --rate 200 --seconds 20 --new-every 2
    python -m harness.steady HOST PORT --parallel 300 --seconds 20
    python -m harness.steady HOST PORT --crowd 2000

Connections are kept and used again, except that with --new-every every so manyth request has a new one of its own.
A kept one that turns out to be closed before a byte of an answer came is no failure (RFC 9112, section 9.3.1): the
request goes again on a new one, and is counted.

Prints a JSON record: the statuses, how long it took (median, 99th percentile, most; in seconds), and each request that
was not answered 200 with when it began and ended, in seconds since 1970.
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
    def __init__(self, host: str, port: int, new_every: int = 0) -> None:
        self.host, self.port, self.new_every = host, port, new_every
        self.request = f"GET {TARGET} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        self.statuses: collections.Counter[str] = collections.Counter()
        self.failures: list[dict] = []
        self.times: list[float] = []
        self.again = 0
        self._count = 0
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self) -> None:
        began = time.time()
        code = ""
        self._count += 1
        is_new = bool(self.new_every) and self._count % self.new_every == 0
        try:
            status, code = await asyncio.wait_for(self._exchange(is_new), 60)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            status = repr(error)
        ended = time.time()
        self.statuses[status] += 1
        self.times.append(ended - began)
        if status != "200":
            self.failures.append({"began": began, "ended": ended, "status": status, "code": code})

    async def _exchange(self, is_new: bool) -> tuple[str, str]:
        while self._idle and not is_new:
            reader, writer = connection = self._idle.pop()
            try:
                writer.write(self.request)
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as error:
                writer.close()
                if error.partial:
                    raise
            except ConnectionError:
                writer.close()
            else:
                return await self._rest(head, connection, keep=True)
            self.again += 1
        reader, writer = connection = await asyncio.open_connection(self.host, self.port)
        writer.write(self.request)
        return await self._rest(await reader.readuntil(b"\r\n\r\n"), connection, keep=not is_new)

    async def _rest(self, head: bytes, connection, keep: bool) -> tuple[str, str]:
        reader, writer = connection
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        await reader.readexactly(int(fields["content-length"]))
        if keep and fields.get("connection") != "close":
            self._idle.append(connection)
        else:
            writer.close()
        return lines[0][9:12], fields.get("cartouche-error", "")

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

    async def greedily(self, parallel: int, seconds: float) -> None:
        """That many at any time, one after the other, as fast as it goes."""
        end = time.monotonic() + seconds

        async def go_on() -> None:
            while time.monotonic() < end:
                await self.ask()

        await asyncio.gather(*(go_on() for _ in range(parallel)))

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
    parser.add_argument("--new-every", type=int, default=0)
    parser.add_argument("--crowd", type=int)
    parser.add_argument("--parallel", type=int)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    steady = Steady(options.host, options.port, options.new_every)
    if options.crowd:
        asyncio.run(steady.all_at_once(options.crowd))
    elif options.parallel:
        asyncio.run(steady.greedily(options.parallel, options.seconds))
    else:
        asyncio.run(steady.steadily(options.rate, options.seconds))
    times = sorted(steady.times)
    json.dump({"statuses": steady.statuses, "failures": steady.failures, "again": steady.again, "slowest": times[-1],
               "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}, sys.stdout)


if __name__ == "__main__":
    main()
