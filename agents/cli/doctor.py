"""`regent doctor`: is everything in place, and what to do about what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.options import Json
from agents.cli.saying import tell, write

_MASKED = "**********"
"""As pydantic writes a secret."""


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
    from agents.settings import Settings, load_settings

    if settings:
        for name, value in load_settings().model_dump(mode="json").items():
            under = isinstance(value, dict)
            write(f"{name}:" if under else f"{name}: {_value(name, value)}", bold=True)
            for key, inner in value.items() if under else ():
                tell(f"  {key}: {_value(key, inner)}")
            variable = f"REGENT_{name.upper()}{'__…' if under else ''}"
            tell(f"    {Settings.model_fields[name].description}  (environment: {variable})")
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
                tell(f"     {check.remedy}")
    raise typer.Exit(1 if any(check.state == "failed" for check in found) else 0)


def _value(name: str, held: object) -> str:
    """A setting's value as `regent.yaml` has it; of a key or a secret only whether it is set."""
    import json

    if name.endswith("_key") or held == _MASKED:
        return "(set)" if held not in (None, "", "none") else "(not set)"
    return json.dumps(held, ensure_ascii=False)
