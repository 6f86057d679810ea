"""The bank's shape: an entry is a conversation, and each turn says what a right answer to it shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from agents.answer import Status

FOLDER = Path(__file__).parent
FILES = ("cost.yaml", "security.yaml", "ops.yaml", "cross.yaml")
"""The bank. `fresh.yaml`, `fresh2.yaml` and `fresh3.yaml` are no part of it: written blind, and never tuned on."""

DEVELOPMENT = ("dev_a.yaml", "dev_b.yaml")
"""Development sets: blind when written, and tuned on since; run beside the bank and printed apart from it."""

Domain = Literal["cost", "security", "ops"]


def _list(given: object) -> object:
    return [given] if isinstance(given, (str, dict)) else given


Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wanted(_Frozen):
    """A value that the answer must show. `value` is a formula of `truth.py`, or several of which one will do."""

    value: Texts
    unit: str
    """A unit of facts (`USD`, `percent`, `days`, `time`, ...), or `count` for any plural noun."""
    about: Texts = ()
    """Words that must stand at the fact (its label, unit, scope, period, or row); `A|B` for either."""
    tolerance: float | None = None
    """How far off a value may be, in its unit; None: a cent, a hundredth of a percent, and nothing for counts."""
    unsigned: bool = False
    """Whether minus 5 will do for 5 (a fall told as such)."""


class Expect(_Frozen):
    """What a right answer is. Names and texts may be formulas: `=top('account', '2026-09')`; `A|B` for either."""

    status: Annotated[tuple[Status, ...], BeforeValidator(_list)] = ("answered",)
    facts: Annotated[tuple[Wanted, ...], BeforeValidator(_list)] = ()
    first: Texts = ()
    """Names that lead a ranking: in the text, or in the first row of a table."""
    names: Texts = ()
    """Names that must be in the text or in a table."""
    text_has: Texts = ()
    """What the text must say, its frame included."""
    not_has: Texts = ()
    """What must be nowhere."""

    @model_validator(mode="after")
    def _asks_something(self) -> Expect:
        if self.status == ("answered",) and not (self.facts or self.first or self.names):
            raise ValueError("an answered question expects at least one fact or name")
        return self

    @property
    def refusal(self) -> bool:
        """Whether the right answer is not to answer."""
        return "answered" not in self.status


class Turn(_Frozen):
    """One question of a conversation; without `expect` it only sets the scene."""

    ask: str
    expect: Expect | None = None


class Entry(_Frozen):
    """One conversation, asked by one principal."""

    id: str
    domains: Annotated[tuple[Domain, ...], BeforeValidator(_list)]
    turns: Annotated[tuple[Turn, ...], BeforeValidator(_list)]
    by: str = Field(default="local", alias="as")
    """Who asks: an id of `policies/access/principals.yaml`."""
    approved_by: str | None = None
    """Who approves the calls that wait for a second person; None: nobody does."""

    @model_validator(mode="after")
    def _is_judged(self) -> Entry:
        if not self.turns or self.turns[-1].expect is None:
            raise ValueError(f"{self.id}: the last turn needs an expectation")
        return self

    @property
    def follow_up(self) -> bool:
        """Whether a later turn leans on an earlier one."""
        return len(self.turns) > 1


def read(files: Iterable[Path | str] = FILES) -> list[Entry]:
    """The entries of these files (names within this folder, or paths).

    Raises:
        ValueError: an entry is malformed, or two have one id.
    """
    found: list[Entry] = []
    for file in files:
        plain = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
        found += [Entry.model_validate(_spread(entry)) for entry in plain]
    ids = [entry.id for entry in found]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise ValueError(f"Two entries have the id {min(twice)!r}; every id must be its own.")
    return found


def _spread(entry: dict[str, object]) -> dict[str, object]:
    """An entry of one question may be written flat: `ask` and `expect` beside the id."""
    if "ask" not in entry:
        return entry
    turn = {key: entry[key] for key in ("ask", "expect") if key in entry}
    return {**{k: v for k, v in entry.items() if k not in turn}, "turns": [turn]}
