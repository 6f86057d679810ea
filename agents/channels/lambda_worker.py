"""The worker as a Lambda function: takes deliveries from the channel's queue and asks the runtime behind AgentCore.

`REGENT_CHANNEL_WORKER` names the module of the channel, whose `adapter` asks and says. Who asked goes with the call in
an envelope that a KMS key signs; that it is this worker who calls, AWS's signature says.
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from typing import Any

from agents.channels.working import Adapter, Runs, take_batch


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One batch of the queue; the answer names what is to come again."""
    adapter, runs = _opened()
    return take_batch(event, {os.environ["REGENT_CHANNEL"]: adapter}.__getitem__, runs)


@cache
def _opened() -> tuple[Adapter, Runs]:
    import boto3

    from agents.channels.aws_lean import LeanAws
    from agents.channels.deployed_port import deployed_port
    from agents.channels.runs_aws import DynamoRuns
    from agents.channels.secrets import from_aws
    from agents.diagnostics import set_up

    set_up("warning")
    named, port = os.environ, deployed_port()
    module = importlib.import_module(f"agents.channels.{named['REGENT_CHANNEL_WORKER']}")
    runs = DynamoRuns(boto3.client("dynamodb"), named["REGENT_STATE_TABLE"])
    found: Adapter = module.adapter(port, from_aws(LeanAws(), named["REGENT_CHANNEL_SECRET"]), runs)
    return found, runs
