"""How many questions run at a time: whatever order they come and go in, nobody has more than they may."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.oversight import Allowance, BudgetSettings
from policies.oversight.budgets import AT_ONCE
from policies.oversight.running import Running

PEOPLE = {"eva": "engineer", "bram": "engineer", "anna": "manager"}


@given(st.lists(st.sampled_from([*PEOPLE, "end"]), max_size=40))
def test_in_whatever_order_they_come_and_go_nobody_has_more_than_they_may(steps: list[str]) -> None:
    settings = BudgetSettings(
        person=Allowance(questions_at_once=3),
        roles={"engineer": Allowance(questions_at_once=4)},
        house=Allowance(questions_at_once=6),
    )
    running, open_ones = Running(settings), list[tuple[str, ExitStack]]()
    for step in steps:
        have = Counter(who for who, _ in open_ones)
        if step == "end":
            if open_ones:
                open_ones.pop(0)[1].close()
            continue
        engineers = have["eva"] + have["bram"]
        may = have[step] < 3 and (step == "anna" or engineers < 4) and have.total() < 6
        entered = ExitStack()
        full = entered.enter_context(running.one(step, PEOPLE[step]))
        assert (full is None) == may
        if full is None:
            open_ones.append((step, entered))
        else:
            assert full.value in (3, 4, 6) and "Ask again" in full.sentence
            entered.close()
        assert running.now().get("house", 0) == len(open_ones)
    for _, entered in open_ones:
        entered.close()
    assert running.now() == {}, "what ended is forgotten"


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        (BudgetSettings(), AT_ONCE),
        (BudgetSettings(person=Allowance(questions_per_hour=100)), AT_ONCE),
        (BudgetSettings(person=Allowance(questions_at_once=2)), 2),
        (BudgetSettings(persons={"eva": Allowance(usd_per_day=1)}), AT_ONCE),
        (BudgetSettings(person=Allowance(questions_at_once=2), persons={"eva": Allowance(usd_per_day=1)}), 2),
        (BudgetSettings(persons={"eva": Allowance(questions_at_once=30)}), 30),
        (BudgetSettings(persons={"eva": Allowance(questions_at_once=None)}), None),
    ],
)
def test_a_person_has_a_bound_unless_a_setting_says_that_there_is_none(settings: BudgetSettings, most: int) -> None:
    running = Running(settings)
    with ExitStack() as entered:
        taken = 0
        while taken < 100 and entered.enter_context(running.one("eva", "engineer")) is None:
            taken += 1
    assert taken == (most or 100)


def test_threads_that_come_together_do_not_pass_it_together_and_one_that_fails_gives_its_place_back() -> None:
    running, barrier, taken = Running(BudgetSettings()), threading.Barrier(40), list[bool]()
    stay = threading.Barrier(40)

    def one() -> None:
        try:
            barrier.wait()
            with running.one("eva", "engineer") as full:
                taken.append(full is None)
                stay.wait()
                raise OSError
        except OSError:
            return

    threads = [threading.Thread(target=one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == AT_ONCE and running.now() == {}


def test_what_goes_on_after_an_approval_counts_and_is_not_refused() -> None:
    running = Running(BudgetSettings(person=Allowance(questions_at_once=1)))
    with running.one("eva", "engineer") as first, running.one("eva", "engineer", bounded=False) as resumed:
        assert (first, resumed) == (None, None)
        with running.one("eva", "engineer") as third:
            assert third is not None
