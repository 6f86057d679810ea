"""The crosswalk: for which requirements of other frameworks a control's evidence is of use. It transfers no status.

What binds a tenant is the tenant's input (`frameworks` in the declarations); whether a requirement is met is decided by
people who read it, not by a pair of identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policies.controls.catalogue import FRAMEWORK, catalogue
from policies.controls.declared import Declared
from policies.controls.errors import ControlsError
from tools.unique import read_unique

SHIPPED = Path(__file__).with_name("crosswalk.yaml")
NOTE = "A pair says where the same evidence is of use; it transfers no status, and says nothing about conformity."
Relation = Literal["informs", "published"]
"""Our own judgement that the evidence is of use there; or a pair that a named third party printed."""


class Framework(BaseModel):
    """Another framework: its name in full, whom it binds, and how well its pairs are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=3)
    binds: str = Field(min_length=3)
    known: str = Field(min_length=3)


class Pair(BaseModel):
    """A control's evidence is of use for a requirement of a framework."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    framework: str
    requirement: str
    relation: Relation


_Pairs = dict[str, dict[str, tuple[str, ...]]]


class Crosswalk(BaseModel):
    """The file: frameworks, and requirements by control and framework."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frameworks: dict[str, Framework]
    own: _Pairs
    published: _Pairs

    @model_validator(mode="after")
    def _resolved(self) -> Crosswalk:
        for part in (self.own, self.published):
            for control, by in part.items():
                if control not in catalogue():
                    raise ValueError(f"{control!r} is no clause or control")
                for framework, requirements in by.items():
                    if framework not in self.frameworks:
                        raise ValueError(f"{control} names the framework {framework!r}, which stands nowhere")
                    if not requirements or len(set(requirements)) < len(requirements):
                        raise ValueError(f"{control} has no requirement, or one twice, of {framework}")
        return self

    def pairs(self, *, control: str | None = None, framework: str | None = None) -> tuple[Pair, ...]:
        """All pairs, or those of one control or framework, in the catalogue's order."""
        found = []
        for known in catalogue() if control is None else (control,):
            sources: tuple[tuple[Relation, _Pairs], ...] = (("informs", self.own), ("published", self.published))
            for relation, part in sources:
                for name, requirements in part.get(known, {}).items():
                    if framework in (None, name):
                        found += [
                            Pair(control=known, framework=name, requirement=r, relation=relation) for r in requirements
                        ]
        return tuple(found)


@cache
def crosswalk(file: Path = SHIPPED) -> Crosswalk:
    """Read the crosswalk.

    Raises:
        ControlsError: it cannot be read, or names a control or framework that does not exist.
    """
    try:
        return Crosswalk.model_validate(read_unique(file))
    except (OSError, yaml.YAMLError) as error:
        raise ControlsError(f"The crosswalk {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise ControlsError(f"The crosswalk {file.name} is wrong at {where}: {first['msg']}.") from error


def known_framework(name: str) -> Framework:
    """The framework of this name. ControlsError that lists the known ones when there is none."""
    found = crosswalk().frameworks.get(name)
    if found is None:
        known = ", ".join((FRAMEWORK, *crosswalk().frameworks))
        raise ControlsError(f"There is no framework {name!r} in the crosswalk; known: {known}.")
    return found


def declared_frameworks(declared: Declared) -> tuple[str, ...]:
    """The frameworks that bind this tenant, as declared. ControlsError for one that the crosswalk does not know."""
    for name in declared.frameworks:
        known_framework(name)
    return declared.frameworks


def by_requirement(pairs: Iterable[Pair]) -> dict[str, tuple[Pair, ...]]:
    """Pairs by requirement, as requirements first occur; numbers within a name count as numbers."""
    found: dict[str, tuple[Pair, ...]] = {}
    for pair in pairs:
        found[pair.requirement] = (*found.get(pair.requirement, ()), pair)
    return {name: found[name] for name in sorted(found, key=_numbers)}


def _numbers(name: str) -> tuple[tuple[int, str], ...]:
    import re

    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name) if part)
