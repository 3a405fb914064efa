"""A wire between client and proxy that writes down what the client sent: how often it connected, and its request heads."""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass, field

_request = re.compile(rb"([A-Z]{3,8}) (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)*)\r\n")


@dataclass
class SeenRequest:
    method: str
    target: str
    fields: dict[str, str]


@dataclass
class SeenConnection:
    sent: bytearray = field(default_factory=bytearray)

    @property
    def requests(self) -> list[SeenRequest]:
        return [
            SeenRequest(method.decode(), target.decode(), {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in fields.decode("latin-1").splitlines())
            })
            for method, target, fields in _request.findall(bytes(self.sent))
        ]


class Relay:
    """Passes bytes on to the proxy and back; the proxy sees its port in `Host`, as behind any forwarded port."""

    def __init__(self, proxy: tuple[str, int]) -> None:
        self._proxy = proxy
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.base = f"http://localhost:{self._listener.getsockname()[1]}"
        self.connections: list[SeenConnection] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def requests(self) -> list[SeenRequest]:
        return [request for connection in list(self.connections) for request in connection.requests]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            connection = SeenConnection()
            self.connections.append(connection)
            proxy = socket.create_connection(self._proxy)
            threading.Thread(target=self._pass, args=(client, proxy, connection.sent), daemon=True).start()
            threading.Thread(target=self._pass, args=(proxy, client, None), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket, record: bytearray | None) -> None:
        try:
            while piece := source.recv(1 << 16):
                if record is not None:
                    record += piece
                sink.sendall(piece)
        except OSError:
            pass
        for end, how in ((source, socket.SHUT_RD), (sink, socket.SHUT_WR)):
            try:
                end.shutdown(how)
            except OSError:
                pass

    def stop(self) -> None:
        self._listener.close()
