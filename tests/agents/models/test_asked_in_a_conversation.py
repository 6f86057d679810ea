"""In a conversation: what was narrowed before is taken over by a follow-up, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.understand import understand
from agents.models.offline.weighing import deciding
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

NAT, STOPPED = "What did NAT gateways cost in September?", "Which EC2 instances are stopped?"
S3, RDS = "Amazon Simple Storage Service", "Amazon Relational Database Service"


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
    ],
)
def test_a_whole_question_means_what_it_means_alone(before: str, asked: str, inputs: dict[str, str]) -> None:
    assert last(before, asked) == [inputs]


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
