"""The port: what a channel asks of the house, for a person whom the channel's own verified event names.

Each call is one payload of `/invocations` with a principal envelope over it, so that the house verifies the person
again and the way in is the same whether the desk is in this process, behind AgentCore, or behind `regent serve`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.channels.delivery import ChannelError
from policies.access.envelope import Signer, seal
from policies.access.identity import ENVELOPE_HEADER
from policies.access.principal import KnownAs

if TYPE_CHECKING:
    from agents.acting import Decided, Waiting
    from agents.answer import Answer

_SESSION = r"[A-Za-z0-9_-]{33,256}"
Told = TypeVar("Told", bound=BaseModel)
_PLAIN = re.compile(r"[A-Za-z0-9._:;/=+-]{1,256}")
Progress = Callable[[Mapping[str, Any]], None]
"""Told what happens while queries run: `event`, and where it is known `query`, `domains`, `milliseconds`."""
Transport = Callable[[dict[str, Any], dict[str, str], str, Progress], dict[str, Any]]
"""Brings payload and headers of a session to the house; the object that comes back. PortError when it does not."""


class PortError(ChannelError):
    """The house could not be asked; nothing is known to have happened, and it may be tried again."""


class RefusedError(ChannelError):
    """The house refuses; the sentence is for the person, and trying again changes nothing."""


class StillWaitsError(RefusedError):
    """Nobody has decided yet: trying again later may change something."""


class Speaker(BaseModel):
    """Who spoke, where. `session` names the conversation in the channel's own way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: KnownAs
    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    session: Annotated[str, Field(min_length=1, max_length=1024)]
    within: Annotated[str, Field(pattern=f"^{_SESSION}$")] | None = None
    """The runtime session in which something waits that they speak about, if it is another one."""

    @property
    def runtime_session(self) -> str:
        """The conversation as AgentCore names it: 64 characters that say nothing about where or who."""
        if self.within is not None:
            return self.within
        return hashlib.sha256(f"{self.channel}\n{self.session}".encode()).hexdigest()


def runtime_session(named: str) -> str | None:
    """A runtime session as somebody else named it, if it can be one."""
    return named if re.fullmatch(_SESSION, named) else None


class Port(Protocol):
    """What a channel asks of the house. Blocking, safe for threads; each may raise PortError or RefusedError."""

    def ask(
        self, by: Speaker, text: str, progress: Progress = lambda event: None, *, reason: str | None = None
    ) -> Answer:
        """Ask a question; the answer has the query results, for tables."""

    def resume(self, by: Speaker, approval: str, progress: Progress = lambda event: None) -> Answer:
        """Go on with a question of theirs whose approval was decided, or give its answer again."""

    def decide(self, by: Speaker, approval: str, verdict: Literal["approve", "deny"], reason: str = "") -> Decided:
        """Decide what waits for a second person; the question then goes on as its asker."""

    def waiting(self, by: Speaker) -> tuple[Waiting, ...]:
        """What they asked and what they may approve."""

    def approvers(self, by: Speaker, approval: str) -> tuple[str, ...]:
        """Who of this channel may decide what they asked."""

    def feedback(self, by: Speaker, answer: str, helpful: bool, comment: str = "") -> None:
        """Put on record whether an answer helped."""

    def note(self, by: Speaker, message: str, what: Literal["edited", "deleted"], answer: str | None = None) -> None:
        """Put on record that a message was changed; it changes nothing."""


class CallingPort:
    """A `Port` through a transport; `audience` is the runtime's name in envelopes."""

    def __init__(self, transport: Transport, signer: Signer, audience: str) -> None:
        self._transport, self._signer, self._audience = transport, signer, audience

    def ask(
        self, by: Speaker, text: str, progress: Progress = lambda event: None, *, reason: str | None = None
    ) -> Answer:
        payload: dict[str, Any] = {"prompt": _writable(text), "results": True, "stream": True}
        if reason is not None:
            payload["reason"] = _writable(reason)
        return _answer(self._call(by, payload, progress))

    def resume(self, by: Speaker, approval: str, progress: Progress = lambda event: None) -> Answer:
        return _answer(self._call(by, {"resume": approval, "results": True}, progress))

    def decide(self, by: Speaker, approval: str, verdict: Literal["approve", "deny"], reason: str = "") -> Decided:
        from agents.acting import Decided

        made = {"approval": approval, "verdict": verdict, "reason": _writable(reason)}
        return _read(Decided, self._call(by, {"decide": made}))

    def waiting(self, by: Speaker) -> tuple[Waiting, ...]:
        from agents.acting import Waiting

        found = self._call(by, {"approvals": "mine"}).get("approvals")
        return tuple(_read(Waiting, one) for one in found or ())

    def approvers(self, by: Speaker, approval: str) -> tuple[str, ...]:
        return tuple(self._call(by, {"approvers": approval}).get("approvers") or ())

    def feedback(self, by: Speaker, answer: str, helpful: bool, comment: str = "") -> None:
        self._call(by, {"feedback": {"answer": answer, "helpful": helpful, "comment": _writable(comment)}})

    def note(self, by: Speaker, message: str, what: Literal["edited", "deleted"], answer: str | None = None) -> None:
        if not _PLAIN.fullmatch(message):  # an id that would be no id to the house is told by its hash
            message = f"sha256:{hashlib.sha256(message.encode('utf-8', 'replace')).hexdigest()}"
        self._call(by, {"note": {"message": message, "what": what, "answer": answer}})

    def _call(self, by: Speaker, payload: dict[str, Any], progress: Progress = lambda event: None) -> dict[str, Any]:
        session = by.runtime_session
        envelope = seal(
            self._signer,
            audience=self._audience,
            person=by.person,
            channel=by.channel,
            session=session,
            payload=payload,
        )
        told = self._transport(payload, {ENVELOPE_HEADER: envelope}, session, progress)
        if "refused" in told:
            raise (StillWaitsError if told.get("waits") is True else RefusedError)(str(told["refused"]))
        if "error" in told:
            raise PortError(str(told["error"]))
        return told


def _writable(given: str) -> str:
    """Halves of characters, which JSON can bring and nothing can write, are shown as what they are: unreadable."""
    return given.encode("utf-8", "replace").decode()


def _answer(told: dict[str, Any]) -> Answer:
    from agents.answer import Answer

    try:
        return Answer.from_json(told)
    except (ValueError, KeyError, TypeError) as error:
        raise PortError("What came back from the house is no answer.") from error


def _read(shape: type[Told], told: object) -> Told:
    try:
        return shape.model_validate(told)
    except ValidationError as error:
        raise PortError("What came back from the house is not what was asked for.") from error
