"""A hop before an origin that knows what became of each request it was given. Run as a program of its own:

    python -m harness.witness ORIGIN_PORT CERTIFICATE KEY

It ends the proxy's TLS and passes plain bytes to the origin. Prints its port; at the end of its standard input, a JSON
record of each request that got no whole answer because the origin's connection ended, and of what was asked again:

    {"17": [{"first": false, "answered": false, "whole": false}, {"first": true, "answered": true, "whole": true}]}

Requests are held up for a moment at random, as on the way to another continent, so that there is always one under way.

`first`: whether it was the first on its connection; `answered`: whether a byte of an answer was passed on; `whole`:
whether all of it was. The number is that of the request's target: `…&n=17`. Requests that the proxy left are not
among them.
"""

from __future__ import annotations

import json
import random
import re
import select
import socket
import ssl
import sys
import threading
import time
from dataclasses import asdict, dataclass

LATENCY = 0.1  # in seconds, at most

_number = re.compile(rb"[?&]n=(\d+)")
_length = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_chunked = re.compile(rb"\r\ntransfer-encoding: chunked\r\n", re.IGNORECASE)


class Framing:
    """Follows the messages of one direction, which are well-formed: says where each begins and ends."""

    def __init__(self) -> None:
        self._rest = b""
        self._left = 0  # of a body or a chunk
        self._state = "head"

    def feed(self, data: bytes):
        """The heads in these bytes, and None for each end of a message."""
        data, self._rest = self._rest + data, b""
        while True:
            if self._state == "body":
                taken = min(self._left, len(data))
                self._left -= taken
                data = data[taken:]
                if self._left:
                    return
                self._state = self._behind
                if self._state == "head":
                    yield None
                continue
            mark = b"\r\n\r\n" if self._state == "head" else b"\r\n"
            end = data.find(mark)
            if end < 0:
                self._rest = data
                return
            part, data = data[: end + len(mark)], data[end + len(mark) :]
            if self._state == "head":
                yield part
                if _chunked.search(part):
                    self._state = "size"
                elif length := int((_length.search(part) or [0, 0])[1]):
                    self._left, self._state, self._behind = length, "body", "head"
                else:
                    yield None
            elif self._state == "size":
                size = int(part, 16)
                self._left, self._state, self._behind = (size + 2, "body", "size") if size else (0, "trailers", "")
            elif part == mark:  # the end of the trailers
                self._state = "head"
                yield None


@dataclass
class Attempt:
    first: bool
    answered: bool = False
    whole: bool = False


class Witness:
    def __init__(self, origin: int, certificate: str, key: str) -> None:
        self._origin = origin
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._attempts: dict[str, list[Attempt]] = {}
        threading.Thread(target=self._accept, daemon=True).start()

    def record(self) -> dict[str, list[dict]]:
        with self._lock:
            return {number: [asdict(attempt) for attempt in attempts] for number, attempts in self._attempts.items()
                    if len(attempts) > 1 or not attempts[0].whole}

    def _accept(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            plain.settimeout(60)
            with self._context.wrap_socket(plain, server_side=True) as front:
                _Pair(self, front).run()
        except OSError:
            plain.close()

    def began(self, number: str, attempt: Attempt) -> None:
        with self._lock:
            self._attempts.setdefault(number, []).append(attempt)

    def ended(self, number: str, attempt: Attempt) -> None:
        """Forgets what went well at the first go, or what the proxy has left."""
        with self._lock:
            attempts = self._attempts[number]
            if len(attempts) == 1 or not attempt.whole:
                attempts.remove(attempt)
            if not attempts:
                del self._attempts[number]

    @property
    def origin(self) -> tuple[str, int]:
        return ("127.0.0.1", self._origin)


class _Pair:
    """One connection of the proxy, and that to the origin which it is given with its first request."""

    def __init__(self, witness: Witness, front: ssl.SSLSocket) -> None:
        self._witness = witness
        self._front = front
        self._back: socket.socket | None = None
        self._requests, self._answers = Framing(), Framing()
        self._current: tuple[str, Attempt] | None = None
        self._count = 0

    def run(self) -> None:
        try:
            while True:
                ends = [self._front] + ([self._back] if self._back else [])
                ready = [self._front] if self._front.pending() else select.select(ends, [], [], 120)[0]
                if self._back in ready and not self._pass_answer():
                    return self._origin_died()
                if self._front in ready:
                    data = self._received()
                    if not data:
                        return self._proxy_left()
                    if not self._pass_request(data):
                        return self._origin_died()
        except OSError:
            self._proxy_left()
        finally:
            if self._back:
                self._back.close()

    def _received(self) -> bytes:
        try:
            return self._front.recv(1 << 16)
        except (OSError, ssl.SSLError):
            return b""

    def _note(self, data: bytes) -> None:
        for head in self._requests.feed(data):
            if head and (match := _number.search(head.split(b"\r\n", 1)[0])):
                self._count += 1
                self._current = (match[1].decode(), Attempt(first=self._count == 1))
                self._witness.began(*self._current)

    def _pass_request(self, data: bytes) -> bool:
        self._note(data)
        time.sleep(random.uniform(0, LATENCY))
        try:
            if self._back is None:
                self._back = socket.create_connection(self._witness.origin, 60)
            self._back.sendall(data)
            return True
        except OSError:
            # It may have answered; but whoever is killed does not answer early.
            return False

    def _pass_answer(self) -> bool:
        try:
            data = self._back.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            return False
        if self._current:
            self._current[1].answered = True
        self._front.sendall(data)
        for head in self._answers.feed(data):
            if head is None and self._current:
                self._current[1].whole = True
                self._witness.ended(*self._current)
                self._current = None
        return True

    def _proxy_left(self) -> None:
        if self._current:
            self._witness.ended(*self._current)

    def _origin_died(self) -> None:
        """Ends the connection as the origin did, but hears first what was on its way."""
        self._front.settimeout(5)
        try:
            # Below TLS: no farewell, for there was none.
            socket.socket.shutdown(self._front, socket.SHUT_WR)
            while data := self._received():
                self._note(data)
        except OSError:
            pass


def main() -> None:
    witness = Witness(int(sys.argv[1]), sys.argv[2], sys.argv[3])
    print(witness.port, flush=True)
    sys.stdin.read()
    json.dump(witness.record(), sys.stdout)


if __name__ == "__main__":
    main()
