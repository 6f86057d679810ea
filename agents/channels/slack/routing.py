"""Routing: Bolt finds who in the worker answers one of Slack's payloads.

The front verified the signature, so Bolt need not. With whose token we speak is said explicitly (`authorize`): without
it, Bolt would take one from wherever it finds it. Bolt itself says nothing in Slack; `Voice` does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.port import RefusedError
from agents.channels.slack.events import bot_of
from agents.channels.slack.said import Nothing, Place, Said, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App
    from slack_bolt.authorization import AuthorizeResult

_HELD_ELSEWHERE = "held elsewhere"


class Listener(Protocol):
    """Who answers. Each may raise RefusedError, whose sentence is for the person, and others, to be tried again."""

    def message(self, body: dict[str, Any], event: dict[str, Any]) -> Said:
        """A person wrote, edited or deleted something."""

    def opened_thread(self, event: dict[str, Any]) -> Said:
        """Somebody opened a thread of the assistant."""

    def pressed(self, body: dict[str, Any], action: str, value: str) -> Said:
        """Somebody pressed a button."""

    def commented(self, body: dict[str, Any]) -> Said:
        """Somebody sent the form for a comment."""


class Router:
    """Brings deliveries to a listener. Safe for threads."""

    def __init__(self, listener: Listener) -> None:
        self._app = _app(listener)

    def said(self, delivery: Delivery) -> Said:
        """What is to be said to a delivery. Raises what the listener raises, but for refusals, which are said."""
        from slack_bolt import BoltRequest

        body = json.loads(delivery.body)
        request = BoltRequest(body=body, mode="socket_mode", context={"bot": bot_of(body)})
        response = self._app.dispatch(request)
        said: Said | None = request.context.get("said")
        if said is None:
            raise ChannelError(f"Slack: nothing here answers such a delivery (Bolt says {response.status}).")
        return said


def where(body: dict[str, Any]) -> Place:
    """The message with the button."""
    container = body.get("container") or {}
    ts = container.get("message_ts")
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or ts
    return Place(channel=container.get("channel_id") or body["user"]["id"], thread=thread, ts=ts)


def _app(listener: Listener) -> App:
    """Bolt with our listeners."""
    from slack_bolt import App

    app = App(
        name="regent", signing_secret=_HELD_ELSEWHERE, authorize=_authorize, process_before_response=True,
        request_verification_enabled=False, ssl_check_enabled=False, url_verification_enabled=False,
        token_verification_enabled=False,
    )  # fmt: skip

    def heard(body: dict[str, Any], event: dict[str, Any], context: dict[str, Any]) -> None:
        place = Place(channel=event.get("channel", ""), thread=event.get("thread_ts") or event.get("ts"))
        context["said"] = _or_told(lambda: listener.message(body, event), place, event.get("user"))

    def opened(event: dict[str, Any], context: dict[str, Any]) -> None:
        context["said"] = listener.opened_thread(event)

    def pressed(ack: Ack, body: dict[str, Any], action: dict[str, Any], context: dict[str, Any]) -> None:
        ack()  # the front answered Slack; without it Bolt logs that nobody listens
        name, value = action["action_id"], str(action.get("value", ""))
        context["said"] = _or_told(lambda: listener.pressed(body, name, value), where(body), body["user"]["id"])

    def sent(ack: Ack, body: dict[str, Any], context: dict[str, Any]) -> None:
        ack()
        context["said"] = _or_told(lambda: listener.commented(body), where(body), body["user"]["id"])

    def failed(error: Exception) -> None:
        raise error  # whoever took the delivery up decides what becomes of it

    app.event("app_mention")(heard)
    app.event("message")(heard)  # of every kind: Bolt says 404 to a message that nothing listens to
    app.event("assistant_thread_started")(opened)
    for action in ("receipts", "approve", "deny", "feedback", "helpful", "unhelpful"):
        app.action(action)(pressed)
    app.view("comment")(sent)
    app.error(failed)
    return app


def _or_told(doing: Callable[[], Said], place: Place, user: str | None) -> Said:
    """What comes of it; whom the house refuses hears why."""
    try:
        return doing()
    except RefusedError as error:
        return Told(place=place, user=user, text=str(error)) if user and place.channel else Nothing()


def _authorize(team_id: str | None, enterprise_id: str | None, context: dict[str, Any]) -> AuthorizeResult:
    """With whose token we speak. Bolt itself says nothing here: `Voice` does, with the token it has."""
    from slack_bolt.authorization import AuthorizeResult

    return AuthorizeResult(
        enterprise_id=enterprise_id, team_id=team_id, bot_token=_HELD_ELSEWHERE, bot_user_id=context["bot"]
    )
