"""Parts: what is to be said, where. A worker keeps them before it says them, so that a restart loses none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from agents.channels.delivery import ChannelError


class Place(BaseModel):
    """Where something is said: a conversation, or the personal chat with a person, by Entra object id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    conversation: str | None = None
    person: str | None = None


class Part(BaseModel):
    """One message. `text` is inert Markdown; `card` is an Adaptive Card."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place
    text: str
    card: dict[str, Any] | None = None
    summary: str = ""
    """One line for the notification."""
    written_by_ai: bool = False
    once: str | None = None
    """What `heard_by` is told with this, once, whoever tells it."""
    heard_by: str = ""
    stream: str | None = None
    """The stream of progress that this message ends."""
    replaces: str | None = None
    """The message whose place this one takes."""


def to_text(parts: Sequence[Part]) -> str:
    """As a run keeps them."""
    return json.dumps([part.model_dump(mode="json", exclude_defaults=True) for part in parts], ensure_ascii=False)


def from_text(text: str) -> list[Part]:
    """What `to_text` wrote."""
    return [Part.model_validate(one) for one in json.loads(text)]


class TeamsError(ChannelError):
    """Teams did not take something; `status` is what it answered, if it did."""

    def __init__(self, sentence: str, status: int | None = None, said: str = "") -> None:
        super().__init__(sentence)
        self.status, self.said = status, said

    @property
    def away(self) -> bool:
        return self.status is None or self.status == 429 or self.status >= 500
