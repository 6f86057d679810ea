"""Model invocations are logged, with their text, whole, wherever a model may run."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_CONFIG = {
    "cloudWatchConfig": {
        "logGroupName": "/regent/invocations",
        "largeDataDeliveryS3Config": {"bucketName": "regent-invocations"},
    },
    "s3Config": None,
    "textDataDeliveryEnabled": True,
}


@check(
    "invocation-logging",
    says="Every region logs model invocations, with their text and whole",
    serves=("A.6.2.8",),
    needs={"regions": aws.INVOCATION_LOGGING},
    reasons={
        "off": "model invocations are not logged",
        "without-text": "invocations are logged without what was asked and answered",
        "nowhere": "logging is on but names no destination",
        "cut-off": "long texts have no bucket to go to, so that what is longer than a log event is lost",
    },
    good={"regions": [Item(name=r, data={"loggingConfig": _CONFIG}) for r in ("eu-west-1", "eu-central-1")]},
    mutants=[
        Mutant("off in the second region", "off", put("regions", "loggingConfig", None, item=1)),
        Mutant("text off", "without-text", put("regions", "loggingConfig.textDataDeliveryEnabled", False)),
        Mutant("no destination", "nowhere", put("regions", "loggingConfig.cloudWatchConfig", None)),
        Mutant("no bucket", "cut-off", drop("regions", "loggingConfig.cloudWatchConfig.largeDataDeliveryS3Config")),
    ],
    benign=[
        Mutant(
            "to a bucket alone",
            None,
            both(
                put("regions", "loggingConfig.cloudWatchConfig", None),
                put("regions", "loggingConfig.s3Config", {"bucketName": "regent-invocations"}),
            ),
        ),
        Mutant("images not logged", None, put("regions", "loggingConfig.imageDataDeliveryEnabled", False)),
    ],
)
def invocation_logging(look: Look, regions: Sequence[Item]) -> None:
    """`regions`: the logging configuration per account and region."""
    for region in regions:
        config = look.at(region).data.get("loggingConfig")
        if not config:
            look.fail("off", region)
            continue
        if config.get("textDataDeliveryEnabled") is not True:
            look.fail("without-text", region)
        if not dig(config, "s3Config.bucketName"):
            if not dig(config, "cloudWatchConfig.logGroupName"):
                look.fail("nowhere", region)
            elif not dig(config, "cloudWatchConfig.largeDataDeliveryS3Config.bucketName"):
                look.fail("cut-off", region)
