"""`regent estate`: what the sample estate holds, so that a person can check answers by eye."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from agents.cli.options import Json

app = typer.Typer(help="What the sample estate holds: accounts, months and planted incidents.")


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


def _show(held: Any) -> None:
    typer.echo(held.model_dump_json(indent=2))
