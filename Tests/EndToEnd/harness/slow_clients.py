"""Clients that take their time, many of them. Run as a program of its own:

    python -m harness.slow_clients HOST PORT --kind head --count 1000 --seconds 10

- `head`: drip a request's head, a field every second, and never end it.
- `body`: announce a body and drip it, a byte every second.
- `read`: ask for a megabyte and take a little of it every second, into a tiny buffer.

Prints `open` when all of them have been connected once. One that is turned away comes again a while later; the last
line has how often one was.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import time

# More than a slow client would be another kind of attack: a flood.
PAUSE = 4  # in seconds
RATE = 200  # new ones in a second

_heads = {
    "head": "GET /v3/sql/carto_dw/query?q=SELECT%201 HTTP/1.1\r\nHost: localhost:{port}\r\n",
    "body": "POST /v3/imports HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 100000\r\n\r\n",
    "read": "GET /v3/sql/carto_dw/job/megabyte HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
}


class Slow:
    def __init__(self, host: str, port: int, kind: str) -> None:
        self.address, self.kind = (host, port), kind
        self.head = _heads[kind].format(port=port).encode()
        self.open: list[socket.socket] = []
        self.away: list[float] = []  # when those who were turned away come again
        self.turned_away = 0

    def connect(self) -> None:
        client = socket.socket()
        if self.kind == "read":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(10)
        try:
            client.connect(self.address)
            client.sendall(self.head)
        except OSError:
            client.close()
            self.away.append(time.monotonic() + PAUSE)
            return
        client.setblocking(False)
        self.open.append(client)

    def drip(self, client: socket.socket) -> bool:
        """Whether it is still there."""
        try:
            if self.kind != "read":
                client.send(b"X-Drip: 1\r\n" if self.kind == "head" else b"x")
            # Readers take little; the others are told something only when they are turned away.
            got = client.recv(64)
            return self.kind == "read" and bool(got)
        except BlockingIOError:
            return True
        except OSError:
            return False

    def run(self, count: int, seconds: float) -> None:
        for _ in range(count):
            self.connect()
            time.sleep(1 / RATE)
        print("open", flush=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # Spread over a second, so that they are no burst.
            for number, client in enumerate(list(self.open)):
                if not self.drip(client):
                    client.close()
                    self.open.remove(client)
                    self.away.append(time.monotonic() + PAUSE)
                    self.turned_away += 1
                if number % 50 == 49:
                    self.come_again()
                    time.sleep(50 / count)
            self.come_again()
            time.sleep(0.01)
        print(self.turned_away)

    def come_again(self) -> None:
        while self.away and self.away[0] <= time.monotonic():
            self.away.pop(0)
            self.connect()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--kind", choices=sorted(_heads), required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # What is measured is the program under attack, not how attackers and clients share the processors.
    os.nice(10)
    Slow(options.host, options.port, options.kind).run(options.count, options.seconds)


if __name__ == "__main__":
    main()
