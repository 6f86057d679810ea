"""The front as a Lambda function: `REGENT_CHANNEL` names the module of the channel, whose `gatekeeper` decides.

Standard library only; what a request needs is made once and kept for the next.
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from typing import Any

from agents.channels.aws_lean import LeanAws
from agents.channels.front import Gatekeeper, from_event, respond, to_event
from agents.channels.inbox_aws import AwsInbox
from agents.channels.secrets import from_aws


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One request of the HTTP API."""
    gatekeeper, inbox = _opened()
    return to_event(respond(from_event(event), gatekeeper, inbox))


@cache
def _opened() -> tuple[Gatekeeper, AwsInbox]:
    aws, named = LeanAws(), os.environ
    inbox = AwsInbox(aws, named["REGENT_STATE_TABLE"], named["REGENT_CHANNEL_QUEUE"])
    module = importlib.import_module(f"agents.channels.{named['REGENT_CHANNEL']}")
    found: Gatekeeper = module.gatekeeper(from_aws(aws, named["REGENT_CHANNEL_SECRET"]), inbox)
    return found, inbox
