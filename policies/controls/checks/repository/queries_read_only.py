"""Queries read; none can change anything in AWS."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import repository
from tools.iam import is_read

_CREATES = Item(name="x", data={"operations": ["iam:CreateUser"], "actions": ["iam:CreateUser"]})
_SPEND = {"operations": ["ce:GetCostAndUsage"], "actions": ["ce:GetCostAndUsage"]}


@check(
    "queries-read-only",
    says="Every IAM action that a registered query needs only reads, and gives out no secret and no stored content",
    serves=("A.9.4", "A.4.4"),
    needs={"queries": repository.QUERIES},
    reasons={
        "may-write": "a query needs an action that writes, or that gives out secrets or stored content",
        "unmapped": "a query calls AWS, and nobody knows which actions that needs",
    },
    good={"queries": [Item(name="spend", data=_SPEND), Item(name="derive", data={"operations": [], "actions": []})]},
    mutants=[
        Mutant("a write", "may-write", put("queries", "actions", ["s3:PutObject"])),
        Mutant("a secret", "may-write", put("queries", "actions", ["secretsmanager:GetSecretValue"])),
        Mutant("a wildcard", "may-write", put("queries", "actions", ["ce:Get*"])),
        Mutant("one query more", "may-write", add("queries", _CREATES)),
        Mutant("no actions", "unmapped", put("queries", "actions", [])),
    ],
    benign=[Mutant("a read by another name", None, put("queries", "actions", ["budgets:ViewBudget"]))],
)
def queries_read_only(look: Look, queries: Sequence[Item]) -> None:
    """Judged by the one table of actions, from which the reader role's policy comes too (`tools.iam`)."""
    for query in queries:
        data = look.at(query).data
        if data["operations"] and not data["actions"]:
            look.fail("unmapped", query, data["operations"][0])
        for action in data["actions"]:
            if not is_read(action):
                look.fail("may-write", query, action)
