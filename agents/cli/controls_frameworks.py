"""Showing other frameworks: which controls' evidence is of use for which requirement. Never a status of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.controls.crosswalk import NOTE, by_requirement, crosswalk, known_framework
from policies.controls.status import counts

if TYPE_CHECKING:
    from policies.controls.declared import Declared
    from policies.controls.run import Evaluation


def framework_json(done: Evaluation, name: str, declared: Declared) -> dict[str, Any]:
    """The controls that a framework points to, in the shape of `status`, and the pairs. ControlsError."""
    framework = known_framework(name)
    pairs = crosswalk().pairs(framework=name)
    wanted = {pair.control for pair in pairs}
    those = [one for one in done.statuses if one.id in wanted]
    return {
        "controls": [
            {
                "id": one.id,
                "framework": one.framework,
                "status": one.status,
                "reasons": list(one.reasons),
                "evidence": list(one.evidence),
            }
            for one in those
        ],
        "counts": dict(counts(those)),
        "crosswalk": {
            "framework": name,
            "title": framework.title,
            "binds": framework.binds,
            "known": framework.known,
            "declared": name in declared.frameworks,
            "note": NOTE,
            "requirements": [
                {
                    "id": requirement,
                    "status": None,
                    "controls": [{"id": pair.control, "relation": pair.relation} for pair in some],
                }
                for requirement, some in by_requirement(pairs).items()
            ],
        },
    }


def show_framework(done: Evaluation, name: str, declared: Declared) -> None:
    """The same for a person."""
    from agents.cli.tables import screen, show_table

    told = framework_json(done, name, declared)["crosswalk"]
    console = screen()
    console.print(told["title"], style="bold", markup=False)
    binds = "declared as binding you" if told["declared"] else "not declared as binding you (`frameworks`)"
    console.print(f"{binds}; whom it binds: {told['binds']}", markup=False)
    console.print(f"pairs: {told['known']}", markup=False)
    statuses = {one.id: one.status for one in done.statuses}
    columns = ("Requirement", "Evidence of use there, from ISO/IEC 42001 controls (their own status)")
    rows = [
        (one["id"], ", ".join(f"{c['id']} ({statuses[c['id']]})" for c in one["controls"]))
        for one in told["requirements"]
    ]
    show_table(console, columns, rows)
    console.print(f"\n{NOTE}", markup=False)


def control_pairs(control: str, declared: Declared) -> list[dict[str, Any]]:
    """One control's pairs, and whether their framework binds the tenant."""
    return [
        {
            "framework": pair.framework,
            "requirement": pair.requirement,
            "relation": pair.relation,
            "declared": pair.framework in declared.frameworks,
        }
        for pair in crosswalk().pairs(control=control)
    ]


def pair_lines(pairs: list[dict[str, Any]]) -> list[str]:
    """One line per framework."""
    found: dict[str, list[str]] = {}
    for pair in pairs:
        mark = "" if pair["declared"] else " (not declared)"
        published = " (published)" if pair["relation"] == "published" else ""
        found.setdefault(f"{pair['framework']}{mark}", []).append(f"{pair['requirement']}{published}")
    return [f"{name}: {', '.join(requirements)}" for name, requirements in found.items()]
