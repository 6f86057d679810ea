"""The whole story of one question, from the ledger alone, in the order in which it happened."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from policies.audit.encoding import FORGOTTEN
from policies.audit.errors import NoSuchRecordError
from policies.audit.ledger import Ledger
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord


class StoryStep(BaseModel):
    """One record of the story. `time` is UTC nanoseconds, `body` as stored, `line` one plain sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    time: int
    type: str
    actor: str
    line: str
    hash: str
    body: dict[str, Any]


class Story(BaseModel):
    """All records of one question; `status` is None while it has no answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    text: str | None
    principal: str | None
    status: str | None
    first: int
    last: int
    steps: tuple[StoryStep, ...]


def story(ledger: Ledger | Reader, question: str) -> Story:
    """Every record of `question`. NoSuchRecordError when the ledger has none."""
    if isinstance(ledger, Ledger):
        ledger.flush()
        ledger = Reader(ledger.path, ledger.vault)
    found = list(ledger.of_question(question))
    if not found:
        raise NoSuchRecordError(
            f"The ledger {ledger.path} has no record of question {question!r}; see `regent audit search`."
        )
    asked = next((s for s in found if s.type == "question.asked"), None)
    done = next((s for s in reversed(found) if s.type == "answer.delivered"), None)
    return Story(
        question=question,
        text=getattr(asked.body, "text", None) if asked else None,
        principal=next((s.record.principal for s in found if s.record.principal), None),
        status=getattr(done.body, "status", None) if done else None,
        first=found[0].index,
        last=found[-1].index,
        steps=tuple(step(stored) for stored in found),
    )


def step(stored: StoredRecord) -> StoryStep:
    """One record as a step, with the sentence that it comes to."""
    body = stored.body.model_dump(mode="json")
    return StoryStep(
        index=stored.index,
        time=stored.time,
        type=stored.type,
        actor=stored.record.actor,
        line=sentence(stored.type, body),
        hash=stored.hash,
        body=body,
    )


WIDTH = 120
"""Longest line, in characters, for a record type without a sentence of its own."""

_UNREAD = "0" * 64
"""The hash in a record whose sealed members cannot be opened."""

SENTENCES = {
    "question.asked": 'asked through {channel} as {role}: "{text}"',
    "guard.assessed": "guard on the {place}: {outcome}{masks}",
    "specialist.started": "specialist {specialist} started on {model}",
    "model.called": "{specialist} called the model {model}: {input_tokens} tokens in, {output_tokens} out",
    "sight.resolved": "in sight: accounts {accounts}, regions {regions}, estate {source}",
    "gate.decided": "gate: {decision} {call}{by_policies}: {reason}",
    "limit.reached": "limit reached: {limit} ({value}), opens again {reset}",
    "query.called": "query {call} starts, as of {now}",
    "query.returned": "query {query} returned facts {found}, receipts {receipts} in {duration_ms:.0f} ms{lacks}",
    "query.failed": "query {query} failed: {error}: {message}",
    "grounding.checked": "grounding: {outcome}{faulty}",
    "answer.delivered": "answer delivered: {status}, figures {figures}, facts {facts}, receipts {receipts}",
    "switch.stopped": "{by} stopped {scope} {name}{person}: {reason}",
    "switch.resumed": "{by} resumed {scope} {name}{person}",
    "switch.refused": "{by} may not {wanted}: {why}",
    "approval.requested": "approval {approval} asked for {call} on accounts {accounts}, until {expires}{because}",
    "approval.decided": "approval {approval}: {decision} by {approver}{because}",
    "approval.refused": "approval {approval}: {by} may not {wanted}: {why}",
    "approval.consumed": "approval {approval} consumed, before anything runs",
    "approval.resumed": "approval {approval}: the run goes on, {outcome}",
    "approval.expired": "approval {approval} expired",
    "ledger.recovered": "ledger recovered: {cut_bytes} torn bytes cut from {segment} at {offset}",
    "query.more": "query {query}: more of what it found",
    "feedback.refused": "feedback on {answer} refused: {why}",
    "calls.refused": "{count} calls refused between {first} and {last}",
    "subject.forgotten": "a person was forgotten",
    "key.introduced": "new signing key {vkey}",
    "key.revoked": "signing key {vkey} revoked: {reason}",
    "evaluation.recorded": "evaluation {suite} on {model}: {counted} of {n} cases",
    "evidence.collected": "evidence {need} collected: items {items} of {population}, problems {problems}",
    "document.attested": "document {document} {version} attested, to be looked at again by {review_due}",
    "controls.evaluated": "controls evaluated, estate {source}: changes {changes}",
    "feedback.given": "feedback on {answer}: helpful {helpful}",
    "message.changed": "message {message}: {what}",
    "incident.opened": "incident {case} opened",
    "incident.updated": "incident {case} added to",
    "incident.closed": "incident {case} closed",
    "concern.opened": "concern {case} opened, {origin}",
    "concern.updated": "concern {case} added to",
    "concern.closed": "concern {case} closed: {outcome}",
    "release.opened": "release {case} opened: version {version}, change {change}",
    "release.updated": "release {case} added to",
    "release.closed": "release {case} closed: {outcome}",
    "note": "{name}",
}


def sentence(kind: str, body: dict[str, Any]) -> str:
    """One plain line for a record; a type without a sentence of its own is named with its fields."""
    template = SENTENCES.get(kind)
    if template is None:
        told = f"{kind} " + ", ".join(f"{key}={value}" for key, value in body.items())
        return told if len(told) <= WIDTH else f"{told[: WIDTH - 1]}…"
    counted: dict[str, Any] = {key: len(value) if isinstance(value, list) else value for key, value in body.items()}
    if body.get("reset", "") is None:  # nothing opens again by itself
        template = template.removesuffix(", opens again {reset}")
    return template.format(**counted, **_more(body)).rstrip(": ")


def _more(body: dict[str, Any]) -> dict[str, str]:
    """What a sentence says of several members at once, or only where there is something to say."""

    def each(member: str, before: str) -> str:
        held = body.get(member)
        return f"{before}{', '.join(map(str, held))}" if held and isinstance(held, list) else ""

    given = body.get("input") or {}
    unread = given == {"sealed": FORGOTTEN}
    inputs = FORGOTTEN if unread else ", ".join(f"{key}={value}" for key, value in given.items() if value is not None)
    facts = body.get("facts", [])
    return {
        "call": f"{body.get('query')}({inputs})",
        "by_policies": each("policies", " by "),
        "place": str(body.get("point", "")).replace("_", " "),
        "masks": each("masked", " ") + each("reasons", ": "),
        "faulty": each("faults", ": "),
        "found": FORGOTTEN if body.get("facts_sha256") == _UNREAD else str(len(facts)),
        "lacks": f"; {body['incomplete']}" if body.get("incomplete") else "",
        "because": f', because: "{body["reason"]}"' if body.get("reason") else "",
    }
