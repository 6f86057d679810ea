"""Rules for who may reach what: roles, security groups, firewalls, function URLs, alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import as_list, dig, external_id, only_counts
from policies.controls.rules.base import Fault, Resources, of, rule, tag

ROLE, POLICY, MANAGED = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"
GROUP, INGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
WEB_ACL, ALARM, URL = "AWS::WAFv2::WebACL", "AWS::CloudWatch::Alarm", "AWS::Lambda::Url"
_ANYWHERE = ("0.0.0.0/0", "::/0")
_NO_RESOURCE = frozenset(
    {
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:PutSpans",
        "xray:PutSpansForIndexing",
        "ecr:GetAuthorizationToken",
        "bedrock:PutModelInvocationLoggingConfiguration",
        "bedrock:DeleteModelInvocationLoggingConfiguration",
    }
)
"""Actions for which AWS knows no resource; they can only be allowed on all."""


@rule(ROLE, POLICY, MANAGED)
def roles_least(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """No policy allows all actions, of AWS or of a service, or all but some, or to change anything there is; no role
    trusts anybody."""
    for name, one in of(resources, ROLE, POLICY, MANAGED):
        documents = [one.get("PolicyDocument"), *(p.get("PolicyDocument") for p in one.get("Policies") or [])]
        for statement in (s for d in documents if d for s in as_list(d.get("Statement"))):
            if statement.get("Effect") != "Allow":
                continue
            if "NotAction" in statement:
                yield Fault("all-but-some", name)
            for action in as_list(statement.get("Action")):
                if action == "*" or action.endswith(":*"):
                    yield Fault("all-actions", name, action)
                elif "*" in as_list(statement.get("Resource")) and _changes_anything(action, statement):
                    yield Fault("changes-anything", name, action)
        for statement in as_list(dig(one, "AssumeRolePolicyDocument.Statement")):
            principal = statement.get("Principal")
            named = as_list(principal.get("AWS")) if isinstance(principal, Mapping) else as_list(principal)
            if statement.get("Effect") == "Allow" and "*" in named:
                yield Fault("anybody-trusted", name)


def _changes_anything(action: str, statement: Mapping[str, Any]) -> bool:
    """Whether an action on all resources is more than reading, with no condition that bounds it."""
    from tools.iam import is_read

    return not is_read(action) and action not in _NO_RESOURCE and not statement.get("Condition")


def reads(role: Mapping[str, Any]) -> bool:
    """Whether a role is tagged as the one that reads an account."""
    return tag(role, "regent:purpose") == "reader"


@rule(ROLE, where=reads)
def readers_bound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Reader roles (tag `regent:purpose` reader) are taken on with an external id, and deny all the rest."""
    for name, role in of(resources, ROLE):
        if not reads(role):
            continue
        if not external_id(role.get("AssumeRolePolicyDocument") or {}):
            yield Fault("no-external-id", name)
        statements = [s for p in role.get("Policies") or [] for s in as_list(dig(p, "PolicyDocument.Statement"))]
        attached = [p for _, p in of(resources, POLICY, MANAGED) if {"Ref": name} in as_list(p.get("Roles"))]
        statements += [s for p in attached for s in as_list(dig(p, "PolicyDocument.Statement"))]
        if not any(s.get("Effect") == "Deny" and "NotAction" in s for s in statements):
            yield Fault("no-denial", name)


@rule(GROUP, INGRESS)
def groups_closed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """No security group lets in the whole world."""
    for name, one in of(resources, GROUP, INGRESS):
        entries: list[Mapping[str, Any]] = as_list(one.get("SecurityGroupIngress")) or [one]
        if any(entry.get("CidrIp") in _ANYWHERE or entry.get("CidrIpv6") in _ANYWHERE for entry in entries):
            yield Fault("open-to-all", name)


@rule(WEB_ACL)
def firewalls_act(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Web ACLs have rules, and none that only counts."""
    for name, acl in of(resources, WEB_ACL):
        rules = acl.get("Rules") or []
        if not rules:
            yield Fault("no-rules", name)
        for one in rules:
            if only_counts(one.get("Action"), one.get("OverrideAction")):
                yield Fault("only-counts", name, str(one.get("Name")))


@rule(ALARM)
def alarms_armed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Alarms are armed and tell somebody."""
    for name, alarm in of(resources, ALARM):
        if alarm.get("ActionsEnabled") is False:
            yield Fault("disarmed", name)
        if not alarm.get("AlarmActions"):
            yield Fault("tells-nobody", name)


@rule(URL)
def urls_closed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Function URLs ask for IAM."""
    for name, url in of(resources, URL):
        if url.get("AuthType") != "AWS_IAM":
            yield Fault("open-to-all", name, str(url.get("AuthType")))
