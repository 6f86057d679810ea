"""Clean answers from sentence frames: every frame that fits an estate's facts, with names, periods and forms varied."""

from __future__ import annotations

import random

from tests.grounding.estates import Estate
from tools.facts import Fact

_NAMED = (
    "{name} cost {x} in {month}.",
    "In {month} we paid {x} for {name}.",
    "For {name} the bill of {month} is {x}.",
    "{x} went to {name} in {month}.",
    "- {name}: {x} ({month})",
    "You asked about {name}. It cost {x} in {month}.",
    "Looking at {month}, {name} accounts for {x}, and I see nothing unusual there.",
)
_PAIRS = (
    "{a} cost {x} and {b} {y} in {month}.",
    "In {month}, {a} ({x}) was ahead of {b} ({y}).",
    "| Name | {month} |\n| --- | ---: |\n| {a} | {x} |\n| {b} | {y} |",
    "{month}: {a} {x}, {b} {y}.",
    "- {a}: {x}\n- {b}: {y}\n\nBoth are for {month}.",
    "{a} and {b} cost {x} and {y} in {month}.",
)
_COUNTS = (
    "{name} has {x} open.",
    "There are {x} open in {name}.",
    "We count {x} in {name}. Please have a look this week?",
    "- {name}: {x}",
    "In {name}, {x} are waiting for somebody.",
)


def from_frames(estate: Estate, rng: random.Random, most: int) -> list[str]:
    """Up to `most` clean answers in notation."""
    money = [(k, f) for k, f in estate.by_key.items() if _named(f) and f.label == "spend"]
    counts = [(k, f) for k, f in estate.by_key.items() if _named(f) and f.unit in ("findings", "instances")]
    out = []
    for _ in range(most):
        if counts and rng.random() < 0.25:
            key, fact = rng.choice(counts)
            frame = rng.choice(_COUNTS).replace(" Please have a look this week?", " Please have a look.")
            out.append(frame.format(name=_name(fact), x=_site(key, rng)))
        elif rng.random() < 0.5 and money:
            key, fact = rng.choice(money)
            out.append(rng.choice(_NAMED).format(name=_name(fact), x=_site(key, rng), month=_month(fact)))
        elif money:
            key, fact = rng.choice(money)
            others = [
                (k, f)
                for k, f in money
                if f.period == fact.period
                and f.scope.basis == fact.scope.basis
                and _dimension(f) == _dimension(fact)
                and k != key
            ]
            if others:
                other_key, other = rng.choice(others)
                if isinstance(other.value, str) or isinstance(fact.value, str) or other.value > fact.value:
                    key, fact, other_key, other = other_key, other, key, fact
                style = rng.random() < 0.5
                sites = [f"[[{k}]]" if style else "{{" + k + "}}" for k in (key, other_key)]
                frame = rng.choice(_PAIRS)
                out.append(frame.format(a=_name(fact), b=_name(other), x=sites[0], y=sites[1], month=_month(fact)))
    return list(dict.fromkeys(out))


def _site(key: str, rng: random.Random) -> str:
    return f"[[{key}]]" if rng.random() < 0.5 else "{{" + key + "}}"


def _named(fact: Fact) -> bool:
    return len(fact.scope.accounts) == 1 or bool(set(fact.scope.where) & {"service", "venue"})


def _dimension(fact: Fact) -> str:
    return "account" if fact.scope.accounts else next(iter(fact.scope.where))


def _name(fact: Fact) -> str:
    if fact.scope.accounts:
        return fact.scope.accounts[0]
    value = fact.scope.where.get("service") or fact.scope.where["venue"]
    return value if value[0].isupper() or "service" in fact.scope.where else value.capitalize()


def _month(fact: Fact) -> str:
    assert fact.period is not None
    return fact.period.label if "date" not in fact.period.label else f"{fact.period.start:%B} to date"
