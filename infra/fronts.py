"""Fronts: the code of functions that must start in milliseconds, as files of ours and nothing that is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "front"
FRONT_FILES = (
    "agents/__init__.py",
    "agents/channels/__init__.py",
    "agents/channels/aws_lean.py",
    "agents/channels/delivery.py",
    "agents/channels/front.py",
    "agents/channels/inbox.py",
    "agents/channels/inbox_aws.py",
    "agents/channels/lambda_front.py",
    "agents/channels/secrets.py",
    "agents/channels/slack/__init__.py",
    "agents/channels/slack/events.py",
    "agents/channels/slack/gatekeeper.py",
    "agents/channels/webhook.py",
    "agents/gateway/__init__.py",
    "agents/gateway/passing.py",
    "tools/__init__.py",
    "tools/errors.py",
)
"""What a function that must start in milliseconds consists of: our code, and the standard library."""


def assemble(out: Path = OUT) -> Path:
    """Lay the files out in `out`, anew; the folder."""
    shutil.rmtree(out, ignore_errors=True)
    for name in FRONT_FILES:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return out
