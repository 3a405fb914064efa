"""Host names of a test's own, for programs that look names up by the C library."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Names:
    """What names stand for, to whoever runs in `environment`; may be changed while they run."""

    HANGS = "hangs"
    UNKNOWN = "unknown"

    def __init__(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        library = directory / "names.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library,
                        Path(__file__).with_name("names.c"), "-ldl"], check=True)
        self._file = directory / "names"
        self._asked = directory / "asked"
        self._names: dict[str, str] = {}
        # The library reads and writes where a confined process does not.
        self.environment = {"LD_PRELOAD": str(library), "NAMES_FILE": str(self._file),
                            "NAMES_ASKED": str(self._asked), "CARTOUCHE_INSECURE_NO_CONFINEMENT": "on"}
        self.set({})

    def set(self, names: dict[str, str]) -> None:
        """Names to addresses with spaces between, or to `HANGS` or `UNKNOWN`; others stay as they are."""
        self._names |= names
        new = self._file.with_suffix(".new")
        new.write_text("".join(f"{name} {what}\n" for name, what in self._names.items()))
        new.rename(self._file)

    @property
    def asked(self) -> list[str]:
        """The names looked up so far, each as often as it was."""
        return self._asked.read_text().split() if self._asked.exists() else []
