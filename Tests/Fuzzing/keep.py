"""Writes down a minimised corpus, an input in base64 on each line: keep.py MERGED FILE.

The smallest inputs first, as many as fit: what is kept is replayed by every run of the tests.
"""

import base64
import sys
from pathlib import Path

# For each target.
LINES = 150
BYTES = 24_000


def main() -> None:
    merged, kept = map(Path, sys.argv[1:])
    lines = []
    size = 0
    for file in sorted(merged.iterdir(), key=lambda file: (file.stat().st_size, file.name))[:LINES]:
        content = file.read_bytes()
        size += len(content)
        if size > BYTES:
            break
        lines.append(base64.b64encode(content).decode() + "\n")
    kept.write_text("".join(lines))


main()
