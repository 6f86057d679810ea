"""The checks of controls over templates, as findings: the same functions as `regent controls` runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from infra.checks.assembly import Assembly
from infra.checks.finding import Finding
from policies.controls import checks
from policies.controls.check import Check
from policies.controls.declared import Declared
from policies.controls.evaluate import judge
from policies.controls.evidence import Item


def template_checks() -> dict[str, Check]:
    """The checks that need nothing but templates, by id."""
    return {
        name: one
        for name, one in checks.load().items()
        if {str(need) for need in one.needs.values()} == {"template:stacks"}
    }


def by_controls(assembly: Assembly, declared: Declared) -> Iterator[Finding]:
    """What the checks of controls find. A check that finds nothing to judge is a finding of its own."""
    items = [Item(name=stack.name, data=dict(stack.template)) for stack in assembly.stacks]
    stacks = {stack.name: stack for stack in assembly.stacks}
    for name, check in template_checks().items():
        [need] = check.needs
        verdict, found, _, problems = judge(check, {need: items}, declared, datetime.now(UTC))
        for one in found:
            stack, _, logical = one.subject.partition("/")
            yield Finding(
                rule=f"{name}/{one.reason}",
                stack=stack,
                resource=stacks[stack].path(logical) if stack in stacks else logical,
                why=one.said,
                controls=check.serves,
                source="control",
            )
        if verdict == "no-subject" and name not in OPTIONAL:
            yield _whole(check, "nothing-there", f"Nothing in the app is what this is about: {check.says}")
        for problem in problems:
            yield _whole(check, "undecided", problem)


OPTIONAL = {"template-entrances": "without a VPC there is no security group, and we have no function URL"}
"""Checks that may find nothing to judge, and why."""


def _whole(check: Check, reason: str, why: str) -> Finding:
    return Finding(rule=f"{check.id}/{reason}", stack="", resource="", why=why, controls=check.serves, source="control")
