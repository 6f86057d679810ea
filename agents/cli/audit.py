"""`regent audit`: verify the ledger, read what happened, prove it to others, forget a person, look after keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli import audit_keeping, audit_proofs, audit_reading
from agents.cli.audit_common import (
    Keys,
    UsageIsThree,
    ledger_path,
    parse_keys,
    read_checkpoint,
    show,
    usage,
)
from agents.cli.commands import Commands
from agents.cli.options import Json

if TYPE_CHECKING:
    from policies.audit.note import Checkpoint, VerifierKey
    from policies.audit.verdict import Verdict

WORDS = {0: "VERIFIED", 1: "TAMPERED", 2: "UNANCHORED", 3: "USAGE"}

app = Commands(
    cls=UsageIsThree,
    help="Verify the ledger, read what happened, prove it to others. Whatever is called wrongly exits with 3.",
    no_args_is_help=True,
    epilog="Example: `regent audit verify`, or `regent audit search`",
)


@app.command("verify")
def verify_command(
    path: Annotated[str | None, typer.Argument(help="Ledger directory or s3://BUCKET/PREFIX.", metavar="PATH")] = None,
    key: Keys = None,
    since: Annotated[Path | None, typer.Option("--since", help="A checkpoint seen earlier.", metavar="FILE")] = None,
    hashes_only: Annotated[
        bool, typer.Option("--hashes-only", help="Leave the records' contents out; faster.")
    ] = False,
    json_out: Json = False,
) -> None:
    """Verify every record, hash and signature of the ledger.

    Exit codes: 0 verified and consistent with a head seen earlier, 1 tampered (also cut, rolled back, another ledger,
    removed), 2 nothing wrong but unanchored or incomplete (also: none was ever written here), 3 usage.

    Examples:

        regent audit verify

        regent audit verify s3://house-ledger/regent --key house.vkey

        regent audit verify /mnt/ledger --key house.vkey --since yesterday.note
    """
    from policies.audit.verifying import verify

    if path is not None and _is_a_home(Path(path)):
        usage(f"{path} is a home; its ledger is {Path(path) / 'ledger'}.")
    head = read_checkpoint(since) if since is not None else None
    others: list[str] = []
    if path is not None and path.startswith("s3://"):
        verdict, others = _verify_bucket(path, parse_keys(key), head, schema=not hashes_only)
    else:
        verdict = verify(ledger_path(Path(path) if path else None), parse_keys(key), head, schema=not hashes_only)
    lines = [f"{'NO LEDGER' if verdict.absent else WORDS[verdict.code]}: {_unrepeated(verdict.reason)}"]
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
    show(verdict.model_dump() | ({"ledgers": others} if others else {}), json_out, "\n".join([*lines, *others]))
    raise typer.Exit(verdict.code)


def _verify_bucket(
    url: str, keys: list[VerifierKey] | None, since: Checkpoint | None, *, schema: bool
) -> tuple[Verdict, list[str]]:
    """The worst verdict of all ledgers in a bucket, and a line for each when there are several."""
    from policies.audit.bucketcheck import verify_bucket
    from policies.audit.remote import S3Bucket

    if not keys:
        usage("verifying a bucket needs --key: it says which ledgers must be there.")
    found = verify_bucket(S3Bucket.at(url), keys, since, schema=schema)
    lines = [f"{WORDS[one.code]:<11}{one.origin}: {one.size} records. {one.reason}" for one in found]
    return found[0], lines if len(lines) > 1 else []


def _is_a_home(path: Path) -> bool:
    """Whether the ledger lies one folder further down, where nobody would look for it by this path."""
    return not (path / "segments").is_dir() and (path / "ledger" / "segments").is_dir()


def _or_none(value: int | None) -> str:
    return "none" if value is None else str(value)


app.add_typer(audit_reading.app)
app.add_typer(audit_proofs.app)
app.add_typer(audit_keeping.app)
app.add_typer(audit_keeping.keys_app, name="keys")


def _unrepeated(reason: str) -> str:
    """The reason without its first word where that is the verdict once more."""
    said = reason.removeprefix("Verified, ")
    return f"{said[:1].upper()}{said[1:]}"
