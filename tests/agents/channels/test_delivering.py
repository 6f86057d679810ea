"""Who heard of what is remembered on one machine and on (emulated) AWS alike; rounds run beside everything else."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from agents.channels.delivering import HeardFile, Round
from agents.channels.delivery import ChannelError
from agents.channels.heard_aws import HeardTable
from agents.channels.slack.worker import SlackWorker
from agents.channels.teams.worker import TeamsWorker
from policies.controls.outbox import Alert, SqliteOutbox

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


class Notifier:
    def __init__(self, channel, fails=0):
        self.channel, self.fails, self.told, self.done = channel, fails, [], threading.Event()

    def notify(self, alert):
        if self.fails:
            self.fails -= 1
            raise ChannelError("down")
        self.told.append(alert.id)
        self.done.set()

    def ask_approver(self, notice, approver):
        raise AssertionError("nothing waits here")


def test_what_is_marked_was_heard_by_exactly_that_one(heard):
    assert not heard.has("alert/1", "slack")
    heard.mark("alert/1", "slack")
    heard.mark("alert/1", "slack")
    assert heard.has("alert/1", "slack")
    assert not heard.has("alert/1", "teams") and not heard.has("alert/2", "slack")
    assert not heard.has("alert/1\nslack", "")


def test_one_channel_that_is_down_does_not_make_another_one_hear_twice(heard, tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    up, down = Notifier("slack"), Notifier("teams", fails=2)
    round_ = Round(outbox, heard, [up, down])
    assert [round_.go() for _ in range(4)] == [1, 1, 0, 0]
    assert up.told == down.told == [ALERT.id] and not outbox.alerts(waiting=True)


def test_channels_in_processes_of_their_own_each_tell_their_people(heard, tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    slack, teams = Notifier("slack"), Notifier("teams")
    for notifier in (slack, teams, slack, teams):
        assert Round(outbox, heard, [notifier]).go() == 0
    assert slack.told == teams.told == [ALERT.id]


def test_a_channel_that_was_down_for_long_hears_all_and_a_new_one_not_what_is_old(heard, tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    down, new = Notifier("teams", fails=1), Notifier("webhook")
    assert Round(outbox, heard, [down]).go() == 0, "it began before anything was to be told"
    outbox.put("ledger", "sample", 7, [ALERT])
    assert Round(outbox, heard, [Notifier("slack")]).go() == 0
    with sqlite3.connect(tmp_path / "outbox.sqlite") as db:
        db.execute("update alert set delivered = ?", ((datetime.now(UTC) - timedelta(days=90)).isoformat(),))
    assert [Round(outbox, heard, [down]).go() for _ in range(3)] == [1, 0, 0]
    assert [Round(outbox, heard, [new]).go() for _ in range(2)] == [0, 0]
    assert (down.told, new.told) == ([ALERT.id], [])


def _slack(heard, say, *places):
    return SlackWorker(
        None, SimpleNamespace(alert=lambda alert, place: say(place)), None, None, heard=heard, alerts=places
    )


def _teams(heard, say, *places):
    speaking = SimpleNamespace(service="https://teams.example", say=lambda part: say(part.place.conversation))
    return TeamsWorker(None, speaking, None, heard=heard, alerts=places)


@pytest.mark.parametrize("worker", [_slack, _teams])
def test_a_place_that_is_gone_neither_keeps_an_alert_from_another_one_nor_makes_it_hear_twice(heard, tmp_path, worker):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    told, gone = [], {"C-GONE"}

    def say(place):
        if place in gone:
            raise ChannelError("channel_not_found")
        told.append(place)

    round_ = Round(outbox, heard, [worker(heard, say, "C-FIRST", "C-GONE", "C-LAST")])
    assert [round_.go() for _ in range(3)] == [1, 1, 1]
    assert told == ["C-FIRST", "C-LAST"] and outbox.alerts(waiting=True) == (ALERT,)
    gone.clear()
    assert [round_.go() for _ in range(2)] == [0, 0]
    assert told == ["C-FIRST", "C-LAST", "C-GONE"] and not outbox.alerts(waiting=True)


def test_without_a_channel_an_alert_stays_in_the_outbox(heard, tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    assert Round(outbox, heard, []).go() == 0
    assert outbox.alerts(waiting=True) == (ALERT,)


def test_rounds_go_on_after_a_failure_of_whatever_kind(tmp_path):
    outbox = SqliteOutbox(tmp_path / "outbox.sqlite")
    outbox.put("ledger", "sample", 7, [ALERT])
    notifier, broken = Notifier("slack"), [OSError("the disk is gone")]
    real = outbox.alerts

    def alerts(*, waiting=False):
        if broken:
            raise broken.pop()
        return real(waiting=waiting)

    outbox.alerts = alerts
    with Round(outbox, HeardFile(tmp_path / "heard"), [notifier], every=0.05):
        assert notifier.done.wait(10)
    assert real(waiting=True) == ()
