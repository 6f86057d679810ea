"""`regent controls pack`: the evidence pack for an auditor, in one zip."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import As, EstateChoice, Json, WhichEstate
from agents.cli.saying import tell


def pack_command(
    out: Annotated[Path, typer.Option("--out", help="The zip to write.", metavar="FILE")],
    start: Annotated[
        datetime | None, typer.Option("--from", help="Ledger records from this day on (UTC).", formats=["%Y-%m-%d"])
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", help="Ledger records up to this day (UTC).", formats=["%Y-%m-%d"])
    ] = None,
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    stored: Annotated[bool, typer.Option("--stored", help="Evaluate nothing anew: the ledger as it lies.")] = False,
    json_out: Json = False,
) -> None:
    """Evaluate, and write statuses, evidence, ledger extract with proofs, AI-BOM, policies and verify.py as one zip.

    The period limits the ledger's extract; what statuses rest on is always in it. `python verify.py FILE --key VKEY`
    checks it anywhere. The same ledger gives the same bytes (`--stored`). It claims no conformity.

    Examples:

        regent controls pack --out pack.zip

        regent controls pack --out q3.zip --from 2026-07-01 --to 2026-09-30

        regent controls pack --out again.zip --stored --json
    """
    import hashlib
    import json

    from agents.cli.controls import principal
    from agents.controlling import open_controlling
    from policies.controls.errors import ControlsError
    from policies.controls.pack.archive import writable, writing
    from policies.controls.pack.build import build
    from policies.controls.run import run

    if start is not None and end is not None and start > end:
        raise ControlsError(f"--from {start:%Y-%m-%d} is after --to {end:%Y-%m-%d}; exchange them.")
    writable(out)
    with open_controlling(principal(as_id), estate=estate.value) as opened:
        if not stored:
            run(opened.scene, opened.store)
        with writing(out) as file:
            build(opened.scene, opened.store, file, start.date() if start else None, end.date() if end else None)
        key = str(opened.scene.ledger.signer.vkey)
    with out.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    said = {"file": str(out), "bytes": out.stat().st_size, "sha256": sha256, "key": key}
    if json_out:
        typer.echo(json.dumps(said, indent=2))
        return
    tell(f"{out}: {said['bytes']} bytes\n  sha256 {said['sha256']}")
    tell("  give the auditor, by another way than the zip, the key:")
    typer.echo(key)  # in one piece
