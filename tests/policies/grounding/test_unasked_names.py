"""A figure of all accounts said of one: names of the organisation that no fact of the question is about."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from policies.grounding import ground
from tools.accounts import Account
from tools.facts import Fact, Scope

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
ACCOUNTS = (
    Account(id="1" * 12, name="venue-utrecht", tags={"venue": "Utrecht", "team": "venues", "env": "prod"}),
    Account(id="2" * 12, name="data-prod", tags={"team": "data", "env": "prod"}),
    Account(id="3" * 12, name="data-lab", tags={"team": "data", "env": "test"}),
    Account(id="4" * 12, name="security", tags={"team": "security", "env": "prod"}),
)


def spend(*accounts: str, **where: str) -> Fact:
    scope = Scope(accounts=accounts, where=where)
    return Fact(id="f1", label="total spend", value=Decimal("132864.40"), unit="USD", scope=scope)


def ok(draft: str, *facts: Fact) -> bool:
    return ground(draft, facts, now=NOW, accounts=ACCOUNTS).ok


@pytest.mark.parametrize(
    "draft",
    [
        "Account venue-utrecht spent [[f1]].",
        "Venue Utrecht alone spent [[f1]].",
        "Utrecht spent [[f1]].",
        "Team data spent [[f1]].",
        "In the account data-prod we spent [[f1]].",
        "We spent [[f1]] in data-lab.",
        "The security account cost [[f1]].",
    ],
)
def test_a_total_is_not_said_of_one_account_venue_or_team(draft: str) -> None:
    assert not ok(draft, spend())


@pytest.mark.parametrize(
    ("draft", "fact"),
    [
        ("We spent [[f1]] in all accounts. Utrecht was not looked at.", spend()),
        ("We spent [[f1]], security and production included.", spend()),
        ("Our data cost [[f1]].", spend()),
        ("Account venue-utrecht spent [[f1]].", spend("venue-utrecht")),
        ("Venue Utrecht spent [[f1]].", spend("venue-utrecht")),
        ("Team data spent [[f1]].", spend("data-prod", "data-lab")),
        ("Team data spent [[f1]].", spend(team="data")),
    ],
)
def test_what_a_fact_is_about_may_be_named(draft: str, fact: Fact) -> None:
    assert ok(draft, fact)


def test_without_the_organisation_only_names_in_play_are_known() -> None:
    assert ground("Account venue-utrecht spent [[f1]].", [spend()], now=NOW).ok
