"""`regent queries`: what can be asked, and what it calls."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from agents.cli.options import Json


def queries(
    json_out: Json = False,
    policy: Annotated[
        bool, typer.Option("--policy", help="Print the read-only IAM policy that queries and controls need.")
    ] = False,
) -> None:
    """List the queries: domain, inputs and the AWS operations each may call.

    Examples:

        regent queries

        regent queries --policy > reader-policy.json
    """
    import json

    from tools import catalogue

    known = catalogue.queries()
    if policy:
        from tools.iam import reader_policy

        typer.echo(json.dumps(reader_policy(catalogue.every_query().values()), indent=2))
        return
    if json_out:
        plain = [
            {
                "name": query.name,
                "domain": query.domain,
                "summary": query.summary,
                "inputs": query.schema().get("properties", {}),
                "operations": sorted(query.operations),
                "personal_data": query.personal_data,
            }
            for query in known.values()
        ]
        typer.echo(json.dumps({"queries": plain}, indent=2))
        return
    _show_table(known)


def _show_table(known: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(known)} queries", title_justify="left", row_styles=["", "dim"])
    for column in ("Domain", "Query", "Inputs", "AWS operations"):
        table.add_column(column, overflow="fold")
    for query in known.values():
        marked = f"{query.name}\n(personal data)" if query.personal_data else query.name
        inputs = ", ".join(query.schema().get("properties", {}))
        table.add_row(query.domain, marked, inputs, "\n".join(sorted(query.operations)))
    Console().print(table)
