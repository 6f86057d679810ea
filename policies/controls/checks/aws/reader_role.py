"""The role with which an account is read can do what the queries declare, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws, repository
from policies.controls.predicates import allowed_actions, external_id

_TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/regent"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}},
        }
    ]
}
_POLICY = {"Statement": [{"Effect": "Allow", "Action": ["ce:GetCostAndUsage"], "Resource": "*"}]}
_ACTION = "Documents.0.Statement.0.Action"


@check(
    "reader-role",
    says="Every reader role allows exactly actions that queries declare, and is taken on with an external id",
    serves=("A.9.4", "A.9.2"),
    needs={"roles": aws.READER_ROLES, "queries": repository.QUERIES},
    reasons={
        "undeclared-action": "the role allows an action that no query declares",
        "wildcard": "the role allows actions by a wildcard",
        "no-external-id": "the role can be taken on without the external id",
    },
    good={
        "roles": [
            Item(
                name="arn:aws:iam::444455556666:role/regent-reader",
                data={"AssumeRolePolicyDocument": _TRUST, "Documents": [_POLICY]},
            )
        ],
        "queries": [Item(name="spend", data={"actions": ["ce:GetCostAndUsage", "ce:GetTags"]})],
    },
    mutants=[
        Mutant("a write", "undeclared-action", put("roles", _ACTION, ["ce:GetCostAndUsage", "s3:DeleteBucket"])),
        Mutant("one string", "undeclared-action", put("roles", _ACTION, "iam:CreateUser")),
        Mutant(
            "all but some",
            "wildcard",
            put("roles", "Documents.0.Statement.0", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        ),
        Mutant("every read", "wildcard", put("roles", _ACTION, ["ce:Get*"])),
        Mutant("no external id", "no-external-id", put("roles", "AssumeRolePolicyDocument.Statement.0.Condition", {})),
    ],
    benign=[
        Mutant(
            "a denial more",
            None,
            put(
                "roles",
                "Documents.0.Statement",
                [*_POLICY["Statement"], {"Effect": "Deny", "NotAction": "ce:*", "Resource": "*"}],
            ),
        ),
        Mutant("another order and case", None, put("roles", _ACTION, ["ce:getTags", "ce:GetCostAndUsage"])),
    ],
)
def reader_role(look: Look, roles: Sequence[Item], queries: Sequence[Item]) -> None:
    """Actions are compared without regard to case, as IAM does."""
    declared = {action.lower() for query in queries for action in query.data["actions"]}
    for role in roles:
        data = look.at(role).data
        allowed = sorted(allowed_actions(data["Documents"]))
        wild = [action for action in allowed if "*" in action or "?" in action]
        undeclared = [action for action in allowed if action not in declared and action not in wild]
        if wild:
            look.fail("wildcard", role, _some(wild))
        if undeclared:
            look.fail("undeclared-action", role, _some(undeclared))
        if not external_id(data["AssumeRolePolicyDocument"]):
            look.fail("no-external-id", role)
    look.rest(queries)


def _some(actions: list[str]) -> str:
    """The first few; a policy of AWS's own allows thousands."""
    return ", ".join(actions[:3]) + (f" and {len(actions) - 3} more" if len(actions) > 3 else "")
