"""`regent serve`: the AgentCore runtime contract on one's own machine."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from agents.cli.options import EstateChoice, WhichModel


class Protocol(StrEnum):
    """The protocol modes of AgentCore's runtimes."""

    http = "http"
    mcp = "mcp"
    a2a = "a2a"
    agui = "agui"


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            help="Port on 127.0.0.1.",
            min=1,
            max=65535,
            show_default="serve_port, else that of the protocol: 8080",
        ),
    ] = None,
    protocol: Annotated[
        Protocol | None,
        typer.Option(
            "--protocol",
            help="AgentCore's mode: http has every protocol at its own path, others only theirs.",
            show_default="serve_protocol, else http",
        ),
    ] = None,
    estate: Annotated[
        EstateChoice | None, typer.Option("--estate", help="The sample estate, or your own AWS accounts.")
    ] = None,
    model: WhichModel = None,
) -> None:
    """Serve the AgentCore invoke API on this machine: the same app that runs in Bedrock AgentCore.

    It answers programs on this machine only, for the local user. Ctrl-C finishes what is being answered and stops.

    Examples:

        regent serve

        curl -s localhost:8080/invocations \\
            -d '{"prompt": "What did we spend last month?"}'

        curl -sN localhost:8080/invocations \\
            -d '{"prompt": "Which alarms are firing?", "stream": true}'

        regent serve --protocol mcp    # as a runtime of protocol MCP: port 8000
    """
    from agents.runtime import serve as run
    from agents.settings import load_settings

    settings, named = load_settings(), estate.value if estate else None
    mode = protocol.value if protocol else settings.serve_protocol
    bound, most, proxies = port or settings.serve_port, settings.serve_connections, settings.serve_proxies
    raise typer.Exit(run(port=bound, protocol=mode, estate=named, model=model, connections=most, proxies=proxies))
