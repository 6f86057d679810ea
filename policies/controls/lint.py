"""The registry's lint: what does not hold together between checks, controls, needs and their collectors.

It runs in the tests over what ships, and over what a company adds through `regent.controls`: a mapping to a control
that does not exist, or a need that nobody collects, would otherwise be silent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from policies.controls.catalogue import Control
from policies.controls.check import Check
from policies.controls.evidence import Need


def lint(
    checks: Iterable[Check],
    controls: Mapping[str, Control],
    needs: Collection[Need],
    collected: Collection[Need] | None = None,
) -> list[str]:
    """One sentence per fault; none when all holds. `collected` is left out where no collector is at hand."""
    found = list(checks)
    complaints = [said for one in found for said in _about(one, controls, needs)]
    served = {control for one in found for control in one.serves}
    complaints += [
        f"{id} has no obligation: no document is attested for it and no check serves it."
        for id, control in controls.items()
        if not control.attests and id not in served
    ]
    if collected is not None:
        wanted = {need for one in found for need in one.needs.values()}
        complaints += [f"Nobody collects {need}." for need in sorted(wanted - set(collected), key=str)]
    return complaints


def _about(one: Check, controls: Mapping[str, Control], needs: Collection[Need]) -> Iterator[str]:
    for control in one.serves:
        if control not in controls:
            yield f"The check {one.id} serves {control!r}, which is no control of the catalogue."
    if len(set(one.serves)) < len(one.serves):
        yield f"The check {one.id} serves a control twice."
    for need in one.needs.values():
        if need not in needs:
            yield f"The check {one.id} needs {need}, which nobody has described."
    expected = {mutant.reason for mutant in one.mutants if mutant.reason is not None}
    if all(mutant.reason is not None for mutant in one.mutants):
        yield f"The check {one.id} has no benign mutant."
    for reason in sorted(set(one.reasons) - expected):
        yield f"The check {one.id} has no mutant for {reason!r}."
    for reason in sorted(expected - set(one.reasons)):
        yield f"The check {one.id} has a mutant for {reason!r}, which it cannot report."
    names = [mutant.name for mutant in one.mutants]
    if len(set(names)) < len(names):
        yield f"The check {one.id} has two mutants of one name."
