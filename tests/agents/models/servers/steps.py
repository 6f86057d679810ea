"""What a scripted model server does with one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Say:
    """A finished text; `reason` is Bedrock's, if it is not that the turn ended."""

    text: str
    reason: str = "end_turn"


@dataclass(frozen=True)
class Call:
    """Query calls. Inputs given as text are sent as they are, valid JSON or not."""

    calls: tuple[tuple[str, Any], ...]

    @staticmethod
    def of(name: str, given: Any) -> Call:
        return Call(((name, given),))


@dataclass(frozen=True)
class Cut:
    """A text, or the start of a call, and then the connection ends. `clean`: between two events, as if it were done."""

    text: str = ""
    call: tuple[str, str] | None = None
    clean: bool = False


@dataclass(frozen=True)
class Refuse:
    """A whole HTTP response of the test's choosing."""

    status: int
    body: str
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MidStream:
    """A text, and then the protocol's own error event in the stream."""

    text: str
    code: str
    message: str


@dataclass(frozen=True)
class Wait:
    """Nothing, for this long, and then a text."""

    seconds: float


Step = Say | Call | Cut | Refuse | MidStream | Wait


class Script:
    """Steps one by one; after the last one it repeats that."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps, self._at = list(steps), 0

    def next(self) -> Step:
        step = self._steps[min(self._at, len(self._steps) - 1)]
        self._at += 1
        return step
