"""Bounds: what can be said of a condition when only the tool and its inputs are known.

Expressions are Cedar's JSON form. The upper bound of a condition is true wherever the condition may be, the lower bound
only where it must be; both speak of nothing but `context.input`. An answer is True, False, or an expression.
"""

from __future__ import annotations

from typing import Any

from policies.access.schema import PLAIN, input_types
from tools.accounts import TAGS
from tools.registry import Query

Expression = dict[str, Any]
Bound = bool | Expression
_UNKNOWN = object()
_BINARY = ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "contains", "containsAll", "containsAny")


class Bounds:
    """Bounds of conditions for one query. `dropped` collects the parts that cannot be said."""

    def __init__(self, query: Query) -> None:
        self._types = input_types(query)
        self._defaults = {
            name: field.default for name, field in query.input_model.model_fields.items() if not field.is_required()
        }
        self._constants = {
            "data_class": "personal" if query.personal_data else "ordinary",
            "domain": query.domain,
            "query": query.name,
            "reach": query.reach,
        }
        self.dropped: list[Expression] = []

    def of(self, expression: Expression, *, upper: bool) -> Bound:
        """The bound of a condition."""
        [(operator, parts)] = expression.items()
        if operator in ("&&", "||"):
            both = operator == "&&"
            return _join(self.of(parts["left"], upper=upper), self.of(parts["right"], upper=upper), both=both)
        if operator == "!":
            return negated(self.of(parts["arg"], upper=not upper))
        found = self._exact(expression)
        if found is _UNKNOWN:
            self.dropped.append(expression)
            return upper
        if "Value" in found:
            return bool(found["Value"])
        exact: Expression = found
        return exact

    def _exact(self, expression: Expression) -> Any:
        """The same expression over the inputs alone, with what the query settles filled in; or unknown."""
        [(operator, parts)] = expression.items()
        match operator:
            case "Value":
                return _UNKNOWN if isinstance(parts, dict) else expression
            case ".":
                return self._attribute(parts)
            case "has":
                return self._has(parts)
            case "Set":
                members = [self._exact(part) for part in parts]
                return _UNKNOWN if _UNKNOWN in members else {"Set": members}
            case "decimal":
                return expression
            case "like" | "isEmpty" | "neg" | "!":
                name = "arg" if "arg" in parts else "left"
                inner = self._exact(parts[name])
                return _UNKNOWN if inner is _UNKNOWN else {operator: {**parts, name: inner}}
            case "lessThan" | "lessThanOrEqual" | "greaterThan" | "greaterThanOrEqual":
                several = [self._exact(part) for part in parts]
                return _UNKNOWN if _UNKNOWN in several else {operator: several}
            case _ if operator in (*_BINARY, "&&", "||", "if-then-else"):
                held = {name: self._exact(part) for name, part in parts.items()}
                return _UNKNOWN if _UNKNOWN in held.values() else _folded({operator: held})
            case _:
                return _UNKNOWN

    def _attribute(self, parts: dict[str, Any]) -> Any:
        if parts["left"] == {"Var": "resource"} and parts["attr"] in self._constants:
            return {"Value": self._constants[parts["attr"]]}
        if parts["left"] != _INPUT or not self._said(parts["attr"]):
            return _UNKNOWN
        name, own = parts["attr"], {".": {"left": _INPUT, "attr": parts["attr"]}}
        default = self._defaults.get(name)
        if default is None:
            return own  # required, or guarded by a `has` of the policy
        filled = {"Set": [{"Value": one} for one in default]} if isinstance(default, (list, tuple)) else default
        settled = filled if isinstance(filled, dict) else _value(filled)
        return {"if-then-else": {"if": {"has": {"left": _INPUT, "attr": name}}, "then": own, "else": settled}}

    def _has(self, parts: dict[str, Any]) -> Any:
        if parts["left"] != _INPUT or not self._said(parts["attr"]):
            return _UNKNOWN
        name = parts["attr"]
        if name not in self._types:
            return {"Value": False}
        if name not in self._defaults or self._defaults[name] is not None:
            return {"Value": True}
        return {"has": {"left": _INPUT, "attr": name}}

    def _said(self, name: str) -> bool:
        """Whether the Gateway sees this input as the gate does: a scope may set tags, and some have no plain type."""
        return name not in TAGS and (name not in self._types or self._types[name] in PLAIN)


_INPUT: Expression = {".": {"left": {"Var": "context"}, "attr": "input"}}


def negated(bound: Bound) -> Bound:
    """Not that."""
    return not bound if isinstance(bound, bool) else {"!": {"arg": bound}}


def _join(left: Bound, right: Bound, *, both: bool) -> Bound:
    if isinstance(left, bool):
        return right if left is both else left
    if isinstance(right, bool):
        return left if right is both else right
    return {"&&" if both else "||": {"left": left, "right": right}}


def _folded(expression: Expression) -> Expression:
    """Equality of two settled values is settled; everything else is left to Cedar."""
    [(operator, parts)] = expression.items()
    left, right = parts.get("left", {}), parts.get("right", {})
    if operator in ("==", "!=") and "Value" in left and "Value" in right:
        return {"Value": (left["Value"] == right["Value"]) is (operator == "==")}
    if operator == "contains" and "Value" in right and "Set" in left and all("Value" in one for one in left["Set"]):
        return {"Value": right["Value"] in [one["Value"] for one in left["Set"]]}
    return expression


def _value(settled: Any) -> Expression:
    if isinstance(settled, float):
        return {"decimal": [{"Value": f"{settled:.4f}"}]}
    return {"Value": settled}
