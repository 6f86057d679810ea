"""Composing digests as a Lambda function, on a schedule: those of `REGENT_DIGESTS` that are due, through the runtime.

It sends nothing and has no channel's secret: each channel's own function brings what is composed to its places.
"""

from __future__ import annotations

from typing import Any

from agents.channels.delivery import ChannelError


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """One round. ChannelError when a digest that is due could not be composed; the next round tries again."""
    from agents.channels.deployed_port import deployed_port
    from agents.channels.digests.composing import Composer
    from agents.diagnostics import set_up
    from agents.home import Home
    from agents.overseeing import open_digests, open_outbox
    from agents.settings import load_settings

    set_up("warning")
    home, settings = Home.find(), load_settings()
    kept, outbox = open_digests(home, settings), open_outbox(home, settings)
    failed = Composer(settings.digests, deployed_port(), kept, outbox, settings.disclosure).go()
    if failed:
        raise ChannelError(f"{failed} digests could not be composed; the next round tries again.")
    return {"failed": 0}
