"""`regent slack`: the Slack app on one's own machine, its manifest, and its scopes."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from agents.cli.commands import Commands
from agents.cli.options import EstateChoice, WhichModel

app = Commands(invoke_without_command=True)


@app.callback()
def slack(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", help="Port that the front binds.", min=1, max=65535)] = 3000,
    host: Annotated[str, typer.Option("--host", help="Address that the front binds.")] = "127.0.0.1",
    estate: Annotated[
        EstateChoice | None, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")
    ] = None,
    model: WhichModel = None,
    workers: Annotated[int, typer.Option("--workers", help="Questions answered at a time.", min=1, max=64)] = 4,
) -> None:
    """Run the Slack app in this process: the front that Slack calls, and the workers that answer.

    Slack must reach it by https, through a tunnel or a proxy of yours. Its secret is read from `slack.secret_file`, or
    from REGENT_SLACK__SIGNING_SECRET and REGENT_SLACK__BOT_TOKEN. The whole setup: docs/slack.md.

    Examples:

        regent slack manifest --url https://regent.example.com > manifest.json

        regent slack scopes

        regent slack --port 3000

        regent slack --estate aws --model bedrock:
    """
    if context.invoked_subcommand is not None:
        return
    from agents.channels.slack.running import open_slack
    from agents.listening import listen, server
    from agents.settings import load_settings

    settings = load_settings()
    with open_slack(settings, estate=estate.value if estate else None, model=model, size=workers) as front:
        typer.echo(f"Slack's front listens on http://{host}:{port} (/slack/events, /slack/actions). Ctrl-C stops it.")
        listen(
            server(
                front,
                host=host,
                port=port,
                log_level="warning",
                connections=settings.serve_connections,
                proxies=settings.serve_proxies,
            )
        )


@app.command("manifest")
def manifest_command(
    url: Annotated[str, typer.Option("--url", help="Address at which Slack reaches the front, by https.")],
) -> None:
    """Print the app's manifest as JSON, for https://api.slack.com/apps (Create New App, From a manifest).

    Examples:

        regent slack manifest --url https://regent.example.com > manifest.json

        regent slack manifest --url https://x.execute-api.eu-west-1.amazonaws.com/v1
    """
    from agents.channels.slack.manifest import manifest
    from agents.settings import load_settings
    from tools.errors import InputError

    if not url.startswith("https://"):
        raise InputError(f"Slack calls nothing but https addresses; got {url!r}.")
    typer.echo(json.dumps(manifest(load_settings().slack, url), indent=2, ensure_ascii=False))


@app.command("scopes")
def scopes_command(as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """List what the app may do in Slack, and what for.

    Examples:

        regent slack scopes

        regent slack scopes --json
    """
    from agents.channels.slack.manifest import scopes
    from agents.settings import load_settings

    found = scopes(load_settings().slack)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for scope, what in found.items():
        typer.echo(f"{scope:<20}  {what}")
