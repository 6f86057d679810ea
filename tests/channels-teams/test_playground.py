"""Acceptance in a browser: the Agents Playground, driven by a headless Chromium, against the channel as it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
MISSING = [
    what
    for what, there in {
        "node": shutil.which("node"),
        f"a Chromium at {CHROMIUM}": Path(CHROMIUM).exists(),
        "node_modules (npm ci in tests/channels-teams)": (HERE / "node_modules").exists(),
    }.items()
    if not there
]


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")
def test_a_person_asks_approves_and_gives_feedback_in_the_playground() -> None:
    done = subprocess.run(["node", "drive.mjs"], cwd=HERE, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok  ") == 6
