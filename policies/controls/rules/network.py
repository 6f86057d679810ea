"""Rules for what is reached from where: networks, doors of APIs, transport, permissions to invoke."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import as_list, dig
from policies.controls.rules.base import Fault, Resources, mentions, of, rule

SUBNET, ENDPOINT, ROUTE = "AWS::EC2::Subnet", "AWS::EC2::VPCEndpoint", "AWS::EC2::Route"
OUT = ("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway")
REST_STAGE, HTTP_STAGE = "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"
ASSOCIATION, PERMISSION = "AWS::WAFv2::WebACLAssociation", "AWS::Lambda::Permission"
_ANYWHERE = ("0.0.0.0/0", "::/0")
_HELD: Mapping[str, tuple[str, str]] = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
"""What can be asked over plain HTTP, the resource that holds its policy, and the property by which that names it."""


@rule(SUBNET, ENDPOINT, ROUTE, *OUT)
def networks_closed(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """No way leads to the internet, and every endpoint has a policy that says who may pass and for what."""
    for name, _ in of(resources, *OUT):
        yield Fault("has-internet", name)
    for name, subnet in of(resources, SUBNET):
        if subnet.get("MapPublicIpOnLaunch") not in (None, False):
            yield Fault("has-internet", name)
    for name, route in of(resources, ROUTE):
        if route.get("DestinationCidrBlock") in _ANYWHERE or route.get("DestinationIpv6CidrBlock") in _ANYWHERE:
            yield Fault("has-internet", name)
    for name, endpoint in of(resources, ENDPOINT):
        document = endpoint.get("PolicyDocument")
        statements = as_list(dig(document, "Statement")) if isinstance(document, Mapping) else []
        if not statements:
            yield Fault("any-pass", name, "it has no policy")
        elif any(_all_pass(one) for one in statements):
            yield Fault("any-pass", name)


@rule(REST_STAGE, HTTP_STAGE)
def doors_guarded(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Stages of APIs write who called, never what was said, and stand behind a firewall."""
    behind = set().union(*(mentions(one.get("ResourceArn")) for _, one in of(resources, ASSOCIATION)))
    for name, stage in of(resources, REST_STAGE, HTTP_STAGE):
        if not (dig(stage, "AccessLogSetting.DestinationArn") or dig(stage, "AccessLogSettings.DestinationArn")):
            yield Fault("no-access-log", name)
        methods = [*as_list(stage.get("MethodSettings")), stage.get("DefaultRouteSettings") or {}]
        if any(one.get("DataTraceEnabled") not in (None, False) for one in methods):
            yield Fault("logs-contents", name)
        if name not in behind:
            yield Fault("no-firewall", name)


@rule(*_HELD)
def over_tls(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Buckets, queues and topics refuse what does not come over TLS."""
    for kind, (holder, names) in _HELD.items():
        refusing: set[str] = set()
        for _, policy in of(resources, holder):
            if any(_refuses_plain(one) for one in as_list(dig(policy, "PolicyDocument.Statement"))):
                refusing |= mentions(policy.get(names))
        for name, _ in of(resources, kind):
            if name not in refusing:
                yield Fault("no-tls", name)


@rule(PERMISSION)
def invokers_named(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """A permission to invoke a function names who: no anybody, and of a service only our own resource."""
    for name, one in of(resources, PERMISSION):
        who = one.get("Principal")
        if who == "*":
            yield Fault("anybody-invokes", name)
        elif isinstance(who, str) and who.endswith(".amazonaws.com"):
            source = one.get("SourceArn") or one.get("SourceAccount")
            if not source or source == "*":
                yield Fault("anybody-invokes", name, f"{who}, for whomever")


def _refuses_plain(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, Mapping) and "*" in as_list(principal.get("AWS")))
    condition = dig(statement, "Condition.Bool") or {}
    return (
        statement.get("Effect") == "Deny" and everybody and str(condition.get("aws:SecureTransport")).lower() == "false"
    )


def _all_pass(statement: Mapping[str, Any]) -> bool:
    """Whether a statement of an endpoint lets anybody pass, or for anything."""
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal")
    named = as_list(principal.get("AWS")) if isinstance(principal, Mapping) else as_list(principal)
    return "*" in as_list(statement.get("Action")) or ("*" in named and not statement.get("Condition"))
