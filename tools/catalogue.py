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


def find(name: str) -> Query:
    """The query of this name.

    Raises:
        RegentError: there is none.
    """
    try:
        return queries()[name]
    except KeyError:
        raise RegentError(f"There is no query {name!r}; `regent queries` lists them.") from None
