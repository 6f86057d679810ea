"""Properties that hold for any input, found with hypothesis."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.grounding import find_figures, ground, lexicon, render
from policies.grounding.fold import fold
from tests.grounding.corpus import sources
from tests.grounding.estates import Estate
from tests.grounding.notation import expand, parse

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
PLAIN = Estate("plain", NOW)
for _n, (_label, _unit) in enumerate(
    [
        ("spend", "USD"),
        ("open findings", "findings"),
        ("idle time", "days"),
        ("vault share", "percent"),
        ("volume", "GB"),
    ]
):
    PLAIN.add(_label, _label, str(1000 + 37 * _n), _unit, "2026-09")
LITERAL = [
    (estate, expand(parse(text), estate))
    for part in ("corpus", "heldout")
    for estate, text in sources(part)
    if "{{" in text
]
# No words: a consonant heap claims nothing, so the words cannot contradict a fact.
UNITS = set(lexicon.UNIT) | set(lexicon.CURRENCY) | set(lexicon.SUFFIX) | set(lexicon.SCALE) | {"cd", "dc"}
HEAP = st.text("bcdfghjklnpqrtwz", min_size=2, max_size=9).filter(lambda word: word not in UNITS)


@given(st.lists(st.tuples(HEAP, st.sampled_from([f.id for f in PLAIN.facts]), HEAP), min_size=1, max_size=6))
def test_references_among_letters_always_ground(paragraphs: list[tuple[str, str, str]]) -> None:
    draft = "\n\n".join(f"{before} [[{fact}]] {after}" for before, fact, after in paragraphs)
    grounded = ground(draft, PLAIN.facts, now=NOW)
    assert grounded.faults == ()
    assert [figure.facts[0] for figure in grounded.figures] == [fact for _, fact, _ in paragraphs]
    assert all(grounded.text[f.start : f.end] == f.text for f in grounded.figures)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_changing_a_digit_of_a_literal_never_goes_unnoticed(data: st.DataObject) -> None:
    estate, draft = data.draw(st.sampled_from(LITERAL))
    figures = find_figures(draft, estate.now, estate.locale)
    grounded = ground(draft, estate.facts, now=estate.now, locale=estate.locale)
    assert grounded.ok
    places = [i for f in figures for i in range(f.start, f.end) if draft[i].isdigit() and f.kind != "name"]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != draft[at]]))
    changed = draft[:at] + digit + draft[at + 1 :]
    again = ground(changed, estate.facts, now=estate.now, locale=estate.locale)
    if again.faults:
        return
    # It may only pass if it now states the value of another fact with that unit, or the same value (06 for 6).
    values = {(f.value, f.unit) for f in estate.facts}
    assert all((figure.value, figure.unit) in values for figure in again.figures)
    before = [(f.value, f.facts) for f in grounded.figures]
    after = [(f.value, f.facts) for f in again.figures]
    assert before != after or _same_reading(draft, changed, estate)


def _same_reading(one: str, two: str, estate: Estate) -> bool:
    first, second = (find_figures(t, estate.now, estate.locale) for t in (one, two))
    return [(f.values, f.when and (f.when.days, f.when.periods)) for f in first] == [
        (f.values, f.when and (f.when.days, f.when.periods)) for f in second
    ] or any(f.rough for f in first)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200) | st.text("0123456789.,-/:%$€ kMabS3\u200b\u0663\u00bd[]f\n", max_size=120))
def test_the_finder_sees_every_decimal_digit(text: str) -> None:
    folded = fold(text)
    covered = {i for found in find_figures(text, NOW) for i in range(found.start, found.end)}
    harmless = [m.span() for p in (lexicon.NAMES, lexicon.HARMLESS) for m in p.finditer(folded.text)]
    harmless += [
        m.span(1) for m in re.finditer(r"^[ \t]*(?:#{1,4} )?(\d{1,3})[.)](?=[ \t]+\S)", folded.text, re.MULTILINE)
    ]
    for start, end in harmless:
        covered |= set(range(*folded.span(start, end)))
    assert [c for i, c in enumerate(text) if c.isdecimal() and i not in covered] == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_draft_gets_a_verdict(text: str) -> None:
    grounded = ground(text, PLAIN.facts, question=text, now=NOW)
    assert grounded.ok == (grounded.faults == ())
    rendered = render(text, PLAIN.facts)
    for fault in rendered.faults:
        assert 0 <= fault.position <= len(text)
