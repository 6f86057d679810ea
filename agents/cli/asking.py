"""Asking from a terminal: who asks, the progress on stderr, the answer on stdout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agents.answer import EXIT_CODES, Answer, LedgerSpan, PrincipalShown, Question, Usage
from agents.cli.showing import show_answer, show_json
from agents.local import answer_as

if TYPE_CHECKING:
    from rich.status import Status

    from agents.desk import Progress


def answer_once(question: Question, *, as_id: str, estate: str, model: str | None, json_out: bool) -> int:
    """Open a desk, answer one question, print it; the exit code."""
    from agents.opening import open_desk
    from policies.audit import LedgerError

    try:
        with progress_shown() as progress:
            progress({"event": "opening"})
            with open_desk(estate=estate, model=model) as desk:
                answer = answer_as(desk, question, as_id, progress)
    except LedgerError as error:
        if json_out:  # a program that reads the object is told, too, and not by silence
            show_json(_unrecorded(question, as_id, model, str(error)))
        raise
    if json_out:
        show_json(answer)
    else:
        show_answer(answer)
    return answer.exit_code


def _unrecorded(question: Question, as_id: str, model: str | None, sentence: str) -> Answer:
    """The answer that says why nothing could be asked: there is no ledger to put it on record in."""
    from policies.guardrails.local import for_the_record

    return Answer(
        id="",
        question=for_the_record(question.text),
        principal=PrincipalShown(id=as_id, role="unknown", assurance="none"),
        status="error",
        text=sentence,
        usage=Usage(model=model or "none"),
        ledger=LedgerSpan(origin="", first=None, last=None, root=""),
    )


def resume_once(approval: str, *, as_id: str, json_out: bool) -> int:
    """Go on with what waited for this approval, or print its answer again; the exit code: 5 while it still waits."""
    from agents.cli.approvals import desk_of, person, refusals_said

    with refusals_said(), progress_shown() as progress, desk_of(approval, as_id, "resume") as desk:
        asker = person(as_id, desk)
        known = desk.oversight.approvals.history(approval)
        if known.asker == asker.id and known.state == "pending":
            print(f"regent: it {known.words}, until {known.expires:%Y-%m-%d %H:%M} UTC.", file=sys.stderr)
            return EXIT_CODES["needs_approval"]
        answer = desk.resume(approval, asker, progress)
    if json_out:
        show_json(answer)
    else:
        show_answer(answer)
    return answer.exit_code


@contextmanager
def progress_shown(first: str = "Opening the estate") -> Iterator[Progress]:
    """Progress on stderr: one moving line on a terminal, `first` at first; elsewhere a plain line per query."""
    if not sys.stderr.isatty():
        yield _plain
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{first} …") as status:
        yield lambda event: _moving(status, event)


def _plain(event: dict[str, Any]) -> None:
    said = _words(event)
    if said and event["event"] != "opening":
        print(said, file=sys.stderr, flush=True)


def _moving(status: Status, event: dict[str, Any]) -> None:
    said = _words(event)
    if event["event"] in ("query.finished", "query.failed"):
        status.console.print(f"[dim]{said}[/dim]", highlight=False)
    elif said:
        status.update(f"{said} …")


def _words(event: dict[str, Any]) -> str:
    match event["event"]:
        case "opening":
            return "Opening the estate"
        case "specialists.chosen":
            return f"asking the {' and '.join(event['domains'])} specialist{'s' if len(event['domains']) > 1 else ''}"
        case "query.started":
            given = ", ".join(f"{key}={value}" for key, value in event["input"].items() if value is not None)
            return f"{event['query']}({given})"
        case "query.finished":
            return f"{event['query']}: {event['milliseconds']:.0f} ms"
        case "query.failed":
            return f"{event['query']}: {event['message']}"
        case "approval.requested":
            return f"{event['query']} waits for a second person"
        case "answer.repaired":
            return "correcting the draft"
    return ""
