"""The Cedar schema, generated from the query declarations: one action per query, with its inputs typed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel

from tools.registry import Query

_ENTITIES = """namespace Regent {
  entity Person = {
    role: String, domains: Set<String>, all_domains: Bool, accounts: Set<String>, all_accounts: Bool
  };
  entity Estate = {
    accounts: Set<String>, names_known: Bool, regions: Set<String>, data_class: String, domain: String, query: String,
    reach: String
  };
"""
_CONTEXT = (
    "channel: String, assurance: String, hour: Long, calls: Long, spent_cents: Long, spent_tokens: Long, "
    "reason: String, regions: Set<String>"
)
_TYPES = {"string": "String", "integer": "Long", "boolean": "Bool", "number": "decimal"}
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


def _record(query: Query) -> str:
    fields = [
        f"{_quoted(name)}{'?' * optional}: {kind}" for name, (kind, optional) in _types(query.input_model).items()
    ]
    return f"{{ {', '.join(fields)} }}"


@cache
def _types(inputs: type[BaseModel]) -> dict[str, tuple[str, bool]]:
    """Every input's Cedar type, and whether it may be absent."""
    schema = inputs.model_json_schema()
    held = {name: _resolved(given, schema) for name, given in schema.get("properties", {}).items()}
    return {name: (_type(given), {"type": "null"} in given.get("anyOf", [])) for name, given in held.items()}


def _type(given: dict[str, Any]) -> str:
    branches = [branch for branch in given.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) == 1:
        return _type(branches[0])
    if given.get("type") == "array" and given.get("items", {}).get("type") in ("string", "integer", "boolean"):
        return f"Set<{_TYPES[given['items']['type']]}>"
    return _TYPES.get(str(given.get("type")), "String")


def _resolved(given: Any, schema: dict[str, Any]) -> Any:
    """References of a JSON schema followed, so that enums declared as classes have a type."""
    if isinstance(given, list):
        return [_resolved(one, schema) for one in given]
    if not isinstance(given, dict):
        return given
    if isinstance(given.get("$ref"), str):
        return _resolved(schema["$defs"][given["$ref"].rpartition("/")[2]], schema)
    return {key: _resolved(value, schema) if key in ("anyOf", "items") else value for key, value in given.items()}


def _value(kind: str, value: Any) -> Any:
    if kind == "decimal":
        return {"__extn": {"fn": "decimal", "arg": f"{Decimal(str(value)):.4f}"}}
    if kind == "String" and not isinstance(value, str):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return value


def _quoted(name: str) -> str:
    return orjson.dumps(name).decode()
