"""What people do in a channel besides asking: say whether an answer helped, change a message after it was sent."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from policies.audit.bodies.base import Body, Id, Personal


class FeedbackGiven(Body):
    """Somebody says whether an answer helped. `answer` is the question's id as they named it: whether it was theirs,
    the records of that question say. Their words are sealed under their own key.
    """

    type: ClassVar[str] = "feedback.given"
    answer: Id
    helpful: bool
    channel: str
    comment: Annotated[str, Personal] = ""


class MessageChanged(Body):
    """A message that was taken as a question was edited or deleted afterwards. That is recorded and changes nothing.

    `message` is the channel's own id of it, `answer` the question that it became, if the channel knows it.
    """

    type: ClassVar[str] = "message.changed"
    message: Id
    what: Literal["edited", "deleted"]
    channel: str
    answer: Id | None = None
