"""What was weighed a moment ago is not weighed anew, and never taken for what somebody else asked."""

from __future__ import annotations

from copy import deepcopy

from agents.models.offline import names_of, understand
from agents.models.offline.lately import Lately
from agents.models.offline.reading import read
from agents.models.offline.routes import route
from tests.agents.models.dev_bank import names
from tests.agents.models.sample_sight import sample_directory
from tools.catalogue import queries
from tools.estate.world import NOW


def test_the_same_is_made_once_and_what_lies_far_back_anew() -> None:
    made: list[list[int]] = []

    def double(key: list[int]) -> int:
        made.append(key)
        return 2 * key[0]

    lately = Lately(double)
    assert [lately([1]), lately([2]), lately([1])] == [2, 4, 2]
    assert made == [[1], [2]]
    for number in range(10, 40):
        lately([number])
    assert lately([1]) == 2
    assert made.count([1]) == 2


def test_the_same_words_of_another_asker_mean_what_that_one_may_see() -> None:
    few = names_of(sample_directory().cut(["venue-utrecht"]), complete=False)
    asked = "What did Utrecht and Rotterdam cost last month?"
    for _ in range(2):
        every, one = (understand(asked, (), names=seen, now=NOW, queries=queries()) for seen in (names(), few))
        assert every != one


def test_a_plan_is_the_same_whether_or_not_it_was_asked_for_before() -> None:
    said = ["What did online-prod cost in September?", "And Rotterdam?"]
    first = understand("by service", said, names=names(), now=NOW, queries=queries())
    routed = route("by service", said, names=names(), now=NOW, queries=queries())
    assert understand("by service", said, names=names(), now=NOW, queries=queries()) == first
    assert routed.domains == first.domains


def test_words_are_read_once_and_nothing_that_is_made_of_a_reading_changes_it() -> None:
    asked = "What did Utrecht and the Rotterdam venue cost in September, by service and without tax?"
    once = read(asked, names(), NOW)
    as_read = deepcopy(once)
    understand(asked, (), names=names(), now=NOW, queries=queries())
    assert read(asked, names(), NOW) is once
    assert once == as_read
