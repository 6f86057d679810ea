"""The inbox: takes each delivery once and puts it in the queue, however often the channel brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.channels.delivery import Delivery

Taken = Literal["new", "again", "other"]
"""`other`: something else was brought under the same name before; this one is not taken."""
KEPT_SECONDS = 24 * 3600
"""How long a delivery is remembered after it last changed. No channel tries again, and no signature holds, as long."""


class Answers(Protocol):
    """Where the answers of deliveries are kept for a while."""

    def answer(self, key: str) -> tuple[str, str] | None:
        """State and kept answer of a delivery, by its `Delivery.key`; None when nothing is known of it.

        Raises:
            ChannelError: it cannot be known now.
        """


class Inbox(Protocol):
    """Where fronts put what they verified. Safe for threads and processes."""

    def take(self, delivery: Delivery) -> Taken:
        """Remember the delivery and queue it, once. It is in the queue when this returns.

        Raises:
            ChannelError: it cannot be known whether it is in the queue; whoever brought it must bring it again.
        """

    def take_all(self, deliveries: Sequence[Delivery]) -> list[Taken]:
        """`take` several that came together. ChannelError when of any it cannot be known; all must be brought again."""
