"""`regent access worker-key`: a key for a program that asks for people, as channel workers do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import Json

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def worker_key_command(
    file: Annotated[Path, typer.Argument(help="Where to write the private key; not printed.", metavar="FILE")],
    kid: Annotated[
        str, typer.Option("--kid", help="Its name, in the settings and in envelopes.", metavar="NAME")
    ] = "w1",
    audience: Annotated[
        str, typer.Option("--audience", help="The name of the runtime that believes it.", metavar="NAME")
    ] = "regent",
    json_out: Json = False,
) -> None:
    """Make a key with which a program of yours says for whom it asks, and print the settings that believe it.

    The private key goes into FILE, readable by you alone, and nowhere else. What is printed holds no secret: it belongs
    into the regent.yaml of the runtime. Whoever has FILE can ask in the name of anybody whom the principals file knows
    by a chat account.

    Examples:

        regent access worker-key worker.pem

        regent access worker-key worker.pem --kid portal >> regent.yaml
    """
    import json
    import textwrap

    from policies.access.signing import make_key
    from policies.access.sources import EnvelopeKeys

    for option, name in (("--kid", kid), ("--audience", audience)):
        if not _NAME.fullmatch(name):
            raise typer.BadParameter("Expected 1 to 64 letters, digits or any of . _ -", param_hint=option)
    known = EnvelopeKeys(audience=audience, keys={kid: make_key(file)})
    if json_out:
        typer.echo(json.dumps({"identity": {"envelopes": known.model_dump()}}, indent=2))
        return
    pem = textwrap.indent(known.keys[kid], " " * 8)
    typer.echo(f'identity:\n  envelopes:\n    audience: "{audience}"\n    keys:\n      "{kid}": |\n{pem}', nl=False)
