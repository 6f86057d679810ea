"""Budgets: what is counted against whom, what a person is told, and that nobody counts past a limit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.answer import Question
from agents.desk import Desk
from agents.home import Home
from policies.access import Principal, local_principal
from policies.audit import Ledger, LimitReached
from policies.oversight import Allowance, Budgets, BudgetSettings, Exhausted, Lease, Oversight
from policies.oversight.database import Database
from policies.oversight.prices import read_prices
from policies.oversight.usage import Count, UsageStore
from policies.oversight.usage_dynamo import DynamoUsage
from policies.oversight.usage_sqlite import SqliteUsage
from tests.agents.scripted import ScriptedMaker
from tests.policies.oversight.tables import make_table

NOON = 1_795_867_200.0
"""2026-11-28 12:00 UTC."""
SPEND = [("spend", {"period": "last_month"})]
LOCAL = Principal(id="local", role="admin")


@pytest.fixture(params=["sqlite", pytest.param("emulated DynamoDB", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> UsageStore:
    if request.param == "sqlite":
        return SqliteUsage(Database(tmp_path / "oversight.sqlite"))
    return DynamoUsage(*make_table(request))


def budgets(store: UsageStore, now: Callable[[], float] = lambda: NOON, **given: Any) -> Budgets:
    nothing = {"person": Allowance(), "house": Allowance()}
    return Budgets(BudgetSettings(**{**nothing, **given}), store, clock=now)


def test_each_level_refuses_and_says_when_it_opens_again(store: UsageStore) -> None:
    three = Allowance(questions_per_hour=3)
    held = budgets(store, person=Allowance(questions_per_hour=2), roles={"manager": three}, house=three)
    assert [held.question("anna", "manager") for _ in range(2)] == [None, None]
    mine = held.question("anna", "manager")
    assert mine is not None and mine.sentence.startswith("You have a budget of 2 questions for this hour")
    assert "2026-11-28 13:00 UTC" in mine.sentence
    assert held.question("dirk", "manager") is None
    role = held.question("eva", "manager")
    assert role is not None and role.sentence.startswith("All managers together have a budget of 3 questions")
    house = held.question("bram", "engineer")
    assert house is not None and house.sentence.startswith("The house has a budget of 3 questions")
    assert store.total(f"house|questions|{int(NOON)}") == 3, "what was refused is not counted anywhere"


def test_a_person_may_have_a_budget_of_their_own(store: UsageStore) -> None:
    held = budgets(store, person=Allowance(questions_per_hour=0), persons={"anna": Allowance(questions_per_hour=1)})
    assert held.question("anna", "manager") is None
    assert held.question("dirk", "manager") is not None


def test_the_next_hour_opens_again(store: UsageStore) -> None:
    now = [NOON + 3599]
    held = budgets(store, lambda: now[0], person=Allowance(questions_per_hour=1))
    assert held.question("anna", "manager") is None
    assert held.question("anna", "manager") is not None
    now[0] += 1
    assert held.question("anna", "manager") is None


def test_what_a_call_takes_is_held_before_and_settled_after(store: UsageStore) -> None:
    held = budgets(store, house=Allowance(tokens_per_day=1_000))
    lease = held.model_call("anna", "manager", "openai:http://x#y", 600, 300)
    assert isinstance(lease, Lease)
    assert isinstance(held.model_call("dirk", "manager", "openai:http://x#y", 200, 0), Exhausted)
    lease.settle(50, Decimal())
    assert isinstance(held.model_call("dirk", "manager", "openai:http://x#y", 900, 0), Lease)


def test_the_hold_of_a_call_that_never_ended_counts_until_it_expires(store: UsageStore) -> None:
    now = [NOON]
    held = budgets(store, lambda: now[0], house=Allowance(tokens_per_day=1_000))
    lease = held.model_call("anna", "manager", "openai:x", 900, 0)
    assert isinstance(lease, Lease)
    now[0] += 600
    assert isinstance(held.model_call("anna", "manager", "openai:x", 900, 0), Exhausted)
    now[0] += 400
    assert isinstance(held.model_call("anna", "manager", "openai:x", 900, 0), Lease)
    lease.settle(900, Decimal())  # it did end, too late
    assert store.total(f"house|tokens|{int(NOON // 86_400) * 86_400}") == 900, "and is not counted twice"


def test_forgetting_a_person_forgets_their_counters_only(store: UsageStore) -> None:
    held = budgets(store)
    for who in ("anna", "annabel"):
        held.question(who, "manager")
        held.model_call(who, "manager", "openai:x", 10, 0)
    assert store.erase("principal:anna|") >= 3
    assert store.total(f"principal:anna|questions|{int(NOON)}") == 0
    assert store.total(f"principal:annabel|questions|{int(NOON)}") == 1


def test_threads_cannot_count_past_a_limit_together(store: UsageStore) -> None:
    held = budgets(store, house=Allowance(questions_per_hour=10))
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: held.question("anna", "manager"), range(24)))
    assert sum(one is None for one in told) == 10


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["count", "hold", "settle", "wait"]), st.integers(0, 40), st.integers(0, 5)),
        max_size=40,
    )
)
def test_no_order_of_counting_holding_and_settling_passes_the_limit(steps: list[Any]) -> None:
    """Held against a model in plain arithmetic: what is counted for good plus what is held and has not expired."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = SqliteUsage(Database(Path(folder) / "x.sqlite"))
        now, good, holds = 0.0, 0, {}
        for number, (what, amount, which) in enumerate(steps):
            one = Count(key="k", amount=amount, limit=100, ends=1e9)
            if what == "wait":
                now += amount
            elif what == "settle":
                name = str(which)
                store.settle(name, (one,), [min(amount, holds[name][0])] if name in holds else [amount])
                if name in holds:
                    good += min(amount, holds.pop(name)[0])
            else:
                if what == "hold":
                    holds = {name: held for name, held in holds.items() if held[1] > now}
                name = f"h{number}" if str(which) in holds else str(which)
                fits = good + sum(held[0] for held in holds.values()) + amount <= 100
                if what == "count":
                    assert (store.count([one]) is None) == fits
                    good += amount if fits else 0
                else:
                    assert (store.hold(name, [one], now + 20, now) is None) == fits
                    if fits:
                        holds[name] = (amount, now + 20)
            assert store.total("k") == good + sum(held[0] for held in holds.values()) <= 100


def with_budgets(desk: Desk, home: Home, **given: Any) -> Desk:
    """The desk at noon: the hour and the day do not end while a test runs."""
    overseen = Oversight.local(home.path, desk.ledger, BudgetSettings(**given), clock=lambda: NOON)
    return replace(desk, overseen=overseen)


def reached(home: Home) -> list[LimitReached]:
    with Ledger.open(home.ledger) as ledger:
        return [stored.body for stored in ledger.read() if isinstance(stored.body, LimitReached)]


def test_a_question_beyond_the_budget_is_denied_with_the_moment_it_opens(
    open_desk_with: Callable[..., Desk], home: Home
) -> None:
    maker = ScriptedMaker([SPEND, "Spend was [[f1]]."])
    desk = with_budgets(open_desk_with(maker), home, person=Allowance(questions_per_hour=1))
    first, second = (desk.answer(Question(text="What did we spend?"), LOCAL) for _ in range(2))
    assert (first.status, second.status, second.exit_code) == ("answered", "denied", 3)
    assert "opens again at" in second.text and len(maker.made) == 1
    desk.ledger.close()
    [one] = reached(home)
    assert (one.limit, one.value) == ("principal questions per hour", 1)
    assert one.reset is not None and one.reset.endswith("+00:00")


def test_tokens_run_out_before_the_next_model_call(open_desk_with: Callable[..., Desk], home: Home) -> None:
    maker = ScriptedMaker([SPEND, "Spend was [[f1]]."])
    desk = with_budgets(open_desk_with(maker), home, house=Allowance(tokens_per_day=4_500))
    answer = desk.answer(Question(text="What did we spend?"), LOCAL)
    assert answer.status == "denied" and "The house has a budget of 4,500 tokens" in answer.text
    assert not maker.made[0].seen and not answer.facts


def test_money_runs_out_before_a_billed_query(open_desk_with: Callable[..., Desk], home: Home) -> None:
    maker = ScriptedMaker([SPEND, "Spend was [[f1]]."])
    desk = with_budgets(open_desk_with(maker), home, house=Allowance(usd_per_day=Decimal("0.60")))
    prices = read_prices()
    assert prices.expected(["ce:GetCostAndUsage"]) == Decimal("0.05")
    used = desk.oversight.budgets.query_call("eva", "manager", ["ce:GetCostAndUsage"])
    assert isinstance(used, Lease)
    used.settle(0, Decimal("0.57"))
    answer = desk.answer(Question(text="What did we spend?", fresh=True), LOCAL)
    assert answer.status == "denied" and "USD 0.60" in answer.text
    assert not answer.usage.aws_calls


def test_what_an_answer_took_is_counted(open_desk_with: Callable[..., Desk], home: Home) -> None:
    desk = with_budgets(open_desk_with(ScriptedMaker([SPEND, "Spend was [[f1]]."])), home)
    answer = desk.answer(Question(text="What did we spend?", fresh=True), LOCAL)
    day = int(NOON // 86_400) * 86_400
    store = SqliteUsage(Database(home.oversight))
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    assert tokens == store.total(f"principal:local|tokens|{day}") == 220
    usd = answer.usage.model_cost_usd + answer.usage.aws_cost_usd
    assert store.total(f"house|usd|{day}") == pytest.approx(usd * 1e6, abs=3)
    assert answer.usage.aws_cost_usd == 0.01


def test_a_store_that_cannot_count_lets_nothing_happen(open_desk_with: Callable[..., Desk], home: Home) -> None:
    maker = ScriptedMaker([SPEND, "Spend was [[f1]]."])
    desk = open_desk_with(maker)
    home.path.mkdir(exist_ok=True)
    home.oversight.write_bytes(b"this is no database, whatever its name says" * 50)
    answer = desk.answer(Question(text="What did we spend?"), local_principal("local"))
    assert (answer.status, answer.exit_code) == ("error", 1)
    assert "oversight.sqlite" in answer.text and not maker.made


def test_a_model_without_a_price_costs_what_the_dearest_does() -> None:
    prices = read_prices()
    assert prices.tokens("bedrock:eu.vendor.unknown-v9", 10**6, 10**6) == Decimal(90)
    assert prices.tokens("bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 10**6, 10**6) == Decimal("19.80")
    assert prices.tokens("offline", 10**6, 10**6) == 0


def test_a_price_table_without_a_date_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("models: {a: {input: 1, output: 1}}\nrequests: {}\n")
    with pytest.raises(Exception, match=r"prices\.yaml"):
        read_prices(file)
