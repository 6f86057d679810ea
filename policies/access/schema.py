"""The Cedar schema, generated from the query declarations: one action per query, with its inputs typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import orjson
from pydantic import BaseModel

from tools.registry import Query

_ENTITIES = """namespace Regent {
  entity Person = {
    role: String, domains: Set<String>, all_domains: Bool, accounts: Set<String>, all_accounts: Bool,
    units: Set<String>, tags: { venue?: Set<String>, team?: Set<String>, env?: Set<String> }
  };
  entity Estate = {
    accounts: Set<String>, names_known: Bool, units: Set<String>,
    tags: { venue: Set<String>, team: Set<String>, env: Set<String> },
    regions: Set<String>, data_class: String, domain: String, query: String, reach: String
  };
"""
_CONTEXT = (
    "channel: String, assurance: String, hour: Long, calls: Long, spent_cents: Long, spent_tokens: Long, "
    "reason: String, regions: Set<String>"
)
_TYPES: dict[type, str] = {str: "String", bool: "Bool", int: "Long", float: "decimal", Decimal: "decimal"}
PLAIN = ("String", "Long", "Bool", "decimal", "Set<String>", "Set<Long>", "Set<Bool>")
"""Types of inputs that look the same to every Cedar schema made of the same query."""
_OTHER = "JSON"
"""Anything else: policies see it as a String of JSON text."""
_NAMES = '  action "ask";\n  action "approve" appliesTo '


def cedar_schema(queries: Iterable[Query]) -> str:
    """Schema text in Cedar's own syntax, the same for the same queries."""
    known = sorted(queries, key=lambda q: q.name)
    domains = sorted({q.domain for q in known} | {"cost", "security", "ops", "shared"})
    asking, approving = f"{_CONTEXT}, approved: Bool, input: ", f"{_CONTEXT}, asker: Person, asker_assurance: String"
    lines = [f"{_NAMES}{{ principal: [Person], resource: [Estate], context: {{ {approving} }} }};"]
    lines += [f'  action "domain-{domain}" in ["ask"];' for domain in domains]
    lines += [
        f'  action "{q.name}" in ["domain-{q.domain}"] appliesTo '
        f"{{ principal: [Person], resource: [Estate], context: {{ {asking}{_record(q)} }} }};"
        for q in known
    ]
    return _ENTITIES + "\n".join(lines) + "\n}\n"


def cedar_input(query: Query, given: dict[str, Any]) -> dict[str, Any]:
    """Parsed inputs as Cedar values: those that are None are absent, and what Cedar has no type for is JSON text."""
    types = _types(query.input_model)
    return {name: _value(types[name][0], value) for name, value in given.items() if value is not None}


def input_types(query: Query) -> dict[str, str]:
    """The Cedar type of each input of a query."""
    return {name: kind for name, (kind, _) in _types(query.input_model).items()}


def field(name: str, kind: str, *, optional: bool) -> str:
    """One attribute of a record type."""
    return f"{orjson.dumps(name).decode()}{'?' if optional else ''}: {kind if kind in PLAIN else 'String'}"


def _record(query: Query) -> str:
    types = _types(query.input_model).items()
    return f"{{ {', '.join(field(name, kind, optional=optional) for name, (kind, optional) in types)} }}"


@cache
def _types(inputs: type[BaseModel]) -> dict[str, tuple[str, bool]]:
    """Every input's Cedar type, and whether it may be absent."""
    return {name: _type(field.annotation) for name, field in inputs.model_fields.items()}


def _type(annotation: Any) -> tuple[str, bool]:
    kind, within = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return _type(within[0])
    if kind in (Union, UnionType):
        branches = {_type(one)[0] for one in within if one is not NoneType}
        return (branches.pop() if len(branches) == 1 else _OTHER), NoneType in within
    if kind is Literal:
        annotation = type(within[0])
    elif kind in (list, tuple, set, frozenset, Sequence) and within:
        element = _type(within[0])[0]
        return (f"Set<{element}>" if element in ("String", "Long", "Bool") else _OTHER), False
    known = (type_ for type_ in _TYPES if isinstance(annotation, type) and issubclass(annotation, type_))
    return _TYPES.get(next(known, NoneType), _OTHER), False


def _value(kind: str, value: Any) -> Any:
    if kind == "decimal":
        return {"__extn": {"fn": "decimal", "arg": f"{Decimal(str(value)):.4f}"}}
    if kind == _OTHER and not isinstance(value, str):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value
