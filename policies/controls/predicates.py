"""Small questions that several checks ask of the same data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from policies.controls.evidence import Item

EVIDENCE = "evidence"
"""The purpose (tag `regent:purpose`) of the bucket that holds the ledger and the evidence."""


def dig(data: Mapping[str, Any], path: str) -> Any:
    """What lies at `a.b.c`, or None where a step is missing."""
    found: Any = data
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found


def with_purpose(items: Iterable[Item], purpose: str) -> list[Item]:
    """Items whose tag `regent:purpose` says so."""
    return [item for item in items if (item.data.get("Tags") or {}).get("regent:purpose") == purpose]


def lock_days(retention: Mapping[str, Any]) -> int:
    """Days of an Object Lock default retention, given in days or in years."""
    return int(retention.get("Days") or 0) or 365 * int(retention.get("Years") or 0)


def any_audience(authorizer: Mapping[str, Any] | None) -> bool:
    """Whether a JWT authorizer lets in every token of its issuer: neither audience nor client is named."""
    jwt = (authorizer or {}).get("customJWTAuthorizer")
    return jwt is not None and not (jwt.get("allowedAudience") or jwt.get("allowedClients"))


def moment(text: str) -> datetime:
    """A time with zone, as evidence writes it."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    """A date, as documents write it."""
    return date.fromisoformat(text)


def older(text: str, days: int, as_of: datetime) -> bool:
    """Whether that date lies more than `days` before `as_of`."""
    return as_of.date() - day(text) > timedelta(days=days)


def blank(row: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """Those of the fields that are empty or missing; 0 and False are answers."""
    return [field for field in fields if row.get(field) is None or row.get(field) in ("", [], {})]


def records(item: Item, *types: str) -> list[dict[str, Any]]:
    """The records of these types in a question's item, in order."""
    return [record for record in item.data["records"] if record["type"] in types]


GUARDRAIL = "REGENT_GUARDRAIL"
GUARDRAIL_VERSION = "REGENT_GUARDRAIL_VERSION"
"""Environment of a runtime that names the guardrail (id or ARN) and its version."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def kms_encrypted(bucket: Mapping[str, Any]) -> bool:
    """Whether a bucket is encrypted by KMS with a key that it names, by default."""
    rules = dig(bucket, "ServerSideEncryptionConfiguration.Rules") or []
    defaults = [rule.get("ApplyServerSideEncryptionByDefault") or {} for rule in rules]
    return any(d.get("SSEAlgorithm", "").startswith("aws:kms") and own_key(d.get("KMSMasterKeyID")) for d in defaults)


def own_key(key: Any) -> bool:
    """Whether a key is named, and is not one that AWS manages for a service."""
    return bool(key) and "alias/aws/" not in str(key)


def artefact(runtime: Mapping[str, Any]) -> str | None:
    """The SHA-256 of what a runtime runs: from the container's digest, or the name of the code package's object."""
    image = dig(runtime, "agentRuntimeArtifact.containerConfiguration.containerUri") or ""
    package = dig(runtime, "agentRuntimeArtifact.codeConfiguration.code.s3.prefix") or ""
    name = image.partition("@sha256:")[2] or package.rsplit("/", 1)[-1].removesuffix(".zip")
    return name if _DIGEST.fullmatch(name) else None


def recorded_types(trail: Mapping[str, Any]) -> set[str]:
    """Resource types whose data events a trail records, by either kind of selector."""
    advanced = [field for selector in trail.get("AdvancedEventSelectors") or [] for field in selector["FieldSelectors"]]
    plain = [one for selector in trail.get("EventSelectors") or [] for one in selector.get("DataResources") or []]
    types = {kind for field in advanced if field["Field"] == "resources.type" for kind in field.get("Equals") or []}
    return types | {one["Type"] for one in plain}


def allowed_actions(documents: Sequence[Mapping[str, Any]]) -> set[str]:
    """Actions that IAM policies allow, in lower case; `NotAction` allows all but some, which is `*`."""
    found: set[str] = set()
    for document in documents:
        for statement in as_list(document.get("Statement")):
            if statement.get("Effect") == "Allow":
                found |= {"*"} if "NotAction" in statement else {a.lower() for a in as_list(statement.get("Action"))}
    return found


def external_id(trust: Mapping[str, Any]) -> bool:
    """Whether every way to take on a role asks for an external id."""
    allows = [one for one in as_list(trust.get("Statement")) if one.get("Effect") == "Allow"]
    return bool(allows) and all(
        "sts:externalid" in {key.lower() for key in dig(one, "Condition.StringEquals") or {}} for one in allows
    )


def as_list(value: Any) -> list[Any]:
    """IAM and CloudFormation write one thing where they mean a list of one."""
    return [] if value is None else value if isinstance(value, list) else [value]


def only_counts(action: Mapping[str, Any] | None, override: Mapping[str, Any] | None) -> bool:
    """Whether a rule of a web ACL only counts, or does nothing: a rule has an action, a group an override of `None`."""
    return not set(action or {}) - {"Count"} and "None" not in (override or {})


def unconditional(cedar: str) -> bool:
    """Whether one of the policies permits everybody everything, without a condition.

    Raises:
        ValueError: it is no Cedar.
    """
    import cedarpy

    policies = json.loads(cedarpy.policies_to_json_str(cedar))["staticPolicies"].values()
    return any(
        policy["effect"] == "permit"
        and all(policy[part]["op"] == "All" for part in ("principal", "action", "resource"))
        and not [one for one in policy["conditions"] if one != {"kind": "when", "body": {"Value": True}}]
        for policy in policies
    )
