"""Delivering as a Lambda function, every minute: alerts, approvals, what became of them, and digests.

`REGENT_CHANNEL_WORKER` names the channel's module, whose `adapter` brings them too. What does not arrive stays where it
is and is tried again by the next call; the call fails then, so that its alarm says so.
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from typing import Any

from agents.channels.delivery import ChannelError


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """One round. ChannelError when something did not arrive."""
    missed = sum(one.go() for one in _opened())
    if missed:
        raise ChannelError(f"{missed} messages did not arrive; they wait for the next round.")
    return {"missed": 0}


@cache
def _opened() -> tuple[Any, ...]:
    """What brings things, kept from call to call: whom it told it remembers."""
    import boto3

    from agents.channels.asked_there import AskedThere
    from agents.channels.aws_lean import LeanAws
    from agents.channels.delivering import Round
    from agents.channels.deployed_port import deployed_port
    from agents.channels.digests.bringing import Bringing
    from agents.channels.heard_aws import HeardTable
    from agents.channels.notice import invoke_url
    from agents.channels.secrets import from_aws
    from agents.diagnostics import set_up
    from agents.home import Home
    from agents.overseeing import open_asked, open_digests, open_outbox
    from agents.settings import load_settings
    from tools.errors import SettingsError

    set_up("warning")
    named, home, settings = os.environ, Home.find(), load_settings()
    asked = open_asked(settings)
    if asked is None:
        raise SettingsError("Delivering on AWS needs the state table: set REGENT_STATE_TABLE.")
    module = importlib.import_module(f"agents.channels.{named['REGENT_CHANNEL_WORKER']}")
    heard = HeardTable(boto3.client("dynamodb"), named["REGENT_STATE_TABLE"], named["REGENT_CHANNEL"])
    port = deployed_port()
    notifier = module.adapter(port, from_aws(LeanAws(), named["REGENT_CHANNEL_SECRET"]), None)
    digests = Bringing(open_digests(home, settings), heard, [notifier])
    if not hasattr(notifier, "notify"):
        return (digests,)  # a channel of systems: nobody there is asked or told anything else
    people = named.get("REGENT_CHANNEL_PEOPLE")
    there = AskedThere(asked, port, heard, people=invoke_url(people) if people else None)
    alerts = Round(open_outbox(home, settings), heard, [notifier], there, port)
    return (alerts, digests)
