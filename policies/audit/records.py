"""What the ledger records: one envelope, one pydantic model per record type.

To add a record type, write one `Body` subclass with a `type`; nothing else changes: the envelope finds it by that name.
Fields marked `Personal` hold text about a person; the ledger never stores them in the clear.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, field_validator, model_validator

SCHEMA = 1

Json = dict[str, Any]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Actor = Annotated[str, Field(pattern=r"^(person|agent|query|system)(:[^\s]{1,128})?$")]
Id = Annotated[str, Field(min_length=1, max_length=256)]


class Personal:
    """Marks a body field whose value is about a person: stored sealed under that person's key, erasable."""


class PersonalWhenMarked:
    """The same, but only in records whose `personal_data` is true: values of queries that are about persons.

    Sealed with a key of the question's own, because others than the asker occur in them. Hashes over such values are
    sealed too: names can be guessed, and a bare hash would confirm the guess for ever.
    """


class Body(BaseModel):
    """The typed part of a record. Subclasses set `type`, the record type's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    type: ClassVar[str] = ""
    always_sealed: ClassVar[frozenset[str]] = frozenset()
    sealed_when_marked: ClassVar[frozenset[str]] = frozenset()
    ends_question: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.type:
            raise TypeError(f"{cls.__name__} is a record body without a `type`; set type: ClassVar[str]")
        other = KNOWN.get(cls.type)
        if other is not None and other.__qualname__ != cls.__qualname__:
            raise TypeError(f"record type {cls.type!r} is declared twice: {other.__name__}, {cls.__name__}")
        KNOWN[cls.type] = cls
        cls.always_sealed = _marked(cls, Personal)
        cls.sealed_when_marked = _marked(cls, PersonalWhenMarked)


def _marked(body: type[BaseModel], mark: type) -> frozenset[str]:
    """Stored names of the fields that carry `mark`."""
    fields = body.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if mark in field.metadata)


KNOWN: dict[str, type[Body]] = {}
"""Every record type by name; filled by declaring subclasses of `Body`."""


class QuestionAsked(Body):
    """A person asked; `text` is what they wrote after masking."""

    type: ClassVar[str] = "question.asked"
    text: Annotated[str, Personal]
    channel: str
    principal_id: Annotated[str, Personal]
    role: str
    assurance: str
    model: Annotated[str, Field(alias="gen_ai.request.model")]
    estate: str
    language: str | None = None


class GuardAssessed(Body):
    type: ClassVar[str] = "guard.assessed"
    point: Literal["question", "model_input", "tool_result", "answer"]
    outcome: str
    masked: list[str] = []
    reasons: list[str] = []


class SpecialistStarted(Body):
    type: ClassVar[str] = "specialist.started"
    specialist: Annotated[str, Field(alias="gen_ai.agent.name")]
    prompt_sha256: Sha256
    model: Annotated[str, Field(alias="gen_ai.request.model")]


class ModelCalled(Body):
    """One call of a model; token counts as the provider reported them."""

    type: ClassVar[str] = "model.called"
    specialist: Annotated[str, Field(alias="gen_ai.agent.name")]
    model: Annotated[str, Field(alias="gen_ai.request.model")]
    input_tokens: Annotated[int, Field(alias="gen_ai.usage.input_tokens", ge=0)]
    output_tokens: Annotated[int, Field(alias="gen_ai.usage.output_tokens", ge=0)]
    stop_reason: Annotated[str | None, Field(alias="gen_ai.response.finish_reason")] = None
    request_sha256: Sha256 | None = None


class GateDecided(Body):
    """The gate's decision on one query call, before it ran."""

    type: ClassVar[str] = "gate.decided"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    input: Annotated[Json, PersonalWhenMarked]
    input_sha256: Annotated[Sha256, PersonalWhenMarked]
    accounts: list[str]
    decision: Literal["allow", "deny"]
    policies: list[str] = []
    reason: Annotated[str, PersonalWhenMarked] = ""
    personal_data: bool = False


class LimitReached(Body):
    """A budget, rate or switch stopped the turn; `reset` says when it opens again (ISO time), if ever."""

    type: ClassVar[str] = "limit.reached"
    limit: str
    value: int | float | str | None = None
    reset: str | None = None


class SightResolved(Body):
    """What this turn may look at: the accounts in the asker's sight with their tags, the payer, and the regions."""

    type: ClassVar[str] = "sight.resolved"
    accounts: list[Json]
    payer: Json
    complete: bool
    regions: list[str]
    currency: str
    source: str


class QueryCalled(Body):
    """The intent: durable before the first AWS request of this query leaves."""

    type: ClassVar[str] = "query.called"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    input: Annotated[Json, PersonalWhenMarked]
    input_sha256: Annotated[Sha256, PersonalWhenMarked]
    accounts: list[str]
    now: str
    fresh: bool = False
    personal_data: bool = False


class QueryMore(Body):
    """Receipts and facts of a query that do not fit into its `query.returned`, which follows."""

    type: ClassVar[str] = "query.more"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    intent: int = Field(ge=0)
    receipts: list[Json] = []
    facts: Annotated[list[Json], PersonalWhenMarked] = []
    personal_data: bool = False


class QueryReturned(Body):
    """What a query brought back, with the index of its intent; `duration_ms` is wall time in milliseconds.

    `facts_sha256` is over all facts, those in `query.more` records of the same intent first.
    """

    type: ClassVar[str] = "query.returned"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    intent: int = Field(ge=0)
    receipts: list[Json]
    facts: Annotated[list[Json], PersonalWhenMarked]
    facts_sha256: Annotated[Sha256, PersonalWhenMarked]
    incomplete: str | None = None
    duration_ms: float = Field(ge=0)
    personal_data: bool = False


class QueryFailed(Body):
    type: ClassVar[str] = "query.failed"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    error: Annotated[str, Field(alias="error.type")]
    message: Annotated[str, PersonalWhenMarked]
    personal_data: bool = False


class GroundingChecked(Body):
    type: ClassVar[str] = "grounding.checked"
    outcome: Literal["bound", "repair", "withheld"]
    faults: list[str] = []
    text_sha256: Sha256


class AnswerDelivered(Body):
    """The end of a question: what went out, by hash, and on which facts and receipts it rests."""

    type: ClassVar[str] = "answer.delivered"
    ends_question: ClassVar[bool] = True
    status: str
    text_sha256: Sha256
    figures: int = Field(ge=0)
    facts: list[str] = []
    receipts: list[str] = []
    usage: Json = {}


class LedgerRecovered(Body):
    """Bytes behind the last whole record were cut on open and kept in quarantine, `sha256` over them."""

    type: ClassVar[str] = "ledger.recovered"
    segment: str
    offset: int = Field(ge=0)
    cut_bytes: int = Field(ge=0)
    sha256: Sha256


class SubjectForgotten(Body):
    """The keys of these pseudonyms were destroyed; `places` says what else was erased, by place."""

    type: ClassVar[str] = "subject.forgotten"
    subjects: list[str]
    places: dict[str, int] = {}


class KeyIntroduced(Body):
    """A new signing key; `old` signs the next checkpoint with it, unless it was lost (then None)."""

    type: ClassVar[str] = "key.introduced"
    vkey: str
    old: str | None = None


class KeyRevoked(Body):
    """From `since` (UTC nanoseconds) on signatures by `vkey` prove nothing."""

    type: ClassVar[str] = "key.revoked"
    vkey: str
    since: int = Field(ge=0)
    reason: str = ""


class Note(Body):
    """Anything else the system wants on record, under a short name."""

    type: ClassVar[str] = "note"
    name: str
    data: Json = {}


class Record(BaseModel):
    """What a writer hands to `Ledger.append`. Index and time are the ledger's to give."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: Actor
    body: SerializeAsAny[Body]
    question: Id | None = None
    session: Id | None = None
    principal: Id | None = None
    parent: int | None = Field(default=None, ge=0)

    @property
    def type(self) -> str:
        return self.body.type

    @field_validator("body")
    @classmethod
    def _typed(cls, body: Body) -> Body:
        if KNOWN.get(body.type) is not type(body):
            raise ValueError(f"{type(body).__name__} is no registered record body; subclass Body with a `type`")
        return body

    @model_validator(mode="before")
    @classmethod
    def _body_from_type(cls, data: Any) -> Any:
        """Accept the stored shape too: `type` beside an untyped body."""
        if not isinstance(data, dict) or isinstance(data.get("body"), Body):
            return data
        name = data.get("type")
        known = KNOWN.get(name) if isinstance(name, str) else None
        if known is None:
            raise ValueError(f"unknown record type {name!r}; known: {', '.join(sorted(KNOWN))}")
        rest = {key: value for key, value in data.items() if key != "type"}
        return rest | {"body": known.model_validate(data.get("body"))}


class StoredRecord(BaseModel):
    """A record as it lies in the ledger. `time` is UTC in nanoseconds, `hash` the hex leaf hash of `raw`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    time: int
    hash: str
    raw: bytes = Field(repr=False)
    record: Record

    @property
    def type(self) -> str:
        return self.record.type

    @property
    def body(self) -> Body:
        return self.record.body

    def __str__(self) -> str:
        return f"#{self.index} {self.type} {self.hash[:12]}"
