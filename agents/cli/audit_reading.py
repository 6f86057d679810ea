"""`regent audit show`, `search`, `export`, `stats` and `types`: what happened."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.audit_common import (
    At,
    open_reader,
    show,
    usage,
    utc,
)
from agents.cli.commands import Commands
from agents.cli.options import Json
from agents.cli.records import show_records

app = Commands()


@app.command("show")
def show_command(
    question: Annotated[str | None, typer.Option("--question", help="Id of a question: its whole story.")] = None,
    index: Annotated[int | None, typer.Option("--index", help="One record.")] = None,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Show the whole story of one question, or one record.

    Examples:

        regent audit show --question q-18f2a3b4c5d6e7f8-a1b2c3

        regent audit show --index 42 --json
    """
    from policies.audit.story import step, story
    from policies.guardrails import visible

    reader = open_reader(ledger)
    if (question is None) == (index is None):
        usage("give either --question ID or --index N.")
    if index is not None:
        one = step(reader.get(index))
        if json_out:
            show(one.model_dump(mode="json"), True, "")
            return
        show_records([(one, None)])
        typer.echo(visible(json.dumps(one.body, ensure_ascii=False, indent=2)))
        return
    told = story(reader, question or "")
    if json_out:
        show(told.model_dump(mode="json"), True, "")
        return
    status = told.status or "no answer yet"
    typer.echo(f"{told.question}  {told.principal or '-'}  {status}  records {told.first}..{told.last}")
    show_records([(one, None) for one in told.steps])


@app.command("search")
def search_command(
    person: Annotated[str | None, typer.Option(help="Who asked.")] = None,
    query: Annotated[str | None, typer.Option(help="Name of a query.")] = None,
    decision: Annotated[str | None, typer.Option(help="Decision, outcome or status: allow, deny, withheld, …")] = None,
    period: Annotated[str | None, typer.Option(help="Period as it was asked for, such as last_month.")] = None,
    account: Annotated[str | None, typer.Option(help="An account that the query was to look at.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Record type, such as gate.decided.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most records to show.")] = 50,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Find records, newest first.

    Example:

        regent audit search --query spend --decision deny
    """
    from policies.audit.search import Filter, search
    from policies.audit.story import step

    reader = open_reader(ledger)
    what = Filter(person=person, query=query, decision=decision, period=period, account=account, type=kind, limit=limit)
    found = [(step(stored), stored.record.question) for stored in search(reader.path, what, vault=reader.vault)]
    if json_out or not found:
        rows = [one.model_dump(mode="json") | {"question": question} for one, question in found]
        show(rows, json_out, "No record matches.")
        return
    show_records(found)


@app.command("export")
def export_command(
    form: Annotated[str, typer.Option("--format", help="jsonl, ocsf, cloudevents, otlp or tiles.")] = "jsonl",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File (for tiles: directory) to write.")] = None,
    opened: Annotated[bool, typer.Option("--open", help="Open sealed personal content. Mind who gets it.")] = False,
    ledger: At = None,
) -> None:
    """Export the ledger for other systems, one JSON object a line.

    Example:

        regent audit export --format ocsf -o events.jsonl
    """
    from policies.audit.export import export, export_tiles
    from policies.audit.reader import Reader
    from tools.whole_file import written_whole

    reader = open_reader(ledger)
    if form == "tiles":
        if out is None:
            usage("--format tiles needs --out DIRECTORY.")
        typer.echo(f"Wrote {export_tiles(reader.path, out)} records as tiles to {out}.")
        return
    source = reader if opened else Reader(reader.path)
    lines = export(source.read(), reader.origin() or "", form)
    if out is None:
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        return
    with written_whole(out) as file:
        count = sum(1 for line in lines if file.write(line + b"\n"))
    typer.echo(f"Wrote {count} records to {out}.")


@app.command("stats")
def stats_command(ledger: At = None, json_out: Json = False) -> None:
    """What the ledger holds, in numbers.

    Example:

        regent audit stats --json
    """
    from policies.audit.stats import stats

    numbers = stats(open_reader(ledger).path)
    rows = numbers.model_dump()
    plain = {name: value for name, value in rows.items() if not isinstance(value, dict)}
    plain |= {name: utc(plain[name]) for name in ("first_time", "last_time") if plain[name] is not None}
    lines = [f"{name.replace('_', ' '):<14} {value}" for name, value in plain.items()]
    for name, value in rows.items():
        if isinstance(value, dict) and value:
            width = max(map(len, value))
            lines += [f"{name}:", *(f"  {key:<{width}}  {count}" for key, count in value.items())]
    show(rows, json_out, "\n".join(lines))


@app.command("types")
def types_command() -> None:
    """Print the JSON schema of every record type's body.

    Example:

        regent audit types > record-types.json
    """
    from policies.audit.bodies import KNOWN

    schemas = {name: body.model_json_schema(by_alias=True) for name, body in sorted(KNOWN.items())}
    typer.echo(json.dumps(schemas, indent=2))
