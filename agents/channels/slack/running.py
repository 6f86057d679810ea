"""Running: the Slack app in one process, with front, queue, workers and deliveries, for `regent slack`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from agents.channels.again import Again
from agents.channels.box import Box
from agents.channels.crew import Crew
from agents.channels.delivering import Round
from agents.channels.front import asgi
from agents.channels.heard import HeardFile
from agents.channels.secrets import Secret, from_file
from agents.channels.slack.gatekeeper import gatekeeper
from agents.channels.slack.speaking import Voice, clients
from agents.channels.slack.worker import CHANNEL, SlackWorker
from tools.errors import SettingsError

if TYPE_CHECKING:
    from agents.channels.slack.settings import SlackSettings
    from agents.home import Home
    from agents.settings import Settings


@contextmanager
def open_slack(
    settings: Settings, *, home: Home | None = None, estate: str | None = None, model: str | None = None, size: int = 4
) -> Iterator[Any]:
    """The front as an ASGI app, while `size` workers answer and what waits is delivered.

    Raises:
        RegentError: something cannot be opened; the sentence says what to do.
    """
    from agents.channels.digests.running import digesting
    from agents.channels.noticing import WaitsHere
    from agents.channels.opening import open_house
    from agents.overseeing import open_digests, open_outbox

    secret = secret_of(settings.slack)
    with ExitStack() as closing:
        port, house = closing.enter_context(open_house(estate=estate, model=model, settings=settings))
        home = house.desk.home
        box = Box(home.path / "slack.sqlite")
        heard = HeardFile(home.path / "heard.sqlite")
        voice = Voice(clients(secret, settings.slack.api_url), streaming=settings.slack.streaming)
        worker = SlackWorker(
            port, voice, box, settings.disclosure,
            heard=heard, named=settings.slack.channels, alerts=settings.slack.alerts,
            digests=open_digests(home, settings),
        )  # fmt: skip
        closing.enter_context(Crew(box, {CHANNEL: worker}.__getitem__, size))
        outbox = open_outbox(home, settings) if settings.slack.alerts else None
        closing.enter_context(Again(Round(outbox, heard, [worker], WaitsHere(house), port).go, "delivering"))
        closing.enter_context(digesting(settings, home, port, heard, [worker]))
        refusals = house.desk.oversight.refusals
        yield asgi(gatekeeper(secret, box), box, partial(refusals.count, CHANNEL))


def secret_of(settings: SlackSettings) -> Secret:
    """The app's secret, from its file or the environment.

    Raises:
        SettingsError: neither has it.
    """
    if settings.secret_file is not None:
        return from_file(settings.secret_file)
    signing, token = settings.signing_secret, settings.bot_token
    if signing is None or token is None:
        raise SettingsError(
            "The Slack app has no secret. Set REGENT_SLACK__SIGNING_SECRET and REGENT_SLACK__BOT_TOKEN, or "
            "slack.secret_file to a file of mode 600 with a JSON object of signing_secret and bot_token. "
            "See docs/slack.md."
        )
    held = {"signing_secret": signing.get_secret_value(), "bot_token": token.get_secret_value()}
    return lambda: held
