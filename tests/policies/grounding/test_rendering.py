"""References become values that code writes, and nothing that only looks like one gets through."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from policies.grounding import ground, markdown_table, numeric_columns, render, table_rows, write
from tests.grounding.estates import Estate
from tools.facts import FactBook, Facts, QueryResult, Scope
from tools.periods import parse_period

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def estate() -> Estate:
    e = Estate("small", NOW)
    e.add("total", "spend", "12345.67", "USD", "2026-09", basis="net")
    e.add("before", "spend", "11000.50", "USD", "2026-08", basis="net")
    for n, service in enumerate(("Amazon RDS", "Amazon S3", "Amazon EC2", "AWS Lambda", "Amazon SQS"), 1):
        e.add(f"s{n}", "spend", f"{900 - n}.10", "USD", "2026-09", basis="net", service=service)
    e.add("fall", "change in spend", "-250.00", "USD", "2026-09", basis="net", derived=True)
    e.add("findings", "open findings", 12, "findings", "now")
    e.add("one", "open findings", 1, "findings", "now", "venue-utrecht")
    e.add("at", "bucket made public", "2026-10-06T14:18:00Z", "time", "now", "venue-utrecht")
    e.add("share", "share of spend", "4.20", "percent", "2026-09", basis="net")
    e.add("bucket", "public bucket", "lantern-exports-2", "name", "now", "venue-utrecht")
    return e


@pytest.mark.parametrize(
    ("value", "unit", "locale", "written"),
    [
        (12345.67, "USD", "en", "USD 12,345.67"),
        (12345.67, "EUR", "nl", "EUR 12.345,67"),
        (-5, "USD", "en", "USD -5.00"),
        (12, "findings", "en", "12 findings"),
        (1, "findings", "en", "1 finding"),
        (1, "policies", "en", "1 policy"),
        (1, "percentage points", "en", "1 percentage point"),
        (4.2, "percent", "en", "4.2 %"),
        (4.2, "percent", "pt", "4,2 %"),
        (1234567, "images", "nl", "1.234.567 images"),
        (1, "GB", "en", "1 GB"),
        ("2026-10-06", "date", "en", "6 October 2026"),
        ("2026-10-06", "date", "nl", "6 oktober 2026"),
        ("2026-10-06", "date", "pt", "6 de outubro de 2026"),
        ("2026-10-06T14:18:00Z", "time", "en", "6 October 2026 14:18 UTC"),
        ("i-0abc", "id", "nl", "i-0abc"),
    ],
)
def test_values_are_written_in_the_readers_format(value: object, unit: str, locale: str, written: str) -> None:
    assert write(value, unit, locale) == written  # type: ignore[arg-type]  # the table mixes value types


def _text(draft: str, estate: Estate) -> str:
    for key, fact in estate.by_key.items():
        draft = draft.replace(f"[[{key}]]", f"[[{fact.id}]]")
    rendered = render(draft, estate.facts)
    assert rendered.faults == ()
    for figure in rendered.figures:
        assert rendered.text[figure.start : figure.end] == figure.text
    return rendered.text


def test_first_figure_names_the_context_and_a_ranking_does_not_repeat_it(estate: Estate) -> None:
    text = _text(
        "Amazon RDS cost [[s1]], Amazon S3 [[s2]], Amazon EC2 [[s3]], AWS Lambda [[s4]] and Amazon SQS [[s5]].", estate
    )
    assert text.count("September 2026") == 1
    assert text.startswith("Amazon RDS cost USD 899.10 (September 2026, all accounts, net), Amazon S3 USD 898.10,")


def test_a_change_of_period_is_written_again_both_ways(estate: Estate) -> None:
    text = _text("Spend was [[total]], before that [[before]], and again [[share]].", estate)
    assert "USD 11,000.50 (August 2026)" in text
    assert "4.2 % (September 2026)" in text


def test_each_paragraph_names_its_context(estate: Estate) -> None:
    assert _text("It was [[total]].\n\nIt was [[before]].", estate).count("all accounts, net)") == 2


def test_a_list_with_a_heading_goes_on_from_the_paragraph_above(estate: Estate) -> None:
    text = _text("It was [[total]].\n\nOf that:\n- Amazon RDS: [[s1]]\n- Amazon S3: [[before]]", estate)
    assert text.endswith("- Amazon RDS: USD 899.10\n- Amazon S3: USD 11,000.50 (August 2026)")
    apart = _text("It was [[total]].\n\n- Amazon RDS: [[s1]]", estate)
    assert apart.endswith("- Amazon RDS: USD 899.10 (September 2026, all accounts, net)")


def test_a_period_that_a_line_starts_with_is_not_said_again(estate: Estate) -> None:
    text = _text("Month by month:\n- September 2026: [[total]]\n- August 2026: [[before]]", estate)
    assert text.endswith("- September 2026: USD 12,345.67 (all accounts, net)\n- August 2026: USD 11,000.50")
    assert _text("In August 2026: [[total]]", estate).endswith("(September 2026, all accounts, net)")


def test_a_share_stands_beside_its_amount_but_a_total_says_that_a_filter_is_gone(estate: Estate) -> None:
    assert _text("Amazon RDS: [[s1]], a share of [[share]].", estate).endswith("net), a share of 4.2 %.")
    assert "USD 12,345.67 (all accounts)" in _text("Amazon RDS: [[s1]] of [[total]].", estate)


def test_what_carries_no_tag_is_said_to_carry_none(estate: Estate) -> None:
    estate.add("bare", "spend", "77.00", "USD", "2026-09", basis="net", venue="(no tag)")
    assert "(September 2026, all accounts, no venue tag, net)" in _text("It was [[bare]].", estate)
    assert _text("- no venue tag: [[bare]]", estate).endswith("USD 77.00 (September 2026, all accounts, net)")


def test_a_filter_that_the_sentence_does_not_name_is_written(estate: Estate) -> None:
    assert "service Amazon S3" in _text("It cost [[s2]].", estate)
    assert "service" not in _text("Amazon S3 cost [[s2]].", estate)


def test_units_that_the_draft_repeats_are_not_doubled(estate: Estate) -> None:
    assert _text("USD [[total]] it was.", estate).startswith("USD 12,345.67 (")
    assert _text("We paid $[[total]].", estate).startswith("We paid USD 12,345.67 (")
    assert "4.2 % (" in _text("It is [[share]] percent.", estate)
    assert _text("[[findings]] critical findings are open.", estate).startswith(
        "12 critical findings (as of 15 October"
    )
    assert "1 finding (as of 15 October 2026 09:00 UTC) in venue-utrecht" in _text(
        "There is [[one]] in venue-utrecht.", estate
    )


def test_the_sign_goes_where_the_words_say_down(estate: Estate) -> None:
    assert "fell by USD 250.00 (" in _text("Spend fell by [[fall]].", estate)
    assert "change: USD -250.00 (" in _text("The change: [[fall]].", estate)


def test_inside_parentheses_no_second_pair_opens(estate: Estate) -> None:
    assert "(USD 12,345.67, September 2026, all accounts, net)" in _text("Spend ([[total]]) was high.", estate)


def test_a_table_states_its_context_once_below(estate: Estate) -> None:
    text = _text(
        "| Service | Spend |\n| --- | ---: |\n| Amazon RDS | [[s1]] |\n| Amazon S3 | [[s2]] |\n\nDone.", estate
    )
    assert "| Amazon RDS | USD 899.10 |" in text
    assert "\n\nAll figures: September 2026, all accounts, net.\n" in text
    assert text.endswith("Done.")


@pytest.mark.parametrize(
    "broken",
    [
        "[[f1]",
        "[f1]",
        "[[ f1 ]]",
        "[[f1|USD]]",
        "[[[[f1]]]]",
        "[[[f1]]]",
        "[[f1, f2]]",
        "[[f1][f2]]",
        "[ [f1] ]",
        "[[1]]",
        "f1",
        "\u3010f1\u3011",
        "[[f\u200b1]]",
        "[[\uff461]]",
        "[[]]",
        "[[f1",
        "f1]]",
        "[[F1",
        "[[f 1]]",
        "\uff3b\uff3bf1\uff3d\uff3d",
    ],
)
def test_malformed_references_are_faults_and_no_text_comes_out(broken: str, estate: Estate) -> None:
    grounded = ground(f"Spend was {broken} in September.", estate.facts, now=NOW)
    assert grounded.faults
    assert grounded.text == ""
    assert grounded.figures == ()


@pytest.mark.parametrize(
    "glue", ["1[[f1]]", "[[f1]]5", "[[f1]].5", "[[f1]]k", "-[[f1]]", "x[[f1]]", "[[f1]][[f2]]", "[[f1]]%"]
)
def test_characters_glued_to_a_reference_are_faults(glue: str, estate: Estate) -> None:
    assert ground(f"Spend was {glue} in September.", estate.facts, now=NOW).faults


@pytest.mark.parametrize(
    "beside", ["EUR [[f1]]", "€[[f1]]", "[[f1]] euros", "[[f12]] percentage points", "[[f9]] users", "[[f1]] million"]
)
def test_a_wrong_unit_beside_a_reference_is_a_fault(beside: str, estate: Estate) -> None:
    estate.add("users", "IAM users", 44, "users", "now")
    assert ground(f"It was {beside} altogether.", estate.facts, now=NOW).faults


def test_unknown_id_is_named_with_its_place(estate: Estate) -> None:
    (fault,) = ground("It was [[f99]].", estate.facts, now=NOW).faults
    assert (fault.kind, fault.text, fault.position) == ("unknown_reference", "[[f99]]", 7)


def test_names_with_digits_from_the_estate_are_fine(estate: Estate) -> None:
    grounded = ground(f"The public bucket is [[{estate.by_key['bucket'].id}]].", estate.facts, now=NOW)
    assert grounded.text == "The public bucket is lantern-exports-2."


def test_tables_of_results_share_the_formatter() -> None:
    found = Facts(
        read_as="x", period=parse_period("2026-09", NOW), scope=Scope(basis="net"), columns=("Service", "Spend")
    )
    found.row("A|B", found.fact("spend", 1234.5, "USD", receipts=["r1"]))
    found.row("other", "")
    result = FactBook().seal("spend", {}, found)
    assert table_rows(result)[1] == [("A|B", "USD 1,234.50"), ("other", "")]
    assert markdown_table(result, "nl") == "| Service | Spend |\n| --- | ---: |\n| A\\|B | USD 1.234,50 |\n| other |  |"


def _ranked(query: str, *rows: tuple[str, str]) -> QueryResult:
    found = Facts(
        read_as="x", period=parse_period("2026-09", NOW), scope=Scope(basis="net"), columns=("Venue", "Spend (USD)")
    )
    for name, amount in rows:
        found.row(name, found.fact(f"{name} spend", Decimal(amount), "USD", receipts=["r1"]))
    return FactBook().seal(query, {}, found)


def test_a_ranking_names_first_what_has_a_name_and_keeps_its_order() -> None:
    rows = (("(no tag)", "900"), ("utrecht", "40"), ("amsterdam", "30"), ("other", "60"))
    shown = table_rows(_ranked("spend", *rows))[1]
    assert shown == [("utrecht", "40.00"), ("amsterdam", "30.00"), ("no venue tag", "900.00"), ("other", "60.00")]
    assert table_rows(_ranked("spend_change", *rows))[1][0] == ("no venue tag", "900.00"), "what moved most comes first"


def test_how_many_are_left_stands_in_no_column_of_names() -> None:
    found = Facts(
        read_as="x", period=parse_period("2026-09", NOW), scope=Scope(), columns=("Alarm", "Account", "Times")
    )
    found.row("bet-api", "online-prod", found.fact("fired", 3, "times", receipts=["r1"]))
    found.row("other", found.fact("not listed", 2, "alarms", receipts=["r1"]), "")
    result = FactBook().seal("alarm_history", {}, found)
    assert table_rows(result)[1] == [("bet-api", "online-prod", "3 times"), ("and 2 more alarms", "", "")]
    assert numeric_columns(result) == {2}
