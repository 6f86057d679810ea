"""`regent demo`: the main job in one go, on the sample estate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from agents.cli.saying import write

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.controls.check import Check
    from policies.controls.run import Evaluation

QUESTIONS = (
    "Why did our costs rise last month?",
    "Which buckets are public?",
    "What happened to the alarms on Tuesday?",
)


def demo() -> None:
    """Ask three questions of the sample estate, verify the ledger, and show what that proves of ISO/IEC 42001.

    The invented company's people approve five of its papers as `regent controls attest` does; in your house people do.

    Example:

        regent demo
    """
    from agents.answer import Question
    from agents.cli.asking import progress_shown
    from agents.cli.controls_showing import show_few
    from agents.cli.showing import show_answer
    from agents.cli.tables import screen, show_text
    from agents.home import Home
    from agents.local import answer_as
    from agents.opening import open_desk
    from agents.sample_papers import approve_papers
    from policies.audit import verify

    write("Regent on its sample estate: an invented casino operator, no AWS needed.\n", bold=True)
    worst = 0
    with open_desk(estate="sample", model="offline") as desk:
        for question in QUESTIONS:
            write(f"\n> {question}\n", fg="cyan", bold=True)
            with progress_shown("Reading the question") as progress:
                answer = answer_as(desk, Question(text=question), "local", progress)
            show_answer(answer)
            worst = max(worst, answer.exit_code)
        papers = approve_papers(desk.home, desk.ledger, datetime.now(UTC).date())
        evaluated = _controls(desk)
    verdict = verify(Home.find().ledger)
    write("\nThe ledger", bold=True)
    typer.echo(f"  {verdict.reason}")
    write("\nISO/IEC 42001, from evidence", bold=True)
    console = screen()
    papers_at = Home.find().papers
    show_text(console, f"  {len(papers)} papers of the company were approved by its people, in {papers_at}")
    for paper in papers:
        typer.echo(f"    {paper.matter.type}: owner {paper.matter.owner}, attested by {paper.matter.approver}")
    show_few(evaluated)
    write("\nTry next (with .venv/bin/ before it)", bold=True)
    for command in (
        'ask "What did venue Utrecht cost last month?"',
        f"audit show --question {answer.id}",
        "controls status",
    ):
        typer.echo(f"  regent {command}")
    raise typer.Exit(worst or (1 if verdict.code != 0 else 0))


def _controls(desk: Desk) -> Evaluation:
    """What the ledger of these questions and the files of this installation prove; AWS is left to `controls status`."""
    from agents.controlling import open_controlling
    from policies.access import local_principal
    from policies.controls.run import run

    with open_controlling(
        local_principal("local"), home=desk.home, opened=desk.estate, ledger=desk.ledger
    ) as controlling:
        return run(controlling.scene, controlling.store, only=_here)


def _here(check: Check) -> bool:
    """Whether a check needs nothing but the ledger and the files of this installation."""
    return all(need.kind in ("ledger", "repository") for need in check.needs.values())
