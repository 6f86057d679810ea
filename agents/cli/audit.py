"""`regent audit`: verify the ledger, read what happened, prove it to others, forget a person, look after keys."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer._click.exceptions import UsageError
from typer.core import TyperCommand

from agents.cli.options import Json

if TYPE_CHECKING:
    from policies.audit.note import Checkpoint, VerifierKey
    from policies.audit.reader import Reader


class _UsageIsThree(TyperCommand):
    """A wrong call exits with 3: 1 and 2 are verdicts about the ledger, and a script must not confuse them."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().make_context(*args, **kwargs)
        except UsageError as error:
            error.exit_code = 3
            raise


app = typer.Typer(help="Verify the ledger, read what happened, prove it to others.", no_args_is_help=True)
keys_app = typer.Typer(help="The keys that sign the ledger.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")

Where = Annotated[
    Path | None, typer.Argument(help="Ledger directory (default: the one in REGENT_HOME).", metavar="PATH")
]
At = Annotated[Path | None, typer.Option("--ledger", help="Ledger directory (default: the one in REGENT_HOME).")]
Keys = Annotated[
    list[str] | None, typer.Option("--key", help="Verifier key to trust, or a file of them.", metavar="VKEY")
]


def _ledger(path: Path | None) -> Path:
    from agents.home import Home

    return path if path is not None else Home.find().ledger


def _reader(path: Path | None) -> Reader:
    from policies.audit.keys import Home
    from policies.audit.reader import Reader, require
    from policies.audit.vault import Vault

    ledger = require(_ledger(path))
    return Reader(ledger, Vault(Home(ledger).keys / "subjects"))


def _usage(message: str) -> NoReturn:
    typer.secho(f"regent: {message}", err=True, fg="red")
    raise typer.Exit(3)


def _keys(given: list[str] | None) -> list[VerifierKey] | None:
    from policies.audit.errors import SignatureError
    from policies.audit.note import VerifierKey

    if not given:
        return None
    lines = [
        line for text in given for line in (Path(text).read_text().splitlines() if Path(text).is_file() else [text])
    ]
    try:
        return [VerifierKey.parse(line) for line in lines if line.strip()]
    except SignatureError as error:
        _usage(str(error))


def _checkpoint(path: Path) -> Checkpoint:
    from policies.audit.errors import SignatureError
    from policies.audit.note import Checkpoint

    try:
        return Checkpoint.parse(path.read_bytes())
    except (OSError, SignatureError) as error:
        _usage(f"{path} is no checkpoint: {error}")


def _show(value: Any, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)


@app.command("verify", cls=_UsageIsThree)
def verify_command(
    path: Where = None,
    key: Keys = None,
    since: Annotated[Path | None, typer.Option("--since", help="A checkpoint seen earlier.", metavar="FILE")] = None,
    hashes_only: Annotated[
        bool, typer.Option("--hashes-only", help="Leave the records' contents out; faster.")
    ] = False,
    json_out: Json = False,
) -> None:
    """Verify every record, hash and signature of the ledger.

    Exit codes: 0 verified and consistent with a head seen earlier, 1 tampered (also cut, rolled back, another ledger,
    missing), 2 nothing wrong but unanchored or incomplete, 3 usage.

    Examples:

        regent audit verify

        regent audit verify /mnt/copy/ledger --key regent.local/6f1f…+a543837a+AXv5… --since yesterday.note
    """
    from policies.audit.verifying import verify

    verdict = verify(
        _ledger(path), _keys(key), _checkpoint(since) if since is not None else None, schema=not hashes_only
    )
    word = {0: "VERIFIED", 1: "TAMPERED", 2: "UNANCHORED", 3: "USAGE"}[verdict.code]
    lines = [f"{word}: {verdict.reason}"]
    if verdict.first_bad is not None:
        lines.append(f"first bad record   {verdict.first_bad}")
    lines += [
        f"ledger             {verdict.origin or '(unknown)'}",
        f"records            {verdict.size}",
        f"root               {verdict.root or '(none)'}",
        f"verified through   {_or_none(verdict.verified_through)}",
        f"anchored through   {_or_none(verdict.anchored_through)} (known head: {_or_none(verdict.known_head)} records)",
        f"unanchored tail    {verdict.unanchored}",
        f"quarantined bytes  {verdict.quarantined_bytes}",
        f"persons erased     {verdict.erased}",
    ]
    _show(verdict.model_dump(), json_out, "\n".join(lines))
    raise typer.Exit(verdict.code)


def _or_none(value: int | None) -> str:
    return "none" if value is None else str(value)


@app.command("show")
def show(
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

    reader = _reader(ledger)
    if (question is None) == (index is None):
        _usage("give either --question ID or --index N.")
    if index is not None:
        one = step(reader.get(index))
        _show(
            one.model_dump(mode="json"), json_out, f"{_line(one)}\n{json.dumps(one.body, ensure_ascii=False, indent=2)}"
        )
        return
    told = story(reader, question or "")
    head = [
        f"{told.question}  {told.principal or '-'}  {told.status or 'no answer yet'}  records {told.first}..{told.last}"
    ]
    _show(told.model_dump(mode="json"), json_out, "\n".join([*head, *(_line(one) for one in told.steps)]))


def _line(one: Any) -> str:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(one.time / 1e9, UTC)
    return f"#{one.index:<6} {at:%Y-%m-%d %H:%M:%S.%f}Z  {one.actor:<16} {one.line}  [{one.hash[:12]}]"


@app.command("prove")
def prove_command(
    index: Annotated[int, typer.Argument(help="Index of the record.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write (default: standard output).")] = None,
    ledger: At = None,
) -> None:
    """Write a proof that one record is in the signed ledger, to hand to somebody who has no ledger.

    Example:

        regent audit prove 42 -o record-42.tlog-proof
    """
    from policies.audit.proofs import prove
    from policies.audit.reader import require

    proof = prove(require(_ledger(ledger)), index)
    if out is None:
        sys.stdout.buffer.write(proof)
    else:
        out.write_bytes(proof)
        typer.echo(f"Wrote {out} ({len(proof)} bytes).")


@app.command("check", cls=_UsageIsThree)
def check_command(
    proof: Annotated[Path, typer.Argument(help="A proof that `regent audit prove` wrote.")],
    key: Annotated[list[str], typer.Option("--key", help="Verifier key to trust, or a file of them.", metavar="VKEY")],
    json_out: Json = False,
) -> None:
    """Check a proof with nothing but the verifier key. Exit codes: 0 it proves the record, 1 it does not, 3 usage.

    Example:

        regent audit check record-42.tlog-proof --key regent.local/6f1f…+a543837a+AXv5…
    """
    from policies.audit.errors import LedgerError
    from policies.audit.proofs import check
    from policies.audit.story import step

    try:
        raw = proof.read_bytes()
    except OSError as error:
        _usage(f"the proof cannot be read: {error}")
    try:
        stored, signed = check(raw, _keys(key) or [])
    except LedgerError as error:
        _show({"code": 1, "reason": str(error)}, json_out, f"NOT PROVEN: {error}")
        raise typer.Exit(1) from error
    one = step(stored)
    text = f"PROVEN: record {stored.index} of {signed.origin}, in a ledger of {signed.size} records.\n{_line(one)}"
    report = {"code": 0, "origin": signed.origin, "size": signed.size, "record": one.model_dump(mode="json")}
    _show(report, json_out, text)


@app.command("consistency", cls=_UsageIsThree)
def consistency_command(
    old: Annotated[Path, typer.Argument(help="The earlier checkpoint.")],
    new: Annotated[Path, typer.Argument(help="The later checkpoint.")],
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Prove that a later checkpoint extends an earlier one: nothing was changed in between.

    Exit codes: 0 it does, 1 it does not, 3 usage.

    Example:

        regent audit consistency monday.note friday.note
    """
    from policies.audit.errors import LedgerError
    from policies.audit.proofs import consistency

    try:
        proof = consistency(_ledger(ledger), _checkpoint(old), _checkpoint(new))
    except LedgerError as error:
        _show({"code": 1, "reason": str(error)}, json_out, f"NOT CONSISTENT: {error}")
        raise typer.Exit(1) from error
    text = [f"CONSISTENT: the {proof.new} records begin with the {proof.old} records.", *proof.path]
    _show({"code": 0, **proof.model_dump()}, json_out, "\n".join(text))


@app.command("checkpoint")
def checkpoint_command(ledger: At = None) -> None:
    """Print the ledger's last checkpoint, to keep elsewhere and give to `verify --since` later.

    Example:

        regent audit checkpoint > monday.note
    """
    signed = _reader(ledger).checkpoint()
    if signed is None:
        typer.secho("regent: The ledger has no checkpoint yet.", err=True, fg="red")
        raise typer.Exit(1)
    sys.stdout.buffer.write(signed.raw)


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

    reader = _reader(ledger)
    what = Filter(person=person, query=query, decision=decision, period=period, account=account, type=kind, limit=limit)
    found = [(step(stored), stored.record.question) for stored in search(reader.path, what, vault=reader.vault)]
    rows = [one.model_dump(mode="json") | {"question": question} for one, question in found]
    lines = [f"{_line(one)}  {question or ''}" for one, question in found]
    _show(rows, json_out, "\n".join(lines) if lines else "No record matches.")


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

    reader = _reader(ledger)
    if form == "tiles":
        if out is None:
            _usage("--format tiles needs --out DIRECTORY.")
        typer.echo(f"Wrote {export_tiles(reader.path, out)} records as tiles to {out}.")
        return
    source = reader if opened else Reader(reader.path)
    lines = export(source.read(), reader.origin() or "", form)
    if out is None:
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        return
    with out.open("wb") as file:
        count = sum(1 for line in lines if file.write(line + b"\n"))
    typer.echo(f"Wrote {count} records to {out}.")


@app.command("stats")
def stats_command(ledger: At = None, json_out: Json = False) -> None:
    """What the ledger holds, in numbers.

    Example:

        regent audit stats --json
    """
    from policies.audit.stats import stats

    numbers = stats(_reader(ledger).path)
    rows = numbers.model_dump()
    lines = [f"{name:<14} {value}" for name, value in rows.items() if not isinstance(value, dict)]
    for name, value in rows.items():
        if isinstance(value, dict) and value:
            lines += [f"{name}:", *(f"  {key:<24} {count}" for key, count in value.items())]
    _show(rows, json_out, "\n".join(lines))


@app.command("types")
def types_command() -> None:
    """Print the JSON schema of every record type's body."""
    from policies.audit.records import KNOWN

    schemas = {name: body.model_json_schema(by_alias=True) for name, body in sorted(KNOWN.items())}
    typer.echo(json.dumps(schemas, indent=2))


@app.command("repair")
def repair_command(ledger: At = None) -> None:
    """Write the Merkle tiles anew from the records, after a verify that says that a tile is missing.

    Records and checkpoints are never touched.
    """
    import shutil

    from policies.audit import Ledger
    from policies.audit.reader import require

    path = require(_ledger(ledger))
    shutil.rmtree(path / "tile")
    Ledger.open(path).close()
    typer.echo("The tiles were written anew; run `regent audit verify`.")


@app.command("forget")
def forget_command(
    person: Annotated[str, typer.Argument(help="The person's id, as they ask with it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Destroy the key of a person's content, everywhere. It cannot be undone; the ledger still verifies.

    Example:

        regent audit forget vera@example.com
    """
    from policies.audit import Ledger
    from policies.audit.erasure import forget
    from policies.audit.reader import require

    path = require(_ledger(ledger))
    if not yes:
        typer.confirm(f"Nobody will be able to read what {person} asked, ever again. Go on?", abort=True)
    with Ledger.open(path) as open_ledger:
        done = forget(open_ledger, person)
    places = "".join(f"\n  {name}: {count} items" for name, count in done.places.items())
    text = f"Forgotten: {len(done.subjects)} keys destroyed, recorded as record {done.index}.{places}"
    _show(done.model_dump(), json_out, text)


@app.command("witness")
def witness_command(
    url: Annotated[str, typer.Argument(help="Address of the witness.")],
    key: Annotated[str, typer.Option("--key", help="The witness's verifier key.", metavar="VKEY")],
    ledger: At = None,
) -> None:
    """Have a witness cosign the ledger's last checkpoint, and remember that as a known head.

    Example:

        regent audit witness http://auditor.example:8437 --key audit.example/w1+8d2b01ff+BKx0…
    """
    from policies.audit.reader import require
    from policies.audit.witness import submit

    (witness,) = _keys([key]) or []
    cosigned = submit(require(_ledger(ledger)), url, witness)
    typer.echo(f"{witness.name} cosigned {cosigned.size} records.")


@keys_app.command("show")
def keys_show(ledger: At = None) -> None:
    """Print the verifier keys that this machine trusts for the ledger, one a line."""
    from policies.audit.keys import Home

    for key in Home(_ledger(ledger)).trusted():
        typer.echo(str(key))


@keys_app.command("rotate")
def keys_rotate(ledger: At = None, json_out: Json = False) -> None:
    """Sign with a new key from now on; the old one introduces it."""
    from policies.audit import Ledger
    from policies.audit.reader import require
    from policies.audit.rotation import rotate

    with Ledger.open(require(_ledger(ledger))) as open_ledger:
        change = rotate(open_ledger)
    _show(change.model_dump(), json_out, f"Record {change.index} introduces the new key:\n{change.vkey}")


@keys_app.command("replace")
def keys_replace(ledger: At = None, json_out: Json = False) -> None:
    """Go on with a new key after the old one was lost. Give the new verifier key to every auditor."""
    from policies.audit.keys import Home
    from policies.audit.rotation import replace

    change = replace(Home(_ledger(ledger)))
    _show(change.model_dump(), json_out, f"Record {change.index} introduces the new key:\n{change.vkey}")


@keys_app.command("revoke")
def keys_revoke(
    vkey: Annotated[str, typer.Argument(help="The verifier key that no longer counts.")],
    since: Annotated[str, typer.Option("--from", help="ISO time from which on it does not count.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    ledger: At = None,
) -> None:
    """Record that a key's signatures prove nothing from a time on. Rotate first if it signs now.

    Example:

        regent audit keys revoke regent.local/6f1f…+a543837a+AXv5… --from 2026-11-01T00:00:00+00:00 --reason stolen
    """
    from datetime import UTC, datetime

    from policies.audit import Ledger
    from policies.audit.reader import require
    from policies.audit.rotation import revoke

    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        _usage(f"{since!r} is no ISO time; write for instance 2026-11-01T00:00:00+00:00.")
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    (key,) = _keys([vkey]) or []
    with Ledger.open(require(_ledger(ledger))) as open_ledger:
        index = revoke(open_ledger, key, int(at.timestamp()) * 1_000_000_000, reason)
    typer.echo(f"Record {index} revokes the key.")
