"""`regent estate`: what the sample estate holds, so that a person can check answers by eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.commands import Commands
from agents.cli.options import Json

if TYPE_CHECKING:
    from tools.estate.summary import EstateSummary

_WITH_UNITS = 100
"""Columns from which on the organisational units are shown, too; `--json` has them in any case."""
app = Commands(
    help="What the sample estate holds: accounts, months and planted incidents.",
    epilog="Example: `regent estate`, or `regent estate export ./truth`",
)


@app.callback(invoke_without_command=True)
def estate(context: typer.Context, json_out: Json = False) -> None:
    """Show the sample estate: accounts, months and planted incidents.

    Examples:

        regent estate

        regent estate export ./truth
    """
    if context.invoked_subcommand:
        return
    from agents.home import Home
    from tools.estate.summary import summary

    held = summary(Home.find().cache)
    if json_out:
        typer.echo(held.model_dump_json(indent=2))
        return
    _show(held)


@app.command("export")
def export(folder: Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")]) -> None:
    """Write the ground truth (Parquet and JSON), to compute any answer without Regent's queries.

    Example:

        regent estate export ./truth
    """
    from tools.errors import RegentError
    from tools.estate.export import export as write

    try:
        for path in write(folder):
            typer.echo(str(path))
    except OSError as error:
        raise RegentError(f"The sample estate could not be written to {folder}: {error.strerror}.") from error


def _show(held: EstateSummary) -> None:
    from agents.cli.tables import screen, show_table

    console = screen()
    console.print(
        f"[bold]{held.company}[/bold], an invented company. The sample clock stands at "
        f"{held.now:%A %-d %B %Y %H:%M} UTC; amounts in {held.currency}; {held.line_items:,} daily line items."
    )
    console.print()
    accounts = [
        (one.id, one.name, one.env, one.venue or "-", one.team, f"{one.last_month:,.2f}", one.ou)
        for one in held.accounts
    ]
    columns = ("Id", "Account", "Env", "Venue", "Team", "Last month (gross)", "Unit")
    fitting = len(columns) if console.width >= _WITH_UNITS else len(columns) - 1
    show_table(
        console, columns[:fitting], [row[:fitting] for row in accounts], right=(5,), title=f"{len(accounts)} accounts"
    )
    console.print()
    months = [(one.month, f"{one.gross:,.2f}", f"{one.net:,.2f}") for one in held.months]
    show_table(console, ("Month", "Gross", "Net"), months, right=(1, 2), title="Months")
    console.print("\n[bold]Planted incidents[/bold]")
    for story in held.stories:
        until = f" to {story.end:%-d %B %H:%M}" if story.end else ", still open"
        console.print(f"[bold]{story.title}[/bold] in {story.account}, {story.start:%-d %B %Y %H:%M} UTC{until}")
        console.print(f"  {story.summary}", style="dim")
