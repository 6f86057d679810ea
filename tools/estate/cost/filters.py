"""Cost Explorer's filter expressions as SQL conditions with parameters.

Every column is free of NULL (a missing tag is the empty string), so Not is the plain complement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.estate.cost.dimensions import dimension_column, tag_column
from tools.estate.errors import AwsError, not_in_sample

_ROOTS = ("And", "Or", "Not", "Dimensions", "Tags", "CostCategories")
_MATCHES = frozenset({"EQUALS", "ABSENT", "STARTS_WITH", "ENDS_WITH", "CONTAINS"})
_CASES = frozenset({"CASE_SENSITIVE", "CASE_INSENSITIVE"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition over ``items`` with its parameters, in order."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql}) AND ({other.sql})", self.parameters + other.parameters)


ALL = Condition("true")


def condition(expression: dict[str, Any] | None) -> Condition:
    """The condition of an Expression; raises ValidationException where AWS does."""
    if not expression:
        return ALL
    present = [root for root in _ROOTS if root in expression]
    if len(present) != 1:
        raise AwsError(
            "ValidationException",
            f"Expression has {len(present)} of And, Or, Not, Dimensions, Tags, CostCategories; expected exactly one. "
            "Combine several with And, Or or Not.",
        )
    root = present[0]
    value = expression[root]
    if root == "Not":
        inner = condition(value)
        return Condition(f"NOT ({inner.sql})", inner.parameters)
    if root in ("And", "Or"):
        if len(value) < 2:
            raise AwsError("ValidationException", f"{root} expression must have at least 2 operands")
        parts = [condition(one) for one in value]
        sql = f" {root.upper()} ".join(f"({part.sql})" for part in parts)
        return Condition(sql, tuple(parameter for part in parts for parameter in part.parameters))
    if root == "CostCategories":
        raise not_in_sample("ce", "filter by CostCategories", "The company defined no cost categories.")
    return _leaf(root, value)


def _leaf(root: str, value: dict[str, Any]) -> Condition:
    key, values = value.get("Key"), list(value.get("Values", ()))
    if not key:
        raise AwsError("ValidationException", f"{root} filter needs a Key")
    options = set(value.get("MatchOptions", ()))
    unknown = options - _MATCHES - _CASES
    if unknown:
        raise AwsError("ValidationException", f"MatchOptions {sorted(unknown)} are not supported for {root}")
    kinds = options & _MATCHES
    if len(kinds) > 1 or options >= _CASES:
        raise AwsError("ValidationException", f"MatchOptions {sorted(options)} contradict each other")
    kind = next(iter(kinds), "EQUALS")
    column = dimension_column(key) if root == "Dimensions" else tag_column(key) or "''"
    if kind == "ABSENT":
        if any(values):
            raise AwsError("ValidationException", "MatchOption ABSENT does not take Values")
        return Condition(f"{column} = ''")
    if not values:
        raise AwsError("ValidationException", f"Values of {root} filter {key!r} must not be empty")
    if "CASE_INSENSITIVE" in options:
        column, values = f"lower({column})", [item.lower() for item in values]
    marks = ", ".join("?" for _ in values)
    if kind == "EQUALS":
        return Condition(f"{column} IN ({marks})", tuple(values))
    function = {"STARTS_WITH": "starts_with", "ENDS_WITH": "ends_with", "CONTAINS": "contains"}[kind]
    return Condition(" OR ".join(f"{function}({column}, ?)" for _ in values), tuple(values))
