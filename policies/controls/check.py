"""Checks: each decides from evidence whether one obligation of its controls holds, and has been seen to fail.

    @check(
        "log-retention",
        says="Every log group keeps its events as long as declared, and no longer",
        serves=("A.6.2.8", "7.5.3"),
        needs={"groups": Need(kind="aws", name="log-groups")},
        reasons={"no-expiry": "kept for ever", "too-short": "kept for less than declared"},
        good={"groups": [Item(name="/regent/diagnostics", data={"retentionInDays": 400})]},
        mutants=[Mutant("never expires", "no-expiry", {"groups": [put("retentionInDays", None)]}), …],
        benign=[…],
    )
    def log_retention(look: Look, groups: Sequence[Item]) -> None:
        ...

The function sees items and declarations only; what it was not given it cannot pass.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from policies.controls.declared import Declared
from policies.controls.errors import ControlsError
from policies.controls.evidence import Item, Need

Verdict = Literal["pass", "fail", "no-subject", "error"]
Items = dict[str, list[Item]]
"""Items by the name under which a check needs them."""
Change = Callable[[Items], None]
"""Changes good evidence in one place, in place."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: a reason code of the check, what it is about, and a sentence."""

    reason: str
    subject: str
    said: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change to good evidence, and the reason code it must produce (`None`: it must stay green)."""

    name: str
    reason: str | None
    change: Change
    declared: Mapping[str, Any] = field(default_factory=dict)
    """Declarations that differ from the shipped ones in this case."""


class Look:
    """What a check reports while it looks. Every item must be judged or passed over with a reason."""

    def __init__(self, declared: Declared, reasons: Mapping[str, str], as_of: datetime) -> None:
        self.declared = declared
        self.as_of = as_of
        """The time for which is judged: when the evidence was collected, so that judging again gives the same."""
        self.findings: list[Finding] = []
        self.judged: set[tuple[str, int]] = set()
        self.passed_over: set[tuple[str, int]] = set()
        self._reasons = reasons
        self._ids: dict[int, tuple[str, int]] = {}

    def over(self, name: str, items: Sequence[Item]) -> None:
        """Know these items by name and position; the evaluator calls it, checks do not."""
        self._ids.update({id(item): (name, index) for index, item in enumerate(items)})

    def at(self, item: Item) -> Item:
        """This item is judged now."""
        self.judged.add(self._ids[id(item)])
        return item

    def skip(self, item: Item) -> None:
        """This item is none of the check's business (not of our system, already ended, …)."""
        self.passed_over.add(self._ids[id(item)])

    def rest(self, *some: Sequence[Item]) -> None:
        """What of these was not judged is passed over: it was there to be looked up, or belongs to others."""
        for items in some:
            self.passed_over |= {self._ids[id(item)] for item in items} - self.judged

    def fail(self, reason: str, subject: Item | str, said: str = "") -> None:
        """Something does not hold. `said` adds what was found; the reason's own sentence is added by code."""
        if reason not in self._reasons:
            raise ControlsError(f"A check reports the reason {reason!r}, which it does not declare.")
        where = subject if isinstance(subject, str) else subject.where
        sentence = f"{self._reasons[reason]}: {said}" if said else self._reasons[reason]
        self.findings.append(Finding(reason, where, sentence))


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check."""

    id: str
    says: str
    serves: tuple[str, ...]
    needs: dict[str, Need]
    reasons: dict[str, str]
    good: dict[str, tuple[Item, ...]]
    mutants: tuple[Mutant, ...]
    function: Callable[..., None]

    @property
    def module(self) -> str:
        """The dotted name of the module that holds the check."""
        return self.function.__module__


_REGISTRY: dict[str, Check] = {}


def check(
    id: str,
    *,
    says: str,
    serves: Sequence[str],
    needs: Mapping[str, Need],
    reasons: Mapping[str, str],
    good: Mapping[str, Sequence[Item]],
    mutants: Sequence[Mutant],
    benign: Sequence[Mutant],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a check. `says` is what holds when it passes; `good` is evidence over which it passes.

    Raises:
        ControlsError: the declaration is unusable; the sentence says what is missing.
    """

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        declared = Check(
            id=id,
            says=says,
            serves=tuple(serves),
            needs=dict(needs),
            reasons=dict(reasons),
            good={name: tuple(items) for name, items in good.items()},
            mutants=(*mutants, *benign),
            function=function,
        )
        _refuse_unusable(declared, mutants, benign)
        held = _REGISTRY.get(id)
        if held is not None and (held.module, held.function.__name__) != (function.__module__, function.__name__):
            raise ControlsError(f"Two checks have the id {id!r}; rename the one in {function.__module__}.")
        _REGISTRY[id] = declared
        return function

    return declare


def registered() -> dict[str, Check]:
    """The checks declared so far, by id; `policies.controls.checks.load()` loads the shipped ones first."""
    return dict(sorted(_REGISTRY.items()))


def _refuse_unusable(declared: Check, mutants: Sequence[Mutant], benign: Sequence[Mutant]) -> None:
    wants = list(inspect.signature(declared.function).parameters)
    if wants != ["look", *declared.needs]:
        raise ControlsError(f"The check {declared.id} takes {wants}; expected look and {list(declared.needs)}.")
    if set(declared.good) != set(declared.needs):
        raise ControlsError(f"The check {declared.id} needs {set(declared.needs)}, its good evidence has others.")
    if not declared.serves:
        raise ControlsError(f"The check {declared.id} serves no control.")
    unreached = set(declared.reasons) - {mutant.reason for mutant in mutants}
    if unreached or not declared.reasons:
        raise ControlsError(
            f"The check {declared.id} has no mutant for {sorted(unreached)}: a reason never seen is no reason."
        )
    if not benign or any(mutant.reason is not None for mutant in benign):
        raise ControlsError(f"The check {declared.id} needs a benign mutant, one that must stay green.")
