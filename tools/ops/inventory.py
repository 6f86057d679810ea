"""Inventory: how many resources there are, by account, type, region, team or state, or one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.errors import AwsCallError, InputError, UnknownNameError
from tools.facts import Draft, Facts
from tools.ops.common import Top, looked, of_account, scope_of
from tools.ops.resources import KINDS, MEASURES, OPERATIONS, Kind, Shelf, Thing, collect, tag, tags_in_use
from tools.periods import instant
from tools.registry import query

By = Literal["account", "type", "region", "team", "state", "resource"]
Row = tuple[Thing, tuple[str, ...]]
_KEYS: dict[str, Callable[[Thing], str]] = {
    "account": lambda thing: thing.account.name,
    "type": lambda thing: thing.type,
    "region": lambda thing: thing.region,
    "team": lambda thing: "(tags not readable)" if thing.tags is None else tag(thing, "team") or "(no team tag)",
    "state": lambda thing: thing.state,
}


@query(domain="ops", operations=OPERATIONS)
def inventory(
    aws: Aws,
    kind: Literal[
        "instances", "databases", "functions", "buckets", "volumes", "services", "load_balancers", "all"
    ] = "all",
    by: By = "account",
    accounts: Accounts = "all",
    tag: Annotated[str | None, Field(description="key=value, or key= for those without that tag")] = None,
    top: Top = 10,
    only: Annotated[
        str | None,
        Field(
            description="those in a state, or of a type, version or runtime: stopped, unattached, gp2, gpu, python3.8"
        ),
    ] = None,
    region: Annotated[str | None, Field(description="those in one region: eu-west-1")] = None,
) -> Facts:
    """What exists now: EC2 instances, RDS databases, functions, buckets, volumes, ECS services, load balancers.

    Counted by account, type, region, team tag or state; `by=resource` lists them one by one, by name.
    """
    chosen = aws.directory.select(accounts)
    regions = aws.regions if region is None else (_region(aws, region),)
    wanted_tag = _split(tag) if tag is not None else None
    kinds: tuple[Kind, ...] = KINDS if kind == "all" else (kind,)
    held = _look(aws, kinds, chosen, regions, tags=by == "team" or wanted_tag is not None)
    where: dict[str, str] = {} if region is None else {"region": regions[0]}
    if wanted_tag is not None:
        key, value = _known(wanted_tag, _all(held))
        where["tag" if value else "without the tag"] = f"{key}={value}" if value else key
        held = {one: [_cut(shelf, key, value) for shelf in found] for one, found in held.items()}
    said = " ".join((only or "").casefold().split())
    every = _all(held)
    if said:
        where["only"] = said
        held = {one: [_those(shelf, said) for shelf in found] for one, found in held.items()}
    shelves = _all(held)
    scope = scope_of(aws, chosen, where)
    name = "resources" if kind == "all" else _words(kind)
    facts = Facts(
        read_as=f"{name} {'one by one' if by == 'resource' else f'by {by}'}, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        notes=[looked(chosen, regions)],
    )
    if kind == "all":
        facts.notes.append(f"Kinds that were looked at: {', '.join(map(_words, held))}; no others, such as snapshots.")
    behind = _receipts(shelves)
    total = sum(len(shelf.things) for shelf in shelves)
    label = f"{name}, only {said}" if said else name
    totals: list[str | Draft] = [facts.fact(label, total, name, receipts=behind, headline=True)]
    rows: list[Row] = [(thing, shelf.receipts) for shelf in shelves for thing in shelf.things]
    if said:
        _beside(facts, every, said, name, behind)
    if kind == "all":
        _each_kind(facts, held)
    else:
        totals += _measured(facts, kind, [thing for thing, _ in rows], behind, name)
    if kind == "databases":
        _engines(facts, rows, name, behind)
    if by == "resource":
        _list(facts, rows, name, min(top, _LISTED))
        return facts
    _titled(facts, kind, by, name)
    if by == "account" and len(chosen) == 1:
        facts.row(chosen[0].name, *totals)  # one account's counts are the totals, not facts of their own
    else:
        _group(facts, rows, None if kind == "all" else kind, by, name, top)
    return facts


def _look(
    aws: Aws, kinds: Sequence[Kind], chosen: Sequence[Account], regions: Sequence[str], *, tags: bool
) -> dict[Kind, list[Shelf]]:
    """What there is of each kind in these regions; of several, one that cannot be looked at is said to be missing.

    Raises:
        AwsCallError: the only kind that was asked for cannot be looked at.
        InputError: none of several can.
    """
    held: dict[Kind, list[Shelf]] = {}
    for one in kinds:
        try:
            held[one] = collect(aws, one, chosen, regions, tags=tags)
        except AwsCallError as error:
            if len(kinds) == 1:
                raise
            aws.incomplete.append(f"{_words(one)} could not be looked at: {error.operation} gave {error.code}")
    if not held:
        raise InputError("No kind of resource could be looked at; ask for one kind to see why.")
    return held


def _all(held: Mapping[Kind, Sequence[Shelf]]) -> list[Shelf]:
    return [shelf for found in held.values() for shelf in found]


def _each_kind(facts: Facts, held: Mapping[Kind, Sequence[Shelf]]) -> None:
    for one, found in held.items():
        number = sum(len(shelf.things) for shelf in found)
        facts.fact(_words(one), number, _words(one), receipts=_receipts(found))


def _engines(facts: Facts, rows: Sequence[Row], name: str, behind: Sequence[str]) -> None:
    """How many databases there are of each engine, if there is more than one."""
    engines = Counter(thing.type.split(" ")[0] for thing, _ in rows)  # the type is "engine class"
    for engine, number in engines.most_common() if len(engines) > 1 else ():
        facts.fact(f"{engine} {name}", number, name, receipts=behind)


def _words(kind: Kind) -> str:
    return kind.replace("_", " ")


def _receipts(shelves: Sequence[Shelf]) -> list[str]:
    return list(dict.fromkeys(receipt for shelf in shelves for receipt in shelf.receipts))


def _region(aws: Aws, name: str) -> str:
    """A region that is looked at, by its name.

    Raises:
        UnknownNameError: it is none of them, so that nothing is known of it.
    """
    known = next((one for one in aws.regions if one == name.strip().casefold()), None)
    if known is None:
        raise UnknownNameError("region", name, aws.regions)
    return known


def _split(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InputError(f"tag is {text!r}; expected key=value, or key= for what does not carry that tag.")
    return key.strip(), value.strip()


def _known(wanted: tuple[str, str], shelves: Sequence[Shelf]) -> tuple[str, str]:
    """The key and value as they are spelled in the estate.

    Raises:
        UnknownNameError: no resource looked at carries that key, or that value of it.
    """
    keys = tags_in_use(shelves)
    key = next((known for known in sorted(keys) if known.casefold() == wanted[0].casefold()), None)
    if key is None:
        raise UnknownNameError("tag", wanted[0], keys)
    if not wanted[1]:
        return key, ""
    value = next((known for known in sorted(keys[key]) if known.casefold() == wanted[1].casefold()), None)
    if value is None:
        raise UnknownNameError(f"value of tag {key}", wanted[1], keys[key])
    return key, value


def _cut(shelf: Shelf, key: str, value: str) -> Shelf:
    return Shelf(shelf.account, tuple(thing for thing in shelf.things if tag(thing, key) == value), shelf.receipts)


def _those(shelf: Shelf, said: str) -> Shelf:
    return Shelf(shelf.account, tuple(thing for thing in shelf.things if thing.is_(said)), shelf.receipts)


def _beside(facts: Facts, shelves: Sequence[Shelf], said: str, name: str, behind: Sequence[str]) -> None:
    """How many there are in all, and the states or types that there are: what was asked for may be none of them."""
    things = [thing for shelf in shelves for thing in shelf.things]
    key = "state" if said in _STATES or any(thing.state == said for thing in things) else "type"
    whole = facts.scope.model_copy(update={"where": {k: v for k, v in facts.scope.where.items() if k != "only"}})
    facts.fact(f"{name} in all", len(things), name, receipts=behind, scope=whole)
    each = Counter(_KEYS[key](thing) for thing in things)
    if things and not any(thing.is_(said) for thing in things):
        seen = (_KEYS[key](thing) if key == "state" else " ".join(thing.described.split()[:2]) for thing in things)
        facts.notes.append(f"None of them is {said}. There are: {', '.join(sorted(set(seen))[:_NAMED])}.")
    for value, number in each.most_common(_TYPES):
        facts.fact(f"{name} in all, {key} {value}", number, name, receipts=behind, scope=whole)


_STATES = frozenset(
    {"attached", "unattached", "running", "stopped", "stopping", "pending", "available", "in-use", "active"}
)
"""Words for a state, whether or not anything is in it."""
_LISTED = 15
"""Resources that are listed one by one; how many more there are is a fact."""
_TYPES, _NAMED = 6, 15
"""States or types that are counted beside those asked for; and those that are named where none is."""


def _measured(
    facts: Facts, kind: Kind, things: Sequence[Thing], receipts: Sequence[str], name: str
) -> list[str | Draft]:
    """One fact for each number of the kind, summed over `things`."""
    return [
        facts.fact(f"{name}: {label}", sum(thing.measures[index] for thing in things), unit, receipts=receipts)
        for index, (label, unit) in enumerate(MEASURES[kind])
    ]


def _titled(facts: Facts, kind: Kind | Literal["all"], by: str, name: str) -> None:
    """The columns of a table of counts: what it is counted by, how many, and each number of the kind."""
    measures = () if kind == "all" else MEASURES[kind]
    facts.series = True
    facts.columns = (
        by.capitalize(),
        name.capitalize(),
        *(f"{label.capitalize()} ({unit})" if unit == "GiB" else label.capitalize() for label, unit in measures),
    )


def _group(facts: Facts, rows: Sequence[Row], kind: Kind | None, by: str, name: str, top: int) -> None:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(_KEYS[by](row[0]), []).append(row)
    ranked = sorted(grouped.items(), key=lambda group: (-len(group[1]), group[0]))
    shown: list[tuple[str, list[Row]]] = ranked[:top]
    if len(ranked) > top:
        shown.append(("other", [row for _, group in ranked[top:] for row in group]))
    for value, group in shown:
        things = [thing for thing, _ in group]
        receipts = list(dict.fromkeys(receipt for _, behind in group for receipt in behind))
        part = Facts("", facts.period, facts.scope)
        label = f"{name}, {by} {value}"
        if by == "account" and value != "other":
            part.scope, label = of_account(things[0].account, facts.scope.where), name
        cells: list[str | Draft] = [part.fact(label, len(group), name, receipts=receipts)]
        if kind:
            cells += _measured(part, kind, things, receipts, label)
        facts.drafts += part.drafts
        facts.row(value, *cells)


def _list(facts: Facts, rows: Sequence[Row], name: str, top: int) -> None:
    facts.columns = ("Name", "Id", "Account", "Type", "State")
    ranked = sorted(rows, key=lambda row: (KINDS.index(row[0].kind), row[0].account.name, row[0].name, row[0].id))
    for thing, receipts in ranked[:top]:
        scope = of_account(thing.account, facts.scope.where)
        identity = facts.fact(f"id of {thing.name}", thing.id, "id", receipts=receipts, scope=scope)
        named = facts.fact("name", thing.name, "name", receipts=receipts, scope=scope)
        facts.row(named, identity, thing.account.name, thing.described, thing.state)
    if len(ranked) > top:
        rest = [receipt for _, behind in ranked[top:] for receipt in behind]
        facts.rest(name, len(ranked) - top, name, receipts=rest)
