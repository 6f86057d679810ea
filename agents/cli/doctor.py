"""`regent doctor`: is everything in place, and what to do about what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.options import Json
from agents.cli.saying import write


def doctor(
    json_out: Json = False,
    settings: Annotated[bool, typer.Option("--settings", help="Print every setting with its value instead.")] = False,
) -> None:
    """Check Python, dependencies, the ledger, AWS credentials and Bedrock access; say what to do about failures.

    Missing AWS access is not a failure: the sample estate needs none. Exit code 1 if something needed is missing.

    Examples:

        regent doctor

        regent doctor --settings
    """
    import json

    from agents.cli.checkup import checkup
    from agents.cli.tables import screen, show_text
    from agents.settings import Settings, load_settings

    if settings:
        held = load_settings()
        for name, field in Settings.model_fields.items():
            write(f"{name} = {_value(name, getattr(held, name))}", bold=True)
            show_text(screen(), f"    {field.description}  (environment: REGENT_{name.upper()})")
        return
    found = checkup()
    if json_out:
        typer.echo(json.dumps({"checks": [check.model_dump() for check in found]}, indent=2))
    else:
        marks = {"ok": ("ok  ", "green"), "absent": ("--  ", "yellow"), "failed": ("FAIL", "red")}
        for check in found:
            mark, colour = marks[check.state]
            write(f"{mark} ", fg=colour, nl=False)
            typer.echo(f"{check.name}: {check.found}")
            if check.remedy:
                show_text(screen(), f"     {check.remedy}")
    raise typer.Exit(1 if any(check.state == "failed" for check in found) else 0)


def _value(name: str, held: object) -> str:
    """A setting's value; of a key only whether it is set."""
    return ("(set)" if held not in (None, "", "none") else "(not set)") if name.endswith("_key") else repr(held)
