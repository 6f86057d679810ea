"""Who touches the evidence, and who calls the agent, is recorded too: management events alone do not say."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws
from policies.controls.predicates import recorded_types


def _selector(kind: str) -> dict[str, object]:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}]
    return {"FieldSelectors": fields}


_S3, _AGENT = _selector("AWS::S3::Object"), _selector("AWS::BedrockAgentCore::Gateway")


@check(
    "trail-data-events",
    says="Access to the evidence and calls of the agent are recorded as data events",
    serves=("A.6.2.8",),
    needs={"trails": aws.TRAILS},
    reasons={
        "objects-unrecorded": "no trail records who reads or writes objects",
        "agent-unrecorded": "no trail records calls of AgentCore",
    },
    good={"trails": [Item(name="regent", data={"AdvancedEventSelectors": [_S3, _AGENT]}), Item(name="other", data={})]},
    mutants=[
        Mutant("no selectors", "objects-unrecorded", drop("trails", "AdvancedEventSelectors")),
        Mutant("agent only", "objects-unrecorded", put("trails", "AdvancedEventSelectors", [_AGENT])),
        Mutant("objects only", "agent-unrecorded", put("trails", "AdvancedEventSelectors", [_S3])),
    ],
    benign=[
        Mutant(
            "by two trails",
            None,
            put("trails", "EventSelectors", [{"DataResources": [{"Type": "AWS::S3::Object"}]}], item=1),
        )
    ],
)
def trail_data_events(look: Look, trails: Sequence[Item]) -> None:
    """One trail may record the one, another the other."""
    types = {kind for trail in trails for kind in recorded_types(look.at(trail).data)}
    where = ", ".join(trail.name for trail in trails)
    if trails and "AWS::S3::Object" not in types:
        look.fail("objects-unrecorded", where)
    if trails and not any(kind.startswith("AWS::BedrockAgentCore::") for kind in types):
        look.fail("agent-unrecorded", where)
