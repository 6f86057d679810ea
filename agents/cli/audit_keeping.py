"""`regent audit repair`, `forget`, `ship`, `restore` and `keys`: looking after the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.audit_common import (
    At,
    ledger_path,
    parse_keys,
    show,
    usage,
)
from agents.cli.commands import Commands
from agents.cli.options import Json

app = Commands()
keys_app = Commands(
    help="The keys that sign the ledger.", no_args_is_help=True, epilog="Example: `regent audit keys rotate`"
)


@app.command("repair")
def repair_command(ledger: At = None) -> None:
    """Write the Merkle tiles anew from the records, after a verify that says that a tile is missing.

    Records and checkpoints are never touched.

    Example:

        regent audit repair
    """
    import shutil

    from agents.ledgers import open_ledger
    from policies.audit.reader import require

    path = require(ledger_path(ledger))
    if (path / "tile").exists():
        shutil.rmtree(path / "tile")
    with open_ledger(path):
        pass  # opening writes them
    typer.echo("The tiles were written anew; run `regent audit verify`.")


@app.command("forget")
def forget_command(
    person: Annotated[str | None, typer.Argument(help="The person's id, as they ask with it.")] = None,
    name: Annotated[list[str] | None, typer.Option("--name", help="Another name in results, such as a user.")] = None,
    places: Annotated[bool, typer.Option("--list", help="Only list every place that is erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Destroy the keys of a person's content and erase it everywhere else. It cannot be undone; the ledger verifies.

    Erased is what they asked, and what was found about persons in their questions or wherever one of their names
    occurs, with the stored AWS responses behind it.

    Examples:

        regent audit forget vera@example.com --name vera

        regent audit forget --list
    """
    from agents.ledgers import open_ledger
    from agents.places import register_places
    from policies.audit.erasure import PLACES, forget
    from policies.audit.reader import require

    register_places()
    if places:
        table = {"ledger": "sealed values, by destroying their keys"} | {p.name: p.what for p in PLACES.values()}
        show(table, json_out, "\n".join(f"{place:<16} {what}" for place, what in table.items()))
        return
    if person is None:
        usage("say whom to forget, or --list.")
    path = require(ledger_path(ledger))
    if not yes:
        typer.confirm(f"Nobody will be able to read what {person} asked, ever again. Go on?", abort=True)
    with open_ledger(path) as opened:
        done = forget(opened, person, name or ())
    erased = "".join(f"\n  {place}: {count} items" for place, count in done.places.items())
    text = f"Forgotten: {len(done.subjects)} keys destroyed, recorded as record {done.index}.{erased}"
    show(done.model_dump(), json_out, text)


@app.command("restore")
def restore_command(
    url: Annotated[str, typer.Argument(help="s3://BUCKET/PREFIX that the ledger was shipped to.")],
    path: Annotated[Path, typer.Argument(help="New directory to restore into.")],
    key: Annotated[list[str], typer.Option("--key", help="Verifier key, kept elsewhere.", metavar="VKEY")],
    json_out: Json = False,
) -> None:
    """The restore drill: from the bucket alone to a verified ledger. Exit codes as `verify`.

    Example:

        regent audit restore s3://house-ledger/regent /tmp/drill --key house.vkey
    """
    from policies.audit.remote import S3Bucket, restore
    from policies.audit.verifying import verify

    keys = parse_keys(key) or []
    total = restore(S3Bucket.at(url), keys[0].name, path)
    verdict = verify(path, keys)
    text = f"Restored {total} bytes, {verdict.size} records.\n{verdict.reason}"
    show(verdict.model_dump() | {"bytes": total}, json_out, text)
    raise typer.Exit(verdict.code)


@app.command("ship")
def ship_command(
    url: Annotated[str, typer.Argument(help="s3://BUCKET/PREFIX, a bucket with Object Lock.")],
    retain_days: Annotated[int, typer.Option(min=0, help="Lock every object for so many days.")] = 0,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Put what is new in the ledger into a bucket, each byte once.

    Example:

        regent audit ship s3://house-ledger/regent --retain-days 1825
    """
    from policies.audit.reader import require
    from policies.audit.remote import S3Bucket, Shipper

    put = Shipper(require(ledger_path(ledger)), S3Bucket.at(url, retain_days)).ship()
    show({"bytes": put}, json_out, f"Put {put} bytes.")


@keys_app.command("show")
def keys_show(ledger: At = None, json_out: Json = False) -> None:
    """Print the verifier keys that this machine trusts for the ledger, one a line.

    Example:

        regent audit keys show > house.vkey
    """
    from policies.audit.keys import Home

    keys = [str(key) for key in Home(ledger_path(ledger)).trusted()]
    if keys or json_out:
        show(keys, json_out, "\n".join(keys), verbatim=True)


@keys_app.command("rotate")
def keys_rotate(
    to: Annotated[str | None, typer.Option(help="KMS key that signs from now on.", metavar="KEY")] = None,
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Sign with a new key from now on; the old one introduces it.

    Where a KMS key signs, name the new one with --to, then set ledger_key to it.

    Examples:

        regent audit keys rotate

        regent audit keys rotate --to arn:aws:kms:eu-west-1:111122223333:key/0b5c…
    """
    from agents.ledgers import kms_signer, open_ledger
    from policies.audit.reader import require
    from policies.audit.rotation import rotate

    with open_ledger(require(ledger_path(ledger))) as opened:
        change = rotate(opened, kms_signer(to, opened.origin) if to else None)
    show(change.model_dump(), json_out, f"Record {change.index} introduces the new key:\n{change.vkey}", verbatim=True)


@keys_app.command("replace")
def keys_replace(ledger: At = None, json_out: Json = False) -> None:
    """Go on with a new key after the old one was lost. Give the new verifier key to every auditor.

    Example:

        regent audit keys replace
    """
    from policies.audit.keys import Home
    from policies.audit.rotation import replace

    change = replace(Home(ledger_path(ledger)))
    show(change.model_dump(), json_out, f"Record {change.index} introduces the new key:\n{change.vkey}", verbatim=True)


@keys_app.command("revoke")
def keys_revoke(
    vkey: Annotated[str, typer.Argument(help="The verifier key that no longer counts.")],
    since: Annotated[str, typer.Option("--from", help="ISO time from which on it does not count.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    ledger: At = None,
    json_out: Json = False,
) -> None:
    """Record that a key's signatures prove nothing from a time on. Rotate first if it signs now.

    Example:

        regent audit keys revoke VKEY --from 2026-11-01T00:00:00Z --reason stolen
    """
    from datetime import UTC, datetime

    from agents.ledgers import open_ledger
    from policies.audit.reader import require
    from policies.audit.rotation import revoke

    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        usage(f"{since!r} is no ISO time; write for instance 2026-11-01T00:00:00+00:00.")
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    (key,) = parse_keys([vkey]) or []
    with open_ledger(require(ledger_path(ledger))) as opened:
        index = revoke(opened, key, int(at.timestamp()) * 1_000_000_000, reason)
    show({"index": index, "vkey": str(key), "since": since}, json_out, f"Record {index} revokes the key.")
