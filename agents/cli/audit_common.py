"""What the `regent audit` commands share: where the ledger is, keys and checkpoints as arguments, output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer._click.exceptions import UsageError

from agents.cli.commands import Group
from agents.cli.saying import say, tell

if TYPE_CHECKING:
    from policies.audit.note import Checkpoint, VerifierKey
    from policies.audit.reader import Reader


USAGE = 3


class UsageIsThree(Group):
    """A wrong call exits with 3: 1 and 2 are verdicts about the ledger, and a script must not confuse them."""

    def invoke(self, ctx: Any) -> Any:
        """Run one of its commands."""
        from tools.errors import InputError, SettingsError

        try:
            return super().invoke(ctx)
        except UsageError as error:
            error.exit_code = USAGE
            raise
        except (InputError, SettingsError) as error:
            usage(str(error))


At = Annotated[Path | None, typer.Option("--ledger", help="Ledger directory (default: the one in REGENT_HOME).")]
Keys = Annotated[
    list[str] | None, typer.Option("--key", help="Verifier key to trust, or a file of them.", metavar="VKEY")
]


def ledger_path(path: Path | None) -> Path:
    """The ledger that is named, or this home's."""
    from agents.home import Home

    return path if path is not None else Home.find().ledger


def open_reader(path: Path | None) -> Reader:
    """A reader of the ledger that is named, or of this home's. LedgerError when there is none."""
    from agents.ledgers import vault_of
    from policies.audit.reader import Reader, require

    ledger = require(ledger_path(path))
    return Reader(ledger, vault_of(ledger))


def usage(message: str) -> NoReturn:
    """Say what was wrong with the words of the command, and end it."""
    say(message)
    raise typer.Exit(USAGE)


def parse_keys(given: list[str] | None) -> list[VerifierKey] | None:
    """The verifier keys that are given, each as it is or as a file of them; None for none."""
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
        usage(str(error))


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file; whether its signatures hold is another question."""
    from policies.audit.errors import SignatureError
    from policies.audit.note import Checkpoint

    try:
        return Checkpoint.parse(path.read_bytes())
    except (OSError, SignatureError) as error:
        usage(f"{path} is no checkpoint: {error}")


def show(value: Any, as_json: bool, text: str, *, verbatim: bool = False) -> None:
    """Print a value as JSON or its text; at a terminal the text is broken between words unless it is `verbatim`."""
    from policies.guardrails import visible

    if as_json or verbatim:
        typer.echo(visible(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text))
    else:
        tell(visible(text))


def utc(nanoseconds: int) -> str:
    """A record's time as people read it."""
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(nanoseconds / 1e9, UTC):%Y-%m-%d %H:%M:%S.%f}Z"


def line_of(one: Any) -> str:
    """A step of a story (`policies.audit.story`) as one line."""
    said = one.line.replace("\n", "\\n")  # one record is one line: a question cannot forge another
    return f"#{one.index:<6} {utc(one.time)}  {one.actor:<16} {said}  [{one.hash[:12]}]"
