"""Of persons: what somebody may do, or did again, is not looked for among all that everybody did."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from agents.conversations import WAITS
from tests.agents.models.planning import plan_of


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


def test_whether_the_one_who_was_shown_may_still_do_something_is_not_looked_for_in_logs() -> None:
    plan = plan_of("Who disabled MFA?", "can he still log in?")
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
        ("Which databases are not encrypted?", "Since when is it so?"),
    ],
)
def test_since_when_something_is_so_is_not_told_by_how_old_keys_are(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.calls == () and plan.abstention is not None
    assert "does not tell since when: it shows what is so now" in plan.abstention.text


@pytest.mark.parametrize("asked", [("Which access keys are old?", "since when?"), ("Since when do we have old keys?",)])
def test_since_when_keys_are_there_is_told_by_their_age(asked: tuple[str, ...]) -> None:
    assert [call.inputs for call in plan_of(*asked).calls] == [{"check": "old_keys"}]


PUBLIC = "Public buckets: 1 bucket.\n\n- lantern-utrecht-marketing-exports in account venue-utrecht"
SHOWN = "Changes: 1 change.\n\n- role deploy-floor, PutKeyPolicy on k-1 in account venue-rotterdam: 4 October 2026 15:30 UTC"


@pytest.mark.parametrize("question", ["Who created the first one?", "Who made the first one public?"])
def test_the_first_one_is_the_thing_that_was_shown_first_or_nobody_is_looked_for(question: str) -> None:
    before = "Which buckets are public?"
    [call] = plan_of(before, question, answers=(PUBLIC,)).calls
    assert call.inputs["resource"] == "lantern-utrecht-marketing-exports" and "action" in call.inputs
    unnamed = plan_of(before, question)
    assert unnamed.calls == () and unnamed.abstention is not None
    assert "do not look at what everybody did" in unnamed.abstention.text


@pytest.mark.parametrize(
    "asked",
    [
        ("Who deleted a bucket last week?", "who was it again?"),
        ("Who deleted a bucket last week?", "what was the name again?"),
        ("Who deleted a bucket last week?", "when was that?"),
        ("Who stopped instances yesterday?", "who created the first one?"),
        ("What did bram do yesterday?", "What else did he do?"),
    ],
)
def test_a_follow_up_asks_for_no_second_look_at_what_was_looked_at(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.calls == () and plan.abstention is not None
    assert "the same look at what people did as the question before" in plan.abstention.text


def test_the_whole_question_once_more_does_ask_for_another_look() -> None:
    for asked in ("Who deleted a bucket last week?", "Wie heeft er vorige week een bucket verwijderd?"):
        [call] = plan_of(asked, asked).calls
        assert call.inputs == {"period": "last_week", "action": "DeleteBucket"}


@pytest.mark.parametrize(
    "asked",
    [
        ("Who deleted buckets last week?", "is it still?"),
        ("Who opened the security group?", "is it still open?"),
    ],
)
def test_whether_it_is_so_still_is_not_asked_of_what_people_did(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert plan.calls == () and plan.abstention is not None
    assert "does not tell what is so now" in plan.abstention.text


def test_what_else_somebody_did_is_asked_of_the_one_person_that_was_shown() -> None:
    before, asked = "Who changed the key policy in venue-rotterdam on 4 October?", "What else did he do?"
    calls = plan_of(before, asked, answers=(SHOWN,)).calls
    assert calls and all(call.inputs["who"] == "deploy-floor" and "action" not in call.inputs for call in calls)
    unnamed = plan_of("Who deleted the bucket?", asked)
    assert unnamed.abstention is not None and 'who is meant by "he"' in unnamed.abstention.text


@pytest.mark.parametrize("asked", ["Were there failed logins last week?", "Did anyone fail to sign in last week?"])
def test_sign_ins_that_failed_are_looked_for_among_sign_ins(asked: str) -> None:
    [call] = plan_of(asked).calls
    assert (call.query, call.inputs["action"], call.inputs["period"]) == ("who_did_what", "ConsoleLogin", "last_week")


def test_a_sign_in_stays_one_in_the_week_before() -> None:
    [call] = plan_of("Who logged in as root last week?", "And the week before that?").calls
    assert call.inputs == {"period": "2026-09-28..2026-10-04", "who": "root", "action": "ConsoleLogin"}


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        (("Please shut down the two GPU machines in data-lab.", "ok, who started them then?"),
         {"accounts": "data-lab", "action": "StartInstances,RunInstances", "period": "2026-07-18..2026-10-15"}),
        (("Which alarms are firing?", "who deleted them?"),
         {"action": "DeleteAlarms", "period": "2026-07-18..2026-10-15"}),
        (("Who has administrator rights?", "who of them hasn't logged in for 90 days?"),
         {"check": "unused_keys", "days": 90}),
        (("Is j.devries still active?",), {"who": "j.devries", "period": "2026-09-15..2026-10-15"}),
        (("Is j.devries still active?", "what did he do on 6 October?"), {"who": "j.devries", "period": "2026-10-06"}),
        (("Who deleted something in the last month?",), {"action": "delete", "period": "last_30_days"}),
        (("Who used the root account in the last month?",), {"check": "root", "days": 30}),
    ],
)  # fmt: skip
def test_what_was_done_to_the_things_or_by_the_one_spoken_of_is_looked_for_and_nothing_else(
    asked: tuple[str, ...], inputs: dict[str, object]
) -> None:
    [call] = plan_of(*asked).calls
    assert call.inputs == inputs


def test_what_is_wider_than_what_was_asked_says_so() -> None:
    owner = plan_of("Which resources have no owner tag?")
    assert owner.calls[0].inputs["tag"] == "team=" and "its tag named team" in owner.limits[0]
    bill = plan_of("Why is data-prod so expensive in September?", "who did that?")
    assert any("A bill does not say who moved it" in limit for limit in bill.limits)
    rights = plan_of("Is j.devries still active?", "what else is he allowed to do?").abstention
    assert rights is not None and "I can not list what people may do" in rights.text


def test_what_waits_is_said_to_whom_asks_on_and_is_not_understood() -> None:
    asked = ("Why is data-prod so expensive in September?", "who did that?", "since when was it going on?")
    told, answered = plan_of(*asked, answers=("", WAITS)).abstention, plan_of(*asked).abstention
    waits = "it waits for a second person"
    assert told is not None and waits in told.text and answered is not None and waits not in answered.text


DELETED = "Changes: 1 change.\n\nThe events:\n- role deploy-data, DeleteVpcEndpoints on vpce-1 in account data-prod: 8 September 2026 07:42 UTC"
BOTH = f"{DELETED}\n- j.devries, ConsoleLogin in account data-lab: 8 September 2026 07:40 UTC"


@pytest.mark.parametrize("more", ["at what time?", "in which account was that", "where was that?", "when exactly?"])
@pytest.mark.parametrize(
    ("answer", "where"), [(DELETED, "account data-prod."), (BOTH, "accounts data-prod and data-lab.")]
)
def test_what_was_seen_waits_for_nobody_once_it_stands_in_the_answer(more: str, answer: str, where: str) -> None:
    before = "who deleted things in data-prod on 8 September?"
    plan = plan_of(before, more, answers=(answer,))
    assert plan.calls == () and plan.abstention is not None
    assert "stands in the answer" in plan.abstention.text and where in plan.abstention.text
    assert "waits" not in plan.abstention.text
    waiting = plan_of(before, more, answers=(WAITS,)).abstention
    assert waiting is not None and "Until it is approved, that question waits" in waiting.text


def test_what_was_seen_is_found_again_after_a_question_that_was_not_answered() -> None:
    asked = ("who deleted things in data-prod on 8 September?", "at what time?", "where was that?")
    told = plan_of(*asked, answers=(DELETED, "What was seen stands in the answer.")).abstention
    assert told is not None and "account data-prod" in told.text


def test_of_what_nobody_did_it_is_said_that_none_was_found() -> None:
    nothing = "None is recorded. Changes: 0 changes (5 to 11 October 2026)."
    asked = ("who deleted things in data-prod on 8 September?", "when was that?")
    told = plan_of(*asked, answers=(nothing,)).abstention
    assert told is not None and told.text.startswith("That look found none of it") and "waits" not in told.text
    failed = plan_of(*asked, answers=("This could not be answered. There is no person or role 'svc-deploy' in sight.",))
    assert failed.abstention is not None and failed.abstention.text.startswith("What came of that look stands in")
    assert "waits" not in failed.abstention.text
