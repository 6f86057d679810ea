"""Delivering as a Lambda function, on a schedule: alerts of the outbox to the people whom a channel's settings name.

`REGENT_CHANNEL_WORKER` names the channel's module, whose `adapter` is its `Notifier` too. What does not arrive stays in
the outbox and is tried again by the next call; the call fails then, so that its alarm says so. Approvals are brought by
the worker that asked.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from agents.channels.delivery import ChannelError


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """One round. ChannelError when something did not arrive."""
    import boto3

    from agents.channels.aws_lean import LeanAws
    from agents.channels.delivering import Round
    from agents.channels.heard_aws import HeardTable
    from agents.channels.secrets import from_aws
    from agents.diagnostics import set_up
    from agents.home import Home
    from agents.overseeing import open_outbox
    from agents.settings import load_settings

    set_up("warning")
    named = os.environ
    module = importlib.import_module(f"agents.channels.{named['REGENT_CHANNEL_WORKER']}")
    notifier = module.adapter(None, from_aws(LeanAws(), named["REGENT_CHANNEL_SECRET"]), None)
    heard = HeardTable(boto3.client("dynamodb"), named["REGENT_STATE_TABLE"], named["REGENT_CHANNEL"])
    missed = Round(open_outbox(Home.find(), load_settings()), heard, [notifier]).go()
    if missed:
        raise ChannelError(f"{missed} alerts did not arrive; they wait for the next round.")
    return {"missed": 0}
