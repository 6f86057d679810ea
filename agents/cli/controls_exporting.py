"""`regent controls export`: the evaluation for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import As, EstateChoice, Json, WhichEstate


class Format(StrEnum):
    """What an export is written in."""

    oscal = "oscal"


def export_command(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to; it is made if need be.", metavar="DIR")],
    format: Annotated[Format, typer.Option("--format", help="OSCAL 1.2 as JSON.")] = Format.oscal,
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    stored: Annotated[bool, typer.Option("--stored", help="Collect nothing: only what lies in the store.")] = False,
    json_out: Json = False,
) -> None:
    """Evaluate, and write catalog, profile, component definition, assessment plan and results, and POA&M.

    `satisfied` is what is evidenced or attested here: every observation passes and is fresh. The files are validated by
    compliance-trestle and by a linter for what it lets through; what is not valid is not written.

    Examples:

        regent controls export --format oscal --out oscal

        regent controls export --out oscal --stored --json
    """
    import json

    from agents.cli.controls import evaluation
    from policies.controls.implemented import implementers
    from policies.controls.oscal import export
    from policies.controls.oscal_files import write

    done = evaluation(as_id, estate, "stored" if stored else "reuse", None)
    files = write(export(done, implementers()), out, done.at)
    if json_out:
        typer.echo(json.dumps({"format": format.value, "files": [str(file) for file in files]}, indent=2))
        return
    for file in files:
        typer.echo(str(file))
