"""What is to be said in Slack, as it is kept between asking and saying: another worker can say it again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from agents.channels.notice import ApprovalNotice
from agents.channels.rendering import View


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Said):
    """Where something is said. Without `ts` it is a new message; `stream` is a message that Slack streams."""

    channel: str
    thread: str | None = None
    ts: str | None = None
    stream: bool = False


class Answered(_Said):
    """An answer, for whoever asked."""

    kind: Literal["answered"] = "answered"
    place: Place
    user: str
    view: View
    private: bool
    """Whether it goes to the direct message of `user`, and only a word about that to `place`."""
    notice: ApprovalNotice | None = None
    """What waits for a second person, and who they are."""


class Decided(_Said):
    """A decision on an approval, in the message that asked for it; and the answer for the asker."""

    kind: Literal["decided"] = "decided"
    place: Place
    text: str
    approval: str
    asker: str | None = None
    """The asker as Slack knows them, if there is an answer that they do not have."""
    view: View | None = None


class Told(_Said):
    """A sentence for one person, where they are if others are there too."""

    kind: Literal["told"] = "told"
    place: Place
    user: str
    text: str
    quietly: bool = True
    """Only that person sees it."""


class Opened(_Said):
    """A modal; `instead` is said when it is too late to open one."""

    kind: Literal["opened"] = "opened"
    trigger: str
    modal: Literal["receipts", "comment"]
    view: View | None = None
    context: str = ""
    instead: Told


class Greeted(_Said):
    """Suggestions in a new thread of the assistant."""

    kind: Literal["greeted"] = "greeted"
    place: Place


class Nothing(_Said):
    """It is done, and there is nothing to say."""

    kind: Literal["nothing"] = "nothing"


Said = Annotated[Answered | Decided | Told | Opened | Greeted | Nothing, Field(discriminator="kind")]
SAID: TypeAdapter[Said] = TypeAdapter(Said)
