"""The keys of clients, made and changed by the commands a person would use."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .canaries import Canaries
from .cartouche import BINARY, PATIENCE, environment


class Keys:
    """A file of keys of its own."""

    def __init__(self, home: Path, canaries: Canaries) -> None:
        self.home = home
        self._canaries = canaries
        self.file = home / "keys" / "keys.json"

    @property
    def settings(self) -> dict[str, str]:
        return {"clients": "keys", "keys_file": str(self.file)}

    def command(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [BINARY, "keys", *arguments, "--keys-file", str(self.file)], env=environment(self.home, {}), cwd=self.home,
            capture_output=True, text=True, timeout=20 * PATIENCE)
        assert done.returncode == code, (arguments, done.returncode, done.stderr)
        return done

    def _made(self, *arguments: str) -> str:
        key = self.command(*arguments).stdout.strip()
        # From here on it must not be seen in any log or answer, nor by any upstream.
        self._canaries.remember(f"key {arguments[1]}", key)
        return key

    def add(self, name: str, *arguments: str) -> str:
        return self._made("add", name, *arguments)

    def rotate(self, name: str, *arguments: str) -> str:
        return self._made("rotate", name, *arguments)

    def revoke(self, *names: str) -> None:
        self.command("revoke", *names)

    def listed(self) -> dict[str, dict]:
        return {key["name"]: key for key in json.loads(self.command("list", "--json").stdout)}


def verify(home: Path, log: Path, *older: Path) -> tuple[int, dict]:
    """What `cartouche audit verify` says of a log that a proxy with that home has written."""
    done = subprocess.run(
        [BINARY, "audit", "verify", "--json", "--audit-log", str(log), *map(str, older)],
        env=environment(home, {}), cwd=home, capture_output=True, text=True, timeout=60 * PATIENCE)
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}
