"""Bedrock AgentCore's control plane: the runtimes, gateway, policies, memory and evaluation of Regent's deployment."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.deployed import Resource, deployed, settings
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._deployed import camel, mine, one_of, times
from tools.estate.services._paging import Paging, page

_PAGING = Paging("nextToken", "maxResults", 100, 1000, "ValidationException")
_RUNTIME, _ENDPOINT = "BedrockAgentCore::Runtime", "BedrockAgentCore::RuntimeEndpoint"
_GATEWAY, _TARGET = "BedrockAgentCore::Gateway", "BedrockAgentCore::GatewayTarget"
_ENGINE, _POLICY = "BedrockAgentCore::PolicyEngine", "BedrockAgentCore::Policy"
_MEMORY, _EVALUATION = "BedrockAgentCore::Memory", "BedrockAgentCore::OnlineEvaluationConfig"


def _paged(request: EstateRequest, member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(request, items, _PAGING)
    return {member: shown, **token}


def _named(request: EstateRequest, documents: list[dict[str, Any]], member: str, what: str) -> dict[str, Any]:
    """The document that a request names by its member of the same name; ResourceNotFoundException if there is none."""
    wanted = request.params[member]
    for one in documents:
        if one[member] == wanted:
            return one
    raise AwsError("ResourceNotFoundException", f"{what} {wanted} was not found.", 404)


def _only(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """What a list shows of a document."""
    return {name: document[name] for name in names if name in document}


def _camel(resource: Resource, *left_out: str) -> dict[str, Any]:
    said = {key: one for key, one in resource.properties.items() if key not in ("Tags", *left_out)}
    found: dict[str, Any] = camel(said)
    return found


def _version(runtime: Resource) -> str:
    """The newest version: what the deployment set afterwards by API made a second one."""
    applied = [
        one for one in settings("runtime-metadata", runtime.account, runtime.region) if one["RuntimeId"] == runtime.id
    ]
    return str(1 + len(applied))


def _runtime(runtime: Resource) -> dict[str, Any]:
    document = _camel(runtime, "ProtocolConfiguration")
    return document | {
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        "agentRuntimeVersion": _version(runtime),
        "status": "READY",
        "protocolConfiguration": {"serverProtocol": runtime.properties["ProtocolConfiguration"]},
        "metadataConfiguration": {"requireMMDSV2": _version(runtime) != "1"},
        "workloadIdentityDetails": {
            "workloadIdentityArn": f"{runtime.arn.replace(':runtime/', ':workload-identity/')}"
        },
        **times(runtime, "lastUpdatedAt"),
    }


def list_agent_runtimes(request: EstateRequest) -> dict[str, Any]:
    shown = ("agentRuntimeArn", "agentRuntimeId", "agentRuntimeVersion", "agentRuntimeName", "description", "status")
    found = [_only(_runtime(one), *shown, "lastUpdatedAt") for one in mine(request, _RUNTIME)]
    return _paged(request, "agentRuntimes", found)


def get_agent_runtime(request: EstateRequest) -> dict[str, Any]:
    document = _runtime(one_of(request, _RUNTIME, "agentRuntimeId", "Agent runtime"))
    if request.params.get("agentRuntimeVersion") not in (None, document["agentRuntimeVersion"]):
        raise AwsError("ResourceNotFoundException", "The sample estate keeps the newest version only.", 404)
    return document


def _endpoints(request: EstateRequest) -> list[dict[str, Any]]:
    """DEFAULT, which every runtime has and which follows the newest version, and those that were made."""
    runtime = one_of(request, _RUNTIME, "agentRuntimeId", "Agent runtime")
    version = _version(runtime)
    named = [("DEFAULT", "DEFAULT", version, "")]
    for one in mine(request, _ENDPOINT):
        said = one.properties
        if said["AgentRuntimeId"] == runtime.id:
            named.append((one.id, said["Name"], str(said["AgentRuntimeVersion"]), said["Description"]))
    return [
        {
            "id": id,
            "name": name,
            "liveVersion": live,
            "targetVersion": live,
            "agentRuntimeArn": runtime.arn,
            "agentRuntimeEndpointArn": f"{runtime.arn}/runtime-endpoint/{name}",
            "status": "READY",
            **({"description": text} if text else {}),
            **times(runtime, "lastUpdatedAt"),
        }
        for id, name, live, text in named
    ]


def list_agent_runtime_endpoints(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "runtimeEndpoints", _endpoints(request))


def get_agent_runtime_endpoint(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["endpointName"]
    for one in _endpoints(request):
        if one["name"] == wanted:
            return one
    raise AwsError("ResourceNotFoundException", f"Endpoint {wanted} was not found.", 404)


def _gateway(gateway: Resource) -> dict[str, Any]:
    acls = [
        one.properties["WebACLArn"]
        for one in deployed("WAFv2::WebACLAssociation", gateway.account, gateway.region)
        if one.properties["ResourceArn"] == gateway.arn
    ]
    return _camel(gateway) | {
        "gatewayArn": gateway.arn,
        "gatewayId": gateway.id,
        "gatewayUrl": gateway.attributes["GatewayUrl"],
        "status": "READY",
        **({"webAclArn": acls[0]} if acls else {}),
        **times(gateway),
    }


def list_gateways(request: EstateRequest) -> dict[str, Any]:
    shown = ("gatewayId", "name", "status", "description", "createdAt", "updatedAt", "authorizerType", "protocolType")
    return _paged(request, "items", [_only(_gateway(one), *shown) for one in mine(request, _GATEWAY)])


def get_gateway(request: EstateRequest) -> dict[str, Any]:
    return _gateway(one_of(request, _GATEWAY, "gatewayIdentifier", "Gateway"))


def _targets(request: EstateRequest) -> list[dict[str, Any]]:
    gateway = one_of(request, _GATEWAY, "gatewayIdentifier", "Gateway")
    return [
        _camel(one, "GatewayIdentifier")
        | {"gatewayArn": gateway.arn, "targetId": one.id, "status": "READY", **times(one)}
        for one in mine(request, _TARGET)
        if one.properties["GatewayIdentifier"] == gateway.id
    ]


def list_gateway_targets(request: EstateRequest) -> dict[str, Any]:
    shown = ("targetId", "name", "status", "description", "createdAt", "updatedAt")
    return _paged(request, "items", [_only(one, *shown) for one in _targets(request)])


def get_gateway_target(request: EstateRequest) -> dict[str, Any]:
    return _named(request, _targets(request), "targetId", "Target")


def _engine(engine: Resource) -> dict[str, Any]:
    return _camel(engine) | {
        "policyEngineId": engine.id,
        "policyEngineArn": engine.arn,
        "status": "ACTIVE",
        "statusReasons": [],
        **times(engine),
    }


def list_policy_engines(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "policyEngines", [_engine(one) for one in mine(request, _ENGINE)])


def get_policy_engine(request: EstateRequest) -> dict[str, Any]:
    return _engine(one_of(request, _ENGINE, "policyEngineId", "Policy engine"))


def _policies(request: EstateRequest) -> list[dict[str, Any]]:
    engine = one_of(request, _ENGINE, "policyEngineId", "Policy engine")
    return [
        _camel(one, "ValidationMode")
        | {
            "policyId": one.id,
            "policyArn": f"{engine.arn}/policy/{one.id}",
            "status": "ACTIVE",
            "statusReasons": [],
            **times(one),
        }
        for one in mine(request, _POLICY)
        if one.properties["PolicyEngineId"] == engine.id
    ]


def list_policies(request: EstateRequest) -> dict[str, Any]:
    scope = request.params.get("targetResourceScope")
    found = [one for one in _policies(request) if not scope or scope in one["definition"]["cedar"]["statement"]]
    return _paged(request, "policies", found)


def get_policy(request: EstateRequest) -> dict[str, Any]:
    return _named(request, _policies(request), "policyId", "Policy")


def _memory(memory: Resource) -> dict[str, Any]:
    named = {"arn": memory.arn, "id": memory.id, "status": "ACTIVE", "strategies": []}
    return _camel(memory) | named | times(memory)


def list_memories(request: EstateRequest) -> dict[str, Any]:
    shown = ("arn", "id", "status", "createdAt", "updatedAt")
    return _paged(request, "memories", [_only(_memory(one), *shown) for one in mine(request, _MEMORY)])


def get_memory(request: EstateRequest) -> dict[str, Any]:
    return {"memory": _memory(one_of(request, _MEMORY, "memoryId", "Memory"))}


def _evaluation(config: Resource) -> dict[str, Any]:
    arn = f"arn:aws:bedrock-agentcore:{config.region}:{config.account}:online-evaluation-config/{config.id}"
    return _camel(config) | {
        "onlineEvaluationConfigArn": arn,
        "onlineEvaluationConfigId": config.id,
        "status": "ACTIVE",
        **times(config),
    }


def list_online_evaluation_configs(request: EstateRequest) -> dict[str, Any]:
    name = "onlineEvaluationConfig"
    shown = (f"{name}Arn", f"{name}Id", f"{name}Name", "description", "status", "executionStatus")
    found = [_only(_evaluation(one), *shown, "createdAt", "updatedAt") for one in mine(request, _EVALUATION)]
    return _paged(request, f"{name}s", found)


def get_online_evaluation_config(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["onlineEvaluationConfigId"]
    for one in mine(request, _EVALUATION):
        if wanted in (one.id, one.properties["OnlineEvaluationConfigName"]):
            return _evaluation(one)
    raise AwsError("ResourceNotFoundException", f"Online evaluation config {wanted} was not found.", 404)


OPERATIONS: dict[str, Handler] = {
    "ListAgentRuntimes": list_agent_runtimes,
    "GetAgentRuntime": get_agent_runtime,
    "ListAgentRuntimeEndpoints": list_agent_runtime_endpoints,
    "GetAgentRuntimeEndpoint": get_agent_runtime_endpoint,
    "ListGateways": list_gateways,
    "GetGateway": get_gateway,
    "ListGatewayTargets": list_gateway_targets,
    "GetGatewayTarget": get_gateway_target,
    "ListPolicyEngines": list_policy_engines,
    "GetPolicyEngine": get_policy_engine,
    "ListPolicies": list_policies,
    "GetPolicy": get_policy,
    "ListMemories": list_memories,
    "GetMemory": get_memory,
    "ListOnlineEvaluationConfigs": list_online_evaluation_configs,
    "GetOnlineEvaluationConfig": get_online_evaluation_config,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Runtimes, and each gateway with what decides in front of it."""
    return {
        "agentcore_runtimes": [
            {"account": one.account, "region": one.region, "name": one.properties["AgentRuntimeName"]}
            for one in deployed(_RUNTIME)
        ],
        "agentcore_gateways": [
            {
                "account": one.account,
                "region": one.region,
                "name": one.properties["Name"],
                "policy_mode": one.properties["PolicyEngineConfiguration"]["Mode"],
                "firewall": "webAclArn" in _gateway(one),
            }
            for one in deployed(_GATEWAY)
        ],
    }
