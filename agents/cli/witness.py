"""`regent witness`: be the second person's machine that sees to it that a ledger only ever grows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def witness(
    logs: Annotated[list[str], typer.Option("--log", help="Verifier key of a ledger to witness.", metavar="VKEY")],
    name: Annotated[str, typer.Option(help="This witness's name, a URL without scheme.")] = "regent.local/witness",
    state: Annotated[Path | None, typer.Option(help="Where its key and what it saw are kept.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8437,
) -> None:
    """Cosign the checkpoints of ledgers, each only if it extends the one before (C2SP tlog-witness).

    Run it on a machine that whoever runs the ledger cannot change. The ledger's side is `regent audit witness URL`.

    Example:

        regent witness --log regent.local/6f1f…+a543837a+AXv5… --name example/w1
    """
    from agents.home import Home
    from policies.audit.keys import FileSigner
    from policies.audit.note import VerifierKey
    from policies.audit.witness import Witness, serve

    folder = state if state is not None else Home.find().path / "witness"
    key_file = folder / "witness.key"
    if not key_file.exists():
        FileSigner.generate(name).save(key_file)
    own = Witness(FileSigner.load(key_file), folder / "seen", [VerifierKey.parse(log) for log in logs])
    server = serve(own, host, port)
    typer.echo(f"Witness {own.vkey}\nListening on http://{host}:{server.server_port}/add-checkpoint; stop with Ctrl-C.")
    try:
        server.serve_forever()
    finally:
        server.server_close()
