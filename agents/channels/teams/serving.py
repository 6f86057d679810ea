"""Serving: the Teams channel in one process on one's own machine, front, queue, workers and desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agents.channels.box import Box
from agents.channels.crew import AGAIN_SECONDS, Crew
from agents.channels.front import asgi
from agents.channels.teams.gatekeeper import TeamsGatekeeper
from agents.channels.teams.genuine import BotTokens
from agents.channels.teams.settings import TeamsSettings
from agents.home import Home

if TYPE_CHECKING:
    from microsoft_teams.api.auth.credentials import TokenProvider

    from agents.channels.front import Receive, Scope, Send
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
    home: Home,
    *,
    token: TokenProvider | None = None,
    workers: int = 4,
    again: float = AGAIN_SECONDS,
) -> Iterator[Callable[[Scope, Receive, Send], object]]:
    """The channel as an ASGI app, with its workers running. On leaving, those at work finish first.

    Raises:
        SettingsError: the app or its secret is not set.
    """
    from agents.channels.teams.speaking import Speaking
    from agents.channels.teams.worker import TeamsWorker

    _, tenant = settings.teams.registered()
    box = Box(home.path / "teams.sqlite")
    with Speaking(settings.teams, token) as speaking:
        worker = TeamsWorker(port, speaking, settings.disclosure)
        with Crew(box, lambda channel: worker, workers, again):
            yield asgi(TeamsGatekeeper(tokens_of(settings.teams), tenant), box)


def serve(port: int | None = None, *, estate: str | None = None, model: str | None = None) -> None:
    """Run the channel until it is stopped.

    Raises:
        RegentError: something is not set or cannot be opened; the sentence says what to do.
    """
    import uvicorn

    from agents.channels.opening import open_inside
    from agents.settings import load_settings

    settings = load_settings()
    settings.teams.registered()
    settings.teams.client_secret()  # before the desk is opened, which takes a while
    with (
        open_inside(estate=estate, model=model, settings=settings) as house,
        open_channel(settings, house, Home.find()) as app,
    ):
        config = uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port or settings.teams.port,
            log_level="warning",
            access_log=False,
        )
        uvicorn.Server(config).run()
