"""All checks over one assembly, and what is accepted of what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from infra.checks.accepted import Acceptance, load_accepted, sort_out
from infra.checks.app import by_app
from infra.checks.assembly import Assembly
from infra.checks.finding import Finding
from infra.checks.ours import by_controls
from infra.checks.schema import by_schema
from infra.checks.trust import by_trust
from policies.controls.declared import Declared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found."""

    findings: tuple[Finding, ...]
    """What nobody accepted: each refuses a deployment."""
    accepted: tuple[tuple[Finding, Acceptance, str], ...]
    """What is accepted, by which entry and which of its rules."""


def judge_assembly(
    assembly: Assembly, declared: Declared, *, nag: Sequence[Finding] = (), accepted: Sequence[Acceptance] | None = None
) -> Outcome:
    """Run every check. `nag` is what cdk-nag found at the synthesis: it judges constructs and not templates."""
    found = [
        *by_controls(assembly, declared),
        *by_app(assembly, declared),
        *by_trust(assembly, declared),
        *by_schema(assembly),
        *nag,
    ]
    unique = list(dict.fromkeys(found))
    left, taken = sort_out(unique, load_accepted() if accepted is None else accepted)
    return Outcome(tuple(left), tuple(taken))
