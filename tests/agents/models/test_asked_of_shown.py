"""Asked of what is shown: since when, why, by whom, whose, by how much, which one: told of what the answer shows."""

from __future__ import annotations

import pytest

from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import read_result
from agents.models.offline.topics.of_shown import of_shown_in
from agents.models.offline.weighing.nothing_new import NOTHING_NEW
from tests.agents.models.planning import plan_of

BUCKET = (
    "Public buckets: 1 bucket.\n\nWhat can be reached:\n- lantern-utrecht-marketing-exports in account venue-utrecht"
)
ACCOUNTS = (
    "Total spend: USD 9.\n\nThe largest:\n- account online-prod: USD 5, a share of 50 %\n- account data-prod: USD 4"
)
FUNCTIONS = "Functions: 2.\n\nWhere:\n- erp-bridge in account backoffice-prod\n- invoice-ocr in account backoffice-prod"


@pytest.mark.parametrize(
    ("asked", "ask"),
    [
        ("Since when?", "when"),
        ("when did the top one last work?", "when"),
        ("By whom?", "who"),
        ("door wie?", "who"),
        ("Who owns that account?", "owner"),
        ("What did it cost us in total?", "cost"),
        ("how much money did it cost us in total?", "cost"),
        ("by how much will we miss it?", "by how much"),
        ("met hoeveel?", "by how much"),
        ("And the worst?", "most"),
        ("Which one was the biggest?", "most"),
        ("is it still going on?", "still"),
        ("what do they cost?", None),
        ("which account is the worst?", None),
        ("since when do we pay for Datadog?", None),
        ("who made the bucket public?", None),
    ],
)
def test_a_few_words_ask_something_of_what_was_shown_and_a_question_of_its_own_does_not(
    asked: str, ask: str | None
) -> None:
    assert of_shown_in(asked) == ask


@pytest.mark.parametrize(
    ("before", "asked", "queries_of_it"),
    [
        ("Were there any deployments yesterday?", "by whom?", ["recent_changes"]),
        ("Which backups failed in the last 7 days?", "why?", ["backups"]),
        ("Which bucket is public?", "since when?", ["public_exposure"]),
        ("Which budgets are over?", "by how much?", ["budgets"]),
        ("How did spend change last month?", "why?", ["spend_change", "cost_anomalies"]),
        ("Which errors were logged in online-prod on 13 October?", "What did that cost us?", ["cost_anomalies"]),
        ("Which alarms went off on 13 October?", "who deployed that?", ["recent_changes"]),
    ],
)
def test_what_is_asked_of_the_things_shown_is_told_from_their_own_answer(
    before: str, asked: str, queries_of_it: list[str]
) -> None:
    assert [call.query for call in plan_of(before, asked).calls] == queries_of_it


def test_when_a_rise_began_is_that_of_the_place_and_the_time_that_were_shown() -> None:
    plan = plan_of("Why did data-prod get so expensive in September?", "when did it start?")
    assert [(c.query, c.inputs) for c in plan.calls] == [
        ("cost_anomalies", {"accounts": "data-prod", "period": "2026-09"})
    ]
    assert any("unusual" in limit for limit in plan.limits)
    evening = "In order:\n- bet-api-5xx in account online-prod: 1 time\n- bet-errors in account online-prod: 1 time"
    [call] = plan_of("Which alarms went off on 13 October?", "what did it cost us?", answers=(evening,)).calls
    assert (call.query, call.inputs) == ("cost_anomalies", {"accounts": "online-prod"})


def test_who_did_it_is_asked_of_the_only_thing_that_was_shown() -> None:
    before = "Which bucket is public?"
    [call] = plan_of(before, "Who made it public?", answers=(BUCKET,)).calls
    assert call.inputs["resource"] == "lantern-utrecht-marketing-exports"
    [call] = plan_of(before, "since when?", "Who did that?", answers=(BUCKET, BUCKET)).calls
    assert call.inputs["resource"] == "lantern-utrecht-marketing-exports"


def test_whose_it_is_is_the_team_of_its_account_and_what_follows_is_of_the_thing_again() -> None:
    first = plan_of("Which account costs the most?", "Who owns it?", answers=(ACCOUNTS,))
    assert ([c.query for c in first.calls], first.focus) == (["account_list"], ("online-prod",))
    asked = ("Which functions do we have in backoffice-prod?", "Who owns them?", "What do they cost?")
    owned = plan_of(*asked[:2], answers=(FUNCTIONS,))
    assert any("team of each account" in limit for limit in owned.limits)
    [call] = plan_of(*asked, answers=(FUNCTIONS, "- backoffice-prod, team backoffice")).calls
    assert (call.query, call.inputs["service"]) == ("spend", "AWS Lambda")


def test_the_difference_of_two_that_were_compared_is_computed_and_that_of_two_answers_is_a_comparison() -> None:
    [step] = plan_of("Is data-prod more expensive than online-prod?", "By how much?").then
    assert (step.operation, step.picks) == ("difference", ("row 1", "row 2"))
    [step] = plan_of("What did Amsterdam cost in September?", "and Utrecht?", "What is the difference?").then
    assert step.operation == "difference"
    [call] = plan_of("What did we spend in August?", "and in September?", "By how much did it rise?").calls
    assert (call.query, call.inputs["compared_to"]) == ("spend_change", "2026-08")
    [call] = plan_of("What did online-prod cost last month?", "How has that changed since July?").calls
    assert (call.query, call.inputs["compared_to"]) == ("spend_change", "2026-07")


def test_a_follow_up_that_says_nothing_new_is_told_so() -> None:
    plan = plan_of("Which databases are not encrypted?", "which one is the biggest?")
    assert plan.limits == (NOTHING_NEW,)
    assert answer([read_result(ALARMS)], plan.limits).startswith(f"{{{{read}}}}\n\n{NOTHING_NEW}\n\nAlarms firing")
    for asked in (
        ("Which alarms are firing?", "which ones?"),
        ("Which alarms are firing?", "for how long already?"),
        ("Which databases are not encrypted?", "which ones are not?"),
        ("What would we save if we switched off everything idle?", "Which one brings the most?"),
    ):
        assert NOTHING_NEW not in plan_of(*asked).limits, asked


def test_no_word_is_left_aside_that_nobody_said_or_that_was_heeded() -> None:
    assert not any("xxxx" in limit for limit in plan_of("Is port 3389 open to the world anywhere?").limits)
    asked = ("Which deployments were there in online-prod this week?", "only between 18 and 22 o'clock")
    assert plan_of(*asked).calls[0].inputs["hours"] == "18:00..22:00"
    assert not any("clock" in limit for limit in plan_of(*asked).limits)


ALARMS = (
    "query: alarms\nheadlines: f1\nf1 | alarms firing | 2 alarms\n"
    "columns: Alarm (name) | Account | State | Since (time) | For (hours)\n"
    "row: f2=short | prod | ALARM | f3=2026-10-15T03:10:00Z | f4=5.83\n"
    "row: f5=long | lab | ALARM | f6=2026-09-19T03:00:00Z | f7=630.00"
)


def test_the_time_the_maker_and_the_one_that_was_picked_are_told_and_lead() -> None:
    def told(result: str, asked: str) -> str:
        return answer([read_result(result)], asked=asked).removeprefix("{{read}}\n\n")

    assert "short in account prod: since [[f3]], in this state for [[f4]]" in told(ALARMS, "Since when?")
    assert told(ALARMS, "which one is the worst?").startswith("The worst:\n- long in account lab")
    assert told(ALARMS, "which one is the newest?").startswith("The newest:\n- short in account prod")
    assert told(f"{ALARMS}\nrow: other |  |  |  | f9=3 {{alarms}}", "the worst?").startswith(
        "The worst of those listed:"
    )
    changes = (
        "query: recent_changes\nheadlines: f1\nf1 | deployments | 1 deployments\n"
        "columns: Last (time) | Account | Change | Resource (name) | By\n"
        "row: f2=2026-10-13T19:52:00Z | prod | UpdateService | f3=lobby | role deploy-online"
    )
    assert "account prod, by role deploy-online: [[f2]]" in told(changes, "By whom?")
    assert "deploy-online" not in told(changes, "Any deployments?")
    budgets = (
        "query: budgets\nheadlines: f1\nf1 | budgets already over their limit | 1 budgets\n"
        "f2 | budget lab: actual spend over the limit | 9.00 USD\ncolumns: Budget | Limit (USD)\nrow: lab | f3=3.00"
    )
    assert told(budgets, "By how much?").startswith("Budget lab: actual spend over the limit: [[f2]].")


EVENING, ANOMALIES = "Was there an outage on Tuesday evening?", "Did anything unusual happen to our costs this month?"


@pytest.mark.parametrize(
    ("before", "asked", "query", "inputs"),
    [
        ("What did we pay for traffic to the internet last week?", "why did that jump in September?", "spend_change",
         {"part": "egress", "by": "usage_type", "period": "2026-09"}),
        ("Who costs more, Rotterdam or Utrecht?", "By how much did each move versus August?", "spend_change",
         {"accounts": "venue:rotterdam,venue:utrecht", "by": "account", "period": "last_month",
          "compared_to": "2026-08"}),
        (ANOMALIES, "how much did each cost us?", "cost_anomalies", {"period": "month_to_date"}),
        (ANOMALIES, "has it happened before?", "cost_anomalies", {"period": "2026-07-18..2026-09-30"}),
        (EVENING, "has it happened before?", "alarm_history", {"period": "2026-09-16T00:00..2026-10-13T18:00"}),
    ],
)  # fmt: skip
def test_what_is_asked_of_it_is_told_of_that_and_of_the_time_that_is_asked_about(
    before: str, asked: str, query: str, inputs: dict[str, str]
) -> None:
    [call] = plan_of(before, asked).calls
    assert (call.query, call.inputs) == (query, inputs)


BY_ACCOUNT = (
    "query: spend\nheadlines: f1\nf1 | total spend | 9.00 USD\n"
    "columns: Account | Spend (USD) | Share (percent)\n"
    "row: prod | f2=6.00 USD | f3=66.67 percent\nrow: lab | f4=3.00 USD | f5=33.33 percent"
)


def test_the_one_that_costs_most_and_the_part_that_was_named_stand_before_the_total() -> None:
    def told(asked: str, *focus: str) -> str:
        return answer([read_result(BY_ACCOUNT)], asked=asked, focus=focus).removeprefix("{{read}}\n\n")

    assert told("Which account costs the most?").startswith("The largest:\n- account prod: [[f2]]")
    assert told("and the cheapest?").startswith("The least:\n- account lab: [[f4]]")
    assert told("What do we spend by account?").startswith("Total spend: [[f1]]")
    [call] = plan_of("How much of the September number was Eindhoven?").calls
    assert (call.inputs["by"], call.inputs["top"]) == ("account", 15)  # enough of them that it is not in "other"


_GPU = "How much money is burned on those GPU machines?"


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        (
            (_GPU, "since when?"),
            [
                ("spend", {"by": "month", "part": "gpu_instances", "period": "last_6_months"}),
                ("spend", {"by": "day", "part": "gpu_instances", "period": "last_30_days"}),
            ],
        ),
        (
            ("How many instances do we run in data-lab?", "who launched them?"),
            [("who_did_what", {"accounts": "data-lab", "action": "RunInstances", "period": "2026-07-18..2026-10-15"})],
        ),
        (
            ("Was Tuesday's bill higher than Monday's?", "what was it made of?"),
            [("spend", {"by": "service", "period": "2026-10-13"})],
        ),
        (
            ("What did RDS cost last month?", "which account caused most of that?"),
            [("spend", {"by": "account", "period": "last_month", "service": "Amazon Relational Database Service"})],
        ),
        (("Which accounts do we have?", "what does each cost?"), [("spend", {"by": "account", "top": 25})]),
        (
            ("How much did the payments team spend last month?", "up or down on the year?"),
            [("spend_change", {"team": "payments", "period": "last_month", "compared_to": "2025-09"})],
        ),
        (("What will this year cost?", "and without the credits?"), [("forecast", {"period": "this_year"})]),
        (
            ("Which access keys are old?", "and not used for three months?"),
            [("identity_hygiene", {"check": "unused_keys", "days": 90})],
        ),
        (
            ("What is ringing right now?", "which is the noisiest of the past two weeks?"),
            [("alarm_history", {"period": "last_2_weeks"})],
        ),
        (
            ("Any threats this month?", "anything serious?"),
            [("threats", {"period": "month_to_date", "severity": "high"})],
        ),
        (
            ("Which Lambda functions run on an outdated runtime?", "when does support end?"),
            [("aws_health_events", {"status": "upcoming"})],
        ),
        (
            ("Wat geven we uit aan logging?", "en in augustus?", "waarom is het gestegen?"),
            [("spend_change", {"by": "usage_type", "part": "logs", "period": "2026-08"})],
        ),
        (("What will this month cost?", "how sure is that?"), [("forecast", {"period": "this_month"})]),
    ],
)
def test_a_few_words_look_into_what_was_shown(
    asked: tuple[str, ...], calls: list[tuple[str, dict[str, object]]]
) -> None:
    plan = plan_of(*asked)
    assert [(call.query, call.inputs) for call in plan.calls] == calls
    assert NOTHING_NEW not in plan.limits and not plan.aside


def test_what_looking_into_it_does_not_tell_is_said() -> None:
    assert any("since when" in limit for limit in plan_of(_GPU, "since when?").limits)
    assert any("not narrowed to the gpu" in limit for limit in plan_of(_GPU, "who started them?").limits)
    assert any("already" in limit for limit in plan_of("What will this year cost?", "and without the credits?").limits)
    grows = plan_of("Which databases are running out of space?", "how fast do they grow?")
    assert [call.inputs for call in grows.calls] == [{"name": "db_storage_free"}]  # it was latency: "how fast"
    assert any("How fast that changes is not told" in limit for limit in grows.limits)
    assert any("no bounds" in limit for limit in plan_of("What will this month cost?", "how sure is that?").limits)


def test_an_age_that_nothing_tells_is_said_and_the_worst_place_is_of_what_was_shown() -> None:
    aged = plan_of("Which disks are not attached to anything?", "older than six months?")
    assert [call.query for call in aged.calls] == ["inventory"]
    assert "How old each of them is" in aged.limits[0]
    placed = plan_of("Are our servers patched?", "Only the Windows ones", "Which venue is worst?")
    assert [call.query for call in placed.calls] == ["patches"]
