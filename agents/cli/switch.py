"""`regent stop` and `regent resume`: the kill switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from agents.cli.options import As, Json
from agents.cli.saying import refused, tell, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.access import Principal
    from policies.audit import Ledger
    from policies.oversight import Scope, Switch

ScopeText = Annotated[
    str, typer.Option("--scope", help="all, domain:cost, query:NAME or principal:ID.", metavar="SCOPE")
]


def stop(
    reason: Annotated[str, typer.Argument(help="Why, in quotes; whoever asks is told.")],
    scope: ScopeText = "all",
    as_id: As = "local",
    json_out: Json = False,
) -> None:
    """Stop Regent, or a part of it, at once: no further model or query call is made. Needs an admin, and is recorded.

    It holds for what reads the same switch: this machine's, or with the setting `switch_parameter` the deployed one's.
    Questions under way end before their next call. While stopped, `regent ask` exits with 3 and says who stopped it,
    when and why.

    Examples:

        regent stop "Wrong figures in the cost answers" --scope domain:cost

        regent stop "Incident 4711"
    """
    from policies.oversight import stop as stop_it

    if not reason.strip():
        write("regent: say why; whoever asks is told.", err=True, fg="red")
        raise typer.Exit(2)
    from policies.guardrails import for_the_record

    reason = for_the_record(reason)
    made = _changed(as_id, scope, lambda ledger, switch, by, what: stop_it(ledger, switch, by, what, reason))
    _show({"stopped": True, "scope": scope, "reason": reason, "by": made.by, "where": made.where}, made, json_out)


def resume(scope: ScopeText = "all", as_id: As = "local", json_out: Json = False) -> None:
    """Lift a stop of exactly this scope. Needs an admin, and is recorded.

    Examples:

        regent resume

        regent resume --scope domain:cost
    """
    from policies.oversight import resume as resume_it

    made = _changed(as_id, scope, lambda ledger, switch, by, what: resume_it(ledger, switch, by, what))
    _show({"stopped": False, "scope": scope, "by": made.by, "where": made.where}, made, json_out)


class _Made(NamedTuple):
    """A change of the switch: its scope in words, who made it, and which switch it was."""

    words: str
    by: str
    where: str


def _changed(as_id: str, scope: str, change: Callable[[Ledger, Switch, Principal, Scope], object]) -> _Made:
    """Change the switch as this person. Exits with 3 for whoever may not."""
    from agents.home import Home
    from agents.ledgers import open_ledger
    from agents.local import asker
    from agents.overseeing import open_oversight
    from agents.settings import load_settings
    from policies.access import UnknownPrincipalError
    from policies.access.errors import NotVerifiedError
    from policies.oversight import NotInChargeError, Scope
    from tools.catalogue import queries

    home, settings = Home.find(), load_settings()
    known = queries()
    what = Scope.parse(scope, domains={query.domain for query in known.values()}, queries=known)
    try:
        by = asker(settings, as_id, aws=settings.estate == "aws" or settings.switch_parameter is not None)
        with open_ledger(settings=settings) as ledger:
            change(ledger, open_oversight(home, ledger, settings).switch, by, what)
    except (UnknownPrincipalError, NotVerifiedError, NotInChargeError) as error:
        refused(error)
    parameter = settings.switch_parameter
    where = f"the SSM parameter {parameter}" if parameter is not None else f"the home {home.path} on this machine"
    return _Made(what.words, by.id, where)


def _show(value: dict[str, object], made: _Made, json_out: bool) -> None:
    import json

    said = "Stopped" if value["stopped"] else "Resumed"
    if json_out:
        typer.echo(json.dumps(value))
        return
    tell(f"{said}: {made.words}, for all that reads {made.where}. It is on record.")
