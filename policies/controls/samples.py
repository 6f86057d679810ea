"""Good evidence that several checks start from; their mutants change it in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from policies.controls.evidence import Item

SHA = {name: name * 64 for name in "abcdef"}
"""Digests that are easy to tell apart."""
_START = datetime(2026, 10, 15, 8, tzinfo=UTC)

ASKED = {"channel": "slack", "role": "manager", "assurance": "token", "model": "offline", "estate": "aws"}
PASSED = {"outcome": "passed", "masked": [], "reasons": [], "not_assessed": [], "version": "3f0a/3"}
STORY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("question.asked", ASKED),
    ("guard.assessed", {"point": "question", **PASSED}),
    ("sight.resolved", {"complete": True}),
    ("specialist.started", {"specialist": "cost", "prompt_sha256": SHA["a"], "model": "offline"}),
    ("model.called", {"specialist": "cost", "model": "offline", "input_tokens": 0, "output_tokens": 0}),
    ("gate.decided", {"query": "spend", "decision": "allow", "input_sha256": SHA["b"], "policies_sha256": SHA["c"]}),
    ("query.called", {"query": "spend", "input_sha256": SHA["b"], "personal_data": False}),
    (
        "query.returned",
        {"query": "spend", "intent": 6, "receipts": [{"id": "r-1", "source": "aws"}], "facts": ["f1", "f2"]},
    ),
    ("guard.assessed", {"point": "tool_result", **PASSED}),
    ("model.called", {"specialist": "cost", "model": "offline", "input_tokens": 0, "output_tokens": 0}),
    ("grounding.checked", {"outcome": "bound", "faults": [], "text_sha256": SHA["d"]}),
    ("guard.assessed", {"point": "answer", **PASSED}),
    (
        "answer.delivered",
        {"status": "answered", "text_sha256": SHA["e"], "figures": 2, "facts": ["f1", "f2"], "receipts": ["r-1"]},
    ),
)
"""What a question leaves that is answered as it should be; mutants name records by their place in it."""


def with_records(*story: tuple[str, dict[str, Any]], name: str = "q-1", first: int = 0) -> Item:
    """A question's item: its records a second apart from eight o'clock on, numbered from `first`."""
    records = [
        {
            "index": first + place,
            "time": (_START + timedelta(seconds=place)).isoformat(),
            "type": kind,
            "actor": "system:desk",
            "body": dict(body),
        }
        for place, (kind, body) in enumerate(story)
    ]
    return Item(name=name, data={"records": records})


def answered(name: str = "q-1") -> Item:
    """A question that was answered as it should be."""
    return with_records(*STORY, name=name)


def denied(name: str = "q-2") -> Item:
    """A question whose only call the gate denied."""
    decided = (
        "gate.decided",
        {"query": "who_did_what", "decision": "deny", "policies": [], "reason": "no policy permits"},
    )
    said = (
        "answer.delivered",
        {"status": "denied", "text_sha256": SHA["f"], "figures": 0, "facts": [], "receipts": []},
    )
    return with_records(*STORY[:5], decided, said, name=name)


APPROVAL: dict[str, Any] = {
    "question": "q-1",
    "query": "who_did_what",
    "asker": "p-1",
    "requested": "2026-10-14T08:00:00Z",
    "expires": "2026-10-14T09:00:00Z",
    "decided": "2026-10-14T08:05:00Z",
    "decision": "approve",
    "approver": "p-2",
    "consumed": "2026-10-14T08:05:01Z",
    "outcome": "approved",
    "resumed": ["2026-10-14T08:05:02Z"],
    "calls": ["0" * 64],
}
"""An approval that was asked for, given by another and used once."""

INCIDENT: dict[str, Any] = {
    "system": "regent",
    "class": "major",
    "owner": "p-3",
    "detected": "2026-10-10T08:00:00Z",
    "classified": "2026-10-10T09:00:00Z",
    "notify": True,
    "deadlines": [
        {"regime": "nis2", "stage": "early-warning", "due": "2026-10-11T08:00:00Z", "done": "2026-10-10T20:00:00Z"}
    ],
    "communications": [{"to": "users", "at": "2026-10-10T10:00:00Z"}],
    "cause": "a retry without a limit",
    "lessons": "limits are set where calls are made",
    "controls": ["A.6.2.6"],
    "closed": "2026-10-12T08:00:00Z",
}
"""An incident that was handled as it should be."""

RELEASE: dict[str, Any] = {
    "version": "0.4.0",
    "author": "p-1",
    "approver": "p-2",
    "approved": "2026-10-01T09:00:00Z",
    "closed": "2026-10-01T10:00:00Z",
    "change": "CHG-12",
    "impact_assessment": "AIIA-1",
    "rollback": "0.3.2",
    "artefacts": ["4f" * 32],
    "prompts": ["a" * 64],
    "policies": ["c" * 64],
    "model": "offline",
    "guardrail": "gr1:3",
    "evaluations": ["e" * 64],
}
"""A release that was made as it should be."""


def stack(**resources: dict[str, Any]) -> Item:
    """A template's item with these resources; without any, a stack that is none of a check's business."""
    return Item(name="regent-agent" if resources else "regent-other", data={"Resources": resources})


RUNTIME_STACK = stack(
    Runtime={
        "Type": "AWS::BedrockAgentCore::Runtime",
        "Properties": {
            "AgentRuntimeName": "regent_people",
            "NetworkConfiguration": {"NetworkMode": "VPC", "NetworkModeConfig": {"Subnets": ["s"]}},
            "AuthorizerConfiguration": {
                "CustomJWTAuthorizer": {"DiscoveryUrl": "https://x", "AllowedAudience": ["regent"]}
            },
            "LifecycleConfiguration": {"MaxLifetime": 28800},
            "EnvironmentVariables": {
                "REGENT_GUARDRAIL": {"Ref": "Guardrail"},
                "REGENT_GUARDRAIL_VERSION": {"Fn::GetAtt": ["Version", "Version"]},
                "REGENT_MODEL": "bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
            },
        },
    },
    Endpoint={
        "Type": "AWS::BedrockAgentCore::RuntimeEndpoint",
        "Properties": {"AgentRuntimeId": {"Ref": "Runtime"}, "AgentRuntimeVersion": "1", "Name": "prod"},
    },
)
"""A runtime as the agent stack synthesizes it: in our network, with verified callers and a guardrail."""

GATEWAY_STACK = stack(
    Gateway={
        "Type": "AWS::BedrockAgentCore::Gateway",
        "Properties": {
            "AuthorizerType": "CUSTOM_JWT",
            "AuthorizerConfiguration": {
                "CustomJWTAuthorizer": {"DiscoveryUrl": "https://x", "AllowedAudience": ["regent"]}
            },
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "PolicyEngineConfiguration": {"Arn": {"Fn::GetAtt": ["Engine", "PolicyEngineArn"]}, "Mode": "ENFORCE"},
            "WafConfiguration": {"FailureMode": "FAIL_CLOSE"},
        },
    },
    Firewall={
        "Type": "AWS::WAFv2::WebACLAssociation",
        "Properties": {
            "ResourceArn": {"Fn::GetAtt": ["Gateway", "GatewayArn"]},
            "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]},
        },
    },
)
"""A gateway as its stack synthesizes it: with verified callers, a policy engine that enforces, behind a firewall."""
