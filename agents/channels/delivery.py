"""Deliveries: one thing that a channel brought, verified and named, on its way through the queue to a worker.

Standard library only: fronts import this.
"""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from tools.errors import RegentError

MOST_BYTES = 128 * 1024
"""The largest body that a channel takes: a question has a few hundred characters, a card some thousands."""


class ChannelError(RegentError):
    """A channel could not take, queue, work on or bring something; nothing was lost, and it may be tried again."""

    @property
    def away(self) -> bool:
        """Whether the channel cannot be reached at all, so that nothing else would arrive either."""
        return False


class DeliveryError(ChannelError):
    """What came from the queue is no delivery; a person has to look at it."""


class Delivery(NamedTuple):
    """One thing that a channel brought."""

    channel: str
    id: str
    """The sender's own name for it: whatever comes with the same one is the same delivery."""
    group: str
    """The conversation: deliveries of one group are worked on one after the other."""
    body: str
    """What arrived, as the channel's own worker reads it."""
    at: int
    """When it arrived, in Unix seconds."""
    by: str = ""
    """Who asks, as the sender names them: one person is not given all workers. Empty: nobody has to be held back."""

    @property
    def key(self) -> str:
        """Its name among the deliveries of all channels."""
        return f"{self.channel}#{self.id}"

    @property
    def digest(self) -> str:
        """SHA-256 of the body, in hex: the same name with another body is not the same delivery."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def lane(self) -> str:
        """The group among those of all channels, in 64 characters that a queue takes."""
        return hashlib.sha256(f"{self.channel}#{self.group}".encode()).hexdigest()

    @property
    def share(self) -> str:
        """Whose share of the workers it takes, in 64 characters; empty for what is in nobody's."""
        return hashlib.sha256(f"{self.channel}#{self.by}".encode()).hexdigest() if self.by else ""

    def to_text(self) -> str:
        """As the queue carries it."""
        return json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Delivery:
    """The delivery in a message of the queue.

    Raises:
        DeliveryError: the message is none.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DeliveryError("A message of the queue is not JSON.") from error
    kinds = Delivery.__annotations__
    if isinstance(found, dict):
        found.setdefault("by", "")  # an older version queued it
    if not isinstance(found, dict) or set(found) != set(kinds):
        raise DeliveryError(f"A message of the queue is no delivery; expected exactly {', '.join(kinds)}.")
    texts = [found[name] for name in kinds if name != "at"]
    if not all(isinstance(one, str) for one in texts) or type(found["at"]) is not int:
        raise DeliveryError("A message of the queue is no delivery; a part of it has the wrong type.")
    return Delivery(**found)
