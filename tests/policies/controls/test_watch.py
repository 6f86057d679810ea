"""Watching: what leaves `evidenced` is an alert once, whoever saw it, and no crash loses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from agents.cli import app
from policies.audit import Record
from policies.audit.bodies import ControlsEvaluated
from policies.controls.errors import ControlsError
from policies.controls.outbox import Alert, OutboxError, SqliteOutbox
from policies.controls.run import run
from policies.controls.watch import watch
from tests.homes import furnished

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


def alert(control="A.7.5", record=7):
    return Alert(
        id=f"l/{record}/{control}",
        control=control,
        before="evidenced",
        after="failing",
        source="sample",
        record=record,
        at=AT,
    )


def was(room, **statuses):
    """An evaluation in which these controls stood so."""
    body = ControlsEvaluated(source="sample", declared_sha256="0" * 64, verdicts={}, statuses=dict(statuses), counts={})
    room.scene.ledger.append(Record(actor="system:controls", body=body))


@pytest.fixture
def outbox(tmp_path):
    return SqliteOutbox(tmp_path / "outbox.sqlite")


@pytest.mark.slow
def test_a_control_that_leaves_evidenced_is_an_alert_once(opened, outbox):
    room = opened()
    was(room, **{"A.6.2.8": "evidenced", "A.2.2": "partial"})
    told = watch(room.scene, room.store, outbox)
    assert [(one.control, one.before, one.record) for one in told.alerts] == [
        ("A.6.2.8", "evidenced", told.evaluation.index)
    ]
    assert told.alerts[0].after == next(s.status for s in told.evaluation.statuses if s.id == "A.6.2.8") != "evidenced"
    assert watch(room.scene, room.store, outbox).alerts == ()
    # somebody else's evaluation sees it in between: the next round tells, and only once
    was(room, **{"A.6.2.8": "evidenced"})
    seen = run(room.scene, room.store)
    assert [one.record for one in watch(room.scene, room.store, outbox).alerts] == [seen.index]
    assert len(outbox.alerts()) == 2


@pytest.mark.slow
def test_a_round_that_crashed_before_its_alerts_is_made_up_for(opened, outbox, monkeypatch):
    room = opened()
    was(room, **{"A.6.2.8": "evidenced"})
    put = SqliteOutbox.put

    def full(self, ledger, source, upto, alerts):
        if alerts:
            raise OutboxError("the disk is full")
        return put(self, ledger, source, upto, alerts)

    monkeypatch.setattr(SqliteOutbox, "put", full)
    with pytest.raises(OutboxError):
        watch(room.scene, room.store, outbox)
    monkeypatch.undo()
    assert [one.control for one in watch(room.scene, room.store, outbox).alerts] == ["A.6.2.8"]


def test_a_ledger_that_was_cut_is_no_reason_to_be_quiet(opened, outbox):
    room = opened()
    outbox.put(room.scene.ledger.origin, "sample", 1_000, ())
    with pytest.raises(ControlsError, match="cut or replaced"):
        watch(room.scene, room.store, outbox)


def test_the_outbox_takes_each_alert_once_and_keeps_how_far_was_looked(outbox):
    assert outbox.alerts() == () and outbox.looked("l", "sample") is None
    assert outbox.put("l", "sample", 7, [alert()]) == (alert(),)
    again = SqliteOutbox(outbox.path)
    assert again.put("l", "sample", 5, [alert(), alert("A.4.4")]) == (alert("A.4.4"),)
    assert again.looked("l", "sample") == 7 and again.looked("l", "aws") is None
    assert again.delivered("l/7/A.7.5", AT) and not again.delivered("l/7/A.7.5", AT)
    assert [one.control for one in outbox.alerts(waiting=True)] == ["A.4.4"]
    assert outbox.alerts()[0].delivered == AT


def test_an_outbox_that_cannot_be_used_is_an_error(outbox):
    outbox.path.write_bytes(b"this is no database, and longer than a header of one would be" * 9)
    with pytest.raises(OutboxError, match=r"outbox\.sqlite"):
        outbox.alerts()


@pytest.mark.slow
def test_one_round_on_the_command_line_and_what_waits(tmp_path, monkeypatch):
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["controls", "watch", "--once", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["alerts"] == [] and sum(told["counts"].values()) == 70 and told["record"] is not None
    assert "No alerts" in CliRunner().invoke(app, ["controls", "alerts"]).output
    SqliteOutbox(tmp_path / "home" / "outbox.sqlite").put("l", "sample", 7, [alert()])
    said = CliRunner().invoke(app, ["controls", "alerts"]).output
    assert "A.7.5 left evidenced: now failing (sample, record 7)" in said and "waiting" in said
    found = json.loads(CliRunner().invoke(app, ["controls", "alerts", "--waiting", "--json"]).output)
    assert [one["control"] for one in found] == ["A.7.5"]
    assert CliRunner().invoke(app, ["controls", "watch", "--every", "1"]).exit_code == 2
