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
    from agents.cli.tables import screen, show_table

    rows = [
        (
            f"{query.name} (personal data)" if query.personal_data else query.name,
            query.domain,
            ", ".join(query.schema().get("properties", {})) or "-",
            " ".join(sorted(query.operations)) or "-",
        )
        for query in known.values()
    ]
    show_table(screen(), ("Query", "Domain", "Inputs", "AWS operations"), rows, title=f"{len(known)} queries")
