"""`regent incident`: put an incident on record, with the deadlines of the regimes that bind the company."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from agents.cli.cases_common import Case, System, Text, Texts, list_cases, one_of, recording, say
from agents.cli.commands import Commands
from agents.cli.options import As, Json

app = Commands(
    help="Incidents: opened, updated, closed, with their deadlines.",
    no_args_is_help=True,
    epilog="Example: `regent incident list`",
)
_NOT_ADVICE = "Deadlines come from your table of regimes; they are to plan with, not legal advice."


@app.command("open")
def incident_open(
    title: Annotated[str, typer.Option("--title", help="What happened, in one line; sealed.")],
    detected: Annotated[str, typer.Option("--detected", help="When somebody knew, as 2026-10-14T09:30Z.")],
    kinds: Annotated[Texts, typer.Option("--class", help="Its class, as the table of deadlines has it.")],
    system: System = "regent",
    classified: Annotated[str | None, typer.Option("--classified", help="When it was classified.")] = None,
    notify: Annotated[bool | None, typer.Option("--notify/--no-notify", help="Whether somebody must be told.")] = None,
    controls: Annotated[Texts | None, typer.Option("--control", help="A control that did not hold.")] = None,
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Put an incident on record. Its deadlines follow from its classes and the regimes that bind you.

    Examples:

        regent incident open --title "Wrong figure in an answer" \\
            --detected 2026-10-14T09:30Z --class ai-serious

        regent incident open --title "Log with names" \\
            --detected 2026-10-14T09:30Z --class personal-data --notify
    """
    from policies.audit.bodies import IncidentOpened
    from policies.controls.cases import new_case, put, utc
    from policies.controls.collect.base import iso
    from policies.controls.deadlines import due

    table, regimes = _table(kinds)
    _known_controls(controls)
    at = _past(utc(detected), "--detected")
    when = utc(classified) if classified else None
    _not_before(at, when)
    deadlines = due(table, regimes, kinds, at, when)
    case = new_case("incident")
    with recording(as_id) as (ledger, who):
        body = IncidentOpened(
            case=case,
            title=title,
            text=text,
            system=system,
            classes=kinds,
            detected=iso(at),
            classified=iso(when) if when else None,
            notify=notify,
            deadlines=[dict(one) for one in deadlines],
            controls=list(controls or ()),
        )
        index = put(ledger, body, case, who.id)
    lines = [f"{case} is open: record {index}"]
    lines += [f"  {one['due']}  {one['regime']} {one['stage']} to {one['to']}" for one in deadlines]
    lines += [_NOT_ADVICE if deadlines else "No regime in force has a deadline for this class."]
    say({"case": case, "record": index, "deadlines": deadlines}, json_out, "\n".join(lines))


@app.command("update")
def incident_update(
    case: Case,
    done: Annotated[
        Texts | None, typer.Option("--done", help="A deadline met: REGIME/STAGE@TIME.", metavar="R/S@TIME")
    ] = None,
    told: Annotated[
        Texts | None,
        typer.Option("--told", help="Who was told: WHOM@TIME, never a person's name.", metavar="WHOM@TIME"),
    ] = None,
    kinds: Annotated[Texts | None, typer.Option("--class", help="Its classes, if they changed.")] = None,
    classified: Annotated[str | None, typer.Option("--classified", help="When it was classified.")] = None,
    notify: Annotated[bool | None, typer.Option("--notify/--no-notify", help="Whether somebody must be told.")] = None,
    controls: Annotated[Texts | None, typer.Option("--control", help="A control that did not hold.")] = None,
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Add to an incident: a notice that was sent, who was told, another class.

    Examples:

        regent incident update incident-1f… \\
            --done gdpr/notification@2026-10-15T10:00Z
    """
    from policies.audit.bodies import IncidentUpdated
    from policies.controls.cases import open_case, put, utc
    from policies.controls.collect.base import iso
    from policies.controls.deadlines import due

    _known_controls(controls)
    with recording(as_id) as (ledger, who):
        before = open_case(ledger, "incident", case).fields
        when = utc(classified) if classified else None
        detected = utc(before["detected"])
        _not_before(detected, when)
        deadlines = None
        if kinds or when:
            chosen = kinds or before["classes"]
            table, regimes = _table(chosen)
            known = when or (utc(before["classified"]) if before.get("classified") else None)
            deadlines = due(table, regimes, chosen, detected, known)
        stages = {(one["regime"], one["stage"]) for one in deadlines or before.get("deadlines", [])}
        body = IncidentUpdated(
            case=case,
            text=text,
            classes=kinds or None,
            classified=iso(when) if when else None,
            notify=notify,
            deadlines=[dict(one) for one in deadlines] if deadlines is not None else None,
            done=[_done(one, stages) for one in done or ()],
            communications=[_told(one) for one in told or ()],
            controls=list(controls or ()),
        )
        index = put(ledger, body, case, who.id)
    say({"case": case, "record": index}, json_out, f"{case}: record {index}")


@app.command("close")
def incident_close(
    case: Case,
    cause: Annotated[str, typer.Option("--cause", help="The root cause; sealed.")],
    lessons: Annotated[str, typer.Option("--lessons", help="What was learned; sealed.")],
    action: Annotated[str, typer.Option("--action", help="Id of the corrective action, if there is one.")] = "",
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Close an incident with its cause and what was learned.

    Example:

        regent incident close incident-1f… --cause "Filter missing" \\
            --lessons "Test with two scopes" --action CA-7
    """
    from policies.audit.bodies import IncidentClosed
    from policies.controls.cases import open_case, put

    with recording(as_id) as (ledger, who):
        open_case(ledger, "incident", case)
        body = IncidentClosed(case=case, cause=cause, lessons=lessons, action=action, text=text)
        index = put(ledger, body, case, who.id)
    say({"case": case, "record": index}, json_out, f"{case} is closed: record {index}")


@app.command("list")
def incident_list(json_out: Json = False) -> None:
    """List incidents with their deadlines, the late ones marked.

    Example:

        regent incident list
    """
    list_cases("incident", json_out)


def _table(kinds: Texts) -> tuple[Any, list[str]]:
    """The tenant's deadlines and the regimes in force; a class that none of them knows is an error."""
    from agents.controlling import declarations
    from agents.settings import load_settings
    from policies.controls.deadlines import SHIPPED, classes, load_deadlines

    settings = load_settings()
    table = load_deadlines(settings.deadlines or SHIPPED)
    regimes = [name for name in declarations(settings).frameworks if name in table.regimes]
    known = [*classes(table, table.regimes), "other"]
    for kind in kinds:
        one_of(kind, tuple(known), "--class")
    return table, regimes


def _known_controls(given: Texts | None) -> None:
    from policies.controls.catalogue import catalogue

    for control in given or ():
        if control not in catalogue():
            raise typer.BadParameter(f"--control {control!r} is no clause or control.")


def _not_before(detected: Any, classified: Any) -> None:
    if classified is not None and classified < detected:
        raise typer.BadParameter("it cannot have been classified before somebody knew of it.")


def _past(at: datetime, option: str) -> datetime:
    """`at`, if it has come: what is yet to happen cannot be put on record as done."""
    if at > datetime.now(UTC):
        raise typer.BadParameter(f"{option} {at:%Y-%m-%dT%H:%MZ} is yet to come.")
    return at


def _done(text: str, stages: set[tuple[str, str]]) -> dict[str, str]:
    from policies.controls.cases import utc
    from policies.controls.collect.base import iso

    what, _, when = text.rpartition("@")
    regime, _, stage = what.partition("/")
    if (regime, stage) not in stages:
        known = ", ".join(f"{a}/{b}" for a, b in sorted(stages)) or "it has none"
        raise typer.BadParameter(f"{what!r} is no deadline of this incident ({known}); write REGIME/STAGE@TIME.")
    return {"regime": regime, "stage": stage, "at": iso(_past(utc(when), "--done"))}


def _told(text: str) -> dict[str, str]:
    from policies.controls.cases import utc
    from policies.controls.collect.base import iso

    whom, _, when = text.rpartition("@")
    if not whom:
        raise typer.BadParameter(f"{text!r} names nobody; write for instance regulator@2026-10-15T10:00Z.")
    return {"to": whom, "at": iso(_past(utc(when), "--told"))}
