"""Digests: asked as everybody asks, brought once to each place, late rather than never, and nothing about persons."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from agents.channels.delivery import ChannelError
from agents.channels.digests.bringing import Bringing
from agents.channels.digests.composed import Composed
from agents.channels.digests.composing import PERSONAL, TRIES, Composer
from agents.channels.heard import CLAIMED_SECONDS, HeardFile
from agents.channels.heard_aws import HeardTable
from agents.channels.port import PortError
from agents.channels.slack.worker import SlackWorker
from policies.audit.bodies import AnswerDelivered, QuestionAsked
from policies.controls.digests_dynamo import DynamoDigests
from policies.controls.digests_kept import CLAIMED, KEPT, SqliteDigests
from policies.controls.outbox import Alert, SqliteOutbox
from policies.oversight.digest import Digest
from tests.agents.channels.slack.conftest import CARLA, EVA, NAMED, TEAM, WORDS
from tests.agents.channels.slack.test_slack_worker import SPEND, WHO, bodies, button, direct, place_of

FINDINGS = "Which security findings are critical?"
DIGEST = Digest(
    name="week", title="Costs of the week", questions=(SPEND, FINDINGS, WHO), to=(f"slack:{NAMED}", f"slack:{EVA}"),
    weekday="monday", at="08:00", zone="Europe/Amsterdam",
)  # fmt: skip
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


class Place:
    """A house with a digest in it, a Slack, and a clock."""

    def __init__(self, app, kept, heard, outbox):
        self.app, self.kept, self.heard, self.outbox, self.now = app, kept, heard, outbox, SUNDAY
        self.port, self.killed = app.worker._port, None
        self.worker = SlackWorker(app.worker._port, app.worker._voice, app.box, WORDS, heard=heard, digests=kept)

    def composer(self, port=None, digest=DIGEST):
        return Composer([digest], port or self.port, self.kept, self.outbox, WORDS, lambda: self.now)

    def bringing(self):
        return Bringing(self.kept, self.heard, [self.worker], lambda: self.now)

    def said(self, channel=NAMED):
        return [self.app.slack.text_of(one) for one in self.app.said(channel)]


@pytest.fixture(params=["disk", pytest.param("aws", marks=pytest.mark.slow)])
def place(request, app, tmp_path):
    people = tmp_path / "people.yaml"
    entries = json.loads(people.read_text())
    entries["principals"]["digest"] = {"role": "engineer", "known_as": ["digest:week"], "domains": ["cost", "ops"]}
    people.write_text(json.dumps(entries))
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    if request.param == "disk":
        yield Place(app, SqliteDigests(tmp_path / "outbox.sqlite"), HeardFile(tmp_path / "heard.sqlite"), outbox)
        return
    on_aws = request.getfixturevalue("on_aws")
    heard = HeardTable(on_aws.dynamo, on_aws.table, "slack")
    yield Place(app, DynamoDigests(on_aws.dynamo, on_aws.table), heard, outbox)


@pytest.fixture
def due(place):
    """It was known on Sunday, and it is Monday, five past eight in Amsterdam."""
    assert place.composer().go() == 0 and place.kept.ready(place.now) == []
    place.now = MONDAY + timedelta(minutes=5)
    return place


def test_a_digest_is_questions_of_its_principal_through_the_desk(due):
    due.outbox.put("l", "sample", 9, [
        _change("A.6.2.6", "evidenced", "failing", MONDAY - timedelta(days=2)),
        _change("A.7.5", "failing", "evidenced", MONDAY - timedelta(days=1)),
        _change("A.4.4", "evidenced", "partial", MONDAY - timedelta(days=90)),
    ])  # fmt: skip
    assert due.composer().go() == 0 and due.bringing().go() == 0
    asked = bodies(due.app, QuestionAsked)
    assert [one.body.channel for one in asked] == ["digest"] * 3 and {one.record.principal for one in asked} == {
        "digest"
    }
    opening, spend, denied, persons = due.said()
    opening = "".join(opening.splitlines())
    assert "Costs of the week, Mon 2026-11-23 08:00 (Europe/Amsterdam)" in opening and "late" not in opening
    assert "A.7.5: failing, now evidenced" in opening and WORDS.contact in opening
    assert opening.count("A.4.4") == 1 and "A.4.4 left evidenced" in opening, "open, and changed long ago"
    assert SPEND in spend and "AI system" in spend and WORDS.contact in spend
    [answer] = [b.body for b in bodies(due.app, AnswerDelivered) if b.record.question == asked[0].record.question]
    direct_answer = due.app.worker._port.ask(_eva(), SPEND)
    total = next(one for one in direct_answer.facts if "otal" in one.label)
    assert f"{total.value:,.2f}" in spend and answer.status == "answered"
    assert "Denied" in denied and FINDINGS in denied
    assert PERSONAL in persons and "DeleteVpcEndpoint" not in json.dumps(
        due.app.said(NAMED) + due.app.said(direct(EVA))
    )
    assert len(due.app.said(direct(EVA))) == 4


@pytest.mark.slow
def test_receipts_of_a_digest_open_for_whom_the_house_knows(due):
    due.composer().go()
    due.bringing().go()
    message = due.app.said(NAMED)[1]
    due.app.worker._digests = due.kept
    due.app.send(due.app.press(CARLA, "receipts", button(message, "receipts"), place_of(message)))
    assert "ce:GetCostAndUsage" in json.dumps(due.app.slack.of("views.open")[-1])
    due.app.send(due.app.press("U0STRANGER", "receipts", button(message, "receipts"), place_of(message)))
    assert len(due.app.slack.of("views.open")) == 1


def test_two_processes_compose_and_send_one(due):
    first, second = due.composer(), due.composer()
    for one in (first, second, first):
        assert one.go() == 0
    for one in (due.bringing(), due.bringing()):
        assert one.go() == 0
    assert len(bodies(due.app, QuestionAsked)) == 3 and len(due.said()) == 4


def test_whoever_begins_while_another_composes_leaves_it_alone(due):
    class Other:
        def __getattr__(self, name):
            def asked(*given, **more):
                assert due.composer().go() == 0, "it is begun"
                return getattr(due.port, name)(*given, **more)

            return asked

    assert due.composer(Other()).go() == 0
    assert len(bodies(due.app, QuestionAsked)) == 3


def test_a_process_that_was_down_sends_one_late_and_says_so(due):
    due.now = MONDAY + timedelta(days=15)
    assert due.composer().go() == 0 and due.bringing().go() == 0
    opening = due.said()[0]
    assert "It is late: it was composed at Tue 2026-12-08 08:00" in opening
    assert "Not sent before, for the same reason: Mon 2026-11-23 08:00 (Europe/Amsterdam), Mon 2026-11-30" in opening
    assert opening.index("Mon 2026-12-07 08:00 (Europe/Amsterdam)") < opening.index("late") and len(due.said()) == 4
    due.now += timedelta(days=6)
    assert due.composer().go() == 0 and due.bringing().go() == 0
    assert "late" not in due.said()[4] and "Not sent" not in due.said()[4]


def test_a_place_that_is_down_gets_it_later_and_the_others_once(due):
    due.composer().go()
    due.app.slack.always["chat.postMessage"] = "fatal_error"
    assert due.bringing().go() == 2
    due.app.slack.always.clear()
    real, gone = due.worker.digest, [True]

    def digest(composed, page, place):
        if gone[0] and place == NAMED and page:
            raise ChannelError("channel_not_found")
        real(composed, page, place)

    due.worker.digest = digest
    assert [due.bringing().go() for _ in range(3)] == [1, 1, 1]
    assert len(due.said()) == 1 and len(due.app.said(direct(EVA))) == 4, "in order, and one place does not hold another"
    due.now, gone[0] = due.now + timedelta(days=9), False
    assert [due.bringing().go() for _ in range(2)] == [0, 0]
    assert len(due.said()) == 4 and len(due.app.said(direct(EVA))) == 4


@pytest.mark.slow
def test_what_is_too_old_is_not_sent_any_more(due):
    due.composer().go()
    due.now += KEPT + timedelta(minutes=1)
    assert due.bringing().go() == 0 and due.said() == []


def test_a_process_killed_between_sending_and_marking_sends_that_page_again_and_no_other(due):
    due.composer().go()
    clock = [due.now.timestamp()]
    due.heard._clock = lambda: clock[0]
    real, due.heard.mark = due.heard.mark, lambda what, who, said="": _die(what) or real(what, who, said)
    with pytest.raises(SystemExit):
        due.bringing().go()
    due.heard.mark = real
    due.bringing().go()
    assert len(due.said()) == 2, "its claim holds: the rest of that place waits"
    clock[0] += CLAIMED_SECONDS + 1
    assert due.bringing().go() == 0
    texts = due.said()
    assert len(texts) == 5 and texts[1] == texts[2] and len(due.app.said(direct(EVA))) == 4


def test_a_process_killed_while_composing_asks_nothing_twice(due):
    class Dying:
        asked = 0

        def __getattr__(self, name):
            return getattr(due.port, name)

        def ask(self, *given, **more):
            self.asked += 1
            if self.asked == 2:
                raise SystemExit(9)
            return due.port.ask(*given, **more)

    release, due.kept.release = due.kept.release, lambda name, slot: None  # killed: nothing is given back
    with pytest.raises(SystemExit):
        due.composer(Dying()).go()
    due.kept.release = release
    assert due.composer().go() == 0 and due.kept.ready(due.now) == []
    due.now += CLAIMED + timedelta(seconds=1)
    assert due.composer().go() == 0
    assert len(bodies(due.app, QuestionAsked)) == 3 and len(due.kept.ready(due.now)) == 1


@pytest.mark.slow
def test_a_house_that_cannot_be_asked_is_tried_again_and_then_said(due):
    class Down:
        def __getattr__(self, name):
            def fails(*given, **more):
                raise PortError("The runtime does not answer.")

            return fails

    assert due.composer(Down()).go() == 1 and due.kept.ready(due.now) == []
    due.now += TRIES + timedelta(minutes=1)
    assert due.composer(Down()).go() == 0 and due.bringing().go() == 0
    assert "could not be asked" in due.said()[1] and "not known which approvals wait" in due.said()[0]


@pytest.mark.slow
def test_a_digest_that_nobody_is_known_as_sees_nothing(due):
    stranger = DIGEST.model_copy(update={"name": "stranger"})
    due.now = SUNDAY
    due.composer(digest=stranger).go()
    due.now = MONDAY
    assert due.composer(digest=stranger).go() == 0 and due.bringing().go() == 0
    assert all("Nobody of that chat account is known here" in text for text in due.said()[1:])


def test_a_new_digest_does_not_send_what_was_due_before_it_was_there(place):
    place.now = MONDAY + timedelta(minutes=5)
    assert place.composer().go() == 0 and place.bringing().go() == 0 and place.said() == []
    assert bodies(place.app, QuestionAsked) == []


def test_what_is_kept_holds_no_answer_about_persons(due):
    due.composer().go()
    [kept] = due.kept.ready(due.now)
    assert Composed.model_validate_json(kept).parts[2].view is None and "DeleteVpcEndpoint" not in kept


def _die(what):
    if what.endswith("/1"):
        raise SystemExit(9)


def _change(control, before, after, at):
    return Alert(
        id=f"l/{control}", control=control, before=before, after=after, source="sample", record=7, at=at
    )  # fmt: skip


def _eva():
    from agents.channels.port import Speaker

    return Speaker(person=f"slack:{TEAM}/{EVA}", channel="slack", session="somewhere")
