"""System calls of the program that fail on demand: a library of ours between it and the C library."""

from __future__ import annotations

import ctypes
import enum
import mmap
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_calls = ["recv", "send", "accept4", "connect", "socket", "epoll_ctl", "epoll_wait", "setsockopt", "openat", "fsync",
          "renameat", "write"]
FOREVER = 1 << 30


class Side(enum.IntEnum):
    ANY = 0
    DOWNSTREAM = 1
    UPSTREAM = 2


class _Rule(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int32) for name in ("side", "error", "limit", "left", "skip", "struck")]


class _Control(ctypes.Structure):
    _fields_ = [("port", ctypes.c_int32), ("rules", _Rule * len(_calls))]


class ForcedFaults:
    """`settings` go to the program's start; :meth:`force` holds while it runs."""

    def __init__(self, directory: Path) -> None:
        self._library = directory / "forced_faults.so"
        source = Path(__file__).with_suffix(".c")
        subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(self._library), str(source), "-ldl"],
                       check=True)
        file = directory / "forced_faults"
        file.write_bytes(b"\0" * ctypes.sizeof(_Control))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), ctypes.sizeof(_Control))
        self._control = _Control.from_buffer(self._memory)
        self.settings = {"LD_PRELOAD": str(self._library), "FORCED_FAULTS": str(file)}

    def listens_on(self, port: int) -> None:
        """By it the sides are told apart."""
        self._control.port = port

    @contextmanager
    def force(self, call: str, error: int = 0, *, limit: int = 0, side: Side = Side.ANY, times: int = FOREVER,
              after: int = 0) -> Iterator[_Rule]:
        """Within the block that call fails with that error, or moves no more than `limit` bytes.

        - `times`: how many calls, `after`: how many pass before the first.
        """
        rule = self._control.rules[_calls.index(call)]
        rule.side, rule.error, rule.limit, rule.skip, rule.struck = side, error, limit, after, 0
        rule.left = times  # last: from here on it holds
        try:
            yield rule
        finally:
            rule.left = 0
