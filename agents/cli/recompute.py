"""`regent audit recompute`: every fact of a question once more, from the stored AWS responses, offline."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.options import Json
from agents.cli.saying import tell


def recompute(
    question: Annotated[str, typer.Option("--question", help="Id of the question, as `regent ask` shows it.")],
    json_out: Json = False,
) -> None:
    """Recompute every fact of a question from the stored AWS responses, without a network.

    Exit codes: 0 every fact came out the same, 1 one did not or the question is not there, 2 nothing is wrong but
    something was erased, 3 usage. The ledger and the receipts are only read.

    Example:

        regent audit recompute --question q-18f2a3b4c5d6e7f8-a1b2c3
    """
    import json

    from agents.cli.audit_common import open_reader
    from agents.home import Home
    from agents.settings import load_settings
    from agents.storing import open_receipts
    from policies.audit.recompute import recompute as again

    done = again(open_reader(None), question, open_receipts(Home.find(), load_settings()))
    faults = sum(len(one.faults) for one in done)
    erased = sum(one.erased for one in done)
    if json_out:
        typer.echo(json.dumps({"question": question, "queries": [one.model_dump() for one in done]}, indent=2))
    else:
        for one in done:
            if one.erased:
                tell(f"ERASED #{one.index} {one.query}: a person was forgotten; it cannot be recomputed any more")
                continue
            state = "FAULT" if one.faults else "same "
            found, proofs = _counted(one.facts, "fact"), _counted(one.receipts, "receipt")
            typer.echo(f"{state}  #{one.index} {one.query}: {found} from {proofs}")
            for fault in one.faults:
                tell(f"         {fault}")
        rest = (
            f"Every fact that is left came out the same; {erased} erased."
            if erased
            else "Every fact came out the same."
        )
        typer.echo(f"{_counted(faults, 'fault')}." if faults else rest)
    raise typer.Exit(1 if faults else 2 if erased else 0)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
