"""Speaking: everything that is said in Slack, with Slack's own SDK. What Slack did not take is an error of ours.

Where Slack streams, progress is a list of tasks in a streamed message; where it refuses, a message that is edited. Only
progress is shown before the answer is whole. Saying an answer again edits the message that is there.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from agents.channels.delivery import ChannelError
from agents.channels.slack import blocks as draw
from agents.channels.slack.said import Answered, Greeted, Opened, Place, Told
from agents.would_run import briefly

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from agents.channels.heard import Heard
    from agents.channels.notice import ApprovalNotice
    from agents.channels.rendering import View
    from agents.channels.secrets import Secret
    from policies.controls.outbox import Alert

log = structlog.get_logger()
_EVERY_SECONDS = 1.0
"""Slack takes some 50 edits a minute."""
_GONE = ("message_not_found", "channel_not_found", "cant_update_message")
_WORD = re.compile("[a-z_]+")
_AWAY = ("internal_error", "service_unavailable", "fatal_error", "request_timeout", "ratelimited")
_UNREACHABLE = (
    "user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot", "channel_not_found",
    "messages_tab_disabled", "is_archived", "not_in_channel", "user_is_restricted", "restricted_action",
)  # fmt: skip
_UNKNOWN_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "unsupported_block")


class SlackError(ChannelError):
    """Slack did not take something; `code` is its own word for why."""

    def __init__(self, doing: str, code: str) -> None:
        self.code = code
        super().__init__(f"Slack did not {doing}: {code}.")

    @property
    def away(self) -> bool:
        # a word of Slack's own is lower case; all else is the connection, or a page of something in between
        return not _WORD.fullmatch(self.code) or self.code in _AWAY

    @property
    def for_good(self) -> bool:
        """Whether the person or channel is not there for us, and trying again changes nothing."""
        return self.code in _UNREACHABLE


def client_for(token: str, api_url: str) -> WebClient:
    """A client that waits when Slack says so, and tries again when the connection broke. The token is never logged."""
    from slack_sdk import WebClient
    from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

    handlers = [ConnectionErrorRetryHandler(max_retry_count=2), RateLimitErrorRetryHandler(max_retry_count=2)]
    return WebClient(token=token, base_url=api_url, timeout=10, retry_handlers=handlers)


def clients(secret: Secret, api_url: str) -> Callable[[], WebClient]:
    """Gives a client with the token of the moment: tokens are rotated."""
    held: dict[str, WebClient] = {}

    def client() -> WebClient:
        token = secret().get("bot_token")
        if not isinstance(token, str) or not token.startswith("xoxb-"):
            raise ChannelError('The secret of Slack has no "bot_token" that begins with xoxb-.')
        if token not in held:
            held.clear()
            held[token] = client_for(token, api_url)
        return held[token]

    return client


class Voice:
    """Says things in Slack. Safe for threads."""

    def __init__(self, client: Callable[[], WebClient], *, streaming: bool = True) -> None:
        self._client, self._streaming = client, streaming

    def begin(self, channel: str, thread: str, team: str, user: str) -> Place:
        """Show that it is being looked up, in a message that will become the answer."""
        if self._streaming:
            try:
                begun = self._call(
                    "start a stream", "chat_startStream", channel=channel, thread_ts=thread, recipient_team_id=team,
                    recipient_user_id=user, chunks=[_task("read", "Reading the question", done=False)],
                )  # fmt: skip
                return Place(channel=channel, thread=thread, ts=begun["ts"], stream=True)
            except SlackError as error:
                log.info("Slack does not stream here", code=error.code)
        text, place = "Reading the question…", Place(channel=channel, thread=thread)
        try:
            return place.model_copy(update={"ts": self._post(channel, text, draw.said_blocks(text), thread)["ts"]})
        except SlackError as error:
            # the question is answered all the same; the answer waits until Slack takes it
            log.warning("progress cannot be shown", code=error.code)
            return place

    def progress(self, place: Place) -> Progress:
        """Shows in the message which queries run."""
        return Progress(self, place)

    def drop(self, place: Place) -> None:
        """Take a message back whose answer did not come; it is not worth another failure."""
        if place.ts is None:
            return
        try:
            self._call("delete a message", "chat_delete", channel=place.channel, ts=place.ts)
        except SlackError as error:
            log.info("a message stays", code=error.code)

    def answered(self, said: Answered, key: str, heard: Heard, asker: str) -> None:
        """Say the answer where it was asked, or to whoever asked alone. If something else is to be said after it, which
        may fail and be tried again, `heard` keeps that the asker has the answer.
        """
        alone = said.private and not said.place.channel.startswith("D")
        if not alone and said.notice is None:
            self._answer(said.place, said.view, key)
            return
        once = f"said/{key}"
        if not heard.has(once, asker):
            # first to whom it belongs: if that fails, the message still says that it is being looked up
            self._answer(Place(channel=said.user) if alone else said.place, said.view, key)
            heard.mark(once, asker)
        if alone:
            self.settled(said.place, "The answer is for you alone, so it is in our direct messages.")

    def alone(self, user: str, view: View, key: str) -> None:
        """Say an answer to one person, in their direct messages."""
        self._answer(Place(channel=user), view, key)

    def posted(self, place: str, text: str) -> Place:
        """Say something where nobody asked for it; where that stands."""
        posted = self._post(place, text, draw.said_blocks(text))
        return Place(channel=posted["channel"], ts=posted["ts"])

    def digested(self, place: str, question: str, view: View, key: str) -> None:
        """Say the answer to a digest's question; its picture is below it."""
        at = self._shown(Place(channel=place), view, key, draw.said_blocks(f"**{question}**"))
        self._pictured(at.model_copy(update={"thread": at.ts}), view)

    def settled(self, place: Place, text: str) -> None:
        """Put what became of it in the place of a message with buttons; one that is gone needs nothing."""
        try:
            self._replace(place, text, draw.said_blocks(text))
        except SlackError as error:
            if error.code not in _GONE:
                raise
            log.info("a message is gone already", code=error.code)

    def told(self, said: Told) -> None:
        """Say a sentence, to one person alone if others are there."""
        if said.quietly and not said.place.channel.startswith(("D", "U")):
            self._call(
                "say something quietly", "chat_postEphemeral", channel=said.place.channel, user=said.user,
                thread_ts=said.place.thread, text=draw.escaped(said.text), blocks=draw.said_blocks(said.text),
            )  # fmt: skip
            return
        self._post(said.place.channel, said.text, draw.said_blocks(said.text), said.place.thread)

    def opened(self, said: Opened) -> None:
        """Open a modal, for which Slack gives three seconds; say it instead when they are over."""
        view = draw.receipts_modal(said.view) if said.view is not None else draw.comment_modal(said.context)
        try:
            self._call("open a modal", "views_open", trigger_id=said.trigger, view=view)
        except SlackError as error:
            log.info("no modal", code=error.code)
            self.told(said.instead)

    def greeted(self, said: Greeted) -> None:
        """Suggest questions in a new thread."""
        prompts = [{"title": title, "message": message} for title, message in draw.PROMPTS]
        self._call(
            "suggest questions", "assistant_threads_setSuggestedPrompts", channel_id=said.place.channel,
            thread_ts=said.place.thread, prompts=prompts,
        )  # fmt: skip

    def ask_approver(self, notice: ApprovalNotice, user: str, value: str) -> Place:
        """Ask an approver in their direct messages; where that stands."""
        text = f"{notice.asker} asks for a second person's approval of {briefly(notice.query)}."
        posted = self._post(user, text, draw.approval_blocks(notice, value))
        return Place(channel=posted["channel"], ts=posted["ts"])

    def alert(self, alert: Alert, place: str) -> None:
        """Tell of an alert."""
        text = draw.alert_text(alert)
        self._post(place, text, draw.said_blocks(text))

    def _answer(self, place: Place, view: View, key: str) -> None:
        self._pictured(self._shown(place, view, key), view)

    def _pictured(self, at: Place, view: View) -> None:
        for table in view.tables:
            if table.chart is not None:
                self._picture(at, table.chart)
                break  # one picture: the tables have the rest

    def _shown(self, place: Place, view: View, key: str, above: Sequence[draw.Block] = ()) -> Place:
        text = draw.spoken(view)
        try:
            return self._replace(place, text, [*above, *draw.answer_blocks(view, key)], escaped=True)
        except SlackError as error:
            if error.code in _GONE and place.ts is not None:
                # somebody took the message away that was to become the answer
                return self._shown(place.model_copy(update={"ts": None, "stream": False}), view, key, above)
            if error.code not in _UNKNOWN_BLOCKS:
                raise
            log.info("Slack knows no new blocks here")
            blocks = [*above, *draw.answer_blocks(view, key, plain=True)]
            return self._replace(place, text, blocks, escaped=True)

    def _picture(self, place: Place, chart: Any) -> None:
        from agents.channels.charts import draw as drawn

        try:
            self._call(
                "take a chart", "files_upload_v2", channel=place.channel, thread_ts=place.thread, title=chart.title,
                filename="chart.png", content=drawn(chart), alt_txt=chart.alt[:1000],
                request_file_info=False,
            )  # fmt: skip
        except SlackError as error:  # the table says the same, and the answer is there
            log.warning("a chart did not arrive", code=error.code)

    def _replace(self, place: Place, text: str, blocks: list[draw.Block], *, escaped: bool = False) -> Place:
        """Put this in the place, which is a stream, a message, or nothing yet; where it is now."""
        if place.ts is None:
            posted = self._post(place.channel, text, blocks, place.thread, escaped=escaped)
            return place.model_copy(update={"channel": posted["channel"], "ts": posted["ts"]})
        if place.stream:
            try:
                done = [_task("read", "Reading the question", done=True)]
                self._call("end a stream", "chat_stopStream", channel=place.channel, ts=place.ts, chunks=done,
                           blocks=blocks)  # fmt: skip
                return place
            except SlackError as error:
                if error.code in _UNKNOWN_BLOCKS:
                    raise
                log.info("a stream is over already", code=error.code)  # too slow, or said before
        self._call(
            "change a message", "chat_update", channel=place.channel, ts=place.ts,
            text=text if escaped else draw.escaped(text), blocks=blocks,
        )  # fmt: skip
        return place

    def _post(
        self, channel: str, text: str, blocks: list[draw.Block], thread: str | None = None, *, escaped: bool = False
    ) -> Mapping[str, Any]:
        return self._call(
            "take a message", "chat_postMessage", channel=channel, thread_ts=thread, blocks=blocks,
            text=text if escaped else draw.escaped(text), unfurl_links=False, unfurl_media=False,
        )  # fmt: skip

    def _call(self, doing: str, method: str, **given: Any) -> Mapping[str, Any]:
        from slack_sdk.errors import SlackApiError, SlackClientError

        try:
            answer: Mapping[str, Any] = getattr(self._client(), method)(**given)
            return answer
        except SlackApiError as error:
            found = error.response.get("error") if hasattr(error.response, "get") else None
            raise SlackError(doing, str(found or "no reason given")) from error
        except (SlackClientError, OSError, http.client.HTTPException, ValueError) as error:
            raise SlackError(doing, type(error).__name__) from error


class Progress:
    """Shows in a message which queries run, not more often than Slack takes it. It must not stop an answer."""

    def __init__(self, voice: Voice, place: Place, clock: Callable[[], float] = time.monotonic) -> None:
        self._voice, self._place, self._clock = voice, place, clock
        self._states: dict[str, str] = {}
        self._turn = threading.Lock()  # specialists are at work in threads
        self._last = 0.0

    def __call__(self, event: Mapping[str, Any]) -> None:
        kind, query = event.get("event"), event.get("query")
        if (
            self._place.ts is None
            or not isinstance(query, str)
            or kind not in ("query.started", "query.finished", "query.failed")
        ):
            return
        with self._turn:
            self._noted(str(kind), query)

    def _noted(self, kind: str, query: str) -> None:
        self._states[query] = {"query.started": "runs", "query.finished": "done"}.get(kind, "failed")
        if self._clock() - self._last < _EVERY_SECONDS and kind != "query.started":
            return
        self._last = self._clock()
        try:
            self._show(query)
        except SlackError as error:
            log.info("progress was not shown", code=error.code)

    def _show(self, query: str) -> None:
        place, say = self._place, self._voice._call
        if place.stream:
            chunk = _task(query, f"Query {query}", done=self._states[query] != "runs")
            say("show progress", "chat_appendStream", channel=place.channel, ts=place.ts, chunks=[chunk])
            return
        text = "Looking it up: " + ", ".join(f"{name} ({state})" for name, state in self._states.items())
        blocks = draw.said_blocks(text)
        say("show progress", "chat_update", channel=place.channel, ts=place.ts, text=text, blocks=blocks)


def _task(name: str, title: str, *, done: bool) -> dict[str, str]:
    return {"type": "task_update", "id": name, "title": title, "status": "complete" if done else "in_progress"}
