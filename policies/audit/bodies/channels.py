"""What comes to a channel besides questions: opinions on answers, changed messages, calls of nobody known."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from policies.audit.bodies.base import Body, Id, Personal


class FeedbackGiven(Body):
    """Somebody says whether an answer helped that is theirs, or that was given in the conversation they are in.
    `answer` is the question's id. Their words are sealed under their own key.
    """

    type: ClassVar[str] = "feedback.given"
    answer: Id
    helpful: bool
    channel: str
    comment: Annotated[str, Personal] = ""


class FeedbackRefused(Body):
    """Somebody gave feedback on an answer that is not known here (any more), or is another person's, given elsewhere.
    `answer` is the id that they named; their words are not kept.
    """

    type: ClassVar[str] = "feedback.refused"
    answer: Id
    channel: str
    why: Literal["unknown", "not_theirs"]


class MessageChanged(Body):
    """A message that was taken as a question was edited or deleted afterwards. That is recorded and changes nothing.

    `message` is the channel's own id of it, `answer` the question that it became, if the channel knows it.
    """

    type: ClassVar[str] = "message.changed"
    message: Id
    what: Literal["edited", "deleted"]
    channel: str
    answer: Id | None = None


class CallsRefused(Body):
    """Calls that were refused and counted, because too many came to record each by itself.

    `kinds` counts them by `CHANNEL/unverified`, `CHANNEL/unknown`, `CHANNEL/foreign` (a web page on the machine of the
    server) and `CHANNEL/at_once` (of somebody known who had too many questions running), `count` is their sum. `first`
    and `last` are when the first and the last of them came, ISO 8601 in UTC. What has records of its own is not
    counted.
    """

    type: ClassVar[str] = "calls.refused"
    first: str
    last: str
    count: int = Field(ge=1)
    kinds: dict[str, int]
