"""The port of a function on AWS: the runtime behind AgentCore, with envelopes that a KMS key signs.

`REGENT_CHANNEL_RUNTIME`, `_AUDIENCE`, `_KID` and `_KEY` say which. That it is this function who calls, AWS's signature
says.
"""

from __future__ import annotations

import os

from agents.channels.port import CallingPort


def deployed_port() -> CallingPort:
    """The port that the environment names."""
    import boto3

    from agents.channels.transports import agentcore, agentcore_client
    from policies.access.signing import KmsSigner
    from policies.audit.deployed import region_of

    named = os.environ
    runtime, key = named["REGENT_CHANNEL_RUNTIME"], named["REGENT_CHANNEL_KEY"]
    signer = KmsSigner(named["REGENT_CHANNEL_KID"], boto3.client("kms", region_name=region_of(key)), key)
    transport = agentcore(agentcore_client(region_of(runtime) or named["AWS_REGION"]), runtime)
    return CallingPort(transport, signer, named["REGENT_CHANNEL_AUDIENCE"])
