"""The judge can say wrong: each answer here differs from a right one in one way that a reader would notice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agents.answer import Answer, AnswerFigure, LedgerSpan, PrincipalShown, Status, Usage
from tests.questions.bank import Expect
from tests.questions.judge import MOST_TABLES, Judgement, judge
from tools.facts import Draft, FactBook, Facts, QueryResult, Scope

VALUES: dict[str, Decimal | int | str] = {
    "total()": Decimal("132864.396482"),
    "alarms()": 5,
    "fall()": Decimal("-12.5"),
    "when()": "2026-10-06T14:18",
    "top()": "data-prod",
}
TOTAL = {"facts": {"value": "total()", "unit": "USD"}}


def found(query: str = "spend", rows: tuple[tuple[str, str], ...] = (), **fact: Any) -> Facts:
    """One headline fact, and a table of accounts with their spend."""
    facts = Facts(read_as=f"{query} as read", columns=("Account", "Spend"))
    facts.fact(
        **{"label": "total spend", "value": Decimal("132864.40"), "unit": "USD", **fact},
        receipts=["r-1"],
        headline=True,
    )
    for account, amount in rows:
        cell: Draft = facts.fact("spend", Decimal(amount), "USD", receipts=["r-1"], scope=Scope(accounts=(account,)))
        facts.row(account, cell)
    return facts


def answered(
    *results: Facts, text: str = "It is this much.", status: Status = "answered", quiet: bool = False
) -> Answer:
    """An answer whose text shows the headline of each result (none if `quiet`)."""
    book = FactBook()
    sealed: list[QueryResult] = [book.seal("spend", {}, one) for one in results]
    figures = [
        AnswerFigure(text="x", value=result.fact(one).value, unit=result.fact(one).unit, facts=(one,))
        for result in sealed
        for one in result.headlines
    ]
    return Answer(
        id="q-1",
        question="?",
        principal=PrincipalShown(id="local", role="admin", assurance="local"),
        status=status,
        text=f"Read as: spend of data-lab.\n\n{text}\n\nWritten by an AI system (offline model).",
        figures=() if quiet else tuple(figures),
        facts=book.all(),
        usage=Usage(model="offline"),
        ledger=LedgerSpan(origin="o", first=0, last=1, root=""),
        results=tuple(sealed),
    )


def judged(answer: Answer, expect: dict[str, Any]) -> Judgement:
    return judge(answer, Expect.model_validate(expect), VALUES.__getitem__)


def test_the_expected_figure_in_the_text_is_right() -> None:
    assert judged(answered(found()), TOTAL) == Judgement("right")


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ({"value": Decimal("132864.42")}, "two cents off"),
        ({"value": Decimal("-132864.40")}, "the sign"),
        ({"unit": "EUR"}, "euros are no dollars"),
        ({"unit": "percent"}, "a percentage is no amount"),
        ({"unit": "findings", "value": 132864}, "a count is no amount"),
    ],
)
def test_another_value_or_kind_is_silently_wrong(fact: dict[str, Any], why: str) -> None:
    result = judged(answered(found(**fact)), TOTAL)
    assert result.verdict == "silently wrong", why
    assert "132864.40 USD" in result.faults[0]


def test_a_fact_that_is_not_shown_does_not_count() -> None:
    assert judged(answered(found(), quiet=True), TOTAL).verdict == "silently wrong"


def test_one_number_must_be_in_the_text_or_the_first_table() -> None:
    other: dict[str, Any] = {"value": Decimal(1), "label": "another"}
    late = answered(found(rows=(("a", "2"),), **other), found(rows=(("b", "132864.40"),), **other))
    early = answered(found(rows=(("b", "132864.40"),), **other), found(rows=(("a", "2"),), **other))
    assert judged(late, TOTAL).verdict == "silently wrong"
    assert judged(early, TOTAL).verdict == "right"


def test_more_tables_than_a_person_reads_are_wrong() -> None:
    heap = [found(rows=(("a", "1"),)) for _ in range(MOST_TABLES + 1)]
    assert judged(answered(*heap), TOTAL).verdict == "silently wrong"
    assert judged(answered(*heap[:-1]), TOTAL).verdict == "right"


def test_the_same_number_about_something_else_is_wrong() -> None:
    five = {"facts": {"value": "alarms()", "unit": "count", "about": "alarm"}}
    assert judged(answered(found(value=5, unit="alarms", label="firing")), five).verdict == "right"
    assert judged(answered(found(value=5, unit="users", label="without MFA")), five).verdict == "silently wrong"


def test_a_fall_may_be_told_without_its_sign_only_if_the_entry_says_so() -> None:
    fall = {"value": "fall()", "unit": "percent"}
    answer = answered(found(value=Decimal("12.50"), unit="percent", label="fell by"))
    assert judged(answer, {"facts": fall}).verdict == "silently wrong"
    assert judged(answer, {"facts": {**fall, "unsigned": True}}).verdict == "right"


def test_a_time_is_compared_to_the_minute_given() -> None:
    wanted = {"facts": {"value": "when()", "unit": "time"}}
    assert judged(answered(found(value="2026-10-06T14:18:00Z", unit="time")), wanted).verdict == "right"
    assert judged(answered(found(value="2026-10-06T14:16:00Z", unit="time")), wanted).verdict == "silently wrong"


def test_durations_and_shares_compare_across_units() -> None:
    wanted = {"facts": {"value": "alarms()", "unit": "days"}}
    assert judged(answered(found(value=120, unit="hours")), wanted).verdict == "right"
    assert judged(answered(found(value=5, unit="hours")), wanted).verdict == "silently wrong"


def test_who_leads_must_be_in_the_text_or_the_first_row() -> None:
    expect = {"first": "=top()"}
    leads = found(rows=(("data-prod", "9"), ("data-lab", "1")))
    trails = found(rows=(("data-lab", "9"), ("data-prod", "1")))
    assert judged(answered(leads), expect).verdict == "right"
    assert judged(answered(trails), expect).verdict == "silently wrong"
    assert judged(answered(trails, text="data-prod rose most."), expect).verdict == "right"


def test_an_echo_of_the_question_names_nothing() -> None:
    assert judged(answered(found(), text="It rose."), {"names": "data-lab"}).verdict == "silently wrong"


def test_a_part_of_a_longer_name_names_nothing() -> None:
    answer = answered(found(), text="lantern-data-prod-lake is public.")
    assert judged(answer, {"names": "data-prod"}).verdict == "silently wrong"
    assert judged(answer, {"names": "lantern-data-prod-lake"}).verdict == "right"


def test_what_must_not_be_shown_is_found_in_tables_too() -> None:
    answer = answered(found(rows=(("data-prod", "1"),)))
    assert judged(answer, {**TOTAL, "not_has": "data-prod"}).verdict == "silently wrong"


def test_an_answer_where_a_refusal_is_due_is_silently_wrong() -> None:
    assert judged(answered(found()), {"status": "unanswerable"}).verdict == "silently wrong"
    assert judged(answered(found()), {"status": "denied"}).verdict == "silently wrong"


def test_a_refusal_where_an_answer_is_due_is_an_abstention() -> None:
    for status in ("unanswerable", "withheld", "error", "denied"):
        assert judged(answered(status=status), TOTAL).verdict == "abstained"


def test_a_refusal_must_say_what_it_should() -> None:
    expect = {"status": "unanswerable", "text_has": "only reads"}
    assert judged(answered(status="unanswerable", text="Regent only reads."), expect).verdict == "right"
    assert judged(answered(status="unanswerable", text="Done!"), expect).verdict == "abstained"
