"""What a program has taken: processor time and memory of a process and its children, from /proc."""

from __future__ import annotations

import os
import re
from pathlib import Path

_tick = os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def processor_seconds(pid: int) -> float:
    """User and system time. Of the process, not of its threads: those that have ended count as well."""
    total = 0
    for member in _family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _tick


def resident_kib(pid: int) -> int:
    total = 0
    for member in _family(pid):
        try:
            match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{member}/status").read_text())
        except OSError:
            continue
        total += int(match.group(1)) if match else 0
    return total
