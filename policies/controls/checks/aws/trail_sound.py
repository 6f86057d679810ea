"""A trail records every region without a break, encrypted, and its files can be shown to be unchanged."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws

_TRAIL = {
    "Name": "regent",
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
    "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/8b1a",
    "IsLogging": True,
}


@check(
    "trail-sound",
    says="Every trail is recording in all regions, delivers, is encrypted and signs its files",
    serves=("A.6.2.8",),
    needs={"trails": aws.TRAILS},
    reasons={
        "not-recording": "the trail is stopped",
        "one-region": "the trail records one region only",
        "not-signed": "the trail's files are not signed, so that a change would not be noticed",
        "no-own-key": "the trail's files are not encrypted with a key of ours",
        "not-delivered": "the trail's last delivery failed",
    },
    good={"trails": [Item(name="regent", data=_TRAIL)]},
    mutants=[
        Mutant("stopped", "not-recording", put("trails", "IsLogging", False)),
        Mutant("one region", "one-region", put("trails", "IsMultiRegionTrail", False)),
        Mutant("no validation", "not-signed", put("trails", "LogFileValidationEnabled", False)),
        Mutant("no key", "no-own-key", drop("trails", "KmsKeyId")),
        Mutant("denied by the bucket", "not-delivered", put("trails", "LatestDeliveryError", "AccessDenied")),
    ],
    benign=[Mutant("no error", None, put("trails", "LatestDeliveryError", ""))],
)
def trail_sound(look: Look, trails: Sequence[Item]) -> None:
    """`trails`: description and status."""
    for trail in trails:
        data = look.at(trail).data
        if data.get("IsLogging") is not True:
            look.fail("not-recording", trail)
        if data.get("IsMultiRegionTrail") is not True:
            look.fail("one-region", trail)
        if data.get("LogFileValidationEnabled") is not True:
            look.fail("not-signed", trail)
        if not data.get("KmsKeyId"):
            look.fail("no-own-key", trail)
        if data.get("LatestDeliveryError"):
            look.fail("not-delivered", trail, data["LatestDeliveryError"])
