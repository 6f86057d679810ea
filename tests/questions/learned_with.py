"""Learned with: what tells weights of the present reader from those of an older one, without learning anew.

Weights are as old as the questions (`learned_from`), and as what a feature is (`features`): a digest over both stands
beside them. How a sample of the questions was read (`read`) stands there, too: a word that is read better here and
there needs no learning anew, a reader that sees something else in one question of ten does.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import TypeVar

_T = TypeVar("_T")
EVERY = 50
"""One of so many questions is in the sample."""
ALIKE = 0.9
"""The share of the sample that is read as it was when the weights were learned."""


def defined(*things: ModuleType | Callable[..., object]) -> str:
    """The SHA-256 of what modules and functions do: the lines of their comments and docstrings aside."""
    return hashlib.sha256("\n".join(line for one in things for line in _lines(one)).encode()).hexdigest()


def _lines(thing: ModuleType | Callable[..., object]) -> list[str]:
    source = inspect.getsource(thing)
    says = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.Expr)]
    told = {
        line
        for one in says
        if isinstance(one.value, ast.Constant)
        for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    }
    kept = [line.rstrip() for number, line in enumerate(source.splitlines(), 1) if number not in told]
    return [line for line in kept if line and not line.lstrip().startswith("#")]


def sampled(given: Sequence[_T]) -> list[_T]:
    """One of `EVERY`, in their order."""
    return list(given[::EVERY])


def seen(features: Iterable[dict[str, float]]) -> str:
    """A short digest of the features of one question, as the third decimal tells them."""
    plain = [sorted((name, round(value, 3)) for name, value in one.items()) for one in features]
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:8]


def alike(now: Sequence[str], then: Sequence[str]) -> float:
    """The share of the sample that is read as it was; nothing of one of another length."""
    return sum(a == b for a, b in zip(now, then, strict=True)) / len(then) if len(now) == len(then) else 0.0
