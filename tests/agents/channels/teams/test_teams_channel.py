"""What people see in Teams, from their message to the answer, through the real front, queue, workers and desk."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.answer import Question
from agents.approving import decide
from agents.channels.port import CallingPort, PortError, RefusedError, Speaker
from agents.channels.rendering import view
from agents.home import Home
from agents.settings import Disclosure
from policies.access import Principal
from policies.audit.bodies import ApprovalDecided, FeedbackGiven, FeedbackRefused, MessageChanged, QuestionAsked
from policies.controls.outbox import Alert, SqliteOutbox
from tests.agents.channels.teams.bot_framework import TENANT, activity, in_channel
from tests.agents.channels.teams.conftest import ANA, BO, CARLA, EVE, Channel, buttons, card, words
from tests.agents.channels.teams.teams_service import RefusedError as Refused

Open = Callable[..., Channel]
SPEND = [("spend", {"period": "2026-09", "by": "service"})]
THREAD = "19:ops@thread.tacv2;messageid=1700000000000"
WHO = "Who deleted the S3 endpoint in data-prod in September?"


def test_an_answer_ends_the_stream_of_progress_and_shows_everything(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    held.asks(ANA, "What did we spend in September?")
    [said] = held.said(f"a:{ANA}")
    assert said["text"].count("Spend was USD ") == 1
    assert next(text for where, text in held.teams.progress if where == f"a:{ANA}") == "Looking at your question …"
    assert not held.teams.streams, "the answer ended the stream"
    assert not any("Spend was" in text for _, text in held.teams.progress), "progress is never a draft"
    shown = words(card(said))
    assert "Written by an AI system" in shown and "Ask your platform team" in shown
    assert "ce:GetCostAndUsage" in shown and "Amazon" in shown
    assert {"Chart.HorizontalBar", "Table"} <= {one["type"] for one in card(said)["body"]}
    ai = [one.get("additionalType") for one in said["entities"]]
    assert ["AIGeneratedContent"] in ai
    (asked,) = held.bodies(QuestionAsked)
    assert (asked.principal_id, asked.channel, asked.assurance) == ("ana", "teams", "envelope")


def test_progress_names_the_query_that_the_desk_says_runs(channel: Open) -> None:
    opened: list[Channel] = []

    def once_it_is_shown(_: Any) -> str:
        until = time.monotonic() + 60
        while not any("spend" in text for _, text in opened[0].teams.progress) and time.monotonic() < until:
            time.sleep(0.02)
        return "Spend was [[f1]]."

    opened.append(channel([SPEND, once_it_is_shown]))
    opened[0].asks(ANA, "What did we spend in September?")
    opened[0].said(f"a:{ANA}")
    assert (f"a:{ANA}", "Asking AWS: spend …") in opened[0].teams.progress


@pytest.mark.slow
def test_a_thousand_deliveries_of_a_question_are_one_run_and_one_answer(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    body = activity(held.microsoft, "What did we spend?", conversation={
        "id": f"a:{ANA}", "conversationType": "personal", "tenantId": TENANT})  # fmt: skip
    with ThreadPoolExecutor(8) as many:
        assert set(many.map(lambda _: held.send(body)[0], range(1000))) == {200}
    held.said(f"a:{ANA}")
    assert len(held.bodies(QuestionAsked)) == 1 and len(held.said(f"a:{ANA}")) == 1


def test_in_a_channel_the_answer_takes_the_place_of_the_progress(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    held.asks_in_channel(ANA, "what did we spend in September?")
    [said] = held.said(THREAD)
    assert said["text"].count("Spend was USD ") == 1
    assert not held.teams.opened, "nobody else was written to"


@pytest.mark.parametrize("personal", [True, False])
def test_what_a_try_that_failed_had_begun_becomes_the_answer_of_the_next_one(
    channel: Open, monkeypatch: pytest.MonkeyPatch, personal: bool
) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    asks, tries = CallingPort.ask, []

    def fails_once(port: CallingPort, *given: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            until = time.monotonic() + 20
            while not (held.teams.progress if personal else held.teams.said(THREAD)) and time.monotonic() < until:
                time.sleep(0.01)
            raise PortError("The house is away.")
        return asks(port, *given)

    monkeypatch.setattr(CallingPort, "ask", fails_once)
    (held.asks if personal else held.asks_in_channel)(ANA, "What did we spend in September?")
    [said] = held.said(f"a:{ANA}" if personal else THREAD)
    assert said["text"].count("Spend was USD ") == 1 and len(tries) == 2


@pytest.mark.parametrize("personal", [True, False])
def test_a_refusal_takes_the_place_of_what_was_begun(
    channel: Open, monkeypatch: pytest.MonkeyPatch, personal: bool
) -> None:
    held = channel()
    where = f"a:{ANA}" if personal else THREAD

    def refused(port: CallingPort, *given: Any) -> Any:
        until = time.monotonic() + 60
        while not (held.teams.progress if personal else held.teams.said(where)) and time.monotonic() < until:
            time.sleep(0.02)  # until progress is shown
        raise RefusedError("This is not for you.")

    monkeypatch.setattr(CallingPort, "ask", refused)
    (held.asks if personal else held.asks_in_channel)(ANA, "What did we spend in September?")
    _until_said(held, where, "This is not for you.")
    assert len(held.said(where)) == 1, "what was begun still says that it is looked up"


def _until_said(held: Any, where: str, text: str) -> None:
    until = time.monotonic() + 60
    while not any(text in one["text"] for one in held.said(where)):
        assert time.monotonic() < until, "it was not said in time"
        time.sleep(0.02)


def test_data_about_persons_goes_to_the_personal_chat_and_not_to_the_channel(channel: Open) -> None:
    held = channel()
    held.asks_in_channel(ANA, WHO)
    [said] = held.said(THREAD)
    assert "personal chat" in said["text"] and "attachments" not in said
    [theirs] = held.said(f"a:{ANA}")
    assert "needs" in theirs["text"] or "wait" in theirs["text"].lower()


def test_what_follows_an_answer_about_persons_stays_out_of_the_channel_too(channel: Open) -> None:
    held = channel()
    held.asks_in_channel(ANA, WHO)
    held.said(f"a:{ANA}")
    held.asks_in_channel(ANA, "What did we spend last month?")
    assert "USD" in held.said(f"a:{ANA}", 2)[-1]["text"]
    assert not any("USD" in json.dumps(one) for one in held.said(THREAD, 2)), "it may speak of those persons"


def test_somebody_unknown_is_refused_on_record_and_sees_nothing(channel: Open) -> None:
    held = channel([])
    held.asks(EVE, "What did we spend?")
    [said] = held.said(f"a:{EVE}")
    assert "Denied" in words(card(said))
    (asked,) = held.bodies(QuestionAsked)
    assert (asked.principal_id, asked.role) == (f"teams:{TENANT}/{EVE}", "unknown")


def test_an_approval_goes_to_whoever_may_decide_and_the_answer_to_the_asker_alone(channel: Open) -> None:
    held = channel()
    held.asks(ANA, WHO)
    [request] = held.said(f"a:{CARLA}")
    shown = words(card(request))
    assert "ana" in shown and WHO in shown and "what everybody did in AWS" in shown and "data-prod" in shown
    held.presses(CARLA, request, "Approve", reason="incident 4711")
    [decided] = held.bodies(ApprovalDecided, 1)
    assert (decided.approver, decided.decision, decided.reason) == ("carla", "approve", "incident 4711")
    _, answer = held.said(f"a:{ANA}", 2)
    assert "Written by an AI system" in words(card(answer))
    [after] = held.said(f"a:{CARLA}")  # the card's own place, not one below it
    assert "Approved" in words(card(after)) and not buttons(card(after)), "decided once, no button is left"
    assert f"a:{BO}" not in held.teams.messages


def test_an_approver_whose_decision_outlived_its_worker_brings_the_asker_the_answer_by_pressing_again(
    channel: Open,
) -> None:
    held = channel()
    held.asks(ANA, WHO)
    [request] = held.said(f"a:{CARLA}")
    approval = next(one for one in buttons(card(request)) if one["title"] == "Approve")["data"]["approval"]
    # the worker died after the house had taken the decision, before it kept what was to be said
    carla = Speaker(person=f"teams:{TENANT}/{CARLA}", channel="teams", session="s")
    held.port.decide(carla, approval, "approve")
    held.presses(CARLA, request, "Approve")
    answer = held.said(f"a:{ANA}", 2)[-1]
    assert "Written by an AI system" in words(card(answer)) and "DeleteVpcEndpoints" in json.dumps(answer)
    held.presses(CARLA, request, "Deny")
    held.said(f"a:{CARLA}", 3)
    assert len(held.said(f"a:{ANA}")) == 2, "once"


@pytest.mark.slow
def test_a_denied_approval_is_said_with_its_reason(channel: Open) -> None:
    held = channel()
    held.asks(ANA, WHO)
    [request] = held.said(f"a:{CARLA}")
    held.presses(CARLA, request, "Deny", reason="ask HR first")
    _, answer = held.said(f"a:{ANA}", 2)
    assert "ask HR first" in answer["text"]
    assert [body.decision for body in held.bodies(ApprovalDecided)] == ["deny"]


def test_a_forged_button_decides_nothing_and_shows_nobody_elses_answer(channel: Open) -> None:
    held = channel()
    held.asks(ANA, WHO)
    [request] = held.said(f"a:{CARLA}")
    [mine] = held.said(f"a:{ANA}")
    approve = next(one for one in buttons(card(request)) if one["title"] == "Approve")
    for number, who in enumerate((ANA, BO, EVE), 1):
        # each sends what they would see if they were in charge, and names themselves as the asker
        forged = approve["data"] | {"asker": f"teams:{TENANT}/{who}"}
        value = {"action": {"type": "Action.Execute", "verb": "decide", "data": forged}}
        held.by(who, type="invoke", name="adaptiveCard/action", value=value)
        value = {"action": {"type": "Action.Execute", "verb": "resume", "data": forged}}
        held.by(who, type="invoke", name="adaptiveCard/action", value=value)
        held.said(f"a:{who}", 2 + (who == ANA))
        assert not held.bodies(ApprovalDecided), number
    # and who may decide cannot turn the answer to themselves
    value = {"action": {"verb": "decide", "data": approve["data"] | {"asker": f"teams:{TENANT}/{CARLA}"}}}
    held.by(CARLA, type="invoke", name="adaptiveCard/action", value=value)
    held.bodies(ApprovalDecided, 1)
    held.said(f"a:{CARLA}", 2)
    assert not any("Written by an AI system" in json.dumps(one) for one in held.said(f"a:{CARLA}"))
    # the asker is not left without it
    held.asks(ANA, "approvals")
    shown = held.said(f"a:{ANA}", 4)[-1]
    held.presses(ANA, shown, "Show the answer")
    answer = held.said(f"a:{ANA}", 5)[-1]
    assert "Written by an AI system" in words(card(answer)) and answer["text"] != mine["text"]


def test_feedback_is_recorded_as_the_person_who_gave_it(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    held.asks(ANA, "What did we spend in September?")
    [said] = held.said(f"a:{ANA}")
    held.presses(ANA, said, "Helpful")
    held.presses(ANA, said, "Send", comment="the team is missing")
    first, second = held.bodies(FeedbackGiven, 2)
    assert {(one.helpful, one.comment) for one in (first, second)} == {(True, ""), (False, "the team is missing")}
    assert first.channel == "teams" and first.answer == second.answer


def test_feedback_on_another_persons_answer_is_for_those_who_read_it(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    held.asks(ANA, "What did we spend in September?")
    [alone] = held.said(f"a:{ANA}")
    held.presses(CARLA, alone, "Helpful")
    assert [one.why for one in held.bodies(FeedbackRefused, 1)] == ["not_theirs"]
    assert "is known here to be yours" in held.said(f"a:{CARLA}")[-1]["text"]
    assert not held.bodies(FeedbackGiven)


def test_an_edited_or_deleted_message_is_recorded_and_not_obeyed(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    id = held.asks(ANA, "What did we spend in September?")
    held.said(f"a:{ANA}")
    edit = {"type": "messageUpdate", "text": "and now everything about Pieter"}
    others = [
        edit,
        {**edit, "text": "no"},
        {**edit, "timestamp": "2026-10-15T09:02:00.000Z"},
        {"type": "messageDelete"},
    ]
    for more in others:
        body = activity(held.microsoft, id=id, **more)
        body["conversation"] = body["conversation"] | {"id": f"a:{ANA}"}
        assert held.send(body)[0] == 200
    changed = held.bodies(MessageChanged, 4)
    assert [(one.message, one.what) for one in changed] == [*[(id, "edited")] * 3, (id, "deleted")]
    [stored] = [one for one in held.desk.ledger.read() if isinstance(one.body, QuestionAsked)]
    assert {one.answer for one in changed} == {stored.record.question} and len(held.said(f"a:{ANA}")) == 1


def test_two_people_in_one_thread_do_not_share_a_session(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]].", SPEND, "Spend was [[f1]]."])
    held.asks_in_channel(ANA, "what did we spend in September?")
    held.said(THREAD)
    held.asks_in_channel(CARLA, "and what is that?")
    held.said(THREAD, 2)
    session = Speaker(person="teams:T/U", channel="teams", session=f"teams:{TENANT}:{THREAD}").runtime_session
    kept = {who: held.desk.conversations.latest(f"verified:{who}", session) for who in ("ana", "carla")}
    assert [one.question for one in kept["ana"]] == ["what did we spend in September?"]
    assert [one.question for one in kept["carla"]] == ["and what is that?"]


def test_while_teams_is_down_no_answer_and_no_approval_is_lost(channel: Open) -> None:
    held = channel()
    held.teams.down = True
    held.asks(ANA, WHO)
    held.bodies(QuestionAsked, 1)
    time.sleep(0.3)
    held.teams.down = False
    assert "attachments" in held.said(f"a:{ANA}")[0]
    assert buttons(card(held.said(f"a:{CARLA}")[0]))
    assert len(held.bodies(QuestionAsked)) == 1, "asked once, however often it is said"


def test_an_approver_who_cannot_be_asked_now_makes_no_answer_come_twice(
    channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, left = channel(), [503] * 2
    real = held.teams.answer

    def falters(method: str, path: str, body: Any) -> dict[str, Any]:
        if left and CARLA in path:
            raise Refused(left.pop())
        return real(method, path, body)

    monkeypatch.setattr(held.teams, "answer", falters)
    held.asks_in_channel(ANA, WHO)
    assert buttons(card(held.said(f"a:{CARLA}")[0]))
    assert len(held.said(f"a:{ANA}")) == len(held.said(THREAD)) == 1 and not left


def test_a_teams_that_has_too_many_calls_gets_the_answer_later_and_no_apology(
    channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    real, tries = held.teams.answer, []

    def limits(method: str, path: str, body: Any) -> dict[str, Any]:
        if "attachments" in body and len(tries) < 12:
            tries.append(path)
            raise Refused(429)
        return real(method, path, body)

    monkeypatch.setattr(held.teams, "answer", limits)
    monkeypatch.setattr("agents.channels.crew.MOST_AGAIN_SECONDS", 0.2)
    held.asks_in_channel(ANA, "What did we spend in September?")
    [said] = held.said(THREAD)
    assert "Spend was USD " in said["text"] and len(tries) == 12


@pytest.mark.slow
def test_an_approver_without_the_app_is_told_to_the_asker(channel: Open) -> None:
    held = channel()
    held.teams.unknown.add(CARLA)
    held.asks(ANA, WHO)
    said = held.said(f"a:{ANA}", 2)
    assert "not installed" in said[-1]["text"]


@pytest.mark.slow
def test_a_stream_that_took_too_long_loses_no_answer(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]]."])
    held.teams.late = True
    held.asks(ANA, "What did we spend in September?")
    [late] = held.said(f"a:{ANA}")
    assert late["text"].count("Spend was USD ") == 1


@pytest.mark.slow
def test_the_app_greets_whoever_adds_it(channel: Open) -> None:
    held = channel([])
    held.by(ANA, type="installationUpdate", action="add")
    [said] = held.said(f"a:{ANA}")
    assert "What did we spend last month?" in said["text"]


def test_the_same_question_gives_the_same_answer_and_records_as_at_a_terminal(channel: Open) -> None:
    held = channel()
    held.asks(ANA, "What did we spend in September by service?")
    [said] = held.said(f"a:{ANA}")
    held.desk.ledger.flush()
    first = [stored.body for stored in held.desk.ledger.read()]
    asker = Principal(id="ana", role="engineer", assurance="local")
    answer = held.desk.answer(Question(text="What did we spend in September by service?"), asker)
    held.desk.ledger.flush()
    second = [stored.body for stored in held.desk.ledger.read()][len(first) :]
    assert said["text"] == view(answer, Disclosure()).text
    assert {row[-1] for table in view(answer, Disclosure()).tables for row in table.rows} <= set(
        words(card(said)).split()
    )
    same = [body.type for body in first if body.type != "ledger.opened"]
    assert same[-len(second) :] == [body.type for body in second], "equal steps, equal records"


def test_links_in_names_of_the_estate_stay_visible(channel: Open) -> None:
    held = channel([SPEND, "Spend was [[f1]], see [the bill](https://evil.example) <b>now</b>."])
    held.by(ANA, in_channel, "what did we spend in September?")
    [said] = held.said(THREAD)
    shown: Any = said["text"] + words(card(said))
    assert "](" not in shown and "<b>" not in shown


@pytest.mark.slow
def test_an_alert_reaches_its_places_once_teams_is_back(
    channel: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.channels.again.EVERY_SECONDS", 0.3)
    at = datetime(2026, 11, 28, tzinfo=UTC)
    told: dict[str, Any] = {"control": "A.6.2.8", "before": "evidenced", "after": "failing", "source": "sample"}
    alert = Alert(id="l/1/A.6.2.8", record=7, at=at, **told)
    outbox = SqliteOutbox(home.outbox)
    outbox.put("l", "sample", 1, [alert])
    held = channel([], down=True)
    time.sleep(0.5)
    assert not outbox.alerts()[0].delivered
    held.teams.down = False
    for where in ("19:alerts@thread.tacv2", f"a:{CARLA}"):
        [said] = held.said(where)
        assert "A.6.2.8" in words(card(said)) and "failing" in words(card(said))
    until = time.monotonic() + 60
    while not outbox.alerts()[0].delivered and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    assert outbox.alerts()[0].delivered and len(held.said(f"a:{CARLA}")) == 1, "told once, and marked only then"


@pytest.mark.slow
def test_what_was_asked_elsewhere_is_brought_to_approvers_in_teams_once(
    channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.channels.again.EVERY_SECONDS", 0.3)
    held = channel()
    held.desk.answer(Question(text=WHO), Principal(id="frank", role="engineer", assurance="local"))
    time.sleep(1)
    assert f"a:{CARLA}" not in held.teams.messages, "nobody knows who frank is: nothing of his can be decided"
    held.asks(ANA, WHO)
    [request] = held.said(f"a:{CARLA}")
    time.sleep(0.8)
    assert len(held.said(f"a:{CARLA}")) == 1, "asked once, by the answer or by the round"
    assert "ana asks for approval" in words(card(request))


@pytest.mark.slow
def test_a_decision_taken_elsewhere_is_pushed_to_the_asker_and_the_approvers_card_says_it(
    channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.channels.again.EVERY_SECONDS", 0.3)
    held = channel()
    held.asks(ANA, WHO)
    held.said(f"a:{CARLA}")
    waits = held.desk.oversight.approvals.all()[0]
    asker = Principal(id="ana", role="engineer", assurance="envelope")
    held.teams.down = True
    by = Principal(id="carla", role="auditor", assurance="oidc")
    decide(held.desk, waits.approval, by, "approve", "seen", lambda before: asker)
    held.desk.resume(waits.approval, asker)
    time.sleep(0.5)
    held.teams.down = False
    answer = held.said(f"a:{ANA}", at_least=2)[-1]
    assert "DeleteVpcEndpoint" in answer["text"] + words(card(answer)) and "AI system" in words(card(answer))
    time.sleep(0.8)
    assert len(held.said(f"a:{ANA}")) == 2, "once"
    [request] = held.said(f"a:{CARLA}")
    assert "was approved by carla" in words(card(request)) and not buttons(card(request))
