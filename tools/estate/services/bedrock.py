"""Bedrock's account settings: invocation logging and what model providers may keep. Models are not in the sample.

The good story is `log-archive`, whose every region logs; the bad one is `shared-services`, which forgot eu-central-1.
"""

from __future__ import annotations

from typing import Any

from tools.estate.inventory.keys import key_id
from tools.estate.inventory.storage import TRAIL_BUCKET
from tools.estate.request import EstateRequest, Handler
from tools.estate.world import BY_NAME

_FORGOTTEN = (BY_NAME["shared-services"].id, "eu-central-1")


def get_logging(request: EstateRequest) -> dict[str, Any]:
    if (request.account, request.region) == _FORGOTTEN:
        return {}
    return {
        "loggingConfig": {
            "s3Config": {"bucketName": TRAIL_BUCKET, "keyPrefix": f"bedrock/{request.account}/{request.region}"},
            "textDataDeliveryEnabled": True,
            "imageDataDeliveryEnabled": True,
            "embeddingDataDeliveryEnabled": True,
            "videoDataDeliveryEnabled": False,
            "audioDataDeliveryEnabled": False,
        }
    }


def get_data_retention(request: EstateRequest) -> dict[str, Any]:
    return {"mode": "none"}


OPERATIONS: dict[str, Handler] = {
    "GetModelInvocationLoggingConfiguration": get_logging,
    "GetAccountDataRetention": get_data_retention,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Where invocations are not logged, and the key behind the bucket that they go to."""
    key = key_id("log-archive", "cloudtrail")
    return {"bedrock_unlogged": [{"account": _FORGOTTEN[0], "region": _FORGOTTEN[1], "log_bucket_key": key}]}
