"""The webhook's front: systems of the house ask for their people, each request signed with the system's own secret.

    POST /webhook               {"id": "…", "person": "…", "prompt": "…", "session": "…"}, or "resume": "APPROVAL" for
                                "prompt": go on with what a second person decided
    GET  /webhook/answers/ID    the answer, for the system that asked

A request carries `X-Regent-Client`, `X-Regent-Timestamp` (Unix seconds) and `X-Regent-Signature`: `v1=` and the hex
HMAC-SHA256 of `v1:TIMESTAMP:METHOD:PATH:` followed by the body. It is good for five minutes. What comes with the same
`id` again is the same question and runs once, so that a captured request can be sent again without any effect.

The secret is a JSON object, `{"clients": {"portal": {"secrets": ["…"], "callback": "https://…"}}}`. A client may have
two secrets while they are being changed. A client speaks for people who are known as `webhook:CLIENT/PERSON` alone.

Standard library only.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.front import Arrived, Reply
from agents.channels.inbox import Answers, Taken
from agents.channels.secrets import Secret

CHANNEL = "webhook"
PATH, ANSWERS = "/webhook", "/webhook/answers/"
WINDOW_SECONDS = 300
CLIENT, TIMESTAMP, SIGNATURE = "x-regent-client", "x-regent-timestamp", "x-regent-signature"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")
_LONE = re.compile("[\ud800-\udfff]")  # JSON can say it, UTF-8 cannot
_APPROVAL = re.compile(r"a-[0-9a-f]{16}")
_TIME = re.compile(r"[0-9]{10}")
_MOST = {"prompt": 16_000, "session": 256, "reason": 2_000}
"""Characters of texts; a session may have any."""
FAILED = "The question could not be answered; a person has been told. Ask again with another id."
_NOBODY = {"secrets": ["no secret of anybody"]}
_REFUSED = Reply(401, {"error": "The signature, its time or the client is not accepted."})


def signature(secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """The value of `X-Regent-Signature`; callers and we make it the same way, for requests and for callbacks."""
    stated = f"v1:{timestamp}:{method}:{path}:".encode("utf-8", "backslashreplace") + body
    return f"v1={hmac.digest(secret.encode(), stated, 'sha256').hex()}"


def gatekeeper(secret: Secret, answers: Answers) -> WebhookFront:
    """What `lambda_front` asks every channel for."""
    return WebhookFront(secret, answers)


class WebhookFront:
    """The webhook's `Gatekeeper`."""

    def __init__(self, secret: Secret, answers: Answers) -> None:
        self._secret, self._answers = secret, answers

    def admit(self, arrived: Arrived) -> Delivery | Reply:
        client = self._client(arrived)
        if client is None:
            return _REFUSED
        if arrived.method == "GET" and arrived.path.startswith(ANSWERS):
            return self._answer(client, arrived.path.removeprefix(ANSWERS))
        if arrived.method != "POST" or arrived.path != PATH:
            return Reply(404, {"error": f"There are POST {PATH} and GET {ANSWERS}ID here."})
        return _delivery(client, arrived)

    def accepted(self, delivery: Delivery, taken: Taken) -> Reply:
        name = delivery.id.partition("/")[2]
        if taken == "other":
            return Reply(409, {"error": f"Another question was asked with the id {name}; give each its own."})
        status = "queued" if taken == "new" else "duplicate"
        return Reply(202, {"id": name, "status": status, "answer": f"{ANSWERS}{name}"})

    def _client(self, arrived: Arrived) -> str | None:
        """Who signed this very request within the last minutes; None for anything else."""
        name, timestamp = arrived.headers.get(CLIENT, ""), arrived.headers.get(TIMESTAMP, "")
        given = arrived.headers.get(SIGNATURE, "")
        known = clients(self._secret())
        # somebody unknown costs as much time as somebody known
        secrets = known.get(name, _NOBODY)["secrets"]
        good = False
        for one in secrets:
            made = signature(one, timestamp, arrived.method, arrived.path, arrived.body)
            good |= hmac.compare_digest(made.encode(), given.encode("utf-8", "backslashreplace"))
        if name not in known or not good or not _TIME.fullmatch(timestamp):
            return None
        return name if abs(arrived.now - int(timestamp)) <= WINDOW_SECONDS else None

    def _answer(self, client: str, name: str) -> Reply:
        found = self._answers.answer(f"{CHANNEL}#{client}/{name}")
        if found is None:
            return Reply(404, {"error": f"Nothing is known of a question {name[:128]!r} of {client}."})
        state, said = found
        if state in ("answered", "done"):
            # what was kept names its own status if it is no answer: `waiting` or `refused`
            return Reply(200, {"id": name, "status": "answered", **json.loads(said)})
        if state == "failed":
            return Reply(200, {"id": name, "status": "failed", "error": FAILED})
        return Reply(202, {"id": name, "status": "running" if state == "running" else "queued"})


def clients(secret: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The clients in the channel's secret, by name.

    Raises:
        ChannelError: the secret has another shape; not a word of it is said.
    """
    found = secret.get("clients")
    fits = isinstance(found, dict) and all(_fits(name, one) for name, one in found.items())
    if not fits:
        raise ChannelError('The secret of the webhook does not look like {"clients": {"NAME": {"secrets": ["…"]}}}.')
    assert isinstance(found, dict)
    return found


def _fits(name: str, one: Any) -> bool:
    if not isinstance(one, dict) or not _NAME.fullmatch(name) or set(one) - {"secrets", "callback"}:
        return False
    secrets, callback = one.get("secrets"), one.get("callback")
    strong = isinstance(secrets, list) and secrets and all(isinstance(s, str) and len(s) >= 32 for s in secrets)
    return bool(strong) and (callback is None or (isinstance(callback, str) and callback.startswith("https://")))


def _delivery(client: str, arrived: Arrived) -> Delivery | Reply:
    try:
        asked = json.loads(arrived.body)
    except (ValueError, RecursionError):
        asked = None
    wrong = _what_is_wrong(asked)
    if wrong:
        return Reply(400, {"error": wrong})
    session = asked.get("session") or asked["id"]
    body = {"client": client, **{key: asked[key] for key in sorted(asked)}, "session": session}
    return Delivery(
        channel=CHANNEL,
        id=f"{client}/{asked['id']}",
        group=f"{client}/{asked['person']}/{session}",
        body=json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        at=int(arrived.now),
        by=f"{client}/{asked['person']}",
    )


def _what_is_wrong(asked: Any) -> str | None:
    fits = 'expected {"id", "person", "prompt" or "resume"}, and if wanted "session" and "reason"'
    if not isinstance(asked, dict):
        return f"The body is not a JSON object; {fits}."
    unknown = set(asked) - {"id", "person", "prompt", "resume", "session", "reason"}
    if unknown:
        return f"The body has a member that is not known; {fits}."
    for name in ("id", "person"):
        if not isinstance(asked.get(name), str) or not _NAME.fullmatch(asked[name]):
            return f"The member {name} must be 1 to 128 letters, digits or any of . _ @ + -"
    if ("prompt" in asked) == ("resume" in asked):
        return f"The body must have a prompt or a resume; {fits}."
    if "resume" in asked and not (isinstance(asked["resume"], str) and _APPROVAL.fullmatch(asked["resume"])):
        return "The member resume must be the id of an approval, as an answer that waits for one has it (a-…)."
    for name, most in _MOST.items():
        if name in asked and not (isinstance(asked[name], str) and asked[name].strip() and len(asked[name]) <= most):
            return f"The member {name} must be a text of 1 to {most} characters."
        if _LONE.search(asked.get(name, "")):
            return f"The member {name} has half of a surrogate pair; send whole characters."
    return None
