"""Applied: settings that CloudFormation has no property for, applied by API when a stack is deployed.

This is the handler of a custom resource, run as a Lambda function from the runtime package (its boto3 knows the newest
parameters). Each setting is read first and written only where it differs. Deleting a resource applies nothing: what was
made strict is not made loose because a stack goes.

| setting | why it is here |
| --- | --- |
| `runtime-metadata` | `requireMMDSV2` of a runtime has no property; the update makes a version, which it returns |
| `invocation-logging` | Bedrock's log of model invocations is one configuration per account and region |
| `data-retention` | so is what Bedrock may keep of prompts |
| `record-expiry` | the days after which a memory's records expire have no property |
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

Properties = Mapping[str, Any]
Client = Callable[[str], Any]
WAIT_SECONDS, PAUSE = 240.0, 3.0
KEPT = (
    "agentRuntimeArtifact",
    "roleArn",
    "networkConfiguration",
    "description",
    "authorizerConfiguration",
    "requestHeaderConfiguration",
    "protocolConfiguration",
    "lifecycleConfiguration",
    "environmentVariables",
    "filesystemConfigurations",
    "hooksConfiguration",
    "capacityProviderConfiguration",
    "platformVersion",
    "allowedPorts",
    "resourceConfigurations",
)
"""What `UpdateAgentRuntime` would forget if it were not said again."""


def handler(event: dict[str, Any], context: Any) -> None:
    """A custom resource's event: apply, and tell CloudFormation what came of it."""
    import boto3

    given = event["ResourceProperties"]
    answer: dict[str, Any] = {
        "Status": "SUCCESS",
        "PhysicalResourceId": event.get("PhysicalResourceId") or f"{given['Setting']}-{event['LogicalResourceId']}",
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    try:
        if event["RequestType"] != "Delete":
            answer["Data"] = apply(given, lambda service: boto3.client(service))
    except Exception as error:  # noqa: BLE001 - whatever it was, CloudFormation must hear that it failed, or it waits an hour
        answer |= {"Status": "FAILED", "Reason": f"{given.get('Setting')}: {type(error).__name__}: {error}"[:1000]}
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310 - CloudFormation's own address
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass


def apply(given: Properties, client: Client, sleep: Callable[[float], None] = time.sleep) -> dict[str, str]:
    """Apply one setting; what the template may refer to.

    Raises:
        KeyError: there is no such setting.
        TimeoutError: the resource did not become ready.
    """
    return _SETTINGS[given["Setting"]](given, client, sleep)


def _runtime_metadata(given: Properties, client: Client, sleep: Callable[[float], None]) -> dict[str, str]:
    control, runtime = client("bedrock-agentcore-control"), given["RuntimeId"]
    found = _ready(lambda: control.get_agent_runtime(agentRuntimeId=runtime), sleep)
    if (found.get("metadataConfiguration") or {}).get("requireMMDSV2") is not True:
        again = {name: found[name] for name in KEPT if found.get(name)}
        control.update_agent_runtime(agentRuntimeId=runtime, **again, metadataConfiguration={"requireMMDSV2": True})
        found = _ready(lambda: control.get_agent_runtime(agentRuntimeId=runtime), sleep)
        if (found.get("metadataConfiguration") or {}).get("requireMMDSV2") is not True:
            raise RuntimeError(f"the runtime {runtime} does not require MMDSv2 after it was told to")
    return {"Version": str(found["agentRuntimeVersion"])}


def _invocation_logging(given: Properties, client: Client, sleep: Callable[[float], None]) -> dict[str, str]:
    bedrock = client("bedrock")
    wanted = {
        "cloudWatchConfig": {
            "logGroupName": given["LogGroup"],
            "roleArn": given["RoleArn"],
            # a log event ends at 100 kB: what is longer goes here, or is lost
            "largeDataDeliveryS3Config": {"bucketName": given["Bucket"]},
        },
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": True,
        "embeddingDataDeliveryEnabled": True,
        "videoDataDeliveryEnabled": True,
        "audioDataDeliveryEnabled": True,
    }
    there = bedrock.get_model_invocation_logging_configuration().get("loggingConfig")
    if _said(there) != wanted:
        bedrock.put_model_invocation_logging_configuration(loggingConfig=wanted)
    return {}


def _said(there: Any) -> Any:
    """A configuration less what AWS adds without a meaning: an empty prefix of keys."""
    if not isinstance(there, Mapping):
        return there
    return {name: _said(value) for name, value in there.items() if (name, value) != ("keyPrefix", "")}


def _data_retention(given: Properties, client: Client, sleep: Callable[[float], None]) -> dict[str, str]:
    bedrock = client("bedrock")
    if bedrock.get_account_data_retention().get("mode") != given["Mode"]:
        bedrock.put_account_data_retention(mode=given["Mode"])
    return {"Mode": given["Mode"]}


def _record_expiry(given: Properties, client: Client, sleep: Callable[[float], None]) -> dict[str, str]:
    control, memory, days = client("bedrock-agentcore-control"), given["MemoryId"], int(given["Days"])

    def find() -> Any:
        return control.get_memory(memoryId=memory)["memory"]

    strategies = _ready(find, sleep).get("strategies") or []
    late = [one["strategyId"] for one in strategies if one.get("recordExpiryDurationDays") != days]
    if late:
        changes = [
            {"memoryStrategyId": one, "recordExpirySpecification": {"recordExpiryDurationDays": days}} for one in late
        ]
        control.update_memory(memoryId=memory, memoryStrategies={"modifyMemoryStrategies": changes})
        _ready(find, sleep)
    return {"Changed": str(len(late))}


def _ready(find: Callable[[], Any], sleep: Callable[[float], None]) -> Any:
    waited = 0.0
    while True:
        found = find()
        status = str(found.get("status"))
        if status in ("READY", "ACTIVE"):
            return found
        if status.endswith("FAILED") or waited >= WAIT_SECONDS:
            raise TimeoutError(f"it is {status} after {waited:.0f} s, and not ready")
        sleep(PAUSE)
        waited += PAUSE


_SETTINGS: dict[str, Callable[[Properties, Client, Callable[[float], None]], dict[str, str]]] = {
    "runtime-metadata": _runtime_metadata,
    "invocation-logging": _invocation_logging,
    "data-retention": _data_retention,
    "record-expiry": _record_expiry,
}
