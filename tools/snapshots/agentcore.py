"""Snapshots of Bedrock AgentCore: runtimes, gateways, policies, memories, evaluations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tools.calls import Place
from tools.snapshots.base import Seen, Survey, snapshot

_API = "bedrock-agentcore-control"
_TAGGED = "resourcegroupstaggingapi:GetResources"


def _listed(
    survey: Survey,
    listing: tuple[str, str],
    getting: tuple[str, str, str],
    tagged: str,
    name: Callable[[dict[str, Any]], str],
) -> None:
    """List, get each, count by tag too. `listing`: operation, member; `getting`: operation, parameter, id in a list."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.list(place, f"{_API}:{listing[0]}", listing[1])
        seen = []
        for one in found:
            data = survey.get(place, f"{_API}:{getting[0]}", **{getting[1]: one[getting[2]]})
            seen.append(survey.seen(name(data), data, place))
        return seen, max(len(found), survey.tagged(place, tagged))

    survey.everywhere(ask)


def _nested(
    survey: Survey,
    outer: tuple[str, str, str],
    listing: tuple[str, str, str],
    getting: tuple[str, str, str, str],
    label: str,
) -> None:
    """What lies in each of something. `outer`: operation, member, id; `listing`: operation, member, parameter;
    `getting`: operation, outer parameter, inner parameter, inner id. Counted over one listing, inspected over another.
    """

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        seen, counted = [], 0
        for one in survey.list(place, f"{_API}:{outer[0]}", outer[1]):
            listed = survey.list(place, f"{_API}:{listing[0]}", listing[1], **{listing[2]: one[outer[2]]})
            counted += len(listed)
            for inner in listed:
                given = {getting[1]: one[outer[2]], getting[2]: inner[getting[3]]}
                data = survey.get(place, f"{_API}:{getting[0]}", **given)
                seen.append(survey.seen(f"{one[label]}/{data['name']}", data, place))
        return seen, counted

    survey.everywhere(ask)


@snapshot("runtimes", operations=(f"{_API}:ListAgentRuntimes", f"{_API}:GetAgentRuntime", _TAGGED))
def runtimes(survey: Survey) -> None:
    """Each AgentCore runtime of the home accounts."""
    getting = ("GetAgentRuntime", "agentRuntimeId", "agentRuntimeId")
    listing = ("ListAgentRuntimes", "agentRuntimes")
    _listed(survey, listing, getting, "bedrock-agentcore:runtime", lambda data: str(data["agentRuntimeName"]))


@snapshot(
    "runtime-endpoints",
    operations=(
        f"{_API}:ListAgentRuntimes",
        f"{_API}:ListAgentRuntimeEndpoints",
        f"{_API}:GetAgentRuntimeEndpoint",
    ),
)
def runtime_endpoints(survey: Survey) -> None:
    """Each endpoint of each runtime."""
    _nested(
        survey,
        ("ListAgentRuntimes", "agentRuntimes", "agentRuntimeId"),
        ("ListAgentRuntimeEndpoints", "runtimeEndpoints", "agentRuntimeId"),
        ("GetAgentRuntimeEndpoint", "agentRuntimeId", "endpointName", "name"),
        "agentRuntimeId",
    )


@snapshot("gateways", operations=(f"{_API}:ListGateways", f"{_API}:GetGateway", _TAGGED))
def gateways(survey: Survey) -> None:
    """Each AgentCore gateway of the home accounts."""
    getting = ("GetGateway", "gatewayIdentifier", "gatewayId")
    _listed(survey, ("ListGateways", "items"), getting, "bedrock-agentcore:gateway", lambda data: str(data["name"]))


@snapshot(
    "gateway-targets",
    operations=(f"{_API}:ListGateways", f"{_API}:ListGatewayTargets", f"{_API}:GetGatewayTarget"),
)
def gateway_targets(survey: Survey) -> None:
    """Each target of each gateway."""
    _nested(
        survey,
        ("ListGateways", "items", "gatewayId"),
        ("ListGatewayTargets", "items", "gatewayIdentifier"),
        ("GetGatewayTarget", "gatewayIdentifier", "targetId", "targetId"),
        "name",
    )


@snapshot("policy-engines", operations=(f"{_API}:ListPolicyEngines", f"{_API}:GetPolicyEngine", _TAGGED))
def policy_engines(survey: Survey) -> None:
    """Each AgentCore policy engine of the home accounts."""
    getting = ("GetPolicyEngine", "policyEngineId", "policyEngineId")
    listing = ("ListPolicyEngines", "policyEngines")
    _listed(survey, listing, getting, "bedrock-agentcore:policy-engine", lambda data: str(data["name"]))


@snapshot(
    "gateway-policies",
    operations=(f"{_API}:ListPolicyEngines", f"{_API}:ListPolicies", f"{_API}:GetPolicy"),
)
def gateway_policies(survey: Survey) -> None:
    """Each policy of each policy engine."""
    _nested(
        survey,
        ("ListPolicyEngines", "policyEngines", "policyEngineId"),
        ("ListPolicies", "policies", "policyEngineId"),
        ("GetPolicy", "policyEngineId", "policyId", "policyId"),
        "name",
    )


@snapshot("memories", operations=(f"{_API}:ListMemories", f"{_API}:GetMemory", _TAGGED))
def memories(survey: Survey) -> None:
    """Each AgentCore memory; the data is the memory itself."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.list(place, f"{_API}:ListMemories", "memories")
        got = [survey.get(place, f"{_API}:GetMemory", memoryId=one["id"])["memory"] for one in found]
        seen = [survey.seen(one["name"], one, place) for one in got]
        return seen, max(len(found), survey.tagged(place, "bedrock-agentcore:memory"))

    survey.everywhere(ask)


@snapshot(
    "online-evaluations",
    operations=(f"{_API}:ListOnlineEvaluationConfigs", f"{_API}:GetOnlineEvaluationConfig", _TAGGED),
)
def online_evaluations(survey: Survey) -> None:
    """Each online evaluation configuration."""
    key = "onlineEvaluationConfigId"
    _listed(
        survey,
        ("ListOnlineEvaluationConfigs", "onlineEvaluationConfigs"),
        ("GetOnlineEvaluationConfig", key, key),
        "bedrock-agentcore:online-evaluation-config",
        lambda data: str(data["onlineEvaluationConfigName"]),
    )
