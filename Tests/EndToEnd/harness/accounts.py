"""Another user of the machine."""

from __future__ import annotations

import os
import subprocess

import pytest

# `nobody` is on every machine, and never the user the tests run as.
NOBODY = 65534


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")


def run_as(user: int, *command: str) -> subprocess.CompletedProcess:
    """Runs a program that every user may run."""
    return subprocess.run(
        ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command],
        capture_output=True, timeout=30, check=False, cwd="/", env={"PATH": os.environ["PATH"]},
    )


def curl_as(user: int, url: str, *arguments: str) -> subprocess.CompletedProcess:
    """What that user's curl gets: the answer with its head."""
    return run_as(user, "/usr/bin/curl", "-sS", "-i", "--max-time", "20", *arguments, url)
