"""Comparing: what a change of the policies would newly allow or deny, over the calls that were really made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from policies.access.decision import Outcome
from policies.access.gate import Gate
from policies.access.replay import Recorded, decide_again
from tools.catalogue import queries


@dataclass(frozen=True, slots=True)
class Change:
    """Recorded calls that two policy sets decide differently, alike in person, query, inputs and both outcomes."""

    principal: str
    role: str
    query: str
    input: dict[str, Any]
    before: Outcome
    after: Outcome
    because: tuple[str, ...]
    """The policies that decide it afterwards; none means that nothing permits it."""
    reason: str
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two policy sets make of the recorded calls. `gone`: calls of queries that exist no more."""

    calls: int
    gone: int
    changes: tuple[Change, ...]


def compare(before: Gate, after: Gate, made: Iterable[Recorded]) -> Comparison:
    """Decide every recorded call under both sets of policies."""
    known, found, calls, gone = queries(), dict[str, Change](), 0, 0
    for one in made:
        if one.body.query not in known:
            gone += 1
            continue
        calls += 1
        was, now = decide_again(before, one), decide_again(after, one)
        if was[0] == now[0]:
            continue
        key = repr((one.principal_id, one.body.query, sorted(one.body.input.items()), was[0], now[0]))
        earlier = found[key].records if key in found else ()
        found[key] = Change(
            principal=one.principal_id,
            role=str(one.body.principal.get("role", "")),
            query=one.body.query,
            input=one.body.input,
            before=was[0],
            after=now[0],
            because=now[1],
            reason=now[2],
            records=(*earlier, one.index),
        )
    return Comparison(calls, gone, tuple(found.values()))
