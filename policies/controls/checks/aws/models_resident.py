"""Inference profiles send questions only to regions that were declared."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws
from tools.inference import destinations


def _models(*regions: str) -> list[dict[str, str]]:
    return [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/anthropic.claude"} for region in regions]


@check(
    "models-resident",
    says="Every inference profile in use stays within the regions declared for data or for inference",
    serves=("A.4.5", "A.10.3"),
    needs={"profiles": aws.INFERENCE_PROFILES},
    reasons={
        "leaves": "the profile may send questions to a region that was not declared, for data or for inference",
        "anywhere": "the profile names no region of its models, so that questions may go anywhere",
        "not-active": "the profile is not active",
    },
    good={"profiles": [Item(name="eu", data={"models": _models("eu-west-1", "eu-central-1"), "status": "ACTIVE"})]},
    mutants=[
        Mutant("to another continent", "leaves", put("profiles", "models", _models("eu-west-1", "us-east-1"))),
        Mutant("worldwide", "anywhere", put("profiles", "models", _models(""))),
        Mutant("nothing said", "anywhere", put("profiles", "models", [])),
        Mutant("fewer declared", "leaves", put("profiles", "type", "APPLICATION"), {"regions": ["eu-west-1"]}),
        Mutant("withdrawn", "not-active", put("profiles", "status", "DELETED")),
    ],
    benign=[
        Mutant("one region", None, put("profiles", "models", _models("eu-west-1"))),
        Mutant(
            "declared for inference alone",
            None,
            put("profiles", "models", _models("eu-west-1", "eu-north-1")),
            {"inference_regions": ["eu-north-1"]},
        ),
    ],
)
def models_resident(look: Look, profiles: Sequence[Item]) -> None:
    """The region is the fourth part of each model's ARN."""
    for profile in profiles:
        regions = destinations(look.at(profile).data)
        if not regions or "" in regions:
            look.fail("anywhere", profile)
        outside = sorted(regions - {"", *look.declared.regions, *look.declared.inference_regions})
        if outside:
            look.fail("leaves", profile, ", ".join(outside))
        if profile.data.get("status") != "ACTIVE":
            look.fail("not-active", profile, str(profile.data.get("status")))
