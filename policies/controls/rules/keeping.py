"""Rules for what must stay, and stay as it was: retained resources, objects that are only ever new, secrets, topics."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import as_list, dig, own_key
from policies.controls.rules.base import Fault, Resources, mentions, of, rule, strings
from policies.controls.rules.storage import BUCKET, KEY, LOG_GROUP, TABLE, for_evidence

BUCKET_POLICY, SECRET, TOPIC, FUNCTION = (
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::Lambda::Function",
)
_STAYS = ("Retain", "RetainExceptOnCreate")


@rule(BUCKET, TABLE, LOG_GROUP, KEY)
def kept(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """What holds data stays when its stack goes, and when an update puts another in its place."""
    for name, _ in of(resources, BUCKET, TABLE, LOG_GROUP, KEY):
        resource = resources[name]
        if resource.get("DeletionPolicy") not in _STAYS:
            yield Fault("goes-with-the-stack", name)
        if resource.get("UpdateReplacePolicy") != "Retain":
            yield Fault("goes-with-an-update", name)


@rule(BUCKET, where=for_evidence)
def only_new(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """In the evidence's bucket a put that is not conditional is denied: no object is replaced by a newer version."""
    holding = [
        mentions(policy.get("Bucket"))
        for _, policy in of(resources, BUCKET_POLICY)
        if any(_needs_condition(one) for one in as_list(dig(policy, "PolicyDocument.Statement")))
    ]
    for name, bucket in of(resources, BUCKET):
        if for_evidence(bucket) and not any(name in held for held in holding):
            yield Fault("may-be-replaced", name)


@rule(SECRET)
def secrets_empty(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Secrets are encrypted with a key of ours, and no template says what they are."""
    for name, secret in of(resources, SECRET):
        if not own_key(secret.get("KmsKeyId")):
            yield Fault("no-own-key", name)
        said = secret.get("SecretString")
        if said is not None and not _says_nothing(said):
            yield Fault("told", name)


@rule(TOPIC)
def topics_sound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Topics are encrypted with a key of ours."""
    for name, topic in of(resources, TOPIC):
        if not own_key(topic.get("KmsMasterKeyId")):
            yield Fault("no-own-key", name)


def ours(function: Mapping[str, Any]) -> bool:
    """Whether a function runs our code, and not the CDK's."""
    variables = dig(function, "Environment.Variables") or {}
    return str(function.get("Handler")).startswith(("agents.", "infra.")) or any(
        key.startswith("REGENT_") for key in variables
    )


@rule(FUNCTION, where=ours)
def functions_bounded(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Functions of ours encrypt their settings with a key of ours, write into a log group of ours, and have bounds."""
    for name, function in of(resources, FUNCTION):
        if not ours(function):
            continue
        if dig(function, "Environment.Variables") and not own_key(function.get("KmsKeyArn")):
            yield Fault("no-own-key", name)
        if not dig(function, "LoggingConfig.LogGroup"):
            yield Fault("no-own-log", name)
        if not isinstance(function.get("ReservedConcurrentExecutions"), int):
            yield Fault("no-bound", name)


def _needs_condition(statement: Mapping[str, Any]) -> bool:
    """Whether a statement denies everybody to put what is not put only if it is new."""
    missing = dig(statement, "Condition.Null") or {}
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, Mapping) and "*" in as_list(principal.get("AWS")))
    return (
        statement.get("Effect") == "Deny"
        and everybody
        and "s3:PutObject" in as_list(statement.get("Action"))
        and str(missing.get("s3:if-none-match")).lower() == "true"
    )


def _says_nothing(value: Any) -> bool:
    """Whether a secret in a template is an empty form: JSON without a single text in it."""
    try:
        form = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return isinstance(form, dict) and not any(strings(form))
