"""The firewall's rules act; rules that only count look the same in a list."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws
from policies.controls.predicates import dig, only_counts

_RULES = [
    {"Name": "common", "OverrideAction": {"None": {}}},
    {"Name": "rate", "Action": {"Block": {}}},
]
_ACL = {"Name": "regent", "Rules": _RULES, "LoggingConfiguration": {"LogDestinationConfigs": ["arn:aws:logs:…"]}}


@check(
    "firewall-acts",
    says="Every web ACL has rules that act, none that only count, and is logged",
    serves=("A.6.2.6",),
    needs={"acls": aws.WEB_ACLS},
    reasons={
        "no-rules": "the web ACL has no rules",
        "only-counts": "a rule of the web ACL only counts, or does nothing",
        "not-logged": "what the web ACL blocks is not logged",
    },
    good={"acls": [Item(name="regent", data=_ACL)]},
    mutants=[
        Mutant("empty", "no-rules", put("acls", "Rules", [])),
        Mutant("group counts", "only-counts", put("acls", "Rules.0.OverrideAction", {"Count": {}})),
        Mutant("rule counts", "only-counts", put("acls", "Rules.1.Action", {"Count": {}})),
        Mutant("does nothing", "only-counts", put("acls", "Rules.1", {"Name": "rate"})),
        Mutant("not logged", "not-logged", put("acls", "LoggingConfiguration", None)),
    ],
    benign=[Mutant("one rule", None, put("acls", "Rules", _RULES[:1]))],
)
def firewall_acts(look: Look, acls: Sequence[Item]) -> None:
    """`acls`: `WebACL` with `LoggingConfiguration`."""
    for acl in acls:
        rules = look.at(acl).data.get("Rules") or []
        if not rules:
            look.fail("no-rules", acl)
        for rule in rules:
            if only_counts(rule.get("Action"), rule.get("OverrideAction")):
                look.fail("only-counts", acl, rule["Name"])
        if not dig(acl.data, "LoggingConfiguration.LogDestinationConfigs"):
            look.fail("not-logged", acl)
