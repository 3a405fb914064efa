"""HTTP/1.1 messages read strictly from a socket: what both ends of the tests share."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field

Fields = list[tuple[str, str]]

_line = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*?)[ \t]*")


class Malformed(Exception):
    """The bytes are not the message they should be."""


def values(fields: Fields, name: str) -> list[str]:
    return [value for key, value in fields if key.lower() == name.lower()]


class Reader:
    """Buffered reading from a socket; `count` is how many bytes have come so far."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self.count = 0

    def _fill(self) -> bool:
        data = self._connection.recv(1 << 18)
        self.count += len(data)
        self._buffer += data
        return bool(data)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def line(self) -> bytes:
        """One line without its CRLF. EOFError at the end."""
        while (end := self._buffer.find(b"\r\n")) < 0:
            if not self._fill():
                raise EOFError
        line = self._take(end + 2)[:-2]
        if b"\r" in line or b"\n" in line:
            raise Malformed(f"a bare CR or LF in {line!r}")
        return line

    def some(self, limit: int) -> bytes:
        """Up to `limit` bytes, at least one. EOFError at the end."""
        if not self._buffer and not self._fill():
            raise EOFError
        return self._take(limit)

    def at_end(self) -> bool:
        return not self._buffer and not self._fill()

    def fields(self) -> Fields:
        fields: Fields = []
        while line := self.line():
            match = _line.fullmatch(line)
            if not match:
                raise Malformed(f"a field line {line!r}")
            fields.append((match[1].decode(), match[2].decode("latin-1")))
        return fields

    def pieces(self, count: int):
        """The next `count` bytes, as they come."""
        while count:
            piece = self.some(min(count, 1 << 18))
            count -= len(piece)
            yield piece

    def chunks(self, trailers: Fields):
        """The data of a chunked body, as it comes; its trailer fields are added to `trailers`."""
        while True:
            line = self.line()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", line):
                raise Malformed(f"a chunk size {line!r}")
            size = int(line, 16)
            if size == 0:
                trailers += self.fields()
                return
            yield from self.pieces(size)
            if self.line():
                raise Malformed("chunk data longer than its size")

    def until_end(self):
        while not self.at_end():
            yield self.some(1 << 18)


@dataclass
class Answer:
    """A whole answer, with the interim (1xx) ones that came before it."""

    status: int
    version: str
    fields: Fields
    body: bytes = b""
    trailers: Fields = field(default_factory=list)
    interim: list[tuple[int, Fields]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return values(self.fields, name)

    def value(self, name: str) -> str | None:
        found = self.values(name)
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0] if found else None


def read_head(reader: Reader) -> Answer:
    status_line = reader.line()
    match = re.fullmatch(rb"HTTP/(1\.[01]) ([1-5][0-9][0-9]) ([^\r\n]*)", status_line)
    if not match:
        raise Malformed(f"a status line {status_line!r}")
    return Answer(int(match[2]), match[1].decode(), reader.fields())


def read_answer(reader: Reader, method: str = "GET") -> Answer:
    """The next final answer, its body delimited as RFC 9112 §6.3 says."""
    interim = []
    while (answer := read_head(reader)).status < 200 and answer.status != 101:
        interim.append((answer.status, answer.fields))
    answer.interim = interim
    answer.body = b"".join(body_pieces(reader, answer, method))
    return answer


def body_pieces(reader: Reader, answer: Answer, method: str = "GET"):
    lengths = answer.values("content-length")
    codings = [coding.lower() for coding in answer.values("transfer-encoding")]
    if lengths and codings:
        raise Malformed("both a length and a transfer coding")
    if method == "HEAD" or answer.status in (204, 304) or answer.status < 200:
        return
    if codings:
        if codings != ["chunked"]:
            raise Malformed(f"transfer codings {codings}")
        yield from reader.chunks(answer.trailers)
    elif lengths:
        if len(lengths) > 1 or not lengths[0].isdigit():
            raise Malformed(f"content lengths {lengths}")
        yield from reader.pieces(int(lengths[0]))
    else:
        yield from reader.until_end()
