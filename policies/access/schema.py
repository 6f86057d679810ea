"""The Cedar schema, generated from the query declarations: one action per query, grouped by domain."""

from __future__ import annotations

from collections.abc import Iterable

from tools.registry import Query

_ENTITIES = """namespace Regent {
  entity Person = { role: String, domains: Set<String>, all_domains: Bool };
  entity Estate = {
    accounts: Set<String>, in_sight: Bool, personal_data: Bool, domain: String, reach: String
  };
"""
_CONTEXT = "{ channel: String, assurance: String, calls: Long }"


def cedar_schema(queries: Iterable[Query]) -> str:
    """Schema text in Cedar's own syntax, the same for the same queries."""
    known = sorted(queries, key=lambda q: q.name)
    domains = sorted({q.domain for q in known} | {"cost", "security", "ops", "shared"})
    lines = [f'  action "domain-{domain}";' for domain in domains]
    lines += [
        f'  action "{q.name}" in ["domain-{q.domain}"] appliesTo '
        f"{{ principal: [Person], resource: [Estate], context: {_CONTEXT} }};"
        for q in known
    ]
    return _ENTITIES + "\n".join(lines) + "\n}\n"
