"""Bedrock: Regent's guardrail and its versions, the model it uses, invocation logging, what providers may keep.

The good story is `log-archive`, whose every region logs; the bad one is `shared-services`, which forgot eu-central-1.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.deployed import Resource, deployed, settings
from tools.estate.inventory.keys import key_id
from tools.estate.inventory.storage import TRAIL_BUCKET
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._deployed import camel, mine, times
from tools.estate.services._paging import Paging, page
from tools.estate.world import BY_NAME
from tools.inference import known

_FORGOTTEN = (BY_NAME["shared-services"].id, "eu-central-1")
_GUARDRAIL = "Bedrock::Guardrail"
_PAGING = Paging("nextToken", "maxResults", 1000, 1000, "ValidationException")
MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = f"eu.{MODEL}"
BEHIND = tuple(sorted(known(PROFILE)))
"""Where that profile may run a prompt: in more regions than the company declares."""
_SINCE = datetime(2025, 9, 29, tzinfo=UTC)


def get_logging(request: EstateRequest) -> dict[str, Any]:
    if (request.account, request.region) == _FORGOTTEN:
        return {}
    kinds = ("text", "image", "embedding", "video", "audio")
    applied = settings("invocation-logging", request.account, request.region)
    if applied:
        where = {
            "logGroupName": applied[0]["LogGroup"],
            "roleArn": applied[0]["RoleArn"],
            "largeDataDeliveryS3Config": {"bucketName": applied[0]["Bucket"]},
        }
        return {"loggingConfig": {"cloudWatchConfig": where, **{f"{kind}DataDeliveryEnabled": True for kind in kinds}}}
    to = {"bucketName": TRAIL_BUCKET, "keyPrefix": f"bedrock/{request.account}/{request.region}"}
    return {"loggingConfig": {"s3Config": to, **{f"{kind}DataDeliveryEnabled": kind in kinds[:3] for kind in kinds}}}


def get_data_retention(request: EstateRequest) -> dict[str, Any]:
    return {"mode": "none"}


def _versions(guardrail: Resource) -> list[tuple[str, Resource]]:
    """Version and the resource that made it: DRAFT, which anybody may edit, and those that were made of it."""
    made = deployed("Bedrock::GuardrailVersion", guardrail.account, guardrail.region)
    own = [one for one in made if one.properties["GuardrailIdentifier"] == guardrail.id]
    return [("DRAFT", guardrail), *((one.attributes["Version"], one) for one in own)]


def _wanted(request: EstateRequest) -> Resource:
    wanted = request.params["guardrailIdentifier"]
    for one in mine(request, _GUARDRAIL):
        if wanted in (one.id, one.arn):
            return one
    raise AwsError("ResourceNotFoundException", f"Guardrail {wanted} was not found.", 404)


def _summary(guardrail: Resource, version: str, made: Resource) -> dict[str, Any]:
    said = guardrail.properties
    description = made.properties.get("Description", "")
    found = {"id": guardrail.id, "arn": guardrail.arn, "status": "READY", "name": said["Name"], "version": version}
    return found | {"description": description, "crossRegionDetails": _profile(said)} | times(made)


def _profile(said: Any) -> dict[str, str]:
    arn = said["CrossRegionConfig"]["GuardrailProfileArn"]
    return {"guardrailProfileArn": arn, "guardrailProfileId": arn.rpartition("/")[2]}


def list_guardrails(request: EstateRequest) -> dict[str, Any]:
    """Each guardrail's draft; with an identifier, every version of that one."""
    if request.params.get("guardrailIdentifier"):
        one = _wanted(request)
        found = [_summary(one, version, made) for version, made in _versions(one)]
    else:
        found = [_summary(one, "DRAFT", one) for one in mine(request, _GUARDRAIL)]
    shown, token = page(request, found, _PAGING)
    return {"guardrails": shown, **token}


def _policies(said: Any) -> dict[str, Any]:
    """The policies as GetGuardrail names them: without `Config` at the end, and with the tier under `tier`."""
    found: dict[str, Any] = {}
    for name, config in said.items():
        if not name.endswith("PolicyConfig"):
            continue
        parts: dict[str, Any] = {}
        for part, value in config.items():
            bare = part.removesuffix("Config")
            parts["tier" if bare.endswith("Tier") else bare[:1].lower() + bare[1:]] = camel(value)
        bare = name.removesuffix("Config")
        found[bare[:1].lower() + bare[1:]] = parts
    return found


def get_guardrail(request: EstateRequest) -> dict[str, Any]:
    one, wanted = _wanted(request), request.params.get("guardrailVersion", "DRAFT")
    for version, made in _versions(one):
        if version == wanted:
            said = one.properties
            return {
                "name": said["Name"],
                "description": said["Description"],
                "guardrailId": one.id,
                "guardrailArn": one.arn,
                "version": version,
                "status": "READY",
                **_policies(said),
                "crossRegionDetails": _profile(said),
                "blockedInputMessaging": said["BlockedInputMessaging"],
                "blockedOutputsMessaging": said["BlockedOutputsMessaging"],
                "kmsKeyArn": said["KmsKeyArn"],
                **times(made),
            }
    raise AwsError("ResourceNotFoundException", f"Guardrail {one.id} has no version {wanted}.", 404)


def _inference_profile(request: EstateRequest) -> dict[str, Any]:
    return {
        "inferenceProfileName": "EU Anthropic Claude Sonnet 4.5",
        "description": "Routes requests to Anthropic Claude Sonnet 4.5 in the EU.",
        "createdAt": _SINCE,
        "updatedAt": _SINCE,
        "inferenceProfileArn": f"arn:aws:bedrock:{request.region}:{request.account}:inference-profile/{PROFILE}",
        "inferenceProfileId": PROFILE,
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{MODEL}"} for region in BEHIND],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def _profiles(request: EstateRequest) -> list[dict[str, Any]]:
    return [_inference_profile(request)] if request.region.startswith("eu-") else []


def list_inference_profiles(request: EstateRequest) -> dict[str, Any]:
    found = [one for one in _profiles(request) if request.params.get("typeEquals") in (None, one["type"])]
    shown, token = page(request, found, _PAGING)
    return {"inferenceProfileSummaries": shown, **token}


def get_inference_profile(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["inferenceProfileIdentifier"]
    for one in _profiles(request):
        if wanted in (one["inferenceProfileId"], one["inferenceProfileArn"]):
            return one
    raise AwsError("ResourceNotFoundException", f"The provided inference profile {wanted} was not found.", 404)


def get_foundation_model(request: EstateRequest) -> dict[str, Any]:
    wanted, arn = request.params["modelIdentifier"], f"arn:aws:bedrock:{request.region}::foundation-model/{MODEL}"
    if wanted not in (MODEL, arn):
        raise AwsError("ResourceNotFoundException", f"The sample estate knows no model {wanted}.", 404)
    return {
        "modelDetails": {
            "modelArn": arn,
            "modelId": MODEL,
            "modelName": "Claude Sonnet 4.5",
            "providerName": "Anthropic",
            "inputModalities": ["TEXT", "IMAGE"],
            "outputModalities": ["TEXT"],
            "responseStreamingSupported": True,
            "customizationsSupported": [],
            "inferenceTypesSupported": [],
            "modelLifecycle": {"status": "ACTIVE", "startOfLifeTime": _SINCE},
        }
    }


OPERATIONS: dict[str, Handler] = {
    "GetModelInvocationLoggingConfiguration": get_logging,
    "GetAccountDataRetention": get_data_retention,
    "ListGuardrails": list_guardrails,
    "GetGuardrail": get_guardrail,
    "ListInferenceProfiles": list_inference_profiles,
    "GetInferenceProfile": get_inference_profile,
    "GetFoundationModel": get_foundation_model,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Where invocations are not logged, and the key behind the bucket that they go to; guardrails by version."""
    key = key_id("log-archive", "cloudtrail")
    return {
        "bedrock_unlogged": [{"account": _FORGOTTEN[0], "region": _FORGOTTEN[1], "log_bucket_key": key}],
        "bedrock_guardrails": [
            {"account": one.account, "region": one.region, "id": one.id, "version": version}
            for one in deployed(_GUARDRAIL)
            for version, _ in _versions(one)
        ],
    }
