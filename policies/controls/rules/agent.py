"""Rules for what answers: guardrails, runtimes, gateways, policies, memory, evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import GUARDRAIL, GUARDRAIL_VERSION, any_audience, dig, own_key, unconditional
from policies.controls.rules.base import Fault, Resources, mentions, of, rule, strings

GUARDRAIL_TYPE, VERSION = "AWS::Bedrock::Guardrail", "AWS::Bedrock::GuardrailVersion"
FUNCTION, ESTATE = "AWS::Lambda::Function", "REGENT_ESTATE"
RUNTIME, ENDPOINT = "AWS::BedrockAgentCore::Runtime", "AWS::BedrockAgentCore::RuntimeEndpoint"
GATEWAY, ENGINE = "AWS::BedrockAgentCore::Gateway", "AWS::BedrockAgentCore::PolicyEngine"
POLICY, MEMORY = "AWS::BedrockAgentCore::Policy", "AWS::BedrockAgentCore::Memory"
EVALUATION, ASSOCIATION = "AWS::BedrockAgentCore::OnlineEvaluationConfig", "AWS::WAFv2::WebACLAssociation"
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")
_PROFILE = re.compile(r"(?:bedrock:|inference-profile/)([a-z]{2,6})\.[a-z0-9-]+\.")


@rule(GUARDRAIL_TYPE)
def guardrails_whole(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Every guardrail has a published version, denies topics, stops prompt attacks and looks for personal data."""
    published = set().union(*(mentions(version) for _, version in of(resources, VERSION)))
    for name, guardrail in of(resources, GUARDRAIL_TYPE):
        if name not in published:
            yield Fault("draft-only", name)
        filters = {one["Type"]: one for one in dig(guardrail, "ContentPolicyConfig.FiltersConfig") or []}
        if filters.get("PROMPT_ATTACK", {}).get("InputStrength") != "HIGH":
            yield Fault("prompt-attacks-pass", name)
        topics = dig(guardrail, "TopicPolicyConfig.TopicsConfig") or []
        if not topics or any(t.get("InputEnabled") is False or t.get("InputAction") == "NONE" for t in topics):
            yield Fault("topics-pass", name)
        if not dig(guardrail, "SensitiveInformationPolicyConfig.PiiEntitiesConfig"):
            yield Fault("persons-pass", name)


@rule(RUNTIME)
def runtimes_enclosed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Runtimes sit in our network, verify callers, end their sessions, and have a name that AWS accepts."""
    for name, runtime in of(resources, RUNTIME):
        if dig(runtime, "NetworkConfiguration.NetworkMode") != "VPC":
            yield Fault("public", name)
        jwt = dig(runtime, "AuthorizerConfiguration.CustomJWTAuthorizer")
        if jwt is not None and not (jwt.get("AllowedAudience") or jwt.get("AllowedClients")):
            yield Fault("any-audience", name)
        seconds = dig(runtime, "LifecycleConfiguration.MaxLifetime")
        if not isinstance(seconds, int) or seconds > declared.session_seconds_at_most:
            yield Fault("lives-too-long", name, f"{seconds}, declared {declared.session_seconds_at_most}")
        called = runtime.get("AgentRuntimeName")
        if isinstance(called, str) and not _NAME.fullmatch(called):
            yield Fault("bad-name", name, called)


def answers(properties: Mapping[str, Any]) -> bool:
    """Whether it is a runtime, or a function that answers about the estate as one does."""
    return "AgentRuntimeArtifact" in properties or "AgentRuntimeName" in properties or ESTATE in settings(properties)


def settings(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The environment of a runtime or of a function."""
    found: Mapping[str, Any] = properties.get("EnvironmentVariables") or dig(properties, "Environment.Variables") or {}
    return found


@rule(RUNTIME, FUNCTION, where=answers)
def runtimes_guarded(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Runtimes, and functions that answer, name a guardrail by a version that is not the draft."""
    for name, one in of(resources, RUNTIME, FUNCTION):
        if not answers(one):
            continue
        environment = settings(one)
        if not environment.get(GUARDRAIL):
            yield Fault("no-guardrail", name)
        elif environment.get(GUARDRAIL_VERSION, "DRAFT") == "DRAFT":
            yield Fault("draft", name)


@rule(RUNTIME)
def runtimes_pinned(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Every runtime has an endpoint of its own, on a version."""
    pinned = [endpoint for _, endpoint in of(resources, ENDPOINT) if endpoint.get("AgentRuntimeVersion")]
    for name, _ in of(resources, RUNTIME):
        if not any(name in mentions(endpoint.get("AgentRuntimeId")) for endpoint in pinned):
            yield Fault("not-pinned", name)


@rule(RUNTIME, FUNCTION, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
def models_resident(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """No inference profile is named whose group of regions is not that of the declared regions."""
    groups = {region.partition("-")[0] for region in declared.regions}
    for name, properties in of(resources, *models_resident.types):
        for text in strings(properties):
            for group in sorted(set(_PROFILE.findall(text)) - groups):
                yield Fault("leaves", name, f"{group} in {text[:80]}")


@rule(GATEWAY)
def gateways_enforce(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Gateways have a policy engine that enforces."""
    for name, gateway in of(resources, GATEWAY):
        engine = gateway.get("PolicyEngineConfiguration") or {}
        if not engine.get("Arn"):
            yield Fault("no-policy-engine", name)
        elif engine.get("Mode") != "ENFORCE":
            yield Fault("log-only", name, str(engine.get("Mode")))


@rule(GATEWAY)
def gateways_enclosed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Gateways verify callers, tell nothing in errors, are encrypted, and fail closed behind a firewall."""
    behind = set().union(*(mentions(one.get("ResourceArn")) for _, one in of(resources, ASSOCIATION)))
    for name, gateway in of(resources, GATEWAY):
        jwt = dig(gateway, "AuthorizerConfiguration.CustomJWTAuthorizer") or {}
        camel = {"customJWTAuthorizer": {"allowedAudience": jwt.get("AllowedAudience") or jwt.get("AllowedClients")}}
        if gateway.get("AuthorizerType") not in ("CUSTOM_JWT", "AWS_IAM"):
            yield Fault("anybody", name, str(gateway.get("AuthorizerType")))
        elif gateway["AuthorizerType"] == "CUSTOM_JWT" and any_audience(camel):
            yield Fault("any-audience", name)
        if gateway.get("ExceptionLevel") == "DEBUG":
            yield Fault("tells-too-much", name)
        if not own_key(gateway.get("KmsKeyArn")):
            yield Fault("no-own-key", name)
        if dig(gateway, "WafConfiguration.FailureMode") != "FAIL_CLOSE" or name not in behind:
            yield Fault("fails-open", name)


@rule(POLICY, ENGINE)
def policies_in_force(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Policies are active, valid Cedar, checked against the gateway's schema, and never open; engines have some."""
    filled: set[str] = set()
    for name, policy in of(resources, POLICY):
        filled |= mentions(policy.get("PolicyEngineId"))
        if policy.get("EnforcementMode", "ACTIVE") != "ACTIVE":
            yield Fault("log-only", name)
        if policy.get("ValidationMode", "FAIL_ON_ANY_FINDINGS") != "FAIL_ON_ANY_FINDINGS":
            yield Fault("not-validated", name)
        statement = dig(policy, "Definition.Cedar.Statement")
        text = joined(statement)
        if not text.strip():
            yield Fault("no-cedar", name, "empty, or known to CloudFormation only")
        try:
            if unconditional(text):
                yield Fault("wide-open", name)
        except ValueError as error:
            yield Fault("no-cedar", name, str(error).splitlines()[0][:100])
    for name, engine in of(resources, ENGINE):
        if name not in filled:
            yield Fault("empty", name)
        if not own_key(engine.get("EncryptionKeyArn")):
            yield Fault("no-own-key", name)


def joined(statement: object) -> str:
    """A statement as text; what CloudFormation will insert into it (an ARN, an id) stands as a word."""
    if isinstance(statement, str):
        return statement
    parts = dig(statement, "Fn::Join") if isinstance(statement, dict) else None
    if not isinstance(parts, list) or len(parts) != 2:
        return ""
    return str(parts[0]).join(part if isinstance(part, str) else "inserted" for part in parts[1])


@rule(MEMORY)
def memories_protected(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Memories are encrypted with a key of ours and forget in time."""
    for name, memory in of(resources, MEMORY):
        if not own_key(memory.get("EncryptionKeyArn")):
            yield Fault("no-own-key", name)
        days = memory.get("EventExpiryDuration")
        if not isinstance(days, int) or days > declared.memory_days_at_most:
            yield Fault("remembers-too-long", name, f"{days} days, declared {declared.memory_days_at_most}")


@rule(EVALUATION)
def evaluations_on(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Online evaluation is switched on and samples the declared share."""
    for name, config in of(resources, EVALUATION):
        if config.get("ExecutionStatus") != "ENABLED":
            yield Fault("off", name)
        percent = dig(config, "Rule.SamplingConfig.SamplingPercentage")
        if not isinstance(percent, int | float) or percent < declared.evaluation_percent_at_least:
            yield Fault("too-few", name, f"{percent}, declared {declared.evaluation_percent_at_least:g} %")
