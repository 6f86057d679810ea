"""`regent audit prove`, `check`, `consistency`, `checkpoint` and `witness`: for those who do not trust us."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.audit_common import (
    At,
    ledger_path,
    line_of,
    open_reader,
    parse_keys,
    read_checkpoint,
    show,
    usage,
)
from agents.cli.commands import Commands
from agents.cli.options import Json
from agents.cli.saying import write

app = Commands()


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

    proof = prove(require(ledger_path(ledger)), index)
    if out is None:
        sys.stdout.buffer.write(proof)
    else:
        out.write_bytes(proof)
        typer.echo(f"Wrote {out} ({len(proof)} bytes).")


@app.command("check")
def check_command(
    proof: Annotated[Path, typer.Argument(help="A proof that `regent audit prove` wrote.")],
    key: Annotated[list[str], typer.Option("--key", help="Verifier key to trust, or a file of them.", metavar="VKEY")],
    json_out: Json = False,
) -> None:
    """Check a proof with nothing but the verifier key. Exit codes: 0 it proves the record, 1 it does not, 3 usage.

    Example:

        regent audit check record-42.tlog-proof --key house.vkey
    """
    from policies.audit.errors import LedgerError
    from policies.audit.proofs import check
    from policies.audit.story import step

    try:
        raw = proof.read_bytes()
    except OSError as error:
        usage(f"the proof cannot be read: {error}")
    try:
        stored, signed = check(raw, parse_keys(key) or [])
    except LedgerError as error:
        show({"code": 1, "reason": str(error)}, json_out, f"NOT PROVEN: {error}")
        raise typer.Exit(1) from error
    one = step(stored)
    text = f"PROVEN: record {stored.index} of {signed.origin}, in a ledger of {signed.size} records.\n{line_of(one)}"
    report = {"code": 0, "origin": signed.origin, "size": signed.size, "record": one.model_dump(mode="json")}
    show(report, json_out, text)


@app.command("consistency")
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
        proof = consistency(ledger_path(ledger), read_checkpoint(old), read_checkpoint(new))
    except LedgerError as error:
        show({"code": 1, "reason": str(error)}, json_out, f"NOT CONSISTENT: {error}")
        raise typer.Exit(1) from error
    text = [f"CONSISTENT: the {proof.new} records begin with the {proof.old} records.", *proof.path]
    show({"code": 0, **proof.model_dump()}, json_out, "\n".join(text))


@app.command("checkpoint")
def checkpoint_command(ledger: At = None) -> None:
    """Print the ledger's last checkpoint, to keep elsewhere and give to `verify --since` later.

    Example:

        regent audit checkpoint > monday.note
    """
    signed = open_reader(ledger).checkpoint()
    if signed is None:
        write("regent: The ledger has no checkpoint yet.", err=True, fg="red")
        raise typer.Exit(1)
    sys.stdout.buffer.write(signed.raw)


@app.command("witness")
def witness_command(
    url: Annotated[str, typer.Argument(help="Address of the witness.")],
    key: Annotated[str, typer.Option("--key", help="The witness's verifier key.", metavar="VKEY")],
    ledger: At = None,
) -> None:
    """Have a witness cosign the ledger's last checkpoint, and remember that as a known head.

    Example:

        regent audit witness http://auditor.example:8437 --key witness.vkey
    """
    from policies.audit.reader import require
    from policies.audit.witness import submit

    (witness,) = parse_keys([key]) or []
    cosigned = submit(require(ledger_path(ledger)), url, witness)
    typer.echo(f"{witness.name} cosigned {cosigned.size} records.")
