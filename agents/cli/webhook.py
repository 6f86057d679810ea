"""`regent webhook`: the signed webhook on one's own machine, front, queue and workers in one process."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import EstateChoice, WhichModel


def webhook(
    secret: Annotated[
        Path | None,
        typer.Option("--secret", help="File with the clients; default: webhook.json in REGENT_HOME.", metavar="FILE"),
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.", min=1, max=65535)] = 8081,
    workers: Annotated[int, typer.Option("--workers", help="Questions answered at the same time.", min=1, max=64)] = 4,
    estate: Annotated[
        EstateChoice | None, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")
    ] = None,
    model: WhichModel = None,
) -> None:
    """Answer signed requests of the house's own systems: POST /webhook, GET /webhook/answers/ID (docs/webhook.md).

    Deliveries and answers are kept in REGENT_HOME, so that a restart loses none. Ctrl-C finishes what is at work.

    Examples:

        regent webhook --secret clients.json

        regent webhook --secret clients.json --port 9000 --estate aws
    """
    from agents.channels.box import Box
    from agents.channels.crew import Crew
    from agents.channels.digests.running import digesting
    from agents.channels.front import asgi
    from agents.channels.heard import HeardFile
    from agents.channels.opening import open_house
    from agents.channels.secrets import from_file
    from agents.channels.webhook import clients, gatekeeper
    from agents.channels.webhook_worker import adapter
    from agents.home import Home
    from agents.listening import listen, server
    from agents.settings import load_settings

    home, settings = Home.find(), load_settings()
    clients_of = from_file(secret or home.path / "webhook.json")
    named = sorted(clients(clients_of()))  # a file that cannot be used is said now, not to the first client
    box = Box(home.path / "webhook.sqlite")
    opened = open_house(estate=estate.value if estate else None, model=model, settings=settings)
    with opened as (house, inside):
        worker = adapter(house, clients_of, box)
        refusals = inside.desk.oversight.refusals
        front = asgi(gatekeeper(clients_of, box), box, partial(refusals.count, "webhook"))
        digests = digesting(settings, home, house, HeardFile(home.path / "heard.sqlite"), [worker])
        with Crew(box, {"webhook": worker}.__getitem__, size=workers), digests:
            typer.echo(f"serving {', '.join(named) or 'no client'} on http://127.0.0.1:{port}/webhook; Ctrl-C stops")
            listen(
                server(
                    front,
                    host="127.0.0.1",
                    port=port,
                    connections=settings.serve_connections,
                    proxies=settings.serve_proxies,
                )
            )
