"""Archive: how the evidence's bucket and keys are found and used from another account, by names that never change.

Nothing can refer from one account to a resource of another. So in an account of its own the bucket has a fixed name,
and each key a fixed alias: an alias' ARN is good for calling KMS across accounts, and in policies a key is then told by
its alias (`kms:ResourceAliases`), because a policy takes no alias as a resource.
"""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from infra.config import Environment

WRITERS = ("Runtime", "Queries", "Watch")
"""Roles of the home account that leave evidence."""
READERS = ("Verify", "Watch")
"""Roles of the home account that verify it."""


def bucket_name(environment: Environment) -> str | None:
    """The fixed name of the evidence's bucket in an account of its own; None where CloudFormation may choose."""
    archive = environment.log_archive_account
    return f"regent-{environment.name}-evidence-{archive}-{environment.region}" if archive else None


def alias(environment: Environment, what: str) -> str:
    """The alias of one of the keys: `data` or `checkpoints`."""
    return f"alias/regent-{environment.name}-{what}"


def alias_arn(environment: Environment, what: str) -> str:
    """Its ARN in the archive's account."""
    return f"arn:aws:kms:{environment.region}:{environment.log_archive_account}:{alias(environment, what)}"


def roles(environment: Environment, names: tuple[str, ...]) -> list[str]:
    """ARNs of roles of the home account, by their fixed names."""
    return [f"arn:aws:iam::{environment.account}:role/{environment.prefix}{name}" for name in names]


def with_key(sid: str, actions: list[str], key: str) -> iam.PolicyStatement:
    """These actions with one key, given by its ARN or by the ARN of its alias in another account."""
    before, by_alias, name = key.partition(":alias/")
    if not by_alias:
        return iam.PolicyStatement(sid=sid, actions=actions, resources=[key])
    return iam.PolicyStatement(
        sid=sid,
        actions=actions,
        resources=[f"{before}:key/*"],
        conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{name}"}},
    )
