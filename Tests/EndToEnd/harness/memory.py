"""How much memory the program takes while something goes on, and what is in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from .cartouche import Cartouche

MiB = 1 << 20


class ResidentMemory:
    """Samples the resident memory of a proxy within a `with` block; `growth` is its peak above the beginning."""

    def __init__(self, proxy: Cartouche) -> None:
        self._proxy = proxy
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.first = self.peak = proxy.resident

    def _sample(self) -> None:
        while not self._done.wait(0.02):
            try:
                self.peak = max(self.peak, self._proxy.resident)
            except FileNotFoundError:
                return

    def __enter__(self) -> ResidentMemory:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._done.set()
        self._thread.join()
        self.peak = max(self.peak, self._proxy.resident)

    @property
    def growth(self) -> int:
        return self.peak - self.first


class Memory:
    """All that a proxy has in memory that it could have written there; only root may look."""

    def __init__(self, proxy: Cartouche) -> None:
        self._pid = proxy.pid

    def holds(self, text: str) -> int:
        """How many times it is there."""
        return sum(region.count(text.encode()) for region in self._regions())

    def _regions(self) -> Iterator[bytes]:
        places = []
        for line in Path(f"/proc/{self._pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            if rights.startswith("rw"):
                places.append([int(end, 16) for end in place.split("-")])
        with open(f"/proc/{self._pid}/mem", "rb", buffering=0) as memory:
            for first, end in places:
                try:
                    memory.seek(first)
                    yield memory.read(end - first)
                except (OSError, OverflowError):  # given back meanwhile, or the kernel's own
                    continue
