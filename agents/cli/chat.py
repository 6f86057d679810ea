"""`regent chat`: a conversation with history that survives a restart."""

from __future__ import annotations

from typing import Annotated

import typer

from agents.cli.options import As, EstateChoice, WhichEstate, WhichModel


def chat(
    as_id: As = "local",
    estate: WhichEstate = EstateChoice.sample,
    model: WhichModel = None,
    session: Annotated[str, typer.Option("--session", help="Name of the conversation.", metavar="NAME")] = "default",
) -> None:
    """Talk: follow-up questions know what was asked before. End with an empty line, `exit` or Ctrl-D.

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
        if earlier:
            typer.secho(f"Going on with {session!r}; last asked: {earlier[-1].question}", err=True, dim=True)
        while True:
            text = _next_question()
            if text is None:
                return
            with progress_shown() as progress:
                answer = answer_as(desk, Question(text=text, session=session), as_id, progress)
            show_answer(answer)


def _next_question() -> str | None:
    try:
        text = input("\nyou> ").strip()
    except EOFError:
        typer.echo()
        return None
    return None if text.casefold() in ("", "exit", "quit") else text
