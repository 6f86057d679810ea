"""True prose as people write it passes; the same sentence with one thing wrong does not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from policies.grounding import ground, render
from policies.grounding.when import find_times
from tests.grounding.estates import all_estates

ESTATES = all_estates()
COST, OUTLOOK = "independent-cost-rise", "independent-cost-outlook"
SECURITY, OPS, MIXED = "independent-security", "independent-ops", "independent-mixed"


def _ok(estate: str, draft: str) -> bool:
    known = ESTATES[estate]
    return ground(draft, known.facts, now=known.now, locale=known.locale).ok


@pytest.mark.parametrize(
    ("estate", "true", "false"),
    [
        (COST, "Spend rose by [[f1]] in September.", "Spend rose by [[f1]] in July."),
        (COST, "Compared with August, spend grew [[f2]].", "Compared with July, spend grew [[f2]]."),
        (COST, "From August to September spend rose [[f1]].", "From July to September spend fell [[f1]]."),
        (COST, "EC2 - Other is up [[f9]].", "EC2 - Other is up [[f40]]."),
        (OUTLOOK, "So far this month we spent [[f30]].", "Last month we spent [[f30]]."),
        (OUTLOOK, "The rest of October is forecast at [[f31]].", "September is forecast at [[f31]]."),
        (OUTLOOK, "Coverage was [[f21]] (August: [[f23]]).", "Coverage was [[f21]] in August."),
        (MIXED, "There were [[f22]] in the last 30 days.", "There were [[f22]] in the last 7 days."),
        (MIXED, "Since 15 September there were [[f22]].", "Since August there were [[f22]] last year."),
        (
            SECURITY,
            "18 critical, 39 high and 77 medium findings are open.",
            "18 critical and 38 high findings are open.",
        ),
        (SECURITY, "[[f1]] are open, of which [[f3]] are critical.", "[[f4]] are open, of which [[f3]] are critical."),
        (SECURITY, "Of our [[f11]], [[f10]] is public.", "Of our [[f11]], nine are public."),
        (OPS, "Of the 113 instances scanned, 93 are compliant.", "Of the 113 instances scanned, 94 are compliant."),
        (OPS, "20 instances are not compliant, seven of them in venue-eindhoven.", "Seven people are not compliant."),
        (MIXED, "Of yesterday's 23 jobs, 22 completed.", "Of yesterday's 23 jobs, 21 completed."),
    ],
)
def test_true_prose_passes_and_its_false_twin_does_not(estate: str, true: str, false: str) -> None:
    assert _ok(estate, true)
    assert not _ok(estate, false)


@pytest.mark.parametrize(
    ("estate", "draft"),
    [
        (COST, "Net spend for September 2026 was USD 132,864.40."),  # two queries gave the same total
        (COST, "Increases added up to [[f5]] and decreases to [[f6]]."),
        (OUTLOOK, "You have [[f13]]: one in online-prod and one in payer."),
        (OPS, "Only [[f18]] were scanned in venue-eindhoven. I recommend a maintenance window this week."),
        (MIXED, "- Failed: [[f35]] (floor-ledger-rotterdam in venue-rotterdam)"),
        (MIXED, "The credits changed by [[f20]] compared with August, and refunds by [[f21]]."),
    ],
)
def test_true_prose_passes(estate: str, draft: str) -> None:
    assert _ok(estate, draft)


def test_a_reference_that_opens_a_line_touches_nothing() -> None:
    assert not render("### Alarms\n[[f25]] are firing.", ESTATES[OPS].facts).faults
    assert render("alarms[[f25]] are firing.", ESTATES[OPS].facts).faults


BUDGET, OCT13, CONTROLS, VENUE = (f"independent2-{name}" for name in ("budget", "oct13", "controls", "venue"))


@pytest.mark.parametrize(
    ("estate", "true", "false"),
    [
        (BUDGET, "Total in USD: [[f1]].", "Total in EUR: [[f1]]."),
        (BUDGET, "Total spend was [[f1]].", "Total spend was minus [[f1]]."),
        (BUDGET, "Spend this month was [[f1]].", "Spend per day was [[f1]]."),
        (BUDGET, "All accounts spent [[f1]].", "Each account spent [[f1]]."),
        (BUDGET, "online-prod spent [[f2]].", "online-prod spent [[f1]]."),
        (BUDGET, "data-prod used [[f31]] of its [[f30]] budget.", "data-prod used [[f31]] of its [[f30]] accounts."),
        (OCT13, "[[f5]] did it twice: at [[f7]] and at [[f4]].", "[[f5]] did it twice: at [[f7]]."),
        (CONTROLS, "3 out of 20 databases are not encrypted.", "4 out of 20 databases are not encrypted."),
        (VENUE, "Utrecht's spend fell by USD 128.25, or 2.88 %.", "Utrecht's spend rose by USD 128.25, or 2.88 %."),
        (VENUE, "In half a year Utrecht spent [[f1]].", "In nine months Utrecht spent [[f1]]."),
        (VENUE, "In September Utrecht spent [[f7]].", "In September Utrecht spent [[f11]]."),
    ],
)
def test_only_what_is_certainly_wrong_is_a_fault(estate: str, true: str, false: str) -> None:
    assert not _ok(estate, false)
    assert _ok(estate, true)


GROWTH, YEAR, INTERNET, DAYS, FINDINGS = (
    f"independent3-{name}" for name in ("ec2-growth", "year-end", "open-to-world", "days-dataprod", "findings-board")
)


@pytest.mark.parametrize(
    ("estate", "true", "false"),
    [
        (GROWTH, "EC2 - Other in data-prod rose [[f7]].", "EC2 - Other in data-lab rose [[f7]]."),
        (
            GROWTH,
            "EC2 - Other nearly doubled, from [[f10]] to [[f11]].",
            "EC2 - Other halved, from [[f10]] to [[f11]].",
        ),
        (GROWTH, "Spend rose by [[f1]] compared with August.", "Spend rose by [[f1]] compared with June."),
        (GROWTH, "EC2 - Other cost [[f11]] in September, against [[f10]].", "EC2 - Other cost [[f12]] in September."),
        (YEAR, "November is forecast at [[f5]].", "December is forecast at [[f5]]."),
        (DAYS, "On 8 September data-prod spent [[f4]].", "On 9 September data-prod spent [[f4]]."),
        (FINDINGS, "Most findings are of medium severity: [[f5]].", "Most findings are of critical severity: [[f5]]."),
        (SECURITY, "I know of no other public bucket.", "There are no public buckets."),
    ],
)
def test_a_sentence_is_held_against_all_facts_in_play(estate: str, true: str, false: str) -> None:
    assert _ok(estate, true)
    assert not _ok(estate, false)


@pytest.mark.parametrize(
    "remark",
    [
        "One thing to watch is the NAT gateway.",
        "I have no data on individual users.",
        "None of this is alarming.",
        "Two remarks. First, amounts are gross. Second, credits are not included.",
        "No comparison with last year is available.",
        "We can look again after October closes.",
        "The second cause is EC2.",
        "Both eu-west-1 and eu-central-1 were looked at.",
        "Twee dingen vallen op.",
        "N\u00e3o h\u00e1 motivo para alarme.",
        "Dat is \u00e9\u00e9n van de oorzaken.",
    ],
)
def test_remarks_that_claim_no_figure_pass(remark: str) -> None:
    assert _ok(GROWTH, f"Spend rose by [[f1]] in September. {remark}")


@pytest.mark.parametrize(
    "remark",
    [
        "That is 13 more than planned.",
        "It should be fixed within three weeks.",
        "About half of it is waste.",
        "A dozen teams are involved.",
        "Roughly a third is left.",
        "We could save a few thousands.",
    ],
)
def test_remarks_with_a_figure_that_no_fact_holds_do_not(remark: str) -> None:
    assert not _ok(GROWTH, f"Spend rose by [[f1]] in September. {remark}")


@pytest.mark.parametrize(
    ("said", "first", "after"),
    [
        ("5 tot en met 11 oktober 2026", date(2026, 10, 5), date(2026, 10, 12)),
        ("28 september tot en met 4 oktober", date(2026, 9, 28), date(2026, 10, 5)),
        ("28 de setembro a 4 de outubro", date(2026, 9, 28), date(2026, 10, 5)),
        ("29 December 2025 to 4 January 2026", date(2025, 12, 29), date(2026, 1, 5)),
    ],
)
def test_a_range_of_days_is_one_period(said: str, first: date, after: date) -> None:
    (when,) = find_times(f"van {said}.", datetime(2026, 10, 15, 9, tzinfo=UTC))
    assert (first, after) in [(a.date(), b.date()) for a, b in when.periods]


def test_two_days_joined_by_and_stay_two() -> None:
    found = find_times("on 28 September and 4 October", datetime(2026, 10, 15, 9, tzinfo=UTC))
    assert [when.days[0] for when in found] == [date(2026, 9, 28), date(2026, 10, 4)]
