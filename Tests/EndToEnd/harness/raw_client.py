"""A client that sends exactly the bytes it is told to."""

from __future__ import annotations

import json
import socket

from .canaries import Canaries
from .messages import Answer, Reader, read_answer


class RawClient:
    """One connection to the proxy. Whatever comes back is searched for secrets."""

    def __init__(self, address: tuple[str, int], canaries: Canaries, timeout: float = 10) -> None:
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"{address[0]}:{address[1]}"
        self.reader = Reader(self.socket)
        self._canaries = canaries

    def send(self, data: bytes) -> RawClient:
        self.socket.sendall(data)
        return self

    def request(self, method: str, target: str, fields: dict[str, str] | None = None, body: bytes = b"",
                version: str = "1.1") -> RawClient:
        """Sends a request with a Host and, where it has a body, a length, unless the fields say otherwise."""
        fields = {"Host": self.host, **(fields or {})}
        if body and "Transfer-Encoding" not in fields:
            fields.setdefault("Content-Length", str(len(body)))
        head = f"{method} {target} HTTP/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return self.send(head.encode("latin-1") + b"\r\n" + body)

    def answer(self, method: str = "GET") -> Answer:
        answer = read_answer(self.reader, method)
        self._canaries.assert_absent(repr((answer.fields, answer.interim, answer.trailers)), "an answer's fields")
        self._canaries.assert_absent(answer.body, "an answer's body")
        return answer

    def error(self, method: str = "GET") -> dict:
        """The next answer, which has to be an error of the proxy's own making, as the record in its body."""
        answer = self.answer(method)
        return error_of(answer.status, dict((name.lower(), value) for name, value in answer.fields), answer.body)

    def is_closed(self) -> bool:
        """Whether the proxy closes the connection, without a further byte, within the time-out."""
        try:
            return self.reader.at_end()
        except ConnectionResetError:
            return True

    def finish_sending(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_) -> None:
        self.close()


def error_of(status: int, fields: dict[str, str], body: bytes) -> dict:
    """An error of the proxy's own making, after checking that it is in the shape all of them have."""
    error = json.loads(body)
    assert set(error) == {"error", "status", "source", "code", "hint", "request_id"}, error
    assert error["status"] == status
    assert error["source"] in ("client", "proxy", "auth", "upstream", "egress")
    assert error["error"] and error["hint"] and error["request_id"]
    assert fields["cartouche-error"] == error["code"]
    assert fields["cartouche-request-id"] == error["request_id"]
    assert fields["content-type"].startswith("application/json")
    assert fields["cache-control"] == "no-store"
    assert fields["x-content-type-options"] == "nosniff"
    return error
