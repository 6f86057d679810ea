"""MiniStack with the CloudFormation types that it lacks. Runs in the emulator's own venv, and nowhere else.

`REAL` types call the emulator's own API for the same thing, so what a template says can be read back through AWS's API.
`RECORDED` types have no API behind them: their properties are written down and given names, and nothing else happens.
They are wired, not proven, and the report says so. The file that `REGENT_RECORDED` names has what was written down.

It reaches into the emulator's internals; that is why its version is pinned.
"""

from __future__ import annotations

import contextvars
import json
import os
import re
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ministack import app as gateway
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region, set_request_account_id
from ministack.services import bedrock, bedrock_runtime, cloudtrail, ec2, organizations, sts
from ministack.services import bedrock_agentcore as agentcore
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Made = tuple[str, dict[str, str]]
AGENTCORE = "AWS::BedrockAgentCore::"
_MAPS = {"EnvironmentVariables", "Tags"}
"""Members whose keys are the user's own and stay as they are, when they are maps."""
RECORDED: dict[str, dict[str, str]] = {
    f"{AGENTCORE}Gateway": {"GatewayArn": "arn", "GatewayIdentifier": "id", "GatewayUrl": "url"},
    f"{AGENTCORE}GatewayTarget": {"TargetId": "id"},
    f"{AGENTCORE}PolicyEngine": {"PolicyEngineArn": "arn", "PolicyEngineId": "id"},
    f"{AGENTCORE}Policy": {"PolicyArn": "arn", "PolicyId": "id"},
    f"{AGENTCORE}OnlineEvaluationConfig": {"OnlineEvaluationConfigArn": "arn", "OnlineEvaluationConfigId": "id"},
    f"{AGENTCORE}Evaluator": {"EvaluatorArn": "arn", "EvaluatorId": "id"},
    f"{AGENTCORE}ResourcePolicy": {},
    f"{AGENTCORE}WorkloadIdentity": {"WorkloadIdentityArn": "arn"},
    "AWS::Bedrock::EnforcedGuardrailConfiguration": {"ConfigId": "id"},
    "AWS::CloudFormation::StackSet": {"StackSetId": "id"},
    "AWS::EC2::FlowLog": {"Id": "id"},
    "AWS::Logs::Delivery": {"Arn": "arn", "DeliveryId": "id"},
    "AWS::Logs::DeliveryDestination": {"Arn": "arn"},
    "AWS::Logs::DeliverySource": {"Arn": "arn"},
    "AWS::Logs::QueryDefinition": {"QueryDefinitionId": "id"},
    "AWS::WAFv2::LoggingConfiguration": {"ManagedByFirewallManager": "id"},
    "AWS::WAFv2::WebACLAssociation": {},
    "AWS::XRay::ResourcePolicy": {},
    "AWS::XRay::TransactionSearchConfig": {"AccountId": "id"},
    "Custom::AWS": {},
}
"""Types without an API here, and what `Fn::GetAtt` may ask of each."""


def guardrail(logical: str, given: Properties, stack: str) -> Made:
    wanted = _api(given)
    wanted["kmsKeyId"] = wanted.pop("kmsKeyArn", None)
    made = _done(bedrock._create_guardrail(_bytes(wanted)))
    # its ids have a hyphen, which those of AWS have not, and which our settings refuse
    held = bedrock._guardrails.pop(made["guardrailId"])
    name = held["GuardrailId"] = made["guardrailId"].replace("-", "")
    arn = held["GuardrailArn"] = bedrock._guardrail_arn(name)
    bedrock._guardrails[name] = held
    return arn, _guardrail_attributes(name, arn)


def change_guardrail(arn: str, old: Properties, given: Properties, stack: str) -> Made:
    made = _done(bedrock._update_guardrail(arn, _bytes(_api(given))))
    return arn, _guardrail_attributes(made["guardrailId"], arn)


def _guardrail_attributes(name: str, arn: str) -> dict[str, str]:
    return {"GuardrailId": name, "GuardrailArn": arn, "Version": "DRAFT", "Status": "READY"}


def guardrail_version(logical: str, given: Properties, stack: str) -> Made:
    name = given["GuardrailIdentifier"]
    made = _done(bedrock._create_guardrail_version(name, _bytes({"description": given.get("Description", "")})))
    name, version = made["guardrailId"], made["version"]
    return f"{name}|{version}", {"GuardrailId": name, "Version": version, "GuardrailArn": bedrock._guardrail_arn(name)}


def runtime(logical: str, given: Properties, stack: str) -> Made:
    wanted = _api(given)
    wanted["protocolConfiguration"] = {"serverProtocol": given.get("ProtocolConfiguration", "HTTP")}
    made = _done(agentcore._create_agent_runtime(_bytes(wanted)))
    _note("session", stack, logical, {"arn": made["agentRuntimeArn"], "keys": session(given["RoleArn"])})
    names = {name[0].upper() + name[1:]: str(made[name]) for name in ("agentRuntimeId", "agentRuntimeArn")}
    workload = made["workloadIdentityDetails"]["workloadIdentityArn"]
    return made["agentRuntimeId"], names | {
        "AgentRuntimeVersion": made["agentRuntimeVersion"],
        "Status": "READY",
        "WorkloadIdentityDetails.WorkloadIdentityArn": workload,
    }


def session(role: str) -> dict[str, str]:
    """Credentials of an execution role, as the service that runs a runtime gives them to its process."""
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    keys = {
        "AccessKeyId": f"ASIA{uuid.uuid4().hex[:16].upper()}",
        "SecretAccessKey": uuid.uuid4().hex,
        "SessionToken": uuid.uuid4().hex,
    }
    held = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/runtime",
        "UserId": f"{name}:runtime",
        "SecretAccessKey": keys["SecretAccessKey"],
        "SessionToken": keys["SessionToken"],
    }
    sts.register_session(keys["AccessKeyId"], held)
    return keys


def organise(named: str, payer: str, *members: str) -> None:
    """The organisation is there before Regent comes: this id, the payer, and the members."""
    set_request_account_id(payer)
    organizations._ensure_org()
    organisation = organizations._orgs["self"]
    organisation["Id"] = named
    for account in members:
        about = organizations._accounts[payer] | {"Id": account, "Name": f"account {account[:3]}"}
        about["Arn"] = about["Arn"].replace(f"/{payer}", f"/{account}")
        organizations._accounts[account] = about
        # it has one organisation per account; the others must be known to be in this one
        organizations._orgs.set_scoped(account, None, "self", organisation)
    organizations._accounts[payer]["Name"] = "payer"


def endpoint(logical: str, given: Properties, stack: str) -> Made:
    wanted = {key: given[key] for key in ("Name", "Description", "AgentRuntimeVersion") if key in given}
    made = _done(agentcore._create_agent_runtime_endpoint(given["AgentRuntimeId"], _bytes(_api(wanted))))
    arn = made["agentRuntimeEndpointArn"]
    return f"{given['AgentRuntimeId']}|{given['Name']}", {
        "AgentRuntimeEndpointArn": arn,
        "AgentRuntimeArn": made["agentRuntimeArn"],
        "Id": given["Name"],
        "Status": "READY",
    }


def memory(logical: str, given: Properties, stack: str) -> Made:
    wanted = _api(given)
    wanted["eventExpiryDuration"] = int(wanted["eventExpiryDuration"])
    made = _done(agentcore._create_memory(_bytes(wanted)))["memory"]
    return made["arn"], {"MemoryArn": made["arn"], "MemoryId": made["id"], "Status": "ACTIVE"}


def trail(logical: str, given: Properties, stack: str) -> Made:
    name = given.get("TrailName") or f"{stack}-{logical}-{uuid.uuid4().hex[:6]}"
    kms = {"KmsKeyId": given["KMSKeyId"]} if "KMSKeyId" in given else {}
    made = _done(cloudtrail._create_trail({**given, **kms, "Name": name}))
    selectors = {key: given[key] for key in ("EventSelectors", "AdvancedEventSelectors") if key in given}
    if selectors:
        _done(cloudtrail._put_event_selectors({"TrailName": name, **selectors}))
    if given.get("IsLogging"):
        _done(cloudtrail._start_logging({"Name": name}))
    return name, {"Arn": made["trailARN"]}


def ingress(logical: str, given: Properties, stack: str) -> Made:
    first = "IpPermissions.1"
    asked = {
        "GroupId": given["GroupId"],
        f"{first}.IpProtocol": given["IpProtocol"],
        f"{first}.FromPort": str(given["FromPort"]),
        f"{first}.ToPort": str(given["ToPort"]),
        f"{first}.Groups.1.GroupId": given["SourceSecurityGroupId"],
    }
    status, _, body = ec2._authorize_sg_ingress(asked)
    if status >= 300:
        raise ValueError(body)
    name = f"{given['GroupId']}|{given['SourceSecurityGroupId']}|{given['ToPort']}"
    return name, {"Id": name}


def record(kind: str, attributes: dict[str, str]) -> Any:
    """A handler that writes down what a template asked for."""

    def create(logical: str, given: Properties, stack: str, *_: Any) -> Made:
        name = f"{given.get('Name') or given.get('OnlineEvaluationConfigName') or logical}-{uuid.uuid4().hex[:10]}"
        service = "bedrock-agentcore" if kind.startswith(AGENTCORE) else kind.split("::")[1].lower()
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{kind.rsplit('::', 1)[1].lower()}/{name}"
        values = {"arn": arn, "id": name, "url": f"https://{name}.gateway.bedrock-agentcore.invalid/mcp"}
        _note(kind, stack, logical, given)
        return name, {attribute: values[what] for attribute, what in attributes.items()}

    return create


def _note(kind: str, stack: str, logical: str, given: Properties) -> None:
    with Path(os.environ["REGENT_RECORDED"]).open("a", encoding="utf-8") as out:
        out.write(json.dumps({"type": kind, "stack": stack, "logical": logical, "properties": given}) + "\n")


def _api(given: Any) -> Any:
    """Template properties as the API spells them: members begin with a small letter."""
    if isinstance(given, dict):
        kept = {key: value if key in _MAPS and isinstance(value, dict) else _api(value) for key, value in given.items()}
        return {key[:1].lower() + key[1:]: value for key, value in kept.items()}
    if isinstance(given, list):
        return [_api(one) for one in given]
    return given


def _done(response: Any) -> dict[str, Any]:
    status, _, body = response
    plain = json.loads(body) if body else {}
    # some of its services spell members of answers with a capital, others without
    found: dict[str, Any] = {key[:1].lower() + key[1:]: value for key, value in plain.items()}
    if status >= 300:
        raise ValueError(f"{found.get('__type') or status}: {found.get('message') or found}")
    return found


def _bytes(given: Properties) -> bytes:
    return json.dumps(given).encode()


def _leave(physical: str, given: Properties) -> None:
    """Goes with what it belongs to."""


def _drop_endpoint(physical: str, given: Properties) -> None:
    name, _, end = physical.partition("|")
    agentcore._delete_agent_runtime_endpoint(name, end)


REAL: dict[str, dict[str, Any]] = {
    "AWS::Bedrock::Guardrail": {
        "create": guardrail,
        "update": change_guardrail,
        "delete": lambda arn, given: _done(bedrock._delete_guardrail(arn, {})),
    },
    "AWS::Bedrock::GuardrailVersion": {"create": guardrail_version, "delete": _leave},
    f"{AGENTCORE}Runtime": {
        "create": runtime,
        "delete": lambda name, given: _done(agentcore._delete_agent_runtime(name)),
    },
    f"{AGENTCORE}RuntimeEndpoint": {"create": endpoint, "delete": _drop_endpoint},
    f"{AGENTCORE}Memory": {
        "create": memory,
        "delete": lambda arn, given: _done(agentcore._delete_memory(arn.rsplit("/", 1)[-1])),
    },
    "AWS::EC2::SecurityGroupIngress": {"create": ingress, "delete": _leave},
    "AWS::CloudTrail::Trail": {
        "create": trail,
        "delete": lambda name, given: _done(cloudtrail._delete_trail({"Name": name})),
    },
}


def retention(answer: Any) -> Any:
    """Bedrock's handler with the two calls of account data retention, which it lacks: kept, and without effect."""
    kept = {"mode": "default"}

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if path.rstrip("/") != "/data-retention":
            return await answer(method, path, headers, body, query)
        if method == "PUT":
            kept["mode"] = json.loads(body)["mode"]
            _note("bedrock:PutAccountDataRetention", "", "", dict(kept))
        return 200, {"Content-Type": "application/json"}, json.dumps(kept).encode()

    return handle


def resource_of(answer: Any) -> Any:
    """What IAM judges a Bedrock call against: guardrail and inference profile, where the emulator says `*`."""

    def extract(service: str, method: str, path: str, *more: Any) -> str:
        here = f"arn:aws:bedrock:{get_region()}:{get_account_id()}"
        parts = unquote(path).strip("/").split("/")
        if service == "bedrock-runtime" and parts[0] == "guardrail":
            named = "/".join(parts[1:-3])
            return named if named.startswith("arn:") else f"{here}:guardrail/{named}"
        if service == "bedrock-runtime" and parts[0] == "model" and parts[1].split(".")[0] in ("eu", "global", "us"):
            return f"{here}:inference-profile/{parts[1]}"
        return str(answer(service, method, path, *more))

    return extract


def action_of(answer: Any) -> Any:
    """`Converse` is authorized as `InvokeModel`; the emulator takes the operation's name for the action."""
    models = {
        "bedrock:Converse": "bedrock:InvokeModel",
        "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream",
    }

    def extract(*given: Any) -> str | None:
        found: str | None = answer(*given)
        return models.get(found or "", found)

    return extract


def principal_of(answer: Any) -> Any:
    """`aws:PrincipalArn` of a role's session is the ARN of the role; the emulator says that of the session."""

    def resolve(key: str, context: Any) -> Any:
        found = answer(key, context)
        if key.lower() == "aws:principalarn" and isinstance(found, str) and ":assumed-role/" in found:
            account, name = found.split(":")[4], found.split("/")[1]
            return f"arn:aws:iam::{account}:role/{name}"
        return found

    return resolve


def by_arn(answer: Any) -> Any:
    """A guardrail may be named by its ARN; the emulator's routes know ids only."""

    async def handle(method: str, path: str, *more: Any) -> Any:
        return await answer(method, re.sub(r"^/guardrail/arn:aws:bedrock:[^/]+/", "/guardrail/", unquote(path)), *more)

    return handle


def secret(create: Any) -> Any:
    """`Ref` of a secret is its ARN; the emulator says its name."""

    def made(logical: str, given: Properties, stack: str) -> Made:
        _, attributes = create(logical, given, stack)
        return attributes["Arn"], attributes

    return made


def extend() -> None:
    """Add the types, but only those that the emulator does not know by itself."""
    handlers = provisioners._RESOURCE_HANDLERS
    for kind, handler in REAL.items():
        handlers.setdefault(kind, handler)
    for kind, attributes in RECORDED.items():
        handlers.setdefault(kind, {"create": record(kind, attributes), "delete": _leave})
    secrets = handlers["AWS::SecretsManager::Secret"]
    handlers["AWS::SecretsManager::Secret"] = {**secrets, "create": secret(secrets["create"])}
    iam_actions.extract_iam_action = action_of(iam_actions.extract_iam_action)
    iam_actions.extract_resource_arn = resource_of(iam_actions.extract_resource_arn)
    iam_evaluator._resolve_condition_key = principal_of(iam_evaluator._resolve_condition_key)
    bedrock_runtime.handle_request = by_arn(bedrock_runtime.handle_request)
    # in a context of its own: the account that it acts in must not become that of every request
    contextvars.copy_context().run(organise, *os.environ["REGENT_ORGANISATION"].split())
    bedrock.handle_request = retention(bedrock.handle_request)
    # with TLS it would bind port 443 as well, for logins that nobody does here
    gateway._port_is_bindable = lambda *_: False


if __name__ == "__main__":
    extend()
    sys.exit(gateway.main())
