"""What may leave: figures bound to facts, with words that agree. One test per way to lie."""

from __future__ import annotations

import pytest

from policies.grounding import ground, repair_prompt
from tests.grounding.estates import Estate, casino_cost, casino_ops, casino_security
from tests.grounding.notation import expand, parse


def _kinds(source: str, estate: Estate, question: str = "") -> set[str]:
    draft = expand(parse(source), estate)
    return {f.kind for f in ground(draft, estate.facts, question=question, now=estate.now, locale=estate.locale).faults}


COST, SECURITY, OPS = casino_cost(), casino_security(), casino_ops()


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("We spent [[total]] this week.", "period"),
        ("In August we spent [[total]].", "period"),
        ("venue-utrecht spent [[rotterdam]].", "scope"),
        ("All accounts together spent [[utrecht]] in September.", "scope"),
        ("Amazon RDS cost [[s3]] in September.", "label"),
        ("S3, EC2 and RDS cost [[s3]], [[rds]] and [[ec2]] in September.", "label"),
        ("Gross spend was [[total]] in September.", "basis"),
        ("Spend fell by [[change]] in September.", "direction"),
        ("Coverage rose by [[coverage_drop]] this month.", "direction"),
        ("Spend rose from [[total]] in September to [[total_aug]] in August.", "direction"),
        ("Spend rose by [[total]] in September.", "label"),
        ("The biggest service was Amazon S3 with [[s3]] in September.", "label"),
        ("In total we spent [[rds]] in September.", "label"),
        ("RDS took {{rds_share:n}} percentage points of spend.", "unbound_figure"),
        ("We spent USD 48,210.38 in September.", "unbound_figure"),
        ("We spent USD 48k in September.", "unbound_figure"),
        ("We spent about USD 48.3k in September.", "unbound_figure"),
        ("We spent 48,210.37 in September.", "unbound_figure"),
        ("We will save half of it.", "unbound_figure"),
        ("Hundreds of buckets cost money.", "unbound_figure"),
        ("The spike began on 9 September 2026.", "unbound_figure"),
        ("The instance i-09f500000000000b2 is idle.", "unbound_figure"),
        ("Amazon RDS cost [[rds]] in September, and 3 more services cost less.", "unbound_figure"),
    ],
)
def test_a_lie_is_a_fault_of_its_kind(source: str, kind: str) -> None:
    assert kind in _kinds(source, COST)


@pytest.mark.parametrize(
    "source",
    [
        "We spent about {{total:k}} in September.",
        "Last month RDS cost {{rds}} and S3 {{s3}}.",
        "S3, EC2 and RDS cost [[s3]], [[ec2]] and [[rds]] in September.",
        "Spend rose from [[total_aug]] in August to [[total]] in September.",
        "The two largest services were Amazon RDS ([[rds]]) and Amazon EC2 ([[ec2]]) in September.",
        "The instance i-09f500000000000a1 in data-lab is idle.",
        "In September the spike began on 8 September 2026.",
    ],
)
def test_a_true_answer_goes_out(source: str) -> None:
    assert _kinds(source, COST) == set()


def test_equal_facts_need_words_that_single_one_out() -> None:
    estate = casino_security()
    estate.add("other", "users without a password", 7, "users", "now")
    assert _kinds("7 users do not have MFA.", estate) == set()
    assert "ambiguous_figure" in _kinds("7 users are worth a look.", estate)


def test_numbers_of_the_question_count_only_where_it_is_restated() -> None:
    question = "Which buckets cost more than USD 500?"
    assert _kinds("You asked about buckets above USD 500. S3 cost [[s3]] in September.", COST, question) == set()
    assert "unbound_figure" in _kinds("S3 buckets cost USD 500 in September.", COST, question)


def test_a_figure_that_quotes_the_label_beside_it_is_part_of_the_label() -> None:
    assert _kinds("[[old_keys]] are older than 90 days.", SECURITY) == set()
    assert _kinds("[[old_keys]] are older than 80 days.", SECURITY)


def test_right_now_is_not_last_tuesday() -> None:
    assert "period" in _kinds("Right now [[storm]] are firing in online-prod.", OPS)


def test_not_is_heard() -> None:
    assert "label" in _kinds("Last week [[jobs_bad]] completed.", OPS)


def test_a_faulty_draft_has_no_text_and_the_prompt_says_what_to_do() -> None:
    draft = "We spent USD 1.00 and [[f999]]."
    grounded = ground(draft, COST.facts, now=COST.now)
    assert grounded.text == ""
    assert not grounded.ok
    assert [draft[f.position : f.position + len(f.text)] for f in grounded.faults] == ["USD 1.00", "[[f999]]"]
    prompt = repair_prompt(draft, grounded.faults)
    assert draft in prompt
    assert all(fault.message in prompt for fault in grounded.faults)


def test_a_draft_beyond_the_limit_is_refused_at_once() -> None:
    (fault,) = ground("1 " * 50_000, COST.facts, now=COST.now).faults
    assert fault.kind == "too_long"


def test_no_facts_no_figures() -> None:
    assert ground("I cannot know that from AWS.", (), now=COST.now).ok
    assert not ground("There are 3.", (), now=COST.now).ok


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ("There are no users without MFA.", False),
        ("There are no public buckets in what I saw, as far as I can tell.", True),
        ("None of this needs doing today.", True),
        ("There is no comparison with last year.", True),
        ("I have no data on users.", True),
    ],
)
def test_none_is_a_figure(source: str, fine: bool) -> None:
    kinds = _kinds(source, SECURITY)
    assert kinds == (set() if fine else {"unbound_figure"})
