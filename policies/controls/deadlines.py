"""Deadlines: when whom must be told of an incident, from the tenant's table. A table to plan with, not legal advice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.controls.collect.base import iso
from policies.controls.errors import ControlsError
from tools.unique import read_unique

SHIPPED = Path(__file__).with_name("deadlines.yaml")


class Stage(BaseModel):
    """One step: so many hours after the detection, the classification, or the due time of an earlier step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    after: str
    hours: int = Field(ge=1)
    to: str
    at_most_after_detected: int | None = None


class Regime(BaseModel):
    """One body of law: its stages by class of incident, and where that stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=3)
    classes: dict[str, tuple[Stage, ...]]


class Table(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str
    regimes: dict[str, Regime]


def load_deadlines(file: Path = SHIPPED) -> Table:
    """Read a table.

    Raises:
        ControlsError: it cannot be read, or a stage counts from something that is not there.
    """
    try:
        table = Table.model_validate(read_unique(file))
    except (OSError, yaml.YAMLError) as error:
        raise ControlsError(f"The deadlines {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise ControlsError(f"The deadlines {file.name} are wrong at {where}: {first['msg']}.") from error
    for name, regime in table.regimes.items():
        for kind, stages in regime.classes.items():
            known = {"detected", "classified"}
            for one in stages:
                if one.after not in known:
                    raise ControlsError(f"In {file.name}, {name} {kind} {one.stage} counts from unknown {one.after!r}.")
                known.add(one.stage)
    return table


def classes(table: Table, regimes: Iterable[str]) -> list[str]:
    """The classes of incidents that the regimes in force know."""
    return sorted({kind for name in regimes if name in table.regimes for kind in table.regimes[name].classes})


def due(
    table: Table, regimes: Iterable[str], kinds: Iterable[str], detected: datetime, classified: datetime | None
) -> list[dict[str, str]]:
    """Every deadline of an incident of these classes under the regimes in force, earliest first.

    A stage that counts from the classification is due from the detection while nobody has classified: a clock that
    waits for us would never run.
    """
    found = []
    for name in regimes:
        regime = table.regimes.get(name)
        for kind in kinds if regime else ():
            times = {"detected": detected, "classified": classified or detected}
            for one in regime.classes.get(kind, ()) if regime else ():
                at = times[one.after] + timedelta(hours=one.hours)
                if one.at_most_after_detected is not None:
                    latest = detected + timedelta(hours=one.at_most_after_detected)
                    at = min(at, latest) if classified else at
                times[one.stage] = at
                source = regime.source if regime else ""
                found.append({"regime": name, "stage": one.stage, "due": iso(at), "to": one.to, "source": source})
    return sorted(found, key=lambda one: (one["due"], one["regime"]))
