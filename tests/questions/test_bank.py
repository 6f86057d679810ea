"""The bank and the fresh set are well formed, and the offline model meets its bar on the bank."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from policies.access import local_principal
from tests.questions.__main__ import BAR, summarise
from tests.questions.bank import DEVELOPMENT, FILES, FOLDER, Entry, Expect, read
from tests.questions.runner import answered_offline, run, truth
from tests.questions.truth import Truth, TruthError


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return read()


@pytest.fixture(scope="module")
def known() -> Iterator[Truth]:
    with truth() as computed:
        yield computed


def test_there_are_as_many_questions_as_promised(entries: list[Entry]) -> None:
    assert len(entries) >= 120
    for domain in ("cost", "security", "ops"):
        assert sum(1 for entry in entries if entry.domains == (domain,)) >= 40, domain
    assert sum(1 for entry in entries if entry.follow_up or len(entry.domains) > 1) >= 30
    refusals = [entry for entry in entries if _last(entry).refusal]
    assert len(refusals) >= 15
    assert {domain for entry in refusals for domain in entry.domains} == {"cost", "security", "ops"}


def test_ids_and_questions_are_asked_once(entries: list[Entry]) -> None:
    asked = [(entry.by, *(turn.ask.lower().strip(" ?.!") for turn in entry.turns)) for entry in entries]
    assert len(set(asked)) == len(asked)
    assert len({entry.id for entry in entries}) == len(entries)


def test_principals_exist(entries: list[Entry]) -> None:
    for entry in entries:
        assert local_principal(entry.by).id == entry.by


def test_every_expectation_can_be_computed(entries: list[Entry], known: Truth) -> None:
    for entry in entries:
        for expect in (turn.expect for turn in entry.turns if turn.expect):
            for text in _formulas(expect):
                known.compute(text)  # raises what cannot be computed, and says which


def test_a_count_says_what_it_counts(entries: list[Entry]) -> None:
    """Small numbers turn up everywhere: 5 alone would be found beside anything."""
    for entry in entries:
        for expect in (turn.expect for turn in entry.turns if turn.expect):
            for wanted in expect.facts:
                assert wanted.unit != "count" or wanted.about, entry.id


@pytest.mark.parametrize("file", ["fresh.yaml", "fresh2.yaml", "fresh3.yaml"])
def test_a_fresh_set_is_well_formed(file: str, known: Truth) -> None:
    fresh = read([file])
    assert len(fresh) >= 60
    for expect in (turn.expect for entry in fresh for turn in entry.turns if turn.expect):
        for text in _formulas(expect):
            known.compute(text)


def test_a_formula_that_finds_nothing_is_an_error_and_no_zero(known: Truth) -> None:
    with pytest.raises(TruthError, match="no line items"):
        known.compute("spend('2026-09', account='data-produ')")
    with pytest.raises(TruthError, match="there is no 'spends'"):
        known.compute("spends('2026-09')")
    with pytest.raises(TruthError):
        known.compute("__import__('os').getcwd()")


def test_the_truth_agrees_with_what_was_planted(known: Truth) -> None:
    """Figures that the estate's stories name in prose, computed from its records."""
    stories = {row["key"]: row["summary"] for row in known.records("stories")}
    compute = known.compute
    used, quota, idle = compute("vcpus_used()"), compute("vcpu_quota()"), compute("key_unused('svc-legacy-export')")
    gap = compute("patch_gaps('venue-eindhoven', critical=True)")
    machines = compute("inventory('instances', account='venue-eindhoven')")
    assert f"{used} of {quota} used" in stories["quota-near"]
    assert f"{idle} days" in stories["stale-admin-key"]
    assert f"{gap} of {machines} " in stories["patch-gap"]
    hidden = compute("spend('2026-09', gross=True)"), compute("spend('2026-09')")
    assert isinstance(hidden[0], Decimal) and isinstance(hidden[1], Decimal)
    assert round(hidden[0] - hidden[1]) == 4200
    nat = compute("spend('2026-09-12', account='data-prod', usage_type='%NatGateway-Bytes')")
    assert isinstance(nat, Decimal) and 600 < nat < 640


def test_the_truth_imports_none_of_our_answers() -> None:
    ours = re.compile(r"^\s*(?:from|import) +(?:agents|policies|tools)\b", re.MULTILINE)
    for file in FOLDER.glob("truth*.py"):
        assert not ours.search(file.read_text(encoding="utf-8")), file.name


@pytest.mark.slow
def test_the_offline_model_meets_its_bar_on_the_bank(entries: list[Entry]) -> None:
    summary = summarise(entries, answered_offline(FILES))
    assert summary["all"]["percent right"] >= BAR, json.dumps(summary, indent=1)


def test_the_development_sets_are_well_formed(known: Truth) -> None:
    for expect in (turn.expect for entry in read(DEVELOPMENT) for turn in entry.turns if turn.expect):
        for text in _formulas(expect):
            known.compute(text)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "right", "wrong"), [("dev_a.yaml", 91.0, 4.0), ("dev_b.yaml", 76.0, 9.0)])
def test_the_offline_model_holds_its_floor_on_a_development_set(file: str, right: float, wrong: float) -> None:
    entries = read([file])
    summary = summarise(entries, run(entries, "offline"))
    assert summary["all"]["percent right"] >= right, json.dumps(summary, indent=1)
    assert summary["all"]["percent silently wrong"] <= wrong, json.dumps(summary, indent=1)


def _last(entry: Entry) -> Expect:
    expect = entry.turns[-1].expect
    assert expect is not None
    return expect


def _formulas(expect: Expect) -> Iterator[str]:
    for wanted in expect.facts:
        yield from wanted.value
    for text in (*expect.first, *expect.names, *expect.text_has, *expect.not_has):
        if text.startswith("="):
            yield text[1:]


def test_all_files_of_the_bank_are_there() -> None:
    assert all((FOLDER / name).is_file() for name in FILES)
