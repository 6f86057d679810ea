"""Acting: what a verified caller may do besides asking. Decide, go on, see what waits, say whether an answer helped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from agents.answer import Answer, Question
from agents.approving import decide, may, visible
from agents.conversations import Whose, owner
from agents.identifying import Who, answer_call, refuse_call
from agents.local import as_now
from agents.resuming import run_of, tries_on_record
from agents.settings import Settings
from policies.access import Principal, UnknownPrincipalError, names_of, people
from policies.access.errors import NotVerifiedError
from policies.access.principal import SHIPPED
from policies.audit import Record
from policies.audit.bodies import FeedbackGiven, FeedbackRefused, MessageChanged
from policies.guardrails import for_the_record
from policies.oversight import ApprovalError, NotInChargeError
from policies.oversight.asked import Asked
from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.desk import Desk, Progress
    from policies.access.identity import Call
    from policies.oversight import History
    from policies.oversight.asked import AskedStore

log = structlog.get_logger()
DIGEST = "digest"
"""The channel of questions that a digest asks."""
ApprovalId = Annotated[str, Field(pattern=r"^a-[0-9a-f]{16}$")]
AnswerId = Annotated[str, Field(pattern=r"^q-[0-9a-f]{1,20}-[0-9a-f]{6}$")]
MessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:;/=+-]{1,256}$")]
"""Ids stay in the ledger in clear for good, so none may be words: those are sealed, and can be erased."""
Words = Annotated[str, Field(max_length=2000)]


class FeedbackError(RegentError):
    """Feedback on an answer that is not theirs to judge, or not known; it is on record."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decision(_Frozen):
    """A second person's decision on a call that waits."""

    approval: ApprovalId
    verdict: Literal["approve", "deny"]
    reason: Words = ""


class Opinion(_Frozen):
    """Whether an answer helped, and why."""

    answer: AnswerId
    helpful: bool
    comment: Words = ""


class Change(_Frozen):
    """A message that was taken as a question was changed afterwards; `message` is the channel's own id of it."""

    message: MessageId
    what: Literal["edited", "deleted"]
    answer: AnswerId | None = None


class Resume(_Frozen):
    """Go on with a question whose approval was decided, or give its answer again; `results` as for a question."""

    resume: ApprovalId
    results: bool = False


class Decide(_Frozen):
    """Decide what waits for a second person."""

    decide: Decision


class Approvals(_Frozen):
    """What waits for the caller: what they asked, and what they may approve."""

    approvals: Literal["mine"]


class Approvers(_Frozen):
    """Who may approve what the caller asked, as the caller's channel knows them."""

    approvers: ApprovalId


class Feedback(_Frozen):
    """Say whether an answer helped."""

    feedback: Opinion


class Note(_Frozen):
    """Put on record that a message was changed. It changes nothing."""

    note: Change


Action = Decide | Approvals | Approvers | Feedback | Note


class Waiting(_Frozen):
    """One approval, as somebody who may see it sees it: exactly what would run, for whom, why, and what was decided.

    Times are UTC.
    """

    approval: str
    state: str
    words: str
    asker: str
    question: str
    query: str
    input: dict[str, Any]
    accounts: tuple[str, ...]
    reason: str
    requested: datetime
    expires: datetime
    mine: bool
    """Whether it is the caller's own question."""
    # a runtime that was pinned to an older version does not say these
    call_sha256: str | None = None
    """What the approval is bound to: the hash of exactly this call."""
    decision: Literal["approve", "deny"] | None = None
    approver: str | None = None
    decided: datetime | None = None
    because: str | None = None
    """The approver's reason."""


class Decided(_Frozen):
    """What a decision came to; the answer itself is the asker's alone."""

    approval: str
    state: str
    words: str
    asker: str
    status: str
    """The status of the question's answer, which went on at once."""


@dataclass(frozen=True, slots=True)
class House:
    """The desk behind a door: who calls is verified first, and whoever is not known is refused, on record."""

    desk: Desk
    who: Who
    settings: Settings
    asked: AskedStore | None = None
    """Where channels in other processes learn of what waits; None: they look in this house's own database."""

    def ask(self, question: Question, call: Call, progress: Progress = lambda event: None) -> Answer:
        """Answer a question. PrincipalsError when the principals file cannot be used."""
        question = question.model_copy(update={"undecidable": self._undecidable})
        return self._told(answer_call(self.desk, self.who, question, call, progress), call)

    def resume(self, resume: Resume, call: Call, progress: Progress = lambda event: None) -> Answer:
        """Go on with a question of the caller's, or give its answer again.

        Raises:
            NotVerifiedError, UnknownPrincipalError: nobody known calls; it is on record.
            NotInChargeError, ApprovalError, StoppedError: see `Desk.resume`.
        """
        principal, _ = self._caller(resume, call)
        return self._told(self.desk.resume(resume.resume, principal, progress), call)

    def act(self, action: Action, call: Call) -> dict[str, Any]:
        """Do what the caller wants, as the JSON object that goes back.

        Raises:
            NotVerifiedError, UnknownPrincipalError: nobody known calls; it is on record.
            NotInChargeError, FeedbackError, ApprovalError, StoppedError: they may not, or it cannot be done; the
                sentence says why.
        """
        by, channel = self._caller(action, call)
        match action:
            case Decide():
                return self._decide(action.decide, by, call).model_dump(mode="json")
            case Approvals():
                found = visible(self.desk, by, self._now)
                return {"approvals": [waiting(known, by).model_dump(mode="json") for known in found]}
            case Approvers():
                return {"approvers": list(self._approvers(action.approvers, by, channel))}
            case Feedback():
                return {"record": self._feedback(action.feedback, by, channel, call.session)}
            case Note():
                return {"record": self._note(action.note, by, channel, call.session)}

    def _feedback(self, said: Opinion, by: Principal, channel: str, session: str) -> int:
        """The record of it, of whoever asked, or reads the answer in the conversation where it was given."""
        whose = self.desk.conversations.whose(said.answer)
        if whose is None or not _reads(whose, by, session):
            why: Literal["unknown", "not_theirs"] = "unknown" if whose is None else "not_theirs"
            self._record(by, FeedbackRefused(answer=said.answer, channel=channel, why=why))
            # one sentence for both: an id tells nobody whether somebody else asked something
            raise FeedbackError(
                f"No answer {said.answer} is known here to be yours or of this conversation, so nothing was noted."
            )
        comment = for_the_record(said.comment) if said.comment else ""
        body = FeedbackGiven(answer=said.answer, helpful=said.helpful, channel=channel, comment=comment)
        return self._record(by, body)

    def _note(self, change: Change, by: Principal, channel: str, session: str) -> int:
        """The record of it. Only a channel knows of messages; what others call one may be any words about anybody."""
        whose = self.desk.conversations.whose(change.answer) if change.answer else None
        if by.assurance != "envelope" or (whose is not None and not _reads(whose, by, session)):
            raise NotInChargeError("Only the channel that a message of yours came through can say that it was changed.")
        body = MessageChanged(message=change.message, what=change.what, channel=channel, answer=change.answer)
        return self._record(by, body)

    def _caller(self, wanted: BaseModel, call: Call) -> tuple[Principal, str]:
        try:
            principal, channel = self.who.of(call)
        except (NotVerifiedError, UnknownPrincipalError) as error:
            # what was wanted is small and was validated: it is what the record of the refusal says was asked
            refuse_call(self.desk, Question(text=wanted.model_dump_json(), channel="invoke"), error)
            raise
        return principal, channel or "invoke"

    def _told(self, answer: Answer, call: Call) -> Answer:
        """The answer, after channels were told if it waits for a second person."""
        waits = answer.approval if answer.status == "needs_approval" else None
        if waits is not None and self.asked is not None and not self._undecidable:
            self._tell_channels(self.asked, waits, call)
        return answer

    @property
    def _undecidable(self) -> bool:
        """Whether each session has its own ledger here, and no address at which to decide: then nobody is asked to."""
        return self.asked is not None and self.settings.serve_protocol != "http"

    def _decide(self, made: Decision, by: Principal, call: Call) -> Decided:
        known, asker = decide(self.desk, made.approval, by, made.verdict, made.reason, self._now)
        decided = known.decided_at
        if decided is not None:
            self._say_to_channels(lambda asked: asked.settle(known.approval, known.outcome, decided))
        answer = self._told(self.desk.resume(made.approval, asker), call)
        self._say_to_channels(lambda asked: asked.went_on(known.approval))
        return Decided(
            approval=known.approval, state=known.state, words=known.words, asker=known.asker, status=answer.status
        )

    def _say_to_channels(self, say: Callable[[AskedStore], None]) -> None:
        """The decision is on record already: it must not fail because a table cannot be written."""
        try:
            if self.asked is not None:
                say(self.asked)
        except ApprovalError as error:
            log.error("channels do not hear of a decision", error=str(error))

    def _approvers(self, approval: str, by: Principal, channel: str) -> tuple[str, ...]:
        with tries_on_record(self.desk, approval, by, "see"):
            known = self.desk.oversight.approvals.history(approval)
            if known.asker != by.id:
                raise NotInChargeError("Only the asker may see who can approve it.")
        return self.able(known, by, channel)

    def able(self, known: History, asker: Principal, channel: str) -> tuple[str, ...]:
        """Who may decide this approval of `asker`, as the channel knows them."""
        return tuple(one for one in self._able(known, asker, f"{channel}:"))

    def _able(self, known: History, asker: Principal, prefix: str) -> Iterator[str]:
        for person, known_as in people(self.settings.principals or SHIPPED, "envelope"):
            here = [one for one in known_as if one.startswith(prefix)]
            if here and person.id != asker.id and may(self.desk, known.call, person, asker).allowed:
                yield from here

    def _tell_channels(self, asked: AskedStore, approval: str, call: Call) -> None:
        """Let channels in other processes know that this waits here."""
        try:
            approvals = self.desk.oversight.approvals
            known, asker = approvals.history(approval), self._now(run_of(approvals, approval).asker)
            asked.add(
                Asked(
                    approval=approval,
                    query=known.call.query,
                    session=call.session,
                    envelopes=self.settings.identity.envelopes is not None,
                    asker=names_of(asker.id, self.settings.principals or SHIPPED),
                    approvers=tuple(self._able(known, asker, "")),
                    expires=known.expires,
                )
            )
        except (ApprovalError, UnknownPrincipalError) as error:
            # it waits all the same, and whoever asked was told so
            log.error("channels do not hear of what waits", approval=approval, error=str(error))

    def _record(self, by: Principal, body: FeedbackGiven | FeedbackRefused | MessageChanged) -> int:
        return self.desk.ledger.append(Record(actor="person", body=body, principal=by.id))

    def _now(self, before: Principal) -> Principal:
        return as_now(self.settings, before)


def _reads(whose: Whose, by: Principal, session: str) -> bool:
    """Whether an answer is theirs, or was brought to where a channel vouches that they are.

    Only channels vouch for a conversation; who has a token can name any. Digests are brought to channels.
    """
    if whose.owned_by == owner(by):
        return True
    here = whose.session is not None and whose.session == session
    return by.assurance == "envelope" and (here or whose.channel == DIGEST)


def waiting(known: History, to: Principal) -> Waiting:
    """An approval as `to`, who may see it, sees it."""
    made = known.decision
    return Waiting(
        approval=known.approval,
        state=known.state,
        words=known.words,
        asker=known.asker,
        question=known.question,
        query=known.call.query,
        input=dict(known.call.input),
        accounts=tuple(known.call.accounts),
        reason=known.call.reason,
        requested=known.requested_at,
        expires=known.expires,
        mine=known.asker == to.id,
        call_sha256=known.call.call_sha256,
        decision=made.decision if made else None,
        approver=made.approver if made else None,
        decided=known.decided_at,
        because=made.reason if made else None,
    )
