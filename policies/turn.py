"""The turn: one question on its way to its answer, and everything that decides over it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from policies.access import Decision, Gate, Principal
from policies.audit import Body, Ledger, Record
from policies.guardrails import Assessment, Guard, Point, local_guard
from policies.oversight import Meter, Oversight
from tools.accounts import Directory
from tools.errors import RegentError
from tools.estates import Estate
from tools.facts import Fact, QueryResult
from tools.receipts import Receipt, ReceiptStore
from tools.wire import Memory, saw

Outcome = Literal["returned", "denied", "needs_approval", "failed", "refused"]
"""What became of one query call: facts, a denial by the gate, a wait for approval, an error, or refused inputs."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One query call that was tried, and what became of it."""

    query: str
    input: dict[str, Any]
    outcome: Outcome
    said: str
    result: QueryResult | None = None


@dataclass(slots=True)
class Turn:
    """One question. Shared by its specialists, which run at the same time."""

    question: str
    """The question's id."""
    session: str
    principal: Principal
    channel: str
    estate: Estate
    everyone: Directory
    """All accounts there are; the gate decides over it."""
    sight: Directory
    """The accounts this principal may see; all that a query is given."""
    ledger: Ledger
    gate: Gate
    oversight: Oversight
    meter: Meter
    store: ReceiptStore
    memory: Memory | None
    fresh: bool = False
    reason: str = ""
    """Why the asker wants to know, after masking; queries about persons need one."""
    follows: tuple[str, ...] = ()
    """What the asker asked before in this conversation, masked as it was then, oldest first."""
    approved: frozenset[str] = frozenset()
    """The hashes (`call_sha256`) of calls that a second person approved."""
    waiting: dict[str, Decision] = field(default_factory=dict)
    """Calls that the gate lets happen only with an approval, by tool use id, until the approval handler takes them."""
    turned_down: dict[str, str] = field(default_factory=dict)
    """Why a call may not happen although it was asked for, by `call_sha256`: denied by a second person, or too late."""
    guard: Guard = field(default_factory=local_guard)
    """Assesses what comes in, what a model reads, what comes back, and what goes out."""
    assessed: dict[tuple[Point, str], Assessment] = field(default_factory=dict)
    """What the guard found in this turn, by point and text."""
    hidden: dict[str, str] = field(default_factory=dict)
    """What a guardrail on AWS masked in this turn, and what stands in its place."""
    told: dict[str, QueryResult] = field(default_factory=dict)
    """Results by the text in which a model reads them, so that the guard can take one back."""
    prose_from: int = 0
    """From how many words on a text of the estate is not read by the model; 0: the model reads everything."""
    progress: Callable[[dict[str, Any]], None] = lambda event: None
    attempts: list[Attempt] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    stopped: str | None = None
    """The sentence of the limit that stopped this turn, if one did."""
    halted: str | None = None
    """The sentence of the kill switch or the budget that ended this turn, if one did."""
    broken: RegentError | None = None
    """What broke inside a query call and must end the turn: a step that could not be recorded or stored."""
    personal: bool = False
    """Whether a query about persons was asked for, or a result names one; facts derived afterwards may rest on it."""
    aws_cost_usd: Decimal = Decimal()
    input_tokens: int = 0
    output_tokens: int = 0
    """Model tokens taken so far: sent to models, and written by them."""
    under_way: int = 0
    """Query calls that have begun and not ended."""
    first: int | None = None
    last: int | None = None
    sealed_as: str | None = None
    """The pseudonym of the asker's key as the question began."""
    _permits: dict[str, Decision] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, actor: str, body: Body, *, wait: bool = True) -> int:
        """Append one record of this turn; with `wait`, it is durable when this returns.

        Raises:
            LedgerError: it could not be recorded, so the step it stands for must not happen.
        """
        index = self.ledger.append(
            Record(
                actor=actor,
                body=body,
                question=self.question,
                session=self.session,
                principal=self.principal.id,
                parent=self.first,
            ),
            wait=wait,
        )
        with self._lock:
            self.first = index if self.first is None else min(self.first, index)
            self.last = index if self.last is None else max(self.last, index)
        return index

    @property
    def forgotten(self) -> bool:
        """Whether its asker was forgotten since it began. To be asked after words of theirs were kept somewhere: what
        is kept before the key goes, whoever forgets erases; what is kept later, this tells to erase."""
        return self.sealed_as is not None and self.ledger.vault.person(self.sealed_as) is None

    @contextmanager
    def calling(self) -> Iterator[None]:
        """While one query call is under way."""
        with self._lock:
            self.under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self.under_way -= 1

    def facts(self) -> tuple[Fact, ...]:
        """All facts found so far, by ascending number of id."""
        found = [fact for a in self.attempts if a.result for fact in a.result.facts]
        return tuple(sorted(found, key=lambda fact: int(fact.id[1:])))

    def retold(self, before: str, after: str) -> None:
        """A result that was told as `before` is told as `after` from now on."""
        if before in self.told:
            self.told[after] = self.told[before]

    @property
    def tokens(self) -> int:
        """Model tokens taken so far, in and out."""
        return self.input_tokens + self.output_tokens

    def took_tokens(self, given: int, written: int) -> None:
        """Count the tokens of one model call, in and out."""
        with self._lock:
            self.input_tokens += given
            self.output_tokens += written

    def paid(self, cost: Decimal) -> None:
        """Count what AWS charges for the calls of a query; queries run at the same time."""
        with self._lock:
            self.aws_cost_usd += cost

    def saw(self, receipts: Iterable[Receipt]) -> None:
        """Keep the receipts of a query; what one query was billed for may come to another one from memory."""
        with self._lock:
            for receipt in receipts:
                saw(self.receipts, receipt)

    def settled(self, decision: Decision, said: str) -> None:
        """The call that waited was turned down."""
        for at, attempt in enumerate(self.attempts):
            if attempt.outcome == "needs_approval" and (attempt.query, attempt.input) == (
                decision.query,
                decision.input,
            ):
                self.attempts[at] = Attempt(attempt.query, attempt.input, "denied", said)

    def use_approval(self, call_sha256: str) -> None:
        """An approval is for one call: what it allowed happens now, and not again."""
        with self._lock:
            self.approved = self.approved - {call_sha256}

    def permit(self, decision: Decision) -> None:
        """Keep a decision to allow until its call happens."""
        with self._lock:
            self._permits[decision.input_sha256] = decision

    def take_permit(self, call_sha256: str) -> Decision | None:
        """The decision that allows this very call, once."""
        with self._lock:
            return self._permits.pop(call_sha256, None)
