"""`regent ask`: one question, one answer."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from agents.cli.options import As, EstateChoice, Fresh, Json, WhichEstate, WhichModel
from agents.cli.saying import write

_MOST_BYTES = 1_000_000
"""Of standard input: what has fewer is recorded as a question that was too long."""


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question, in quotes; `-` reads it from standard input.")
    ] = None,
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    model: WhichModel = None,
    json_out: Json = False,
    fresh: Fresh = False,
    session: Annotated[
        str | None, typer.Option("--session", help="Continue this conversation.", metavar="NAME")
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="Why you want to know; recorded. Default: the question's words.", metavar="TEXT"),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option("--resume", help="Go on with, or read again, what waited for this approval.", metavar="ID"),
    ] = None,
) -> None:
    """Ask one question and get an answer with receipts.

    Examples:

        regent ask "What did we spend last month, by service?"

        regent ask "Which buckets are public?" --as carla --json

        regent ask "Who deleted the endpoint in data-prod?" --reason "incident 4711"

        regent ask --resume a-1f2e3d4c5b6a7988

    Exit codes: 0 answered, 1 error, 2 usage, 3 denied or blocked, 4 withheld or unanswerable, 5 needs approval.
    """
    from agents.answer import Question
    from agents.cli.asking import answer_once, resume_once

    if (question is None) == (resume is None):
        write("regent: give a question, or --resume with the id of an approval.", err=True, fg="red")
        raise typer.Exit(2)
    if resume is not None:
        raise typer.Exit(resume_once(resume, as_id=as_id, json_out=json_out))
    assert question is not None

    if question == "-" and sys.stdin is None:
        write("regent: standard input is closed; give the question in quotes.", err=True, fg="red")
        raise typer.Exit(2)
    text = question
    if question == "-":
        given = sys.stdin.buffer.read(_MOST_BYTES + 1)
        if len(given) > _MOST_BYTES:  # whatever it is, it is no question, and it may never end
            write(f"regent: standard input holds more than {_MOST_BYTES:,} bytes; ask in words.", err=True, fg="red")
            raise typer.Exit(2)
        text = given.decode(errors="replace")
    asked = Question(text=text, session=session, fresh=fresh, reason=reason)
    raise typer.Exit(answer_once(asked, as_id=as_id, estate=estate.value, model=model, json_out=json_out))
