"""Anchored: what a short question compares is what was shown last; what was never shown is followed by nothing."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

S3, RDS = "Amazon Simple Storage Service", "Amazon Relational Database Service"
EC2 = "Amazon Elastic Compute Cloud - Compute"
_SHOWN_BY = ("by", "top")
"""Inputs that say how rows are shown, and not what of."""
Call = tuple[str, dict[str, Any]]


def plan(*asked: str) -> Plan:
    """What the last question means after the others."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())


def calls(*asked: str) -> list[Call]:
    """The calls of the last question, which has one reading, without how their rows are shown."""
    made = plan(*asked)
    assert made.abstention is None and not made.first, made
    return [
        (call.query, {key: value for key, value in call.inputs.items() if key not in _SHOWN_BY}) for call in made.calls
    ]


def change(period: str, compared_to: str, **of: str) -> list[Call]:
    return [("spend_change", {"period": period, "compared_to": compared_to, **of})]


def spend(period: str, **of: str) -> list[Call]:
    return [("spend", {"period": period, **of})]


DATA_PROD, UTRECHT = {"accounts": "data-prod"}, {"accounts": "venue:utrecht"}
QUARTER, AUGUST = "What did data-prod cost in Q3?", "What did Utrecht cost in August?"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ((QUARTER, "Versus Q2?"), change("2026-Q3", "2026-Q2", **DATA_PROD)),
        ((QUARTER, "Versus Q2?", "And in Q1?"), change("2026-Q3", "2026-Q1", **DATA_PROD)),
        ((AUGUST, "Versus July?"), change("2026-08", "2026-07", **UTRECHT)),
        ((AUGUST, "Versus July?", "and Rotterdam?"), change("2026-08", "2026-07", accounts="venue:rotterdam")),
        ((AUGUST, "versus the month before?", "and the year before?"), change("2026-08", "2025-08", **UTRECHT)),
        (("What did the payments team spend in August?", "versus last year?"), change("2026-08", "2025-08", team="payments")),
        (("What did EC2 cost in July?", "compared to June?", "and compared to May?"), change("2026-07", "2026-05", service=EC2)),
        (("What did we spend on data transfer in August?", "versus June?"), change("2026-08", "2026-06", part="data_transfer")),
        (("What did online-prod cost in July?", "is that more than in June?", "and than in July last year?"), change("2026-07", "2025-07", accounts="online-prod")),
        (("What did we spend yesterday?", "versus the day before?"), change("yesterday", "2026-10-13")),
        (("What did Utrecht cost in September versus August?", "and the month before?"), change("2026-08", "2026-07", **UTRECHT)),
        (("What did Utrecht cost in September versus August?", "and the month before?", "and the month before that?"), change("2026-07", "2026-06", **UTRECHT)),
        (("What did Utrecht cost in September versus August?", "and versus the month before?"), change("2026-09", "2026-07", **UTRECHT)),
        (("What did Utrecht cost in Q3 against Q2?", "and the quarter before?"), change("2026-04..2026-06", "2026-01..2026-03", **UTRECHT)),
        (("What did we spend this year?", "versus last year?"), change("year_to_date", "2025-01-01..2025-10-15")),
        (("What did we spend month to date?", "versus the same days last month?"), change("month_to_date", "2026-09-01..2026-09-14")),
        (("What did we spend by service in Q2?", "versus Q1?", "only RDS"), change("2026-Q2", "2026-Q1", service=RDS)),
        ((AUGUST, "more or less than July?"), change("2026-08", "2026-07", **UTRECHT)),
        ((AUGUST, "was it higher in July?"), change("2026-08", "2026-07", **UTRECHT)),
        ((AUGUST, "did it go up from July?", "and since January?"), change("2026-08", "2026-01", **UTRECHT)),
        (("Spend on EC2 in August", "delta with July"), change("2026-08", "2026-07", service=EC2)),
        (("Spend on EC2 in August", "same as July?"), change("2026-08", "2026-07", service=EC2)),
        (("Spend on EC2 in August", "verschil met juli?", "en met juni?"), change("2026-08", "2026-06", service=EC2)),
        (("Spend on EC2 in August", "hoger dan in juli?", "en dan vorig jaar?"), change("2026-08", "2025-08", service=EC2)),
        (("What did we spend by team in August?", "which team grew most versus July?"), change("2026-08", "2026-07")),
        (("What did CloudFront cost in September?", "vs 2025"), change("2026-09", "2025", service="Amazon CloudFront")),
        (("What did EC2 cost in June?", "how many alarms fired yesterday?", "back to EC2: versus May?"), change("2026-06", "2026-05", service=EC2)),
        (("How much did team platform spend in August?", "versus July?", "and security?"), change("2026-08", "2026-07", team="security")),
        (("Wat kostte Utrecht in augustus?", "vergeleken met juli?"), change("2026-08", "2026-07", **UTRECHT)),
        (("Wat kostte staging in september?", "ten opzichte van vorig jaar?", "en productie?"), change("2026-09", "2025-09", accounts="env:prod")),
    ],
)  # fmt: skip
def test_what_is_compared_with_a_time_is_what_was_shown_last(asked: tuple[str, ...], meant: list[Call]) -> None:
    assert calls(*asked) == meant


MONTHS = ("What did we spend last month?", "And the month before?")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ((*MONTHS, "Compare the two"), change("2026-09", "2026-08")),
        ((*MONTHS, "Compare the two", "And only for Utrecht?"), change("2026-09", "2026-08", **UTRECHT)),
        (("Spend in Q2?", "and Q1?", "compare them"), change("2026-Q2", "2026-Q1")),
        (("Spend by venue in Q2", "and Q1", "compare them"), change("2026-Q2", "2026-Q1")),
        (("What did Amsterdam cost in Q2?", "and in Q3?", "what is the difference?"), change("2026-Q3", "2026-Q2", accounts="venue:amsterdam")),
        (("Wat kostte RDS vorige maand?", "en de maand daarvoor?", "vergelijk die twee"), change("2026-09", "2026-08", service=RDS)),
        ((AUGUST, "in September?", "difference?"), change("2026-09", "2026-08", **UTRECHT)),
        (("What did EC2 cost in August?", "and in July?", "what is the change in percent?"), change("2026-08", "2026-07", service=EC2)),
        (("Spend on EC2 in August", "July?", "which month was higher?"), change("2026-08", "2026-07", service=EC2)),
        (("Hoeveel kostte S3 in augustus?", "en daarvoor?", "vergelijk ze"), change("2026-08", "2026-07", service=S3)),
        (("What did S3 cost in September?", "and RDS?", "compare them"), spend("2026-09", service=S3) + spend("2026-09", service=RDS)),
        (("What did S3 cost in September?", "and RDS?", "compare them", "and in August?"), spend("2026-08", service=S3) + spend("2026-08", service=RDS)),
    ],
)  # fmt: skip
def test_the_two_are_the_last_two_that_were_shown(asked: tuple[str, ...], meant: list[Call]) -> None:
    assert calls(*asked) == meant


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (("What did staging cost in September?", "and before that?"), spend("2026-08", accounts="env:staging")),
        (("What did staging cost in September?", "and before that?", "and before that?"), spend("2026-07", accounts="env:staging")),
        (("What did we spend last week?", "and the week before?", "and before that?"), spend("2026-09-21..2026-09-27")),
        (("What did we spend last month?", "and the week before?"), spend("2026-08-25..2026-08-31")),
        (("What did we spend in Q3?", "and the month before?"), spend("2026-06")),
        ((AUGUST, "and what was it a year ago?"), spend("2025-08", **UTRECHT)),
        (("Spend on EC2 in August", "July?"), spend("2026-07", service=EC2)),
        (("What did EC2 cost last month?", "and next month?"), [("forecast", {"period": "next_month", "service": EC2})]),
        (("What did S3 cost in Q2?", "same for Q1", "back to September"), spend("2026-09", service=S3)),
        (("What did S3 cost in Q2?", "back to September", "and year to date?"), spend("year_to_date", service=S3)),
    ],
)  # fmt: skip
def test_a_step_back_is_as_long_as_it_is_said_to_be(asked: tuple[str, ...], meant: list[Call]) -> None:
    assert calls(*asked) == meant


@pytest.mark.parametrize(
    "asked",
    [
        ("How many critical findings do we have?", "versus last month?"),
        ("Any critical vulnerabilities?", "is it worse than last month?"),
        ("What did we spend last month?", "versus September?"),
        ("What did we spend last month?", "versus the average of the last 6 months?"),
        ("What did RDS cost in August?", "compare to S3"),
        (AUGUST, "how many alarms did it have?", "compare them"),
        ("Which access keys are unused?", "is that more than last month?"),
        ("Welke gebruikers hebben geen MFA?", "van wie zijn die?"),
        ("What did we spend in August?", "versus next month?"),
    ],
)
def test_what_can_not_be_held_against_a_time_is_not_shown_at_another(asked: tuple[str, ...]) -> None:
    assert plan(*asked).abstention is not None


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (("Which backups failed?", "who should fix it?", "and in Eindhoven?"), [("backups", {"state": "failed", "accounts": "venue:eindhoven"})]),
        (("Welke back-ups zijn mislukt?", "van wie zijn ze?", "en in Utrecht?"), [("backups", {"state": "failed", **UTRECHT})]),
        (("What is untagged?", "What do they cost?", "In Utrecht only"), [("untagged_spend", UTRECHT)]),
        (("Which users have no MFA?", "what do they cost?", "only in data-prod"), [("identity_hygiene", {"check": "no_mfa", **DATA_PROD})]),
        (("Which buckets are public?", "who should fix it?", "and in data-prod?"), [("public_exposure", {"kind": "buckets", **DATA_PROD})]),
        (("Any critical vulnerabilities?", "is it worse than last month?", "and in data-prod?"), [("vulnerabilities", {"severity": "critical", **DATA_PROD})]),
    ],
)  # fmt: skip
def test_after_what_was_not_answered_a_few_words_follow_what_was_shown_last(
    asked: tuple[str, ...], meant: list[Call]
) -> None:
    assert plan(*asked[:-1]).abstention is not None
    assert calls(*asked) == meant


@pytest.mark.parametrize(
    "asked",
    [
        ("databases without backups?", "and volumes?"),
        ("databases without backups?", "and volumes?", "and in Utrecht?"),
        ("Are we compliant with PCI?", "and in Utrecht?"),
        ("How many customers were hit?", "and how many in total over the year?"),
        ("Are we compliant with PCI?", "and why do we fail so often?"),
        ("Voldoen we aan de AVG?", "en in augustus?", "waarom is het gestegen?"),
        ("What did we spend in August?", "Which databases have no backups?", "and in Rotterdam?"),
        ("Show high findings in Utrecht", "who should fix the critical findings?", "and Rotterdam?"),
    ],
)
def test_what_goes_on_from_a_question_that_was_not_answered_is_not_answered(asked: tuple[str, ...]) -> None:
    said = plan(*asked).abstention
    assert said is not None and "the question before it was not answered" in said.text


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        # place, time, thing and subject stood in what was refused; what it would have shown is never taken
        (("What is our revenue per player in Utrecht?", "ok, then the cloud cost per day there"), [("spend", UTRECHT)]),
        (("Show me the password of svc-tableau", "ok, then what is it allowed to do?", "what did it do last week?"), [("who_did_what", {"who": "svc-tableau", "period": "last_week"})]),
        (("Wat is de omzet per speler in Utrecht?", "en wat kost de cloud daar?"), [("spend", UTRECHT)]),
        (("Is Utrecht GDPR compliant?", "and what is failing there?"), [("config_compliance", UTRECHT)]),
        (("Are we compliant with PCI?", "and what is failing in data-prod?"), [("config_compliance", DATA_PROD)]),
    ],
)  # fmt: skip
def test_what_stood_in_a_question_that_was_refused_may_be_gone_on_from(asked, meant):
    assert plan(*asked[:1]).abstention is not None
    assert calls(*asked) == meant


def test_what_was_done_to_the_owner_of_a_secret_is_not_asked_of_the_secret():
    assert plan("Show me the secret of svc-tableau", "who uses it?").abstention is not None


def test_a_question_in_full_is_answered_whatever_was_not_before_it() -> None:
    after = ("What did Rotterdam cost in August?", "Are we compliant with PCI?", "critical findings in Utrecht")
    assert calls(*after) == [("findings", {"severity": "critical", **UTRECHT})]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        (("What did the Maastricht venue spend in August?", "Sorry. Eindhoven."), spend("2026-08", accounts="venue:eindhoven")),
        (("What did the Maastricht venue spend in August?", "yes"), spend("2026-08", **UTRECHT)),
        (("What did the Maastricht venue spend in August?", "Yes, please.", "and in July?"), spend("2026-07", **UTRECHT)),
        (("Which alarms are firing in Maastrict?", "Utrecht"), [("alarms", {"state": "alarm", **UTRECHT})]),
    ],
)  # fmt: skip
def test_a_name_that_was_wanted_can_be_given(asked, meant):
    assert calls(*asked) == meant


@pytest.mark.parametrize("then", ["why?", "and backups?", "how many?", "and last week?", "no"])
def test_nothing_but_the_name_goes_on_from_a_name_that_does_not_exist(then):
    assert plan("Which alarms are firing in Maastrict?", then).calls == ()


def test_yes_to_several_names_picks_none():
    assert plan("What did team Fraud spend in August?", "yes").calls == ()


def test_a_whole_sentence_behind_an_or_is_a_question_of_its_own_though_nothing_was_answered():
    unanswered = "Which of the reels paid out the most?"
    assert plan(unanswered).calls == ()
    assert calls(unanswered, "Or how many backup jobs failed in September?") == [
        ("backups", {"state": "failed", "period": "2026-09"})
    ]
    assert plan(unanswered, "and how many of them failed in September?").calls == ()
    placed = "Which of the reels in Utrecht paid out the most?"
    assert calls(placed, "Or how many backup jobs failed in September?") == [
        ("backups", {"state": "failed", "period": "2026-09", **UTRECHT})
    ]


BACK = ("August", "July", "June", "May", "April", "March", "February", "January", "December")
MONTHS_BACK = [f"and {month}?" for month in BACK]


def test_however_often_it_goes_on_the_thing_that_was_named_first_is_kept() -> None:
    at = "What did EC2 cost in September?"
    assert calls(at, *MONTHS_BACK, "and November?") == spend("2025-11", service=EC2)
    cut = [*MONTHS_BACK, "and November?", "and October?", "and in total?"]
    assert plan(*cut, "and July?").abstention is not None, "what it was of is not kept any more"
    assert calls(*cut[1:], at, "and July?") == spend("2026-07", service=EC2)
