"""Running: digests are composed and brought while a channel runs on one's own machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from agents.channels.again import Again
from agents.channels.digests.bringing import Bringing, DigestNotifier
from agents.channels.digests.composing import Composer
from agents.channels.heard import Heard
from agents.channels.port import Port

if TYPE_CHECKING:
    from agents.home import Home
    from agents.settings import Settings


@contextmanager
def digesting(
    settings: Settings, home: Home, port: Port, heard: Heard, notifiers: Sequence[DigestNotifier]
) -> Iterator[None]:
    """Digests of the settings are composed when they are due, and brought to the places of these channels."""
    from agents.overseeing import open_digests, open_outbox

    with ExitStack() as closing:
        if settings.digests:
            kept = open_digests(home, settings)
            composer = Composer(settings.digests, port, kept, open_outbox(home, settings), settings.disclosure)
            # each in a thread of its own: what is composed takes its time, and what is whole waits for nobody
            closing.enter_context(Again(composer.go, "composing digests"))
            closing.enter_context(Again(Bringing(kept, heard, notifiers).go, "bringing digests"))
        yield
