"""Queries read; none can change anything in AWS."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import repository

_VERBS = ("BatchGet", "Describe", "Filter", "Get", "List", "Lookup", "Search", "Select")
_SPEND = {"operations": ["ce:GetCostAndUsage"], "actions": ["ce:GetCostAndUsage"]}


@check(
    "queries-read-only",
    says="Every AWS operation and action of every registered query only reads",
    serves=("A.9.4", "A.4.4"),
    needs={"queries": repository.QUERIES},
    reasons={
        "may-write": "a query declares an operation or action that does not only read",
        "wildcard": "a query declares actions by a wildcard",
    },
    good={"queries": [Item(name="spend", data=_SPEND), Item(name="derive", data={"operations": [], "actions": []})]},
    mutants=[
        Mutant("a write", "may-write", put("queries", "operations", ["s3:PutObject"])),
        Mutant("the action writes", "may-write", put("queries", "actions", ["iam:CreateUser"])),
        Mutant(
            "one query more",
            "may-write",
            add("queries", Item(name="x", data={"operations": ["ec2:TerminateInstances"], "actions": []})),
        ),
        Mutant("a wildcard", "wildcard", put("queries", "actions", ["ce:Get*"])),
    ],
    benign=[Mutant("another read", None, put("queries", "operations", ["cloudtrail:LookupEvents"]))],
)
def queries_read_only(look: Look, queries: Sequence[Item]) -> None:
    """Judged by the verb with which AWS names its operations."""
    for query in queries:
        for name in [*look.at(query).data["operations"], *query.data["actions"]]:
            if "*" in name:
                look.fail("wildcard", query, name)
            elif not name.partition(":")[2].startswith(_VERBS):
                look.fail("may-write", query, name)
