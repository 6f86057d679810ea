"""What gets past Slack's front, over real HTTP with signatures made by Slack's own SDK; and what does not."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.front import Arrived, Reply, respond
from agents.channels.slack.events import delivery_of
from agents.channels.slack.gatekeeper import SlackFront, signature
from policies.audit.bodies import QuestionAsked
from tests.agents.channels.slack.conftest import ANNA, BOT, EVA, NAMED, OTHER, SECRET

HELD = {"signing_secret": SECRET}.copy
SPEND = "What did we spend last month?"


def queued(app):
    found = []
    while message := app.box.receive():
        found.append(message.body)
    return found


def signed(payload, path="/slack/events", **more):
    body, stamp = json.dumps(payload).encode(), str(int(time.time()))
    made = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(SECRET, stamp, body), **more}
    return Arrived("POST", path, made, body, time.time())


# attacks


def test_attack_bad_signature(app):
    assert app.post(app.message(EVA, SPEND), secret="f" * 32)[0] == 401
    assert app.post(app.message(EVA, SPEND), X_Slack_Signature="v0=" + "0" * 64)[0] == 401
    assert queued(app) == []


def test_attack_body_changed_after_signing(app):
    now = str(int(time.time()))
    genuine = json.dumps(app.message(EVA, SPEND)).encode()
    changed = genuine.replace(EVA.encode(), ANNA.encode())
    assert app.post(changed, X_Slack_Signature=signature(SECRET, now, genuine))[0] == 401
    assert queued(app) == []


def test_attack_old_timestamp(app):
    """A captured request is good for five minutes, and one from the future never."""
    for seconds in (-302, -86_400, 302, 86_400):
        assert app.post(app.message(EVA, SPEND), at=time.time() + seconds)[0] == 401
    assert queued(app) == []


@pytest.mark.parametrize("stamp", ["", "now", "-1700000000", "17000000001", "1700000000.5", "١٧٠٠٠٠٠٠٠٠"])
def test_attack_malformed_timestamp(stamp):
    front = SlackFront(HELD)
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(SECRET, stamp, b"{}")}
    assert front.admit(Arrived("POST", "/slack/events", headers, b"{}", 1_700_000_000)).status == 401


def test_attack_replay_within_the_five_minutes_runs_once(app):
    captured = app.message(EVA, SPEND)
    at = time.time()
    assert [app.post(captured, at=at) for _ in range(3)] == [(200, b"")] * 3
    assert len(queued(app)) == 1


def test_attack_unsigned_lazy_header(app):
    """Headers with which Bolt's own adapters would skip the signature change nothing here."""
    lazy = {"X_Slack_Bolt_Lazy_Only": "1", "X_Slack_Bolt_Lazy_Function_Name": "heard"}
    nothing = {"X_Slack_Signature": "(none)", "X_Slack_Request_Timestamp": "(none)"}
    for headers in (nothing, nothing | lazy, lazy | {"X_Slack_Signature": "v0=00"}):
        assert app.post(app.message(EVA, SPEND), **headers)[0] == 401
    assert queued(app) == []


def test_attack_a_signature_of_something_else_opens_no_other_way_in():
    for path in ("/slack/other", "/", "/slack/events/"):
        assert SlackFront(HELD).admit(signed({"type": "url_verification", "challenge": "x"}, path)).status == 404


def test_attack_an_empty_signing_secret_signs_nothing():
    for held in ({}, {"signing_secret": ""}, {"signing_secret": None}, {"signing_secret": "short"}):
        with pytest.raises(ChannelError, match="signing_secret"):
            SlackFront(held.copy).admit(Arrived("POST", "/slack/events", {}, b"{}", 1))


# what Slack does


def test_slack_can_verify_the_address(app):
    status, body = app.post({"type": "url_verification", "challenge": "3eZbrw"})
    assert (status, json.loads(body)) == (200, {"challenge": "3eZbrw"})


def test_1000_duplicate_deliveries_run_once(open_app):
    app = open_app([[("spend", {"period": "2026-09"})], "Spend was [[f1]]."])
    sent = app.message(EVA, SPEND)
    front, arrived = SlackFront(HELD), signed(sent)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: respond(arrived, front, app.box), range(990)))
        answers += list(pool.map(lambda number: Reply(app.post(sent, X_Slack_Retry_Num=str(number))[0]), range(10)))
    assert set(answers) == {Reply(200)}, "each is acknowledged, or Slack would go on"
    assert app.work() == []
    app.desk.ledger.flush()
    assert sum(isinstance(stored.body, QuestionAsked) for stored in app.desk.ledger.read()) == 1
    assert len(app.said(f"D{EVA[1:]}")) == 1


def test_a_retry_whose_first_try_was_not_taken_is_not_dropped(app):
    taken = app.box.take_all

    def full(deliveries):
        raise ChannelError("the disk is full")

    app.box.take_all = full
    sent = app.mention(EVA, SPEND)
    assert app.post(sent)[0] == 503
    app.box.take_all = taken
    assert app.post(sent, X_Slack_Retry_Num="1") == (200, b"")
    assert len(queued(app)) == 1


def test_the_same_message_under_two_events_is_one_question(app):
    sent = app.mention(EVA, SPEND)
    assert app.post(sent)[0] == app.post(sent | {"event_id": "Ev-other", "event_time": 2})[0] == 200
    assert len(queued(app)) == 1


def test_a_message_that_is_told_otherwise_the_second_time_is_acknowledged_and_one_question(app):
    said = app.message(EVA, SPEND)
    mention = {**said, "event_id": "Ev-m", "event": {**said["event"], "type": "app_mention", "channel_type": None}}
    assert app.post(said) == app.post(mention) == app.post({**said, "is_ext_shared_channel": True}) == (200, b"")
    assert len(queued(app)) == 1


DIRECT = {"type": "message", "channel_type": "im", "channel": "D1", "user": EVA, "text": "x", "ts": "1.1"}
CHANGED = DIRECT | {"subtype": "message_changed"}
OURS = {"message": {"text": "x", "bot_id": "B1"}, "previous_message": {"text": "y", "bot_id": "B1", "user": BOT}}
PREVIEW = {"message": {"text": "same"}, "previous_message": {"text": "same", "user": EVA, "ts": "1"}}


@pytest.mark.parametrize(
    "event",
    [
        DIRECT | {"channel_type": "channel", "channel": NAMED},
        DIRECT | {"text": "  "},
        DIRECT | {"bot_id": "B1"},
        DIRECT | {"subtype": "channel_join"},
        CHANGED | OURS,
        CHANGED | PREVIEW,
        CHANGED | {"channel_type": "channel", "previous_message": {"text": "not for us", "user": EVA, "ts": "1"}},
        {"type": "reaction_added", "user": EVA},
        {"type": "assistant_thread_context_changed"},
        "no event",
        None,
        {},
    ],
)
def test_what_needs_no_answer_is_acknowledged_and_not_queued(event):
    payload = {"type": "event_callback", "event_id": "Ev1", "event": event}
    assert SlackFront(HELD).admit(signed(payload)) == Reply(200)


def test_a_queued_delivery_holds_no_capability_and_no_text_of_the_message_with_the_button(app):
    pressed = app.press(
        EVA, "receipts", "slack#x", (OTHER, "1.1"), message={"ts": "1.1", "text": "SECRET", "blocks": []}
    )
    app.post(pressed)
    app.post(app.message(EVA, SPEND))
    kept = "".join(queued(app))
    assert "trigger" in kept and "capability" not in kept and "SECRET" not in kept


JSON = st.sampled_from([None, True, 1, "", "x", "\ud800", [], [1], [{}], {}, {"id": "U1"}, {"ts": "1", "user": "U1"}])
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["event_callback", "block_actions", "view_submission", "x"]) | JSON,
        "event": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["message", "app_mention", "assistant_thread_started"]) | JSON,
                "subtype": st.sampled_from(["message_changed", "message_deleted"]) | JSON,
                "channel_type": st.just("im") | JSON, "channel": st.text(max_size=3) | JSON, "user": JSON, "text": JSON,
                "ts": st.text(max_size=3) | JSON, "message": JSON, "previous_message": JSON, "assistant_thread": JSON,
            },
        ) | JSON,
        "event_id": JSON, "team_id": JSON, "authorizations": JSON, "user": JSON, "trigger_id": JSON, "actions": JSON,
        "message": JSON,
    },
)  # fmt: skip


@given(PARTS)
def test_whatever_is_signed_is_a_delivery_or_nothing(payload):
    found = delivery_of(payload, 1)
    assert found is None or (isinstance(found, Delivery) and json.loads(found.body) and found.id)
    assert found is None or found == delivery_of(payload, 1), "the same again is the same delivery"


@given(st.binary(max_size=200))
def test_whatever_is_not_signed_is_refused_and_never_read(body):
    front = SlackFront(HELD)
    for path in ("/slack/events", "/slack/actions", "/"):
        assert front.admit(Arrived("POST", path, {}, body, time.time())).status == 401
