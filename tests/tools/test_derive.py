"""Derive: arithmetic is exact, units decide, nothing is counted twice, and the formula says what went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.derive import derive
from tools.errors import InputError
from tools.facts import Fact, FactBook, Facts, QueryResult, Scope
from tools.periods import Period, instant, parse_period

NOW = datetime(2026, 10, 15, 9, tzinfo=UTC)
SEPTEMBER, AUGUST, JULY = (parse_period(f"2026-{month}", NOW) for month in ("09", "08", "07"))


class Book:
    """A fact book that is filled by hand."""

    def __init__(self) -> None:
        self.book = FactBook()

    def add(self, value: Any, unit: str = "USD", label: str = "spend", **more: Any) -> str:
        facts = Facts(read_as="by hand")
        more.setdefault("period", SEPTEMBER)
        more.setdefault("receipts", [f"r-{len(self.book.all())}"])
        facts.fact(label, value, unit, **more)
        return self.book.seal("by_hand", {}, facts).facts[0].id

    def derive(self, operation: Any, *ids: str) -> Fact:
        return self.result(operation, *ids).facts[0]

    def result(self, operation: Any, *ids: str) -> QueryResult:
        return self.book.seal("derive", {}, derive(self.book, operation, list(ids)))


@pytest.fixture
def book() -> Book:
    return Book()


def account(*names: str, **where: str) -> Scope:
    return Scope(accounts=names, where=where, basis="net")


MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@given(st.lists(MONEY, min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_sum_of_money_is_exact_to_the_cent(amounts: list[Decimal]) -> None:
    book = Book()
    ids = [book.add(amount, scope=account(f"a{number}")) for number, amount in enumerate(amounts)]
    fact = book.derive("sum", *ids)
    assert fact.value == sum(amounts)
    assert fact.unit == "USD"
    assert set(fact.derived_from) == set(ids)
    assert set(fact.receipts) == {receipt for one in ids for receipt in book.book[one].receipts}
    assert all(f"({one})" in str(fact.formula) for one in ids)


@given(MONEY, MONEY)
@settings(max_examples=60, deadline=None)
def test_difference_and_its_reverse_cancel_out(one: Decimal, two: Decimal) -> None:
    book = Book()
    ids = [book.add(one), book.add(two, period=AUGUST)]
    assert book.derive("difference", *ids).value == one - two
    assert book.derive("difference", *reversed(ids)).value == two - one


@given(st.decimals(min_value="0.01", max_value=10**9, places=2), MONEY)
@settings(max_examples=60, deadline=None)
def test_percentage_change_is_rounded_once(base: Decimal, later: Decimal) -> None:
    book = Book()
    fact = book.derive("percentage_change", book.add(base, period=AUGUST), book.add(later))
    exact = (later - base) * 100 / base
    assert abs(fact.value - exact) <= Decimal("0.0050001")
    assert fact.unit == "percent"


def test_an_average_names_the_part_of_a_month_that_weighs_as_much_as_a_whole_one(book: Book) -> None:
    part = Period(label="September 2026 to date", start=SEPTEMBER.start, end=SEPTEMBER.start + timedelta(days=14))
    months = [book.add(400, period=AUGUST), book.add(200, period=part)]
    assert any("September 2026 to date" in note for note in book.result("average", *months).notes)
    whole = [book.add(400, period=AUGUST), book.add(390, period=SEPTEMBER)]
    assert not book.result("average", *whole).notes


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=12))
@settings(max_examples=60, deadline=None)
def test_rank_and_average_of_counts(counts: list[int]) -> None:
    book = Book()
    ids = [book.add(n, "findings", "open findings", scope=account(f"a{i}")) for i, n in enumerate(counts)]
    ranked = book.result("rank", *ids)
    values = [ranked.fact(row[2]).value for row in ranked.table.rows]
    assert values == sorted(counts, reverse=True)
    places = [ranked.fact(row[0]).value for row in ranked.table.rows]
    assert places == [1 + sum(1 for other in counts if other > value) for value in values]
    mean = book.derive("average", *ids)
    assert abs(mean.value - Decimal(sum(counts)) / len(counts)) <= Decimal("0.005")
    assert book.derive("sum", *ids).value == sum(counts)


@pytest.mark.parametrize("operation", ["sum", "difference", "percentage_change", "share", "rank", "average"])
@pytest.mark.parametrize("other", [("EUR", 1), ("findings", 1), ("percent", 1), ("days", 1), ("GB", 1)])
def test_units_that_differ_are_refused(book: Book, operation: str, other: tuple[str, int]) -> None:
    one = book.add(Decimal("5"), scope=account("a"))
    two = book.add(other[1], other[0], scope=account("b"))
    with pytest.raises(InputError, match="units differ"):
        book.derive(operation, one, two)


@pytest.mark.parametrize("operation", ["sum", "difference", "ratio", "percentage_change", "share", "rank", "average"])
def test_net_and_gross_are_not_mixed(book: Book, operation: str) -> None:
    one = book.add(5, scope=Scope(basis="net"))
    two = book.add(7, scope=Scope(accounts=("a",), basis="gross"))
    with pytest.raises(InputError, match="net and gross"):
        book.derive(operation, one, two)


def test_gross_less_net_of_the_same_spend_is_what_credits_took_off(book: Book) -> None:
    gross, net = (book.add(n, scope=Scope(basis=basis)) for n, basis in ((137, "gross"), (132, "net")))
    result = book.result("difference", gross, net)
    assert result.facts[0].value == 5
    assert result.facts[0].scope.basis is None
    assert "credits and refunds" in result.notes[0]
    assert "gross" in str(result.facts[0].formula)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # a service within the total, an account within all, a month within a quarter, two cuts of one cake
        ({"label": "total spend"}, {"label": "RDS spend", "scope": Scope(where={"service": "RDS"}, basis="net")}),
        ({"scope": Scope(basis="net")}, {"scope": account("a")}),
        ({}, {"period": parse_period("2026-Q3", NOW)}),
        ({"scope": account("a")}, {"scope": Scope(where={"service": "RDS"}, basis="net")}),
        ({"label": "total spend"}, {"label": "other services spend"}),
        ({}, {}),
    ],
)
def test_a_sum_that_counts_something_twice_is_refused(book: Book, one: dict[str, Any], two: dict[str, Any]) -> None:
    ids = [book.add(5, **{"scope": Scope(basis="net"), **given}) for given in (one, two)]
    with pytest.raises(InputError, match="twice"):
        book.derive("sum", *ids)


def test_a_fact_named_twice_is_refused(book: Book) -> None:
    one = book.add(5)
    with pytest.raises(InputError, match="more than once"):
        book.derive("sum", one, one)


def test_things_of_one_scope_with_different_labels_add_up(book: Book) -> None:
    ids = [
        book.add(n, "findings", label, period=instant(NOW))
        for n, label in ((3, "critical findings"), (4, "high findings"))
    ]
    fact = book.derive("sum", *ids)
    assert (fact.value, fact.unit, fact.label) == (7, "findings", "sum of critical findings and high findings")


def test_months_in_a_row_become_one_period(book: Book) -> None:
    ids = [book.add(n, period=month) for n, month in ((1, JULY), (2, AUGUST), (3, SEPTEMBER))]
    assert book.derive("sum", *ids).period.label == "July 2026 to September 2026"


def test_months_apart_are_each_named(book: Book) -> None:
    period = book.derive("sum", book.add(1, period=JULY), book.add(3)).period
    assert period.label == "July 2026 and September 2026"
    assert (period.first_day, period.end_day) == ("2026-07-01", "2026-10-01")


def test_scopes_are_joined_and_partial_filters_say_so(book: Book) -> None:
    one = book.add(1, scope=account("a", service="RDS"))
    two = book.add(2, scope=account("b", service="S3"))
    three = book.add(3, scope=account("c"))
    assert book.derive("sum", one, two).scope == account("a", "b", service="RDS + S3")
    assert book.derive("sum", one, two, three).scope.where == {"service": "RDS + S3 (in part)"}


def test_a_comparison_of_two_months_names_both(book: Book) -> None:
    fact = book.derive("percentage_change", book.add(100, period=AUGUST), book.add(105))
    assert fact.value == 5
    assert fact.period.label == "September 2026 against August 2026"
    assert fact.label == "change in spend, relative"
    assert fact.formula == ("(spend, September 2026 (f2) - spend, August 2026 (f1)) / spend, August 2026 (f1) x 100")


@pytest.mark.parametrize("base", ["0.00", "-5.00"])
def test_no_percentage_change_from_nothing(book: Book, base: str) -> None:
    with pytest.raises(InputError, match="nothing above zero"):
        book.derive("percentage_change", book.add(Decimal(base)), book.add(5, period=AUGUST))


def test_percent_less_percent_is_percentage_points(book: Book) -> None:
    ids = [book.add(Decimal(n), "percent", "coverage", period=p) for n, p in (("35", SEPTEMBER), ("15.5", AUGUST))]
    fact = book.derive("difference", *ids)
    assert (fact.value, fact.unit) == (Decimal("19.5"), "percentage points")
    with pytest.raises(InputError, match="percentage points"):
        book.derive("percentage_change", *ids)


def test_percentages_add_up_only_as_shares_of_one_whole(book: Book) -> None:
    shares = [book.add(Decimal(n), "percent", f"{name} share of total spend") for n, name in ((10, "RDS"), (20, "S3"))]
    assert book.derive("sum", *shares).value == 30
    coverage = [book.add(Decimal(n), "percent", f"{name} coverage") for n, name in ((10, "RDS"), (20, "S3"))]
    with pytest.raises(InputError, match="one whole"):
        book.derive("sum", *coverage)


def test_a_share_must_be_a_part(book: Book) -> None:
    whole = book.add(200, label="total spend", scope=Scope(basis="net"))
    part = book.add(50, scope=account("a"))
    fact = book.derive("share", part, whole)
    assert (fact.value, fact.unit, fact.scope) == (25, "percent", account("a"))
    with pytest.raises(InputError, match="no part"):
        book.derive("share", whole, part)
    with pytest.raises(InputError, match="no part"):
        book.derive("share", book.add(5, scope=account("b")), part)
    with pytest.raises(InputError, match="no part"):
        book.derive("share", book.add(5, period=AUGUST, scope=account("a")), whole)


def test_share_of_nothing_is_refused(book: Book) -> None:
    with pytest.raises(InputError, match="zero"):
        book.derive("share", book.add(0, label="part"), book.add(0, label="total"))


@pytest.mark.parametrize(
    ("one", "two", "value", "unit"),
    [
        ((Decimal("100"), "USD"), (4, "instances"), Decimal("25"), "USD"),
        ((Decimal("100"), "USD"), (Decimal("40"), "USD"), Decimal("2.5"), "times"),
        ((10, "findings"), (4, "accounts"), Decimal("2.5"), "findings"),
        ((2, "hours"), (30, "minutes"), Decimal("4"), "times"),
        ((Decimal("1"), "TB"), (500, "GB"), Decimal("2"), "times"),
    ],
)
def test_ratios(book: Book, one: Any, two: Any, value: Decimal, unit: str) -> None:
    fact = book.derive("ratio", book.add(*one, label="first"), book.add(*two, label="second"))
    assert (fact.value, fact.unit) == (value, unit)


@pytest.mark.parametrize(("one", "two"), [("findings", "USD"), ("days", "GB"), ("percent", "findings")])
def test_ratios_without_meaning_are_refused(book: Book, one: str, two: str) -> None:
    with pytest.raises(InputError, match="means nothing"):
        book.derive("ratio", book.add(5, one), book.add(5, two))


def test_a_ratio_by_zero_or_too_small_to_show_is_refused(book: Book) -> None:
    with pytest.raises(InputError, match="is zero"):
        book.derive("ratio", book.add(5), book.add(0, "instances"))
    with pytest.raises(InputError, match="too small"):
        book.derive("ratio", book.add(5), book.add(100_000, "instances"))


def test_durations_are_converted_to_the_unit_of_the_first(book: Book) -> None:
    ids = [
        book.add(n, unit, label) for n, unit, label in ((2, "hours", "first outage"), (30, "minutes", "second outage"))
    ]
    fact = book.derive("sum", *ids)
    assert (fact.value, fact.unit) == (Decimal("2.5"), "hours")


def test_days_between_two_dates(book: Book) -> None:
    ids = [book.add(day, "date", f"day {day[-2:]}") for day in ("2026-11-30", "2026-10-15")]
    fact = book.derive("difference", *ids)
    assert (fact.value, fact.unit) == (46, "days")
    times = [book.add(f"2026-10-13T{t}Z", "time", f"at {t}") for t in ("19:52:00", "19:07:00")]
    assert (book.derive("difference", *times).value, book.derive("difference", *times).unit) == (
        Decimal("0.75"),
        "hours",
    )


def test_count_counts_facts(book: Book) -> None:
    ids = [book.add(f"bucket-{n}", "name", "bucket", scope=account(f"a{n}")) for n in range(3)]
    fact = book.derive("count", *ids)
    assert (fact.value, fact.unit) == (3, "facts")


@pytest.mark.parametrize("operation", ["sum", "average", "ratio", "share", "rank", "percentage_change"])
def test_texts_are_no_numbers(book: Book, operation: str) -> None:
    with pytest.raises(InputError):
        book.derive(operation, book.add("x", "name"), book.add("y", "name"))


def test_an_unknown_id_is_refused_with_what_there_is(book: Book) -> None:
    book.add(5)
    with pytest.raises(InputError, match="f1"):
        book.derive("sum", "f1", "f99")


@pytest.mark.parametrize("operation", ["difference", "ratio", "share", "percentage_change"])
@pytest.mark.parametrize("count", [1, 3])
def test_two_facts_where_two_are_needed(book: Book, operation: str, count: int) -> None:
    with pytest.raises(InputError, match="exactly two"):
        book.derive(operation, *(book.add(n, scope=account(f"a{n}")) for n in range(count)))


def test_derived_facts_can_be_derived_from(book: Book) -> None:
    one = book.derive("sum", book.add(1, scope=account("a")), book.add(2, scope=account("b")))
    two = book.derive("sum", one.id, book.add(4, scope=account("c")))
    assert two.value == 7
    assert len(two.receipts) == 3
    assert two.scope.accounts == ("a", "b", "c")


def test_through_the_registry_with_facts_of_a_real_query(ask: Any, named: Any) -> None:
    result = ask("spend", by="account", accounts="venue:utrecht, venue:rotterdam")
    rows = [result.fact(row[1]) for row in result.table.rows]
    fact = ask("derive", operation="sum", facts=[row.id for row in rows]).facts[0]
    assert fact.value == named(result, "total spend").value
    assert fact.scope.accounts == ("venue-rotterdam", "venue-utrecht")
    assert fact.receipts == rows[0].receipts
    assert ask.last.asked == ()
    assert isinstance(fact.period, Period)
