"""Another host, as far as the kernel is concerned: a network namespace at the other end of a cable."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

_clone_newnet = 0x40000000


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class FarHost:
    """Exists within a `with` block. Where its network is unreachable, nothing is routed elsewhere."""

    def __init__(self) -> None:
        number = os.getpid() % 16000
        self._name, self._near, self._far = f"ct-{number}", f"ctn{number}", f"ctf{number}"
        base = f"198.18.{number // 64}.{number % 64 * 4}"  # RFC 2544: for tests between devices
        prefix, last = base.rsplit(".", 1)
        self._network = f"{base}/30"
        self._here, self.address = (f"{prefix}.{int(last) + offset}" for offset in (1, 2))

    @staticmethod
    def is_possible() -> bool:
        if os.geteuid() != 0 or not shutil.which("ip"):
            return False
        try:
            with FarHost():
                return True
        except subprocess.CalledProcessError:
            return False

    def __enter__(self) -> FarHost:
        try:
            _ip("netns", "add", self._name)
            _ip("route", "add", "unreachable", self._network, "metric", "4000")
            self._connect()
        except subprocess.CalledProcessError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for undo in (["link", "del", self._near], ["route", "del", "unreachable", self._network, "metric", "4000"],
                     ["netns", "del", self._name]):
            subprocess.run(["ip", *undo], capture_output=True)

    def _connect(self) -> None:
        _ip("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self._name)
        _ip("address", "add", f"{self._here}/30", "dev", self._near)
        _ip("-n", self._name, "address", "add", f"{self.address}/30", "dev", self._far)
        _ip("link", "set", self._near, "up")
        _ip("-n", self._name, "link", "set", self._far, "up")

    def listen(self) -> socket.socket:
        """A listening socket over there, on all its addresses."""
        sockets: list[socket.socket] = []

        def open_there() -> None:
            with Path(f"/run/netns/{self._name}").open() as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _clone_newnet) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            sockets.append(socket.create_server(("", 0), backlog=1024))

        # A thread has a namespace of its own; this one ends there.
        thread = threading.Thread(target=open_there)
        thread.start()
        thread.join()
        return sockets[0]

    def is_reached(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((self.address, port)) == 0

    def unplug(self) -> None:
        """The cable is pulled over there; nobody is told."""
        _ip("-n", self._name, "link", "set", self._far, "down")

    def lose_answers(self) -> None:
        """What is sent arrives; what comes back does not."""
        _ip("-n", self._name, "route", "add", "blackhole", f"{self._here}/32")

    def vanish(self) -> None:
        """No cable, no address, no route."""
        _ip("link", "del", self._near)

    def mend(self) -> None:
        if not Path(f"/sys/class/net/{self._near}").exists():
            return self._connect()
        _ip("-n", self._name, "link", "set", self._far, "up")
        subprocess.run(["ip", "-n", self._name, "route", "del", "blackhole", f"{self._here}/32"], capture_output=True)
