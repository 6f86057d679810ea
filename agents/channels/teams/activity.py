"""Activities: what Teams brings, reduced to what is used. Standard library only: the front imports this.

What is not used is not queued, so that a second delivery of the same thing is equal, and so that nothing of a person
lies in a queue that nobody needs there.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["said", "pressed", "edited", "deleted", "joined"]
MOST_ID = 512
"""Characters of an id; longer ones are none of Teams'."""
_HALF = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can say and nothing can write: a client that cuts a text may cut an emoji."""
_MENTION = re.compile(r"<at\b[^>]*>.*?</at>", re.DOTALL | re.IGNORECASE)


class Came(NamedTuple):
    """One thing that a person did in Teams."""

    kind: Kind
    id: str
    """Of the activity: of a message within its conversation."""
    tenant: str
    person: str
    """Entra object id; Teams' own id when there is none (then nobody knows them)."""
    user: str
    """Teams' own id of the person, `29:…`."""
    bot: str
    conversation: str
    personal: bool
    """Whether only this person is in the conversation."""
    service: str
    """The service address, as the token states it."""
    text: str = ""
    value: str = ""
    """What a button of a card says, as JSON."""
    card: str = ""
    """Id of the message that the card was in."""
    sent: str = ""
    """When Teams says that a message was edited, as it says so."""

    @property
    def known_as(self) -> str:
        """How the principals file names the person."""
        return f"teams:{self.tenant}/{self.person}"

    @property
    def session(self) -> str:
        """The conversation as a session of Regent's."""
        return f"teams:{self.tenant}:{self.conversation}"

    @property
    def button(self) -> tuple[str, dict[str, Any]]:
        """Verb and data of a pressed button; what was filled in on the card is among the data."""
        found = json.loads(self.value or "{}")
        action = _mapping(_mapping(found).get("action", found))
        return str(action.get("verb", "")), dict(_mapping(action.get("data")))

    @property
    def name(self) -> str:
        """The name under which it is taken once. Ids of messages are unique within a conversation only."""
        parts = [self.kind, self.conversation, self.id]
        if self.kind == "edited":
            # the same message may be edited several times, always under the same id, and back to what it was
            parts += [self.sent, hashlib.sha256(self.text.encode()).hexdigest()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def to_text(self) -> str:
        """As a delivery carries it."""
        return json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Came:
        """What `to_text` wrote."""
        return cls(**json.loads(text))


class Shapeless(ValueError):  # noqa: N818 - it is what it is called
    """An activity lacks what every activity has."""


def tenants(activity: Mapping[str, Any]) -> set[str]:
    """Every tenant that an activity names."""
    named = [
        _mapping(activity.get("conversation")).get("tenantId"),
        _mapping(_mapping(activity.get("channelData")).get("tenant")).get("id"),
    ]
    return {str(one).lower() for one in named if one}


def read(activity: Mapping[str, Any], tenant: str, service: str) -> Came | None:
    """What a person did, or None for what needs no answer: typing, reactions, other people talking to each other.

    Raises:
        Shapeless: it is no activity.
    """
    kind = _kind(activity)
    if kind is None:
        return None
    sender, recipient = _mapping(activity.get("from")), _mapping(activity.get("recipient"))
    conversation = _mapping(activity.get("conversation"))
    ids = (activity.get("id"), sender.get("id"), recipient.get("id"), conversation.get("id"))
    if not all(map(_is_id, ids)) or not (sender.get("aadObjectId") is None or _is_id(sender["aadObjectId"])):
        raise Shapeless("an id is missing, or is none")
    if sender.get("role") == "bot" or str(sender["id"]).startswith("28:"):
        return None
    personal = conversation.get("conversationType") == "personal"
    if kind == "said" and not personal and not _mentioned(activity, str(recipient["id"])):
        return None
    value = activity.get("value")
    if kind == "said" and isinstance(value, Mapping) and value:
        kind = "pressed"  # a client that sends what its button says as a message
    if kind == "said" and not _words(activity):
        return None
    return Came(
        kind=kind,
        id=str(activity["id"]),
        tenant=tenant,
        person=str(sender.get("aadObjectId") or sender["id"]).lower(),
        user=str(sender["id"]),
        bot=str(recipient["id"]),
        conversation=str(conversation["id"]),
        personal=personal,
        service=service,
        text=_words(activity) if kind in ("said", "edited") else "",
        value=json.dumps(value, sort_keys=True) if kind == "pressed" else "",
        card=_HALF.sub("?", str(activity.get("replyToId") or "")) if kind == "pressed" else "",
        sent=_HALF.sub("?", str(activity.get("timestamp") or ""))[:MOST_ID] if kind == "edited" else "",
    )


def _kind(activity: Mapping[str, Any]) -> Kind | None:
    kind, name = activity.get("type"), activity.get("name")
    if kind == "installationUpdate" and activity.get("action") in ("add", "add-upgrade"):
        return "joined"
    if kind == "invoke":
        return "pressed" if name == "adaptiveCard/action" else None
    found: dict[str, Kind] = {"message": "said", "messageUpdate": "edited", "messageDelete": "deleted"}
    return found.get(str(kind))


def _is_id(found: Any) -> bool:
    return isinstance(found, str) and 0 < len(found) <= MOST_ID and not _HALF.search(found)


def _mentioned(activity: Mapping[str, Any], bot: str) -> bool:
    entities = activity.get("entities")
    for entity in entities if isinstance(entities, list) else []:
        found = _mapping(entity)
        if found.get("type") == "mention" and _mapping(found.get("mentioned")).get("id") == bot:
            return True
    return False


def _words(activity: Mapping[str, Any]) -> str:
    text = activity.get("text")
    plain = _HALF.sub("?", html.unescape(_MENTION.sub(" ", text))) if isinstance(text, str) else ""
    return " ".join(plain.replace("\xa0", " ").split())


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}
