"""Serving: the Teams channel in one process on one's own machine, front, queue, workers and desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from agents.channels.again import Again
from agents.channels.box import Box
from agents.channels.crew import AGAIN_SECONDS, Crew
from agents.channels.delivering import Round
from agents.channels.front import asgi
from agents.channels.heard import HeardFile
from agents.channels.teams.gatekeeper import NAME, TeamsGatekeeper
from agents.channels.teams.genuine import BotTokens
from agents.channels.teams.settings import TeamsSettings

if TYPE_CHECKING:
    from microsoft_teams.api.auth.credentials import TokenProvider

    from agents.acting import House
    from agents.asgi import Message, Receive, Send
    from agents.channels.port import Port
    from agents.settings import Settings


def tokens_of(settings: TeamsSettings) -> BotTokens:
    """What verifies requests to this app."""
    app_id, _ = settings.registered()
    return BotTokens(app_id, settings.cloud, issuer=settings.issuer, openid=settings.openid)


@contextmanager
def open_channel(
    settings: Settings,
    port: Port,
    house: House,
    *,
    token: TokenProvider | None = None,
    workers: int = 4,
    again: float = AGAIN_SECONDS,
) -> Iterator[Callable[[Message, Receive, Send], object]]:
    """The channel as an ASGI app, with its workers and its deliveries running. On leaving, those at work finish first.

    Raises:
        SettingsError: the app or its secret is not set.
    """
    from agents.channels.digests.running import digesting
    from agents.channels.noticing import WaitsHere
    from agents.channels.teams.speaking import Speaking
    from agents.channels.teams.worker import TeamsWorker
    from agents.overseeing import open_outbox

    _, tenant = settings.teams.registered()
    home = house.desk.home
    box, heard = Box(home.path / "teams.sqlite"), HeardFile(home.path / "heard.sqlite")
    secret = settings.teams.client_secret() if token is None else None
    with Speaking(settings.teams, secret, token) as speaking:
        worker = TeamsWorker(port, speaking, settings.disclosure, heard=heard, alerts=settings.teams.alerts_to)
        # without a place for them, alerts wait for a channel that has one
        outbox = open_outbox(home, settings) if settings.teams.alerts_to else None
        delivering = Again(Round(outbox, heard, [worker], WaitsHere(house), port).go, "delivering")
        digests = digesting(settings, home, port, heard, [worker])
        with Crew(box, lambda channel: worker, workers, again), delivering, digests:
            refusals = house.desk.oversight.refusals
            yield asgi(TeamsGatekeeper(tokens_of(settings.teams), tenant), box, partial(refusals.count, NAME))


def serve(port: int | None = None, *, estate: str | None = None, model: str | None = None) -> None:
    """Run the channel until it is stopped.

    Raises:
        RegentError: something is not set or cannot be opened; the sentence says what to do.
    """
    from agents.channels.opening import open_house
    from agents.listening import listen, server
    from agents.settings import load_settings

    settings = load_settings()
    with (
        open_house(estate=estate, model=model, settings=settings) as (own, house),
        open_channel(settings, own, house) as app,
    ):
        at, most = port or settings.teams.port, settings.serve_connections
        listen(
            server(
                app, host="127.0.0.1", port=at, log_level="warning", connections=most, proxies=settings.serve_proxies
            )
        )
