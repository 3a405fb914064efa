"""HTTP proxies through which a network is left: one that writes down what it is asked, and tinyproxy."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from .nginx import free_port
from .waiting import eventually


@dataclass
class Ask:
    """A request for a tunnel, and what went through it."""

    line: str
    fields: dict[str, str]
    sent: int = 0


class RecordingProxy:
    """Opens tunnels to `hosts`, by name and without looking at ports, which lead to ports of this machine.

    `answer`, when set, is given the ask and is all that is said; with None it hangs.
    """

    def __init__(self, hosts: dict[str, int]) -> None:
        self.hosts = hosts
        self.asks: list[Ask] = []
        self.answer: bytes | None = b""
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def targets(self) -> set[str]:
        return {ask.line for ask in self.asks}

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                # A byte at a time: nothing behind the head may come before it was answered.
                byte = client.recv(1)
                if not byte:
                    return
                head += byte
            line, *fields = head.decode("latin-1").split("\r\n")[:-2]
            ask = Ask(line, {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)})
            self.asks.append(ask)
            if self.answer is None:
                return
            if self.answer:
                client.sendall(self.answer)
                client.shutdown(socket.SHUT_WR)
                client.recv(1 << 16)
                client.close()
                return
            host = re.fullmatch(r"CONNECT ([a-z.]+):\d+ HTTP/1\.1", line)[1]
            server = socket.create_connection(("127.0.0.1", self.hosts[host]))
            self._open.append(server)
            client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 recording\r\n\r\n")
            threading.Thread(target=self._pass, args=(server, client, None), daemon=True).start()
            self._pass(client, server, ask)
        except OSError:
            client.close()

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket, ask: Ask | None) -> None:
        try:
            while piece := source.recv(1 << 16):
                if ask:
                    ask.sent += len(piece)
                sink.sendall(piece)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def stop(self) -> None:
        self._listener.close()
        for each in self._open:
            each.close()


class Tinyproxy:
    """Debian's tinyproxy, which asks for a user name and password."""

    def __init__(self, directory: Path, environment: dict[str, str], user: str, password: str, *lines: str) -> None:
        directory.mkdir(exist_ok=True)
        self.port = free_port()
        self._log = directory / "log"
        configuration = directory / "tinyproxy.conf"
        configuration.write_text("\n".join([
            f"Port {self.port}", "Listen 127.0.0.1", "Timeout 60", f'LogFile "{self._log}"', "LogLevel Connect",
            "MaxClients 100", "Allow 127.0.0.1", f"BasicAuth {user} {password}", *lines, ""]))
        self._process = subprocess.Popen(["tinyproxy", "-d", "-c", configuration], env=environment,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self._answers, "tinyproxy answers")

    def _answers(self) -> bool:
        assert self._process.poll() is None, "tinyproxy has ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
