"""`regent concern`: raise a concern by name or anonymously, and record what becomes of it."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.cases_common import Case, System, Text, list_cases, one_of, recording, say
from agents.cli.commands import Commands
from agents.cli.options import As, Json

app = Commands(
    help="Concerns from inside or outside, by name or anonymously.",
    no_args_is_help=True,
    epilog="Example: `regent concern list`",
)


@app.command("open")
def concern_open(
    text: Annotated[str, typer.Option("--text", help="What is wrong, in your own words; sealed in the ledger.")],
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Keep no trace of who you are.")] = False,
    reporter: Annotated[
        str | None, typer.Option("--reporter", help="Who raised it, if somebody else; sealed and never listed.")
    ] = None,
    outside: Annotated[bool, typer.Option("--outside", help="It came from outside the company.")] = False,
    system: System = "regent",
    channel: Annotated[str, typer.Option("--channel", help="How it came in.")] = "cli",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Raise a concern, or record one that came in. The reporter is sealed; with --anonymous there is none at all.

    Examples:

        regent concern open --anonymous --text "Answers feel like being watched"

        regent concern open --text "Your bot gave a guest my name" \\
            --outside --channel mail --anonymous
    """
    from policies.audit.bodies import ConcernOpened
    from policies.controls.cases import new_case, put, reporter_of

    if anonymous and reporter:
        raise typer.BadParameter("--anonymous keeps no reporter; leave out --reporter.")
    case = new_case("concern")
    with recording(as_id, anonymous=anonymous) as (ledger, who):
        body = ConcernOpened(
            case=case,
            text=text,
            channel=channel,
            origin="outside" if outside else "inside",
            system=system,
            anonymous=anonymous,
            reporter="" if anonymous else (reporter or who.id),
        )
        index = put(ledger, body, case, reporter_of(case))
    say(
        {"case": case, "record": index, "anonymous": anonymous}, json_out, f"{case} is on record: {index}. Keep the id."
    )


@app.command("update")
def concern_update(
    case: Case,
    acknowledge: Annotated[bool, typer.Option("--acknowledge", help="Its reporter can see that it was read.")] = False,
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Add to a concern, or acknowledge it.

    Example:

        regent concern update concern-1f… --acknowledge
    """
    from policies.audit.bodies import ConcernUpdated
    from policies.controls.cases import open_case, put, reporter_of

    with recording(as_id) as (ledger, _):
        open_case(ledger, "concern", case)
        body = ConcernUpdated(case=case, text=text, acknowledged=acknowledge)
        index = put(ledger, body, case, reporter_of(case))
    say({"case": case, "record": index}, json_out, f"{case}: record {index}")


@app.command("close")
def concern_close(
    case: Case,
    outcome: Annotated[str, typer.Option("--outcome", help="changed, unfounded, incident or accepted.")],
    became: Annotated[str | None, typer.Option("--incident", help="The incident that it became.")] = None,
    text: Text = "",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Close a concern with what became of it.

    Example:

        regent concern close concern-1f… --outcome changed --text "Needs a reason"
    """
    from policies.audit.bodies import ConcernClosed
    from policies.controls.cases import open_case, put, reporter_of

    chosen = one_of(outcome, ("changed", "unfounded", "incident", "accepted"), "--outcome")
    if (chosen == "incident") != (became is not None):
        raise typer.BadParameter("an outcome of `incident` goes with --incident CASE, and only that.")
    with recording(as_id) as (ledger, _):
        open_case(ledger, "concern", case)
        body = ConcernClosed.model_validate({"case": case, "text": text, "outcome": chosen, "incident": became})
        index = put(ledger, body, case, reporter_of(case))
    say({"case": case, "record": index}, json_out, f"{case} is closed: record {index}")


@app.command("list")
def concern_list(json_out: Json = False) -> None:
    """List concerns; who raised them is not shown.

    Example:

        regent concern list
    """
    list_cases("concern", json_out)
