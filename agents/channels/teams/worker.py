"""The worker of Teams: asks the house for whoever spoke, and says what came of it where they may read it.

What a card's button says came through the person's own client and may be forged. So it only ever names things; who may
decide, see or go on with them, the house decides for the verified person who pressed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from agents.channels.delivering import tell_or_raise
from agents.channels.delivery import Delivery
from agents.channels.heard import Heard
from agents.channels.notice import (
    ApprovalNotice,
    Pointer,
    Settled,
    answer_key,
    approval_key,
    asked_key,
    begun_key,
    settled_key,
)
from agents.channels.port import RefusedError, Speaker, runtime_session
from agents.channels.rendering import View, view
from agents.channels.teams.activity import Came
from agents.channels.teams.cards import alert_card, answer_card, approval_card, inert, note_card, waiting_card
from agents.channels.teams.parts import Part, Place, TeamsError, from_text, to_text
from agents.channels.teams.settings import GUID
from agents.channels.teams.showing import Showing
from agents.would_run import in_words, one_line

if TYPE_CHECKING:
    from agents.acting import Waiting
    from agents.answer import Answer
    from agents.channels.digests.composed import Composed
    from agents.channels.inbox import Answers
    from agents.channels.port import Port
    from agents.channels.secrets import Secret
    from agents.channels.teams.speaking import Speaking
    from agents.settings import Disclosure
    from policies.controls.outbox import Alert

log = structlog.get_logger()
CHANNEL = "teams"
WELCOME = (
    "I answer questions about cost, security and operations of your AWS accounts. Every figure names the AWS call it "
    "comes from. Ask, for instance: What did we spend last month? Say “approvals” to see what waits for you."
)
_ELSEWHERE = "The answer holds data about persons, so it is in your personal chat with me, not here."
_SORRY = "I could not answer this, and nobody tries it again by itself. Please ask once more, or ask a person."
_MOST_TEXT = 6000


class TeamsWorker:
    """An `Adapter` and a `Notifier`. Safe for threads.

    `heard` says who was asked to approve what, so that nobody is asked twice; `alerts` are conversations, or persons
    by Entra object id.
    """

    channel = CHANNEL

    def __init__(
        self, port: Port, speaking: Speaking, disclosure: Disclosure, *, heard: Heard, alerts: Sequence[str] = ()
    ) -> None:
        self._port, self._speaking, self._disclosure = port, speaking, disclosure
        self._heard, self.places = heard, tuple(alerts)

    def notify(self, alert: Alert, place: str) -> None:
        there = self._place(place)
        self._speaking.say(Part(place=there, text="", card=alert_card(alert), summary=f"Alert: {alert.control}"))

    def ask_approver(self, notice: ApprovalNotice, approver: str) -> str:
        facts = _facts(notice.query, notice.input, notice.accounts, notice.reason, notice.expires, notice.asker)
        title = f"{notice.asker} asks for approval"
        named = {"approval": notice.approval, "asker": notice.asker_as or "", "within": notice.within or ""}
        card = approval_card(named, title, facts, self._disclosure.contact)
        return self._speaking.say(Part(place=self._of(approver), text="", card=card, summary=title))

    def point(self, pointer: Pointer, approver: str) -> str:
        return self._speaking.say(Part(place=self._of(approver), text=inert(pointer.text)))

    def settle(self, settled: Settled, approver: str, said: str) -> None:
        card = note_card("Nothing to decide any more", f"It {settled.words}.")
        self._speaking.say(Part(place=self._of(approver), text="", card=card, replaces=said))

    def bring(self, settled: Settled, answer: Answer | None) -> None:
        assert settled.asker_as is not None  # or nobody would wait
        if answer is None:
            self._speaking.say(Part(place=self._of(settled.asker_as), text=inert(f"It {settled.words}.")))
            return
        self._speaking.say(self._answer(view(answer, self._disclosure), self._of(settled.asker_as)))

    def pages(self, digest: Composed) -> int:
        return 1 + len(digest.parts)

    def digest(self, digest: Composed, page: int, place: str) -> None:
        there = self._place(place)
        if page == 0:
            text = inert(digest.opening).replace("\n", "\n\n").replace("\n\n- ", "\n- ")
            self._speaking.say(Part(place=there, text=text, summary=digest.heading))
            return
        part = digest.parts[page - 1]
        above = f"**{inert(part.question)}**\n\n"
        if part.view is None:
            self._speaking.say(Part(place=there, text=f"{above}{inert(part.said)}"))
            return
        answer = self._answer(part.view, there)
        self._speaking.say(answer.model_copy(update={"text": f"{above}{answer.text}"}))

    def _of(self, known_as: str) -> Place:
        """The personal chat with somebody, as alerts reach it."""
        return Place(service=self._speaking.service, person=known_as.rpartition("/")[2])

    def _place(self, named: str) -> Place:
        """A place as settings name it: a person by Entra object id, or a conversation."""
        person = named if re.fullmatch(GUID, named) else None
        return Place(service=self._speaking.service, person=person, conversation=None if person else named)

    def close(self) -> None:
        """Stop speaking; for whoever did not open the voice as a context."""
        self._speaking.__exit__()

    def ask(self, delivery: Delivery) -> str:
        came = Came.from_text(delivery.body)
        try:
            return to_text(self._answered(delivery, came))
        except RefusedError as error:
            if came.kind in ("edited", "deleted"):
                return to_text([])  # the refusal is on record; nobody asked for anything
            # the sentence says why, and asking again would change nothing
            return to_text([self._here(came, str(error), self._begun(delivery, came))])

    def say(self, delivery: Delivery, said: str) -> None:
        came = Came.from_text(delivery.body)
        parts = from_text(said)
        for number, part in enumerate(parts):
            # one that fails is tried again, and those before it are not said twice for that
            once = f"part/{delivery.key}/{number}" if len(parts) > 1 else None
            if once and self._heard.has(once, came.known_as):
                continue
            try:
                self._bring(part)
            except TeamsError as error:
                if part.place.person is None or error.status not in (400, 403, 404):
                    raise
                # no personal chat with them: what is meant for one person is said nowhere else
                log.warning("a person could not be reached in Teams", status=error.status)
                self._speaking.say(self._here(came, _unreachable(part.place.person == came.person)))
            if once:
                self._heard.mark(once, came.known_as)

    def sorry(self, delivery: Delivery) -> None:
        came = Came.from_text(delivery.body)
        if came.kind in ("said", "pressed"):
            self._speaking.say(self._here(came, _SORRY, self._begun(delivery, came)))

    def _bring(self, part: Part) -> None:
        if part.once is None:
            self._speaking.say(part)
        else:
            tell_or_raise(self._heard, part.once, part.heard_by, lambda: self._speaking.say(part))

    def _answered(self, delivery: Delivery, came: Came) -> list[Part]:
        by = Speaker(person=came.known_as, channel=CHANNEL, session=came.session)
        match came.kind:
            case "said" if came.text.lower() == "approvals":
                return self._waiting(came, by)
            case "said":
                return self._asked(delivery, came, by)
            case "pressed":
                return self._pressed(came, by)
            case "edited" | "deleted":
                self._port.note(by, came.id, came.kind, self._heard.said(_question_key(came), by.person))
                return []
            case "joined":
                return [self._here(came, WELCOME)]

    def _asked(self, delivery: Delivery, came: Came, by: Speaker) -> list[Part]:
        keep = partial(self._heard.mark, begun_key(delivery.key), by.person)
        shown = Showing(self._speaking, came, self._begun(delivery, came), keep)
        try:
            answer = self._port.ask(by, came.text, shown)
            self._heard.mark(_question_key(came), by.person, answer.id)
        finally:
            begun = shown.close()
        return self._parts(answer, came, by, begun)

    def _begun(self, delivery: Delivery, came: Came) -> str | None:
        """The message of an earlier try, which died or will be tried again."""
        return self._heard.said(begun_key(delivery.key), came.known_as)

    def _parts(self, answer: Answer, came: Came, by: Speaker, begun: str | None) -> list[Part]:
        seen = view(answer, self._disclosure)
        if not came.personal and self._private(seen, by):
            parts = [self._here(came, _ELSEWHERE, begun), self._answer(seen, self._person(came, by.person))]
        else:
            parts = [self._answer(seen, Place(service=came.service, conversation=came.conversation), came, begun)]
        if seen.status == "needs_approval" and seen.approval is not None:
            parts += self._for_approvers(seen.approval, came, by)
        return parts

    def _private(self, seen: View, by: Speaker) -> bool:
        """Whether others must not read it. After an answer about persons, what follows may speak of them too."""
        if seen.personal:
            self._heard.mark("private", by.session)
        return seen.personal or self._heard.has("private", by.session)

    def _answer(self, seen: View, place: Place, came: Came | None = None, begun: str | None = None) -> Part:
        stream = begun if came is not None and came.personal else None
        return Part(
            place=place,
            text=_shortened(inert(seen.text)),
            card=answer_card(seen),
            summary=seen.title,
            written_by_ai=True,
            stream=stream,
            replaces=begun if stream is None else None,
        )

    def _for_approvers(self, approval: str, came: Came, by: Speaker) -> list[Part]:
        self._heard.mark(asked_key(approval), by.person, by.session)  # they wait here, whoever decides it wherever
        known = next((one for one in self._port.waiting(by) if one.approval == approval), None)
        approvers = self._port.approvers(by, approval)
        if known is None or not approvers:
            nobody = "Nobody who may approve this is known in Teams; ask an administrator to add them."
            return [self._here(came, nobody)]
        facts = _facts(known.query, known.input, known.accounts, known.reason, known.expires, known.asker)
        title = f"{known.asker} asks for approval"
        named = {"approval": approval, "asker": by.person, "within": by.runtime_session}
        card = approval_card(named, title, facts, self._disclosure.contact)
        return [
            Part(
                place=self._person(came, one),
                text="",
                card=card,
                summary=title,
                once=approval_key(approval),
                heard_by=one,
            )
            for one in approvers
        ]

    def _pressed(self, came: Came, by: Speaker) -> list[Part]:
        verb, data = came.button
        approval, answer = str(data.get("approval", "")), str(data.get("answer", ""))
        match verb:
            case "feedback":
                comment = str(data.get("comment") or "")
                self._port.feedback(by, answer, data.get("helpful") is True, comment)
                return []
            case "decide" if data.get("verdict") in ("approve", "deny"):
                verdict = "approve" if data["verdict"] == "approve" else "deny"
                return self._decided(came, by, approval, verdict, data)
            case "resume":
                return self._parts(self._port.resume(by, approval), came, by, None)
            case _:
                return [self._here(came, "This button is not known here any more; ask once more.")]

    def _decided(self, came: Came, by: Speaker, approval: str, verdict: Any, data: Mapping[str, Any]) -> list[Part]:
        reason = str(data.get("reason") or "")
        try:
            decided = self._port.decide(by.model_copy(update={"within": _within(data)}), approval, verdict, reason)
        except RefusedError as error:
            # somebody was faster, or this very press was, and the worker died before it could bring the answer
            return [self._here(came, str(error)), *self._for_asker(came, approval, data)]
        if came.card and self._heard.said(approval_key(approval), by.person) == came.card:
            self._heard.mark(settled_key(approval), by.person)  # this says it in that very card
        done = {"approve": ("Approved", "Good"), "deny": ("Denied", "Attention")}[verdict]
        facts = [("Asked by", decided.asker), ("Reason", reason), ("Now", f"It {decided.words}")]
        card = note_card(done[0], "Your decision is on record.", [one for one in facts if one[1]], done[1])
        place = Place(service=came.service, conversation=came.conversation)
        told = Part(place=place, text="", card=card, summary=done[0], replaces=came.card or None)
        return [told, *self._for_asker(came, approval, data)]

    def _for_asker(self, came: Came, approval: str, data: Mapping[str, Any]) -> list[Part]:
        """The answer of a decided question, once. Whoever the card names only gets it if the house agrees that it is
        theirs, and in their own chat only.
        """
        asker, once = str(data.get("asker") or ""), answer_key(approval)
        if not asker.startswith(f"teams:{came.tenant}/") or self._heard.has(once, asker):
            return []
        session = f"teams:{came.tenant}:approval:{approval}"
        theirs = Speaker(person=asker, channel=CHANNEL, session=session, within=_within(data))
        try:
            answer = self._port.resume(theirs, approval)
        except RefusedError:
            log.warning("the answer did not go to the asker whom the card names")
            return []
        if answer.approval is not None:  # it waits once more, for another call
            self._heard.mark(asked_key(answer.approval), asker, theirs.session)
        part = self._answer(view(answer, self._disclosure), self._person(came, asker))
        return [part.model_copy(update={"once": once, "heard_by": asker})]

    def _waiting(self, came: Came, by: Speaker) -> list[Part]:
        place = Place(service=came.service, conversation=came.conversation)
        if not came.personal:
            return [self._here(came, "What waits for you is shown in your personal chat with me; ask me there.")]
        parts = []
        for one in self._port.waiting(by):
            title, facts = _told(one)
            if one.mine:
                card = waiting_card(one.approval, title, facts, decided=one.state != "pending")
            elif one.state == "pending":
                named = {"approval": one.approval, "asker": "", "within": ""}
                card = approval_card(named, title, facts, self._disclosure.contact)
            else:
                continue
            parts.append(Part(place=place, text="", card=card, summary=title))
        return parts or [self._here(came, "Nothing waits for you.")]

    def _here(self, came: Came, text: str, begun: str | None = None) -> Part:
        place = Place(service=came.service, conversation=came.conversation)
        stream = begun if came.personal else None
        return Part(place=place, text=inert(text), stream=stream, replaces=begun if stream is None else None)

    def _person(self, came: Came, known_as: str) -> Place:
        return Place(service=came.service, person=known_as.rpartition("/")[2])


def _question_key(came: Came) -> str:
    """Under which it is kept what a message became, for the day on which it is edited or deleted."""
    return f"question/{came.conversation}/{came.id}"


def _within(data: Mapping[str, Any]) -> str | None:
    """The runtime session that a card names, if it can be one. It says where to ask, and nothing about who may."""
    return runtime_session(str(data.get("within") or ""))


def _told(one: Waiting) -> tuple[str, list[tuple[str, str]]]:
    """An approval in words: exactly what would run."""
    facts = _facts(one.query, one.input, one.accounts, one.reason, one.expires, one.asker)
    if one.mine:
        return "You asked, and a second person decides", [("State", f"It {one.words}"), *facts]
    return f"{one.asker} asks for approval", facts


def _facts(
    query: str, given: Mapping[str, Any], accounts: Sequence[str], reason: str, expires: datetime, asker: str
) -> list[tuple[str, str]]:
    facts = [
        ("Asked by", asker),
        ("Why, in the asker's words", one_line(reason)),
        ("What would be looked at", in_words(query, given, len(accounts))),
        ("Accounts", ", ".join(accounts)),
        ("Until", f"{expires:%Y-%m-%d %H:%M} UTC"),
    ]
    return [(name, value) for name, value in facts if value]


def adapter(port: Port, secret: Secret, answers: Answers | None = None) -> TeamsWorker:
    """What `lambda_worker` asks every channel for: the secret is `{"client_secret": "…"}`, the rest are settings."""
    import os

    import boto3

    from agents.channels.heard_aws import HeardTable
    from agents.channels.teams.speaking import Speaking
    from agents.settings import load_settings

    settings = load_settings()
    found = secret().get("client_secret")
    if not isinstance(found, str) or not found:
        raise TeamsError('The secret of the channel teams does not look like {"client_secret": "…"}.')
    speaking = Speaking(settings.teams, found).__enter__()  # for as long as the process lives
    heard = HeardTable(boto3.client("dynamodb"), os.environ["REGENT_STATE_TABLE"], CHANNEL)
    return TeamsWorker(port, speaking, settings.disclosure, heard=heard, alerts=settings.teams.alerts_to)


def _unreachable(self_: bool) -> str:
    if self_:
        return "I cannot write to you in a personal chat. Add the app for yourself, and ask once more."
    return "One person who may approve this cannot be reached in Teams: the app is not installed for them."


def _shortened(text: str) -> str:
    if len(text) <= _MOST_TEXT:
        return text
    return f"{text[:_MOST_TEXT]} …\n\n(The rest is longer than a message may be; `regent` shows all of it.)"
