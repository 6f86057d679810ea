"""CloudWatch metric math, the part that monitoring questions use: arithmetic and a few functions over series."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tools.estate.errors import AwsError

Series = dict[datetime, float]
Value = Series | float | list[Series]

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FOLD: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}
_EACH: dict[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda value: float(-(-value // 1)),
    "FLOOR": lambda value: float(value // 1),
}


def _bad(text: str) -> AwsError:
    return AwsError("ValidationError", f"Error in expression: {text}")


class Evaluator:
    """Evaluates one expression over the series of a request."""

    def __init__(self, series: dict[str, Series], periods: dict[str, int], quotas: dict[str, float]) -> None:
        self.series = series
        self.periods = periods
        self.quotas = quotas

    def run(self, expression: str) -> Series:
        """The series that ``expression`` makes; anything not supported is CloudWatch's ValidationError."""
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError as error:
            raise _bad(f"{expression!r} is not valid metric math") from error
        value = self._value(tree.body)
        if isinstance(value, dict):
            return value
        raise _bad(f"{expression!r} does not make one time series")

    def _value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name):
            if node.id not in self.series:
                raise _bad(f"{node.id} is not an id of this request")
            return self.series[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._binary(operator.mul, -1.0, self._value(node.operand))
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return self._binary(_BINARY[type(node.op)], self._value(node.left), self._value(node.right))
        if isinstance(node, ast.List):
            return [item for item in map(self._value, node.elts) if isinstance(item, dict)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args)
        raise _bad("the sample estate knows + - * / and SUM AVG MIN MAX ABS CEIL FLOOR FILL PERIOD METRICS")

    def _binary(self, apply: Callable[[float, float], float], left: Value, right: Value) -> Value:
        if isinstance(left, list) or isinstance(right, list):
            raise _bad("an array of series cannot be an operand here")
        if not isinstance(left, dict) and not isinstance(right, dict):
            return apply(left, right)
        moments: Any = left.keys() & right.keys() if isinstance(left, dict) and isinstance(right, dict) else None
        if moments is None:
            moments = (left if isinstance(left, dict) else right).keys()  # type: ignore[union-attr]  # one is a series
        out: Series = {}
        for moment in sorted(moments):
            first = left[moment] if isinstance(left, dict) else left
            second = right[moment] if isinstance(right, dict) else right
            if apply is operator.truediv and second == 0:
                continue  # CloudWatch leaves the point out
            out[moment] = apply(first, second)
        return out

    def _call(self, name: str, arguments: list[ast.expr]) -> Value:
        if name == "METRICS":
            return list(self.series.values())
        if not arguments:
            raise _bad(f"{name} needs an argument")
        if name in ("PERIOD", "SERVICE_QUOTA") and isinstance(arguments[0], ast.Name):
            table: dict[str, Any] = self.periods if name == "PERIOD" else self.quotas
            if arguments[0].id not in table:
                raise _bad(f"{name} has no value for {arguments[0].id}")
            return float(table[arguments[0].id])
        value = self._value(arguments[0])
        if name in _EACH and isinstance(value, dict):
            return {moment: _EACH[name](item) for moment, item in value.items()}
        if name == "FILL" and isinstance(value, dict) and len(arguments) == 2:
            filler = self._value(arguments[1])
            if isinstance(filler, float):
                every = sorted(set().union(*self.series.values())) if self.series else []
                return {moment: value.get(moment, filler) for moment in every}
        if name in _FOLD:
            return self._fold(_FOLD[name], value)
        raise _bad(f"{name} is not in the sample estate's metric math")

    def _fold(self, combine: Callable[[list[float]], float], value: Value) -> Value:
        if isinstance(value, dict):
            # Over one series the functions give a scalar; CloudWatch draws it as a constant.
            return combine(list(value.values())) if value else 0.0
        if isinstance(value, list):
            moments = sorted(set().union(*value)) if value else []
            return {moment: combine([one[moment] for one in value if moment in one]) for moment in moments}
        return value
