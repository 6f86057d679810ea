"""CloudWatch Logs filter patterns: terms, "quoted phrases", -excluded, ?any of these, and { $.json = "x" }."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable
from typing import Any

from tools.estate.errors import AwsError

Test = Callable[[str], bool]
_TERM = re.compile(r'\s*([-?]?)(?:"([^"]*)"|([^\s"]+))')
_CONDITION = re.compile(
    r'\$\.([\w.]+)\s*(=|!=|>=|<=|>|<)\s*(?:"([^"]*)"|([^\s"&|)]+))|\$\.([\w.]+)\s+(IS\s+NULL|NOT\s+EXISTS|EXISTS)'
)


def _bad(pattern: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid character(s) or unsupported syntax in pattern {pattern!r}.")


def compile_pattern(pattern: str) -> Test:
    """A test of one message; a pattern that the sample does not know is CloudWatch's error."""
    text = pattern.strip()
    if not text:
        return lambda message: True
    if text.startswith("{"):
        return _json_test(text)
    if text.startswith(("[", "%")):
        raise _bad(pattern)
    return _term_test(text)


def _term_test(pattern: str) -> Test:
    needed: list[str] = []
    excluded: list[str] = []
    optional: list[str] = []
    position = 0
    while position < len(pattern):
        found = _TERM.match(pattern, position)
        if not found:
            raise _bad(pattern)
        word = found[2] if found[2] is not None else found[3]
        {"": needed, "-": excluded, "?": optional}[found[1]].append(word)
        position = found.end()

    def test(message: str) -> bool:
        if any(word in message for word in excluded) or not all(word in message for word in needed):
            return False
        return bool(needed) or not optional or any(word in message for word in optional)

    return test


def _lookup(document: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document


def _holds(have: Any, operator: str, want: str, quoted: bool) -> bool:
    if operator in ("=", "!="):
        same = have is not None and fnmatch.fnmatchcase(str(have), want) if quoted else str(have) == want
        return same if operator == "=" else have is not None and not same
    try:
        left, right = float(have), float(want)
    except (TypeError, ValueError):
        return False
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[operator]


def _json_test(pattern: str) -> Test:
    inner = pattern.strip("{} \t")
    if not pattern.endswith("}") or "(" in inner or ("&&" in inner and "||" in inner):
        raise _bad(pattern)
    glue = "||" if "||" in inner else "&&"
    conditions = [_CONDITION.fullmatch(part.strip()) for part in inner.split(glue)]
    if any(found is None for found in conditions):
        raise _bad(pattern)

    def one(document: Any, found: re.Match[str]) -> bool:
        if found[5]:
            have = _lookup(document, found[5])
            return (have is not None) if found[6] == "EXISTS" else have is None
        quoted = found[3] is not None
        return _holds(_lookup(document, found[1]), found[2], found[3] if quoted else found[4], quoted)

    def test(message: str) -> bool:
        try:
            document = json.loads(message)
        except ValueError:
            return False  # a JSON pattern matches JSON messages only
        results = [one(document, found) for found in conditions if found]
        return any(results) if glue == "||" else all(results)

    return test
