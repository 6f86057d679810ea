"""Evidence from the ledger: verified first, then read once. What does not verify is no evidence, whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from policies.audit.erasure import PLACES
from policies.audit.errors import LedgerError
from policies.audit.recompute import recompute
from policies.audit.verdict import Verdict
from policies.audit.verifying import verify
from policies.controls.collect import cases
from policies.controls.collect.base import Scene, Seen, iso
from policies.controls.collect.passing import Passed, run_pass
from policies.controls.evidence import Evidence, Item, Need
from tools.errors import RegentError

_SAMPLE = 20
"""Answered questions whose facts are computed again, the newest first."""
_COLLECTOR = "regent"


def collect_ledger(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """One snapshot per need, all from one pass."""
    wanted = list(needs)
    if not wanted:
        return
    scene.ledger.checkpoint()
    verdict = verify(scene.ledger.path, home=scene.ledger.home.path)
    try:
        passed = run_pass(scene.ledger.path, int(scene.since.timestamp() * 1e9))
    except LedgerError as error:
        for need in wanted:
            unread = Seen(problems=[f"the ledger cannot be read: {error}"], operations=("ledger",))
            yield scene.evidence(need, unread, "local", _COLLECTOR)
        return
    for need in wanted:
        look = _LOOKS.get(need.name)
        seen = look(scene, passed, verdict) if look else Seen(problems=[f"nobody collects {need}"])
        seen.operations = ("ledger",)
        if verdict.code == 1:
            seen.problems.append(f"the ledger does not verify: {verdict.reason}")
        yield scene.evidence(need, seen, "local", _COLLECTOR)


def _state(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    seen = Seen(population=1)
    cosigned = [head for head in scene.ledger.home.known_heads() if len(head.note.signatures) > 1]
    data = {
        "origin": verdict.origin,
        "size": verdict.size,
        "code": verdict.code,
        "reason": verdict.reason,
        "verified_at": iso(scene.clock()),
        "verified_through": verdict.verified_through,
        "anchored_through": verdict.anchored_through,
        "quarantined_bytes": verdict.quarantined_bytes,
        "cosigned": len(cosigned),
    }
    seen.items.append(Item(name=verdict.origin or "(unknown)", data=data))
    if passed.size < verdict.size:
        seen.problems.append(f"{passed.size} records were read of {verdict.size}")
    return seen


def _questions(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    asked = {
        question: rows for question, rows in passed.questions.items() if any(_is(row, "question.asked") for row in rows)
    }
    seen = Seen(population=passed.windowed["question.asked"])
    seen.items = [Item(name=question, data={"records": rows}) for question, rows in asked.items()]
    _whole(scene, passed, seen)
    return seen


def _whole(scene: Scene, passed: Passed, seen: Seen) -> None:
    """Questions that did not fit are a problem, the newest are among them; and so is a look at less than declared:
    whoever chooses the day could leave out the one on which something failed.
    """
    seen.since = scene.since
    days = scene.declared.window_days
    if scene.since > scene.clock() - timedelta(days=days):
        seen.problems.append(f"only questions from {iso(scene.since)} on were looked at; declared are {days} days")
    if passed.dropped:
        seen.problems.append(
            "the questions of this period do not fit into one snapshot; declare fewer days (window_days), and watch"
        )


def _types(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    items = [Item(name=kind, data=row) for kind, row in sorted(passed.types.items())]
    return Seen(items=items, population=len(passed.counted))


def _recomputed(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    """One item per query call of the newest answered questions; the calls are counted in the records of the pass."""
    answered = [q for q, rows in passed.questions.items() if any(_is(row, "answer.delivered") for row in rows)]
    seen = Seen()
    _whole(scene, passed, seen)
    for question in answered[-_SAMPLE:]:
        calls = sum(1 for row in passed.questions[question] if _is(row, "query.returned"))
        seen.population += calls
        if not calls:
            continue
        try:
            first, last = _span(passed.questions[question])
            done = recompute(scene.ledger, question, scene.receipts, first, last)
        except RegentError as error:
            seen.problems.append(f"{question} cannot be computed again: {error}")
            continue
        for one in done:
            data = one.model_dump(mode="json", exclude={"index"})
            seen.items.append(Item(name=f"{question}/{one.index}", data={**data, "faults": list(one.faults)}))
    return seen


def _span(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Where a question's records lie; from the ledger's start on if it began before the window."""
    whole = any(_is(row, "question.asked") for row in rows)
    return (rows[0]["index"] if whole else 0), rows[-1]["index"]


def _of_cases(kind: str, fold: Callable[[str, cases.Rows], Item]) -> Callable[[Scene, Passed, Verdict], Seen]:
    def look(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
        opened = {case: rows for case, rows in passed.cases.items() if _is(rows[0], f"{kind}.opened")}
        return Seen(
            items=[fold(case, rows) for case, rows in opened.items()], population=passed.counted[f"{kind}.opened"]
        )

    return look


def _approvals(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    items = [cases.approval(name, rows, scene.ledger.vault) for name, rows in passed.approvals.items()]
    return Seen(items=items, population=passed.counted["approval.requested"])


def _switches(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    counted = sum(count for kind, count in passed.counted.items() if kind.startswith("switch."))
    return Seen(items=[cases.switch(row) for row in passed.switches], population=counted)


def _erasures(scene: Scene, passed: Passed, verdict: Verdict) -> Seen:
    places = sorted(PLACES)
    items = [cases.erasure(row, places, scene.ledger.vault) for row in passed.erasures]
    return Seen(items=items, population=passed.counted["subject.forgotten"])


def _is(row: dict[str, Any], kind: str) -> bool:
    return bool(row["type"] == kind)


_LOOKS: dict[str, Callable[[Scene, Passed, Verdict], Seen]] = {
    "questions": _questions,
    "approvals": _approvals,
    "ledger-state": _state,
    "record-types": _types,
    "recomputed": _recomputed,
    "switch-events": _switches,
    "incidents": _of_cases("incident", cases.incident),
    "concerns": _of_cases("concern", cases.concern),
    "releases": _of_cases("release", cases.release),
    "erasures": _erasures,
}
LEDGER_NEEDS = frozenset(_LOOKS)
"""The names of the needs that are looked at here."""
