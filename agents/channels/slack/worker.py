"""Slack's worker: asks the house through its port what was queued, and says what came of it.

Nothing is said in Slack while asking but the message that shows progress: what is to be said is kept first, then said.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from agents.channels.delivering import tell_or_raise
from agents.channels.delivery import Delivery
from agents.channels.digests.bringing import kept_view
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
from agents.channels.port import Port, PortError, RefusedError, Speaker
from agents.channels.rendering import view
from agents.channels.slack import wording
from agents.channels.slack.blocks import receipts_text
from agents.channels.slack.events import bot_of, question_id
from agents.channels.slack.routing import Router, where
from agents.channels.slack.said import (
    SAID,
    Answered,
    Decided,
    Greeted,
    Nothing,
    Opened,
    Place,
    Said,
    Told,
)
from agents.channels.slack.speaking import SlackError, Voice
from agents.channels.slack.whose import author, presser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.answer import Answer
    from agents.channels.digests.composed import Composed
    from agents.channels.inbox import Answers
    from agents.channels.rendering import View
    from agents.channels.secrets import Secret
    from agents.settings import Disclosure
    from policies.controls.digests_kept import KeptDigests
    from policies.controls.outbox import Alert

CHANNEL = "slack"


def adapter(port: Port, secret: Secret, answers: Answers) -> SlackWorker:
    """What `lambda_worker` asks every channel for; settings come from the environment."""
    import os

    import boto3

    from agents.channels.heard_aws import HeardTable
    from agents.channels.slack.speaking import clients
    from agents.home import Home
    from agents.overseeing import open_digests
    from agents.settings import load_settings

    settings = load_settings()
    heard = HeardTable(boto3.client("dynamodb"), os.environ["REGENT_STATE_TABLE"], CHANNEL)
    voice = Voice(clients(secret, settings.slack.api_url), streaming=settings.slack.streaming)
    return SlackWorker(
        port, voice, answers, settings.disclosure,
        heard=heard, named=settings.slack.channels, alerts=settings.slack.alerts,
        digests=open_digests(Home.find(), settings),
    )  # fmt: skip


class SlackWorker:
    """Slack's `Adapter` and `Notifier`. `named` are the channels in which a mention is answered."""

    channel = CHANNEL

    def __init__(
        self,
        port: Port,
        voice: Voice,
        answers: Answers,
        disclosure: Disclosure,
        *,
        heard: Heard,
        named: Sequence[str] = (),
        alerts: Sequence[str] = (),
        digests: KeptDigests | None = None,
    ) -> None:
        self._port, self._voice, self._answers, self._disclosure = port, voice, answers, disclosure
        self._named, self._heard, self.places = frozenset(named), heard, tuple(alerts)
        self._digests = digests
        self._router = Router(self)

    # the adapter: ask, say, sorry

    def ask(self, delivery: Delivery) -> str:
        return SAID.dump_json(self._router.said(delivery)).decode()

    def say(self, delivery: Delivery, said: str) -> None:
        found = SAID.validate_json(said)
        match found:
            case Answered():
                body = json.loads(delivery.body)
                self._voice.answered(found, delivery.key, self._heard, author(body, body["event"]))
                if found.notice is not None:
                    self._ask_all(found.notice, found.user)
            case Decided():
                self._say_decided(found, delivery.key)
            case Told():
                self._voice.told(found)
            case Opened():
                self._voice.opened(found)
            case Greeted():
                self._voice.greeted(found)
            case Nothing():
                pass

    def sorry(self, delivery: Delivery) -> None:
        body = json.loads(delivery.body)
        event = body.get("event") or {}
        if event.get("channel") and event.get("user"):
            place = Place(channel=event["channel"], thread=event.get("thread_ts") or event.get("ts"))
            self._voice.told(Told(place=place, user=event["user"], text=wording.FAILED))
            begun = self._begun(body, event) if event.get("ts") else None
            if begun is not None:
                self._voice.drop(begun)  # nothing is looked up any more
        elif body["type"] != "event_callback":
            # whoever approved something must not believe that it was taken
            self._voice.told(Told(place=where(body), user=body["user"]["id"], text=wording.NOT_TAKEN))

    # the notifier: what is brought unasked

    def notify(self, alert: Alert, place: str) -> None:
        self._voice.alert(alert, place)

    def ask_approver(self, notice: ApprovalNotice, approver: str) -> str:
        value = json.dumps(
            {"approval": notice.approval, "asker": notice.asker_as, "session": notice.session, "within": notice.within}
        )
        return self._voice.ask_approver(notice, _user(approver), value).model_dump_json()

    def point(self, pointer: Pointer, approver: str) -> str:
        return self._voice.posted(_user(approver), pointer.text).model_dump_json()

    def settle(self, settled: Settled, approver: str, said: str) -> None:
        self._voice.settled(Place.model_validate_json(said), f"{settled.approval} {settled.words}.")

    def bring(self, settled: Settled, answer: Answer | None) -> None:
        assert settled.asker_as is not None  # or nobody would wait
        user = _user(settled.asker_as)
        if answer is None:
            self._voice.told(Told(place=Place(channel=user), user=user, text=f"{settled.approval} {settled.words}."))
            return
        self._voice.alone(user, view(answer, self._disclosure), answer_key(settled.approval))

    def _ask_all(self, notice: ApprovalNotice, user: str) -> None:
        """Ask each approver who has not heard of it. Whoever left Slack keeps nobody else from being asked."""
        away: SlackError | None = None
        reached = False
        for approver in notice.approvers:
            try:
                self._ask_once(notice, approver)
                reached = True
            except SlackError as error:
                if not error.for_good:
                    away = away or error
        if away is not None:
            raise away
        if not reached:
            self._voice.told(Told(place=Place(channel=user), user=user, text=wording.NOBODY))

    def pages(self, digest: Composed) -> int:
        return 1 + len(digest.parts)

    def digest(self, digest: Composed, page: int, place: str) -> None:
        if page == 0:
            self._voice.posted(place, digest.opening)
            return
        part = digest.parts[page - 1]
        if part.view is None:
            self._voice.posted(place, f"**{part.question}**\n{part.said}")
        else:
            self._voice.digested(place, part.question, part.view, f"{digest.key}/{page - 1}")

    def _ask_once(self, notice: ApprovalNotice, approver: str) -> None:
        ask = lambda: self.ask_approver(notice, approver)  # noqa: E731
        tell_or_raise(self._heard, approval_key(notice.approval), approver, ask)

    def _say_decided(self, found: Decided, key: str) -> None:
        asker, shown = found.asker, found.view
        if asker is not None and shown is not None:
            bring = lambda: self._voice.alone(_user(asker), shown, key)  # noqa: E731
            tell_or_raise(self._heard, answer_key(found.approval), asker, bring)
        self._voice.settled(found.place, found.text)

    # the listener: what Bolt routes here

    def message(self, body: dict[str, Any], event: dict[str, Any]) -> Said:
        """A person wrote, edited or deleted something."""
        if event.get("subtype") in ("message_changed", "message_deleted") or "edited" in event:
            return self._changed(body, event)
        if not event.get("user") or not event.get("text"):
            return Nothing()
        by = _speaker(body, event)
        place = Place(channel=event["channel"], thread=event.get("thread_ts") or event["ts"])
        if event.get("channel_type") != "im" and place.channel not in self._named:
            return Told(place=place, user=event["user"], text=wording.ELSEWHERE)
        text = wording.plain(event["text"], bot_of(body))
        if not text:
            return Told(place=place, user=event["user"], text=wording.EMPTY)
        begun = self._begun(body, event)
        if begun is None:
            begun = self._voice.begin(place.channel, place.thread or event["ts"], body["team_id"], event["user"])
            if begun.ts is not None:
                kept = begun.model_dump_json()
                self._heard.mark(begun_key(question_id(place.channel, event["ts"])), by.person, kept)
        try:
            answer = self._port.ask(by, text, self._voice.progress(begun))
        except RefusedError:
            self._voice.drop(begun)  # the sentence that says why is for the person alone
            raise
        return self._answered(by, begun, event["user"], answer)

    def _begun(self, body: dict[str, Any], event: dict[str, Any]) -> Place | None:
        """The message of an earlier try of this question, which died or will be tried again."""
        key = begun_key(question_id(event["channel"], event["ts"]))
        kept = self._heard.said(key, _speaker(body, event).person)
        return Place.model_validate_json(kept) if kept else None

    def _answered(self, by: Speaker, begun: Place, user: str, answer: Answer) -> Answered:
        shown = view(answer, self._disclosure)
        # after an answer about persons, what follows in that conversation may speak of them too
        private = shown.personal or self._heard.has("private", by.session)
        if private:
            self._heard.mark("private", by.session)
        notice = self._notice(by, answer) if answer.approval else None
        if notice is not None:  # they wait here, whoever decides it wherever
            self._heard.mark(asked_key(notice.approval), by.person, by.session)
        return Answered(place=begun, user=user, view=shown, private=private, notice=notice)

    def _notice(self, by: Speaker, answer: Answer) -> ApprovalNotice | None:
        """Who may approve what waits, and what it is, as the asker may see it."""
        assert answer.approval is not None
        found = next((one for one in self._port.waiting(by) if one.approval == answer.approval), None)
        if found is None:
            raise PortError(f"The house does not know of the approval {answer.approval}.")
        return ApprovalNotice(
            approval=found.approval, asker=found.asker, asker_as=by.person, session=by.session, query=found.query,
            input=found.input, accounts=found.accounts, reason=found.reason, expires=found.expires,
            approvers=tuple(self._port.approvers(by, answer.approval)), within=by.runtime_session,
        )  # fmt: skip

    def _changed(self, body: dict[str, Any], event: dict[str, Any]) -> Said:
        before = event.get("previous_message") or event
        edited = event.get("subtype") != "message_deleted"
        channel, ts = event["channel"], before["ts"]
        by = _speaker(body, {**before, "channel": channel})
        kept = self._kept(f"{CHANNEL}#{question_id(channel, ts)}")
        answer = kept.view.answer if isinstance(kept, Answered) else None
        self._port.note(by, f"{channel}/{ts}", "edited" if edited else "deleted", answer)
        return Nothing()

    def opened_thread(self, event: dict[str, Any]) -> Said:
        """Somebody opened a thread of the assistant."""
        thread = event["assistant_thread"]
        return Greeted(place=Place(channel=thread["channel_id"], thread=thread["thread_ts"]))

    def pressed(self, body: dict[str, Any], action: str, value: str) -> Said:
        """Somebody pressed a button."""
        match action:
            case "receipts":
                return self._receipts(body, value)
            case "approve" | "deny":
                return self._decide(body, action, value)
        return self._opinion(body, value)

    def _receipts(self, body: dict[str, Any], value: str) -> Said:
        """Somebody wants to see the AWS calls behind an answer. They are kept for a day."""
        user, place = body["user"]["id"], where(body)
        if value.startswith(answer_key("")):
            return self._receipts_of_decided(body, value.removeprefix(answer_key("")))
        if value.startswith("digest/"):
            return self._receipts_of_digest(body, value)
        kept = self._kept(value)
        if not isinstance(kept, Answered | Decided) or kept.view is None:
            return Told(place=place, user=user, text=wording.GONE)
        whose = kept.user if isinstance(kept, Answered) else _user(kept.asker or "")
        if user != whose:
            if not isinstance(kept, Answered) or kept.private or kept.place.channel.startswith("D"):
                return Told(place=place, user=user, text=wording.NOT_YOURS)
            self._port.waiting(_presser(body))  # RefusedError, on record, if the house does not know them
        instead = Told(place=place, user=user, text=receipts_text(kept.view))
        return Opened(trigger=body["trigger_id"], modal="receipts", view=kept.view, instead=instead)

    def _receipts_of_digest(self, body: dict[str, Any], key: str) -> Said:
        """Whoever the house knows may see those of a digest that they see."""
        self._port.waiting(_presser(body))  # RefusedError, on record, if it does not know them
        shown = kept_view(self._digests, key) if self._digests is not None else None
        gone = Told(place=where(body), user=body["user"]["id"], text=wording.GONE)
        if shown is None:
            return gone
        instead = gone.model_copy(update={"text": receipts_text(shown)})
        return Opened(trigger=body["trigger_id"], modal="receipts", view=shown, instead=instead)

    def _receipts_of_decided(self, body: dict[str, Any], approval: str) -> Said:
        """The house keeps that answer, for its asker alone."""
        by, user, place = _presser(body), body["user"]["id"], where(body)
        try:
            shown = view(self._port.resume(by, approval), self._disclosure)
        except RefusedError:
            return Told(place=place, user=user, text=wording.NOT_YOURS)
        instead = Told(place=place, user=user, text=receipts_text(shown))
        return Opened(trigger=body["trigger_id"], modal="receipts", view=shown, instead=instead)

    def _opinion(self, body: dict[str, Any], value: str) -> Said:
        """Somebody says whether an answer helped."""
        answer, _, helpful = value.partition(" ")
        self._port.feedback(_presser(body), answer, helpful == "yes")
        return self._comment(body, value)

    def _comment(self, body: dict[str, Any], context: str) -> Said:
        instead = Told(place=where(body), user=body["user"]["id"], text=wording.NO_COMMENT)
        held = json.dumps({"opinion": context, "session": _presser(body).session})
        return Opened(trigger=body["trigger_id"], modal="comment", context=held, instead=instead)

    def commented(self, body: dict[str, Any]) -> Said:
        """Somebody sent a comment."""
        held = json.loads(body["view"]["private_metadata"])
        answer, _, helpful = held["opinion"].partition(" ")
        words = body["view"]["state"]["values"]["comment"]["words"].get("value") or ""
        self._port.feedback(_presser(body, held["session"]), answer, helpful == "yes", words)
        return Nothing()

    def _decide(self, body: dict[str, Any], verdict: Literal["approve", "deny"], value: str) -> Said:
        """Take the decision; the answer goes to whoever asked, alone."""
        held = json.loads(value)
        approval, place = held["approval"], where(body)
        words = body.get("state", {}).get("values", {}).get("why", {}).get("words", {}).get("value") or ""
        asker: str | None = held["asker"]
        by = _presser(body).model_copy(update={"within": held.get("within")})
        there = Place(channel=place.channel, ts=place.ts).model_dump_json()
        if self._heard.said(approval_key(approval), by.person) == there:
            self._heard.mark(settled_key(approval), by.person)  # this says it in that very message
        try:
            made = self._port.decide(by, approval, verdict, words)
            text = f"{approval} of {made.asker} {made.words}. The question is now: {made.status}."
        except RefusedError as error:
            # somebody was faster, or we were, and could not bring the answer then
            text = str(error)
        shown = self._decided_answer(asker, held, approval) if asker else None
        return Decided(place=place, text=text, approval=approval, asker=asker if shown else None, view=shown)

    def _decided_answer(self, asker: str, held: Mapping[str, Any], approval: str) -> View | None:
        """The answer for the asker, once; None while there is none, or when they have it."""
        if self._heard.has(answer_key(approval), asker):
            return None
        try:
            by = Speaker(person=asker, channel=CHANNEL, session=held["session"], within=held.get("within"))
            answer = self._port.resume(by, approval)
        except RefusedError:
            return None
        if answer.approval is not None:  # it waits once more, for another call
            self._heard.mark(asked_key(answer.approval), asker, by.session)
        return view(answer, self._disclosure)

    def _kept(self, key: str) -> Said | None:
        found = self._answers.answer(key)
        return SAID.validate_json(found[1]) if found is not None and found[1] else None


def _user(known_as: str) -> str:
    """Slack's id of somebody, without that of their team."""
    return known_as.rpartition("/")[2]


def _speaker(body: dict[str, Any], event: dict[str, Any]) -> Speaker:
    """Who wrote it, where."""
    thread = event.get("thread_ts") or event["ts"]
    session = f"{CHANNEL}:{body['team_id']}:{event['channel']}:{thread}"
    return Speaker(person=author(body, event), channel=CHANNEL, session=session)


def _presser(body: dict[str, Any], session: str | None = None) -> Speaker:
    """Who pressed a button or sent a form."""
    if session is None:
        place = where(body)
        session = f"{CHANNEL}:{body['team']['id']}:{place.channel}:{place.thread}"
    return Speaker(person=presser(body), channel=CHANNEL, session=session)
