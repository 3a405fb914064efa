"""An HTTPS origin that writes down all it receives and misbehaves as a test tells it to."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .certificates import Identity
from .messages import Fields, Malformed, Reader, values
from .waiting import eventually


@dataclass
class Connection:
    """One accepted connection, seen from the origin."""

    socket: socket.socket | ssl.SSLSocket
    reader: Reader | None = None
    requests: int = 0
    handshake_error: str | None = None
    resumed: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    thread: int = 0  # that serves it

    @property
    def bytes_received(self) -> int:
        """How many bytes of HTTP came, handshake not counted."""
        return self.reader.count if self.reader else 0

    def reset(self) -> None:
        """Ends it at once, with what TCP calls a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        """Ends it without TLS's farewell, also where another thread is reading from it."""
        try:
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)
        except OSError:
            pass
        # Only by the thread that uses it: else that could go on with the next connection that gets the number.
        if self.thread == threading.get_ident():
            self.socket.close()

    def bytes_below_tls(self, timeout: float) -> bytes:
        """What comes next on the wire, ciphertext or not; nothing at its end, whether that is a reset or not."""
        self.socket.settimeout(timeout)
        try:
            return socket.socket.recv(self.socket, 1 << 16)
        except ConnectionResetError:
            return b""


@dataclass
class Exchange:
    """One request as it arrived, and the means to answer it."""

    method: str
    target: str
    version: str
    fields: Fields
    connection: Connection
    trailers: Fields = field(default_factory=list)
    body: bytes = b""  # its first 64 KiB
    body_length: int = 0
    body_digest: str = ""
    body_complete: bool = False

    def values(self, name: str) -> list[str]:
        return values(self.fields, name)

    def value(self, name: str) -> str | None:
        found = self.values(name)
        assert len(found) <= 1, f"{name} stands there {len(found)} times"
        return found[0] if found else None

    @property
    def names(self) -> list[str]:
        return [name.lower() for name, _ in self.fields]

    def read_body(self) -> None:
        """Reads the request's body to its end, if it has not been."""
        if self.body_complete:
            return
        reader = self.connection.reader
        if (self.value("expect") or "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.value("transfer-encoding"):
            if self.values("content-length") or self.value("transfer-encoding") != "chunked":
                raise Malformed(f"framing {self.fields}")
            pieces: Iterable[bytes] = reader.chunks(self.trailers)
        else:
            pieces = reader.pieces(int(self.value("content-length") or 0))
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            self.body_length += len(piece)
            if len(self.body) < 1 << 16:
                self.body += piece[: (1 << 16) - len(self.body)]
        self.body_digest = digest.hexdigest()
        self.body_complete = True

    def send(self, data: bytes) -> None:
        self.connection.socket.sendall(data)

    def answer(self, status: int = 200, fields: dict[str, str] | None = None, body: bytes = b"") -> None:
        """A whole answer with a length."""
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(fields or {})}
        head = f"HTTP/1.1 {status} Said So\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(head.encode() + b"\r\n" + body)

    def answer_with_echo(self) -> None:
        """What came, as JSON; without the credential, which no client may see."""
        self.read_body()
        echo = {"method": self.method, "target": self.target, "body_length": self.body_length,
                "body_digest": self.body_digest, "trailers": self.trailers}
        self.answer(body=b"" if self.method == "HEAD" else json.dumps(echo).encode())


class RecordingUpstream:
    """Serves TLS on a port of its own, a thread per connection. `respond` is the behaviour; a test may set another.

    `exchanges` are the requests whose head arrived, `connections` all connections, `faults` whatever
    no correct client would have sent.
    """

    def __init__(self, identity: Identity | None, context: ssl.SSLContext | None = None, greeting: bytes = b"",
                 listener: socket.socket | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.connections: list[Connection] = []
        self.faults: list[str] = []
        self.respond: Callable[[Exchange], None] = Exchange.answer_with_echo
        self._greeting = greeting
        self._context = context or (identity.server_context() if identity else None)
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}" if self._context else f"http://localhost:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(60)
            connection = Connection(plain)
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        connection.thread = threading.get_ident()
        try:
            if self._context:
                # In two steps, so that another thread can end a connection whose handshake hangs.
                connection.socket = self._context.wrap_socket(
                    connection.socket, server_side=True, do_handshake_on_connect=False)
                connection.socket.do_handshake()
                connection.resumed = connection.socket.session_reused
            connection.reader = Reader(connection.socket)
            connection.socket.sendall(self._greeting)
            while self._serve_one(connection):
                pass
        except OSError as error:
            if connection.reader is None:
                connection.handshake_error = str(error)
        except EOFError:
            pass
        except Malformed as fault:
            self.faults.append(str(fault))
        finally:
            connection.close()
            connection.ended.set()

    def _serve_one(self, connection: Connection) -> bool:
        """Serves one request; whether another may follow."""
        line = connection.reader.line()
        match = re.fullmatch(rb"([A-Z]+) (/[\x21-\x7e]*|\*) HTTP/(1\.1)", line)
        if not match:
            raise Malformed(f"a request line {line!r}")
        method, target, version = (part.decode() for part in match.groups())
        exchange = Exchange(method, target, version, connection.reader.fields(), connection)
        connection.requests += 1
        self.exchanges.append(exchange)
        if len(exchange.values("host")) != 1:
            raise Malformed(f"{len(exchange.values('host'))} Host fields")
        self.respond(exchange)
        if connection.socket.fileno() < 0:
            return False
        exchange.read_body()
        return "close" not in (exchange.value("connection") or "")

    def next_exchange(self, index: int = 0) -> Exchange:
        """The request of that number, waited for."""
        eventually(lambda: len(self.exchanges) > index, f"request {index} reaches the upstream")
        return self.exchanges[index]

    def the_exchange(self) -> Exchange:
        """The only request there has been."""
        exchange = self.next_exchange()
        assert len(self.exchanges) == 1, [f"{each.method} {each.target}" for each in self.exchanges]
        return exchange

    def stop(self) -> None:
        self._listener.close()
        for connection in self.connections:
            connection.close()
