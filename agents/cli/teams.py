"""`regent teams`: the Microsoft Teams channel on this machine, and the app that administrators upload."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.commands import Commands
from agents.cli.options import EstateChoice, Json, WhichModel
from agents.cli.saying import tell

app = Commands(invoke_without_command=True)


@app.callback()
def teams(
    context: typer.Context,
    port: Annotated[int | None, typer.Option("--port", help="Port on 127.0.0.1.", min=1, max=65535)] = None,
    estate: Annotated[
        EstateChoice | None, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")
    ] = None,
    model: WhichModel = None,
) -> None:
    """Answer in Microsoft Teams: run the channel on this machine, or make its app.

    Without a subcommand it runs the front at /api/messages, its queue, its workers and a desk.

    Needs the settings teams.app_id, teams.tenant and teams.secret_file (docs/teams.md: ten minutes). Microsoft must
    reach the port through a tunnel or a proxy with TLS. People are those of the principals file with
    `teams:TENANT/USER` in `known_as`. Ctrl-C finishes what is being answered and stops; what is queued is answered
    after the next start.

    Examples:

        regent teams

        regent teams --port 3978 --estate aws

        regent teams manifest
    """
    if context.invoked_subcommand is not None:
        return
    from agents.channels.teams.serving import serve
    from agents.settings import load_settings

    settings = load_settings().teams
    settings.registered()
    settings.client_secret()  # said before anything is opened, which takes a while
    bound = port or settings.port
    typer.echo(f"Teams channel on http://127.0.0.1:{bound}/api/messages; stop with Ctrl-C.", err=True)
    serve(bound, estate=estate.value if estate else None, model=model)


@app.command("manifest")
def manifest_command(
    out: Annotated[Path, typer.Option("--out", help="Where the zip goes.")] = Path("regent-teams.zip"),
    json_out: Json = False,
) -> None:
    """Write the app for the Teams admin centre: manifest and icons in one zip, made from the settings.

    `--json` prints the manifest and writes nothing.

    Examples:

        regent teams manifest

        regent teams manifest --out /tmp/regent.zip

        regent teams manifest --json
    """
    import json
    from importlib.metadata import version

    from agents.channels.teams.manifest import manifest, package
    from agents.settings import load_settings

    settings, number = load_settings().teams, version("regent")
    if json_out:
        typer.echo(json.dumps(manifest(settings, number), indent=2))
        return
    out.write_bytes(package(settings, number))
    tell(f"{out}: upload it in the Teams admin centre under Teams apps, Manage apps, Upload new app.")
