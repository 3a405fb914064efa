"""Headless Chromium, driven by its DevTools protocol over a pair of pipes."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .cartouche import PATIENCE


class Page:
    """One tab, loaded."""

    def __init__(self, browser: Browser, url: str, context: str) -> None:
        self._browser = browser
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")
        self._call("Runtime.enable")
        self.navigate(url)

    def _call(self, method: str, **parameters) -> dict[str, Any]:
        return self._browser.call(method, session=self._session, **parameters)

    def navigate(self, url: str) -> None:
        """Loads another document and waits for it; an answer that is an error is a document too."""
        self._browser.forget_events(self._session)
        self._call("Page.navigate", url=url)
        self._browser.wait_for("Page.loadEventFired", self._session)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, a promise's when it is settled."""
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def screenshot(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))


class Browser:
    """`names` are hosts that lead to this machine; no other name leads anywhere."""

    def __init__(self, profile: Path, names: Sequence[str] = (), secure_origins: Sequence[str] = ()) -> None:
        program = shutil.which("chromium")
        assert program, "chromium is missing: deploy/test installs it"
        rules = [f"MAP {name} 127.0.0.1" for name in names] + ["MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1"]
        flags = [
            "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-proxy-server",
            "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-extensions", "--window-size=800,500",
            "--disable-popup-blocking", f"--host-resolver-rules={', '.join(rules)}",
            f"--unsafely-treat-insecure-origin-as-secure={','.join(secure_origins)}",
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        their_input, self._output = os.pipe()
        self._input, their_output = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4.
        command = f'exec "$@" 3<&{their_input} 4>&{their_output} {their_input}<&- {their_output}>&-'
        self._process = subprocess.Popen(
            ["bash", "-c", command, "bash", program, *flags, "about:blank"], pass_fds=(their_input, their_output),
            env={"HOME": str(profile), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=(profile / "stderr").open("wb"))
        os.close(their_input)
        os.close(their_output)
        self._received = bytearray()
        self._events: list[dict[str, Any]] = []
        self._number = 0
        self._deadline = 0.0

    def page(self, url: str) -> Page:
        """A tab of its own, sharing nothing with the others: neither cache nor workers."""
        return Page(self, url, self.call("Target.createBrowserContext")["browserContextId"])

    def call(self, method: str, session: str | None = None, **parameters) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._output, json.dumps(message).encode() + b"\0")
        self._deadline = time.monotonic() + 20 * PATIENCE
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            if "method" in answer:
                self._events.append(answer)

    def forget_events(self, session: str) -> None:
        self._events = [event for event in self._events if event.get("sessionId") != session]

    def wait_for(self, method: str, session: str) -> None:
        self._deadline = time.monotonic() + 20 * PATIENCE
        while not any((event["method"], event.get("sessionId")) == (method, session) for event in self._events):
            event = self._next()
            if "method" in event:
                self._events.append(event)

    def _next(self) -> dict[str, Any]:
        while (end := self._received.find(0)) < 0:
            left = self._deadline - time.monotonic()
            assert left > 0 and select.select([self._input], [], [], left)[0], "the browser does not answer"
            piece = os.read(self._input, 1 << 20)
            assert piece, "the browser has ended"
            self._received += piece
        message = json.loads(self._received[:end])
        del self._received[: end + 1]
        return message

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._input)
        os.close(self._output)
