"""Showing controls: tables for people, plain values for programs. Counts per status, never one percentage."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.cli.controls_frameworks import control_pairs, pair_lines
from agents.cli.tables import screen, show_table, show_text
from agents.controlling import ROOT
from policies.controls.catalogue import catalogue
from policies.controls.errors import ControlsError
from policies.controls.implemented import check_at, implementers, located
from policies.controls.status import STATUSES, ControlStatus, Standing, counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.controls.declared import Declared
    from policies.controls.falsification import Report
    from policies.controls.run import Evaluation

_LONGEST = 140
"""Characters of a reason in a table."""
_MOST = 10
"""Findings and problems of one check on a screen."""
_COLOURS = {
    "evidenced": "green",
    "attested": "green",
    "partial": "yellow",
    "failing": "red",
    "stale": "yellow",
    "unproven": "yellow",
    "unassessed": "dim",
    "excluded": "dim",
}


def status_json(done: Evaluation) -> dict[str, Any]:
    """Exactly what the documentation promises: a list of controls, and counts."""
    return {
        "controls": [
            {
                "id": one.id,
                "framework": one.framework,
                "status": one.status,
                "reasons": list(one.reasons),
                "evidence": list(one.evidence),
            }
            for one in done.statuses
        ],
        "counts": dict(counts(done.statuses)),
    }


def show_status(done: Evaluation) -> None:
    """The table of all controls, the counts, and what changed."""
    from rich.text import Text

    console = screen()
    rows = [
        (
            one.id,
            Text(one.status, style=_COLOURS[one.status]),
            _first(one.reasons),
            age(one.evidence_from, done.at),
            next_step(one),
        )
        for one in done.statuses
    ]
    show_table(console, ("Control", "Status", "Why", "Evidence", "What to do next"), rows)
    console.print(f"\n{count_line(done.statuses)}")
    if done.source == "sample":
        console.print("Evidence from AWS is of the sample estate, which is invented: it says nothing of yours.")
    for control, before, now in done.changes:
        console.print(f"changed: {control} from {before} to {now}")
    if done.index is not None:
        console.print(
            f"[dim]recorded in the ledger as record {done.index}; `regent controls show CONTROL` says more[/dim]"
        )


def show_few(done: Evaluation, most: int = 6) -> None:
    """The demo's handful: controls that are evidenced, and those of which part is, with what has just been shown."""
    from rich.text import Text

    console, rows = screen(), []
    rated = [(sum(1 for s in one.standings if s.state == "met"), one) for one in done.statuses]
    shown = sorted((pair for pair in rated if pair[0]), key=lambda pair: (pair[1].status != "evidenced", -pair[0]))
    for met, one in shown[:most]:
        first = next(s.said for s in one.standings if s.state == "met")
        if one.status == "evidenced":
            said = first
        else:
            said = f"{met} of {len(one.standings)} obligations met, such as: {first}; not met: {_first(one.reasons)}"
        rows.append((f"  {one.id}", Text(one.status, _COLOURS[one.status]), said))
    show_table(console, ("", "", ""), rows)
    show_text(console, "  The others need documents that people approve, or AWS: `regent controls status`", "dim")


def count_line(statuses: Sequence[ControlStatus]) -> str:
    """`3 evidenced, 2 failing, …` of all controls."""
    found = counts(statuses)
    said = ", ".join(f"{found[status]} {status}" for status in STATUSES if found[status])
    return f"{len(statuses)} clauses and controls: {said}"


def age(since: datetime | None, now: datetime) -> str:
    """How old evidence is, in words that fit a column."""
    if since is None:
        return "-"
    minutes = (now - since).total_seconds() / 60
    if minutes < 90:
        return f"{max(round(minutes), 0)} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} d"


def next_step(one: ControlStatus) -> str:
    """The one thing to do next for a control."""
    worst = {"failing": 0, "stale": 1, "unproven": 2, "open": 3}
    waiting = sorted((s for s in one.standings if s.state in worst), key=lambda s: worst[s.state])
    if one.status == "excluded" or not waiting:
        return ""
    return _todo(waiting[0], f"`regent controls show {one.id}`")


def _todo(standing: Standing, shown: str) -> str:
    """What to do about one obligation, with the command that does it or shows more."""
    kind, _, name = standing.obligation.partition(":")
    if kind == "document":
        attest = f"`regent controls attest {name}`"
        if standing.state == "failing":
            return f"attest it anew, by another than its owner: {attest}"
        return attest if standing.state == "stale" else f"fill in {name}, then {attest}"
    if standing.state == "failing":
        return f"mend what {shown} lists"
    if standing.state == "stale":
        return "`regent controls status --fresh`"
    if standing.state == "unproven":
        return f"mend the check {name}: `regent controls prove`"
    if "nobody collected template:" in standing.said:
        return "`make synth` writes the templates that it reads"
    return f"see what it judges: {shown}"


def control_json(done: Evaluation, control: str, declared: Declared) -> dict[str, Any]:
    """Everything about one control."""
    one = next(status for status in done.statuses if status.id == control)
    serving = [check for check in done.checks.values() if control in check.serves]
    return {
        "id": one.id,
        "framework": one.framework,
        "title": one.title,
        "status": one.status,
        "reasons": list(one.reasons),
        "evidence": list(one.evidence),
        "implemented_by": [_place(reference) for reference in implementers().get(control, ())],
        "checks": [
            {
                "id": check.id,
                "says": check.says,
                "at": check_at(ROOT, check),
                "needs": [str(need) for need in check.needs.values()],
                "proven": check.id in done.proofs and done.proofs[check.id].valid,
                "result": done.results[check.id].model_dump(mode="json") if check.id in done.results else None,
            }
            for check in serving
        ],
        "documents": [done.attested[kind].model_dump(mode="json") for kind in catalogue()[control].attests],
        "crosswalk": control_pairs(control, declared),
    }


def _place(reference: str) -> str:
    """File and line, or that it is not in this installation (an installed package has no tests)."""
    try:
        return located(ROOT, reference)
    except ControlsError:
        return f"{reference} (not in this installation)"


def show_control(done: Evaluation, control: str, declared: Declared) -> None:
    """One control for a person."""
    console = screen()
    told = control_json(done, control, declared)
    console.print(f"[bold]{control}[/]  {told['title']}", highlight=False)
    console.print(f"status: [{_COLOURS[told['status']]}]{told['status']}[/]")
    lines = [f"  {reason}" for reason in told["reasons"]]
    if told["implemented_by"]:
        lines += ["", "implemented by", *(f"  {place}" for place in told["implemented_by"])]
    for check in told["checks"]:
        lines += ["", *_check_lines(check, done.at)]
    if told["documents"]:
        lines += ["", "documents"]
        lines += [f"  {_document(one)}" for one in told["documents"]]
    if told["crosswalk"]:
        lines += ["", "its evidence is of use for (no status is transferred)"]
        lines += [f"  {line}" for line in pair_lines(told["crosswalk"])]
    show_text(console, "\n".join(lines))


def _document(one: dict[str, Any]) -> str:
    said = "" if one["said"] == f"{one['type']} is a {one['state']}" else f", {one['said']}"
    return f"{one['type']}: {one['state']}{said}"


def _check_lines(check: dict[str, Any], now: datetime) -> list[str]:
    result = check["result"] or {}
    lines = [
        f"check {check['id']} ({'seen to fail' if check['proven'] else 'not proven'})",
        f"  at: {check['at']}",
        f"  holds if: {check['says']}",
        f"  looks at: {', '.join(check['needs'])}",
    ]
    if not result:
        return [*lines, "  not evaluated"]
    seen = f"{result['inspected']} inspected of {result['population']}"
    if result.get("collected"):
        seen += f", evidence {age(datetime.fromisoformat(result['collected']), now)} old"
    lines.append(f"  verdict: {result['verdict']} ({seen})")
    lines += [f"    {found['reason']}  {found['subject']}: {found['said']}" for found in result["findings"][:_MOST]]
    lines += [f"    problem: {problem}" for problem in result["problems"][:_MOST]]
    lines += [f"    and {more} more (--json lists all)" for more in [len(result["findings"]) - _MOST] if more > 0]
    return [*lines, *(f"    evidence {sha}" for sha in result["evidence"])]


def show_proofs(report: Report, out: Path | None) -> None:
    """The falsification report as a table."""
    from rich.text import Text

    console = screen()
    rows: list[tuple[str | Text, ...]] = []
    for one in report.checks:
        said = Text("proven", style="green") if one.valid else Text("NOT PROVEN", style="red")
        numbers = (f"{one.killed} of {one.mutants}", f"{one.kept_green} of {one.benign}", str(one.void))
        rows.append((one.check, *numbers, one.code_sha256[:12], said))
    columns = ("Check", "Mutants killed", "Benign kept green", "Void", "Code", "Verdict")
    show_table(console, columns, rows, right=(1, 2, 3))
    console.print(f"\n{report.valid} of {report.total} checks have been seen to fail where they must, and only there.")
    if out is not None:
        console.print(f"written to {out}", markup=False)


def show_soa(table: Sequence[tuple[str, ...]]) -> None:
    """The statement in a terminal: the columns that fit."""
    columns = ("Control", "Applies", "Why", "Risks, requirements", "Owner", "Status")
    rows = [
        (row[0], row[2], row[3], ", ".join(part for part in (row[4], row[5]) if part), row[6], row[10]) for row in table
    ]
    show_table(screen(), columns, rows)


def _first(reasons: Sequence[str]) -> str:
    more = f" (+{len(reasons) - 1})" if len(reasons) > 1 else ""
    if not reasons:
        return ""
    first = reasons[0] if len(reasons[0]) <= _LONGEST else f"{reasons[0][:_LONGEST].rsplit(' ', 1)[0]} …"
    return f"{first}{more}"
