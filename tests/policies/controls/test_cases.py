"""Cases on record: deadlines that follow from the table, reporters nobody can find, texts that are sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.audit import Ledger
from policies.audit.bodies import ConcernOpened, IncidentClosed, IncidentOpened, IncidentUpdated
from policies.audit.erasure import forget
from policies.audit.verifying import verify
from policies.controls.cases import find, late, new_case, open_case, put, reporter_of, utc
from policies.controls.deadlines import SHIPPED, due, load_deadlines
from policies.controls.errors import ControlsError

TABLE = load_deadlines()
REGIMES = list(TABLE.regimes)
KINDS = sorted({kind for regime in TABLE.regimes.values() for kind in regime.classes})
T0 = datetime(2026, 10, 14, 9, 30, tzinfo=UTC)


def hours(found, regime, stage, start=T0):
    [one] = [d for d in found if (d["regime"], d["stage"]) == (regime, stage)]
    return (datetime.fromisoformat(one["due"]) - start).total_seconds() / 3600


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "home" / "ledger") as opened:
        yield opened


def test_the_deadlines_of_the_shipped_table():
    found = due(TABLE, REGIMES, KINDS, T0, None)
    assert hours(found, "gdpr", "notification") == 72
    assert [hours(found, "nis2", stage) for stage in ("early-warning", "notification")] == [24, 72]
    assert hours(found, "nis2", "final-report") == 72 + 720
    assert all(one["source"] for one in found)


def test_a_major_ict_incident_is_reported_four_hours_after_its_classification_but_within_a_day():
    quick = due(TABLE, ["dora"], ["major-ict"], T0, T0 + timedelta(hours=2))
    slow = due(TABLE, ["dora"], ["major-ict"], T0, T0 + timedelta(hours=30))
    assert (hours(quick, "dora", "initial"), hours(slow, "dora", "initial")) == (6, 24)


def test_an_incident_that_nobody_classified_is_due_all_the_same():
    assert hours(due(TABLE, ["dora"], ["major-ict"], T0, None), "dora", "initial") == 4


def test_a_regime_that_does_not_bind_has_no_deadline():
    assert {one["regime"] for one in due(TABLE, ["gdpr"], KINDS, T0, None)} == {"gdpr"}


def test_the_table_says_that_it_is_no_legal_advice_and_where_it_comes_from():
    assert "not legal advice" in TABLE.note and "not legal advice" in SHIPPED.read_text()
    assert all(len(regime.source) > 20 for regime in TABLE.regimes.values())


@given(
    regimes=st.lists(st.sampled_from(REGIMES), unique=True),
    kinds=st.lists(st.sampled_from(KINDS), unique=True),
    wait=st.one_of(st.none(), st.integers(0, 2000)),
)
def test_whatever_happened_deadlines_lie_after_the_detection_and_stages_in_their_order(regimes, kinds, wait):
    classified = None if wait is None else T0 + timedelta(hours=wait)
    found = due(TABLE, regimes, kinds, T0, classified)
    assert found == sorted(found, key=lambda one: (one["due"], one["regime"]))
    times = {(one["regime"], one["stage"]): datetime.fromisoformat(one["due"]) for one in found}
    assert all(at > T0 for at in times.values())
    for regime in regimes:
        for kind in kinds:
            stages = [times[(regime, s.stage)] for s in TABLE.regimes[regime].classes.get(kind, ())]
            assert stages == sorted(stages)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("note: x\nregimes: {a: {source: law, classes: {k: [{stage: s, after: never, hours: 1, to: x}]}}}", "never"),
        ("note: x\nregimes: {a: {source: law, classes: {k: [{stage: s, after: detected, hours: 0, to: x}]}}}", "hours"),
        ("note: x\nregimes: {a: {source: l, classes: {}}, a: {source: m, classes: {}}}", "twice"),
    ],
)
def test_a_malformed_table_is_an_error(tmp_path, text, said):
    (tmp_path / "deadlines.yaml").write_text(text)
    with pytest.raises(ControlsError, match=said):
        load_deadlines(tmp_path / "deadlines.yaml")


def test_what_was_done_too_late_and_what_was_not_done_is_late():
    deadlines = [
        {"regime": "nis2", "stage": stage, "due": f"2026-10-15T0{hour}:00:00Z"}
        for hour, stage in enumerate(("early", "middle", "end", "later"), 1)
    ]
    done = [
        {"regime": "nis2", "stage": "early", "at": "2026-10-15T00:30:00Z"},
        {"regime": "nis2", "stage": "middle", "at": "2026-10-15T02:30:00Z"},
    ]
    missed = late(deadlines, done, datetime(2026, 10, 15, 3, 30, tzinfo=UTC))
    assert [one["stage"] for one in missed] == ["middle", "end"]


def opened(ledger, case="incident-1", **more):
    body = IncidentOpened(case=case, title="Vera saw it", system="regent", classes=["other"], detected=iso())
    put(ledger, body.model_copy(update=more), case, "bram")


def iso():
    return "2026-10-14T09:30:00Z"


def test_an_incident_tells_its_story_and_is_closed_once(ledger):
    opened(ledger)
    put(ledger, IncidentUpdated(case="incident-1", text="more"), "incident-1", "carla")
    put(ledger, IncidentClosed(case="incident-1", cause="filter", lessons="test it"), "incident-1", "bram")
    found = find(ledger, "incident", "incident-1")
    assert (found.state, found.by, len(found.records)) == ("closed", "bram", 3)
    assert found.fields["cause"] == "filter" and found.fields["said"][0]["text"] == "more"
    with pytest.raises(ControlsError, match="was closed"):
        open_case(ledger, "incident", "incident-1")


def test_an_unknown_case_is_an_error_that_lists_open_ones(ledger):
    opened(ledger)
    with pytest.raises(ControlsError, match="incident-1"):
        find(ledger, "incident", "incident-2")
    with pytest.raises(ControlsError, match="none is open"):
        find(ledger, "release", "incident-1")


def test_what_people_write_is_sealed_and_secrets_are_masked(ledger):
    opened(ledger, text="the key AKIAIOSFODNN7EXAMPLE of Vera")
    [raw] = [stored.raw for stored in ledger.read()]
    assert b"Vera" not in raw and b"AKIA" not in raw
    assert "AKIAIOSFODNN7EXAMPLE" not in str(find(ledger, "incident", "incident-1").fields)


def concern(ledger, **more):
    case = new_case("concern")
    given = {"case": case, "text": "x", "channel": "cli", "origin": "inside", "system": "regent", "anonymous": True}
    put(ledger, ConcernOpened.model_validate({**given, **more}), case, reporter_of(case))
    return case


def test_two_concerns_of_one_person_cannot_be_linked(ledger):
    concern(ledger, anonymous=False, reporter="vera@example.com")
    concern(ledger, anonymous=False, reporter="vera@example.com")
    principals = {stored.raw.split(b'"principal":"')[1][:20] for stored in ledger.read()}
    assert len(principals) == 2
    assert not [one for one in ledger.read() if b"vera" in one.raw]
    assert ledger.vault.pseudonyms("vera@example.com") == []


def test_an_anonymous_concern_holds_nobody(ledger):
    case = concern(ledger)
    found = find(ledger, "concern", case)
    assert found.by is None and "reporter" not in found.fields


def test_a_reporter_who_is_forgotten_is_gone_and_the_ledger_verifies(ledger):
    case = concern(ledger, anonymous=False, reporter="vera", text="says vera")
    assert find(ledger, "concern", case).fields["reporter"] == "vera"
    forget(ledger, "vera")
    assert "vera" not in str(find(ledger, "concern", case))
    ledger.checkpoint()
    assert verify(ledger.path).code == 0


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00Z", "2026-10-14T09:30", "2026-10-14"])
def test_a_time_that_is_none_or_has_no_zone_is_an_error(text):
    with pytest.raises(ControlsError, match=r"no time|time zone"):
        utc(text)
