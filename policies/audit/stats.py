"""What the ledger holds, in numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict

from policies.audit.reader import Reader
from policies.audit.segments import list_segments, read_raw


class Stats(BaseModel):
    """Counts over the whole ledger; times are UTC nanoseconds, `bytes` the size of the segments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    records: int
    segments: int
    bytes: int
    first_time: int | None
    last_time: int | None
    questions: int
    persons: int
    types: dict[str, int]
    statuses: dict[str, int]
    decisions: dict[str, int]
    queries: dict[str, int]
    input_tokens: int
    output_tokens: int


def stats(ledger: Path) -> Stats:
    """One pass over the ledger in `ledger`."""
    reader = Reader(ledger)
    segments = list_segments(reader.segments)
    types: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    decisions: Counter[str] = Counter()
    queries: Counter[str] = Counter()
    questions: set[str] = set()
    persons: set[str] = set()
    tokens = [0, 0]
    first = last = None
    for _, leaf in read_raw(reader.segments):
        value = orjson.loads(leaf[1:])
        kind, body = value["type"], value["body"]
        types[kind] += 1
        first, last = value["time"] if first is None else first, value["time"]
        questions.update([value["question"]] if value["question"] else [])
        persons.update([value["principal"]] if value["principal"] else [])
        if kind == "answer.delivered":
            statuses[body["status"]] += 1
        elif kind == "gate.decided":
            decisions[body["decision"]] += 1
        elif kind == "query.called":
            queries[body["gen_ai.tool.name"]] += 1
        elif kind == "model.called":
            tokens[0] += body["gen_ai.usage.input_tokens"]
            tokens[1] += body["gen_ai.usage.output_tokens"]
    return Stats(
        records=types.total(),
        segments=len(segments),
        bytes=sum(segment.size() for segment in segments),
        first_time=first,
        last_time=last,
        questions=len(questions),
        persons=len(persons),
        types=dict(types.most_common()),
        statuses=dict(statuses.most_common()),
        decisions=dict(decisions.most_common()),
        queries=dict(queries.most_common()),
        input_tokens=tokens[0],
        output_tokens=tokens[1],
    )
