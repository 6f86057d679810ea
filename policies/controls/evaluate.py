"""Evaluating: one check over its evidence, to a verdict. An error, a gap or an overlooked item is never a pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from policies.controls.check import Check, Finding, Look, Verdict
from policies.controls.declared import Declared
from policies.controls.evidence import Evidence, Item, Need

AS_OF = datetime(2026, 10, 15, 9, tzinfo=UTC)
"""The time at which good evidence and mutants are judged; their dates lie around it."""


class Result(BaseModel):
    """What one check came to. `inspected` counts items judged, `population` what an independent count found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    inspected: int = 0
    population: int = 0
    evidence: tuple[str, ...] = ()
    """SHA-256 of each piece of evidence it rests on."""
    collected: datetime | None = None
    expires: datetime | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason codes found, each once, sorted."""
        return tuple(sorted({finding.reason for finding in self.findings}))


def evaluate(check: Check, gathered: Mapping[Need, Evidence], declared: Declared, now: datetime) -> Result:
    """Decide one check. A check that raises is an error with its name, not a pass and not a crash."""
    missing = [str(need) for need in check.needs.values() if need not in gathered]
    if missing:
        return Result(check=check.id, verdict="error", problems=(f"nobody collected {', '.join(missing)}",))
    seen = {name: gathered[need] for name, need in check.needs.items()}
    apart = {name: _problems(evidence, now) for name, evidence in seen.items()}
    problems = tuple(problem for some in apart.values() for problem in some)
    as_of = min(evidence.collected for evidence in seen.values())
    verdict, findings, inspected, judging = judge(check, {n: e.items for n, e in seen.items()}, declared, as_of)
    if verdict == "fail" and problems:
        findings = _standing(check, findings, [name for name, some in apart.items() if some], declared)
        verdict = "fail" if findings else "error"
    problems += judging
    return Result(
        check=check.id,
        verdict=verdict if verdict == "fail" else "error" if problems else verdict,
        findings=findings,
        problems=problems,
        inspected=inspected,
        population=sum(evidence.population for evidence in seen.values()),
        evidence=tuple(evidence.sha256 for evidence in seen.values()),
        collected=as_of,
        expires=min(until(evidence, declared) for evidence in seen.values()),
    )


def until(evidence: Evidence, declared: Declared) -> datetime:
    """Until when it may be used: as it says, but no longer than is declared now."""
    return min(evidence.expires, evidence.collected + timedelta(hours=declared.evidence_hours))


def judge(
    check: Check, items: Mapping[str, Sequence[Item]], declared: Declared, as_of: datetime
) -> tuple[Verdict, tuple[Finding, ...], int, tuple[str, ...]]:
    """Run the check's function over items alone: verdict, findings, how many were judged, and what went wrong."""
    look = Look(declared, check.reasons, as_of)
    for name, some in items.items():
        look.over(name, some)
    try:
        check.function(look, **items)
    except Exception as error:  # noqa: BLE001 - the border to a check's code: whatever it trips over is an error verdict
        return "error", (), len(look.judged), (f"the check raised {type(error).__name__}: {error}",)
    total = {(name, index) for name, some in items.items() for index in range(len(some))}
    overlooked = total - look.judged - look.passed_over
    if overlooked:
        name, index = min(overlooked)
        return "error", tuple(look.findings), len(look.judged), (f"overlooked: {items[name][index].where}",)
    if look.findings:
        return "fail", tuple(look.findings), len(look.judged), ()
    return ("pass" if look.judged else "no-subject"), (), len(look.judged), ()


def _standing(
    check: Check, findings: Sequence[Finding], incomplete: Iterable[str], declared: Declared
) -> tuple[Finding, ...]:
    """The findings that what could not be seen cannot have caused: a key that nobody could list is not a missing key.

    Which reasons a missing item can cause, the check's own good evidence says: it is judged without them.
    """
    good = {name: list(items) for name, items in check.good.items()}
    caused: set[str] = set()
    for name in incomplete:
        fewer = [[], *([*good[name][:at], *good[name][at + 1 :]] for at in range(len(good[name])))]
        for items in fewer:
            _, found, *_ = judge(check, {**good, name: items}, declared, AS_OF)
            caused |= {finding.reason for finding in found}
    _, anyway, *_ = judge(check, good, declared, AS_OF)
    caused -= {finding.reason for finding in anyway}
    return tuple(finding for finding in findings if finding.reason not in caused)


def _problems(evidence: Evidence, now: datetime) -> tuple[str, ...]:
    found = list(evidence.problems)
    if len(evidence.items) < evidence.population:
        found.append(f"{evidence.need}: {len(evidence.items)} of {evidence.population} could be inspected")
    if len(evidence.items) > evidence.population:
        # a count that is too low counts nothing: it would hide as many items as it misses
        found.append(f"{evidence.need}: {len(evidence.items)} items, counted apart are {evidence.population}")
    if evidence.state(now) == "from-the-future":
        found.append(f"{evidence.need}: collected after the present time; the clock is wrong")
    return tuple(found)
