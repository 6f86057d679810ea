"""What narrows a question is in the plan that answers it, or is named; what narrows nothing is no reason to abstain."""

from __future__ import annotations

import pytest

from agents.models.offline import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def read(*turns: str) -> Plan:
    """What the last of these questions means after the others."""
    return understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("What did we spend on weekends in September?", "weekends"),
        ("What did we spend on S3 in business hours?", "hours"),
        ("What did we spend per transaction in September?", "transaction"),
        ("What did we pay for Windows licences?", "windows licences"),
        ("What is our spend excluding one-off costs?", "one-off"),
        ("Which accounts spend more than their peers?", "peers"),
        ("Which savings plans are paid upfront?", "upfront"),
        ("Which reservations are convertible?", "convertible"),
        ("Where can we save without downtime?", "downtime"),
        ("Which savings are easy?", "easy"),
        ("Which budgets were approved by the board?", "approved"),
        ("Which anomalies are confirmed?", "confirmed"),
        ("What will we spend next month if traffic doubles?", "traffic"),
        ("Do we have public buckets with customer data?", "customer"),
        ("Which databases hold customer data?", "customer"),
        ("Which access keys belong to contractors?", "contractors"),
        ("Which admins work part-time?", "part-time"),
        ("Which critical findings have a fix available?", "fix"),
        ("Which findings are assigned to someone?", "assigned"),
        ("Which findings were reopened?", "reopened"),
        ("Are there threats against the payment systems?", "payment systems"),
        ("Which config rules fail for personal data?", "personal"),
        ("Show me alarms that nobody acknowledged", "acknowledged"),
        ("Which alarms have no owner?", "owner"),
        ("critical alarms firing", "critical"),
        ("Which patches need a reboot?", "reboot"),
        ("Which quotas are soft limits?", "soft"),
        ("Which changes were approved?", "approved"),
        ("Which changes had no ticket?", "ticket"),
        ("Which load balancers have no targets?", "targets"),
        ("Which EC2 instances were launched by contractors?", "launched"),
        ("Which accounts are in the sandbox OU?", "ou"),
        ("Which accounts are used by contractors?", "contractors"),
        ("Which AWS outages hurt our customers?", "hurt"),
        ("Welke buckets met klantgegevens zijn openbaar?", "klantgegevens"),
        ("Wat kostte S3 vorige maand per medewerker?", "medewerker"),
        ("Wat gaven we vorige maand uit zonder btw?", "btw"),
        ("Welke alarmen zijn door niemand bevestigd?", "bevestigd"),
    ],
)
def test_a_qualifier_that_no_input_takes_is_not_dropped_in_silence(asked: str, word: str) -> None:
    plan = read(asked)
    assert word in (plan.abstention.text if plan.abstention else " ".join(plan.limits)), plan.read_as


@pytest.mark.parametrize(
    ("before", "asked", "word"),
    [
        ("What did we spend last month?", "is that more than usual?", "usual"),
        ("What did we spend on S3 last month?", "is that normal?", "normal"),
        ("What did we spend in August?", "is that more than expected?", "expected"),
        ("What did we spend last month?", "only for production websites", "websites"),
        ("Which running instances do we have?", "only the ones that are bigger than large", "large"),
        ("Which buckets are public?", "the ones with customer data", "customer"),
        ("Which alarms are firing?", "only the ones nobody acknowledged", "acknowledged"),
        ("Which alarms are firing?", "only the noisy ones", "noisy"),
        ("Which users have no MFA?", "only the contractors", "contractors"),
        ("Which access keys are old?", "only those used by applications", "applications"),
        ("Which EC2 instances miss patches?", "only the Windows ones", "windows"),
        ("What changed yesterday?", "only approved changes", "approved"),
    ],
)
def test_a_follow_up_that_narrows_by_what_no_input_takes_does_not_repeat_the_answer(
    before: str, asked: str, word: str
) -> None:
    plan = read(before, asked)
    assert plan.abstention is not None, plan.read_as
    assert word in plan.abstention.text


@pytest.mark.parametrize(
    "asked",
    [
        "What did we spend last month in total?",
        "What did we spend over all accounts in August, please?",
        "For my meeting: what did we spend last month?",
        "I need the spend by service for last month for my board meeting",
        "briefing for my director on Utrecht: September spend and open findings",
        "Which alarms are firing right now?",
        "Which buckets are public, for the audit?",
        "Can you tell me how many critical findings are open at the moment?",
        "Which MySQL databases do we have?",
        "any changes made out of office hours last week?",
        "any access keys past their rotation date",
        "what did nat gateway traffic cost data-prod in September?",
        "vulnerabilities with a fix available",
        "Which quotas are over 80 percent?",
        "Are there any resources without a team tag?",
        "how many server errors did players get yesterday on online-prod?",
        "Who has more rights than they should?",
    ],
)
def test_what_narrows_nothing_or_is_taken_by_an_input_is_no_reason_to_abstain(asked: str) -> None:
    assert read(asked).abstention is None
