"""Questions and answers: what crosses the border of the house, in and out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.facts import Fact, QueryResult
from tools.receipts import Receipt

Status = Literal["answered", "withheld", "denied", "blocked", "needs_approval", "unanswerable", "error"]

EXIT_CODES: dict[Status, int] = {
    "answered": 0,
    "error": 1,
    "denied": 3,
    "blocked": 3,
    "withheld": 4,
    "unanswerable": 4,
    "needs_approval": 5,
}
"""The process exit code of each status; 2 is for wrong usage."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Frozen):
    """What a person asked. `session` names the conversation that it belongs to."""

    text: str
    channel: str = "cli"
    session: str | None = None
    fresh: bool = False
    """Ask AWS anew instead of taking billed calls from the cache."""
    reason: str | None = None
    """Why the person wants to know; None: the question is its own reason. Queries about persons need one."""
    follows: str | None = None
    """How the conversation before it looks to a client that keeps it: `agents.conversations.fingerprint`."""
    undecidable: bool = False
    """Whether no second person can reach the process that it was asked of, to decide what needs one."""


class AnswerFigure(_Frozen):
    """One figure of the text as written, and the ids of the facts behind it."""

    text: str
    value: int | Decimal | str
    unit: str
    facts: tuple[str, ...]


class QueryMade(_Frozen):
    """One query call that was tried.

    `decision` is `allow`, `deny`, `needs_approval`, or `error` when it was allowed but failed.
    """

    name: str
    input: dict[str, Any]
    decision: Literal["allow", "deny", "needs_approval", "error"]


class Usage(_Frozen):
    """What this answer took: model tokens, AWS calls (not those read from memory), USD at list price, seconds."""

    input_tokens: int = 0
    output_tokens: int = 0
    model: str
    aws_calls: int = 0
    aws_cost_usd: float = 0.0
    model_cost_usd: float = 0.0
    seconds: float = 0.0


class LedgerSpan(_Frozen):
    """The ledger records this question left: origin, first and last index, and the root hash after the last."""

    origin: str
    first: int | None
    last: int | None
    root: str


class PrincipalShown(_Frozen):
    """Who asked, as the answer says it."""

    id: str
    role: str
    assurance: str


class Answer(_Frozen):
    """What goes back to the person. `text` is final: every figure in it is bound to facts."""

    id: str
    question: str
    principal: PrincipalShown
    status: Status
    text: str
    disclosure: str = ""
    """That an AI system wrote it, which, and how to reach a person, in the company's words: the text ends with it too.

    Of a query that was called by itself, that none did; of a refusal, beside the text only. Empty: an older version.
    """
    figures: tuple[AnswerFigure, ...] = ()
    facts: tuple[Fact, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    queries: tuple[QueryMade, ...] = ()
    personal: bool = False
    """Whether it may be about persons or name one, and so is for the asker alone."""
    approval: str | None = None
    """The id of the approval that this waits for; not part of the JSON form when there is none."""
    retry_after: int | None = None
    """Seconds after which it may be asked again, because too much of the asker's runs; in the JSON form only then."""
    usage: Usage
    ledger: LedgerSpan
    results: tuple[QueryResult, ...] = Field(default=(), exclude=True)
    """The query results behind it, for channels that draw tables; not part of the JSON form."""

    @property
    def exit_code(self) -> int:
        """The process exit code for this status."""
        return EXIT_CODES[self.status]

    def to_json(self, *, results: bool = False) -> dict[str, Any]:
        """The one object that `--json` and the invoke API return, with the query results if wanted.

        Amounts are JSON numbers.
        """
        plain = self.model_dump(mode="json", exclude={"results"})
        for figure, shown in zip(self.figures, plain["figures"], strict=True):
            shown["value"] = float(figure.value) if isinstance(figure.value, Decimal) else figure.value
        for name in ("approval", "retry_after"):
            if plain[name] is None:
                del plain[name]
        if results:
            plain["results"] = [one.model_dump(mode="json") for one in self.results]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Answer:
        """The answer of which `to_json` made this. ValueError when it made nothing like it."""
        given = dict(plain)
        results = tuple(QueryResult.model_validate(one) for one in given.pop("results", ()))
        given["figures"] = [
            # an amount was a Decimal of two places, and is one again
            {**one, "value": Decimal(str(one["value"])).quantize(Decimal("0.01"))}
            if isinstance(one["value"], float)
            else one
            for one in given.get("figures", ())
        ]
        return cls.model_validate(given).model_copy(update={"results": results})
