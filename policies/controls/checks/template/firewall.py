"""The firewall's rules are to act."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import template
from policies.controls.rules import access, apply
from policies.controls.samples import stack

_STACK = stack(
    Acl={"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{"Name": "common", "OverrideAction": {"None": {}}}]}}
)


@check(
    "template-firewall",
    says="Every web ACL is synthesized with rules that act",
    serves=("A.6.2.6",),
    needs={"stacks": template.STACKS},
    reasons={
        "no-rules": "the web ACL would have no rules",
        "only-counts": "a rule would only count",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("empty", "no-rules", put("stacks", "Resources.Acl.Properties.Rules", [])),
        Mutant(
            "counts", "only-counts", put("stacks", "Resources.Acl.Properties.Rules.0.OverrideAction", {"Count": {}})
        ),
    ],
    benign=[
        Mutant(
            "blocks", None, put("stacks", "Resources.Acl.Properties.Rules.0", {"Name": "rate", "Action": {"Block": {}}})
        ),
    ],
)
def firewall(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, access.firewalls_act)
