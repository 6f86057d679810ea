"""A whole evaluation: what was denied, forged, late or broken never counts as met."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import pytest

from policies.audit.bodies import ControlsEvaluated, EvidenceCollected
from policies.audit.search import Filter, search
from policies.controls import checks
from policies.controls.check import Look, Mutant, check
from policies.controls.errors import ControlsError
from policies.controls.evidence import Item, Need
from policies.controls.mutate import put
from policies.controls.needs import aws
from policies.controls.run import run
from tools.estate.world import BY_NAME


def only(*ids):
    return lambda one: one.id in ids


def of(done, control):
    return next(status for status in done.statuses if status.id == control)


def evaluated(room):
    return [s.body for s in room.scene.ledger.read() if isinstance(s.body, ControlsEvaluated)]


def test_no_permission_on_half_of_the_accounts_is_an_error_and_not_met(opened, estate):
    account = BY_NAME["log-archive"].id
    estate.server.fault(service="bedrock", operation="*", kind="denied", account=account, times=None)
    room = opened()
    done = run(room.scene, room.store, only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "error"
    assert not [s for one in done.statuses for s in one.standings if s.state == "met"]


def test_with_all_permissions_the_same_check_passes(opened):
    room = opened()
    done = run(room.scene, room.store, only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "pass"


def test_a_clock_in_the_past_is_an_error(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    earlier = opened(clock=lambda: datetime.now(UTC) - timedelta(days=2), ledger=room.scene.ledger)
    result = run(earlier.scene, earlier.store, mode="stored").results["provider-retention"]
    assert result.verdict == "error" and "clock" in result.problems[0]


def test_old_evidence_is_stale_where_nothing_is_collected(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    later = opened(clock=lambda: datetime.now(UTC) + timedelta(days=2), ledger=room.scene.ledger)
    done = run(later.scene, later.store, mode="stored")
    states = {s.obligation: s.state for one in done.statuses for s in one.standings}
    assert states["check:provider-retention"] == "stale"


def test_old_evidence_is_collected_anew_by_itself_and_fresh_evidence_is_not(opened, estate):
    room = opened()

    def asked(controlling, mode="reuse"):
        before = len(estate.server.calls)
        run(controlling.scene, controlling.store, mode=mode, only=only("provider-retention"))
        return len([call for call in estate.server.calls[before:] if call.service == "bedrock"])

    later = opened(clock=lambda: datetime.now(UTC) + timedelta(days=2), ledger=room.scene.ledger)
    assert [asked(room), asked(room), asked(room, "fresh"), asked(later)] == [4, 0, 4, 4]


def test_an_older_evidence_does_not_come_back_when_the_index_loses_the_newest(opened, estate):
    """The index beside the ledger can be thrown away, and edited: it decides nothing here."""
    import sqlite3

    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    estate.server.fault(service="bedrock", operation="*", kind="denied", times=None)
    run(room.scene, room.store, mode="fresh", only=only("provider-retention"))
    estate.server.clear_faults()
    search(room.scene.ledger.path, Filter(type="evidence.collected"), home=room.scene.home)
    [index] = (room.scene.home / "index").glob("*.sqlite")
    with sqlite3.connect(index) as database:
        newest = "select max(idx) from records where type = 'evidence.collected'"
        assert database.execute(f"delete from records where idx = ({newest})").rowcount == 1
    again = opened(ledger=room.scene.ledger)
    done = run(again.scene, again.store, mode="stored", only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "error"


def test_a_ledger_that_does_not_verify_gives_no_status_at_all(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    room.scene.ledger.checkpoint()
    [segment] = (room.scene.ledger.path / "segments").iterdir()
    data = segment.read_bytes()
    segment.write_bytes(data.replace(b'"items":4', b'"items":5', 1))
    assert segment.read_bytes() != data
    for mode in ("stored", "reuse", "fresh"):
        with pytest.raises(ControlsError, match="does not verify, so no status can be relied on"):
            run(room.scene, room.store, mode=mode, only=only("provider-retention"))
    segment.write_bytes(data)


def test_what_could_not_be_seen_is_looked_at_again_and_not_kept_as_unseen(opened, estate):
    room = opened()
    estate.server.fault(service="bedrock", operation="*", kind="denied", times=None)
    done = run(room.scene, room.store, only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "error"
    estate.server.clear_faults()
    done = run(room.scene, room.store, only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "pass"


def test_what_a_wrong_clock_dated_into_the_future_is_looked_at_again(opened):
    ahead = opened(clock=lambda: datetime.now(UTC) + timedelta(days=300))
    run(ahead.scene, ahead.store, only=only("provider-retention"))
    room = opened(ledger=ahead.scene.ledger)
    stored = run(room.scene, room.store, mode="stored", only=only("provider-retention"))
    assert "the clock is wrong" in stored.results["provider-retention"].problems[0]
    done = run(room.scene, room.store, only=only("provider-retention"))
    assert done.results["provider-retention"].verdict == "pass"


def test_evidence_lasts_no_longer_than_is_declared_now(opened, estate):
    from dataclasses import replace

    room = opened(clock=lambda: datetime.now(UTC) - timedelta(hours=3))
    run(room.scene, room.store, only=only("provider-retention"))
    now = opened(ledger=room.scene.ledger)
    short = replace(now.scene, declared=now.scene.declared.model_copy(update={"evidence_hours": 2}))
    done = run(short, now.store, mode="stored", only=only("provider-retention"))
    assert {s.obligation: s.state for one in done.statuses for s in one.standings}[
        "check:provider-retention"
    ] == "stale"
    before = len(estate.server.calls)
    assert run(short, now.store, only=only("provider-retention")).results["provider-retention"].verdict == "pass"
    assert [call for call in estate.server.calls[before:] if call.service == "bedrock"]


@pytest.mark.parametrize("who", ["anna", "bram"])
def test_who_may_not_see_all_evaluates_nothing_and_reads_what_is_stored(opened, who):
    room = opened(as_id=who)
    size = room.scene.ledger.size
    with pytest.raises(ControlsError, match="controls are evaluated by auditor and admin"):
        run(room.scene, room.store)
    assert run(room.scene, room.store, mode="stored").index is None
    assert room.scene.ledger.size == size


def test_a_snapshot_edited_by_hand_is_an_error_until_it_is_collected_anew(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    [path] = room.store.place.folder.glob("*.json")
    path.write_bytes(path.read_bytes().replace(b'"none"', b'"nope"', 1))
    result = run(room.scene, room.store, only=only("provider-retention")).results["provider-retention"]
    assert result.verdict == "error" and "changed" in result.problems[0] and "--fresh" in result.problems[0]
    again = run(room.scene, room.store, mode="fresh", only=only("provider-retention"))
    assert again.results["provider-retention"].verdict == "pass"


def test_evidence_of_the_sample_never_counts_for_aws(opened):
    from dataclasses import replace

    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    done = run(replace(room.scene, source="aws"), room.store, mode="stored")
    assert done.results["provider-retention"].verdict == "error"


def test_a_check_that_raises_is_an_error_of_that_check_alone(opened):
    def broken(look: Look, places):
        raise ZeroDivisionError("of all things")

    need = Need(kind="aws", name="invocation-logging")
    declare = check(
        "broken-on-purpose",
        says="never",
        serves=("A.6.2.8",),
        needs={"places": need},
        reasons={"never": "it does not hold"},
        good={"places": [Item(name="a", data={"x": 1})]},
        mutants=[Mutant("one", "never", put("places", "x", 2))],
        benign=[Mutant("other", None, put("places", "x", 3))],
    )
    declare(broken)
    try:
        room = opened()
        done = run(room.scene, room.store, only=only("broken-on-purpose", "provider-retention"))
    finally:
        del sys.modules["policies.controls.check"]._REGISTRY["broken-on-purpose"]
    assert done.results["broken-on-purpose"].problems == ("the check raised ZeroDivisionError: of all things",)
    assert done.results["provider-retention"].verdict == "pass"
    assert not done.proofs["broken-on-purpose"].valid


def test_every_snapshot_is_named_by_a_record_and_signed(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention", "invocation-logging"))
    bodies = [s.body for s in room.scene.ledger.read() if isinstance(s.body, EvidenceCollected)]
    assert {body.need for body in bodies} == {str(aws.DATA_RETENTION), str(aws.INVOCATION_LOGGING)}
    for body in bodies:
        evidence = room.store.read(body.sha256)
        assert (len(evidence.items), evidence.population) == (body.items, body.population)


def test_a_part_of_the_checks_is_no_evaluation_of_the_controls(opened):
    room = opened()
    run(room.scene, room.store, only=only("provider-retention"))
    assert evaluated(room) == []


@pytest.fixture(scope="module")
def whole(estate, tmp_path_factory):
    """One whole evaluation, and a second one after the log that was forgotten was switched on."""
    from agents.controlling import open_controlling
    from agents.home import Home
    from agents.settings import Settings
    from policies.access import local_principal
    from tools.estate.services import bedrock

    home = Home(tmp_path_factory.mktemp("whole"))
    with open_controlling(local_principal("local"), home=home, opened=estate, settings=Settings()) as room:
        first = run(room.scene, room.store)
        kept = bedrock._FORGOTTEN
        bedrock._FORGOTTEN = ("", "")
        try:
            second = run(room.scene, room.store, mode="fresh")
        finally:
            bedrock._FORGOTTEN = kept
        yield first, second, evaluated(room)


def test_a_fresh_sample_estate_is_mostly_unassessed(whole):
    first, _, _ = whole
    found = [one.status for one in first.statuses]
    assert len(found) == 70 and found.count("unassessed") > 40


def test_the_samples_bad_story_is_found_and_its_cure_is_seen(whole):
    first, second, _ = whole
    result = first.results["invocation-logging"]
    assert result.verdict == "fail" and [(f.reason, f.subject) for f in result.findings] == [
        ("off", "eu-central-1 (210000000345 eu-central-1)"),
    ]
    assert second.results["invocation-logging"].verdict == "pass"


def test_every_need_of_aws_is_answered_by_the_sample(whole):
    """What the sample cannot answer is an error of the checks that need it; none of them is left undecided by that."""
    first, _, _ = whole
    undecided = {name: one.problems for name, one in first.results.items() if one.verdict == "error"}
    assert all(name.startswith("template-") for name in undecided), undecided


@pytest.mark.parametrize(
    ("check", "reason", "subject"),
    [
        ("gateway-enforces", "log-only", "regent-trial"),
        ("gateway-fails-closed", "no-firewall", "regent-trial"),
        ("log-retention", "kept-for-ever", "/aws/lambda/RegentTrialQueries"),
        ("log-encryption", "no-own-key", "/aws/lambda/RegentTrialQueries"),
        ("models-resident", "leaves", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("deployed-released", "not-released", "RegentLanternPeople"),
        ("reader-role", "undeclared-action", "arn:aws:iam::210000000890:role/RegentReader"),
        ("no-outside-access", "nobody-watches", "eu-central-1"),
    ],
)
def test_each_planted_fault_is_found_by_its_check(whole, check, reason, subject):
    first, _, _ = whole
    found = {(one.reason, one.subject.partition(" ")[0]) for one in first.results[check].findings}
    assert (reason, subject) in found


@pytest.mark.parametrize(
    "check",
    [
        "alarms-armed",
        "alarms-reach-people",
        "endpoint-rollout",
        "evidence-encryption",
        "evidence-lock",
        "evidence-private",
        "firewall-acts",
        "gateway-callers",
        "gateway-encryption",
        "gateway-policies",
        "gateway-tools",
        "guardrail-as-defined",
        "guardrail-attached",
        "invocation-encryption",
        "memory-protected",
        "models-current",
        "online-evaluation",
        "provider-retention",
        "runtime-callers",
        "runtime-limits",
        "runtime-network",
        "trail-data-events",
        "trail-sound",
    ],
)
def test_what_our_stacks_deploy_passes_over_the_sample(whole, check):
    first, _, _ = whole
    result = first.results[check]
    assert result.verdict == "pass" and result.inspected > 0, result.findings


def test_what_changed_between_two_evaluations_is_recorded(whole):
    first, second, recorded = whole
    assert len(recorded) == 2 and recorded[0].changes == []
    before = {one.id: one.status for one in first.statuses}
    after = {one.id: one.status for one in second.statuses}
    expected = [{"control": id, "before": before[id], "after": after[id]} for id in before if before[id] != after[id]]
    assert recorded[1].changes == expected and recorded[1].statuses == after
    assert recorded[1].verdicts["invocation-logging"] == "pass"


def test_drafts_and_unexamined_controls_are_never_met(whole):
    first, _, _ = whole
    for one in first.statuses:
        documents = [s for s in one.standings if s.obligation.startswith("document:")]
        assert all(s.state == "open" for s in documents), one.id
        if one.status == "evidenced":
            assert all(s.state == "met" for s in one.standings)


def test_every_check_that_ships_gets_a_verdict_and_a_proof(whole):
    first, _, _ = whole
    assert set(first.results) == set(first.proofs) == set(checks.load())
    assert all(proof.valid for proof in first.proofs.values())
