"""Slack's front: what Slack signed within the last five minutes is taken once and queued; all else is 401.

`POST /slack/events` brings events, `POST /slack/actions` buttons and forms. Nothing in a request is looked at, and no
header but the two of the signature is read, before the signature holds. Standard library only.
"""

from __future__ import annotations

import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qs

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.front import Arrived, Reply
from agents.channels.inbox import Answers, Taken
from agents.channels.secrets import Secret
from agents.channels.slack.events import delivery_of

EVENTS, ACTIONS = "/slack/events", "/slack/actions"
WINDOW_SECONDS = 300
TIMESTAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
_TIME = re.compile(r"[0-9]{10}")
_REFUSED = Reply(401, {"error": "The signature or its time is not accepted."})
_TAKEN = Reply(200)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Slack-Signature` for a body."""
    stated = f"v0:{timestamp}:".encode() + body
    return f"v0={hmac.digest(secret.encode(), stated, 'sha256').hex()}"


def gatekeeper(secret: Secret, answers: Answers) -> SlackFront:
    """What `lambda_front` asks every channel for."""
    return SlackFront(secret)


class SlackFront:
    """Slack's `Gatekeeper`. The secret is `{"signing_secret": "…", "bot_token": "…"}`; only the first is read here."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def admit(self, arrived: Arrived) -> Delivery | Reply:
        if not self._genuine(arrived):
            return _REFUSED
        if arrived.method != "POST" or arrived.path not in (EVENTS, ACTIONS):
            return Reply(404, {"error": f"There are POST {EVENTS} and POST {ACTIONS} here."})
        payload = _payload(arrived)
        if payload is None:
            return Reply(400, {"error": "The body is not what Slack sends."})
        if payload.get("type") == "url_verification":
            return Reply(200, {"challenge": str(payload.get("challenge", ""))[:200]})
        # what needs no answer is taken and forgotten: an error would make Slack send it again
        return delivery_of(payload, int(arrived.now)) or _TAKEN

    def accepted(self, delivery: Delivery, taken: Taken) -> Reply:
        # Slack gives a place or an id once: what differs under it is the same thing told otherwise, as when a message
        # is a mention too. An error would make Slack send it again, and stop sending after many.
        return _TAKEN

    def _genuine(self, arrived: Arrived) -> bool:
        """Whether Slack signed this very body within the last minutes."""
        timestamp, given = arrived.headers.get(TIMESTAMP, ""), arrived.headers.get(SIGNATURE, "")
        secret = self._secret().get("signing_secret")
        if not isinstance(secret, str) or len(secret) < 16:
            raise ChannelError('The secret of Slack has no usable "signing_secret".')
        if not _TIME.fullmatch(timestamp) or not timestamp.isascii():
            return False
        good = hmac.compare_digest(
            signature(secret, timestamp, arrived.body).encode(), given.encode("utf-8", "backslashreplace")
        )
        return good and abs(arrived.now - int(timestamp)) <= WINDOW_SECONDS


def _payload(arrived: Arrived) -> dict[str, Any] | None:
    """The JSON object in a body, which buttons bring in a form; None if there is none."""
    try:
        text = arrived.body.decode()
        if arrived.path == ACTIONS:
            [text] = parse_qs(text, max_num_fields=5)["payload"]
        found = json.loads(text)
    except (ValueError, KeyError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
