"""The trail is to record everything, signed and encrypted."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Trail={
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "IsLogging": True,
            "IsMultiRegionTrail": True,
            "EnableLogFileValidation": True,
            "KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            "AdvancedEventSelectors": [
                {"FieldSelectors": [{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]},
                {"FieldSelectors": [{"Field": "resources.type", "Equals": ["AWS::BedrockAgentCore::Gateway"]}]},
            ],
        },
    }
)


@check(
    "template-trail",
    says="Every trail is synthesized for all regions, signed, encrypted and with data events",
    serves=("A.6.2.8",),
    needs={"stacks": template.STACKS},
    reasons={
        "not-recording": "the trail would not record",
        "one-region": "the trail would record one region",
        "not-signed": "the trail's files would not be signed",
        "no-own-key": "the trail would have no key of ours",
        "no-data-events": "the trail would not record access to objects and calls of AgentCore",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("stopped", "not-recording", put("stacks", "Resources.Trail.Properties.IsLogging", False)),
        Mutant("one region", "one-region", drop("stacks", "Resources.Trail.Properties.IsMultiRegionTrail")),
        Mutant("no validation", "not-signed", drop("stacks", "Resources.Trail.Properties.EnableLogFileValidation")),
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Trail.Properties.KMSKeyId")),
        Mutant("objects only", "no-data-events", drop("stacks", "Resources.Trail.Properties.AdvancedEventSelectors.1")),
        Mutant(
            "management only", "no-data-events", drop("stacks", "Resources.Trail.Properties.AdvancedEventSelectors")
        ),
    ],
    benign=[
        Mutant(
            "also of the runtime",
            None,
            put(
                "stacks",
                "Resources.Trail.Properties.AdvancedEventSelectors.1.FieldSelectors.0.Equals",
                ["AWS::BedrockAgentCore::Runtime"],
            ),
        ),
    ],
)
def trail(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.trails_sound)
