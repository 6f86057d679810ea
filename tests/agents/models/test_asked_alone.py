"""Single questions: who asks for names gets names, of the place, version or time that was said, and of nothing else."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from agents.answer import Answer
from agents.models.offline import Plan
from agents.models.offline.maker import OfflineMaker
from agents.models.offline.naming.billed_parts import HOMES
from agents.models.offline.naming.services import SERVICES
from agents.models.offline.plan import Whether
from agents.models.offline.telling.results import read_result
from agents.models.offline.telling.whether import of_rows
from agents.models.offline.understand import understand
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.cost.parts import Part
from tools.estate import inventory
from tools.estate.world import NOW

__all__ = ["ask", "estate", "home", "open_desk_with"]


def read(*turns: str) -> Plan:
    """What the last of these questions means after the others."""
    return understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())


def inputs(*turns: str) -> dict[str, Any]:
    """The inputs of the one call that the last of these questions means."""
    [call] = read(*turns).calls
    return call.inputs


def first_paragraph(given: Answer) -> str:
    """The first paragraph after the line that says how the question was read."""
    return given.text.split("\n\n")[1]


def test_which_are_in_a_region_are_named_and_none_of_another(ask: Ask) -> None:
    text = ask(OfflineMaker(), "Which RDS databases are in Frankfurt?").text
    mine = [item for item in inventory.DATABASES if item.region == "eu-central-1"]
    assert mine
    assert f"Databases: {len(mine)} database" in text
    for item in inventory.DATABASES:
        assert (f"- {item.name} in account" in text) == (item in mine)


def test_a_region_that_is_not_allowed_is_refused_and_no_zero(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which databases are in Singapore?")
    assert given.status == "denied"
    assert not given.figures


@pytest.mark.parametrize(
    ("turns", "wanted"),
    [
        (["Which instances have no venue tag?"], {"tag": "venue=", "by": "resource"}),
        (["Which databases do we have in Utrecht?"], {"accounts": "venue:utrecht", "by": "resource"}),
        (["How many EC2 instances are running in Ireland?"], {"region": "eu-west-1", "only": "running"}),
        (["Which databases are in Frankfurt?", "and in Ireland?"], {"region": "eu-west-1", "by": "resource"}),
        (["Which databases are outside Ireland?"], {"by": "region"}),
        (["Which regions are our databases in?"], {"by": "region"}),
    ],
)
def test_names_are_listed_where_a_place_is_named(turns: list[str], wanted: dict[str, str]) -> None:
    given = inputs(*turns)
    assert {key: given.get(key) for key in wanted} == wanted
    assert given.get("by") == wanted.get("by")


@pytest.mark.parametrize(
    ("said", "kind", "only"),
    [
        ("Which functions run python 3.9?", "functions", "python3.9"),
        ("How many Lambda functions run on Python 3.9?", "functions", "python3.9"),
        ("which lambdas still use node.js 16", "functions", "nodejs16"),
        ("how many .NET 6 functions do we have", "functions", "dotnet6"),
        ("which functions are on .NET Core 3.1", "functions", "dotnetcore3.1"),
        ("do we still have python 3.8 lambdas", "functions", "python3.8"),
        ("which lambdas are python version 3.8", "functions", "python3.8"),
        ("Which databases run MySQL 5.7?", "databases", "mysql 5.7"),
        ("which databases are on postgres 16.8", "databases", "postgres 16.8"),
    ],
)
def test_a_version_that_is_set_apart_is_no_date(said: str, kind: str, only: str) -> None:
    given = inputs(said)
    assert (given["kind"], given["only"]) == (kind, only)


@pytest.mark.parametrize("said", ["what changed in the past 3 days", "node 3 errors in the last 24 hours"])
def test_a_number_that_is_no_version_stays_one(said: str) -> None:
    assert not any("only" in call.inputs for call in read(said).calls)


def test_log_messages_are_told_as_the_table_shows_them(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Show me the error logs of the last 24 hours")
    assert "another message" not in given.text
    assert "upstream returned 502 in account online-prod" in given.text


@pytest.mark.parametrize(
    "said",
    ["How many alarms went off this evening?", "What changed this evening?", "What errors did we have tonight?",
     "what changed this afternoon?", "What did we spend tonight?"],
)  # fmt: skip
def test_a_part_of_this_day_that_is_still_to_come_is_said_to_be(said: str) -> None:
    plan = read(said)
    assert plan.abstention is not None
    assert "still to come" in plan.abstention.text


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("what changed this morning?", "2026-10-15T06:00..2026-10-15T12:00"),
        ("what was deployed last night?", "2026-10-14T18:00..2026-10-15T06:00"),
        ("errors yesterday evening", "2026-10-14T18:00..2026-10-15T00:00"),
    ],
)
def test_a_part_of_a_day_that_has_begun_is_looked_at(said: str, period: str) -> None:
    assert inputs(said)["period"] == period


def test_what_is_so_now_is_told_though_tonight_is_named() -> None:
    assert inputs("I'm on call tonight - which alarms are currently in ALARM? Would like the names.") == {}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("What will Utrecht spend in November?", {"accounts": "venue:utrecht", "period": "next_month"}),
        ("what will S3 cost in January?", {"service": "Amazon Simple Storage Service", "months": "2027-01"}),
        ("What is the bill going to be in November?", {"period": "next_month"}),
        ("What will S3 cost next month?", {"service": "Amazon Simple Storage Service", "period": "next_month"}),
    ],
)
def test_what_will_be_spent_in_a_month_is_of_the_one_to_come(said: str, wanted: dict[str, str]) -> None:
    [call] = read(said).calls
    assert (call.query, call.inputs) == ("forecast", wanted)


def test_what_was_spent_in_a_month_is_of_the_one_that_has_been() -> None:
    assert inputs("what did we spend in November?") == {"period": "2025-11"}


@pytest.mark.parametrize(
    "said",
    ["spend in December 2026 by service", "what will December cost us per service?", "forecast by service",
     "which service will cost the most next month?"],
)  # fmt: skip
def test_a_forecast_is_said_to_be_of_one_sum(said: str) -> None:
    plan = read(said)
    assert plan.abstention is not None
    assert "can not be split by service" in plan.abstention.text


def test_a_forecast_beside_another_time_says_that_it_is_of_one() -> None:
    assert any("one time" in limit for limit in read("What will we spend in November compared to September?").limits)


@pytest.mark.parametrize(
    ("said", "yes"),
    [
        ("is Utrecht cheaper than Rotterdam?", "Yes."),
        ("Is Rotterdam cheaper than Utrecht?", "No."),
        ("did S3 cost more than RDS in September?", "Yes."),
        ("does S3 cost less than RDS?", "No."),
        ("Is fargate cheaper than lambda?", "No."),
        ("Does team payments spend more than team data?", "No."),
        ("Does production cost more than staging?", "Yes."),
        ("Does Eindhoven have more critical findings than Utrecht?", "Yes."),
        ("Does Utrecht have more instances than Rotterdam?", "No."),
        ("Does online-prod have more alarms than data-prod?", "Yes."),
        ("Did we spend more in September than in August?", "Yes."),
        ("Was August cheaper than September?", "Yes."),
        ("Was August more expensive than September?", "No."),
        ("Is Rotterdam cheaper than it was in August?", "Yes."),
        ("Is data transfer going up?", "No."),
        ("Do we spend more on databases than on Lambda?", "Yes."),
    ],
)
def test_whether_one_is_more_than_the_other_is_said_from_both_figures(ask: Ask, said: str, yes: str) -> None:
    given = ask(OfflineMaker(), said)
    assert given.status == "answered"
    assert given.text.split("\n\n")[1].startswith(f"{yes} "), given.text
    assert len(given.figures) > 1


@pytest.mark.parametrize(
    "said",
    [
        "Did our costs go up or down last month?",
        "Does Utrecht cost much more than Rotterdam?",
        "Is Utrecht more expensive than Rotterdam and Eindhoven together?",
        "Is the increase in spend due to online-prod?",
        "Did we spend 10 percent more in September than in August?",
        "Is it more expensive to run in Frankfurt than in Ireland?",
        "Have vulnerabilities increased?",
        "Were September costs higher than expected?",
        "Does S3 cost more than EC2?",  # what is billed apart as "EC2 - Other" may turn it round
    ],
)
def test_no_yes_or_no_where_the_two_figures_do_not_decide(ask: Ask, said: str) -> None:
    given = ask(OfflineMaker(), said)
    assert not any(part.startswith(("Yes", "No.", "No,")) for part in given.text.split("\n\n"))


def test_two_that_are_equal_are_the_same() -> None:
    rows = "row: a | f2=5\nrow: b | f3=5\n"
    told = read_result(
        f"query: spend\nheadlines: f1\nf1 | total spend | 10 USD\ncolumns: Account | Spend (USD)\n{rows}"
    )
    for more in (True, False):
        assert of_rows(told, Whether(one=("a",), other=("b",), more=more))[0] == "No, it is the same."


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Were there any logins outside office hours this week?", {"period": "this_week", "hours": "outside_office"}),
        ("Did anyone log in on Sunday?", {"period": "2026-10-11"}),
    ],
)
def test_whether_anyone_signed_in_is_asked_of_the_events(said: str, wanted: dict[str, str]) -> None:
    assert inputs(said) == {"action": "ConsoleLogin", **wanted}


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("What did fargate cost last month?", "USD 6,080.92 (September 2026, all accounts, part Fargate, net)"),
        ("What did AWS Fargate cost in September?", "USD 6,080.92 (September 2026, all accounts, part Fargate, net)"),
        ("GPU spend last month", "USD 3,084.62 (September 2026, all accounts, part GPU instances, net)"),
        ("what do GPU instances cost?", "USD 3,084.62 (September 2026, all accounts, part GPU instances, net)"),
    ],
)
def test_a_part_that_usage_types_tell_is_priced_without_the_rest(ask: Ask, said: str, figure: str) -> None:
    text = ask(OfflineMaker(), said).text
    assert f"Total spend: {figure}" in text
    assert "12,515.12" not in text  # all of EC2


def test_which_instances_have_gpus_are_named(ask: Ask) -> None:
    text = ask(OfflineMaker(), "Which gpu instances do we have?").text
    mine = [item for item in inventory.INSTANCES if item.type.startswith(("g", "p"))]
    assert f"{len(mine)} instances" in text
    assert all(item.id in text for item in mine)


@pytest.mark.parametrize(
    ("said", "service"),
    [("How much does aurora cost?", "Amazon Relational Database Service"), ("redis cost", "Amazon ElastiCache")],
)
def test_a_part_that_no_usage_type_tells_is_said_to_be_within_its_service(ask: Ask, said: str, service: str) -> None:
    text = ask(OfflineMaker(), said).text
    assert f"within {service}: this is all of that service." in text


@pytest.mark.parametrize("said", ["What does RDS cost?", "what do our databases cost?"])
def test_all_of_a_service_needs_no_such_sentence(ask: Ask, said: str) -> None:
    assert "all of that service" not in ask(OfflineMaker(), said).text


@pytest.mark.parametrize("said", ["What will NAT gateways cost next month?", "What will fargate cost next month?"])
def test_what_a_part_will_cost_is_a_forecast_of_that_part(said: str) -> None:
    [call] = read(said).calls
    assert (call.query, call.inputs["period"]) == ("forecast", "next_month")
    assert "part" in call.inputs


def test_the_parts_that_the_reader_names_are_those_that_the_bill_tells() -> None:
    assert set(HOMES) == set(get_args(Part))
    assert set(HOMES.values()) <= set(SERVICES.values())


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ("Which savings plans expire in 2027?", "2027"),
        ("Which savings plans are expiring this quarter?", "2026-Q4"),
        ("which commitments end next month?", "2026-11"),
        ("Which reserved instances run out in November?", "2026-11"),
        ("which reservations expire in the next 60 days?", "2026-10-15..2026-12-14"),
        ("which savings plans end before the end of the year?", "2026-10-15..2026-12-31"),
        ("which savings plans end before March 2027?", "2026-10-15..2027-02-28"),
        ("how many reservations end by March 2027?", "2026-10-15..2027-03-31"),
        ("which savings plans lapse next year?", "2027"),
        ("Which reservations expired last month?", "2026-09"),
    ],
)
def test_what_ends_in_a_time_is_asked_by_its_end(said: str, ending: str) -> None:
    assert inputs(said)["ending"] == ending


@pytest.mark.parametrize(
    "said", ["How well did we use our savings plans last month?", "When do our savings plans end?"]
)
def test_how_commitments_are_used_is_not_asked_by_their_end(said: str) -> None:
    assert "ending" not in inputs(said)


def test_what_follows_a_question_of_ends_may_be_of_another_time() -> None:
    assert inputs("Which savings plans expire in 2027?", "and how were they used last month?").get("ending") is None


def test_a_time_of_another_clause_is_not_that_in_which_something_ends() -> None:
    plan = read("RDS in online-prod got more expensive in October. Did a reservation run out?")
    assert {call.query for call in plan.calls} == {"spend_change", "commitments"}
    assert not any("ending" in call.inputs for call in plan.calls)


@pytest.mark.parametrize(
    "said",
    ["Is CloudTrail on in all accounts?", "Which roles have not been used for half a year?",
     "Have vulnerabilities increased?", "Did the number of alarms go up?",
     "Were September costs higher than expected?"],
)  # fmt: skip
def test_what_is_not_looked_at_is_not_answered_with_something_of_the_kind(said: str) -> None:
    assert read(said).abstention is not None


def test_the_oldest_finding_is_named_with_its_age(ask: Ask) -> None:
    given = first_paragraph(ask(OfflineMaker(), "What's the oldest unresolved security finding?"))
    assert given.startswith("The oldest of the open findings: IAM policies should not allow full")
    assert "Age of the oldest of the open findings: 1,250 days" in given


def test_the_alarm_that_fires_longest_comes_first(ask: Ask) -> None:
    text = ask(OfflineMaker(), "which alarm has been firing longest?").text
    assert next(line for line in text.splitlines() if line.startswith("- ")).startswith("- lab-db-storage-low")


def test_an_average_day_is_the_mean_of_the_days(ask: Ask) -> None:
    given = ask(OfflineMaker(), "What does an average day cost us?")
    assert "USD 4,428.81" in given.text


def test_no_tag_is_no_venue_above_a_limit(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which venues went over 10,000 dollars in September?")
    assert "None of them is above what was asked for." in given.text
    assert "- no venue tag" not in given.text


def test_a_part_that_is_not_among_the_largest_is_said_not_to_be(ask: Ask) -> None:
    assert "What was named is not among the largest" in ask(OfflineMaker(), "How much of the bill is tax?").text
    assert "What was named" not in ask(OfflineMaker(), "What share of the bill is S3?").text


def test_everyday_words_for_a_service_are_priced(ask: Ask) -> None:
    assert inputs("what do our instances cost?")["service"] == "Amazon Elastic Compute Cloud - Compute"


@pytest.mark.parametrize("said", ["Is anything down?", "Are all systems up?", "Are our RDS costs going down?"])
def test_what_is_up_or_down_is_still_answered(said: str) -> None:
    assert read(said).calls


@pytest.mark.parametrize(
    ("said", "query", "wanted"),
    [
        ("Which vendors have access to our accounts?", "public_exposure", {"kind": "shared"}),
        ("How much of our database hours are covered now?", "commitments", {}),
        ("Wat hebben we in september uitgegeven aan S3?", "spend", {"service": "Amazon Simple Storage Service"}),
    ],
)
def test_everyday_words_for_outsiders_coverage_and_spend_are_known(
    said: str, query: str, wanted: dict[str, str]
) -> None:
    [call] = read(said).calls
    assert call.query == query and wanted.items() <= call.inputs.items()
