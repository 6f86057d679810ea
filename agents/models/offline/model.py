"""The offline model as a Strands model: it plans by rules, lets the queries run, and writes from their facts."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from strands.models import Model

from agents.models.offline.naming.names import Names
from agents.models.offline.plan import Derivation, Plan
from agents.models.offline.telling.picking import is_mean
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import Told, read_result
from agents.models.offline.telling.unchanged import nothing_changed, still_in
from agents.models.offline.topics.of_shown import of_shown_in
from agents.models.offline.understand import understand
from tools.errors import RegentError
from tools.registry import Query

T = TypeVar("T", bound=BaseModel)


class OfflineModel(Model):
    """Deterministic, and no language model. One instance serves one specialist of one question."""

    def __init__(self, names: Names, now: datetime, queries: Mapping[str, Query]) -> None:
        self._names, self._now, self._queries = names, now, queries
        self._config: dict[str, Any] = {"model_id": "offline", "context_window_limit": 200_000}
        self._planned: tuple[tuple[str, list[str], list[str]], Plan] | None = None

    def update_config(self, **model_config: Any) -> None:
        """Change settings; none of them changes what is answered."""
        self._config.update(model_config)

    def get_config(self) -> dict[str, Any]:
        """The settings."""
        return self._config

    async def structured_output(
        self, output_model: type[T], prompt: Any, system_prompt: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        """Not offered: rules fill query inputs, not arbitrary shapes.

        Raises:
            RegentError: always.
        """
        raise RegentError("The offline model writes no structured output; use a language model for that.")
        yield {}

    async def stream(
        self, messages: Any, tool_specs: Any = None, system_prompt: Any = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        """One step: query calls while the plan has some left, then the answer."""
        offered = {spec["name"] for spec in tool_specs or ()}
        question, history, made, answers = _conversation(messages)
        plan = self._plan(question, history, answers)
        calls, text = self._step(plan, offered, made, question)
        yield {"messageStart": {"role": "assistant"}}
        for number, (name, inputs) in enumerate(calls):
            use = {"name": name, "toolUseId": f"offline-{len(made)}-{number}"}
            yield {"contentBlockStart": {"start": {"toolUse": use}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(inputs)}}}}
            yield {"contentBlockStop": {}}
        if not calls:
            yield {"contentBlockStart": {"start": {}}}
            yield {"contentBlockDelta": {"delta": {"text": text}}}
            yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use" if calls else "end_turn"}}
        usage = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
        yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 0}}}

    def _plan(self, question: str, history: list[str], answers: list[str]) -> Plan:
        """The plan of a question, made once: it is asked for before its queries run and after."""
        said = question, history, answers
        if self._planned is None or self._planned[0] != said:
            plan = understand(
                question, history, names=self._names, now=self._now, queries=self._queries, answers=answers
            )
            self._planned = said, plan
        return self._planned[1]

    def _step(
        self, plan: Plan, offered: set[str], made: Sequence[tuple[str, Told]], question: str
    ) -> tuple[list[tuple[str, dict[str, Any]]], str]:
        if plan.abstention is not None:
            return [], "{{abstain:" + plan.abstention.kind + "}}\n" + plan.abstention.text
        own = [(call.query, call.inputs) for call in plan.calls if call.query in offered]
        if not made:
            return own, "" if own else "This part of the question is for another specialist."
        results = [told for _, told in made]
        if "derive" in offered and not any(name == "derive" for name, _ in made):
            derived = [found for step in plan.then if (found := _derived(step, results))]
            if derived:
                return [("derive", inputs) for inputs in derived], ""
        for told in results:
            told.lead_with(plan.focus)
            told.partly = not self._names.complete
        asked = plan.asked or question
        if of_shown_in(asked) in ("by how much", "left") or any(_leads(one) for one in plan.then):
            results = sorted(
                results, key=lambda told: told.query != "derive"
            )  # what was computed is what was asked for
        first = sum(call.query in offered for call in plan.calls[: plan.first]) if plan.first else None
        if first is not None and (worked_out := [told for told in results if told.query == "derive"]):
            others = [told for told in results if told.query != "derive"]
            results = [*others[:first], *worked_out, *others[first:]]  # of the likelier reading
            first += len(worked_out)
        limits = (*nothing_changed(plan, results, asked), *still_in(plan, results))
        return [], answer(results, limits, asked, plan.focus, first, plan.whether)


def _leads(step: Derivation) -> bool:
    """Whether what is worked out is what was asked for: a share, a sum, or a total without one of its rows."""
    return step.operation in ("share", "sum") or (
        step.operation == "difference" and step.picks[0] == "total spend" != step.picks[1]
    )


def _derived(step: Derivation, results: Sequence[Told]) -> dict[str, Any] | None:
    """The inputs of a `derive` call, once every pick is found among the facts."""
    facts = [fact for told in results for fact in told.facts.values()]
    if step.operation == "average" and any(is_mean(fact) for fact in facts):
        return (
            None  # told by the query, of the days or months that are billed to their end: the last one may be empty yet
        )
    ids: list[str] = []
    for pick in step.picks:
        if pick == "*":
            shown = {cell for told in results for row in told.rows for cell in row}
            ids += [fact.id for fact in facts if fact.id in shown and fact.number is not None]
            continue
        if cell := _CELL.fullmatch(pick):
            ids += _cell(results, int(cell[1]), cell[2])
            continue
        if row := _ROW.fullmatch(pick):
            ids += _first_figure(results, int(row[1]) - 1)
            continue
        if named := _NAMED_ROW.fullmatch(pick):
            of = [replace(told, rows=[row for row in told.rows if row[0] == named[1]]) for told in results]
            figure = _first_figure(of, 0)
            if not figure:
                return None  # not all that is named is there: what is worked out without it would be something else
            ids += figure
            continue
        if only := _ONLY.fullmatch(pick):
            alike = [fact.id for fact in facts if fact.label == only[1]]
            if len(alike) != 1:
                return None
            ids += alike
            continue
        found = next((f.id for f in facts if f.id not in ids and pick.casefold() in f.label.casefold()), None)
        if found is None:
            return None
        ids.append(found)
    return {"operation": step.operation, "facts": ids} if len(ids) > 1 else None


_ONLY = re.compile(r"only (.+)")
_ROW = re.compile(r"row (\d)")
_CELL = re.compile(r"row (-?\d) (\w+)")
_NAMED_ROW = re.compile(r"row (.+)")


def _cell(results: Sequence[Told], place: int, column: str) -> list[str]:
    """The figure of a column in the row at a place of the list, -1 for the last; empty if there is none."""
    for told in results:
        rows = [row for row in told.rows if row[0] != "other"]
        at = next((n for n, title in enumerate(told.columns) if title.casefold().split(" (")[0] == column), None)
        if at is not None and -len(rows) <= place < len(rows) and rows[place][at] in told.facts:
            return [rows[place][at]]
    return []


def _first_figure(results: Sequence[Told], place: int) -> list[str]:
    """The first figure of the row that has the most of it, the second most, and so on; empty if there is none."""
    firsts = [
        next((told.facts[c] for c in row if c in told.facts and told.facts[c].number is not None), None)
        for told in results
        for row in told.rows
    ]
    ranked = sorted((fact for fact in firsts if fact), key=lambda fact: -(fact.number or 0.0))
    return [fact.id for fact in ranked[place : place + 1]]


def _conversation(messages: Sequence[Any]) -> tuple[str, list[str], list[tuple[str, Told]], list[str]]:
    """The question, the earlier ones (oldest first), what this question's queries returned, and the earlier answers."""
    asked: list[tuple[int, str]] = []
    for index, message in enumerate(messages):
        texts = [block["text"] for block in message["content"] if "text" in block]
        if message["role"] == "user" and texts:
            asked.append((index, "\n".join(texts)))
    if not asked:
        return "", [], [], []
    start, question = asked[-1]
    names: dict[str, str] = {}
    made: list[tuple[str, Told]] = []
    for message in messages[start:]:
        for block in message["content"]:
            if "toolUse" in block:
                names[block["toolUse"]["toolUseId"]] = block["toolUse"]["name"]
            elif "toolResult" in block:
                result = block["toolResult"]
                text = "\n".join(c["text"] for c in result["content"] if "text" in c)
                told = read_result(text)
                if result.get("status") == "error" and not told.error:
                    told.error = re.sub(r"\s+", " ", text)[:300] or "The query failed."
                made.append((names.get(result["toolUseId"], told.query), told))
    answers = []
    for place, (index, _) in enumerate(asked[:-1]):
        between = [m for m in messages[index : asked[place + 1][0]] if m["role"] == "assistant"]
        answers.append("\n".join(block["text"] for m in between for block in m["content"] if "text" in block))
    return question, [text for _, text in asked[:-1]], made, answers
