"""Corruptions: each changes a clean answer in exactly one place, so that it states something no fact supports."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from policies.grounding import write
from policies.grounding.wordlist import listing
from tests.grounding.estates import Estate
from tests.grounding.notation import Part, expand, in_words, show
from tools import units
from tools.facts import Fact

Change = tuple[list[Part], str]
Corruption = Callable[[list[Part], Estate, random.Random], Change | None]

_MONTHS = listing("January February March April May June July August September October November December")
_DIRECTIONS = (
    ("rose", "fell"),
    ("went up", "went down"),
    ("up from", "down from"),
    ("up by", "down by"),
    ("is down by", "is up by"),
    ("dropped by", "rose by"),
    ("fell by", "rose by"),
    ("increase", "decrease"),
    ("lower than", "higher than"),
    ("stegen", "daalden"),
    ("aumentou", "caiu"),
    ("up ", "down "),
    ("went from", "fell from"),
    ("more", "less"),
    ("more than", "less than"),
    ("improved", "dropped"),
)
_EXTRA = (
    " That is {n} more than planned.",
    " Expect another {w} findings next week.",
    " Roughly {n}% of it can be avoided.",
    " It should be fixed within {w} weeks.",
    " We could save {cur} {n},000 a year.",
    " This is {w} times the usual level.",
    " {W} people worked on it.",
    " About half of it is waste.",
    " Hundreds of resources are affected.",
    " The ticket was opened on {n} February.",
    " A further {cur} {n}.50 is in dispute.",
    " A dozen teams are involved.",
)


def _sites(parts: list[Part], wanted: Callable[[Fact, Part], bool], estate: Estate) -> list[int]:
    return [i for i, p in enumerate(parts) if p.key and wanted(estate.by_key[p.key], p)]


def _put(parts: list[Part], index: int, text: str, estate: Estate) -> Change:
    before = show(estate.by_key[parts[index].key], parts[index].form, estate)
    return [*parts[:index], Part(text), *parts[index + 1 :]], f"{before} -> {text}"


def _literal(fact: Fact, part: Part, estate: Estate) -> str:
    return show(fact, "full" if part.form == "ref" else part.form, estate)


def _same_unit_texts(fact: Fact, estate: Estate) -> set[Decimal]:
    return {abs(Decimal(f.value)) for f in estate.facts if f.unit == fact.unit and not isinstance(f.value, str)}


def digit(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """One digit of a figure."""
    sites = _sites(parts, lambda f, p: units.is_number(f.unit) and p.form not in ("w", "W"), estate)
    if not sites:
        return None
    index = rng.choice(sites)
    fact = estate.by_key[parts[index].key]
    text = _literal(fact, parts[index], estate)
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for _ in range(20):
        at = rng.choice(places)
        new = text[:at] + rng.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]
        shown = re.sub(r"[^\d]", "", new)
        if all(shown != re.sub(r"[^\d]", "", write(f.value, f.unit)) for f in estate.facts if f.unit == fact.unit):
            return _put(parts, index, new, estate)
    return None


def unit(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """Another currency, duration, size or thing counted."""
    other = {
        "USD": "EUR",
        "EUR": "USD",
        "BRL": "USD",
        "GBP": "EUR",
        "days": "hours",
        "minutes": "hours",
        "hours": "days",
        "milliseconds": "seconds",
        "GB": "TB",
        "findings": "alarms",
        "alarms": "findings",
        "instances": "users",
        "users": "access keys",
        "jobs": "alarms",
        "access keys": "users",
        "percent": "days",
    }
    sites = _sites(parts, lambda f, p: f.unit in other and p.form in ("ref", "full", "abs", "k"), estate)
    if not sites:
        return None
    index = rng.choice(sites)
    part, fact = parts[index], estate.by_key[parts[index].key]
    wrong = other[fact.unit]
    if part.form == "ref" and rng.random() < 0.5 and fact.unit in ("USD", "EUR", "GBP", "BRL"):
        return _put(parts, index, f"{wrong} [[{fact.id}]]", estate)
    text = _literal(fact, part, estate).replace("%" if fact.unit == "percent" else fact.unit, wrong)
    return _put(parts, index, text, estate) if wrong in text else None


def other_fact(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """The figure of another fact with the same unit."""
    sites = _sites(parts, lambda f, p: units.is_number(f.unit), estate)
    rng.shuffle(sites)
    for index in sites:
        fact = estate.by_key[parts[index].key]
        rivals = [f for f in estate.facts if f.unit == fact.unit and f.value != fact.value]
        if rivals:
            return _put(parts, index, show(rng.choice(rivals), parts[index].form, estate), estate)
    return None


def unknown_reference(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A reference to no fact, or one that is not spelled as a reference."""
    sites = _sites(parts, lambda f, p: p.form == "ref", estate)
    if not sites:
        return None
    index = rng.choice(sites)
    name = estate.by_key[parts[index].key].id
    forms = (
        "[[f97]]",
        f"[{name}]",
        f"[[{name}]",
        f"[[ {name} ]]",
        f"[[{name}|USD]]",
        f"[[[{name}]]]",
        f"[[{name}, f2]]",
        name,
    )
    return _put(parts, index, rng.choice(forms), estate)


def in_number_words(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A wrong number, in words."""
    sites = _sites(parts, lambda f, p: isinstance(f.value, int) and f.value < 100, estate)
    if not sites:
        return None
    index = rng.choice(sites)
    fact, part = estate.by_key[parts[index].key], parts[index]
    assert isinstance(fact.value, int)
    taken = _same_unit_texts(fact, estate)
    wrong = next(n for n in rng.sample(range(2, 99), 97) if Decimal(n) not in taken)
    words = in_words(wrong).capitalize() if part.form == "W" else in_words(wrong)
    return _put(parts, index, words if part.form in ("n", "w", "W") else f"{words} {fact.unit}", estate)


def points(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """Percent for percentage points, or the other way round."""
    sites = _sites(parts, lambda f, p: f.unit in ("percent", "percentage points"), estate)
    if not sites:
        return None
    index = rng.choice(sites)
    fact, part = estate.by_key[parts[index].key], parts[index]
    wrong = "percentage points" if fact.unit == "percent" else "percent"
    if part.form == "ref" and rng.random() < 0.5:
        return _put(parts, index, f"[[{fact.id}]] {wrong}", estate)
    text = _literal(fact, part, estate)
    swapped = text.replace(" %", f" {wrong}") if fact.unit == "percent" else re.sub("percentage points?", "%", text)
    return _put(parts, index, swapped, estate)


def magnitude(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """Ten, a thousand or a million times as much."""
    sites = _sites(parts, lambda f, p: units.is_number(f.unit) and p.form not in ("w", "W"), estate)
    if not sites:
        return None
    index = rng.choice(sites)
    fact, part = estate.by_key[parts[index].key], parts[index]
    if part.form == "ref" and rng.random() < 0.5:
        return _put(parts, index, f"[[{fact.id}]]" + rng.choice(["k", " million", " thousand", " miljoen"]), estate)
    if part.form == "k":
        return _put(parts, index, show(fact, "k", estate)[:-1] + rng.choice(["M", " million", "bn"]), estate)
    assert not isinstance(fact.value, str)
    grown = write(fact.value * 10, fact.unit, estate.locale)
    if abs(Decimal(fact.value)) * 10 in _same_unit_texts(fact, estate):
        return None
    return _put(parts, index, grown.rsplit(" ", 1)[0] if part.form == "n" else grown, estate)


def another_date(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A date or time that lies next to the right one."""
    sites = _sites(parts, lambda f, p: f.unit in ("date", "time"), estate)
    if not sites:
        return None
    index = rng.choice(sites)
    fact = estate.by_key[parts[index].key]
    if fact.unit == "date":
        day = date.fromisoformat(str(fact.value)) + timedelta(days=rng.choice([-9, -3, -1, 1, 2, 11]))
        return _put(parts, index, write(day.isoformat(), "date", estate.locale), estate)
    moment = datetime.fromisoformat(str(fact.value)).astimezone(UTC)
    moment += timedelta(minutes=rng.choice([-61, -7, 3, 33, 1440, -2880]))
    return _put(parts, index, write(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "time", estate.locale), estate)


def extra_figure(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A sentence with an invented figure."""
    currency = next(f.unit for f in estate.facts if units.kind(f.unit) in ("money", "count"))
    number = rng.choice([13, 17, 26, 33, 47, 55, 68])
    said = rng.choice(_EXTRA).format(
        n=number, w=in_words(number), W=in_words(number).capitalize(), cur=currency if currency.isupper() else "USD"
    )
    return [*parts, Part(said)], f"added {said.strip()!r}"


def derived_figure(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A sum, difference or average that no query computed."""
    sites = _sites(parts, lambda f, p: units.kind(f.unit) in ("money", "count"), estate)
    facts = list(dict.fromkeys(parts[i].key for i in sites))
    pairs = [(a, b) for a in facts for b in facts if a < b and estate.by_key[a].unit == estate.by_key[b].unit]
    if not pairs:
        return None
    one, two = (estate.by_key[k] for k in rng.choice(pairs))
    assert not isinstance(one.value, str) and not isinstance(two.value, str)
    a, b = Decimal(one.value), Decimal(two.value)
    made = [
        ("Together that is {}.", a + b),
        ("The difference is {}.", abs(a - b)),
        ("On average that is {}.", (a + b) / 2),
    ]
    form, worth = rng.choice(made)
    if abs(worth) in _same_unit_texts(one, estate) or worth == 0:
        return None
    said = " " + form.format(write(worth, one.unit, estate.locale))
    return [*parts, Part(said)], f"added {said.strip()!r}"


def sign(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """A rise for a fall."""
    return _reword(
        parts,
        estate,
        rng,
        [(a, b) for pair in _DIRECTIONS for a, b in (pair, pair[::-1])],
        lambda f: f.label.startswith("change in "),
        once=True,
    )


def period(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """Another period than that of the figure in the same sentence."""
    swaps: list[tuple[str, str]] = []
    for month in _MONTHS:
        for prefix in ("in ", "In ", "for ", "of ", "on ", "", "from "):
            swaps += [(f"{prefix}{month}", f"{prefix}{other}") for other in rng.sample(_MONTHS, 4) if other != month]
    swaps += [
        ("last month", "last week"),
        ("Last month", "Last week"),
        ("last month", "last year"),
        ("last week", "last month"),
        ("Last week", "Last month"),
        ("this month", "last month"),
        ("So far this month", "Last month"),
        ("vorige maand", "vorige week"),
        ("Vorige maand", "Vorige week"),
        ("in juni", "in april"),
        ("in november", "in september"),
        ("em março", "em janeiro"),
        ("no mês passado", "na semana passada"),
        ("Year to date", "Last month"),
        ("Q2 2026", "Q3 2025"),
        ("Tuesday", "Monday"),
    ]
    rng.shuffle(swaps)
    return _reword(
        parts, estate, rng, swaps, lambda f: f.period is not None and f.period.start != f.period.end, once=True
    )


def account(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """The name of another account beside an account's figure."""
    names = sorted({a for f in estate.facts for a in f.scope.accounts})
    swaps = [(a, b) for a in names for b in names if a != b]
    rng.shuffle(swaps)
    return _reword(parts, estate, rng, swaps, lambda f: bool(f.scope.accounts), about=True)


def label(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """The name of another service, team, venue or severity beside a figure."""
    swaps = []
    for key in sorted({k for f in estate.facts for k in f.scope.where}):
        values = sorted({f.scope.where[key] for f in estate.facts if key in f.scope.where})
        for a in values:
            for spelled in sorted({a, a.removeprefix("Amazon ").removeprefix("AWS "), a.capitalize()}):
                swaps += [
                    (spelled, b.capitalize() if spelled[0].isupper() and b.islower() else b) for b in values if a != b
                ]
    rng.shuffle(swaps)
    return _reword(parts, estate, rng, swaps, lambda f: bool(f.scope.where), about=True)


def basis(parts: list[Part], estate: Estate, rng: random.Random) -> Change | None:
    """Gross for net, or the other way round."""
    swaps = [
        ("net", "gross"),
        ("gross", "net"),
        ("Net", "Gross"),
        ("Gross", "Net"),
        ("Bruto", "Netto"),
        ("netto", "bruto"),
    ]
    rng.shuffle(swaps)
    return _reword(parts, estate, rng, swaps, lambda f: f.scope.basis is not None)


def _reword(
    parts: list[Part],
    estate: Estate,
    rng: random.Random,
    swaps: list[tuple[str, str]],
    concerns: Callable[[Fact], bool],
    *,
    once: bool = False,
    about: bool = False,
) -> Change | None:
    """Replace words in a sentence that holds a figure they speak about. `about`: the fact itself bears that name."""
    for old, new in swaps:
        for index, part in enumerate(parts):
            if part.key:
                continue
            for match in re.finditer(rf"(?<![\w-]){re.escape(old)}(?![\w-])", part.text):
                near = _near(parts, index, match.start())
                held = [estate.by_key[k] for k in near if concerns(estate.by_key[k])]
                if about:
                    held = [f for f in held if _bears(f, old)]
                if not held or (once and expand(parts, estate).count(old) > 1):
                    continue
                if not about and once and not _changes_meaning(old, new, held, estate):
                    continue
                text = part.text[: match.start()] + new + part.text[match.end() :]
                return [*parts[:index], Part(text), *parts[index + 1 :]], f"{old} -> {new}"
    return None


def _bears(fact: Fact, old: str) -> bool:
    return any(old.lower() in v.lower() for v in (*fact.scope.accounts, *fact.scope.where.values()))


def _changes_meaning(old: str, new: str, held: list[Fact], estate: Estate) -> bool:
    """A month must be the one of a figure near it, and the new one must not be."""
    for month in _MONTHS:
        if old.endswith(month):
            months = {f"{f.period.start:%B}" for f in held if f.period}
            return month in months and not any(new.endswith(m) for m in months)
    return True


def _near(parts: list[Part], index: int, at: int) -> list[str]:
    """Keys of the sites in the same sentence or line as a place in a text part."""
    keys = []
    for step in (-1, 1):
        i, text = index, parts[index].text[:at] if step < 0 else parts[index].text[at:]
        while True:
            if re.search(r"[.!?]\s|\n", text):
                break
            i += step
            if not 0 <= i < len(parts):
                break
            if parts[i].key:
                keys.append(parts[i].key)
                text = ""
            else:
                text = parts[i].text
    return keys


KINDS: dict[str, Corruption] = {
    "digit": digit,
    "unit": unit,
    "sign": sign,
    "period": period,
    "account": account,
    "label": label,
    "basis": basis,
    "other fact": other_fact,
    "number words": in_number_words,
    "percentage points": points,
    "magnitude": magnitude,
    "date": another_date,
    "extra figure": extra_figure,
    "derived figure": derived_figure,
    "unknown reference": unknown_reference,
}
