"""Names that tell facts apart (accounts, services, venues, teams, severities) and where a text mentions them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from policies.grounding.wordlist import listing
from tools.facts import Fact

ACCOUNT = "account"
_VENDOR = re.compile(r"^(?:amazon|aws)\s+", re.IGNORECASE)
_SHORT = {
    "simple storage service": "s3", "relational database service": "rds", "elastic compute cloud": "ec2",
    "elastic compute cloud - compute": "ec2", "elastic container service": "ecs", "key management service": "kms",
    "simple queue service": "sqs", "simple notification service": "sns", "elastic kubernetes service": "eks",
    "elastic load balancing": "load balanc", "virtual private cloud": "vpc", "amazoncloudwatch": "cloudwatch",
    "elastic container service for kubernetes": "eks",
}  # fmt: skip
_GENERIC = frozenset(
    listing(
        "prod production staging stage dev test lab archive services service shared network "
        "security data backup other log main core platform online online-games payments "
        "backoffice sandbox payroll"
    )
)
_ENVIRONMENTS = frozenset(listing("prod production staging stage dev test main core other"))
"""Names of accounts that `in ...` may say of an environment or a place."""
_WORDED = frozenset({"team", "env", "environment", "owner", "cost center", "cost_center", "cost-center", "department"})
"""Dimensions whose values are everyday words: mentioned only beside the dimension's own name."""


@dataclass(frozen=True, slots=True)
class Name:
    """One value of one dimension, and the pattern by which prose mentions it."""

    dimension: str
    value: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text. One spelling may stand for several values (`Utrecht`: the venue and its account)."""

    start: int
    end: int
    means: frozenset[tuple[str, str]]


def names_of(facts: Sequence[Fact]) -> tuple[Name, ...]:
    """Every name that the scopes of these facts use."""
    values: set[tuple[str, str]] = set()
    for fact in facts:
        values.update((ACCOUNT, account) for account in fact.scope.accounts)
        values.update((kind, name) for kind, names in values_of(fact).items() if kind != ACCOUNT for name in names)
    return named(values)


def named(values: Iterable[tuple[str, str]]) -> tuple[Name, ...]:
    """The patterns of these values, each with its dimension."""
    return tuple(Name(d, v, _pattern(d, v)) for d, v in sorted(values) if any(c.isalnum() for c in v))


_TYPED = re.compile(r"(?<!\w)type ([a-z][\w-]*\.[\w.-]*\w)")
"""A type of machine that only the label says: `instances, type m6i.xlarge: running`."""


_MACHINE = re.compile(
    r"(?<![\w.])((?:db\.|cache\.)?[a-z]\w{1,6}\.(?:nano|micro|small|medium|large|metal|\d{0,2}xlarge))(?![\w-])"
)
"""A type of machine, however the label speaks of it: `hourly cost of RDS reserved db.r6g.xlarge`."""


@lru_cache(maxsize=4096)
def _type_of(label: str) -> str:
    typed = _TYPED.search(label) or _MACHINE.search(label)
    return typed[1] if typed else ""


def values_of(fact: Fact) -> dict[str, frozenset[str]]:
    """What a fact is about, by dimension: its filters, and its accounts if it has any."""
    out = {key: frozenset({value}) for key, value in fact.scope.where.items()}
    if typed := _type_of(fact.label):
        out.setdefault("type", frozenset({typed}))
    if fact.scope.accounts:
        out[ACCOUNT] = frozenset(fact.scope.accounts)
    return out


def find_mentions(text: str, names: Iterable[Name]) -> list[Mention]:
    """Every mention, in order; a longer spelling hides a shorter one inside it."""
    hits: dict[tuple[int, int], set[tuple[str, str]]] = {}
    for name in names:
        for match in name.pattern.finditer(text):
            hits.setdefault(match.span(), set()).add((name.dimension, name.value))
    out: list[Mention] = []
    for start, end in sorted(hits, key=lambda s: (s[0], -s[1])):
        if out and end <= out[-1].end:
            inner = {(d, v) for d, v in hits[start, end] if _spelled(text[out[-1].start : out[-1].end], d, v)}
            out[-1] = replace(out[-1], means=out[-1].means | inner)
            continue
        out.append(Mention(start, end, frozenset(hits[start, end])))
    return out


def _spelled(text: str, dimension: str, value: str) -> bool:
    """Whether a longer name is only the dimension and the value: `venue Utrecht`, also an account's name."""
    return re.sub(r"[^\w]+", " ", text.lower()) == re.sub(r"[^\w]+", " ", f"{dimension} {value}".lower())


def mentions(text: str, dimension: str, value: str) -> bool:
    """Whether a text mentions one value of a dimension."""
    return bool(_pattern(dimension, value).search(text))


@lru_cache(maxsize=4096)
def _pattern(dimension: str, value: str) -> re.Pattern[str]:
    spellings = {value.lower()}
    bare = _VENDOR.sub("", value.lower())
    spellings.add(bare)
    spellings.update(short for long, short in _SHORT.items() if long == bare)
    if dimension == ACCOUNT and "-" in value:
        tail = value.lower().split("-", 1)[1]
        if tail not in _GENERIC and value.lower().startswith(("venue-", "casino-", "branch-", "site-", "shop-")):
            spellings.add(tail)
    if bare.isalpha() and (dimension in _WORDED or bare in _GENERIC):
        word, key = re.escape(bare), re.escape(dimension.replace("_", " "))
        beside = rf"(?<![\w-])(?:{key}s? [\"'`]?{word}|{word}(?:'s)? {key})(?![\w])"
        article = "".join(f"(?<!{w} )" for w in ("the", "our", "their", "and"))
        verbs = r"ends?|is|was|has|had|spent|spends|costs?|accounts? for"
        follows = rf"\**\s*[:|(\ue000]| (?:with|at) \ue000| (?:{verbs})\b"
        alone = rf"(?<![\w-]){article}{word}(?={follows})"
        if dimension == ACCOUNT and bare not in _ENVIRONMENTS:
            alone += rf"|(?<=\bin ){word}(?=[.,;:)]|$| and | or | met | en | \ue000)"
        return re.compile(rf"{beside}|{alone}", re.IGNORECASE)
    alternatives = "|".join(
        re.escape(s).replace(r"\-", "[- ]").replace(r"\ ", r"[ \u00a0-]+")
        for s in sorted(spellings, key=len, reverse=True)
    )
    plural = "s?" if bare.isalpha() and len(bare) > 3 else ""
    return re.compile(rf"(?<![\w-])(?:{alternatives}){plural}(?![\w]|-\w)", re.IGNORECASE)
