"""Speaking: messages to Teams through Microsoft's SDK, from threads that may wait. Importing the SDK takes seconds."""

from __future__ import annotations

import asyncio
import os
import threading
import warnings
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from agents.channels.teams.parts import Part, Place, TeamsError
from agents.channels.teams.settings import TeamsSettings

if TYPE_CHECKING:
    from microsoft_teams.api import ApiClient
    from microsoft_teams.api.activities import MessageActivityInput
    from microsoft_teams.api.auth.credentials import TokenProvider

log = structlog.get_logger()
SECONDS = 60.0
"""How long a worker waits for Teams at most."""
PACE = 1.0
"""Seconds between two updates of a stream: Teams takes no more than one in a second."""
Result = TypeVar("Result")


class Speaking:
    """The app's voice. Use as a context; its methods are synchronous and safe for threads.

    `secret` is the app's client secret. `token` gives the bot's tokens in its place, for tests on one machine.
    """

    def __init__(
        self,
        settings: TeamsSettings,
        secret: str | None = None,
        token: TokenProvider | None = None,
        pace: float = PACE,
    ) -> None:
        self._settings, self._secret, self._token, self.pace = settings, secret, token, pace
        self.app_id, self.tenant = settings.registered()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="teams", daemon=True)
        self._people: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Speaking:
        # without this, the SDK reads a .env file of the current folder into the environment when it is imported
        os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")
        self._thread.start()
        self._api = self.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(_ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    @property
    def service(self) -> str:
        """Where messages go that nobody asked for."""
        return self._settings.service_url

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Wait for something that runs on the SDK's loop.

        Raises:
            TeamsError: Teams refused it, could not be reached, or took too long.
        """
        future = asyncio.run_coroutine_threadsafe(_translated(coroutine), self._loop)
        try:
            return future.result(SECONDS)
        except TimeoutError as error:
            future.cancel()
            raise TeamsError(f"Teams did not answer in {SECONDS:.0f} seconds.") from error

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Let something run on the SDK's loop, without waiting."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def say(self, part: Part) -> str:
        """Bring one message; its id. A message that takes another's place is a new one if that is gone.

        Raises:
            TeamsError: it did not arrive.
        """
        return self.run(self._say(part))

    def api(self, service: str) -> ApiClient:
        """The SDK's client for one service address."""
        return self._api.clone(service_url=service)

    async def conversation(self, place: Place) -> str:
        """The conversation of a place; the personal chat of a person is opened if it is not yet."""
        from microsoft_teams.api import Account
        from microsoft_teams.api.clients.conversation.params import CreateConversationParams

        if place.conversation is not None:
            return place.conversation
        assert place.person is not None
        key = (place.service, place.person)
        if key not in self._people:
            wanted = CreateConversationParams(
                members=[Account(id=place.person)],
                tenant_id=self.tenant,
                channel_data={"tenant": {"id": self.tenant}},
            )
            self._people[key] = (await self.api(place.service).conversations.create(wanted)).id
        return self._people[key]

    async def _say(self, part: Part) -> str:
        conversation = await self.conversation(part.place)
        conversations = self.api(part.place.service).conversations
        if part.stream is not None:
            try:
                await conversations.create_activity(conversation, self._message(part, stream=True))
                return part.stream
            except Exception as error:
                if _status(error) not in (400, 403, 404):
                    raise
                if _status(error) == 403 and "cancel" in _said_by(error).lower():
                    log.info("the person stopped the stream; the answer stays on record")
                    return part.stream
                # ended already, too late for a stream (two minutes), or none is allowed: a message is still taken
        replaces = part.replaces or part.stream
        if replaces is not None:
            if await self._replaced(part, part.place.service, conversation, replaces):
                return replaces
            if part.card is not None and part.text:
                # some clients do not let a text become a card: then the text stands there, and the card below
                text = part.model_copy(update={"card": None})
                if await self._replaced(text, part.place.service, conversation, replaces):
                    part = part.model_copy(update={"text": ""})
        return (await conversations.create_activity(conversation, self._message(part))).id

    async def _replaced(self, part: Part, service: str, conversation: str, id: str) -> bool:
        """Whether a message took the place of another; one that is gone, or of another kind, cannot be replaced."""
        try:
            await self.api(service).conversations.update_activity(conversation, id, self._message(part, id))
        except Exception as error:
            if _status(error) not in (400, 403, 404, 405):
                raise
            return False
        return True

    def _message(self, part: Part, id: str | None = None, *, stream: bool = False) -> MessageActivityInput:
        from microsoft_teams.api.activities import MessageActivityInput
        from microsoft_teams.api.models import Account
        from microsoft_teams.cards import AdaptiveCard

        message = MessageActivityInput.model_validate(
            {"text": part.text, "textFormat": "markdown", **({"summary": part.summary} if part.summary else {})}
        )
        message.from_ = Account(id=self.app_id)
        if part.card is not None:
            message.add_card(AdaptiveCard.model_validate(part.card))
        if part.written_by_ai:
            message.add_ai_generated()
        if stream:
            message.id = part.stream
            message.add_stream_final()
        elif id is not None:
            message.id = id
        return message

    async def _open(self) -> ApiClient:
        # what is in preview in the SDK is not used here
        warnings.filterwarnings("ignore", message="HtmlWidgetSecurityPolicy is in preview")
        from microsoft_teams.api.auth.cloud_environment import from_name
        from microsoft_teams.apps import App

        app = App(
            client_id=self.app_id,
            client_secret=self._secret,
            tenant_id=self.tenant,
            token=self._token,
            cloud=from_name(self._settings.cloud),
            service_url=self._settings.service_url,
            http_server_adapter=_NoServer(),
            fetch_user_token=False,
        )
        return app.api


class _NoServer:
    """The SDK's server has nothing to serve: the front is another one."""

    def register_route(self, method: str, path: str, handler: Callable[..., Any]) -> None:
        return None

    def serve_static(self, path: str, directory: str) -> None:
        return None

    async def start(self, port: int) -> None:
        return None

    async def stop(self) -> None:
        return None


async def _ended() -> None:
    """Let what still waits for its turn, such as progress of an answer that was given, wait no longer."""
    waiting = asyncio.all_tasks() - {asyncio.current_task()}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def _translated(coroutine: Coroutine[Any, Any, Result]) -> Result:
    try:
        return await coroutine
    except TeamsError:
        raise
    except Exception as error:
        status = _status(error)
        if status is not None:
            raise TeamsError(f"Teams answered {status}.", status, _said_by(error)) from error
        # the kind only: the text of these errors may quote a token
        raise TeamsError(
            f"Teams could not be reached, or Entra gave no token for the app's secret ({type(error).__name__})."
        ) from error


def _status(error: Exception) -> int | None:
    found = getattr(getattr(error, "response", None), "status_code", None)
    return found if isinstance(found, int) else None


def _said_by(error: Exception) -> str:
    return str(getattr(getattr(error, "response", None), "text", ""))[:2000]
