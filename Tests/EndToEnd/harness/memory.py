"""How much memory the program takes while something goes on."""

from __future__ import annotations

import threading

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
