"""The guard: looks at text at four named points, and says what may go on. Local parts always run; Bedrock adds to them.

question: what a person asked. model_input: what queries brought that a model is about to read. tool_result: what a
query brought back. answer: what is about to go out.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from policies.guardrails.definition import Definition
from policies.guardrails.masking import Direction
from tools.errors import RegentError

Point = Literal["question", "model_input", "tool_result", "answer"]
OutputScope = Literal["INTERVENTIONS", "FULL"]


class GuardUnavailableError(RegentError):
    """The guardrail could not be asked, or did not answer as it must. Nothing goes on without it."""


class Assessment(BaseModel):
    """What the guard found at one point. `text` is what may go on; it is empty when blocked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    point: Point
    outcome: Literal["passed", "masked", "blocked"]
    text: str
    masked: tuple[str, ...] = ()
    """Kinds of what was masked."""
    reasons: tuple[str, ...] = ()
    """Why it was blocked, each a sentence for the person."""
    flags: tuple[str, ...] = ()
    """Signs of orders in data that was withheld."""
    score: float = Field(default=0.0, ge=0, le=1)
    """How strongly the data gave orders."""
    not_assessed: tuple[str, ...] = ()
    """What nobody looked at here; said so that nobody takes it for passed."""
    hidden: dict[str, str] = {}
    """What Bedrock found and masked, with what stands in its place; facts and tables go out beside the text."""
    guard: str = "local"
    """Who assessed: `local`, or `local, bedrock:ID`."""
    version: str = ""
    """The definition's version, and Bedrock's guardrail version behind a slash."""
    output_scope: OutputScope | None = None
    latency_ms: float = Field(default=0.0, ge=0)


class Asked(BaseModel):
    """What the answer answers, for contextual grounding: the question, and the facts as the model read them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = ""
    facts: str = ""


class Guard(Protocol):
    """Assesses text. An implementation is safe for many questions at the same time."""

    name: str
    remote: bool
    """Whether assessing waits for a network."""

    def assess(self, text: str, point: Point, asked: Asked = Asked()) -> Assessment:  # noqa: B008 - frozen
        """Assess one text.

        Raises:
            GuardUnavailableError: it could not be assessed, so it must not go on.
        """


def direction(point: Point) -> Direction:
    """Which side of a definition's entries counts at a point."""
    return "input" if point in ("question", "model_input") else "output"


@cache
def only_bedrock(definition: Definition, point: Point) -> tuple[str, ...]:
    """What a definition asks for at a point and only Bedrock can assess."""
    way = direction(point)
    found = ["topics beyond the rules"] if point == "question" else []  # topics are about what persons ask
    for entry in definition.filters:
        if getattr(entry, way) != "NONE":
            found.append(f"content: {entry.type}" + (" beyond the rules" if entry.local else ""))
    found += [f"personal: {e.type}" for e in definition.personal if e.local is None and getattr(e, way) != "none"]
    found += ["profanity"] if definition.words.profanity else []
    found += ["contextual grounding"] if point == "answer" else []
    return tuple(found)
