"""README.md says which test shows what."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_every_test_that_is_named_exists():
    """And every row names one."""
    page = (TESTS / "EndToEnd" / "README.md").read_text()
    python = "\n".join(file.read_text() for file in (TESTS / "EndToEnd").glob("test_*.py"))
    swift = "\n".join(file.read_text() for file in TESTS.glob("*Tests/**/*.swift"))
    ours = set(re.findall(r"^ *(?:def|class) (\w+)", python, re.MULTILINE))
    theirs = set(re.findall(r"\bfunc (\w+)", swift))
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 31))
    for number, names in rows:
        assert re.findall(r"`\w+`", names), number
    for name in re.findall(r"`(\w+)`", "\n".join(names for _, names in rows) + page.split("All of it at once")[1]):
        assert name in (ours if name.lower().startswith("test") else theirs), name
