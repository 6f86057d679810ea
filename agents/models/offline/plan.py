"""What the offline model made of a question: calls to make, or an abstention in plain words."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

AbstainKind = Literal["unclear", "cannot_know", "read_only", "unknown_name"]
Operation = Literal["sum", "difference", "ratio", "percentage_change", "share", "rank", "average", "count"]
PLACES = ("accounts", "team", "venue")
"""The inputs that say where: a question narrows by one of them, and a follow-up puts another in its place."""
BILLED_FOR = frozenset({"service", "part", "usage_type"})
"""The inputs that say what a bill is of: all of a service, or something within it."""


class PlannedCall(BaseModel):
    """One query call with typed inputs; inputs left out keep the query's defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    domain: str
    inputs: dict[str, Any] = {}

    @property
    def place(self) -> dict[str, Any]:
        """The inputs that say where, as far as they narrow it."""
        return {key: self.inputs[key] for key in PLACES if self.inputs.get(key, "all") != "all"}

    def having(self, **inputs: Any) -> PlannedCall:
        """The same call with these inputs in place of its own; None takes one out."""
        held = {name: value for name, value in {**self.inputs, **inputs}.items() if value is not None}
        return self.model_copy(update={"inputs": held})


class Derivation(BaseModel):
    """A `derive` call to make over facts of the results, once they are there.

    `picks` are texts that a fact's label contains, in the order of the operation; `*` stands for every row,
    `row 1` for the first figure of the row that has the most of it, `row high` for that of the row which is named so,
    `only x` for the one fact that is called x, where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: Operation
    picks: tuple[str, ...]


class Whether(BaseModel):
    """What is asked to be more than what: the names of one thing and of the other, as they stand in rows and scopes.

    Without names it is what was spent that is asked to have risen (`more`) or fallen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    one: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    more: bool


class Without(BaseModel):
    """A word of a question without which the plan is the same, and the question `asked` without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: str
    asked: str


class Abstention(BaseModel):
    """Why the question was not answered, in plain sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AbstainKind
    text: str
    candidates: tuple[str, ...] = ()


class Plan(BaseModel):
    """Either calls or an abstention. `limits` are sentences about what was asked for but cannot be applied."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: tuple[PlannedCall, ...] = ()
    then: tuple[Derivation, ...] = ()
    read_as: str = ""
    asked: str = ""
    """The question in full, where its few words say only what is other than in the one before; it is told by that."""
    again: str = ""
    """The question before, where the same is looked at once more: if it was told the same, that is said."""
    without: tuple[Without, ...] = ()
    """Words that change nothing of the calls: if they change nothing of what is told either, that is said."""
    limits: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    """Words that narrow what was asked for, of which the calls make nothing; `limits` say so."""
    focus: tuple[str, ...] = ()
    """Names whose rows are told first, as a share of them was asked for."""
    whether: Whether | None = None
    """What a yes or no is asked of."""
    first: int = 0
    """Calls of the first of two readings; 0 where there is one reading, or none."""
    abstention: Abstention | None = None

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains of the calls, in order, without repeats; empty when abstaining."""
        return tuple(dict.fromkeys(call.domain for call in self.calls))
