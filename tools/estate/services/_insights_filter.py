"""The ``filter`` command of CloudWatch Logs Insights: comparisons, like, in, and/or/not, parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable

from tools.estate.errors import AwsError

Row = dict[str, str]
Test = Callable[[Row], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<regex>/(?:\\.|[^/\\])+/)|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<op>!=|<=|>=|=~|=|<|>|\(|\)|\[|\]|,)|(?P<word>[@\w.]+))"""
)


def malformed(message: str) -> AwsError:
    """The error of Logs Insights for a query that it, or the sample, does not understand."""
    return AwsError("MalformedQueryException", message)


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of each token of an expression."""
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match or match.lastgroup is None:
            raise malformed(f"unexpected symbol at {text[position : position + 20]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class FilterParser:
    """Recursive descent over the tokens of one filter expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0

    def parse(self) -> Test:
        test = self._any()
        if self._at < len(self._tokens):
            raise malformed(f"unexpected {self._tokens[self._at][1]!r} in filter {self._text!r}")
        return test

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _word(self, word: str) -> bool:
        kind, text = self._peek()
        if kind in ("word", "op") and text.lower() == word:
            self._at += 1
            return True
        return False

    def _any(self) -> Test:
        tests = [self._all()]
        while self._word("or"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._not()]
        while self._word("and"):
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _not(self) -> Test:
        if self._word("not"):
            inner = self._not()
            return lambda row: not inner(row)
        if self._word("("):
            test = self._any()
            if not self._word(")"):
                raise malformed(f"missing ')' in filter {self._text!r}")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        kind, field = self._take()
        if kind != "word":
            raise malformed(f"expected a field, got {field!r} in filter {self._text!r}")
        if field.lower() == "ispresent" and self._word("("):
            name = self._take()[1]
            if not self._word(")"):
                raise malformed(f"missing ')' in filter {self._text!r}")
            return lambda row: name in row
        negative = self._word("not")
        if self._word("like") or self._word("=~"):
            matches = self._pattern()
            return lambda row: matches(row.get(field, "")) != negative
        if self._word("in"):
            values = self._list()
            return lambda row: (row.get(field) in values) != negative
        kind, operator = self._take()
        if negative or operator not in ("=", "!=", "<", ">", "<=", ">="):
            raise malformed(f"expected a comparison after {field!r}, got {operator!r}")
        return _compare(field, operator, self._literal())

    def _literal(self) -> str:
        kind, text = self._take()
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return text
        raise malformed(f"expected a value, got {text!r} in filter {self._text!r}")

    def _pattern(self) -> Callable[[str], bool]:
        kind, text = self._take()
        if kind == "text":
            return lambda have: text[1:-1] in have
        if kind != "regex":
            raise malformed(f"like needs a text or /regular expression/, got {text!r}")
        try:
            expression = re.compile(text[1:-1])
        except re.error as error:
            raise malformed(f"{text} is not a regular expression: {error}") from error
        return lambda have: bool(expression.search(have))

    def _list(self) -> list[str]:
        values: list[str] = []
        if not self._word("["):
            raise malformed("in needs a list in square brackets")
        while not self._word("]"):
            values.append(self._literal())
            self._word(",")
        return values


def _compare(field: str, operator: str, want: str) -> Test:
    def test(row: Row) -> bool:
        have = row.get(field)
        if operator == "=":
            return have == want
        if operator == "!=":
            return have != want
        try:
            left, right = float(have or ""), float(want)
        except ValueError:
            return False
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]

    return test
