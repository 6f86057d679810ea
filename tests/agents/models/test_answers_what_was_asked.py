"""An answer is about what was asked: no broader total, no other time, no count where names were asked for."""
# ruff: noqa: E501 - figures read better in one piece

from __future__ import annotations

import pytest

from agents.answer import Answer
from agents.models.offline.maker import OfflineMaker
from agents.models.offline.understand import understand
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate import inventory
from tools.estate.world import ACCOUNTS, NOW

__all__ = ["ask", "estate", "home", "open_desk_with"]
NAMES = {account.id: account.name for account in ACCOUNTS}


def first(given: Answer) -> str:
    """The first sentence after the line that says how the question was read."""
    assert given.status == "answered", given.text
    return next(part for part in given.text.split("\n\n") if not part.startswith("Read as")).split(". ")[0]


@pytest.mark.parametrize(
    ("person", "whether", "largest"),
    [("local", "No.", "The largest:"), ("femke", "Yes, of what you may see.", "The largest of what you may see:")],
)
def test_what_comes_first_is_said_of_what_the_asker_may_see(ask: Ask, person: str, whether: str, largest: str) -> None:
    given = ask(OfflineMaker(), "Does data-prod cost the most?", as_id=person)
    assert given.status == "answered" and largest in given.text, given.text
    assert any(part.startswith(f"{whether} ") for part in given.text.split("\n\n")), given.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many Lambda errors did we have yesterday?", "Total function errors of all resources: 17,889.17 errors"),
        ("How many requests did we have yesterday?", "Total requests of all resources: 50,017,966.2 requests"),
        (
            "How many Lambda errors did we have in data-prod yesterday?",
            "Total function errors of all resources: 2,536.17 errors",
        ),
        (
            "How many database connections yesterday?",
            "Average database connections of wallet-db in account online-prod: 879.85",
        ),
        ("CPU yesterday?", "Average CPU use of amsterdam-floor-12 in account venue-amsterdam: 54.41 %"),
    ],
)
def test_the_figure_of_one_resource_says_whose_it_is_beside_the_total(ask: Ask, question: str, said: str) -> None:
    assert said in (told := ask(OfflineMaker(), question)).text and told.status == "answered", told.text


@pytest.mark.parametrize("question", ["What will we spend in 2028?", "Forecast for November 2029", "forecast for 2027"])
def test_a_time_that_no_forecast_reaches_gets_no_figure_of_another_one(ask: Ask, question: str) -> None:
    given = ask(OfflineMaker(), question)
    assert given.status == "unanswerable"
    assert given.figures == ()
    assert "up to a year ahead" in given.text


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("What will we spend in December 2026?", "December 2026"),
        ("forecast for the next two months", "November 2026 to December 2026"),
        ("Forecast for Q1 2027", "January 2027 to March 2027"),
    ],
)
def test_a_forecast_is_of_the_months_that_were_named(ask: Ask, question: str, period: str) -> None:
    assert f"({period}, all accounts, gross)" in first(ask(OfflineMaker(), question))


@pytest.mark.parametrize("question", ["Are we over budget next year?", "quota usage in 2028"])
def test_what_reaches_to_the_end_of_the_month_says_nothing_of_later(question: str) -> None:
    plan = understand(question, [], names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None
    assert plan.abstention.kind == "cannot_know"


def test_what_a_service_will_cost_is_a_forecast() -> None:
    plan = understand("What will S3 cost in December 2026?", [], names=names(), now=NOW, queries=queries())
    [call] = plan.calls
    assert call.query == "forecast"
    assert call.inputs == {"service": "Amazon Simple Storage Service", "months": "2026-12"}


@pytest.mark.parametrize(
    ("turns", "period"),
    [
        (["What did venue-rotterdam cost last month?", "Are its backups OK?"], None),
        (["What did venue-rotterdam cost last month?", "Did its backups fail then?"], "last_month"),
        (["Why do the backups in Rotterdam fail, and who changed the key policy there on 4 October?"], None),
        (["Are the backups in Rotterdam ok since Monday?"], "2026-10-12..2026-10-15"),
    ],
)
def test_whether_backups_are_well_is_asked_of_now(turns: list[str], period: str | None) -> None:
    plan = understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())
    [call] = [call for call in plan.calls if call.query == "backups"]
    assert call.inputs.get("period") == period


def test_which_instances_are_stopped_are_named(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which EC2 instances are stopped?")
    stopped = [item for item in inventory.INSTANCES if item.state == "stopped"]
    assert f"{len(stopped)} instances" in first(given)
    for item in stopped:
        assert f"{item.name}, {item.id} in account {NAMES[item.account]}" in given.text


def test_which_functions_of_a_runtime_are_named(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which lambda functions use python3.8?")
    mine = [item for item in inventory.FUNCTIONS if item.runtime == "python3.8"]
    assert f"{len(mine)} function" in first(given)
    for item in mine:
        assert f"- {item.name} in account {NAMES[item.account]}" in given.text


def test_a_long_list_of_names_has_an_end_that_is_said(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which instances are running?")
    running = sum(item.state == "running" for item in inventory.INSTANCES)
    assert f"{running} instances" in first(given)
    assert sum(line.startswith("- ") and " in account " in line for line in given.text.splitlines()) == 15
    assert f"not listed: {running - 15} instances" in given.text


def test_of_what_nobody_runs_there_is_none_and_what_there_is_is_said(ask: Ask) -> None:
    given = ask(OfflineMaker(), "which databases run postgres 12")
    assert "0 databases" in first(given)
    versions = {f"{item.engine} {item.version}" for item in inventory.DATABASES}
    assert all(version in given.text for version in versions)


def test_how_many_run_in_all_accounts_is_their_number(ask: Ask) -> None:
    given = ask(OfflineMaker(), "How many instances are running right now across all accounts?")
    assert f": {sum(item.state == 'running' for item in inventory.INSTANCES)} instances" in first(given)


def test_unencrypted_volumes_are_named(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which volumes are unencrypted?")
    listed = [line for line in given.text.splitlines() if line.startswith("- ")]
    assert listed
    assert all(line.startswith("- vol-") for line in listed)


def test_why_backups_fail_is_answered_with_what_aws_says(ask: Ask) -> None:
    text = ask(OfflineMaker(), "Why do the backups in Rotterdam fail?").text
    assert "Access denied on the KMS key" in text
    assert "not authorized to perform kms:CreateGrant" in text


def test_the_number_of_users_comes_before_that_of_their_keys(ask: Ask) -> None:
    given = ask(OfflineMaker(), "How many users have AdministratorAccess?")
    holders = [user for user in inventory.USERS if "AdministratorAccess" in user.policies]
    assert first(given).startswith(f"Users with administrator rights: {len(holders)} users")


def test_two_quarters_that_are_compared_are_compared_once(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Compare spend in Q2 and Q3 2026.")
    assert first(given).startswith("Change in spend: USD 18,838.46 (Q3 2026 against Q2 2026")
    assert given.text.count("18,838.46") == 1
    assert [call.name for call in given.queries] == ["spend_change"]


@pytest.mark.parametrize("question", ["\x1b[31mred\x07", "red", "open?"])
def test_a_state_that_is_said_of_nothing_is_not_guessed_at(ask: Ask, question: str) -> None:
    assert ask(OfflineMaker(), question).status == "unanswerable"


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("What did NAT gateways cost in September?", "USD 13,919.75 (September 2026, all accounts, part NAT gateways, net)"),
        ("What did EBS cost last month?", "USD 4,679.54 (September 2026, all accounts, part block storage, net)"),
        ("How much was data transfer in September?", "USD 5,341.04 (September 2026, all accounts, part data transfer, net)"),
        ("log ingestion cost last month", "USD 4,611.42 (September 2026, all accounts, part log ingestion, net)"),
        ("transit gateway cost last month", "USD 1,734.52 (September 2026, all accounts, part transit gateways, net)"),
        ("How much do we spend on load balancers?", "USD 1,092.99 (September 2026, all accounts, service Amazon Elastic Load Balancing, net)"),
    ],
)  # fmt: skip
def test_what_is_a_part_of_a_service_gets_its_own_figure(ask: Ask, question: str, figure: str) -> None:
    given = ask(OfflineMaker(), question)
    assert first(given).startswith(f"Total spend: {figure}")
    assert "19,141.78" not in given.text  # all of EC2 - Other


def test_a_part_stays_that_part_in_what_follows() -> None:
    asked = ["What did NAT gateways cost in September?", "and in August?"]
    plan = understand(asked[1], asked[:1], names=names(), now=NOW, queries=queries())
    assert plan.calls[0].inputs == {"part": "nat_gateways", "by": "usage_type", "period": "2026-08"}


def test_the_share_of_a_part_is_of_the_whole_bill(ask: Ask) -> None:
    given = ask(OfflineMaker(), "what share of the bill is NAT?")
    assert any(figure.unit == "percent" and str(figure.value) == "10.48" for figure in given.figures), given.text


def test_a_name_that_two_services_share_is_answered_with_both(ask: Ask) -> None:
    text = ask(OfflineMaker(), "What did we pay for Kinesis?").text
    assert "USD 658.20 (September 2026, all accounts, service Amazon Kinesis, net)" in text
    assert "Amazon Kinesis Video Streams spend, billed apart: USD 4,329.75" in text


@pytest.mark.parametrize(
    ("question", "period"),
    [("what about security findings there?", None), ("and new findings in that month?", "2026-08")],
)
def test_a_month_of_the_bill_does_not_narrow_what_is_open(question: str, period: str | None) -> None:
    before = "What did venue-rotterdam spend in August 2026, gross?"
    plan = understand(question, [before], names=names(), now=NOW, queries=queries())
    [call] = plan.calls
    assert (call.query, call.inputs["accounts"], call.inputs.get("period")) == ("findings", "venue-rotterdam", period)


@pytest.mark.parametrize("question", ["Does Rotterdam have the most alarms?", "Is NAT the biggest part of our bill?"])
def test_whether_something_comes_first_is_said_of_a_ranking_only(ask: Ask, question: str) -> None:
    # a list of alarms is in the order of how long they ring: who has most of them does not follow from it
    given = ask(OfflineMaker(), question)
    assert not any(part.startswith(("Yes.", "No.")) for part in given.text.split("\n\n"))


def test_keys_that_are_scheduled_for_deletion_are_told_before_those_that_do_not_rotate(ask: Ask) -> None:
    given = ask(OfflineMaker(), "Which keys are scheduled for deletion?")
    assert "about to be deleted (pending deletion): 1 key" in first(given), given.text
    assert "Left aside" not in given.text
    told = [line for line in given.text.splitlines() if line.startswith("- ")]
    assert told[0].startswith("- old-wallet") and "pending deletion" in told[0]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What's the forecast for the rest of the year?", "Forecast spend for the rest of the year: USD 354,109.20"),
        ("What will we spend in the remaining months of this year?", "Forecast spend for the rest of the year:"),
        ("forecast for the rest of the month", "Forecast spend for the rest of the month:"),
        ("What's the forecast for this year?", "Forecast spend for the whole year: USD 1,532,513.62"),
        ("Will the forecast for this month be more than last month?", "Forecast spend for the whole month:"),
    ],
)
def test_what_is_left_of_a_year_is_told_before_all_of_it(ask: Ask, question: str, first: str) -> None:
    text = ask(OfflineMaker(), question).text
    at = text.index("Forecast spend for the ")
    assert text[at:].startswith(first), "was the whole year"


@pytest.mark.parametrize(
    ("question", "hourly"),
    [("what is our savings plan commitment per hour?", True), ("Which savings plans end this year?", False)],
)
def test_what_a_savings_plan_costs_an_hour_is_told_where_it_is_asked(ask: Ask, question: str, hourly: bool) -> None:
    text = ask(OfflineMaker(), question).text
    assert ("Compute Savings Plan in account online-prod: hourly cost USD 6.00" in text) is hourly


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("what would we save by buying commitments", "answered"),
        ("half of our bill is online, right? i need the split in accounts for june", "unanswerable"),
    ],
)
def test_nothing_that_is_so_is_withheld(ask: Ask, question: str, status: str) -> None:
    assert ask(OfflineMaker(), question).status == status
