"""Who heard of what is remembered on one machine and on (emulated) AWS alike; rounds run beside everything else."""

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from agents.channels.again import Again
from agents.channels.delivering import Round
from agents.channels.delivery import ChannelError
from agents.channels.heard import CLAIMED_SECONDS, HeardFile
from agents.channels.heard_aws import HeardTable
from agents.channels.notice import begun_key
from agents.channels.slack.worker import SlackWorker
from agents.channels.teams.worker import TeamsWorker
from policies.controls.outbox import Alert, SqliteOutbox
from policies.controls.outbox_dynamo import DynamoOutbox

NOW = datetime.now(UTC)
ALERT = Alert(
    id="ledger/7/A.6.2.6", control="A.6.2.6", before="evidenced", after="failing", source="sample", record=7,
    at="2026-11-01T00:00:00Z",
)  # fmt: skip


@pytest.fixture(params=["disk", "aws"])
def heard(request, tmp_path):
    if request.param == "disk":
        return HeardFile(tmp_path / "heard.sqlite")
    on_aws = request.getfixturevalue("on_aws")
    return HeardTable(on_aws.dynamo, on_aws.table, "slack")


@pytest.fixture
def outbox(request, heard, tmp_path):
    if isinstance(heard, HeardFile):
        return SqliteOutbox(tmp_path / "outbox.sqlite")
    on_aws = request.getfixturevalue("on_aws")
    return DynamoOutbox(on_aws.dynamo, on_aws.table)


def test_what_was_begun_is_known_to_the_next_try_and_the_first_that_was_begun_counts(heard, request, tmp_path):
    key, who = begun_key("slack/message/C0/17.1"), "slack:T1/eva"
    assert heard.said(key, who) is None and not heard.has(key, who)
    heard.mark(key, who, '{"ts": "1"}')
    heard.mark(key, who, '{"ts": "2"}')
    another = HeardFile(tmp_path / "heard.sqlite")
    if not isinstance(heard, HeardFile):
        on_aws = request.getfixturevalue("on_aws")
        another = HeardTable(on_aws.dynamo, on_aws.table, "slack")
    assert [one.said(key, who) for one in (heard, another)] == ['{"ts": "1"}'] * 2, "nobody begins a second message"
    assert another.said(key, "slack:T1/anna") is None and another.said(begun_key("slack/other"), who) is None
    assert not another.claim(key, who)
    another.release(key, who)
    assert another.said(key, who) == '{"ts": "1"}', "only a claim is given back"


class Notifier:
    def __init__(self, channel, *places, fails=0):
        self.channel, self.places, self.fails, self.told, self.done = channel, places, fails, [], threading.Event()
        self.gone = set()

    def notify(self, alert, place):
        if self.fails or place in self.gone:
            self.fails = max(0, self.fails - 1)
            raise ChannelError("down")
        self.told.append((alert.id, place))
        self.done.set()


def _at(ago, number=7):
    return ALERT.model_copy(update={"at": NOW - ago, "id": f"ledger/{number}/A.6.2.6", "record": number})


def test_what_is_marked_was_heard_by_exactly_that_one(heard):
    assert not heard.has("alert/1", "slack")
    heard.mark("alert/1", "slack", "there")
    heard.mark("alert/1", "slack", "elsewhere")
    assert heard.has("alert/1", "slack") and heard.said("alert/1", "slack") == "there"
    assert not heard.has("alert/1", "teams") and not heard.has("alert/2", "slack")
    assert not heard.has("alert/1\nslack", "")
    assert not heard.claim("alert/1", "slack"), "what is marked is not told again"


def test_one_of_two_tells_and_a_claim_of_somebody_dead_ends(heard):
    now = [1_800_000_000.0]
    heard._clock = lambda: now[0]
    assert [heard.claim("alert/1", "slack:C0A") for _ in range(2)] == [True, False]
    assert heard.claim("alert/1", "slack:C0B") and not heard.has("alert/1", "slack:C0A")
    heard.release("alert/1", "slack:C0A")
    assert heard.claim("alert/1", "slack:C0A")
    now[0] += CLAIMED_SECONDS + 1
    assert heard.claim("alert/1", "slack:C0A"), "whoever claimed it died"
    heard.mark("alert/1", "slack:C0A")
    heard.release("alert/1", "slack:C0A")
    now[0] += CLAIMED_SECONDS + 1
    assert heard.has("alert/1", "slack:C0A") and not heard.claim("alert/1", "slack:C0A")


def test_marks_of_a_version_without_claims_still_count(tmp_path):
    with sqlite3.connect(tmp_path / "heard.sqlite") as db:
        db.execute("create table heard (what text, who text, at real, primary key (what, who)) without rowid")
        db.execute("insert into heard values ('approval/a', 'slack:T/U', ?)", (time.time(),))
    heard = HeardFile(tmp_path / "heard.sqlite")
    assert heard.has("approval/a", "slack:T/U") and not heard.claim("approval/a", "slack:T/U")


def test_one_channel_that_is_down_does_not_make_another_one_hear_twice(heard, outbox):
    outbox.put("ledger", "sample", 7, [ALERT])
    up, down = Notifier("slack", "C0A"), Notifier("teams", "19:a", fails=2)
    round_ = Round(outbox, heard, [up, down])
    assert [round_.go() for _ in range(4)] == [1, 1, 0, 0]
    assert (up.told, down.told) == ([(ALERT.id, "C0A")], [(ALERT.id, "19:a")]) and not outbox.alerts(waiting=True)


def test_channels_in_processes_of_their_own_each_tell_their_people(heard, outbox):
    outbox.put("ledger", "sample", 7, [_at(timedelta(minutes=1))])
    slack, teams = Notifier("slack", "C0A"), Notifier("teams", "19:a")
    for notifier in (slack, teams, slack, teams):
        assert Round(outbox, heard, [notifier]).go() == 0
    assert slack.told == [(ALERT.id, "C0A")] and teams.told == [(ALERT.id, "19:a")]


def test_a_place_that_was_down_for_days_hears_all_and_a_new_one_not_what_is_old(heard, outbox):
    ago = [timedelta(days=90)]
    clock = lambda: NOW - ago[0]  # noqa: E731
    slack = Notifier("slack", "C0A", "C0DOWN")
    slack.gone = {"C0DOWN"}
    round_ = Round(outbox, heard, [slack], clock=clock)
    assert round_.go() == 0, "they began before anything was to be told"
    old = [_at(timedelta(days=89 - number), number) for number in range(3)]
    outbox.put("ledger", "sample", 7, old)
    ago[0] = timedelta(days=80)
    assert round_.go() == 3 and slack.told == [(one.id, "C0A") for one in old]
    ago[0] = timedelta(0)
    slack.gone = set()
    slack.places = (*slack.places, "C0NEW")
    teams = Notifier("teams", "19:new")
    assert Round(outbox, heard, [slack, teams]).go() == 0
    assert slack.told[3:] == [(one.id, "C0DOWN") for one in old] and teams.told == []
    outbox.put("ledger", "sample", 9, [fresh := _at(timedelta(0), 9)])
    assert Round(outbox, heard, [slack, teams]).go() == 0
    assert {place for id, place in slack.told + teams.told if id == fresh.id} == {"C0A", "C0DOWN", "C0NEW", "19:new"}


def test_what_nobody_has_heard_is_never_too_old_for_the_first_place(heard, outbox):
    outbox.put("ledger", "sample", 7, [_at(timedelta(days=300))])
    slack = Notifier("slack", "C0A")
    assert Round(outbox, heard, [slack]).go() == 0 and len(slack.told) == 1


def test_a_control_that_came_back_is_no_alert(heard, outbox):
    outbox.put("ledger", "sample", 7, [ALERT.model_copy(update={"before": "failing", "after": "evidenced"})])
    slack = Notifier("slack", "C0A")
    assert Round(outbox, heard, [slack]).go() == 0 and slack.told == [] and not outbox.alerts(waiting=True)


def test_two_processes_at_once_tell_each_place_once(heard, outbox):
    outbox.put("ledger", "sample", 9, [_at(timedelta(0), number) for number in range(4)])
    slack, start = Notifier("slack", "C0A", "C0B"), threading.Barrier(3)
    real = slack.notify

    def slowly(alert, place):
        time.sleep(0.02)
        real(alert, place)

    slack.notify = slowly

    def run():
        start.wait()
        Round(outbox, heard, [slack]).go()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slack.told) == sorted((f"ledger/{n}/A.6.2.6", place) for n in range(4) for place in ("C0A", "C0B"))


def test_a_process_that_died_between_telling_and_marking_tells_again_when_its_claim_is_over(heard, outbox):
    now = [time.time()]
    heard._clock = lambda: now[0]
    outbox.put("ledger", "sample", 7, [ALERT])
    slack = Notifier("slack", "C0A")
    real, heard.mark = (
        heard.mark,
        lambda what, who, said="": _die() if what.startswith("alert/") else real(what, who, said),
    )
    with pytest.raises(SystemExit):
        Round(outbox, heard, [slack]).go()
    heard.mark = real
    assert Round(outbox, heard, [slack]).go() == 0 and len(slack.told) == 1, "its claim holds"
    assert outbox.alerts(waiting=True), "nobody knows whether it was told"
    now[0] += CLAIMED_SECONDS + 1
    assert Round(outbox, heard, [slack]).go() == 0 and len(slack.told) == 2
    assert not outbox.alerts(waiting=True)


def _die():
    raise SystemExit(9)


def _slack(heard, say, *places):
    voice = SimpleNamespace(alert=lambda alert, place: say(place))
    return SlackWorker(None, voice, None, None, heard=heard, alerts=places)


def _teams(heard, say, *places):
    speaking = SimpleNamespace(service="https://teams.example", say=lambda part: say(part.place.conversation))
    return TeamsWorker(None, speaking, None, heard=heard, alerts=places)


@pytest.mark.parametrize("worker", [_slack, _teams])
def test_a_place_that_is_gone_neither_keeps_an_alert_from_another_one_nor_makes_it_hear_twice(heard, outbox, worker):
    outbox.put("ledger", "sample", 7, [ALERT])
    told, gone = [], {"C-GONE"}

    def say(place):
        if place in gone:
            raise ChannelError("channel_not_found")
        told.append(place)

    round_ = Round(outbox, heard, [worker(heard, say, "C-FIRST", "C-GONE", "C-LAST")])
    assert [round_.go() for _ in range(3)] == [1, 1, 1]
    assert told == ["C-FIRST", "C-LAST"]
    gone.clear()
    assert [round_.go() for _ in range(2)] == [0, 0]
    assert told == ["C-FIRST", "C-LAST", "C-GONE"] and not outbox.alerts(waiting=True)


def test_without_a_channel_an_alert_stays_in_the_outbox(heard, outbox):
    outbox.put("ledger", "sample", 7, [ALERT])
    assert Round(outbox, heard, []).go() == 0
    assert outbox.alerts(waiting=True) == (ALERT,)


def test_rounds_go_on_after_a_failure_of_whatever_kind(tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    notifier, broken = Notifier("slack", "C0A"), [OSError("the disk is gone")]
    real = outbox.alerts

    def alerts(*, waiting=False):
        if broken:
            raise broken.pop()
        return real(waiting=waiting)

    outbox.alerts = alerts
    with Again(Round(outbox, HeardFile(tmp_path / "heard"), [notifier]).go, "delivering", every=0.05):
        assert notifier.done.wait(60)
    assert real(waiting=True) == ()
