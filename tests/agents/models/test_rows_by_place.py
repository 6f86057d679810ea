"""Rows by place: "the first" and "the last one" are rows of what was shown, and each says what is asked of it."""

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.telling.unchanged import NOT_AMONG
from agents.models.offline.weighing.measuring import NOT_BELOW, NOT_WHETHER_NOW
from agents.models.offline.weighing.thread import NOT_NARROWED
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import calls_of, plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]
QUOTAS = "Which quotas are above 40%?"
HEALTH = "how is the platform doing today"


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        ("how much room is left on the first", "0"),
        ("how much headroom does the second one have", "1"),
        ("how much is left on the third?", "2"),
        ("how much room is left on the last one", "-1"),
        ("what is the headroom of the first one", "0"),
    ],
)
def test_what_is_left_is_worked_out_of_the_row_that_is_meant(asked: str, row: str) -> None:
    plan = plan_of(QUOTAS, asked)
    assert [(call.query, call.inputs) for call in plan.calls] == [("quotas", {"above": 40})]
    assert [step.picks for step in plan.then] == [(f"row {row} limit", f"row {row} used")]


@pytest.mark.parametrize("asked", ["how much room do we have", "how much is left on it", "how much space is left"])
def test_room_that_is_left_stays_with_quotas(asked: str) -> None:
    assert calls_of(QUOTAS, asked) == [("quotas", {"above": 40})]


def test_what_follows_is_of_quotas_too() -> None:
    asked = ["Which quotas are above 80%?", "how much room is left on the first", "and above 50?"]
    assert calls_of(*asked) == [("quotas", {"above": 50})]
    assert calls_of(*asked, "in data-prod") == [("quotas", {"above": 50, "accounts": "data-prod"})]


def test_a_day_is_still_a_day() -> None:
    """What is asked of a bill "on the first" is no row of it."""
    [(query, inputs)] = calls_of("what did we spend by account last month", "what did we spend on the first")
    assert (query, inputs["period"]) == ("spend", "2026-10-01")
    [(query, inputs)] = calls_of("which alarms are firing", "what changed on the first")
    assert (query, inputs["period"]) == ("recent_changes", "2026-10-01")


def test_the_row_that_is_meant_is_told(ask: Ask) -> None:
    told = [ask(OfflineMaker(), one, session="rows") for one in (QUOTAS, "how much headroom does the second one have")]
    assert ": 32 units" in told[-1].text, "was worked out of the first row"
    assert "The second:\n- Running On-Demand G and VT instances" in told[-1].text


def test_urgency_is_not_told_by_what_comes_first(ask: Ask) -> None:
    told = [ask(OfflineMaker(), one, session="urgent") for one in (HEALTH, "what is the most urgent?")][-1].text
    assert "The most urgent" not in told
    assert "How urgent each is is not known here. The first by how many different things are wrong:" in told
    assert "account online-prod: alarms firing" in told and "account venue-rotterdam: alarms firing" in told
    assert "not the time that was asked about" not in told


def test_the_worst_is_the_most_severe(ask: Ask) -> None:
    asked = ("Which CVEs affect the venue Eindhoven?", "which one is the worst?")
    told = [ask(OfflineMaker(), one, session="worst") for one in asked][-1].text
    assert "The worst by severity:\n- CVE-2026-90387: critical, 6 resources" in told


@pytest.mark.parametrize("asked", ["How severe?", "how serious is it", "how bad is it?", "what is the severity"])
def test_how_severe_a_threat_is_stands_beside_it(ask: Ask, asked: str) -> None:
    told = [ask(OfflineMaker(), one, session="severe") for one in ("any security threats?", asked)][-1].text
    assert "in account venue-utrecht: high, 1 time" in told
    assert "may not be in it" not in told and "do not see what else" not in told


def test_what_goes_on_now_is_not_told_of_threats() -> None:
    assert NOT_WHETHER_NOW in plan_of("Is there a security threat going on right now?").limits
    assert NOT_WHETHER_NOW not in plan_of("Which threats were there last week?").limits


@pytest.mark.parametrize("asked", ["what was there last month", "how many were there last month?", "and last month"])
def test_what_there_was_is_the_same_of_another_time(asked: str) -> None:
    plan = plan_of("Is there a security threat going on right now?", asked)
    assert [(call.query, call.inputs) for call in plan.calls] == [("threats", {"period": "last_month"})]
    assert NOT_WHETHER_NOW not in plan.limits


def test_the_last_row_of_a_list_that_is_cut_is_the_last_of_those_listed(ask: Ask) -> None:
    told = [ask(OfflineMaker(), one, session="cut") for one in ("what could we save", "and the last one?")][-1].text
    assert "The last of those listed:" in told


def test_quotas_below_a_share_are_not_told() -> None:
    assert NOT_BELOW in plan_of(QUOTAS, "and below 50?").limits
    assert NOT_BELOW not in plan_of(QUOTAS, "and above 50?").limits
    assert NOT_BELOW not in plan_of("which quotas have less than 20 percent left?").limits


@pytest.mark.parametrize(
    "asked", ["was mfa on", "did they use mfa?", "is MFA enabled", "with mfa?", "was there mfa on it?"]
)
@pytest.mark.parametrize("before", ["Did anyone use the root account this month?", "Who signed in as root last month?"])
def test_whether_mfa_was_on_is_asked_of_root(before: str, asked: str) -> None:
    assert calls_of(before, asked) == [("identity_hygiene", {"check": "root"})]


def test_whole_questions_about_mfa_are_of_all_users() -> None:
    before = "Did anyone use the root account this month?"
    assert calls_of(before, "which users have no mfa") == [("identity_hygiene", {"check": "no_mfa"})]


@pytest.mark.parametrize("asked", ["who?", "and who", "who exactly?"])
def test_who_changed_it_stands_beside_each_change(ask: Ask, asked: str) -> None:
    before = "What changed in backoffice-prod in the last 24 hours?"
    told = [ask(OfflineMaker(), one, session="who") for one in (before, asked)][-1].text
    assert "by role deploy-backoffice: " in told
    assert "may not be in it" not in told


@pytest.mark.parametrize(
    "asked", ["who opened it and when", "who opened them and when?", "who opened it, and when exactly", "who opened it"]
)
def test_who_did_that_and_when_is_one_question(asked: str) -> None:
    [(query, inputs)] = calls_of("security groups open to the world?", asked)
    assert query == "who_did_what" and "AuthorizeSecurityGroupIngress" in inputs["action"]


@pytest.mark.parametrize("asked", ["did it get recreated?", "was it ever put back?", "has it been restored since?"])
def test_what_undid_a_deed_is_looked_for_behind_other_deeds(asked: str) -> None:
    talk = ["who deleted the vpc endpoint in data-prod in September", "what else did this role do that day?"]
    [(query, inputs)] = calls_of(*talk, asked)
    assert (query, inputs["action"], inputs["period"]) == (
        "who_did_what", "CreateVpcEndpoint", "2026-09-01..2026-10-15"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("same but without tax and support", ("row Tax", "row AWS Support (Business)")),
        ("leave out tax, support", ("row Tax", "row AWS Support (Business)")),
        ("without support", ("total spend", "row AWS Support (Business)")),
    ],
)
def test_services_are_left_out_by_what_they_come_to(asked: str, rows: tuple[str, ...]) -> None:
    plan = plan_of("What did we spend by service last month", asked)
    assert [step.picks for step in plan.then] == [rows]


def test_what_is_not_in_a_bill_can_not_be_left_out_of_it(ask: Ask) -> None:
    asked = ("Top 5 services in online-prod this month", "same but without tax and support")
    told = [ask(OfflineMaker(), one, session="left out") for one in asked][-1].text
    assert NOT_AMONG in told and "the sum is of that alone" not in told
    asked = ("What did we spend by service last month", "excluding tax and support")
    told = [ask(OfflineMaker(), one, session="left out too") for one in asked][-1].text
    assert "The sum of what was to be left out: USD 5,787.17" in told and NOT_AMONG not in told


@pytest.mark.parametrize(
    "asked",
    [
        "Which lambda functions run an outdated runtime?",
        "which lambdas run deprecated runtimes",
        "functions on an eol runtime?",
    ],
)
def test_what_runs_an_old_runtime_is_asked_for_no_duration(asked: str) -> None:
    assert calls_of(asked) == [("inventory", {"kind": "functions", "by": "type"})]


def test_functions_by_account_are_not_the_outdated_ones() -> None:
    plan = plan_of("Which lambda functions run an outdated runtime?", "how many per account")
    assert [call.query for call in plan.calls] == ["inventory"]
    assert f"{NOT_NARROWED}outdated runtimes of the question before." in plan.limits


@pytest.mark.parametrize(
    "asked",
    ["how long do lambda functions run", "average run time of our functions yesterday", "lambda duration last week"],
)
def test_how_long_functions_run_is_still_a_duration(asked: str) -> None:
    assert any(inputs.get("name") == "lambda_duration" for _, inputs in calls_of(asked))


@pytest.mark.parametrize(
    "asked", ["Which savings could we still pick up?", "which savings can we grab", "which quick wins should we bag"]
)
def test_what_we_might_do_with_things_does_not_narrow_them(asked: str) -> None:
    assert not plan_of(asked).limits
    assert not plan_of(asked, "just rightsizing").limits


def test_what_narrows_is_named_again() -> None:
    talk = ("do we have windows servers", "how many of them are in the venues")
    assert any("as before: windows" in limit for limit in plan_of(*talk).limits)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("Did all backups succeed last night?", "since when is this going wrong?"),
        (HEALTH, "tell me more about the backup"),
        ("How much of our bill cannot be allocated to a team?", "in which accounts is it"),
        ("Are we over budget anywhere?", "Will it get worse before end of the month?"),
    ],
)
def test_no_doubt_is_cast_on_what_is_told(ask: Ask, before: str, asked: str) -> None:
    told = [ask(OfflineMaker(), one, session="no doubt") for one in (before, asked)][-1].text
    assert "may not be in it" not in told


def test_whether_it_gets_worse_is_asked_of_the_budgets() -> None:
    assert calls_of("Are we over budget anywhere?", "Will it get worse before end of the month?") == [("budgets", {})]


def test_whether_maintenance_hits_a_place_is_said(ask: Ask) -> None:
    asked = ("Is there any planned AWS maintenance coming up?", "does it hit production?")
    assert "\n\nYes. AWS Health events upcoming" in [ask(OfflineMaker(), one, session="hits") for one in asked][-1].text


def test_a_bill_without_what_was_named_says_so(ask: Ask) -> None:
    asked = ("net vs gross for september?", "where does the difference come from?", "same for July")
    told = [ask(OfflineMaker(), one, session="july") for one in asked][-1].text
    assert "There is none of what was named in it" in told and "not among the largest" not in told
