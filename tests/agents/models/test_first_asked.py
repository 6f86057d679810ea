"""First asked: what a question names is what is told: its quarter, its tag, its topic, the way that it asks about.

What can not be told so is said, or not answered: another tag, another time or another count never stands in its place.
"""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import re

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.plan import Derivation
from agents.models.offline.understand import understand
from agents.models.offline.words.framing import with_its_topic
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import calls_of, plan_of
from tools.catalogue import queries
from tools.estate.world import NOW

__all__ = ["ask", "estate", "home", "open_desk_with"]
VENUES = "What did the four venues cost us in September?"
THREATS = "guardduty alerts last week"
CRITICAL = "critical findings"


def text_of(ask: Ask, *asked: str) -> str:
    """The answer to the last question, after the others."""
    for one in asked:
        answer = ask(OfflineMaker(), one, session="first")
    return answer.text


LATER, RUNNING = {"months": "2026-11..2026-12"}, {"period": "this_month"}


@pytest.mark.parametrize(
    "asked",
    [
        "forecast for Q4",
        "how much will we spend this quarter",
        "what will we spend in H2",
        "forecast for the quarter",
        "what will the rest of the quarter cost",
        "forecast October to December",
        "projected spend for the second half",
    ],
)
def test_a_forecast_of_months_that_have_begun_is_of_this_month_and_those_after_it(asked: str) -> None:
    plan = plan_of(asked)
    assert [dict(call.inputs) for call in plan.calls] == [LATER, RUNNING]
    assert plan.then == (Derivation(operation="sum", picks=("forecast spend", "forecast spend for the whole month")),)
    begun = any("before this month is not in it" in limit for limit in plan.limits)
    assert begun == ("H2" in asked or "half" in asked)
    assert any("as a whole" in limit for limit in plan.limits)


@pytest.mark.parametrize("asked", ["only RDS then", "only RDS"])
def test_what_follows_such_a_forecast_is_of_the_same_months(asked: str) -> None:
    service = {"service": "Amazon Relational Database Service"}
    assert calls_of("forecast for Q4", asked) == [
        ("forecast", {**LATER, **service}),
        ("forecast", {**RUNNING, **service}),
    ]


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("forecast for Q1", {"months": "2027-01..2027-03"}),
        ("forecast next quarter", {"period": "next_3_months"}),
        ("forecast for 2026", {"period": "this_year"}),
        ("forecast for December", {"months": "2026-12"}),
    ],
)
def test_a_forecast_of_a_time_that_has_not_begun_is_one(asked: str, inputs: dict[str, str]) -> None:
    assert calls_of(asked) == [("forecast", inputs)]


def test_the_forecast_of_a_quarter_is_summed_up_and_leads(ask: Ask) -> None:
    assert text_of(ask, "forecast for Q4").split("\n\n")[1].startswith("Sum of forecast spend")


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        ("the gpu boxes in data-lab, who started them", "StartInstances,RunInstances"),
        ("those databases in online-prod: who deleted them?", "DeleteDBInstance,DeleteDBCluster"),
        ("the servers in Eindhoven - who stopped them", "StopInstances"),
        ("the alarms in online-prod, who switched them off", "DisableAlarmActions"),
        ("lambda functions in online-prod, who updated them last week", "UpdateFunctionCode"),
    ],
)
def test_who_did_something_to_what_is_named_before_it(asked: str, action: str) -> None:
    [(query, inputs)] = calls_of(asked)
    assert (query, inputs["action"]) == ("who_did_what", action)


def test_what_they_cost_a_day_is_told_by_day_and_whether_they_are_used_by_no_bill(ask: Ask) -> None:
    asked = ("the gpu boxes in data-lab, who started them", "what do they cost us per day")
    assert "Read as: spend by day" in text_of(ask, *asked)
    assert "A bill does not tell whether things are used" in text_of(ask, *asked, "are they used at all?")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("our databases, what do they cost per month?", "what do our databases cost per month?"),
        ("the data team, what did it spend in august", "the data team, what did it spend in august"),  # no thing
        ("what is broken, and who did it?", "what is broken, and who did it?"),
        ("last week, what did it cost", "last week, what did it cost"),
        ("rds jumped in online-prod - is it a reservation", "rds jumped in online-prod - is it a reservation"),
        ("the bucket: who opened it and is it public", "the bucket: who opened it and is it public"),
    ],
)
def test_only_things_are_put_in_the_place_of_the_word_that_points_at_them(asked: str, said: str) -> None:
    assert with_its_topic(asked) == said


@pytest.mark.parametrize("asked", ["What we have payed for support in this year?", "how much was payed for support in september"])  # fmt: skip
def test_what_was_payed_for_support_is_of_that_service(asked: str) -> None:
    for after in ((), ("how is it by month",)):
        [(query, inputs)] = calls_of(asked, *after)
        assert (query, inputs["service"]) == ("spend", "AWS Support (Business)")


@pytest.mark.parametrize(
    "asked",
    [
        "what did we spend without a project tag last month",
        "spend by project tag in September",
        "spend per tag application",
        "how much of our bill has no name tag",
    ],
)
def test_a_bill_is_told_by_no_other_tag_than_the_one_named(asked: str) -> None:
    plan = plan_of(asked)
    assert plan.abstention is not None
    assert "and by no tag" in plan.abstention.text


@pytest.mark.parametrize(
    ("asked", "owner"),
    [
        ("How much of our September spend has no owner tag?", True),
        ("how much is not tagged with owner", True),
        ("How much of our September spend has no team tag?", False),
        ("spend without cost center tag", False),
        ("how much spend lacks the proper tags", False),
    ],
)
def test_an_owner_is_a_team_and_that_is_said(asked: str, owner: bool) -> None:
    plan = plan_of(asked)
    assert [call.query for call in plan.calls] == ["untagged_spend"]
    assert any("tag named team" in limit for limit in plan.limits) == owner


def test_what_lacks_a_tag_of_another_name_is_looked_for_by_that_name() -> None:
    assert calls_of("which buckets have no project tag")[0][1]["tag"] == "project="


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("how many euros did we spend in September", True),
        ("total spend in EUR for August", True),
        ("cost in pounds last month by team", True),
        ("what's the untagged spend in \u00a3 for august", True),
        ("how much in dollars did we spend in august", False),
    ],
)
def test_another_currency_is_not_told_in_silence(asked: str, said: bool) -> None:
    plan = plan_of(asked)
    assert plan.calls
    assert any(limit.startswith("Nothing is converted") for limit in plan.limits) == said


def test_a_sum_that_was_shown_is_not_converted() -> None:
    plan = plan_of("What did we spend in September?", "convert that to pounds")
    assert plan.abstention is not None
    assert "converts no currencies" in plan.abstention.text


def test_none_grew_where_all_fell(ask: Ask) -> None:
    text = text_of(ask, VENUES, "which of them grew the most compared to August")
    assert "None of those listed rose." in text
    assert text.index("venue-eindhoven, change") < text.index("venue-utrecht, change")


@pytest.mark.parametrize(
    ("asked", "first", "never"),
    [
        (
            "which services fell the most in September",
            "Amazon Relational Database Service, change",
            "EC2 - Other, change",
        ),
        ("which service rose most in September", "EC2 - Other, change", "Refund, change"),
        ("which account became cheaper in September", "account online-prod, change", "data-prod, change"),
    ],
)
def test_those_that_moved_the_way_that_is_asked_come_first(ask: Ask, asked: str, first: str, never: str) -> None:
    text = text_of(ask, asked)
    assert first in re.split(r"What (?:moved|rose|fell):\n", text)[1].split("\n")[0]
    assert never not in text
    assert "None of those" not in text


def test_what_moved_at_all_is_told_by_how_much_it_moved(ask: Ask) -> None:
    text = text_of(ask, "spend by account in September against August")
    assert "account online-prod, change: USD -" in text
    assert "account data-prod, change: USD 8" in text


def test_what_drove_one_account_is_told_by_service(ask: Ask) -> None:
    text = text_of(ask, VENUES, "which of them grew the most compared to August", "and what drove it there?")
    assert "spend change by service" in text
    assert "account venue-eindhoven" in text


def test_what_changed_by_account_is_told_by_account_where_that_is_asked() -> None:
    asked = "by account, how did the spend of data-lab change in September against August"
    assert calls_of(asked)[0][1].get("by") == "account"


@pytest.mark.parametrize("before", [(), ("how many per account?",), ("how many per account?", "leave out the venues")])
def test_the_oldest_finding_is_named(ask: Ask, before: tuple[str, ...]) -> None:
    text = text_of(ask, CRITICAL, *before, "which one is the oldest?")
    assert "The oldest of the open critical findings: RDS DB Instances" in text
    assert "different ways" not in text


def test_the_one_that_is_open_the_longest_is_the_oldest(ask: Ask) -> None:
    assert "The oldest of the open findings: " in text_of(ask, "which finding is open the longest")


@pytest.mark.parametrize("before", [(THREATS,), (THREATS, "the high ones only"), ()])
def test_which_account_got_the_most_threats_is_told_by_account(ask: Ask, before: tuple[str, ...]) -> None:
    asked = "which account got the most" if before else "which account has the most threats"
    text = text_of(ask, *before, asked)
    assert "By account:\n- account venue-" in text
    assert "accounts in sight" not in text


@pytest.mark.parametrize("before", ["public buckets", "config rules that fail", "who has no MFA"])
def test_a_list_of_accounts_does_not_say_which_has_the_most_of_something(before: str) -> None:
    assert not any(query == "account_list" for query, _ in calls_of(before, "which account has the most"))


@pytest.mark.parametrize(
    "asked",
    [
        ("any access keys older than 90 days", "what can svc-legacy-export do?", "when was it used the last time"),
        ("when was svc-legacy-export used the last time",),
    ],
)
def test_when_a_key_was_last_used_is_told_of_its_user(ask: Ask, asked: tuple[str, ...]) -> None:
    assert "- svc-legacy-export in account backoffice-prod: 200 days" in text_of(ask, *asked)


def test_keys_that_are_unused_are_those_of_a_quarter() -> None:
    assert calls_of("unused access keys") == [("identity_hygiene", {"check": "unused_keys"})]


@pytest.mark.parametrize(
    "asked",
    [
        ("what's broken right now", "since when does the backup fail?"),
        ("failed backups last 7 days", "since when?"),
        ("how long has the backup been failing",),
    ],
)
def test_since_when_a_backup_fails_is_the_first_that_failed(ask: Ask, asked: tuple[str, ...]) -> None:
    text = text_of(ask, *asked)
    assert "failing since 5 October 2026 02:01 UTC" in text
    assert text.index("failing since") < text.index("last 7 days, since 8 October 2026, all accounts)")


def test_how_many_backups_failed_is_still_their_number(ask: Ask) -> None:
    assert "failing since" not in text_of(ask, "failed backups last 7 days")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("patch status pls", "when was the last patch window?"), True),
        (("when were the servers in Eindhoven last patched",), True),
        (("which windows servers miss patches",), False),
        (("patch status pls",), False),
    ],
)
def test_when_something_was_patched_is_not_when_it_was_scanned(asked: tuple[str, ...], said: bool) -> None:
    assert any("Patch windows" in limit for limit in plan_of(*asked).limits) == said


@pytest.mark.parametrize(
    ("asked", "of"),
    [
        (("how many accounts do we have and who owns them", "which are not production"), ["online-staging", "data-lab"]),
        (("how many accounts do we have", "which ones are staging or dev"), ["online-staging", "data-lab"]),
        (("how many accounts do we have", "which of them belong to floor systems?"), ["venue-amsterdam", "venue-utrecht", "venue-rotterdam", "venue-eindhoven"]),
    ],
)  # fmt: skip
def test_some_of_the_accounts_are_listed_and_no_others(ask: Ask, asked: tuple[str, ...], of: list[str]) -> None:
    text = text_of(ask, *asked)
    listed = text.split("Those that were asked for:\n")[1].split("\n\n")[0]
    assert [line[2:].split(",")[0] for line in listed.split("\n")] == of


def test_what_follows_some_of_the_accounts_is_of_all_of_those() -> None:
    before = ("how many accounts do we have and who owns them", "which are not production")
    assert calls_of(*before, "any open security issues there?")[0][1]["accounts"] == "online-staging,data-lab"
    assert calls_of(*before, "what did those cost in sept")[0][1]["accounts"] == "online-staging,data-lab"


def test_all_accounts_are_told_as_they_were(ask: Ask) -> None:
    text = text_of(ask, "which accounts do we have")
    assert "asked for are listed" not in text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("compare spend of data team with online-games team in september", ["data", "online-games"]),
        ("comparison of the costs of the data team and the online-games team please", ["data", "online-games"]),
        ("compare data-prod against online-prod", []),  # of what, nobody said
    ],
)
def test_two_that_are_to_be_compared_are_told_side_by_side(asked: str, told: list[str]) -> None:
    plan = understand(asked, [], names=names(), now=NOW, queries=queries())
    assert sorted(str(call.inputs.get("team")) for call in plan.calls) == told
