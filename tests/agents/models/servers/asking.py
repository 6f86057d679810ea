"""Asking a real desk through a real provider, and looking at all that is left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
import structlog

from agents.answer import Answer
from agents.diagnostics import set_up
from agents.home import Home
from agents.models import failures
from policies.audit import verify

KEY = "sk-regent-secret-0123456789"
DRAFT = "Zyxwvut"
"""A word that only drafts of the scripted models hold."""


@dataclass(frozen=True)
class One:
    """A maker that asks one specialist, whatever the question: routing is tested elsewhere."""

    maker: Any
    domain: str = "cost"
    is_llm: bool = True

    @property
    def name(self) -> str:
        return str(self.maker.name)

    def make(self, turn: Any) -> Any:
        return self.maker.make(turn)

    def domains(self, *_: Any) -> tuple[str, ...]:
        return (self.domain,)


class Asker:
    """Asks, and holds every answer to what must be true of all of them."""

    def __init__(
        self, ask: Callable[..., Answer], home: Home, captured: pytest.CaptureFixture[str], log: StringIO
    ) -> None:
        self._ask, self._home, self._captured, self._log = ask, home, captured, log
        self.seconds = 0.0

    def __call__(self, maker: Any, **more: Any) -> Answer:
        started = time.monotonic()
        answer = self._ask(One(maker), "What did we spend last month?", **more)
        self.seconds = time.monotonic() - started
        assert verify(self._home.ledger).code == 0
        shown = json.dumps(answer.to_json())
        printed = "".join(self._captured.readouterr()) + self._log.getvalue()
        kept = b"".join(path.read_bytes() for path in self._home.path.rglob("*") if path.is_file())
        for secret in (KEY, DRAFT):
            assert secret not in shown + printed, "not even in the diagnostics of REGENT_LOG=debug"
            assert secret.encode() not in kept
        for trace in ("Traceback", "Exception(", "http://", "strandsagents.com"):
            assert trace not in shown
        return answer


@contextmanager
def diagnostics(first_wait: float) -> Iterator[StringIO]:
    """The talkative diagnostics of `REGENT_LOG=debug`, which show what a failure carries; and short waits."""
    kept = StringIO()
    structlog.reset_defaults()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGENT_LOG", "debug")
        patch.setattr(failures, "FIRST_WAIT", first_wait)
        patch.setenv("SSL_CERT_DIR", "/nowhere")  # the SDK reads all certificates for each client; these talk HTTP
        set_up()
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(kept))
        yield kept
    structlog.reset_defaults()
    set_up()  # as it was: the tests that follow must not run with structlog's own, talkative set-up


def failed(answer: Answer, *words: str) -> None:
    """The answer is an error that says these words, and shows no figure."""
    assert (answer.status, answer.exit_code) == ("error", 1)
    assert not answer.figures
    for word in words:
        assert word in answer.text


def answered(answer: Answer) -> None:
    """The answer holds last month's spend, with its receipt."""
    assert (answer.status, answer.exit_code) == ("answered", 0), answer.text
    [figure] = [figure for figure in answer.figures if figure.unit == "USD"]
    fact = next(fact for fact in answer.facts if fact.id in figure.facts)
    assert f"{fact.value:,.2f}" in answer.text
    assert fact.receipts
