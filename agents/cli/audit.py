"""`regent audit`: verify the ledger and read what happened."""

from __future__ import annotations

import typer

app = typer.Typer(help="Verify the ledger and read what happened.", no_args_is_help=True)
