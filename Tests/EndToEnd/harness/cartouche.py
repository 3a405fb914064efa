"""Cartouche itself, run as a person would run it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from .canaries import Canaries
from .raw_client import RawClient
from .waiting import eventually

BINARY = os.environ.get("CARTOUCHE_BIN", "")
SANITIZER = os.environ.get("CARTOUCHE_SANITIZER", "")

# A sanitizer's program takes several times as long, and has its own idea of memory.
PATIENCE = 6 if SANITIZER else 1

_announcement = re.compile(r"listening on (https?://(\[[^\]]+\]|[^\s:]+):(\d+))")


def environment(home: Path, settings: dict[str, str]) -> dict[str, str]:
    """The whole environment of a run: nothing of the developer's own reaches it."""
    base = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }
    # No leak check at exit: Swift keeps pointers with bits of its own in them (enums, weak references), which the
    # check does not recognise, so it reports the same few things of start-up each time. Leaks show in the tests of load.
    base |= {
        "ASAN_OPTIONS": f"detect_leaks=0:suppressions={Path(__file__).parent / 'address-sanitizer.supp'}",
        "TSAN_OPTIONS": f"suppressions={Path(__file__).parent / 'thread-sanitizer.supp'}",
    }
    base |= {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    for name in ("config", "state", "run"):
        (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    # A key of the configuration, or, where it has a capital, a variable as it is.
    return base | {
        name if name != name.lower() else f"CARTOUCHE_{name.upper()}": value for name, value in settings.items()
    }


class Cartouche:
    """A running proxy. What it prints goes to files, to be searched for secrets when it has ended."""

    def __init__(self, directory: Path, canaries: Canaries, settings: dict[str, str],
                 arguments: tuple[str, ...] = ("--listen", "127.0.0.1:0"), standard_input: int | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._canaries = canaries
        self.standard_error = directory / "stderr"
        self.standard_output = directory / "stdout"
        self.arguments = [BINARY, *arguments]
        with self.standard_error.open("wb") as error, self.standard_output.open("wb") as output:
            self._process = subprocess.Popen(
                self.arguments, env=environment(directory, settings), cwd=directory,
                stdin=standard_input or subprocess.DEVNULL, stdout=output, stderr=error,
                # In a group of its own. Where one process of a group is stopped, and the group loses the last parent
                # outside it, the kernel hangs up all of them: a test that stops one could end the whole run.
                start_new_session=True,
            )
        self.pid = self._process.pid
        # Whether a test has waited for its end, and so knows how it ended.
        self.end_is_known = False

    # MARK: What it says

    @property
    def log(self) -> str:
        return self.standard_error.read_text(errors="replace")

    def logged(self, text: str, within: float = 10) -> str:
        """The first line of the log with that text in it, waited for."""
        def line():
            return next((line for line in self.log.splitlines() if text in line), None)
        return eventually(line, f"the log says '{text}'", within * PATIENCE)

    def listening(self, count: int = 1) -> Cartouche:
        """Waits until it has announced that many listeners."""
        def announced():
            code = self._process.poll()
            assert code is None, f"ended with {code}:\n{self.log}"
            return len(self.bases) >= count
        eventually(announced, f"it announces {count} listeners", 10 * PATIENCE)
        return self

    @property
    def bases(self) -> list[str]:
        """What it listens on, as URLs."""
        return [match[1] for match in _announcement.finditer(self.log)]

    @property
    def base(self) -> str:
        return self.bases[0]

    @property
    def address(self) -> tuple[str, int]:
        match = _announcement.search(self.log)
        return match[2].strip("[]"), int(match[3])

    def client(self, timeout: float = 10) -> RawClient:
        return RawClient(self.address, self._canaries, timeout * PATIENCE)

    # MARK: What it takes

    @property
    def resident(self) -> int:
        """Its own resident memory, in bytes; not the pages of its code, which come and go."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024

    @property
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def sockets(self) -> int:
        links = []
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                links.append(os.readlink(f"/proc/{self.pid}/fd/{name}"))
            except OSError:
                pass
        return sum(link.startswith("socket:") for link in links)

    @property
    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/task"))

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    # MARK: How it ends

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def exit_code(self, within: float = 10) -> int:
        """Waits for its end; searches what it printed."""
        try:
            code = self._process.wait(within * PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it has not ended within {within:g} s:\n{self.log[-4000:]}") from None
        self.end_is_known = True
        self._inspect()
        return code

    def stop(self) -> None:
        """Ends it as a service manager would; it has to have lived until now, and to end well."""
        assert self.is_running, f"it ended on its own with {self._process.returncode}:\n{self.log[-4000:]}"
        self.signal(signal.SIGTERM)
        try:
            code = self.exit_code()
        finally:
            self.kill()
        assert code == 0, f"exit code {code}:\n{self.log[-4000:]}"

    def kill(self) -> None:
        if self.is_running:
            self._process.kill()
            self._process.wait()

    def _inspect(self) -> None:
        for file in (self.standard_error, self.standard_output):
            self._canaries.assert_absent_from_file(file)
        assert "Sanitizer" not in self.log, self.log[-20_000:]


def run(directory: Path, canaries: Canaries, settings: dict[str, str], *arguments: str,
        within: float = 10) -> tuple[int, str, str]:
    """Runs Cartouche to its end: exit code, standard output, standard error."""
    program = Cartouche(directory, canaries, settings, arguments)
    try:
        code = program.exit_code(within)
    finally:
        program.kill()
    return code, program.standard_output.read_text(), program.log
