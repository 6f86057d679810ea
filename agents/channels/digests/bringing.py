"""Bringing: a whole digest goes to each of its places, page by page; a place that is down gets it later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from agents.channels.delivering import tell_once
from agents.channels.digests.composed import Composed
from agents.channels.heard import Heard

if TYPE_CHECKING:
    from agents.channels.rendering import View
    from policies.controls.digests_kept import KeptDigests


class DigestNotifier(Protocol):
    """One channel's way to bring digests."""

    channel: str

    def pages(self, digest: Composed) -> int:
        """In how many messages it comes."""

    def digest(self, digest: Composed, page: int, place: str) -> None:
        """Bring one of them. RegentError when the channel did not take it."""


class Bringing:
    """Brings digests that wait to the places of these channels."""

    def __init__(
        self,
        kept: KeptDigests,
        heard: Heard,
        notifiers: Sequence[DigestNotifier],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._kept, self._heard, self._notifiers, self._clock = kept, heard, notifiers, clock

    def go(self) -> int:
        """Bring what waits; at how many places something did not arrive and will be tried again."""
        missed = 0
        for body in self._kept.ready(self._clock()):
            composed = Composed.model_validate_json(body)
            for notifier in self._notifiers:
                prefix = f"{notifier.channel}:"
                for who in (one for one in composed.to if one.startswith(prefix)):
                    missed += self._bring(notifier, composed, who) == "missed"
        return missed

    def _bring(self, notifier: DigestNotifier, composed: Composed, who: str) -> str:
        if self._heard.has(f"{composed.key}/whole", who):
            return "told"
        place = who.partition(":")[2]
        for page in range(notifier.pages(composed)):
            tell = lambda page=page: notifier.digest(composed, page, place)  # noqa: E731
            told = tell_once(self._heard, notifier.channel, f"{composed.key}/{page}", who, tell)
            if told != "told":
                return told  # what follows comes after it
        self._heard.mark(f"{composed.key}/whole", who)
        return "told"


def kept_view(kept: KeptDigests, key: str) -> View | None:
    """The view of an answer in a digest, by its key: `digest/NAME/TIME/NUMBER`."""
    parts = key.split("/")
    try:
        _, name, slot, number = parts
        body = kept.get(name, datetime.fromisoformat(slot))
        found = Composed.model_validate_json(body).parts[int(number)] if body is not None else None
    except (ValueError, IndexError):
        return None
    return found.view if found is not None else None
