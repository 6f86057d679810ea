"""The manifest of the Slack app, made from what the code listens to and calls; and why it asks for each scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.channels.slack.blocks import PROMPTS
from agents.channels.slack.gatekeeper import ACTIONS, EVENTS

if TYPE_CHECKING:
    from agents.channels.slack.settings import SlackSettings

SCOPES = {
    "app_mentions:read": "hears messages that mention it, in channels that it was invited to, and no others there",
    "assistant:write": "suggests questions where people open it as an assistant",
    "chat:write": "writes its answers, in threads and direct messages, and edits and deletes only its own messages",
    "files:write": "uploads the picture of a chart",
    "im:history": "hears what people write to it directly, and when they edit or delete that",
}
"""The least it can work with, and what for."""
HISTORY_SCOPES = {
    "channels:history": "hears when a question in a public channel is edited or deleted, to put that on record",
    "groups:history": "the same in private channels that it was invited to",
}
"""Only with `slack.channel_history`: Slack has no smaller scope, so it then hears every message there."""


def scopes(settings: SlackSettings) -> dict[str, str]:
    """The scopes that the app asks for, each with what for."""
    return SCOPES | (HISTORY_SCOPES if settings.channel_history else {})


def manifest(settings: SlackSettings, url: str) -> dict[str, Any]:
    """The app's manifest; `url` is the address at which Slack reaches the front."""
    events = ["app_mention", "assistant_thread_started", "message.im"]
    if settings.channel_history:
        events += ["message.channels", "message.groups"]
    address = url.rstrip("/")
    return {
        "display_information": {
            "name": settings.name,
            "description": "Answers about the AWS estate. Every figure has a receipt.",
            "long_description": (
                "Ask about cost, security and operations of the AWS accounts that you may see. Answers are written by "
                "an AI system from read-only queries; every figure has a receipt, every step passes a policy and is on "
                "record. It answers in direct messages and in the channels that your platform team named."
            ),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "assistant_view": {
                "assistant_description": "Cost, security and operations of the AWS estate, with receipts.",
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "bot_user": {"display_name": settings.name, "always_online": True},
        },
        "oauth_config": {"scopes": {"bot": sorted(scopes(settings))}},
        "settings": {
            "event_subscriptions": {"request_url": address + EVENTS, "bot_events": sorted(events)},
            "interactivity": {"is_enabled": True, "request_url": address + ACTIONS},
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip
