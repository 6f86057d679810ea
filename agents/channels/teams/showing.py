"""Showing: progress while a question is worked on. Never a word of a draft, only which query runs.

In a personal chat it is a stream, which the answer ends; elsewhere Teams has no streams, and it is a message whose
place the answer takes. Progress is a courtesy: what goes wrong with it is logged, and the answer comes all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from agents.channels.teams.activity import Came
from agents.channels.teams.speaking import Speaking

log = structlog.get_logger()
LAST_SECONDS = 5.0
"""How long an answer waits for progress that is on its way, whose message it is to take over."""
FIRST = "Looking at your question …"


class Showing:
    """The progress of one question. Call it with events of the desk, from any thread.

    `begun` is the stream or message of an earlier try, which this one goes on in; `keep` is told of a new one. A stream
    takes no more progress from another try, which does not know its numbers; the answer still ends it.
    """

    def __init__(self, speaking: Speaking, came: Came, begun: str | None, keep: Callable[[str], None]) -> None:
        self._speaking, self._came, self._keep = speaking, came, keep
        self._latest, self._closed, self._broken = FIRST, False, begun is not None and came.personal
        self._number = 0
        self._id = begun
        self._next = 0.0
        self._turn = asyncio.Lock()
        self._sending: asyncio.Task[Any] | None = None
        speaking.start(self._show(FIRST))

    def __call__(self, event: Mapping[str, Any]) -> None:
        if event.get("event") == "query.started" and isinstance(event.get("query"), str):
            text = f"Asking AWS: {event['query'].replace('_', ' ')} …"
            self._speaking.start(self._show(text))

    def close(self) -> str | None:
        """No more progress; the id of the stream or message that the answer takes over, if there is one."""
        return self._speaking.run(self._close())

    async def _show(self, text: str) -> None:
        self._latest = text
        while (wait := self._next - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(wait)
        async with self._turn:
            # what came later is shown instead; one that waited while the question was answered is not shown
            if self._latest is not text or self._closed or self._broken:
                return
            self._sending = asyncio.current_task()
            try:
                await self._send(text)
            except Exception as error:  # noqa: BLE001 - the border: progress must not cost an answer
                self._broken = True
                log.warning("progress could not be shown", error=type(error).__name__)
            self._next = asyncio.get_running_loop().time() + self._speaking.pace

    async def _send(self, text: str) -> None:
        from microsoft_teams.api.activities import MessageActivityInput, TypingActivityInput
        from microsoft_teams.api.models import Account, ChannelData

        came, bot = self._came, Account(id=self._speaking.app_id)
        conversations = self._speaking.api(came.service).conversations
        if came.personal:
            self._number += 1
            typing = TypingActivityInput(text=text).with_channel_data(ChannelData(stream_type="informative"))
            typing.from_, typing.id = bot, self._id
            sent = await conversations.create_activity(came.conversation, typing.add_stream_update(self._number))
            await self._is(self._id or sent.id)
            return
        message = MessageActivityInput(text=text, reply_to_id=came.id)
        message.from_, message.id = bot, self._id
        if self._id is None:
            await self._is((await conversations.create_activity(came.conversation, message)).id)
        else:
            await conversations.update_activity(came.conversation, self._id, message)

    async def _is(self, id: str) -> None:
        if self._id is None:
            self._id = id
            await asyncio.to_thread(self._keep, id)

    async def _close(self) -> str | None:
        self._closed = True
        try:
            async with asyncio.timeout(LAST_SECONDS), self._turn:
                return self._id
        except TimeoutError:
            # it must not arrive after the answer
            log.warning("Teams takes no progress, the answer goes without")
            if self._sending is not None:
                self._sending.cancel()
            return self._id
