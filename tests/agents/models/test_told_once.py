"""Told once: few words after an answer are told from it, a second reading only where it asks for something else."""
# ruff: noqa: E501 - results read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import read_result
from agents.models.offline.weighing.aside import RUNTIMES_IN_USE
from agents.models.offline.weighing.measuring import NO_DIFFERENCE
from agents.models.offline.weighing.nothing_new import ALREADY_SO, NOTHING_NEW, SHOWN_BEFORE
from tests.agents.models.planning import calls_of, plan_of
from tools.catalogue import queries

EXPENSIVE = "Why is data-prod so expensive in September?"
LAST_DAYS = {"accounts": "data-prod", "by": "day", "period": "2026-10-02..2026-10-15"}


@pytest.mark.parametrize(
    "asked",
    [
        "is it back to normal now?",
        "has it gone back to normal?",
        "did the costs come down again?",
        "are we back to normal",
        "is that normal again?",
        "has it recovered?",
    ],
)
def test_whether_a_cost_is_back_to_normal_is_told_by_its_last_days(asked: str) -> None:
    assert calls_of(EXPENSIVE, asked) == [("cost_anomalies", {"accounts": "data-prod"}), ("spend", LAST_DAYS)]


def test_it_is_asked_of_the_bill_though_who_did_that_was_asked_between() -> None:
    found = calls_of(EXPENSIVE, "when did it start?", "who did that?", "is it back to normal now?")
    assert [query for query, _ in found] == ["cost_anomalies", "spend"]


def test_whether_alarms_are_back_to_normal_is_told_by_the_alarms() -> None:
    assert [query for query, _ in calls_of("Which alarms are firing?", "is everything back to normal?")] == ["alarms"]


@pytest.mark.parametrize(
    "asked",
    ["since when do they have an account?", "how long have they been here?", "when were these users created?"],
)
def test_since_when_administrators_exist_is_told_and_since_when_they_are_such_is_not(asked: str) -> None:
    plan = plan_of("Who has admin rights?", asked)
    assert [call.inputs.get("check") for call in plan.calls] == ["over_privileged"]
    assert any("was created" in limit for limit in plan.limits)
    assert plan_of("Who has admin rights?", "since when are they admins?").abstention is not None
    assert plan_of("Who has no MFA?", "since when do they have an account?").abstention is not None


@pytest.mark.parametrize(
    "asked",
    [
        "what can svc-legacy-export do?",
        "what is svc-legacy-export allowed to do?",
        "which permissions does svc-legacy-export have?",
        "what rights does m.jansen have",
    ],
)
def test_what_one_may_do_is_told_by_who_has_administrator_rights(asked: str) -> None:
    plan = plan_of(asked)
    assert [(call.query, call.inputs) for call in plan.calls] == [("identity_hygiene", {"check": "over_privileged"})]
    assert any("What somebody may do is not listed" in limit for limit in plan.limits) and plan.focus


def test_what_one_did_is_not_what_one_may_do() -> None:
    assert calls_of("What did m.jansen do in September?")[0][0] == "who_did_what"
    assert calls_of("what can svc-tableau do?", "what did it do last week?")[0][1]["who"] == "svc-tableau"


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("What did the alarm storm of Tuesday cost us?", {"period": "2026-10-13"}),
        ("what did the incident on 13 October cost us", {"period": "2026-10-13"}),
        ("how much did the outage of last week cost?", {"period": "last_week"}),
        ("cost of the incident of 13 October in online-prod", {"period": "2026-10-13", "accounts": "online-prod"}),
    ],
)
def test_what_an_event_cost_is_told_by_the_unusual_spend_of_its_day(asked: str, inputs: dict[str, str]) -> None:
    plan = plan_of(asked)
    assert [(call.query, call.inputs) for call in plan.calls] == [("cost_anomalies", inputs)]
    assert any("no line for one event" in limit for limit in plan.limits) and not plan.aside


def test_an_event_of_no_day_and_a_cost_of_no_event_are_none_of_it() -> None:
    assert plan_of("what did the incident cost us?").abstention is not None
    assert calls_of("What did S3 cost on 13 October?")[0][0] == "spend"


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("medium and higher, rotterdam only", ["critical", "high", "medium"]),
        ("high and critical, in Rotterdam only", ["critical", "high"]),
        ("only high and above in rotterdam please", ["critical", "high"]),
    ],
)
def test_some_levels_in_one_place_are_each_told_of_that_place(asked: str, wanted: list[str]) -> None:
    found = calls_of("Show open findings per account in utrecht and rotterdam", asked)
    assert [inputs["severity"] for _, inputs in found] == wanted
    assert {inputs["accounts"] for _, inputs in found} == {"venue:rotterdam"}


def test_a_level_in_another_question_is_no_narrowing() -> None:
    assert calls_of("Show open findings in utrecht", "what does a high and a medium instance cost?") != [
        ("findings", {"status": "open", "accounts": "venue:utrecht", "severity": level}) for level in ("high", "medium")
    ]


@pytest.mark.parametrize("asked", ["who is responsible for it?", "who is in charge of it?", "who runs it?"])
def test_whose_a_place_is_is_told_by_the_accounts(asked: str) -> None:
    plan = plan_of("What is the health of venue Rotterdam?", asked)
    assert [call.query for call in plan.calls] == ["account_list"]
    assert "venue-rotterdam" in plan.focus
    assert plan_of(asked).abstention is not None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("how much is left there?", "What is left of budget data-prod: USD 12,142.88"),
        ("what is left of the budget?", "What is left of budget data-prod: USD 12,142.88"),
        ("how much can we still spend", "What is left of budget data-prod: USD 12,142.88"),
    ],
)
def test_what_is_left_of_a_budget_is_worked_out(ask: Any, asked: str, said: str) -> None:
    ask(OfflineMaker(), "budget of data-prod?", session="left")
    assert said in ask(OfflineMaker(), asked, session="left").text


def test_what_is_left_of_many_budgets_is_said_not_to_be_told() -> None:
    assert any("one budget at a time" in limit for limit in plan_of("are our budgets ok?", "how much is left").limits)


@pytest.mark.parametrize(
    "asked",
    ["Are we going to stay within the total budget this month?", "is the overall budget going to hold?"],
)
def test_the_total_budget_is_told_where_it_is_asked_about(ask: Any, asked: str) -> None:
    text = ask(OfflineMaker(), asked, session="total").text
    assert "Lantern Casinos total" in text and "forecast USD 135,645.12" in text
    assert text.index("Lantern Casinos total") < text.index("Budgets already over")


STORM = ("how many alarms went off in online-prod on tuesday evening?",)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("which came first?", "bet-settlement-errors"),
        ("which one started first", "bet-api-5xx"),
        ("which was the last?", "wallet-db-connections-high"),
        ("which one came last", "wallet-db-connections-high"),
    ],
)
def test_which_came_first_or_last_is_singled_out(ask: Any, asked: str, first: str) -> None:
    ask(OfflineMaker(), *STORM, session="storm")
    text = ask(OfflineMaker(), asked, session="storm").text
    assert first in text.split("Alarms that started firing")[0]
    assert SHOWN_BEFORE not in text


@pytest.mark.parametrize("asked", ["how long already?", "since when?", "how old are they?"])
def test_how_long_vulnerabilities_are_open_is_told_by_the_oldest(ask: Any, asked: str) -> None:
    ask(OfflineMaker(), "Show me critical vulnerabilities in Eindhoven", session="old")
    assert "Age of the oldest" in ask(OfflineMaker(), asked, session="old").text


def test_how_long_patches_are_missing_is_said_not_to_be_known() -> None:
    said = plan_of("which servers in Eindhoven are missing patches", "how long already?").abstention
    assert said is not None and "does not tell since when" in said.text


SEEN = (
    "Changes: 2 changes.\n\nThe events:\n"
    "- j.devries, PutBucketPolicy on marketing-exports in account venue-utrecht: 6 October 2026 14:18 UTC\n"
    "- j.devries, ConsoleLogin in account venue-utrecht: 5 October 2026 18:56 UTC"
)


def test_the_last_of_what_somebody_did_is_named_again_and_no_approval_is_spoken_of() -> None:
    asked = ("what did j.devries do in october?", "show the last one only")
    said = plan_of(*asked, answers=(SEEN,)).abstention
    assert said is not None and "approval" not in said.text
    assert said.text.startswith("The last change that it lists: j.devries, PutBucketPolicy on marketing-exports")
    other = plan_of(asked[0], "only changes", answers=(SEEN,)).abstention
    assert other is not None and "the changes first and sign-ins behind them" in other.text
    assert "The last change" not in other.text


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        (("ec2 instances per account", "how many are stopped"), "inventory"),
        (("failed backups last 7 days", "and how many went ok?"), "backups"),
        (("failed backups last 7 days", "and how many went ok?", "rds only"), "backups"),
        (("Which of our volumes and databases are not encrypted?",), "encryption"),
        (("open findings in utrecht and rotterdam by account", "what about findings that were resolved"), "findings"),
    ],
)  # fmt: skip
def test_a_second_reading_that_asks_for_no_more_is_not_told(asked: tuple[str, ...], query: str) -> None:
    plan = plan_of(*asked)
    assert plan.first == 0 and {call.query for call in plan.calls} == {query}


@pytest.mark.parametrize(
    "asked",
    [
        ("how many backup jobs completed ok in september, all accounts", "any still running this minute?"),
        ("Did we overspend?", "Why?"),
        ("lamdba errs data-prod 24h", "durations p99?", "cost of lambda in that acct last mo"),
    ],
)
def test_a_second_reading_of_another_time_or_thing_still_is(asked: tuple[str, ...]) -> None:
    assert plan_of(*asked).first


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (["daily spend in october so far", "which day was the most expensive"], False),
        (["what could we save by rightsizing", "what is the total of that per month?"], False),
        (["Which budgets are over?", "how did that happen?"], True),
    ],
)
def test_what_is_told_first_is_not_said_to_be_missing(ask: Any, turns: list[str], said: bool) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="first")
    assert any(note in answer.text for note in (SHOWN_BEFORE, NOTHING_NEW)) is said


def test_what_is_so_already_was_understood() -> None:
    plan = plan_of("are we near any limits", "above 80 percent")
    assert ALREADY_SO in plan.limits and NOTHING_NEW not in plan.limits
    assert ALREADY_SO not in plan_of("are we near any limits", "above 90 percent").limits


def test_gross_or_net_is_told_first(ask: Any) -> None:
    ask(OfflineMaker(), "What did data-prod cost in September?", session="net")
    for asked in ("gross or net, what is this?", "is that before or after credits?"):
        text = ask(OfflineMaker(), asked, session="net").text
        assert "This is net: after credits and refunds." in text.split("Total spend")[0]


def test_a_difference_that_is_not_told_is_said_once() -> None:
    asked = "how much more do we pay since then for everything?"
    limits = plan_of("Do we have any reservations that expired?", asked).limits
    assert sum("more" in limit or "changed" in limit for limit in limits) == 1 and NO_DIFFERENCE in limits


def test_runtimes_are_spoken_of_only_while_they_are_shown() -> None:
    asked = ["list all lambda functions with old runtimes"]
    assert RUNTIMES_IN_USE in plan_of(*asked, "in data-prod?").limits
    for then in ("how many lambdas in total then", "per region", "without team tag?"):
        assert RUNTIMES_IN_USE not in plan_of(*asked, then).limits


def _told(result: str) -> str:
    return answer([read_result(result)], asked="")


@pytest.mark.parametrize(
    ("whole", "sizes", "lead"),
    [
        (-286.9, (-177.7, -109.2), "What fell:"),
        (15.0, (12.0, 3.0), "What rose:"),
        (9.0, (12.0, -3.0), "What moved:"),
        (9.0, (-12.0, -3.0), "What moved:"),  # what is not listed rose
    ],
)
def test_changes_that_all_went_one_way_are_called_by_it(whole: float, sizes: tuple[float, float], lead: str) -> None:
    told = _told(
        f"query: spend_change\nheadlines: f1\nf1 | change in spend | {whole:.2f} USD\ncolumns: Account | Change (USD)\n"
        f"row: venue-amsterdam | f2={sizes[0]:.2f}\nrow: venue-utrecht | f3={sizes[1]:.2f}"
    )
    assert lead in told


def test_a_change_whose_name_has_a_date_keeps_its_verb() -> None:
    told = _told(
        "query: who_did_what\nheadlines: f1\nf1 | changes | 1 changes\ncolumns: Time (time) | Who (name) | Action | Resource (name) | Account\n"
        "row: f2=2026-09-14T09:46:03Z | f3=role deploy-platform | UpdateFunctionConfiguration20150331v2 | f4=certificate-check | network"
    )
    assert "role deploy-platform, UpdateFunctionConfiguration on certificate-check in account network" in told


@pytest.mark.parametrize("query", sorted(queries()))
@pytest.mark.parametrize(
    "asked",
    ["what did it cost us?", "which one is the oldest?", "since when?", "by how much did it rise?", "the second one", "who owns it?"],
)  # fmt: skip
def test_what_shows_no_row_is_told_whatever_is_asked_of_it(query: str, asked: str) -> None:
    empty = f"query: {query}\nheadlines: f1\nf1 | things | 0 things\ncolumns: Account | Service | Change (USD)"
    assert "f1" in answer([read_result(empty)], asked=asked)
