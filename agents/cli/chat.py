"""`regent chat`: a conversation with history that survives a restart."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated

import typer

from agents.cli.options import As, EstateChoice, WhichEstate, WhichModel
from agents.cli.saying import write

_WELCOME = "Ask about cost, security or operations of your AWS accounts; an empty line ends the conversation."

_INTERRUPTED = "Interrupted; what was recorded until then stays in the ledger. Ctrl-C or Ctrl-D leaves."


def chat(
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    model: WhichModel = None,
    session: Annotated[str, typer.Option("--session", help="Name of the conversation.", metavar="NAME")] = "default",
) -> None:
    """Talk: follow-up questions know what was asked before. End with an empty line, `exit` or Ctrl-D.

    Ctrl-C stops the question that is being answered, and leaves when none is.

    Example:

        regent chat --session october
    """
    from agents.answer import Question
    from agents.cli.asking import progress_shown
    from agents.cli.showing import show_answer
    from agents.local import answer_as
    from agents.opening import open_desk

    with open_desk(estate=estate.value, model=model) as desk:
        earlier = desk.conversations.latest(as_id, session)
        said = f"Going on with {session!r}; last asked: {earlier[-1].question}" if earlier else _WELCOME
        write(said, err=True, dim=True)
        _line_editing()
        while True:
            text = _next_question()
            if text is None:
                return
            try:
                with progress_shown("Reading the question") as progress:
                    answer = answer_as(desk, Question(text=text, session=session), as_id, progress)
                show_answer(answer)
            except KeyboardInterrupt:
                write(f"\n{_INTERRUPTED}", err=True, dim=True)


def _line_editing() -> None:
    """Arrow keys and what was typed before, at a terminal; some systems' Python has no readline."""
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401 - `input` uses it once it is there


def _next_question() -> str | None:
    try:
        text = input("\nyou> ").strip()
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        return None
    return None if text.casefold() in ("", "exit", "quit") else text
