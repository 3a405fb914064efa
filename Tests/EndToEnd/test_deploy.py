"""deploy/run, the first thing anyone does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "deploy" / "run"


@pytest.mark.measured  # it builds without a sanitizer
@pytest.mark.timeout(600)
def test_deploy_run_runs_the_program(tmp_path):
    """From any folder; quiet, so that its output is the program's; the arguments reach it."""
    done = subprocess.run(["bash", str(RUN), "--version"], cwd=tmp_path, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
