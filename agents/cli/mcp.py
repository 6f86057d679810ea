"""`regent mcp`: the queries as MCP tools, over standard input and output."""

from __future__ import annotations

from agents.cli.options import As, EstateChoice, WhichEstate, WhichModel


def mcp(as_id: As = "local", estate: WhichEstate = EstateChoice.sample, model: WhichModel = None) -> None:
    """Serve the queries, and `ask`, as MCP tools to a client that starts this command. Same gate, same ledger.

    Put it into the client's configuration; to serve over HTTP to people who sign in, use `regent serve` and `/mcp`.

    Examples:

        regent mcp

        regent mcp --as carla

        claude mcp add regent -- regent mcp
    """
    from agents.channels.protocols.mcp_stdio import serve

    serve(as_id=as_id, estate=estate.value, model=model)
