"""Left out: what words leave out is in no answer, alone least of all; "the others" are those that were not shown."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.naming.left_out import left_out, only_leaves_out, words_left_out
from agents.models.offline.plan import Derivation
from agents.models.offline.proposing.reduced import STILL_IN, WITHOUT_IT
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import calls_of, plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]
SAVINGS = "where can we save money quickly"
MISSING = "how many servers miss critical patches, per venue"
EINDHOVEN = "How many vulnerabilities are there in Eindhoven?"
REGIONS = "how much do we spend in each region"
TWO_WEEKS = "Compare the first two weeks of October with the same days in September"
LEAVING = [
    "leave out the ones for {}",
    "leave {} out of it",
    "without the ones in {}",
    "drop {}",
    "minus {}",
    "not {}",
    "ignore {} please",
    "take {} out",
    "everything but {}",
    "excluding {} ones",
    "and outside {}?",
    "what about all except {}?",
    "only those that are not in {}",
    "{} aside",
    "get rid of {}",
    "do not count {}",
    "and if you leave out {}?",
    "filter out {}",
    "zonder {}",
    "sem {}",
]
"""Ways to leave out a place."""


def told(ask: Ask, *turns: str) -> str:
    """The text of the last answer, after the others."""
    answers = [ask(OfflineMaker(), turn, session="left out") for turn in turns]
    assert answers[-1].status == "answered"
    return answers[-1].text


def looked_at(*asked: str) -> set[str]:
    """The accounts of the one call of the last question."""
    [(_, inputs)] = calls_of(*asked)
    return set(inputs["accounts"].split(","))


EVERY = set(names().accounts)
VENUES = set(names().venue_accounts)


@pytest.mark.parametrize("said", LEAVING)
@pytest.mark.parametrize(
    ("before", "query"),
    [
        (SAVINGS, "savings"),
        ("what did we spend last month", "spend"),
        ("how many critical findings are open?", "findings"),
        ("Which alarms are firing?", "alarms"),
    ],
)
def test_what_is_left_out_of_what_was_shown_is_not_looked_at(before: str, query: str, said: str) -> None:
    [(same, _)] = calls_of(before, said.format("data-lab"))
    assert same == query
    assert looked_at(before, said.format("data-lab")) == EVERY - {"data-lab"}


@pytest.mark.parametrize(
    ("left", "out"),
    [
        ("the venues", VENUES),
        ("Utrecht", {"venue-utrecht"}),
        ("Utrecht and Rotterdam", {"venue-utrecht", "venue-rotterdam"}),
        ("production", {name for name in names().accounts if names().tags[name].get("env") == "prod"}),
        ("the security account", {"security"}),
    ],
)
@pytest.mark.parametrize("said", ["leave out {}", "without {}", "and outside {}?", "not counting {}", "skip {}"])
def test_groups_and_several_places_are_left_out_too(said: str, left: str, out: set[str]) -> None:
    assert looked_at(SAVINGS, said.format(left)) == EVERY - out


def test_it_is_left_out_of_what_was_shown_and_not_of_everything() -> None:
    before = "critical findings in the venues"
    assert looked_at(before, "not Utrecht") == VENUES - {"venue-utrecht"}
    assert looked_at(before, "not Utrecht", "without Rotterdam") == VENUES - {"venue-utrecht", "venue-rotterdam"}


def test_what_lies_outside_of_all_that_was_shown_is_everything_else() -> None:
    assert looked_at(EINDHOVEN, "and outside the venues?") == EVERY - VENUES


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("are the other venues clean?", VENUES - {"venue-eindhoven"}),
        ("and the others?", VENUES - {"venue-eindhoven"}),
        ("what about the other casinos", VENUES - {"venue-eindhoven"}),
        ("and the rest?", VENUES - {"venue-eindhoven"}),
        ("the other accounts?", EVERY - {"venue-eindhoven"}),
        ("and elsewhere?", EVERY - {"venue-eindhoven"}),
        ("everywhere else?", EVERY - {"venue-eindhoven"}),
        ("and outside there?", EVERY - {"venue-eindhoven"}),
    ],
)
def test_the_others_are_those_that_were_not_shown(said: str, rest: set[str]) -> None:
    assert looked_at(EINDHOVEN, said) == rest


def test_the_others_are_not_those_that_were_shown_before_the_last_answer() -> None:
    assert "venue-eindhoven" not in looked_at(EINDHOVEN, "which machines?", "are the other venues clean?")


def test_a_whole_question_of_the_other_venues_is_of_no_venue_that_was_shown() -> None:
    found = calls_of(EINDHOVEN, "which alarms are firing in the other venues?")
    assert {query for query, _ in found} == {"alarms"}
    assert {name for _, inputs in found for name in inputs["accounts"].split(",")} == VENUES - {"venue-eindhoven"}


def test_the_other_venues_of_all_of_them_are_all_of_them() -> None:
    assert looked_at(MISSING, "and the other venues?") == VENUES


def test_any_other_venue_with_the_same_trouble_is_not_the_one_that_was_shown() -> None:
    before = "Which alarms fire in Rotterdam?"
    assert looked_at(before, "any other venue with the same problem?") == VENUES - {"venue-rotterdam"}
    assert looked_at(before, "does it happen elsewhere?") == EVERY - {"venue-rotterdam"}


@pytest.mark.parametrize(
    "said", ["and outside the venues?", "and without Eindhoven?", "what about all without Utrecht?"]
)
def test_the_measure_is_that_of_the_question_before(said: str) -> None:
    assert "critical patches" in plan_of(MISSING, said).asked


def test_none_that_was_asked_for_is_told_as_none(ask: Ask) -> None:
    assert "Missing critical patches: 0 patches" in told(ask, MISSING, "and outside the venues?")


@pytest.mark.parametrize(
    "said", ["leave data out of it", "without data", "drop team data", "not the data team", "ignore the data people"]
)
def test_a_team_that_can_not_be_left_out_of_a_comparison_is_said_to_be_in_it(said: str) -> None:
    plan = plan_of(TWO_WEEKS, "per team", said)
    assert [(call.query, call.inputs["by"]) for call in plan.calls] == [("spend_change", "team")]
    assert not {"part", "team", "service"} & plan.calls[0].inputs.keys()
    assert plan.limits == (STILL_IN,)


@pytest.mark.parametrize(
    "said", ["only outside Ireland", "without Ireland", "everything but eu-west-1", "not Ireland", "leave Ireland out"]
)
def test_a_bill_without_a_region_is_the_total_less_its_row(said: str) -> None:
    plan = plan_of(REGIONS, said)
    assert [call.inputs["by"] for call in plan.calls] == ["region"]
    assert plan.then == (Derivation(operation="difference", picks=("total spend", "row eu-west-1")),)
    assert plan.limits == (WITHOUT_IT,)


@pytest.mark.parametrize("said", ["without Ireland", "leave out Frankfurt", "not Ireland"])
def test_a_region_that_can_not_be_left_out_is_said_to_be_in_it(said: str) -> None:
    plan = plan_of("how many EC2 instances by region", said)
    assert [(call.inputs["kind"], call.inputs["by"]) for call in plan.calls] == [("instances", "region")]
    assert "region" not in plan.calls[0].inputs
    assert plan.limits == (STILL_IN,)


@pytest.mark.parametrize(
    "asked", ["what do we spend per region outside Ireland", "how many buckets do we have outside Ireland"]
)
def test_a_first_question_says_that_a_region_is_still_in_it(asked: str) -> None:
    plan = plan_of(asked)
    assert "region" not in plan.calls[0].inputs
    assert STILL_IN in plan.limits


def test_a_budget_is_of_a_team_and_not_of_its_accounts() -> None:
    plan = plan_of("which budgets are over?", "without the data team")
    assert [(call.query, call.inputs) for call in plan.calls] == [("budgets", {})]
    assert plan.limits == (STILL_IN,)


@pytest.mark.parametrize("said", ["and the others?", "what about the other teams?"])
def test_the_other_teams_are_told_beside_the_one_that_was_shown(said: str) -> None:
    plan = plan_of("what did the data team spend?", said)
    assert [call.inputs for call in plan.calls] == [{"by": "team"}]
    assert any("shown before" in limit for limit in plan.limits)


def test_of_a_place_there_are_no_other_teams() -> None:
    assert not plan_of("What did Utrecht cost in September?", "what about the other teams?").calls


@pytest.mark.parametrize(
    "asked", ["which instances do we have that are not stopped", "how many instances are not stopped"]
)
def test_what_is_not_stopped_runs(asked: str) -> None:
    assert [inputs["only"] for _, inputs in calls_of(asked)] == ["running"]


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        ([REGIONS, "only outside Ireland"], "USD 14,589.00"),
        (["What did we spend by service last month?", "minus S3"], "The difference: USD"),
        (["top 5 services last month", "without tax"], "The difference: USD"),
    ],
)
def test_what_is_left_is_told_first(ask: Ask, turns: list[str], left: str) -> None:
    assert left in told(ask, *turns).split("Total spend:")[0]


@pytest.mark.parametrize(
    "asked",
    [
        (SAVINGS, "leave out the idle ones"),
        (SAVINGS, "not the savings plans"),
        (SAVINGS, "without reservations"),
        (SAVINGS, "skip rightsizing"),
        ("what is public on the internet?", "leave out buckets"),
        ("what is public on the internet?", "except buckets"),
        ("which alarms do we have", "leave out the ones that are ok"),
        ("how many EC2 instances do we have", "leave out the stopped ones"),
        ("how many EC2 instances do we have", "not the stopped ones"),
        ("how many volumes do we have", "without gp2"),
        ("what can we save, leaving out idle things",),
        ("where can we save except on savings plans",),
        ("what did we spend last month", "leave out data transfer"),
        ("what did we spend last month", "leave data out of it"),
        ("what did we spend last month", "without NAT gateways"),
        ("what did we spend without EC2 last month",),
        ("spend by service without S3",),
    ],
)
def test_no_call_picks_what_the_words_leave_out(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert not plan.calls
    assert plan.abstention is not None
    assert plan.abstention.kind == "unclear"


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("volumes without encryption", {"kind": "volumes"}),
        ("KMS keys without rotation?", {"kind": "keys"}),
        ("alarms without enough data", {"state": "insufficient_data"}),
        ("spend without a team tag", {"tag": "team"}),
        ("Did we spend less in Utrecht in September than in August?", {"accounts": "venue:utrecht", "period": "2026-09", "compared_to": "2026-08"}),
        ("what did we spend on data transfer last month", {"part": "data_transfer", "period": "last_month", "by": "usage_type"}),
    ],
)  # fmt: skip
def test_a_lack_or_less_of_something_leaves_nothing_out(asked: str, inputs: dict[str, Any]) -> None:
    assert [given for _, given in calls_of(asked)] == [inputs]


@pytest.mark.parametrize(
    ("masked", "kinds"),
    [
        ("leave out the ones for <account>", {"account"}),
        ("how much is it without <team> and <venue> ?", {"team", "venue"}),
        ("leave <team> out of it", {"team"}),
        ("<region> excluded", {"region"}),
        ("is it less in <venue> than in <account>", set()),
        ("which alarms are out in <venue>", set()),
        ("show <service> in <account>", set()),
    ],
)
def test_kinds_of_names_that_are_left_out(masked: str, kinds: set[str]) -> None:
    assert left_out(masked) == kinds


def test_who_asks_for_something_else_does_not_only_leave_out() -> None:
    assert only_leaves_out("and without <venue> please ?")
    assert not only_leaves_out("which alarms fire outside <venue>")
    assert not only_leaves_out("and in <venue> ?")


def test_words_that_are_no_names_are_left_out_too() -> None:
    assert words_left_out("what can we save , leaving out idle things") == "idle things"
    assert words_left_out("leave data out of it") == "data"
    assert words_left_out("which volumes are not attached") == ""


def test_a_share_is_held_against_the_same_share_then() -> None:
    share = "What share of the bill goes to the data team?"
    found = calls_of(share, "was that less in July?")
    assert found == [("spend", {"by": "team", "top": 10}), ("spend", {"by": "team", "top": 10, "period": "2026-07"})]
    assert "data" in plan_of(share, "was that less in July?").focus


def test_a_share_of_then_is_told(ask: Ask) -> None:
    text = told(ask, "What share of our bill is S3?", "is that more than in July?")
    assert text.count("Amazon Simple Storage Service: USD") == len(("then", "now"))
    assert "July 2026" in text


QUARTERS = ("Give me the total AWS bill for the third quarter, before credits.", "And the quarter before?")


@pytest.mark.parametrize(
    "said",
    [
        "What's the monthly average over those two?",
        "and the monthly average of both?",
        "monthly average across the two quarters?",
    ],
)
def test_an_average_over_two_times_is_of_both(said: str) -> None:
    [(query, inputs)] = calls_of(*QUARTERS, said)
    assert (query, inputs["period"], inputs["by"]) == ("spend", "2026-04..2026-09", "month")
    assert inputs["net"] is False


def test_what_two_times_come_to_together_is_of_both() -> None:
    assert calls_of(*QUARTERS, "and both together?")[0][1]["period"] == "2026-04..2026-09"


AUGUST = ("What did we spend in August?", "and in September?")


@pytest.mark.parametrize(
    "said", ["what is the average of the two?", "and the average over both months?", "the mean of those two please"]
)
def test_the_average_of_two_months_is_told_by_month(said: str) -> None:
    assert [inputs for _, inputs in calls_of(*AUGUST, said)] == [{"period": "2026-08..2026-09", "by": "month"}]


def test_the_average_of_two_months_that_lie_apart_is_worked_out(ask: Ask) -> None:
    text = told(ask, "What did we spend in June?", "and in September?", "what is the monthly average over those two?")
    assert "Average of spend: USD 127,180.96" in text
    assert "not told here" not in text


def test_two_things_that_differ_in_more_than_time_are_not_taken_as_one() -> None:
    plan = plan_of("What did Utrecht cost in July?", "and S3 in August?", "What's the average over those two?")
    assert not any(str(call.inputs.get("period")).startswith("2026-07..") for call in plan.calls)


@pytest.mark.parametrize(
    "asked",
    [
        ("What percentage of spend is Utrecht?", "was that less in July?"),
        ("How much of our bill is S3, in percent?", "is that more than in July?"),
        ("What share of the bill goes to the data team?", "how does that compare with July?"),
    ],
)
def test_shares_of_all_kinds_are_held_against_those_of_then(asked: tuple[str, ...]) -> None:
    [(_, now), (_, then)] = calls_of(*asked)
    assert then == {**now, "period": "2026-07"}


def test_what_is_no_share_is_compared_as_a_bill() -> None:
    assert calls_of("What did Utrecht spend in September?", "was that less in July?")[0][0] == "spend_change"


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (("what did we spend last month", "but in Utrecht?"), "venue:utrecht"),
        (("what did we spend last month", "only in Utrecht, not Rotterdam"), "venue:utrecht"),
        (("alarms in online-prod", "not in online-prod but in data-prod"), "data-prod"),
        (("what did we spend in Utrecht", "instead of Utrecht, Rotterdam"), "venue:rotterdam"),
        (("what did we spend in Utrecht", "Rotterdam instead"), "venue:rotterdam"),
    ],
)
def test_what_is_named_in_the_place_of_another_is_looked_at(asked: tuple[str, ...], place: str) -> None:
    assert [inputs["accounts"] for _, inputs in calls_of(*asked)] == [place]


def test_a_service_in_the_place_of_another_is_looked_at() -> None:
    [(_, inputs)] = calls_of("What did we spend on S3?", "not S3, EC2")
    assert inputs["service"] == "Amazon Elastic Compute Cloud - Compute"
