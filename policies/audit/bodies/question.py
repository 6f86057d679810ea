"""What one question leaves: asked, guarded, decided, called, grounded, delivered."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from policies.audit.bodies.base import Body, Json, Personal, PersonalWhenMarked, Sha256


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
    reason: Annotated[str, Personal] = ""
    """Why they want to know, after masking, as the gate sees it; without a reason of its own, the question's text."""
    language: str | None = None


class GuardAssessed(Body):
    """The guard looked at a text; `outcome` is passed, masked, blocked or failed.

    `version` is that of the definition, with the Bedrock guardrail's behind a slash where one was asked; `flags` and
    `score` (0 to 1) are about orders in data; `not_assessed` is what nobody looked at; `latency_ms` is wall time.
    """

    type: ClassVar[str] = "guard.assessed"
    point: Literal["question", "model_input", "tool_result", "answer"]
    outcome: str
    masked: list[str] = []
    reasons: list[str] = []
    flags: list[str] = []
    score: float = Field(default=0.0, ge=0, le=1)
    not_assessed: list[str] = []
    guard: str = "local"
    version: str = ""
    output_scope: Literal["INTERVENTIONS", "FULL"] | None = None
    latency_ms: float = Field(default=0.0, ge=0)


class SpecialistStarted(Body):
    """A specialist begins, with the prompt of this hash."""

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
    """The gate's decision on one query call, before it ran, with what it was made from.

    `principal`, `resource` and `context` are the attributes that Cedar saw, without those that are recorded elsewhere:
    the accounts touched and the inputs stand beside them, the reason in `question.asked`. The same policies and schema
    (the two hashes) decide the same again.
    """

    type: ClassVar[str] = "gate.decided"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    input: Annotated[Json, PersonalWhenMarked]
    input_sha256: Annotated[Sha256, PersonalWhenMarked]
    accounts: list[str]
    decision: Literal["allow", "deny", "needs_approval"]
    policies: list[str] = []
    reason: Annotated[str, PersonalWhenMarked] = ""
    personal_data: bool = False
    principal: Json = {}
    resource: Json = {}
    context: Json = {}
    policies_sha256: Sha256 | None = None
    schema_sha256: Sha256 | None = None


class LimitReached(Body):
    """A budget, rate or switch stopped the turn; `reset` says when it opens again (ISO time), if ever."""

    type: ClassVar[str] = "limit.reached"
    limit: str
    value: int | float | str | None = None
    reset: str | None = None


class SightResolved(Body):
    """What this turn, or one call of it, may look at: accounts with their tags, the payer, and the regions.

    `where` are tag values that every bill is filtered by.
    """

    type: ClassVar[str] = "sight.resolved"
    accounts: list[Json]
    payer: Json
    complete: bool
    where: Json = {}
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
    sight: int | None = None
    """The record that says what this call may look at; None: the turn's first."""
    personal_data: bool = False


class QueryMore(Body):
    """Receipts and facts of a query that do not fit into its `query.returned`, or receipts of one that failed.

    The `query.returned` or `query.failed` follows.
    """

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
    """A query call that brought nothing back: what went wrong, in a sentence."""

    type: ClassVar[str] = "query.failed"
    query: Annotated[str, Field(alias="gen_ai.tool.name")]
    error: Annotated[str, Field(alias="error.type")]
    message: Annotated[str, PersonalWhenMarked]
    personal_data: bool = False


class GroundingChecked(Body):
    """A draft held against the facts: what came of it, and the kinds of its faults; of the draft only its hash."""

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
