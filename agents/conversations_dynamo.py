"""Conversations in DynamoDB, for where the disk goes with the session: in the state table, until their time is over.

Partition `talk#OWNER`. Sort keys: `x#SESSION#QUESTION` an exchange, `t#SESSION` what a session follows and looks like,
`l#LOOK` the session that looks like this, `b#SESSION` who answers its next question now. Sessions are named by hashes,
so that none is the beginning of another's name; ids of questions begin with the time and so come in order. Whose a
question is lies apart: (`asked#ID`, `whose`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from typing import Any

from agents.conversations import MOST_EXCHANGES, WAITS, ConversationError, Exchange, Whose, as_kept, owners
from policies.table import Table

_PARTITION = "talk#"
_ASKED = "asked#"
_LEASE = 45
"""Seconds after which a claim ends by which nobody said that it goes on: its process died."""


class DynamoConversations:
    """A `ConversationStore` in the table, through a botocore client of DynamoDB. Safe for threads and processes.

    `days`: after so many, DynamoDB removes an exchange by itself.
    """

    def __init__(self, client: Any, table: str, days: int, clock: Callable[[], float] = time.time) -> None:
        self._table, self._days, self._clock = Table(client, table, ConversationError), days, clock

    def latest(self, owned_by: str, session: str) -> tuple[Exchange, ...]:
        found: list[Exchange] = []
        seen: set[str] = set()
        name: str | None = _name(session)
        while name and name not in seen and len(seen) <= MOST_EXCHANGES and len(found) < MOST_EXCHANGES:
            seen.add(name)
            page = self._table.call(
                "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)", ConsistentRead=True,
                ExpressionAttributeValues={":pk": {"S": _PARTITION + owned_by}, ":sk": {"S": f"x#{name}#"}},
                ScanIndexForward=False, Limit=MOST_EXCHANGES - len(found),
            )  # fmt: skip
            found += [_exchange(item) for item in page["Items"] if not self._over(item)]
            name = self._thread(owned_by, name).get("before")
        return tuple(reversed(found))

    def keep(self, owned_by: str, session: str, question_id: str, exchange: Exchange) -> None:
        waits = {"ExpressionAttributeValues": {":waits": {"S": WAITS}}, "ExpressionAttributeNames": {"#said": "answer"}}
        self._table.held(
            "put_item", Item=self._item(owned_by, f"x#{_name(session)}#{question_id}", _texts(exchange)),
            ConditionExpression="attribute_not_exists(pk) OR #said = :waits", **waits,
        )  # fmt: skip

    def follow(self, owned_by: str, session: str, looks_like: str) -> None:
        before = self._get(owned_by, f"l#{looks_like}").get("session")
        # the look of a session changes as it goes on: only its latest is its own
        if before and self._thread(owned_by, before).get("looks_like") == looks_like:
            self._put(owned_by, f"t#{_name(session)}", {"before": before}, once=True)

    def looks_like(self, owned_by: str, session: str, looks_like: str) -> None:
        name = _name(session)
        self._table.call(
            "update_item", Key=_key(owned_by, f"t#{name}"), UpdateExpression="SET looks_like = :looks, #ttl = :ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":looks": {"S": looks_like}, ":ttl": {"N": str(self._until())}},
        )  # fmt: skip
        self._put(owned_by, f"l#{looks_like}", {"session": name}, once=False)

    def claim(self, owned_by: str, session: str, by: str) -> bool:
        until, now = {"N": str(int(self._clock()) + _LEASE)}, {":now": {"N": str(int(self._clock()))}}
        item = {**_key(owned_by, f"b#{_name(session)}"), "by": {"S": by}, "until": until, "ttl": until}
        return self._table.held(
            "put_item", Item=item, ConditionExpression="attribute_not_exists(pk) OR #until < :now",
            ExpressionAttributeNames={"#until": "until"}, ExpressionAttributeValues=now,
        )  # fmt: skip

    def renew(self, owned_by: str, session: str, by: str) -> None:
        self._table.held(
            "update_item", Key=_key(owned_by, f"b#{_name(session)}"), ConditionExpression="#by = :by",
            UpdateExpression="SET #until = :until, #ttl = :until",
            ExpressionAttributeNames={"#by": "by", "#until": "until", "#ttl": "ttl"},
            ExpressionAttributeValues={":by": {"S": by}, ":until": {"N": str(int(self._clock()) + _LEASE)}},
        )  # fmt: skip

    def release(self, owned_by: str, session: str, by: str) -> None:
        self._table.held(
            "delete_item", Key=_key(owned_by, f"b#{_name(session)}"), ConditionExpression="#by = :by",
            ExpressionAttributeNames={"#by": "by"}, ExpressionAttributeValues={":by": {"S": by}},
        )  # fmt: skip

    def asked(self, question_id: str, whose: Whose) -> None:
        item = {**_asked_key(question_id), "whose": {"S": whose.model_dump_json()}, "owner": {"S": whose.owned_by}}
        item["ttl"] = {"N": str(self._until())}
        self._table.held("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")

    def whose(self, question_id: str) -> Whose | None:
        item = self._table.call("get_item", Key=_asked_key(question_id), ConsistentRead=True).get("Item", {})
        return Whose.model_validate_json(item["whose"]["S"]) if item and not self._over(item) else None

    def erase(self, principal: str, questions: Collection[str], named: Callable[[str, str], bool]) -> int:
        whose = {_PARTITION + one for one in owners(principal)}
        talks = {
            "FilterExpression": "begins_with(pk, :pk)",
            "ExpressionAttributeValues": {":pk": {"S": _PARTITION}},
        }
        self._forget_asked(principal, questions)
        erased = 0
        for item in self._table.items("scan", **talks):
            owned, kind = item["pk"]["S"], item["sk"]["S"]
            is_exchange = kind.startswith("x#")
            gone = owned in whose
            if is_exchange and not gone:
                kept = _exchange(item)
                gone = kind.rpartition("#")[2] in questions or named(kept.question, kept.answer)
            if gone:
                self._table.call("delete_item", Key={"pk": item["pk"], "sk": item["sk"]})
                erased += is_exchange
        return erased

    def _forget_asked(self, principal: str, questions: Collection[str]) -> None:
        theirs = {
            "FilterExpression": "begins_with(pk, :pk) AND #owner IN (:plain, :verified)",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": {
                ":pk": {"S": _ASKED},
                **{f":{name}": {"S": one} for name, one in zip(("plain", "verified"), owners(principal), strict=True)},
            },
        }
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in self._table.items("scan", **theirs)]
        for key in [*keys, *map(_asked_key, questions)]:
            self._table.call("delete_item", Key=key)

    def _thread(self, owned_by: str, name: str) -> dict[str, str]:
        return self._get(owned_by, f"t#{name}")

    def _get(self, owned_by: str, what: str) -> dict[str, str]:
        item = self._table.call("get_item", Key=_key(owned_by, what), ConsistentRead=True).get("Item", {})
        return {} if self._over(item) else {name: held["S"] for name, held in item.items() if "S" in held}

    def _put(self, owned_by: str, what: str, texts: dict[str, str], *, once: bool) -> None:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if once else {}
        # what is there already stays
        self._table.held("put_item", Item=self._item(owned_by, what, texts), **condition)

    def _item(self, owned_by: str, what: str, texts: dict[str, str]) -> dict[str, Any]:
        texts_held = {name: {"S": text} for name, text in texts.items()}
        return {**_key(owned_by, what), **texts_held, "ttl": {"N": str(self._until())}}

    def _until(self) -> int:
        return int(self._clock()) + 86_400 * self._days

    def _over(self, item: dict[str, Any]) -> bool:
        """DynamoDB removes what is over some days later only; until then it is not there for us."""
        return bool(item) and int(item["ttl"]["N"]) <= self._clock()


def _name(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()[:32]


def _key(owned_by: str, what: str) -> dict[str, Any]:
    return {"pk": {"S": _PARTITION + owned_by}, "sk": {"S": what}}


def _asked_key(question_id: str) -> dict[str, Any]:
    return {"pk": {"S": _ASKED + question_id}, "sk": {"S": "whose"}}


def _exchange(item: dict[str, Any]) -> Exchange:
    return as_kept(item["sk"]["S"].rpartition("#")[2], item["question"]["S"], item["answer"]["S"])


def _texts(exchange: Exchange) -> dict[str, str]:
    return {"question": exchange.question, "answer": exchange.answer}
