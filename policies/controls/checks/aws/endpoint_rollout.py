"""Each runtime is reached through an endpoint of its stage, whole on one version, so that there is a way back."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws

_ARN = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/regent_people-1"


@check(
    "endpoint-rollout",
    says="Each runtime is reached through an endpoint pinned to one version, fully rolled out",
    serves=("A.6.2.5",),
    needs={"endpoints": aws.RUNTIME_ENDPOINTS},
    reasons={
        "only-default": "the runtime has only the endpoint that follows every new version: there is no way back",
        "half-rolled-out": "the endpoint serves another version than it should",
        "not-ready": "the endpoint is not ready",
    },
    good={
        "endpoints": [
            Item(
                name="DEFAULT", data={"name": "DEFAULT", "agentRuntimeArn": _ARN, "liveVersion": "4", "status": "READY"}
            ),
            Item(
                name="prod",
                data={
                    "name": "prod",
                    "agentRuntimeArn": _ARN,
                    "liveVersion": "3",
                    "targetVersion": "3",
                    "status": "READY",
                },
            ),
        ]
    },
    mutants=[
        Mutant("only the default", "only-default", without("endpoints", 1)),
        Mutant("stuck", "half-rolled-out", put("endpoints", "targetVersion", "4", item=1)),
        Mutant("failed", "not-ready", put("endpoints", "status", "UPDATE_FAILED", item=1)),
    ],
    benign=[
        Mutant("no target", None, put("endpoints", "targetVersion", None, item=1)),
        Mutant("another stage", None, put("endpoints", "name", "production", item=1)),
    ],
)
def endpoint_rollout(look: Look, endpoints: Sequence[Item]) -> None:
    """The endpoint DEFAULT always follows the newest version; it is there in any case and is not judged further."""
    pinned: set[str] = set()
    for endpoint in endpoints:
        data = look.at(endpoint).data
        if data["name"] == "DEFAULT":
            continue
        pinned.add(data["agentRuntimeArn"])
        if data.get("status") != "READY":
            look.fail("not-ready", endpoint, str(data.get("status")))
        if data.get("targetVersion") not in (None, data.get("liveVersion")):
            look.fail("half-rolled-out", endpoint, f"{data.get('liveVersion')}, not {data['targetVersion']}")
    for runtime in {endpoint.data["agentRuntimeArn"] for endpoint in endpoints} - pinned:
        look.fail("only-default", runtime.rsplit("/", 1)[-1])
