"""What the offline model makes of questions: the right calls, or an honest abstention."""
# ruff: noqa: E501 - one declaration or question a line

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from agents.models.offline import Names, route, understand
from agents.models.offline.plan import Plan
from agents.models.offline.times.when import find_times
from agents.models.offline.words.text import words
from tests.agents.models.dev_bank import judge, load, names, report
from tests.agents.models.train_intents import WEIGHTS, digest
from tools.catalogue import queries
from tools.estate.world import NOW


@pytest.mark.parametrize("part", ["part_a", "part_b", "part_c", "part_f"])
def test_dev_questions_are_read_right(part: str) -> None:
    counts, missed = report(part)
    assert counts["right"] >= 0.95 * sum(counts.values()), missed
    assert counts["wrong"] <= 0.03 * sum(counts.values()), missed


@pytest.mark.parametrize("entry", [e for e in load("part_a") if isinstance(e["want"], str)], ids=lambda e: e["q"])
def test_what_cannot_be_answered_is_not_answered(entry: dict[str, object]) -> None:
    assert judge(dict(entry)).outcome == "right"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("may we see the costs in may", ["2026-05"]),
        ("march on with it", []),
        ("the last 2 days", ["last_2_days"]),
        ("the last 2 hours", ["last_2_hours"]),
        ("the second biggest service", []),
        ("between 3 and 10 September", ["2026-09-03..2026-09-10"]),
        ("on Tuesday", ["2026-10-13"]),
        ("yesterday evening", ["yesterday"]),
        ("week of 7 September", ["2026-09-07..2026-09-13"]),
        ("since Monday", ["2026-10-12..2026-10-15"]),
        ("Q3", ["2026-Q3"]),
        ("November", ["2025-11"]),
        ("June, July and August", ["2026-06..2026-08"]),
        ("September versus August", ["2026-09", "2026-08"]),
    ],
)
def test_times_are_read_by_their_neighbours(said: str, expected: list[str]) -> None:
    found = find_times(" ".join(words(said)), NOW)
    assert [mention.word for mention in found.mentions] == expected


def test_an_unknown_account_is_never_dropped() -> None:
    plan = understand("What did sales-prod cost in September?", (), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None
    assert plan.abstention.kind == "unknown_name"
    assert not plan.calls


def test_reversed_months_are_put_in_order() -> None:
    for question in ("compare August with September", "September against August, what changed in cost?"):
        plan = understand(question, (), names=names(), now=NOW, queries=queries())
        assert [c.inputs for c in plan.calls] == [{"period": "2026-09", "compared_to": "2026-08"}]


def test_a_question_across_domains_reaches_more_than_one() -> None:
    question = "is the cost spike related to the incident on Tuesday?"
    found = route(question, (), names=names(), now=NOW, queries=queries())
    assert set(found.domains) == {"cost", "ops"}


@pytest.mark.parametrize(
    "question",
    [
        "Is the cost spike in September related to the incident on Tuesday?",
        "Is the incident on Tuesday related to the cost spike in September?",
    ],
)
def test_each_of_two_things_that_may_be_related_is_looked_at_in_its_own_time(question: str) -> None:
    plan = understand(question, (), names=names(), now=NOW, queries=queries())
    looked_at = {call.query: call.inputs["period"] for call in plan.calls}
    assert looked_at == {
        "spend_change": "2026-09",
        "cost_anomalies": "2026-09",
        "alarm_history": "2026-10-13",
        "recent_changes": "2026-10-13",
    }


def test_an_abstention_needs_no_domain_but_scores_still_point_somewhere() -> None:
    found = route("delete the public bucket", (), names=names(), now=NOW, queries=queries())
    assert found.domains == ()
    assert max(found.scores, key=lambda d: found.scores[d]) == "security"


def test_the_same_question_gives_the_same_plan() -> None:
    plans = {
        understand("why did costs rise", ("what about RDS?",), names=names(), now=NOW, queries=queries()).model_dump_json()
        for _ in range(3)
    }  # fmt: skip
    assert len(plans) == 1


@pytest.mark.parametrize("question", ["", "   ", "?!", "x" * 100_000, "🎰🎰🎰", "مرحبا كم أنفقنا", "\x00\x01\x02"])
def test_odd_input_is_abstained_from(question: str) -> None:
    plan = understand(question, (), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None


def _plan(question: str, *history: str, answer: str = "") -> Plan:
    return understand(question, history, names=names(), now=NOW, queries=queries(), answers=(answer,))


def test_the_weights_are_those_of_the_labelled_questions() -> None:
    learned = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert learned["learned_from"] == digest(), "other questions than they were learned from: make learn"


@pytest.mark.slow
def test_the_same_questions_give_the_same_weights_whatever_the_process() -> None:
    """What they are depends on no order of a set and on nothing that a process draws."""
    lines = (
        "import hashlib; from tests.agents.models.train_intents import *;"
        "given = labelled('none.txt')[:60] + labelled('ops.txt')[:60]; labels = sorted({label for _, label in given});"
        "print(hashlib.sha256(repr(learn(labels, examples(labels, given))).encode()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", lines], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1 and told != {b""}


def test_dutch_and_portuguese_are_read_like_english() -> None:
    for said in ("Welk team geeft het meeste uit dit jaar?", "Qual equipe gasta mais este ano?"):
        assert _plan(said).calls[0].inputs | {"top": 0} == {"period": "year_to_date", "by": "team", "top": 0}, said


@pytest.mark.parametrize(
    ("question", "inputs"),
    [
        ("Which accounts went over 8000 dollars in September?", {"by": "account", "period": "2026-09"}),
        ("services costing more than 9000 USD in september", {"by": "service", "period": "2026-09"}),
    ],
)
def test_a_threshold_splits_by_what_it_is_about(question: str, inputs: dict[str, str]) -> None:
    [call] = _plan(question).calls
    assert inputs.items() <= ({"by": "service"} | call.inputs).items()


def test_what_no_row_tells_apart_is_abstained_from() -> None:
    abstention = _plan("Which team has the most alarms?").abstention
    assert abstention is not None


def test_a_place_named_first_is_about_all_that_follows() -> None:
    plan = _plan("Status of venue-eindhoven please: September cost, open findings, machines not patched.")
    assert {call.inputs.get("accounts") for call in plan.calls} == {"venue-eindhoven"}
    assert {call.query for call in plan.calls} == {"spend", "findings", "patches"}


def test_a_word_that_the_plan_does_not_account_for_is_never_left_out() -> None:
    plan = _plan("any idle resources in data-lab, zorbing ones?")
    assert any("zorbing" in said for said in (plan.abstention.text if plan.abstention else "", *plan.limits))
    assert any("part of a day" in said for said in _plan("what did we spend on 13 october at 19:05").limits)


def test_the_future_is_not_answered_with_the_past() -> None:
    plan = _plan("Will we be hacked next year?")
    assert plan.abstention is not None
    assert plan.abstention.kind == "cannot_know"


def test_that_bucket_is_the_one_that_was_shown() -> None:
    shown = "What can be reached:\n- lantern-x-exports in account venue-utrecht"
    plan = _plan("who changed that bucket this month?", "Show me the public buckets", answer=shown)
    assert plan.calls[0].inputs["resource"] == "lantern-x-exports"
    there = _plan(
        "what is the patch status there?", "Which account has most findings?", answer="- account data-prod: 3"
    )
    assert there.calls[0].inputs["accounts"] == "data-prod"


@pytest.mark.parametrize(
    "said",
    ["Are there any old access keys?", "Is there an old access key?", "Do you know if there are old access keys?"],
)
def test_there_is_no_place_where_it_only_says_that_something_exists(said: str) -> None:
    shown = "Read as: findings.\n\n- account venue-utrecht: 3\n- account data-lab: 2"
    for call in _plan(said, "Which accounts have critical findings?", answer=shown).calls:
        assert "accounts" not in call.inputs


@pytest.mark.parametrize(
    ("change", "then", "inputs"),
    [
        (
            "Please delete that public bucket in Utrecht.",
            "Then tell me which buckets there are open to the world",
            {"kind": "buckets"},
        ),
        ("Stop the two g5 instances in data-lab.", "What did they cost in September?", {"period": "2026-09"}),
    ],
)
def test_what_a_refused_question_was_about_is_what_follows_it(change: str, then: str, inputs: dict[str, str]) -> None:
    refused = _plan(change).abstention
    assert refused is not None and refused.kind == "read_only"
    [call] = _plan(then, change).calls
    place = {"Utrecht": "venue:utrecht", "data-lab": "data-lab"}
    assert inputs.items() <= call.inputs.items()
    assert call.inputs["accounts"] == next(name for said, name in place.items() if said in change)


def test_a_request_for_a_change_is_refused_where_its_verb_stands_last_as_in_dutch() -> None:
    refused = _plan("Kun je de root-gebruiker van Amsterdam blokkeren?").abstention
    assert refused is not None and refused.kind == "read_only"
    assert _plan("Kun je zien wie de bucket heeft verwijderd?").calls


def test_a_name_out_of_sight_is_left_to_the_gate() -> None:
    known = names().model_copy(update={"complete": False, "accounts": ("venue-utrecht",)})
    plan = understand("open findings in data-prod", (), names=known, now=NOW, queries=queries())
    assert plan.calls[0].inputs["accounts"] == "data-prod"


def test_the_bucket_policy_is_an_action_of_its_own() -> None:
    assert _plan("who changed the bucket policy in venue-utrecht").calls[0].inputs["action"] == "PutBucketPolicy"


def test_questions_written_before_the_guard_are_read_right_or_abstained_from() -> None:
    counts, missed = report("part_g")
    assert counts["right"] >= 0.95 * sum(counts.values()), missed
    assert counts["wrong"] == 0, missed


def _scoped() -> Names:
    full = names()
    own = {"venue-utrecht": full.tags["venue-utrecht"]}
    return full.model_copy(
        update={"complete": False, "accounts": ("venue-utrecht",), "venues": ("utrecht",), "teams": ("floor-systems",),
                "envs": ("prod",), "account_ids": {}, "tags": own}
    )  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "What did team security cost last month?",
        "What does team data spend?",
        "cost of the data team last month",
        "what does backoffice cost",
        "online costs last month",
        "What share of the total costs is venue utrecht?",
    ],
)
def test_a_name_out_of_sight_is_never_dropped(question: str) -> None:
    plan = understand(question, (), names=_scoped(), now=NOW, queries=queries())
    assert plan.calls == ()


@pytest.mark.parametrize(
    ("question", "account"),
    [
        ("What did account online-prod cost last month?", "online-prod"),
        ("alarms in data lab", "data-lab"),
        ("what does the security account cost us", "security"),
        ("costs of log archive in september", "log-archive"),
        ("could you zorb the frobs of online-prod for me", "online-prod"),
        ("is venue-rotterdam vulnerable? how many Inspector findings do they have", "venue-rotterdam"),
    ],
)
def test_an_account_out_of_sight_reaches_the_gate(question: str, account: str) -> None:
    plan = understand(question, (), names=_scoped(), now=NOW, queries=queries())
    assert {call.inputs["accounts"] for call in plan.calls} == {account}


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("spend from January up to and including September", "2026-01..2026-09"),
        ("spend May through July", "2026-05..2026-07"),
        ("spend in the first half of 2026", "2026-01..2026-06"),
        ("spend H1", "2026-01..2026-06"),
        ("uitgaven van de eerste helft van 2026", "2026-01..2026-06"),
    ],
)
def test_ranges_of_every_form_are_read(said: str, period: str) -> None:
    assert [call.inputs["period"] for call in _plan(said).calls] == [period]


@pytest.mark.parametrize(
    "question",
    ["spend during ramadan", "what did we spend until the carnival", "dearest database in August", "Instances with more than 64 GB of memory"],
)  # fmt: skip
def test_what_no_input_can_say_is_abstained_from(question: str) -> None:
    plan = _plan(question)
    assert plan.abstention is not None
    assert plan.abstention.text.startswith("I ")
