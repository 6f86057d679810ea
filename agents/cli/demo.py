"""`regent demo`: the main job in one go, on the sample estate."""

from __future__ import annotations

import typer

QUESTIONS = (
    "Why did our costs rise last month?",
    "Which buckets are public?",
    "What happened to the alarms on Tuesday evening?",
)


def demo() -> None:
    """Ask three questions of the sample estate, then verify the ledger.

    Example:

        regent demo
    """
    from agents.answer import Question
    from agents.cli.asking import progress_shown
    from agents.cli.showing import show_answer
    from agents.home import Home
    from agents.local import answer_as
    from agents.opening import open_desk
    from policies.audit import verify

    typer.secho("Regent on its sample estate: an invented casino operator, no AWS needed.\n", bold=True)
    worst = 0
    with open_desk(estate="sample", model="offline") as desk:
        for question in QUESTIONS:
            typer.secho(f"\n> {question}\n", fg="cyan", bold=True)
            with progress_shown() as progress:
                answer = answer_as(desk, Question(text=question), "local", progress)
            show_answer(answer)
            worst = max(worst, answer.exit_code)
    verdict = verify(Home.find().ledger)
    typer.secho("\nThe ledger", bold=True)
    typer.echo(f"  {verdict.reason}")
    typer.echo('\nTry next:  regent ask "What did venue Utrecht cost last month?"   (.venv/bin/regent)')
    typer.echo(f"           regent audit show --question {answer.id}   and   regent estate")
    raise typer.Exit(worst or (1 if verdict.code != 0 else 0))
