"""Which of Slack's payloads need work, and under which name and in which conversation each is queued.

A message that asks is named by its place (channel and time stamp, which Slack gives once), everything else by Slack's
`event_id` or `trigger_id`. So whatever Slack sends again, for whatever reason, is the same delivery. Standard library
only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agents.channels.delivery import Delivery

CHANNEL = "slack"
_ASKING = (None, "file_share", "thread_broadcast")
_CHANGES = ("message_changed", "message_deleted")
_DROPPED = ("token", "response_url", "response_urls", "authed_users", "event_context")
"""Capabilities, and what a worker has no use for."""


def delivery_of(payload: Mapping[str, Any], at: int) -> Delivery | None:
    """The delivery in a genuine payload; None if it needs no work."""
    kind = payload.get("type")
    if kind == "event_callback":
        return _event(payload, at)
    if kind in ("block_actions", "view_submission"):
        return _action(payload, at)
    return None


def question_id(channel: str, ts: str) -> str:
    """The name under which the message at this place is delivered."""
    return f"message/{channel}/{ts}"


def bot_of(payload: Mapping[str, Any]) -> str:
    """The app's own user id in the workspace that the event is for."""
    found = payload.get("authorizations")
    first = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    return text_in(first, "user_id")


def _event(payload: Mapping[str, Any], at: int) -> Delivery | None:
    event = payload.get("event")
    if not isinstance(event, dict) or not text_in(payload, "event_id"):
        return None
    kind, channel = event.get("type"), text_in(event, "channel")
    name = text_in(payload, "event_id")
    thread = text_in(event, "thread_ts") or text_in(event, "ts")
    if kind == "assistant_thread_started":
        opened = event.get("assistant_thread")
        if not isinstance(opened, dict):
            return None
        channel, thread = text_in(opened, "channel_id"), text_in(opened, "thread_ts")
    elif kind == "message" and event.get("subtype") in _CHANGES:
        thread = _changed(event, bot_of(payload))
    elif _asks(event):
        # edited into a mention, it is no new question: it is a change of the one that is there
        name = name if "edited" in event else question_id(channel, text_in(event, "ts"))
    else:
        return None
    if not channel or not thread:
        return None
    team, user = text_in(payload, "team_id"), text_in(event, "user")
    return _delivery(name, f"{team}/{channel}/{thread}", payload, at, f"{team}/{user}" if user else "")


def _asks(event: Mapping[str, Any]) -> bool:
    """Whether a person says something to the app: directly, or by its name in a channel."""
    if event.get("bot_id") or not text_in(event, "user") or not text_in(event, "text").strip():
        return False
    if event.get("type") == "app_mention":
        return True
    return event.get("type") == "message" and event.get("channel_type") == "im" and event.get("subtype") in _ASKING


def _changed(event: Mapping[str, Any], bot: str) -> str:
    """The thread of a person's message that was edited or deleted; an empty text if that is nothing to us.

    Our own messages are edited all the time, and Slack edits messages of others to add previews.
    """
    before, now = event.get("previous_message"), event.get("message")
    if not isinstance(before, dict) or before.get("bot_id") or not text_in(before, "user"):
        return ""
    if event["subtype"] == "message_changed" and isinstance(now, dict) and now.get("text") == before.get("text"):
        return ""
    direct = event.get("channel_type") == "im"
    if not direct and not (bot and f"<@{bot}>" in text_in(before, "text")):
        return ""
    return text_in(before, "thread_ts") or text_in(before, "ts")


def _action(payload: Mapping[str, Any], at: int) -> Delivery | None:
    trigger, user = text_in(payload, "trigger_id"), payload.get("user")
    if not trigger or not isinstance(user, dict) or not text_in(user, "id"):
        return None
    if payload["type"] == "block_actions" and not _pressed(payload):
        return None
    # each in a lane of its own: a button must not wait for a question that is being answered
    return _delivery(f"action/{trigger}", f"action/{trigger}", payload, at)


def _pressed(payload: Mapping[str, Any]) -> bool:
    actions = payload.get("actions")
    return isinstance(actions, list) and bool(actions) and all(isinstance(one, dict) for one in actions)


def _delivery(name: str, group: str, payload: Mapping[str, Any], at: int, by: str = "") -> Delivery:
    kept = {key: value for key, value in payload.items() if key not in _DROPPED}
    if name.startswith("message/"):  # the same message under two events is one question
        kept = {key: value for key, value in kept.items() if key not in ("event_id", "event_time")}
    if isinstance(kept.get("message"), dict):
        # the message that the button is on: its text is known, and may be about persons
        kept["message"] = {key: kept["message"][key] for key in ("ts", "thread_ts") if key in kept["message"]}
    body = json.dumps(kept, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return Delivery(channel=CHANNEL, id=name, group=group, body=body, at=at, by=by)


def text_in(found: Mapping[str, Any], name: str) -> str:
    """The text under this name in what Slack sent; empty when there is none."""
    value = found.get(name)
    return value if isinstance(value, str) else ""
