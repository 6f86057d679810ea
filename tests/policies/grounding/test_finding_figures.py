"""The finder sees every figure, however it is written, and leaves plain words alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from policies.grounding import find_figures

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


def _found(text: str) -> list[str]:
    return [found.text for found in find_figures(text, NOW)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("USD 1.2 million", 1200000, "USD"),
        ("$4k", 4000, "USD"),
        ("EUR 3,5 miljoen", 3500000, "EUR"),
        ("R$ 12", 12, "BRL"),
        ("12.345,67 euro", 12345.67, "EUR"),
        ("USD12.3k", 12300, "USD"),
        ("4.2 %", 4.2, "percent"),
        ("four percent", 4, "percent"),
        ("3 percentage points", 3, "percentage points"),
        ("2pp", 2, "percentage points"),
        ("200 days", 200, "days"),
        ("three weeks", 3, "weeks"),
        ("200-day", 200, "days"),
        ("1,234 hours", 1234, "hours"),
        ("734.2 GB", 734.2, "GB"),
        ("twelve findings", 12, None),
        ("a dozen", 12, None),
        ("a couple", 2, None),
        ("twenty-three", 23, None),
        ("one hundred and five", 105, None),
        ("two thousand", 2000, None),
        ("doze", 12, None),
        ("zeventien", 17, None),
        ("\u0663\u0664 findings", 34, None),
        ("\uff11\uff12 keys", 12, None),
        ("1\u200b2 keys", 12, None),
        ("\u216b findings", 12, None),
        ("half", 50, None),
        ("two-thirds", 66.67, None),
        ("doubled", 100, None),
        ("third largest", 3, None),
        ("6th", 6, None),
    ],
)
def test_amounts_in_any_spelling(text: str, value: float, unit: str | None) -> None:
    found = find_figures(f"It is {text} here", NOW)
    assert [float(v) for v in found[0].values] == [value] or value in [float(v) for v in found[0].values]
    assert found[0].unit == unit


@pytest.mark.parametrize(
    "figure",
    [
        "i-09f500000000000a1",
        "vpce-0d4a7e11",
        "AKIAIOSFODNN7EXAMPLE",
        "arn:aws:s3:::bucket-1/x",
        "10.0.0.1",
        "10.0.0.0/16",
        "210000000012",
        "v1.2.3",
        "db.r6g.2xlarge",
        "bet-settlement:148",
        "6 October 2026 14:18 UTC",
        "Oct 6th",
        "last Tuesday",
        "06/10/2026",
        "2026-09",
        "2026-10-06T14:18:00Z",
        "19:02",
        "last month",
        "Q3 2026",
        "last 7 days",
        "8 to 24 September",
        "hundreds",
        "lOO",
        "XII",
        "5\u00b2",
        "1O0",
        "vorige maand",
        "m\u00eas passado",
        "the second quarter",
    ],
)
def test_dates_ids_and_disguises_are_found(figure: str) -> None:
    assert any(figure in text or text in figure for text in _found(f"see {figure} there"))


@pytest.mark.parametrize(
    "text",
    [
        "one of the accounts",
        "no one knows",
        "this one is fine",
        "first, look at it",
        "S3 and EC2",
        "Route 53",
        "ISO/IEC 42001",
        "ISO 27001",
        "SOC 2",
        "TLS 1.2",
        "SHA-256",
        "5xx errors",
        "24/7",
        "secondly",
        "we may do it",
        "IPv4",
        "third-party",
        "one-off",
        "two things stand out",
        "the last one is old",
        "per second",
        "CI and CD",
        "I think so",
        "a second opinion",
        "real-time",
    ],
)
def test_harmless_words_are_no_figures(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize("text", ["S300", "EC21", "ISO 420011", "$S3x9", "SOC 29", "Route 534"])
def test_harmless_names_do_not_shelter_longer_ones(text: str) -> None:
    assert _found(text)


def test_list_numbers_are_harmless_only_if_they_count_up() -> None:
    assert _found("1. apples\n2. pears\n3. plums") == []
    assert _found("3. apples") == ["3"]
    assert _found("1. apples\n7. pears") == ["7"]


def test_ranges_fall_into_their_ends() -> None:
    assert _found("10-20 keys and 6/11") == ["10", "20", "6", "11"]


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "a1 ",
        "one ",
        "1,",
        "twenty-",
        "September ",
        "arn:aws:",
        "1. a\n",
        "a-",
        "\u200b1",
        "1:",
        " ",
        "[[",
        "one of ",
    ],
)
def test_100_kb_of_anything_takes_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.thread_time()
    find_figures(text, NOW)
    # About 0.5 s on this machine class; a quadratic step would take minutes.
    assert time.thread_time() - started < 5
