"""In a conversation: what was narrowed before is taken over by a follow-up, and by nothing else."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.proposing.reduced import WITHOUT_IT
from agents.models.offline.understand import understand
from agents.models.offline.weighing import deciding
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

NAT, STOPPED = "What did NAT gateways cost in September?", "Which EC2 instances are stopped?"
S3, RDS = "Amazon Simple Storage Service", "Amazon Relational Database Service"
EC2 = "Amazon Elastic Compute Cloud - Compute"


def last(*asked: str) -> list[dict[str, Any]]:
    """The inputs of the calls of the last question's first reading, after the others."""
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert plan.abstention is None, plan.abstention
    return [dict(call.inputs) for call in plan.calls[: plan.first or None]]


@pytest.mark.parametrize(
    ("asked", "part", "service"),
    [
        ((NAT, "and in August?"), "nat_gateways", None),
        ((NAT, "and in August?", "and for account data-prod?"), "nat_gateways", None),
        ((NAT, "and data transfer?"), "data_transfer", None),
        ((NAT, "and data transfer?", "and snapshots?"), "snapshots", None),
        ((NAT, "and public IPs?"), "public_ipv4", None),
        ((NAT, "and load balancers?"), None, "Amazon Elastic Load Balancing"),
        ((NAT, "and S3?"), None, S3),
        ((NAT, "what about EC2?"), None, "Amazon Elastic Compute Cloud - Compute"),
        ((NAT, "and in total?"), None, None),
        ((NAT, "What did we spend last month?"), None, None),
        (("What did S3 cost in September?", "what about RDS?"), None, RDS),
        (("What did S3 cost in September?", "and NAT gateways?"), "nat_gateways", None),
        (("nat gateway bytes in data-prod, september", "what did that cost us?"), "nat_gateways", None),
        (("What did snapshots cost last month?",), "snapshots", None),
    ],
)
def test_the_part_of_a_bill_that_was_named_last(asked: tuple[str, ...], part: str | None, service: str | None) -> None:
    for inputs in last(*asked):
        assert (inputs.get("part"), inputs.get("service")) == (part, service)


@pytest.mark.parametrize(
    ("asked", "kind", "only"),
    [
        ((STOPPED, "and in data-lab?"), "instances", "stopped"),
        ((STOPPED, "and which are running in data-lab?"), "instances", "running"),
        ((STOPPED, "How many EC2 instances do we run?"), "instances", None),
        ((STOPPED, "how many instances are there in data-lab?"), "instances", None),
        ((STOPPED, "Which lambda functions use python3.9?"), "functions", "python3.9"),
        (("Which lambda functions use python3.8?", STOPPED), "instances", "stopped"),
        (("Which lambda functions use python3.8?", "How many lambda functions do we have?"), "functions", None),
        (("Which EC2 instances use t3.large?", "and m6i.large?"), "instances", "m6i.large"),
        (
            ("How many EC2 instances do we run?", "and how many are stopped?", "and lambda functions?"),
            "functions",
            None,
        ),
    ],
)
def test_the_state_or_type_that_was_named_last(asked: tuple[str, ...], kind: str, only: str | None) -> None:
    inputs = last(*asked)[0]
    assert (inputs.get("kind"), inputs.get("only")) == (kind, only)


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (("Which alarms went off Tuesday morning?", "and the night after?"), "2026-10-13T18:00..2026-10-14T06:00"),
        (("Which alarms went off Tuesday morning?", "and the evening before?"), "2026-10-12T18:00..2026-10-13T00:00"),
        (
            ("Which alarms went off on Tuesday night?", "and the day before?", "any deployments that evening?"),
            "2026-10-12T18:00..2026-10-13T00:00",
        ),
    ],
)
def test_the_part_of_a_day_that_lies_nearest(asked: tuple[str, ...], period: str) -> None:
    assert last(*asked)[0]["period"] == period


@pytest.mark.parametrize(
    ("before", "asked", "inputs"),
    [
        ("What did Amazon S3 cost in September?", "Why did our costs rise last month?", {"period": "last_month"}),
        ("What did RDS cost in September?", "What does Utrecht cost?", {"accounts": "venue:utrecht"}),
        ("What will we spend next month?", "Which services cost the most?", {"by": "service"}),
        ("who made the marketing bucket public", "does Utrecht cost the most?", {"by": "venue", "top": 25}),
        ("What did RDS cost last month?", "Are there any threats?", {}),
        ("How many servers does venue-amsterdam have?", "how many lambdas do we have?", {"kind": "functions"}),
        ("What happened in Rotterdam on 4 October?", "Which services cost the most?", {"by": "service"}),
    ],
)
def test_a_whole_question_means_what_it_means_alone(before: str, asked: str, inputs: dict[str, str]) -> None:
    assert last(before, asked) == [inputs]


TUESDAY, AMSTERDAM = "Which alarms fired on Tuesday evening?", "What did Amsterdam cost last month?"
BOTH = {"period": "last_month", "accounts": "venue-amsterdam,venue-utrecht", "by": "account"}


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        (("Are there any alarms right now?", "and yesterday?"), {"period": "yesterday"}),
        ((TUESDAY, "was anything deployed just before?"), {"kind": "deployments", "period": "2026-10-13T18:00..2026-10-14T00:00"}),
        (("list the critical findings", "how long have they been open?"), {"severity": "critical", "by": "age", "status": "open"}),
        ((AMSTERDAM, "is that more than Utrecht?"), BOTH),
        ((AMSTERDAM, "and how does Utrecht compare?"), BOTH),
        (("which instances are stopped?", "what do they cost?", "and in data-lab?"), {"service": EC2, "by": "account", "accounts": "data-lab"}),
    ],
)  # fmt: skip
def test_what_points_back_has_one_reading_and_forgets_nothing(asked: tuple[str, ...], inputs: dict[str, str]) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert [dict(call.inputs) for call in plan.calls] == [inputs]


FINDINGS, CRITICAL = "What security findings are open?", "only the critical ones"


@pytest.mark.parametrize(
    "asked",
    [
        (FINDINGS, "and unicorns?"),
        (FINDINGS, "and tasks?"),
        ("Which alarms are firing?", "what about tickets?"),
        ("How many EC2 instances do we run?", "and printers?"),
        ("what did we pay for data transfer in September?", "and the coffee?"),
        ("which volumes are unattached?", "and the others?"),
        ("which services cost the most?", "and there?"),
        ("Which alarms are firing?", "what do they cost?"),
        ("Which users have no MFA?", "what do they cost?"),
        ("Who deleted the VPC endpoint?", "what did that cost us?"),
        ("how much tax do we pay?", "and how much for umbrellas?"),
        ("Which account costs the most?", "and what runs there?"),
        ("Are backups ok?", "and everything else?"),
    ],
)
def test_what_a_follow_up_names_is_not_answered_with_what_was_asked_before(asked: tuple[str, ...]) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None


def test_what_was_not_understood_of_a_follow_up_is_named() -> None:
    plan = understand("and unicorns?", [FINDINGS], names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None
    assert 'what is meant by "unicorns"' in plan.abstention.text


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((FINDINGS, "and snapshots?"), {"kind": "snapshots"}),
        ((FINDINGS, CRITICAL, "and in Utrecht?"), {"severity": "critical", "accounts": "venue:utrecht"}),
        ((FINDINGS, CRITICAL, "and all of them?"), {}),
        ((FINDINGS, "same for everything"), {}),
        (("Show critical findings in Utrecht", "all of them"), {"accounts": "venue:utrecht"}),
        (("Show critical findings in Utrecht", "and everything?"), {}),
        (("Show critical findings", "and for all accounts?"), {"severity": "critical"}),
        (("Which Lambda functions use python3.8?", "and all of them?"), {"kind": "functions"}),
        (("Which buckets are public?", "and everything else?"), {}),
        (("What did EC2 cost last month?", "and gross?"), {"period": "last_month", "net": False}),
    ],
)
def test_all_of_them_takes_back_what_picked_some(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    [call] = last(*asked)
    shown = {key: value for key, value in call.items() if key not in ("by", "status", "service", "top")}
    assert shown == inputs


@pytest.mark.parametrize(
    ("before", "asked", "priced", "said"),
    [
        ("Which RDS databases do we have?", "What do they cost?", {"service": RDS}, f"all of {RDS}"),
        ("Which buckets are public?", "what do they cost?", {"service": S3}, f"all of {S3}"),
        ("Which snapshots are not encrypted?", "what do they cost us?", {"part": "snapshots"}, "all of them"),
        (
            "which volumes are unattached?",
            "what do these cost?",
            {"part": "volumes"},
            "all of them, not only the unattached",
        ),
    ],
)
def test_the_price_of_a_list_is_said_to_be_of_all_that_is_billed(
    before: str, asked: str, priced: dict[str, str], said: str
) -> None:
    plan = understand(asked, [before], names=names(), now=NOW, queries=queries())
    [call] = plan.calls
    assert {key: value for key, value in call.inputs.items() if key != "by"} == priced
    assert [limit for limit in plan.limits if said in limit and "does not tell single" in limit]


def test_a_service_that_is_named_is_priced_without_a_word_about_single_things() -> None:
    plan = understand(
        "What did RDS cost?", ["Which RDS databases do we have?"], names=names(), now=NOW, queries=queries()
    )
    assert plan.limits == ()


@pytest.mark.parametrize("asked", ["how much do we pay for storage?", "what did S3 requests cost in September?"])
def test_what_the_bill_does_not_tell_apart_is_not_answered_with_more(asked: str) -> None:
    plan = understand(asked, [], names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None


def test_every_question_of_a_conversation_is_weighed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[str] = []

    def spied(question: str, *rest: Any) -> deciding.Considered:
        weighed.append(question)
        return considered(question, *rest)

    considered = deciding.considered
    monkeypatch.setattr(deciding, "considered", spied)
    asked = ("What did we spend last month?", "Which users have no MFA?", "Which alarms are firing now?")
    assert last(*asked)
    assert weighed == list(asked)


@pytest.mark.parametrize(
    ("asked", "untold"),
    [
        (("Which databases are not encrypted?", "since when is it so?"), "since when"),
        (("Which EC2 instances miss critical patches?", "since when?"), "since when"),
        (("Why did our costs rise last month?", "is it fixed?"), "whether that is over"),
        (("How many vCPUs are we using in online-prod?", "when will it run out?"), "when that will be"),
        (("Which access key is oldest?", "who owns it?"), "whose that is"),
        (("Which alarms are firing?", "who gets paged?"), "whose that is"),
    ],
)
def test_what_an_answer_does_not_tell_is_not_answered_by_showing_it_again(asked: tuple[str, ...], untold: str) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None
    assert f"does not tell {untold}" in plan.abstention.text


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        (("Which alarms are firing?", "since when?"), "alarms"),
        (("Which access keys are unused?", "since when?"), "identity_hygiene"),
        (("Which accounts do we have?", "who owns venue-utrecht?"), "account_list"),
        (("Which buckets are public?", "is that fixed?"), "public_exposure"),
        (("Which critical findings are open?", "since when?"), "findings"),
    ],
)
def test_what_an_answer_tells_may_be_asked_of_it(asked: tuple[str, ...], query: str) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert [call.query for call in plan.calls] == [query], plan.abstention


@pytest.mark.parametrize(
    "asked",
    [
        ("Are we compliant with PCI?",),
        ("Do we comply with GDPR?",),
        ("What was untagged spend last month?", "who is responsible for it?"),
    ],
)
def test_what_no_account_reports_is_said_to_be_unknown(asked: tuple[str, ...]) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None and plan.abstention.kind == "cannot_know" and not plan.calls


def test_who_did_not_sign_in_is_not_asked_of_those_who_did() -> None:
    assert last("Which users did not sign in for 90 days?") == [{"check": "unused_keys", "days": 90}]


STAGING = "What did staging cost in September?"


@pytest.mark.parametrize(
    "asked",
    [
        ("Which reserved instances expired?", "what does that cost us extra?"),
        (STAGING, "and production?", "which one rose?"),
        ("Rotterdam in August?", "and July?", "and what percentage is that?"),
        ("What's the error rate of bet-settlement?", "and latency?", "compare with last week"),
    ],
)
def test_what_was_shown_is_not_left_for_all_that_is_spent_or_for_another_time(asked: tuple[str, ...]) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert plan.abstention is not None


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        (("How much did we spend on EC2 in August?", "no, for staging", "total?"), {"service": EC2, "by": "account", "period": "2026-08", "accounts": "env:staging"}),
        (("Where can we save money?", "how much in total?"), {}),
        (("What did we spend yesterday?", "and the day before?", "and the week before?"), {"period": "2026-10-06..2026-10-12"}),
        (("costs of data-prod in September", "why did they go up?", "compare that with last year"), {"period": "2026-09", "compared_to": "2025-09", "accounts": "data-prod"}),
        (("What did we spend on Bedrock?", "and on SageMaker?", "is that growing?"), {"service": "Amazon SageMaker", "period": "last_month", "by": "account"}),
        (("Hoeveel databases draaien er?", "wat kosten die?"), {"service": RDS, "by": "account"}),
        (("Wat geven we dit jaar uit?", "en vorig jaar?"), {"period": "last_year"}),
        (("Wat kostte RDS vorige maand?", "en S3?", "en de maand daarvoor?"), {"service": S3, "by": "account", "period": "2026-08"}),
        (("Hoeveel kritieke bevindingen staan er open?", "alleen de hoge"), {"severity": "high", "status": "open"}),
    ],
)  # fmt: skip
def test_a_total_a_time_and_a_dutch_follow_up_keep_what_was_shown(
    asked: tuple[str, ...], inputs: dict[str, str]
) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    assert [dict(call.inputs) for call in plan.calls] == [inputs]


def test_what_knows_only_now_says_so_of_a_month_before() -> None:
    plan = understand(
        "and the month before?", ["Which budgets are exceeded?"], names=names(), now=NOW, queries=queries()
    )
    assert [call.query for call in plan.calls] == ["budgets"]
    assert any("the state now" in limit for limit in plan.limits)


def test_a_month_before_a_day_is_the_calendar_month_before() -> None:
    assert last("What did we spend yesterday?", "and the month before?") == [{"period": "2026-09"}]


@pytest.mark.parametrize(
    "asked",
    [
        ("Cost of RDS by region last month", "And excluding Ireland?"),
        ("Cost of RDS by region last month", "no, excluding Frankfurt"),
        ("top 5 services last month", "without tax"),
        ("What did we spend by service last month?", "minus S3"),
    ],
)
def test_what_is_to_be_left_out_is_not_what_is_looked_at(asked: tuple[str, ...]) -> None:
    plan = understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())
    if plan.abstention is None:
        # the sum without it is worked out of the whole, in which it stands as a row
        assert [step.operation for step in plan.then] == ["difference"]
        assert plan.limits == (WITHOUT_IT,)
    before = understand(asked[0], [], names=names(), now=NOW, queries=queries())
    for call in plan.calls:
        assert call.inputs.get("service") == before.calls[0].inputs.get("service")
        assert "region" not in call.inputs


def test_a_time_that_was_used_is_not_said_to_be_left_aside() -> None:
    said = ["What did we spend in September?"]
    plan = understand("and the month before?", said, names=names(), now=NOW, queries=queries())
    assert plan.calls[0].inputs == {"period": "2026-08"} and not plan.limits
