"""What the commands about incidents, concerns and releases share: who records, where, and how cases are listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from policies.access import Principal
    from policies.audit import Ledger

Case = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]
Text = Annotated[str, typer.Option("--text", help="In your own words; sealed in the ledger.")]
System = Annotated[str, typer.Option("--system", help="The AI system it is about.")]
Texts = list[str]


@contextmanager
def recording(as_id: str, *, anonymous: bool = False) -> Iterator[tuple[Ledger, Principal]]:
    """The ledger, and who records. Nobody is looked up for an anonymous concern."""
    from agents.cli.controls import principal
    from agents.ledgers import open_ledger
    from policies.access import Principal

    who = Principal(id="anonymous", role="manager") if anonymous else principal(as_id)
    with open_ledger() as ledger:
        yield ledger, who


def list_cases(kind: Any, json_out: bool) -> None:
    """Print all cases of a kind."""
    from datetime import UTC, datetime

    from agents.cli.cases_showing import case_json, show_cases
    from agents.ledgers import open_ledger
    from policies.controls.cases import cases

    with open_ledger() as ledger:
        found = cases(ledger, kind)
    now = datetime.now(UTC)
    if json_out:
        say({f"{kind}s": [case_json(one, now) for one in found]}, True, "")
    else:
        show_cases(found, now)


def say(value: Any, json_out: bool, text: str) -> None:
    """Print the value as JSON, or the text."""
    import json

    from policies.guardrails import visible

    typer.echo(visible(json.dumps(value, ensure_ascii=False, indent=2) if json_out else text))


def one_of(given: str, known: tuple[str, ...], option: str) -> str:
    """`given`, if it is one of those known; a usage error if not."""
    if given not in known:
        raise typer.BadParameter(f"{option} {given!r} is none of {', '.join(known)}.")
    return given
