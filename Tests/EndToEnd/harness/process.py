"""What the system says of a process, whoever started it; and who takes whose place."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from .cartouche import PATIENCE, Cartouche
from .waiting import eventually

_handed_over = re.compile(r"handed over to process (\d+)")


def lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident(process: int) -> int:
    """Its own resident memory, in bytes; not the pages of its code, which come and go."""
    return int(re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())[1]) * 1024


def descriptors(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


def threads(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/task"))


def upgrade(proxy: Cartouche, process: int, successors: list[int]) -> int:
    """Sends USR2 to that process; its successor, which is noted in `successors`."""
    had = len(_handed_over.findall(proxy.log))
    os.kill(process, signal.SIGUSR2)
    eventually(lambda: len(_handed_over.findall(proxy.log)) > had, "it hands over", 30 * PATIENCE)
    successors.append(int(_handed_over.findall(proxy.log)[-1]))
    return successors[-1]
