"""What no query reads, and a question in a language that is not read, is said to be so; nothing is shown instead."""

from __future__ import annotations

import re

import pytest

from agents.models.offline import Plan
from agents.models.offline.topics.examples import EXAMPLES, NOT_OFFERED
from agents.models.offline.understand import understand
from agents.models.offline.weighing.offering import written
from agents.models.offline.words.foreign import foreign
from policies.grounding import ground
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def read(*turns: str) -> Plan:
    """What the last of these questions means after the others."""
    return understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Is CloudTrail on everywhere?", "CloudTrail is switched on"),
        ("Staat CloudTrail overal aan?", "CloudTrail is switched on"),
        ("Is our website protected by a WAF?", "AWS WAF"),
        ("Which availability zones do we use?", "availability zones"),
        ("Welke databases draaien niet dubbel uitgevoerd?", "availability zones"),
        ("Do we spend more on weekends than on weekdays?", "weekends"),
        ("What did we spend on weekends in October?", "weekends"),
        ("Who set off the alarms in online-prod on Tuesday?", "not who was the cause"),
    ],
)
def test_what_no_query_reads_is_said_to_be_unread_with_what_can_be_asked_near_it(asked: str, said: str) -> None:
    plan = read(asked)
    assert plan.abstention is not None and plan.abstention.kind == "cannot_know", plan.read_as
    assert said in plan.abstention.text and "Near it, you could ask" in plan.abstention.text
    assert ground(plan.abstention.text, (), question=asked, now=NOW).ok, "a time in it would be held for a figure"
    for near in re.findall(r'"([^"]+)"', plan.abstention.text):
        assert read(near).calls, near


def test_who_set_alarms_off_is_not_who_changed_them_after_they_were_shown() -> None:
    plan = read("What alarms went off on Tuesday evening?", "Who set it off?")
    assert plan.abstention is not None and "not who was the cause" in plan.abstention.text, plan.read_as
    assert read("Who set the alarm thresholds?").calls[0].inputs["action"] == "PutMetricAlarm"


def test_what_anybody_may_do_is_not_what_stands_idle_or_was_done() -> None:
    for asked in ("Does anyone have rights to switch off CloudTrail?", "Is anyone able to disable CloudTrail?"):
        plan = read(asked)
        assert plan.abstention is not None and "what people may do" in plan.abstention.text, (asked, plan.read_as)


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("Did anybody switch off CloudTrail logging last month?", "who_did_what"),
        ("What did WAF cost last month?", "spend"),
        ("What did we spend last weekend?", "spend"),
    ],
)
def test_what_a_query_tells_of_the_same_things_is_still_answered(asked: str, query: str) -> None:
    assert [call.query for call in read(asked).calls] == [query]


def test_the_questions_nearest_to_what_was_not_understood_are_offered() -> None:
    """Two of the three were the same everywhere: what is spent, and how many findings are open."""
    near = {
        "Does anyone have permission to delete buckets?": r"permission|rights|bucket",
        "What is the retention of our backups?": r"backup",
        "How large are our log groups?": r"log",
        "planned AWS maintenance before 1 November": r"maintenance|retirements",
    }
    for asked, words in near.items():
        plan = read(asked)
        assert plan.abstention is not None and plan.abstention.candidates, (asked, plan.read_as)
        assert all(re.search(words, one) for one in plan.abstention.candidates[:2]), (asked, plan.abstention.candidates)
    every = {one for query in EXAMPLES.values() for one in query} - NOT_OFFERED
    refused = [one for one in every if not ground(f'You could ask: "{written(one)}"', (), question="x", now=NOW).ok]
    assert refused == [], "an abstention that offers these is withheld: a time in them is held for a figure"
    nothing = read("?!").abstention
    assert nothing is not None and nothing.candidates[0] == "What do we spend, by service?"


def test_outdated_runtimes_are_all_runtimes_and_said_to_be_so() -> None:
    plan = read("Which functions use an outdated runtime?")
    assert [(call.query, call.inputs) for call in plan.calls] == [("inventory", {"kind": "functions", "by": "type"})]
    assert any("no longer supports" in limit for limit in plan.limits)
    [call] = read("Which Lambda functions run on an outdated runtime?").calls
    assert call.query == "inventory"  # what they run on is no count of runs


def test_a_question_in_german_or_french_is_told_which_languages_are_read_in_its_own_too() -> None:
    for asked, own in (
        ("Quels buckets sont publics ?", "Posez la question"),  # was answered by chance
        ("Wie viel haben wir letzten Monat ausgegeben?", "Bitte stellen Sie"),
        ("Warum?", "Bitte stellen Sie"),
    ):
        plan = read("What did we spend in September?", asked)
        assert plan.abstention is not None and not plan.calls
        assert "English, Dutch and Portuguese" in plan.abstention.text and own in plan.abstention.text
        assert ground(plan.abstention.text, (), question=asked, now=NOW).ok


@pytest.mark.parametrize(
    "asked", ["Wie heeft dat gedaan?", "Hoeveel gaven we uit in september?", "Quanto gastamos em setembro?", "Why?"]
)
def test_what_is_read_is_not_taken_for_another_language(asked: str) -> None:
    assert foreign(asked) is None


def test_where_the_thing_that_is_asked_for_is_not_known_nothing_beside_it_is_shown() -> None:
    for asked in ("Any gizmos in our alarms?", "Which accounts have a steward?"):  # was all alarms; all accounts
        plan = read(asked)
        assert plan.abstention is not None and "I do not know what to do with" in plan.abstention.text
