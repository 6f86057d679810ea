"""`regent approvals`: what waits for a second person, and the decision on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from agents.cli.commands import Commands
from agents.cli.options import As, EstateChoice, Json, WhichEstate
from agents.cli.saying import refused, say, tell

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.access import Principal
    from policies.oversight import History
    from policies.oversight.approvals import Wanted

app = Commands(
    help="What waits for a second person: see it, approve it, deny it.",
    no_args_is_help=True,
    epilog="Example: `regent approvals list --as carla`, then `regent approvals approve ID --as carla`",
)
Id = Annotated[str, typer.Argument(help="The approval, as `regent approvals list` shows it.", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="Why; recorded, and told to the asker.", metavar="TEXT")]


@app.command("list")
def list_command(
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    every: Annotated[bool, typer.Option("--all", help="Also what was decided, used or has expired.")] = False,
    json_out: Json = False,
) -> None:
    """List what waits: your own questions, and those that you may approve.

    Examples:

        regent approvals list --as carla

        regent approvals list --all --json
    """
    import json

    from agents.approving import visible
    from agents.opening import open_desk

    with refusals_said(), open_desk(estate=estate.value) as desk:
        by = person(as_id, desk)
        found = visible(desk, by, _again)
    found = [known for known in found if every or known.state in ("pending", "approved", "denied", "expired")]
    if json_out:
        typer.echo(json.dumps({"approvals": [_shown(known, by) for known in found]}, indent=2))
        return
    if not found:
        typer.echo("Nothing waits for you.")
    for known in found:
        until = f", until {known.expires:%Y-%m-%d %H:%M} UTC" if known.state == "pending" else ""
        tell(f"{known.approval}  {known.words}{until}\n  {known.asker} asks {_call(known)}")


@app.command("show")
def show_command(approval: Id, as_id: As = "local", json_out: Json = False) -> None:
    """Show exactly what would run: the query, its inputs, the accounts and the asker's reason.

    The answer is the asker's alone: `regent ask --resume ID`.

    Example:

        regent approvals show a-1f2e3d4c5b6a7988 --as carla
    """
    import json

    from agents.approving import may_see
    from agents.resuming import tries_on_record
    from agents.would_run import in_words
    from policies.oversight import NotInChargeError

    with refusals_said(), desk_of(approval, as_id, "see") as desk:
        known = desk.oversight.approvals.history(approval)
        by = person(as_id, desk)
        with tries_on_record(desk, approval, by, "see"):
            if not may_see(desk, known, by, _again):
                raise NotInChargeError("Only the asker, and whoever may approve it, may see this.")
    told = _shown(known, by)
    if json_out:
        typer.echo(json.dumps(told, indent=2))
        return
    tell(f"{'looks at':<12} {in_words(known.call.query, known.call.input, len(known.call.accounts))}")
    for name, value in told.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else shown
        if shown not in (None, ""):
            tell(f"{name:<12} {shown}")


@app.command("approve")
def approve(approval: Id, as_id: As = "local", reason: Reason = "", json_out: Json = False) -> None:
    """Approve exactly this call. The question then goes on as its asker, once, and its answer is kept for the asker.

    The gate, the kill switch and the budgets decide again at that moment. Exit code 3 when you may not approve it, or
    it was decided, used or has expired.

    Example:

        regent approvals approve a-1f2e3d4c5b6a7988 --as carla --reason "mine too"
    """
    _decide(approval, as_id, "approve", reason, json_out)


@app.command("deny")
def deny(approval: Id, as_id: As = "local", reason: Reason = "", json_out: Json = False) -> None:
    """Deny this call. The question goes on without it, and its answer says so.

    Example:

        regent approvals deny a-1f2e3d4c5b6a7988 --as carla --reason "ask HR"
    """
    _decide(approval, as_id, "deny", reason, json_out)


def _decide(approval: str, as_id: str, verdict: Literal["approve", "deny"], reason: str, json_out: bool) -> None:
    import json

    from agents.approving import decide

    with refusals_said(), desk_of(approval, as_id, "decide") as desk:
        by = person(as_id, desk)
        if desk.oversight.approvals.history(approval).asker == by.id:
            say(f"{by.id} asked this; somebody else decides it, here as `--as ID`.")
        known, asker = decide(desk, approval, by, verdict, reason, _again)
        answer = desk.resume(approval, asker)
    if json_out:
        told = {**_shown(known, by), "resumed": {"question": answer.id, "status": answer.status}}
        typer.echo(json.dumps(told, indent=2))
        return
    tell(f"It {known.words}. The question went on: {answer.status}.")
    tell(f"The answer is for {known.asker} alone: regent ask --resume {approval} --as {known.asker}")


def _shown(known: History, to: Principal) -> dict[str, Any]:
    """An approval as a channel gets it."""
    from agents.acting import waiting

    return waiting(known, to).model_dump(mode="json")


def _call(known: History) -> str:
    from agents.would_run import in_words

    return f"{in_words(known.call.query, known.call.input, len(known.call.accounts))}, because: {known.call.reason}"


def person(as_id: str, desk: Desk) -> Principal:
    """Who is at this terminal: named, or whom AWS says, as for a question to that estate."""
    from agents.local import asker
    from agents.settings import load_settings

    return asker(load_settings(), as_id, aws=desk.estate.source == "aws")


def _again(before: Principal) -> Principal:
    """The asker as they are now: role and scope may have changed while the question waited."""
    from agents.local import as_now
    from agents.settings import load_settings

    return as_now(load_settings(), before)


@contextmanager
def desk_of(approval: str, as_id: str, wanted: Wanted) -> Iterator[Desk]:
    """A desk on the estate and with the model on which the question was paused; an id of none is refused on record."""
    from agents.home import Home
    from agents.ledgers import open_ledger
    from agents.local import asker
    from agents.opening import open_desk
    from agents.overseeing import open_oversight
    from agents.resuming import run_of
    from agents.settings import load_settings
    from policies.oversight import UnknownApprovalError

    home, settings = Home.find(), load_settings()
    with open_ledger(settings=settings) as ledger:
        overseen = open_oversight(home, ledger, settings)
        try:
            run = run_of(overseen.approvals, approval)
        except UnknownApprovalError as error:
            by = asker(settings, as_id, aws=True)  # whoever the settings trust: there is no estate that it was asked of
            overseen.approvals.refused(approval, by, wanted, str(error))
            raise
        finally:
            overseen.close()
    with open_desk(estate=run.estate, model=run.model, home=home, settings=settings) as desk:
        yield desk


@contextmanager
def refusals_said() -> Iterator[None]:
    """Refusals are one sentence and exit code 3."""
    from policies.access import UnknownPrincipalError
    from policies.access.errors import NotVerifiedError
    from policies.halting import StoppedError
    from policies.oversight import ApprovalError, NotInChargeError, UnknownApprovalError

    try:
        yield
    except UnknownApprovalError as error:
        refused(UnknownApprovalError(f"{error} See `regent approvals list`."))
    except (ApprovalError, NotInChargeError, NotVerifiedError, StoppedError, UnknownPrincipalError) as error:
        refused(error)
