"""What people see in Slack: answers, receipts, feedback, approvals, changed messages, and nothing of others."""

import json
import time
from datetime import UTC, datetime

import pytest

from agents.answer import Question
from agents.approving import decide
from agents.channels.crew import Crew
from agents.channels.delivering import Round
from agents.channels.delivery import ChannelError, from_text
from agents.channels.heard import HeardFile
from agents.channels.heard_aws import HeardTable
from agents.channels.notice import Pointer, invoke_url
from agents.channels.noticing import WaitsHere
from agents.channels.port import PortError, Speaker
from agents.channels.slack import wording
from agents.channels.slack.richtext import rich_text
from agents.channels.working import MOST_RECEIVES, abandon, work
from agents.local import as_now
from policies.access import Principal, local_principal
from policies.audit.bodies import (
    AnswerDelivered,
    ApprovalDecided,
    FeedbackGiven,
    FeedbackRefused,
    MessageChanged,
    QuestionAsked,
)
from policies.controls.outbox import Alert, SqliteOutbox
from tests.agentcore_shim import ARN
from tests.agents.channels.slack.conftest import ANNA, CARLA, EVA, NAMED, OMAR, OTHER, TEAM, WORDS

SPEND = "What did we spend last month by service?"
WHO = "Who deleted the S3 endpoint in data-prod in September?"


def wait_for(happens, seconds=60):
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def direct(user):
    return f"D{user[1:]}"


def bodies(app, kind):
    app.desk.ledger.flush()
    return [stored for stored in app.desk.ledger.read() if isinstance(stored.body, kind)]


def button(message, action):
    """The value of a button in a message."""
    found = []
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == action:
                found.append(element.get("value") or element)
    assert found, f"there is no {action} in {[block['type'] for block in message['blocks']]}"
    return found[0]


def place_of(message):
    return message["at"], message["ts"]


def test_a_direct_question_is_answered_in_its_thread_with_all_that_an_answer_has(app):
    asked = app.message(EVA, SPEND)
    app.send(asked)
    [message] = app.said(direct(EVA))
    text = app.slack.text_of(message)
    assert message["thread_ts"] == asked["event"]["ts"]
    assert "September 2026" in text and WORDS.contact in text and "Written by an AI system" in text
    assert WORDS.contact in message["text"], "a screen reader and a notification say it too"
    [table] = [block for block in message["blocks"] if block["type"] == "table"]
    assert len(table["rows"]) > 3 and len({len(row) for row in table["rows"]}) == 1
    assert {one["align"] for one in table["column_settings"]} == {"left", "right"}
    [question] = bodies(app, QuestionAsked)
    assert (question.body.principal_id, question.body.channel, question.body.assurance) == ("eva", "slack", "envelope")
    [delivered] = bodies(app, AnswerDelivered)
    assert delivered.body.status == "answered"


def test_progress_says_which_query_runs_and_no_word_of_the_answer(app):
    app.send(app.message(EVA, SPEND))
    shown = [given for given in app.slack.of("chat.update") if "Looking it up" in given["text"]]
    assert any("spend (runs)" in given["text"] for given in shown)
    assert not any("USD" in app.slack.text_of(given) for given in shown)


def test_where_slack_streams_the_queries_are_tasks_and_the_answer_ends_the_stream(app):
    app.slack.streams()
    app.send(app.message(EVA, SPEND))
    [begun], [ended] = app.slack.of("chat.startStream"), app.slack.of("chat.stopStream")
    assert (begun["recipient_user_id"], begun["recipient_team_id"]) == (EVA, TEAM)
    tasks = [chunk for given in app.slack.of("chat.appendStream") for chunk in given["chunks"]]
    assert {chunk["type"] for chunk in tasks} == {"task_update"} and any(chunk["id"] == "spend" for chunk in tasks)
    assert WORDS.contact in app.slack.text_of(ended) and not app.slack.of("chat.postMessage")


@pytest.fixture(params=["disk", "aws"])
def another(request, app, tmp_path):
    """Put another process in the worker's place: it remembers nothing itself; what was heard lies in files or AWS."""

    def process():
        if request.param == "disk":
            app.worker._heard = HeardFile(tmp_path / "heard.sqlite")
        else:
            on_aws = request.getfixturevalue("on_aws")
            app.worker._heard = HeardTable(on_aws.dynamo, on_aws.table, "slack")

    process()
    return process


@pytest.mark.parametrize("streams", [False, True])
def test_what_a_worker_that_died_had_begun_becomes_the_answer_of_the_next_try(app, another, monkeypatch, streams):
    if streams:
        app.slack.streams()
    _died_while_asking(app, monkeypatch)
    another()
    assert app.work() == []
    [message] = app.said(direct(EVA))
    assert WORDS.contact in app.slack.text_of(message)


def test_after_the_last_try_nothing_says_any_more_that_it_is_looked_up(app, another, monkeypatch):
    _died_while_asking(app, monkeypatch)
    another()
    while (message := app.box.receive()) is not None and message.receives < MOST_RECEIVES:
        app.box.give_back(message, 0)
    assert not abandon(from_text(message.body), app.worker, app.box), "no answer was kept"
    assert [one["text"] for one in app.said(direct(EVA))] == [wording.FAILED]


def test_an_answer_whose_message_somebody_took_away_is_said_anew(app):
    app.slack.always["chat.update"] = "message_not_found"
    app.send(app.message(EVA, SPEND))
    assert WORDS.contact in app.slack.text_of(app.said(direct(EVA))[-1])


def _died_while_asking(app, monkeypatch):
    """A worker begins to answer and is killed; its lease is over when the next one looks."""

    def killed(*_):
        raise SystemExit

    app.post(app.message(EVA, SPEND))
    message = app.box.receive()
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr(app.worker._port, "ask", killed)
        app.worker.ask(from_text(message.body))
    assert len(app.said(direct(EVA))) == 1
    app.box.give_back(message, 0)


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
def test_a_stream_that_slack_ended_becomes_an_edited_message(app, method):
    app.slack.streams()
    app.slack.always[method] = "message_not_in_streaming_state"
    app.send(app.message(EVA, SPEND))
    [message] = app.said(direct(EVA))
    assert WORDS.contact in app.slack.text_of(message)


def test_a_series_comes_as_a_picture_whose_words_say_the_same(app):
    app.send(app.message(EVA, "What did we spend per day in the last 7 days?"))
    [asked], [done] = app.slack.of("files.getUploadURLExternal"), app.slack.of("files.completeUploadExternal")
    assert app.slack.uploaded[0][:8] == b"\x89PNG\r\n\x1a\n"
    assert asked["alt_txt"].startswith("Bar chart of ") and "14 October 2026: 4,231.00" in asked["alt_txt"]
    assert (done["channel_id"], done["thread_ts"]) == (direct(EVA), app.said(direct(EVA))[0]["thread_ts"])


def test_an_answer_arrives_even_if_its_picture_does_not(app):
    app.slack.always["files.getUploadURLExternal"] = "storage_limit_reached"
    app.send(app.message(EVA, "What did we spend per day in the last 7 days?"))
    assert WORDS.contact in app.slack.text_of(app.said(direct(EVA))[0])


def test_a_workspace_without_new_blocks_gets_the_same_answer_in_old_ones(app):
    app.slack.refuses["chat.update"] = []
    sent = app.message(EVA, SPEND)
    app.post(sent)
    real = app.slack.answer

    def old(method, given):
        kinds = {block["type"] for block in given.get("blocks", [])}
        return {"ok": False, "error": "invalid_blocks"} if {"table", "context_actions"} & kinds else real(method, given)

    app.slack.answer = old
    assert app.work() == []
    [message] = app.said(direct(EVA))
    text = app.slack.text_of(message)
    assert WORDS.contact in text and "Amazon Elastic Compute Cloud" in text
    app.send(app.press(EVA, "unhelpful", button(message, "unhelpful"), place_of(message)))
    assert [one.body.helpful for one in bodies(app, FeedbackGiven)] == [False]


def test_threads_are_conversations(app):
    first = app.message(EVA, "What did we spend in September 2026?")
    app.send(first)
    app.send(app.message(EVA, "and in August?", thread_ts=first["event"]["ts"]))
    app.send(app.message(EVA, "and in August?"))
    _, followed, alone = app.said(direct(EVA))
    assert "August 2026" in app.slack.text_of(followed)
    assert "September" not in app.slack.text_of(alone), "another thread knows nothing of it"


def test_nobody_sees_anothers_session(app):
    """Two people in one thread of a channel: the second one's follow-up knows nothing of the first one's question."""
    first = app.mention(EVA, "What did we spend in July 2026?")
    app.send(first)
    for user in (OMAR, EVA):
        app.send(app.mention(user, "and for venue Utrecht?", thread_ts=first["event"]["ts"]))
    _, others, own = map(app.slack.text_of, app.said(NAMED))
    assert "July 2026" in own and "July 2026" not in others


def test_in_a_channel_it_answers_only_where_it_was_named(app):
    app.send(app.mention(EVA, SPEND))
    assert WORDS.contact in app.slack.text_of(app.said(NAMED)[0])
    app.send(app.mention(EVA, SPEND, OTHER))
    [quiet] = app.slack.of("chat.postEphemeral")
    assert (quiet["channel"], quiet["user"]) == (OTHER, EVA) and "direct messages" in quiet["text"]
    assert app.said(OTHER) == [] and len(bodies(app, QuestionAsked)) == 1


def test_somebody_unknown_is_refused_on_record(app):
    app.send(app.message("U0MALLORY", SPEND))
    [message] = app.said(direct("U0MALLORY"))
    assert "Denied" in app.slack.text_of(message) and WORDS.contact in app.slack.text_of(message)
    [asked] = bodies(app, QuestionAsked)
    assert (asked.body.principal_id, asked.body.role) == (f"slack:{TEAM}/U0MALLORY", "unknown")


def test_attack_a_namesake_of_another_company_in_a_shared_channel_is_not_the_person(app):
    app.send(app.mention(EVA, SPEND, user_team="T0EVIL"))
    assert "Denied" in app.slack.text_of(app.said(NAMED)[0])


@pytest.mark.parametrize(
    "whose",
    [
        {"source_team": "T0EVIL"},
        {"team": "T0EVIL"},
        {"user_team": TEAM, "team": "T0EVIL"},
        {"user_profile": {"team": "T0EVIL", "name": "eva"}},
        {"user_team": "E0EVIL"},
        {"team": None},  # Slack says nothing of them, and the channel is shared with another company
    ],
)
def test_attack_somebody_of_whom_slack_says_another_team_anywhere_is_of_that_team(app, whose):
    told = app.mention(EVA, SPEND)
    told["event"] |= whose
    app.send({**told, "is_ext_shared_channel": True})
    assert "Denied" in app.slack.text_of(app.said(NAMED)[0])
    [asked] = bodies(app, QuestionAsked)
    assert asked.body.role == "unknown" and asked.body.principal_id in (
        f"slack:T0EVIL/{EVA}", f"slack:E0EVIL/{EVA}", f"slack:?/{EVA}",
    )  # fmt: skip


def of_another_company(shape):
    """How Slack tells that somebody pressed a button whose user id is a local person's, too."""
    team = {"id": TEAM, "domain": "casino", "enterprise_id": "E0OURS", "enterprise_name": "Casino Group"}
    user = {"id": EVA, "username": "eva", "name": "eva", "team_id": "T0EVIL"}
    return {
        "a workspace": {"user": user, "team": {"id": TEAM, "domain": "casino"}, "enterprise": None},
        "an organisation": {"user": user | {"team_id": "E0EVIL"}, "team": team, "enterprise": {"id": "E0EVIL"}},
        "said of nobody": {"user": {"id": EVA, "username": "eva"}, "team": team},
    }[shape]


@pytest.mark.parametrize("shape", ["a workspace", "an organisation", "said of nobody"])
@pytest.mark.parametrize("where", ["thread", "direct"])
def test_attack_feedback_of_a_namesake_of_another_company_is_refused_on_record(app, shape, where):
    app.send(app.mention(EVA, SPEND) if where == "thread" else app.message(EVA, SPEND))
    [message] = app.said(NAMED if where == "thread" else direct(EVA))
    thumbs = button(message, "feedback")
    before = len(bodies(app, QuestionAsked))
    for value in (thumbs["positive_button"]["value"], thumbs["negative_button"]["value"]):
        app.send(app.press(EVA, "feedback", value, place_of(message)) | of_another_company(shape))
    assert bodies(app, FeedbackGiven) == [] and app.slack.of("views.open") == [], "no opinion, no form"
    refused = bodies(app, QuestionAsked)[before:]
    assert [one.body.role for one in refused] == ["unknown"] * 2
    assert {one.body.principal_id for one in refused} <= {f"slack:{team}/{EVA}" for team in ("T0EVIL", "E0EVIL", "?")}
    app.send(app.press(EVA, "feedback", thumbs["positive_button"]["value"], place_of(message)))
    assert [one.record.principal for one in bodies(app, FeedbackGiven)] == ["eva"], "hers counts"


@pytest.mark.parametrize("team_id", ["T0EVIL", "E0EVIL"])
def test_attack_a_form_of_a_namesake_of_another_company_is_refused_on_record(app, team_id):
    """A form says the sender's own workspace as its team, and the app's beside the view."""
    app.send(app.message(EVA, SPEND))
    [message] = app.said(direct(EVA))
    app.send(app.press(EVA, "feedback", button(message, "feedback")["negative_button"]["value"], place_of(message)))
    [opened] = app.slack.of("views.open")
    app.send(
        {
            "type": "view_submission", "team": {"id": "T0EVIL", "enterprise_id": "E0EVIL"}, "trigger_id": "t-x",
            "user": {"id": EVA, "team_id": team_id},
            "view": {"type": "modal", "callback_id": "comment", "private_metadata": opened["view"]["private_metadata"],
                     "app_installed_team_id": TEAM, "team_id": "T0EVIL",
                     "state": {"values": {"comment": {"words": {"value": "We like it."}}}}},
        }
    )  # fmt: skip
    assert [one.body.comment for one in bodies(app, FeedbackGiven)] == [""], "only hers, without a comment"
    assert bodies(app, QuestionAsked)[-1].body.principal_id == f"slack:T0EVIL/{EVA}"


def test_people_of_the_apps_own_enterprise_organisation_are_themselves(app):
    ours = {"id": TEAM, "enterprise_id": "E0OURS"}
    told = app.mention(EVA, SPEND, user_team="E0OURS")
    told["authorizations"][0]["enterprise_id"] = "E0OURS"
    app.send(told)
    [message] = app.said(NAMED)
    assert "Denied" not in app.slack.text_of(message)
    value = button(message, "feedback")["positive_button"]["value"]
    user = {"id": EVA, "team_id": "E0OURS"}
    app.send(app.press(EVA, "feedback", value, place_of(message)) | {"user": user, "team": ours})
    assert [one.record.principal for one in bodies(app, FeedbackGiven)] == ["eva"]


def test_the_receipts_button_opens_the_aws_calls_and_each_can_be_looked_up(app):
    app.send(app.message(EVA, SPEND))
    [message] = app.said(direct(EVA))
    app.send(app.press(EVA, "receipts", button(message, "receipts"), place_of(message)))
    [opened] = app.slack.of("views.open")
    text = app.slack.text_of({"view": opened["view"]})
    [delivered] = bodies(app, AnswerDelivered)
    assert delivered.body.receipts and all(receipt in text for receipt in delivered.body.receipts)
    assert "ce:GetCostAndUsage" in text and "source: sample" in text


def test_receipts_that_come_too_late_for_a_modal_come_as_a_message(app):
    app.send(app.message(EVA, SPEND))
    [message] = app.said(direct(EVA))
    app.slack.refuses["views.open"] = ["expired_trigger_id"]
    app.send(app.press(EVA, "receipts", button(message, "receipts"), place_of(message)))
    assert "ce:GetCostAndUsage" in app.slack.text_of(app.said(direct(EVA))[-1])


def test_feedback_is_on_record_at_once_and_a_comment_is_sealed(app):
    app.send(app.message(EVA, SPEND))
    [message] = app.said(direct(EVA))
    thumbs = button(message, "feedback")
    app.send(app.press(EVA, "feedback", thumbs["negative_button"]["value"], place_of(message)))
    [given] = bodies(app, FeedbackGiven)
    [delivered] = bodies(app, AnswerDelivered)
    assert (given.body.helpful, given.body.answer, given.record.principal) == (False, delivered.record.question, "eva")
    [opened] = app.slack.of("views.open")
    app.send(
        {
            "type": "view_submission", "team": {"id": TEAM}, "user": {"id": EVA, "team_id": TEAM}, "trigger_id": "t-x",
            "view": {"type": "modal", "callback_id": "comment", "private_metadata": opened["view"]["private_metadata"],
                     "state": {"values": {"comment": {"words": {"value": "The month is wrong."}}}}},
        }
    )  # fmt: skip
    assert [one.body.comment for one in bodies(app, FeedbackGiven)] == ["", "The month is wrong."]
    assert b"The month is wrong" not in b"".join(f.read_bytes() for f in app.desk.home.ledger.rglob("*") if f.is_file())


def test_colleagues_in_the_thread_may_give_feedback_and_others_hear_why_not(app):
    app.send(app.mention(EVA, SPEND))
    [message] = app.said(NAMED)
    helpful = button(message, "feedback")["positive_button"]["value"]
    there = {"channel_id": NAMED, "message_ts": message["ts"], "thread_ts": message["thread_ts"]}
    app.send(app.press(CARLA, "feedback", helpful, place_of(message), container=there))
    app.send(app.press(CARLA, "feedback", helpful, (direct(CARLA), "1700000099.000100")))
    assert [one.record.principal for one in bodies(app, FeedbackGiven)] == ["carla"]
    [refused] = bodies(app, FeedbackRefused)
    assert (refused.record.principal, refused.body.why) == ("carla", "not_theirs")
    assert any("is known here to be yours" in app.slack.text_of(one) for one in app.said(direct(CARLA)))


def test_an_answer_about_persons_goes_to_the_direct_message_and_so_does_what_follows(app):
    app.send(app.mention(EVA, WHO))
    [in_channel] = app.said(NAMED)
    assert "direct messages" in app.slack.text_of(in_channel) and "S3" not in app.slack.text_of(in_channel)
    [alone] = app.said(direct(EVA))
    assert "Waits for approval" in app.slack.text_of(alone)
    app.send(app.mention(EVA, "What did we spend last month?", thread_ts=in_channel["thread_ts"]))
    assert "USD" not in app.slack.text_of(app.said(NAMED)[1])
    assert "USD" in app.slack.text_of(app.said(direct(EVA))[1])
    app.send(app.mention(EVA, "What did we spend last month?"))
    assert "USD" in app.slack.text_of(app.said(NAMED)[2]), "another thread is another conversation"


@pytest.mark.parametrize("trouble", ["message_not_found", "internal_error", "fatal_error"])
def test_an_answer_for_one_person_comes_once_whatever_becomes_of_the_message_in_the_channel(app, trouble):
    """Somebody took that message away; or Slack falters right after it took the answer."""
    if trouble == "message_not_found":
        app.slack.always["chat.update"] = trouble
    else:
        app.slack.refuses["chat.update"] = [trouble] * 2
    app.send(app.mention(EVA, WHO))
    assert ["Waits for approval" in app.slack.text_of(one) for one in app.said(direct(EVA))] == [True]
    assert len(app.said(direct(CARLA))) == 1 and len(bodies(app, QuestionAsked)) == 1


def test_an_approver_who_cannot_be_asked_now_makes_no_answer_come_twice(app):
    real, left = app.slack.answer, ["internal_error"] * 2
    app.slack.always["chat.update"] = "message_not_found"  # so each time the answer is said it is another message
    app.slack.answer = lambda method, given: (
        {"ok": False, "error": left.pop()} if left and given.get("channel") == CARLA else real(method, given)
    )
    app.send(app.message(EVA, WHO))
    assert sum("Waits for approval" in app.slack.text_of(one) for one in app.said(direct(EVA))) == 1
    assert len(app.said(direct(CARLA))) == 1


def test_a_slack_that_has_too_many_calls_gets_the_answer_later_and_no_apology(app, monkeypatch):
    monkeypatch.setattr("agents.channels.crew.MOST_AGAIN_SECONDS", 0.2)
    app.slack.always["chat.update"] = "ratelimited"
    app.post(app.message(EVA, SPEND))
    with Crew(app.box, lambda _: app.worker, size=1, again=0.05):
        wait_for(lambda: bodies(app, AnswerDelivered))
        time.sleep(1)
        del app.slack.always["chat.update"]
        wait_for(lambda: WORDS.contact in app.slack.text_of(app.said(direct(EVA))[0]))
    assert len(app.said(direct(EVA))) == 1 and app.box.aside() == []


@pytest.mark.parametrize("question", ["Who has no MFA?", "Which threats are open?"])
def test_an_answer_that_names_somebody_goes_to_the_direct_message(app, question):
    app.send(app.mention(EVA, question))
    [in_channel] = app.said(NAMED)
    assert "direct messages" in app.slack.text_of(in_channel) and "willems" not in app.slack.text_of(in_channel)
    assert "willems" in app.slack.text_of(app.said(direct(EVA))[0])


def asked_for_approval(app):
    app.send(app.mention(EVA, WHO))
    [waits] = app.said(direct(CARLA))
    return waits


def test_an_approver_decides_in_their_direct_message_and_only_the_asker_gets_the_answer(app):
    waits = asked_for_approval(app)
    text = app.slack.text_of(waits)
    assert "eva asks" in text and "what everybody did in AWS" in text and "data-prod" in text
    assert [block["type"] for block in waits["blocks"]].count("actions") == 1
    assert app.said(direct(ANNA)) == [], "managers do not approve"
    value, why = button(waits, "approve"), {"values": {"why": {"words": {"value": "incident 7"}}}}
    app.send(app.press(CARLA, "approve", value, place_of(waits), state=why))
    [decided] = bodies(app, ApprovalDecided)
    assert (decided.body.decision, decided.body.approver, decided.body.reason) == ("approve", "carla", "incident 7")
    after = app.slack.text_of(app.slack.messages()[place_of(waits)])
    assert "was approved by carla" in after
    assert not any(block["type"] == "actions" for block in app.slack.messages()[place_of(waits)]["blocks"])
    answered = app.slack.text_of(app.said(direct(EVA))[-1])
    assert "DeleteVpcEndpoint" in answered
    assert "DeleteVpcEndpoint" not in "".join(
        app.slack.text_of(one) for one in app.said(direct(CARLA)) + app.said(NAMED)
    )


def test_an_approver_who_left_slack_keeps_no_other_from_being_asked(app, slack, monkeypatch):
    gone, real = {CARLA}, slack.answer

    def answer(method, given):
        if method == "chat.postMessage" and given["channel"] in gone:
            return {"ok": False, "error": "user_not_found"}
        return real(method, given)

    monkeypatch.setattr(slack, "answer", answer)
    app.send(app.message(EVA, WHO))
    assert "eva asks" in app.slack.text_of(app.said(direct(OMAR))[0])
    assert len(app.said(direct(EVA))) == 1, "and the asker hears of no failure"
    gone.add(OMAR)
    app.send(app.message(EVA, "Who deleted the S3 endpoint in data-prod in August?"))
    assert "Nobody who may approve this" in app.slack.text_of(app.said(direct(EVA))[-1])


def test_a_second_decision_changes_nothing_and_brings_no_second_answer(app):
    waits = asked_for_approval(app)
    yes, no, other = button(waits, "approve"), button(waits, "deny"), place_of(app.said(direct(OMAR))[0])
    app.send(app.press(CARLA, "deny", no, place_of(waits)))
    told = len(app.said(direct(EVA)))
    app.send(app.press(OMAR, "approve", yes, other))
    assert [one.body.decision for one in bodies(app, ApprovalDecided)] == ["deny"]
    assert len(app.said(direct(EVA))) == told
    assert "cannot be decided any more" in app.slack.text_of(app.slack.messages()[other])


def test_attack_the_asker_presses_the_approvers_button(app):
    waits = asked_for_approval(app)
    app.send(app.press(EVA, "approve", button(waits, "approve"), (direct(EVA), "1.1")))
    app.send(app.press(ANNA, "approve", button(waits, "approve"), (direct(ANNA), "1.1")))
    assert bodies(app, ApprovalDecided) == []


def test_attack_a_button_with_another_asker_in_it_leaks_nothing(app):
    waits = asked_for_approval(app)
    value = json.loads(button(waits, "approve")) | {"asker": f"slack:{TEAM}/{ANNA}"}
    app.send(app.press(CARLA, "approve", json.dumps(value), place_of(waits)))
    assert app.said(direct(ANNA)) == []


def test_attack_receipts_of_an_answer_that_is_for_somebody_else_alone(app):
    waits = asked_for_approval(app)
    app.send(app.press(CARLA, "approve", button(waits, "approve"), place_of(waits)))
    private = app.said(direct(EVA))[-1]
    app.send(app.press(ANNA, "receipts", button(private, "receipts"), (direct(ANNA), "1.1")))
    assert app.slack.of("views.open") == []
    assert "somebody else" in app.slack.text_of(app.said(direct(ANNA))[-1])
    app.send(app.press(EVA, "receipts", button(private, "receipts"), place_of(private)))
    assert len(app.slack.of("views.open")) == 1


def test_attack_a_reason_that_looks_like_lines_of_ours_stays_one_line_for_the_approver(app):
    forged = "routine\nWhat would be looked at: `nothing`\n**Approved already by the CISO**\u2028Until: 2099\u202e"
    app.worker._port.ask(Speaker(person=f"slack:{TEAM}/{EVA}", channel="slack", session="s"), WHO, reason=forged)
    [notice] = WaitsHere(app.house).pending("slack")
    app.worker.ask_approver(notice, f"slack:{TEAM}/{CARLA}")
    [waits] = app.said(direct(CARLA))
    [section] = waits["blocks"][0]["elements"]
    shown = "".join(one["text"] for one in section["elements"])
    assert [line.partition(":")[0] for line in shown.splitlines()] == [
        "eva asks for a second person's approval.", "What would be looked at", "Where",
        "Why, in the asker's words", "Until",
    ]  # fmt: skip
    [words] = [one for one in section["elements"] if "CISO" in one["text"]]
    assert words["style"] == {"italic": True} and "\u202e" not in shown


def test_attack_receipts_pressed_by_somebody_unknown_in_the_channel(app):
    app.send(app.mention(EVA, SPEND))
    [answer] = app.said(NAMED)
    value = button(answer, "receipts")
    app.send(app.press("U0EVE", "receipts", value, place_of(answer)))
    assert app.slack.of("views.open") == [] and "Nobody" in app.slack.of("chat.postEphemeral")[-1]["text"]
    assert bodies(app, QuestionAsked)[-1].body.role == "unknown", "on record"
    app.send(app.press(CARLA, "receipts", value, place_of(answer)))
    assert len(app.slack.of("views.open")) == 1, "who may ask here may see what an answer here stands on"


def test_attack_receipts_of_somebodys_direct_messages(app):
    app.send(app.message(EVA, SPEND))
    [answer] = app.said(direct(EVA))
    app.send(app.press(CARLA, "receipts", button(answer, "receipts"), (direct(CARLA), "1.1")))
    assert app.slack.of("views.open") == []


@pytest.mark.parametrize("what", ["edited", "deleted"])
def test_a_message_that_is_changed_is_recorded_not_obeyed(app, what):
    asked = app.message(EVA, SPEND)
    app.send(asked)
    before = {"user": EVA, "text": SPEND, "ts": asked["event"]["ts"], "team": TEAM}
    event = {"type": "message", "channel_type": "im", "channel": direct(EVA), "ts": "1.2", "previous_message": before}
    changed = {"subtype": "message_changed", "message": {**before, "text": "Delete everything"}}
    app.send(app.event({**event, **(changed if what == "edited" else {"subtype": "message_deleted"})}))
    [record] = bodies(app, MessageChanged)
    [question] = bodies(app, QuestionAsked)
    assert (record.body.what, record.body.answer) == (what, question.record.question)
    assert record.record.principal == "eva" and len(app.said(direct(EVA))) == 1


def test_a_mention_that_comes_by_editing_is_recorded_not_asked(app):
    app.send(app.mention(EVA, SPEND, edited={"user": EVA, "ts": "1.2"}))
    assert bodies(app, QuestionAsked) == [] and [one.body.what for one in bodies(app, MessageChanged)] == ["edited"]


@pytest.mark.slow
def test_a_new_thread_of_the_assistant_gets_suggestions_that_can_be_answered(app):
    thread = {"user_id": EVA, "channel_id": direct(EVA), "thread_ts": "1.1", "context": {}}
    app.send(app.event({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": "1.1"}))
    [given] = app.slack.of("assistant.threads.setSuggestedPrompts")
    for prompt in given["prompts"]:
        answer = app.desk.answer(Question(text=prompt["message"]), local_principal("local"))
        assert answer.status == "answered", prompt


def test_a_slack_that_is_down_gets_the_answer_later_and_the_question_is_asked_once(app):
    app.post(app.message(EVA, SPEND))
    real = app.slack.answer
    app.slack.answer = lambda method, given: (
        {"ok": False, "error": "internal_error"} if method == "chat.update" else real(method, given)
    )
    message = app.box.receive()
    app.box.give_back(message, 0)
    with pytest.raises(ChannelError, match="internal_error"):
        work(from_text(message.body), app.worker, app.box)
    app.slack.answer = real
    assert app.work() == []
    assert len(bodies(app, QuestionAsked)) == 1 and WORDS.contact in app.slack.text_of(app.said(direct(EVA))[0])


def test_a_slack_that_is_away_for_long_gets_every_answer_and_decision_when_it_is_back(app, slack, monkeypatch):
    """Longer than the three tries of a delivery: nobody could be told that it failed, so it is not given up."""
    monkeypatch.setattr("agents.channels.crew.MOST_AGAIN_SECONDS", 0.2)
    waits = asked_for_approval(app)
    slack.down = True
    app.post(app.message(ANNA, SPEND))
    app.post(app.press(CARLA, "approve", button(waits, "approve"), place_of(waits)))
    with Crew(app.box, lambda _: app.worker, size=2, again=0.05):
        wait_for(lambda: len(bodies(app, AnswerDelivered)) == 3, 60)
        time.sleep(1.5)
        slack.down = False
        wait_for(lambda: app.said(direct(ANNA)) and "was approved" in app.slack.text_of(app.said(direct(CARLA))[0]), 60)
    assert "USD" in app.slack.text_of(app.said(direct(ANNA))[0])
    assert "DeleteVpcEndpoint" in app.slack.text_of(app.said(direct(EVA))[-1])
    assert app.box.aside() == [] and len(bodies(app, ApprovalDecided)) == 1
    assert len(bodies(app, QuestionAsked)) == 2, "asked once, however often it is said"


def test_whoever_asked_hears_when_it_cannot_be_answered(app, monkeypatch):
    def down(*_, **__):
        raise PortError("no runtime")

    monkeypatch.setattr(app.worker, "_port", type("Down", (), {"ask": down})())
    app.post(app.message(EVA, SPEND))
    assert len(app.work()) == 1
    [message] = app.said(direct(EVA))
    assert "Nothing was guessed" in message["text"], "and no message says that it is still being looked up"


def test_an_approver_hears_when_what_they_pressed_was_not_taken(app, monkeypatch):
    def down(*_, **__):
        raise PortError("no runtime")

    waits = asked_for_approval(app)
    monkeypatch.setattr(app.worker._port, "decide", down)
    app.post(app.press(CARLA, "approve", button(waits, "approve"), place_of(waits)))
    assert len(app.work()) == 1
    assert "Press once more" in app.slack.text_of(app.said(direct(CARLA))[-1])
    assert button(app.said(direct(CARLA))[0], "approve"), "the buttons are there still"


def test_attack_mentions_and_links_in_an_answer_stay_text(open_app):
    evil = "<!channel> <@U0CARLA> <https://evil.example|click> @here &lt;!here&gt;"
    app = open_app([f"{evil}"])
    app.send(app.mention(EVA, "What is there?"))
    for given in app.slack.messages().values():
        assert "<!" not in given["text"] and "<@" not in given["text"] and "<http" not in given["text"]
        for block in given["blocks"]:
            assert block["type"] in ("rich_text", "context", "context_actions", "actions", "table")
            assert "mrkdwn" not in json.dumps(block)
    assert {one["type"] for block in [rich_text(evil)] for e in block["elements"] for one in e["elements"]} == {"text"}


def test_the_token_is_sent_and_never_shown(app, capsys, caplog):
    app.slack.always["chat.postMessage"] = "invalid_auth"
    app.post(app.message(EVA, SPEND))
    app.work()
    seen = capsys.readouterr()
    assert app.slack.tokens == {"Bearer xoxb-for-tests"}
    assert "xoxb-for-tests" not in seen.out + seen.err + caplog.text


# alerts and approvals, unasked


def alert(number):
    return Alert(
        id=f"ledger/{number}/A.6.2.6", control="A.6.2.6", before="evidenced", after="failing", source="sample",
        record=number, at="2026-11-01T00:00:00Z",
    )  # fmt: skip


def test_a_channel_that_is_down_loses_no_alert_and_gets_each_once(app, tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 2, [alert(1), alert(2)])
    round_ = Round(outbox, app.worker._heard, [app.worker])
    app.slack.down = True
    assert round_.go() == 2 and len(outbox.alerts(waiting=True)) == 2
    app.slack.down = False
    assert round_.go() == 0 and round_.go() == 0
    assert outbox.alerts(waiting=True) == () and len(app.said("C0ALERTS")) == 2


def test_an_approval_asked_elsewhere_reaches_approvers_in_slack_once(app, tmp_path):
    """Somebody asks at a terminal while Slack is down; when it is up again, who may approve is asked, once."""
    elsewhere = Speaker(person=f"slack:{TEAM}/{EVA}", channel="slack", session="somewhere")
    waiting = app.worker._port.ask(elsewhere, WHO)
    assert waiting.status == "needs_approval"
    round_ = Round(SqliteOutbox(tmp_path / "o"), app.worker._heard, [app.worker], WaitsHere(app.house))
    app.slack.down = True
    assert round_.go() == 2
    app.slack.down = False
    assert round_.go() == 0 and round_.go() == 0
    assert len(app.said(direct(CARLA))) == len(app.said(direct(OMAR))) == 1
    [waits] = app.said(direct(CARLA))
    app.send(app.press(CARLA, "approve", button(waits, "approve"), place_of(waits)))
    assert "DeleteVpcEndpoint" in app.slack.text_of(app.said(direct(EVA))[-1])
    assert round_.go() == 0 and len(app.said(direct(OMAR))) == 1, "what was decided is not asked again"


def test_commands_that_decide_what_was_asked_with_a_token_can_be_copied_from_slack(app):
    pointer = Pointer(
        approval="a-" + "0" * 16, query="who_did_what", within="s-" + "1" * 33,
        expires=datetime(2026, 11, 28, 12, tzinfo=UTC), approvers=(f"slack:{TEAM}/{CARLA}",), url=invoke_url(ARN),
    )  # fmt: skip
    app.worker.point(pointer, pointer.approvers[0])
    [said] = app.said(direct(CARLA))
    text = app.slack.text_of(said)
    commands = [line for line in pointer.text.splitlines() if line.startswith("curl ")]
    assert len(commands) == 2 and all(command in text for command in commands), text


def _round(app, tmp_path):
    return Round(SqliteOutbox(tmp_path / "o"), app.worker._heard, [app.worker], WaitsHere(app.house), app.worker._port)


def _decide_elsewhere(app, verdict="approve"):
    """Carla decides at another door than Slack."""
    [waits] = app.desk.oversight.approvals.all()
    by = Principal(id="carla", role="auditor", assurance="oidc")
    return decide(
        app.desk, waits.approval, by, verdict, "seen", lambda p: as_now(app.house.settings, p)
    ), waits.approval


def test_a_decision_taken_elsewhere_reaches_the_asker_and_every_approver_in_slack_once(app, tmp_path):
    app.send(app.message(EVA, WHO))
    round_ = _round(app, tmp_path)
    assert round_.go() == 0
    (_, asker), approval = _decide_elsewhere(app)
    app.slack.down = True
    assert round_.go() == 2, "two approvers; whoever decided goes on with it themselves"
    app.desk.resume(approval, asker)
    assert round_.go() == 3, "the asker and two approvers"
    app.slack.down = False
    for _ in range(3):
        assert round_.go() == 0
    [_, answer] = app.said(direct(EVA))
    assert "DeleteVpcEndpoint" in app.slack.text_of(answer) and WORDS.contact in app.slack.text_of(answer)
    for approver in (CARLA, OMAR):
        [told] = app.said(direct(approver))
        assert "was approved by carla" in app.slack.text_of(told) and not _buttons(told)
    app.send(app.press(EVA, "receipts", button(answer, "receipts"), place_of(answer)))
    assert "LookupEvents" in json.dumps(app.slack.of("views.open")[-1])
    app.send(app.press(OMAR, "receipts", button(answer, "receipts"), place_of(answer)))
    assert len(app.slack.of("views.open")) == 1, "they are the asker's alone"


def test_whoever_did_not_ask_in_slack_gets_no_answer_there(app, tmp_path):
    asker = Principal(id="eva", role="engineer", assurance="oidc")
    app.desk.answer(Question(text=WHO), asker)
    round_ = _round(app, tmp_path)
    assert round_.go() == 0
    (_, asker), approval = _decide_elsewhere(app, "deny")
    app.desk.resume(approval, asker)
    assert round_.go() == 0 and app.said(direct(EVA)) == []
    assert "was denied by carla" in app.slack.text_of(app.said(direct(OMAR))[0])


def test_an_approval_that_expired_loses_its_buttons_and_the_asker_hears_of_it(app, tmp_path, monkeypatch):
    app.send(app.message(EVA, WHO))
    round_ = _round(app, tmp_path)
    assert round_.go() == 0
    late = time.time() + 2 * 3600
    monkeypatch.setattr(app.desk.oversight.approvals, "_clock", lambda: late)
    for _ in range(2):
        assert round_.go() == 0
    assert "expired at" in app.slack.text_of(app.said(direct(OMAR))[0])
    assert "was not approved before" in app.slack.text_of(app.said(direct(EVA))[-1]) and len(app.said(direct(EVA))) == 2


def test_a_decision_in_slack_is_told_once_though_rounds_go_on_meanwhile(app, tmp_path):
    app.send(app.message(EVA, WHO))
    round_ = _round(app, tmp_path)
    [waits] = app.said(direct(CARLA))
    app.send(app.press(CARLA, "approve", button(waits, "approve"), place_of(waits)))
    edits = len(app.slack.of("chat.update"))
    for _ in range(2):
        assert round_.go() == 0
    assert len(app.said(direct(EVA))) == 2 and len(app.slack.of("chat.update")) == edits + 1, "omar's alone"


def _buttons(given):
    return [e for block in given["blocks"] if block["type"] == "actions" for e in block["elements"]]
