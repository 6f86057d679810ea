"""Followed truly: a follow-up that narrows, or points at one thing of an answer, is of that, or says that it is not."""

from __future__ import annotations

import re

import pytest

from agents.models.offline.proposing.ranked import nth_named
from agents.models.offline.topics.actions import action
from agents.models.offline.weighing.nothing_new import NOTHING_NEW
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import plan_of

DAYS = "Total spend: USD 64,714.52.\n\nThe highest:\n- 1 October 2026: USD 10,562.01\n- 13 October 2026: USD 4,274.87"
VENUES = "Total spend: USD 132,864.40.\n\nThe least:\n- venue eindhoven: USD 3,555.50\n- venue utrecht: USD 4,332.42"
DEAREST_DAY = "What was our most expensive day this month?"


def why_not(*asked: str, answers: tuple[str, ...] = ()) -> str:
    """What is said in the place of an answer."""
    plan = plan_of(*asked, answers=answers)
    assert plan.calls == () and plan.abstention is not None
    return plan.abstention.text


@pytest.mark.parametrize(
    ("asked", "period", "against"),
    [
        ("Why?", "2026-10-01", "2026-09-30"),
        ("why was that?", "2026-10-01", "2026-09-30"),
        ("What did we spend that day?", "2026-10-01", None),
        ("And the day after?", "2026-10-02", None),
        ("and the day before?", "2026-09-30", None),
    ],
)
def test_the_day_that_came_first_is_the_day_that_is_meant(asked: str, period: str, against: str | None) -> None:
    [call] = plan_of(DEAREST_DAY, asked, answers=(DAYS,)).calls
    assert (call.inputs["period"], call.inputs.get("compared_to")) == (period, against)


def test_a_follow_up_plans_no_time_to_come() -> None:
    assert "cannot know" in why_not(DEAREST_DAY, "What did we spend that day?", "And the day after?")


def test_the_venue_that_came_first_is_the_one_shown_by_month() -> None:
    [call] = plan_of("Which of our venues is the cheapest?", "And per month since June?", answers=(VENUES,)).calls
    assert (call.inputs["accounts"], call.inputs["by"]) == ("venue-eindhoven", "month")


@pytest.mark.parametrize(
    ("asked", "check"),
    [
        (("Which users have no MFA?", "Only the ones with admin rights"), {"check": "over_privileged"}),
        (
            ("Which access keys are older than a year?", "Which of them have not been used for three months?"),
            {"check": "unused_keys", "days": 90},
        ),
    ],
)
def test_a_check_that_is_not_of_those_shown_says_so(asked: tuple[str, ...], check: dict[str, object]) -> None:
    plan = plan_of(*asked)
    assert [call.inputs for call in plan.calls] == [check]
    assert any("not only those shown before" in limit for limit in plan.limits)


def test_another_check_that_narrows_nothing_says_nothing_of_those_shown() -> None:
    plan = plan_of("Which users have no MFA?", "And which access keys are old?")
    assert plan.calls and not any("shown before" in limit for limit in plan.limits)


def test_what_says_more_of_what_people_did_is_not_asked_of_all_users() -> None:
    assert "the same look at what people did" in why_not("Did anyone log in as root?", "From where?")
    [call] = plan_of("Did anyone log in as root?", "With MFA?").calls
    assert call.inputs == {"check": "root"}


def test_when_that_was_is_not_told_by_what_is_so_now() -> None:
    said = why_not("Which databases are not encrypted?", "When was that?")
    assert "does not tell when that was" in said and "asked with its name. I would rather not guess." in said


def test_who_did_that_is_not_asked_of_everybody_where_no_deed_was_shown() -> None:
    said = why_not("Did last night's backups succeed?", "Which ones failed?", "Who changed that?")
    assert "do not look at what everybody did" in said
    [call] = plan_of("What changed yesterday?", "who did that?").calls
    assert (call.query, call.inputs) == ("recent_changes", {"period": "yesterday"})  # it says by whom


@pytest.mark.parametrize(
    "asked",
    [
        ("Can you make the bucket private?", "Then at least make it private"),
        ("Which buckets are public?", "Close it please", "Then at least make it private"),
    ],
)
def test_to_ask_for_a_change_once_more_is_refused_once_more(asked: tuple[str, ...]) -> None:
    assert why_not(*asked).startswith("Regent only reads")


def test_how_many_there_are_to_save_on_says_what_is_counted() -> None:
    plan = plan_of("How much would we save by deleting disks nobody uses?", "How many are there?")
    assert {call.query for call in plan.calls} == {"savings"}
    assert any("counts all opportunities" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    ("asked", "query", "inputs"),
    [
        (
            ("Which security groups are open to the internet in venue-utrecht?", "Who opened it?"),
            "who_did_what",
            {"action": "AuthorizeSecurityGroupIngress,ModifySecurityGroupRules", "accounts": "venue-utrecht"},
        ),
        (
            ("When do our commitments run out?", "Only the ones in the next 60 days"),
            "commitments",
            {"ending": "2026-10-15..2026-12-14"},
        ),
        (
            ("What happened on Tuesday evening?", "How many errors did we have?"),
            "error_logs",
            {"period": "2026-10-13T18:00..2026-10-14T00:00"},
        ),
        (
            ("Which access keys are older than a year?", "unused ones only"),
            "identity_hygiene",
            {"check": "unused_keys", "days": None},
        ),
        (("Is our data in venue-utrecht encrypted?", "And the disks?"), "encryption", {"kind": "volumes"}),
        (
            ("Did all backups succeed last night?", "What went wrong?", "Since which night?"),
            "backups",
            {"period": "last_24_hours"},
        ),
        (
            ("Did GuardDuty find anything serious this week?", "and last month?"),
            "threats",
            {"severity": "high", "period": "last_month"},
        ),
        (
            ("Which of our buckets can anyone on the internet read?", "Who made it so?"),
            "who_did_what",
            {"action": action("who made the bucket public")},
        ),
        (("Are we still within budget?", "Which ones will we blow this month?"), "budgets", {}),
        (("Are we still within budget?", "Which ones will we blow this month?", "By how much?"), "budgets", {}),
    ],
)
def test_a_few_words_keep_what_was_spoken_of_and_change_what_they_name(
    asked: tuple[str, ...], query: str, inputs: dict[str, object]
) -> None:
    [call] = plan_of(*asked).calls
    assert call.query == query and {key: call.inputs.get(key) for key in inputs} == inputs


@pytest.mark.parametrize("before", ["Which alarms are firing?", "Which databases are public?"])
def test_who_did_it_is_never_answered_with_the_list_alone(before: str) -> None:
    assert re.search("who did that|what everybody did", why_not(before, "Who fixed it?"))


def test_who_made_them_as_they_are_did_not_create_them() -> None:
    assert "which change is meant" in why_not("Are our databases encrypted?", "Who made them so?")


def test_a_deed_is_not_told_by_how_things_are_without_a_word() -> None:
    asked = ("Is anyone logging in as root?", "Where from?", "Did they change anything while they were in?")
    assert NOTHING_NEW in plan_of(*asked).limits


def test_whose_data_it_is_and_when_a_user_was_made_are_named_where_nothing_is_told_by_them() -> None:
    assert any("player" in limit for limit in plan_of("Is player data encrypted?").limits)
    assert "This shows the state now" in plan_of("Which users have no MFA?", "only those created this year").limits[0]


def test_machines_that_nobody_uses_are_held_against_those_that_stand_idle() -> None:
    counted, idle = plan_of("Are there GPU machines running that nobody uses?").calls
    assert counted.inputs["only"] == "gpu running" and (idle.query, idle.inputs["kind"]) == ("savings", "idle")


def test_what_is_highly_available_is_not_told_by_what_is_encrypted() -> None:
    assert "availability zones" in why_not("Which databases are not highly available?")


ACCOUNTS = (
    "Total spend: USD 132,864.40.\n\nThe largest:\n- account online-prod: USD 36,692.54, a share of 27.62 %\n"
    "- account data-prod: USD 29,848.64, a share of 22.47 %\n- account payer: USD 9,194.63, a share of 6.92 %"
)
THREE = "What are our three most expensive accounts?"


@pytest.mark.parametrize(
    ("asked", "account"),
    [("how much is the second one?", "data-prod"), ("and the third?", "payer"), ("what about the last one?", "payer"),
     ("what does number two cost?", "data-prod"), ("which alarms fire in the 2nd account?", "data-prod"),
     ("what is the third of them spending on?", "payer")],
)  # fmt: skip
def test_one_of_a_list_is_asked_about_by_its_place_in_it(asked: str, account: str) -> None:
    plan = plan_of(THREE, asked, answers=(ACCOUNTS,))
    assert [call.inputs["accounts"] for call in plan.calls] == [account]


def test_another_one_of_the_list_is_of_the_list_and_not_of_the_one_that_was_shown() -> None:
    one = "Total spend: USD 29,848.64.\n\nThe largest:\n- account data-prod: USD 29,848.64, a share of 100 %"
    plan = plan_of(THREE, "how much is the second one?", "and the third?", answers=(ACCOUNTS, one))
    assert [call.inputs["accounts"] for call in plan.calls] == ["payer"]


def test_a_service_is_named_by_its_place_as_well() -> None:
    services = "Total: USD 3.\n\n- service EC2 - Other: USD 2\n- service Amazon Simple Storage Service: USD 1"
    [call] = plan_of("top services last month", "how much was the second one in August?", answers=(services,)).calls
    assert (call.inputs["service"], call.inputs["period"]) == ("Amazon Simple Storage Service", "2026-08")


@pytest.mark.parametrize("asked", ["and the fourth one?", "and the second venue?", "and the second half of the year?"])
def test_no_row_is_named_that_was_not_told_or_is_no_such_thing(asked: str) -> None:
    assert nth_named(asked, ACCOUNTS, names()) == asked


def test_a_row_of_something_within_a_service_is_no_service() -> None:
    rise = "- service EC2 - Other in account data-prod: USD 9,000\n- service Amazon CloudFront in account payer: USD 70"
    assert nth_named("what did the second one cost us?", rise, names()) == "what did the second one cost us?"


GREW = "and which of them grew most against August?"
MOVED = "What moved:\n- no venue tag, change: USD 10,468.15\n- venue amsterdam, change: USD -170.95"


@pytest.mark.parametrize(
    "asked", [GREW, "which ones rose the most since August?", "which of those went up most compared to August?"]
)
def test_which_of_them_grew_is_told_of_those_that_were_shown(asked: str) -> None:
    [call] = plan_of("What did the four venues cost us in September, each?", asked).calls
    assert call.query == "spend_change"
    assert call.inputs == {"by": "venue", "period": "2026-09", "compared_to": "2026-08"}


@pytest.mark.parametrize(
    "asked", ["what drove that one?", "why did that one change?", "what is behind the change in that one?"]
)
def test_what_moved_that_one_is_told_by_service_of_it(asked: str) -> None:
    [call] = plan_of("What did the four venues cost us in September, each?", GREW, asked, answers=(VENUES, MOVED)).calls
    assert (call.query, call.inputs["by"], call.inputs["venue"]) == ("spend_change", "service", "amsterdam")
    assert (call.inputs["period"], call.inputs["compared_to"]) == ("2026-09", "2026-08")
