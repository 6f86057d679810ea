"""What persons in charge leave: the house stopped and resumed, calls approved, denied, consumed and gone on with.

The record's principal is whose question it is; whoever else acts is a `Named` field, so that forgetting one of the two
erases that one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from policies.audit.bodies.base import Body, Json, Named, Personal, PersonalWhenMarked, Sha256

ScopeKind = Literal["all", "domain", "query", "principal"]


class SwitchStopped(Body):
    """Somebody stopped the house or a part of it; `name` is the domain or query, `person` the principal."""

    type: ClassVar[str] = "switch.stopped"
    scope: ScopeKind
    name: str = ""
    person: Annotated[str, Named] = ""
    reason: Annotated[str, Personal]
    by: Annotated[str, Named]


class SwitchResumed(Body):
    """A stop of the same scope was lifted."""

    type: ClassVar[str] = "switch.resumed"
    scope: ScopeKind
    name: str = ""
    person: Annotated[str, Named] = ""
    by: Annotated[str, Named]


class SwitchRefused(Body):
    """Somebody who may not tried to stop or resume."""

    type: ClassVar[str] = "switch.refused"
    wanted: Literal["stop", "resume"]
    scope: ScopeKind
    by: Annotated[str, Named]
    why: str


class ApprovalRequested(Body):
    """A call waits for a second person until `expires` (ISO time); `reason` is why the asker wants to know.

    Without a reason of its own that is the question, with those before it in the conversation, which it may follow up.
    """

    type: ClassVar[str] = "approval.requested"
    approval: str
    query: str
    input: Annotated[dict[str, object], PersonalWhenMarked]
    call_sha256: Annotated[Sha256, PersonalWhenMarked]
    accounts: list[str]
    reason: Annotated[str, Personal]
    expires: str
    personal_data: bool = False


class ApprovalDecided(Body):
    """What the approver said to exactly this call, and the policies by which they may.

    `accounts` to `schema_sha256` are what the gate decided from, as in `gate.decided`: `principal` is the approver, and
    `context` has the asker's attributes without their id, which is the record's principal. `approval.requested` has
    the query and its inputs. The same policies and schema decide the same again.
    """

    type: ClassVar[str] = "approval.decided"
    approval: str
    requested: int = Field(ge=0)
    call_sha256: Annotated[Sha256, PersonalWhenMarked]
    decision: Literal["approve", "deny"]
    approver: Annotated[str, Named]
    policies: list[str] = []
    reason: Annotated[str, Personal]
    personal_data: bool = False
    accounts: list[str] = []
    principal: Json = {}
    resource: Json = {}
    context: Json = {}
    policies_sha256: Sha256 | None = None
    schema_sha256: Sha256 | None = None


class ApprovalRefused(Body):
    """Somebody tried to decide who may not; what the gate decided from is kept as in `approval.decided`.

    Or they `wanted` to go on with the question, or to see who may decide it, and it is not theirs. Of an id that is not
    known here, the record has no question.
    """

    type: ClassVar[str] = "approval.refused"
    approval: str
    by: Annotated[str, Named]
    why: str
    wanted: Literal["decide", "resume", "see"] = "decide"
    requested: int | None = None
    policies: list[str] = []
    reason: Annotated[str, Personal] = ""
    accounts: list[str] = []
    principal: Json = {}
    resource: Json = {}
    context: Json = {}
    policies_sha256: Sha256 | None = None
    schema_sha256: Sha256 | None = None


class ApprovalExpired(Body):
    """Nobody decided, or nobody went on, before the approval's time was up."""

    type: ClassVar[str] = "approval.expired"
    approval: str
    requested: int = Field(ge=0)


class ApprovalConsumed(Body):
    """The approval is used up: durable before the run goes on, so that no crash or second click runs it twice."""

    type: ClassVar[str] = "approval.consumed"
    approval: str
    requested: int = Field(ge=0)
    decided: int | None = None
    call_sha256: Annotated[Sha256, PersonalWhenMarked]
    outcome: Literal["approved", "denied", "expired"]
    personal_data: bool = False


class ApprovalResumed(Body):
    """The paused run goes on with this outcome, as its asker; the index of the `approval.consumed` before it."""

    type: ClassVar[str] = "approval.resumed"
    approval: str
    consumed: int = Field(ge=0)
    call_sha256: Annotated[Sha256, PersonalWhenMarked]
    outcome: Literal["approved", "denied", "expired"]
    personal_data: bool = False
