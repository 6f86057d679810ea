"""Of persons: what somebody may do, or did again, is not looked for among all that everybody did."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def plan_of(*asked: str, answers: tuple[str, ...] = ()) -> Plan:
    """The plan of the last question, after the others and what was answered to them."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries(), answers=answers)


@pytest.mark.parametrize(
    ("question", "inputs"),
    [
        ("Which people in backoffice-prod can log in without MFA?", {"check": "no_mfa", "accounts": "backoffice-prod"}),
        ("Which users can sign in to online-prod with only a password?", {"check": "no_mfa", "accounts": "online-prod"}),
        ("Which users in the security account may sign in without a second factor?",
         {"check": "no_mfa", "accounts": "security"}),
        ("Can anyone log in without MFA?", {"check": "no_mfa"}),
        ("Wie kan inloggen zonder MFA?", {"check": "no_mfa"}),
        ("Who can do everything in data-prod?", {"check": "over_privileged", "accounts": "data-prod"}),
    ],
)  # fmt: skip
def test_who_may_do_something_is_asked_of_the_rights_and_not_of_the_deeds(
    question: str, inputs: dict[str, str]
) -> None:
    [call] = plan_of(question).calls
    assert (call.query, call.inputs) == ("identity_hygiene", inputs)


@pytest.mark.parametrize(
    "question",
    [
        "Who can log in in data-prod?",
        "Who is able to sign in to the console?",
        "Who can log in as root?",
        "How many people can log in?",
        "Who can delete backups?",
        "Who is allowed to change security groups?",
    ],
)
def test_who_may_do_what_no_query_lists_is_not_answered_with_what_was_done(question: str) -> None:
    plan = plan_of(question)
    assert plan.calls == () and plan.abstention is not None


@pytest.mark.parametrize("question", ["Can you tell me who deleted the bucket?", "Who could have deleted the bucket?"])
def test_who_did_one_thing_is_asked_politely_and_still_of_that_thing_alone(question: str) -> None:
    assert [call.inputs.get("action") for call in plan_of(question).calls] == ["DeleteBucket"]


@pytest.mark.parametrize(
    "asked",
    [
        ("Which users have no MFA?", "Since when?"),
        ("Which users have no MFA?", "how long has that been so?"),
        ("Who has admin rights?", "since when?"),
        ("Is anyone using root?", "since when?"),
        ("Which buckets are public?", "Since when is it public?"),
    ],
)
def test_since_when_something_is_so_is_not_told_by_how_old_keys_are(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.calls == () and plan.abstention is not None
    assert "does not tell since when: it shows what is so now" in plan.abstention.text


@pytest.mark.parametrize("asked", [("Which access keys are old?", "since when?"), ("Since when do we have old keys?",)])
def test_since_when_keys_are_there_is_told_by_their_age(asked: tuple[str, ...]) -> None:
    assert [call.inputs for call in plan_of(*asked).calls] == [{"check": "old_keys"}]
