"""What rendering and checking hand to each other and to the desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

Locale = Literal["en", "nl", "pt"]
"""How a reader writes numbers and dates: `en` 1,234.56; `nl` and `pt` 1.234,56 with their own month names."""

FaultKind = Literal[
    "malformed_reference",
    "unknown_reference",
    "glued_reference",
    "unbound_figure",
    "ambiguous_figure",
    "unit",
    "label",
    "scope",
    "period",
    "basis",
    "direction",
    "too_long",
]

Claim = tuple[FaultKind, str]
"""A contradiction before it has a place: its kind and the sentence for the model."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Frozen):
    """A figure of the final text: `text[start:end]` as written, and the facts that it stands for."""

    text: str
    start: int
    end: int
    value: int | Decimal | str
    unit: str
    facts: tuple[str, ...]


class Fault(_Frozen):
    """One thing that stops a draft. `position` is the offset in the draft where `text` begins."""

    kind: FaultKind
    text: str
    position: int
    message: str
    """A sentence that the model can act on in the repair call."""


class Rendered(_Frozen):
    """A draft with its references written out.

    `figures` are in text order. `contexts` are the `(start, end)` spans that code wrote around them: period, scope
    and basis in parentheses. `origin` maps: for each stretch that was taken over from the draft or written for a
    reference, `(start in text, start in draft)`, ascending.
    """

    text: str
    figures: tuple[Figure, ...]
    contexts: tuple[tuple[int, int], ...] = ()
    origin: tuple[tuple[int, int], ...] = ((0, 0),)
    faults: tuple[Fault, ...] = ()

    def draft_offset(self, offset: int) -> int:
        """Where in the draft the character at `offset` of the text comes from (or the reference behind it)."""
        before = max((pair for pair in self.origin if pair[0] <= offset), default=(0, 0))
        inside_figure = any(f.start <= offset < f.end for f in self.figures)
        return before[1] if inside_figure else before[1] + offset - before[0]


class Grounded(_Frozen):
    """The outcome of the check. With faults there is no text: a faulty draft cannot be delivered by mistake."""

    text: str
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the text may go out."""
        return not self.faults
