"""The chain tampered with: a handler that crashes ends the turn, and a chain without one of its handlers is noticed.

Each scenario holds with the whole chain. The mutation test takes one handler out and shows that its scenario no longer
holds: so no handler is there for show, and none can be lost without a red test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from strands.interventions import InterventionHandler

import agents.drafting
from agents.answer import Question
from agents.home import Home
from policies.access import local_principal
from policies.audit import Ledger
from policies.chain import chain
from policies.oversight import Limits, Oversight
from policies.oversight.budgets import Allowance, BudgetSettings
from policies.oversight.switch import Scope, Stop, with_stop
from tests.agents.scripted import ScriptedMaker

ORDER = ["switch", "limits", "budget", "guard", "gate", "approval", "model-recorder"]
EVENTS = ("before_invocation", "before_model_call", "after_model_call", "before_tool_call", "after_tool_call")
SPEND = [("spend", {"period": "last_month"})]
Open = Callable[..., Any]


def handlers_and_events() -> list[tuple[str, str]]:
    """Every handler at every event that it decides at, read from the classes themselves."""
    found = []
    for handler in chain(None, "cost", "offline"):  # type: ignore[arg-type]
        found += [
            (handler.name, event)
            for event in EVENTS
            if getattr(type(handler), event) is not getattr(InterventionHandler, event)
        ]
    return found


def replaced(monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]) -> None:
    """Build every specialist of this test with a changed chain."""
    monkeypatch.setattr(agents.drafting, "chain", lambda *given: change(chain(*given)))


def test_the_chain_is_these_handlers_in_this_order_and_each_throws() -> None:
    built = chain(None, "cost", "offline")  # type: ignore[arg-type]
    assert [handler.name for handler in built] == ORDER
    assert {handler.on_error for handler in built} == {"throw"}


@pytest.mark.parametrize(("name", "event"), handlers_and_events())
def test_a_handler_that_crashes_ends_the_turn_and_nothing_more_is_asked(
    name: str, event: str, open_desk_with: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Any, *_: Any, **__: Any) -> Any:
        raise RuntimeError("canary-in-a-traceback")

    def tampered(handlers: list[Any]) -> list[Any]:
        [one] = [handler for handler in handlers if handler.name == name]
        one.__class__ = type(type(one).__name__, (type(one),), {event: crash})
        return handlers

    replaced(monkeypatch, tampered)
    seen = run(open_desk_with, home, [SPEND, SPEND, "Spend was [[f1]]."])
    assert seen.status == "error"
    assert "canary" not in seen.shown and "USD" not in seen.shown
    # before a model or query call nothing was asked yet; after the first query call that one was
    assert seen.types.count("query.called") == (1 if event == "after_tool_call" else 0)
    assert seen.types[-1] == "answer.delivered"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one question came to."""

    status: str
    shown: str
    types: list[str]
    model_calls: int
    points: list[str]
    waiting: int


def run(
    open_desk_with: Open,
    home: Home,
    steps: list[Any],
    *,
    domain: str = "cost",
    limits: Limits | None = None,
    budgets: BudgetSettings | None = None,
) -> Seen:
    """One question with a scripted model; a step that is the word `stop` throws the kill switch on its way."""
    maker = ScriptedMaker(steps, domains=(domain,))
    desk = open_desk_with(maker, limits)
    object.__setattr__(desk, "overseen", Oversight.local(home.path, desk.ledger, budgets))

    def stop(_: Any) -> Any:
        thrown = Stop(scope=Scope(kind="all"), reason="drill", by="admin", at=datetime.now(UTC))
        desk.oversight.switch.change(lambda stops: with_stop(stops, thrown))
        return [("no_such_query", {})]

    steps[:] = [stop if step == "stop" else step for step in steps]
    maker._scripts = (steps,)
    try:
        answer = desk.answer(Question(text="What did we spend?"), local_principal("local"))
        waiting = len(desk.oversight.approvals.all())
    finally:
        desk.oversight.close()
        desk.ledger.close()
    with Ledger.open(home.ledger) as ledger:
        stored = list(ledger.read())
    return Seen(
        status=answer.status,
        shown=json.dumps(answer.to_json()),
        types=[one.type for one in stored],
        model_calls=sum(len(model.seen) for model in maker.made),
        points=[one.body.point for one in stored if one.type == "guard.assessed"],  # type: ignore[attr-defined]
        waiting=waiting,
    )


def a_thrown_switch_ends_a_run_in_flight(open_desk_with: Open, home: Home) -> bool:
    seen = run(open_desk_with, home, ["stop", "Spend was nothing."])
    return seen.status == "denied" and seen.model_calls == 1


def a_model_that_never_stops_has_its_calls_counted(open_desk_with: Open, home: Home) -> bool:
    seen = run(open_desk_with, home, [*([SPEND] * 5), "Done."], limits=Limits(model_calls=3, query_calls=9))
    return seen.model_calls == 3


def a_used_up_budget_calls_no_model(open_desk_with: Open, home: Home) -> bool:
    poor = BudgetSettings(person=Allowance(questions_per_hour=9, tokens_per_day=1, usd_per_day=None))
    seen = run(open_desk_with, home, [SPEND, "Spend was [[f1]]."], budgets=poor)
    return seen.status == "denied" and seen.model_calls == 0


def what_comes_back_is_assessed_before_a_model_reads_it(open_desk_with: Open, home: Home) -> bool:
    seen = run(open_desk_with, home, [SPEND, "Spend was [[f1]]."])
    return {"tool_result", "model_input"} <= set(seen.points)


def what_needs_a_second_person_waits_for_one(open_desk_with: Open, home: Home) -> bool:
    seen = run(open_desk_with, home, [[("who_did_what", {})], "Nobody did."], domain="security")
    return seen.status == "needs_approval" and seen.waiting == 1 and "query.called" not in seen.types


def model_calls_are_on_record(open_desk_with: Open, home: Home) -> bool:
    seen = run(open_desk_with, home, [SPEND, "Spend was [[f1]]."])
    return seen.types.count("model.called") == seen.model_calls == 2


SCENARIOS = {
    "switch": a_thrown_switch_ends_a_run_in_flight,
    "limits": a_model_that_never_stops_has_its_calls_counted,
    "budget": a_used_up_budget_calls_no_model,
    "guard": what_comes_back_is_assessed_before_a_model_reads_it,
    "gate": what_needs_a_second_person_waits_for_one,
    "approval": what_needs_a_second_person_waits_for_one,
    "model-recorder": model_calls_are_on_record,
}


@pytest.mark.parametrize("name", ORDER)
def test_with_the_whole_chain_its_scenario_holds(name: str, open_desk_with: Open, home: Home) -> None:
    assert SCENARIOS[name](open_desk_with, home)


@pytest.mark.parametrize("name", ORDER)
def test_without_this_handler_its_scenario_fails(
    name: str, open_desk_with: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(monkeypatch, lambda handlers: [handler for handler in handlers if handler.name != name])
    assert not SCENARIOS[name](open_desk_with, home)
