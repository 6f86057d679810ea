"""The catalogue: every query there is, ours and those a company adds through the entry point `regent.queries`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from tools.errors import RegentError
from tools.registry import Query, registered

_OURS = ("tools.cost", "tools.security", "tools.ops", "tools.derive")


@cache
def queries() -> dict[str, Query]:
    """All queries by name, in the order of domain, then name."""
    for package in _OURS:
        import_module(package)
    for point in entry_points(group="regent.queries"):
        point.load()
    found = registered().values()
    return {q.name: q for q in sorted(found, key=lambda q: (q.domain, q.name))}


@cache
def every_query() -> dict[str, Query]:
    """All queries and all snapshots by name: what the gate decides on and the reader role needs permissions for."""
    from tools.snapshots import snapshots

    return {**queries(), **{one.name: one for one in snapshots().values()}}


def find(name: str) -> Query:
    """The query or snapshot of this name.

    Raises:
        RegentError: there is none.
    """
    known = queries().get(name) or every_query().get(name)
    if known is None:
        raise RegentError(f"There is no query {name!r}; `regent queries` lists them.")
    return known
