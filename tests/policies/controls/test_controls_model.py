"""What holds for every control, check and status, whatever the checks are about."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.controls import checks
from policies.controls.catalogue import catalogue, document_kinds
from policies.controls.check import Look, Mutant, check
from policies.controls.declared import load_declared
from policies.controls.errors import ControlsError
from policies.controls.evaluate import Result, evaluate
from policies.controls.evidence import Evidence, Item, Need
from policies.controls.mutate import put
from policies.controls.proof import prove
from policies.controls.status import Attested, status_of

NOW = datetime(2026, 10, 15, 9, tzinfo=UTC)
DECLARED = load_declared()
NEED = Need(kind="aws", name="log-groups")
ANNEX = {
    "A.2": [2, 3, 4],
    "A.3": [2, 3],
    "A.4": [2, 3, 4, 5, 6],
    "A.5": [2, 3, 4, 5],
    "A.6.1": [2, 3],
    "A.6.2": [2, 3, 4, 5, 6, 7, 8],
    "A.7": [2, 3, 4, 5, 6],
    "A.8": [2, 3, 4, 5],
    "A.9": [2, 3, 4],
    "A.10": [2, 3, 4],
}
CLAUSES = ["4.1", "4.2", "4.3", "4.4", "5.1", "5.2", "5.3", "6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.2", "6.3"]
CLAUSES += ["7.1", "7.2", "7.3", "7.4", "7.5.1", "7.5.2", "7.5.3", "8.1", "8.2", "8.3", "8.4"]
CLAUSES += ["9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2"]


def evidence(*days: int | None, population: int | None = None, **other: object) -> Evidence:
    items = [Item(name=f"group-{i}", data={} if d is None else {"retentionInDays": d}) for i, d in enumerate(days)]
    given = {
        "need": NEED,
        "items": tuple(items),
        "population": len(items) if population is None else population,
        "source": "sample",
        "collector": "test",
        "collected": NOW,
        "expires": NOW + timedelta(hours=24),
        **other,
    }
    return Evidence.model_validate(given)


def decided(*days: int | None, now: datetime = NOW, **other: object) -> Result:
    return evaluate(checks.load()["log-retention"], {NEED: evidence(*days, **other)}, DECLARED, now)


def test_exactly_the_controls_and_clauses_of_the_standard():
    assert [id for id in catalogue() if id.startswith("A.")] == [f"{g}.{n}" for g, ns in ANNEX.items() for n in ns]
    assert [id for id in catalogue() if not id.startswith("A.")] == CLAUSES
    assert len(CLAUSES) == 32 and sum(map(len, ANNEX.values())) == 38


@pytest.mark.parametrize("wrong", ["A.6.2.1", "A.8.6.1.2", "B.2.2", "Annex"])
def test_an_identifier_that_cannot_be_is_refused(tmp_path, wrong):
    file = tmp_path / "catalogue.yaml"
    file.write_text(f'clauses: {{}}\ncontrols:\n  {wrong}: {{title: "Some title", attests: []}}\ndocuments: {{}}\n')
    with pytest.raises(ControlsError, match=wrong):
        catalogue(file)


def test_a_control_listed_twice_is_refused(tmp_path):
    file = tmp_path / "catalogue.yaml"
    line = '  A.2.2: {title: "Some title", attests: []}\n'
    file.write_text(f"clauses: {{}}\ncontrols:\n{line}{line}documents: {{}}\n")
    with pytest.raises(ControlsError, match=r"A\.2\.2.*twice"):
        catalogue(file)


def test_every_check_serves_controls_that_exist_and_every_control_has_an_obligation():
    found = checks.load().values()
    for one in found:
        assert set(one.serves) <= set(catalogue()), one.id
    served = {control for one in found for control in one.serves}
    bare = [id for id, control in catalogue().items() if not control.attests and id not in served]
    assert not bare, f"controls without any obligation: {bare}"


@pytest.mark.parametrize("id", sorted(checks.load()))
def test_a_check_fails_where_it_must_and_nowhere_else(id):
    proof = prove(checks.load()[id], DECLARED)
    assert proof.good_passes
    assert [(case.name, case.outcome, case.found) for case in proof.cases if not case.holds] == []


def test_a_check_of_which_a_reason_was_never_seen_is_no_check():
    with pytest.raises(ControlsError, match="never-seen"):
        check(
            "unseen",
            says="holds",
            serves=("A.2.2",),
            needs={"groups": NEED},
            reasons={"never-seen": "it does not hold"},
            good={"groups": [Item(name="a", data={"x": 1})]},
            mutants=[],
            benign=[Mutant("other", None, put("groups", "x", 2))],
        )(lambda look, groups: None)


def test_a_mutant_that_changes_nothing_is_void():
    one = checks.load()["log-retention"]
    void = Mutant("the same", "kept-too-short", put("groups", "retentionInDays", 400))
    proof = prove(_with(one, mutants=(void,)), DECLARED)
    assert [case.outcome for case in proof.cases] == ["void"] and not proof.valid


def test_a_check_that_never_fails_has_no_valid_proof_and_is_unproven():
    def blind(look: Look, groups):
        for group in groups:
            look.at(group)

    sleepy = _with(checks.load()["log-retention"], function=blind)
    result = evaluate(sleepy, {NEED: evidence(30)}, DECLARED, NOW)
    assert result.verdict == "pass"
    control = catalogue()["A.6.2.8"]
    proofs = {sleepy.id: prove(sleepy, DECLARED)}
    assert status_of(control, [sleepy], {sleepy.id: result}, proofs, {}, None, NOW).status == "unproven"
    assert status_of(control, [sleepy], {sleepy.id: result}, {}, {}, None, NOW).status == "unproven"


def test_a_proof_is_bound_to_the_declarations():
    one = checks.load()["log-retention"]
    other = DECLARED.model_copy(update={"memory_days_at_most": 5})
    assert prove(one, DECLARED).code_sha256 != prove(one, other).code_sha256


def test_verdicts():
    assert decided(400, 500).verdict == "pass"
    assert decided(400, 30).verdict == "fail"
    assert decided().verdict == "no-subject"


def test_fewer_items_than_an_independent_count_is_an_error_never_a_pass():
    result = decided(400, population=2)
    assert result.verdict == "error" and "1 of 2" in result.problems[0]


def test_denied_access_is_an_error_never_a_pass():
    assert decided(400, problems=("logs:DescribeLogGroups denied in venue-utrecht",)).verdict == "error"


def test_a_failure_seen_is_a_failure_even_where_not_all_could_be_seen():
    assert decided(30, population=2).verdict == "fail"


def _seen(check, unseen, lost):
    """The check's good evidence, of which nothing (`lost` -1) or one item fewer of one need could be seen."""
    seen = {}
    for name, need in check.needs.items():
        items = check.good[name]
        if name == unseen:
            items = () if lost < 0 else (*items[:lost], *items[lost + 1 :])
        problems = ("an account refused",) if name == unseen else ()
        seen[need] = evidence(problems=problems, population=len(items)).model_copy(
            update={"need": need, "items": tuple(items)}
        )
    return seen


@pytest.mark.parametrize("id", sorted(checks.load()))
def test_what_nobody_could_see_neither_passes_nor_fails(id):
    """A log group that no one could list is not a missing log group, and what is bad elsewhere is still found."""
    one = checks.load()[id]
    for name in one.needs:
        for lost in range(-1, len(one.good[name])):
            result = evaluate(one, _seen(one, name, lost), DECLARED, NOW)
            assert result.verdict == "error" and result.findings == (), (name, lost, result.findings)


def test_a_fault_that_was_seen_stands_beside_what_could_not_be_seen():
    one = checks.load()["gateway-enforces"]
    seen = _seen(one, "engines", -1)
    gateways = one.needs["gateways"]
    open_one = seen[gateways].items[0].copied()
    open_one.data["policyEngineConfiguration"]["mode"] = "LOG_ONLY"
    seen[gateways] = seen[gateways].model_copy(update={"items": (open_one,)})
    result = evaluate(one, seen, DECLARED, NOW)
    assert result.verdict == "fail" and result.reasons == ("log-only",), "that its engine is unknown was not seen"
    assert result.problems == ("an account refused",)


def test_evidence_from_the_future_is_an_error():
    assert decided(400, now=NOW - timedelta(hours=1)).verdict == "error"


def test_a_check_that_raises_is_an_error_with_its_name():
    result = evaluate(
        checks.load()["log-retention"],
        {NEED: evidence(400).with_items([Item(name="odd", data={"retentionInDays": "long"})])},
        DECLARED,
        NOW,
    )
    assert result.verdict == "error" and "TypeError" in result.problems[0]


def test_an_overlooked_item_is_an_error():
    def first_only(look: Look, groups):
        look.at(groups[0])

    result = evaluate(
        _with(checks.load()["log-retention"], function=first_only), {NEED: evidence(400, 30)}, DECLARED, NOW
    )
    assert result.verdict == "error" and "group-1" in result.problems[0]


def test_statuses_from_worst_to_best():
    one = checks.load()["log-retention"]
    control = catalogue()["A.6.2.8"]
    proofs = {one.id: prove(one, DECLARED)}

    def status(result: Result | None, now: datetime = NOW, excluded: str | None = None) -> str:
        return status_of(control, [one], {one.id: result} if result else {}, proofs, {}, excluded, now).status

    assert status(decided(400)) == "evidenced"
    assert status(decided(30)) == "failing"
    assert status(decided(400), now=NOW + timedelta(days=2)) == "stale"
    assert status(decided()) == "unassessed"
    assert status(decided(400, population=2)) == "unassessed"
    assert status(None) == "unassessed"
    assert status(decided(30), excluded="no such thing here") == "excluded"


def test_documents_count_only_when_approved_by_another_and_in_date():
    control = catalogue()["A.2.3"]

    def status(state: str) -> str:
        attested = Attested(type="policy-cross-reference", state=state, said=state, sha256="0" * 64)
        return status_of(control, [], {}, {}, {"policy-cross-reference": attested}, None, NOW).status

    found = {state: status(state) for state in ("valid", "draft", "missing", "overdue", "self-approved", "changed")}
    assert found == {
        "valid": "attested",
        "draft": "unassessed",
        "missing": "unassessed",
        "overdue": "stale",
        "self-approved": "failing",
        "changed": "failing",
    }


def test_part_of_the_obligations_is_partial():
    one = checks.load()["log-retention"]
    control = catalogue()["7.5.3"]
    proofs, results = {one.id: prove(one, DECLARED)}, {one.id: decided(400)}
    assert status_of(control, [one], results, proofs, {}, None, NOW).status == "partial"


def test_every_document_kind_is_named_by_a_control():
    named = {document for control in catalogue().values() for document in control.attests}
    assert named == set(document_kinds())


def _with(one, **changed):
    from dataclasses import replace

    return replace(one, **changed)
