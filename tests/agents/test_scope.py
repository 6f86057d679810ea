"""Scope, from outside: a person limited to a unit or a venue gets exactly that, and denials teach nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from policies.audit import Ledger, QueryCalled
from policies.audit.recompute import recompute
from tests.agents.scripted import ScriptedMaker
from tools.receipts import ReceiptFiles

Ask = Callable[..., Answer]


def one(ask: Ask, as_id: str, name: str, domain: str = "cost", **given: Any) -> Answer:
    return ask(ScriptedMaker([[(name, given)], "It is [[f1]]."], domains=(domain,)), as_id=as_id)


def total(answer: Answer) -> Any:
    return next(fact.value for fact in answer.facts if fact.id == "f1")


def test_a_venue_scope_filters_the_bills_also_of_shared_accounts(ask: Ask, home: Home) -> None:
    answer = one(ask, "eva", "spend", period="2026-09")
    assert answer.queries[0].input["venue"] == "utrecht", "the filter is in the call"
    filtered = one(ask, "local", "spend", period="2026-09", venue="utrecht")
    account = one(ask, "local", "spend", period="2026-09", accounts="venue-utrecht")
    assert total(answer) == total(filtered) != total(account)
    with Ledger.open(home.ledger) as ledger:
        called = next(stored.body for stored in ledger.read() if isinstance(stored.body, QueryCalled))
        assert called.input["venue"] == "utrecht"
        store = ReceiptFiles(home.receipts, home.keys / "receipts.key")
        assert not any(one.faults for one in recompute(ledger, answer.id, store))


def test_a_query_that_has_no_venue_looks_only_at_accounts_of_the_venue(ask: Ask) -> None:
    answer = one(ask, "eva", "alarms", "ops", state="all")
    assert answer.status == "answered"
    assert {receipt.account for receipt in answer.receipts} == {"210000001123"}


@pytest.mark.parametrize(
    ("name", "domain", "given"),
    [
        ("spend", "cost", {"venue": "rotterdam"}),
        ("spend", "cost", {"accounts": "venue-rotterdam"}),
        ("spend", "cost", {"accounts": "online-prod"}),
        ("spend", "cost", {"accounts": "venue-utrecht,online-prod"}),
        ("spend", "cost", {"accounts": "nowhere"}),
        ("spend", "cost", {"accounts": "env:prod"}),
        ("alarms", "ops", {"accounts": "venue-rotterdam"}),
        ("alarms", "ops", {"accounts": "nowhere"}),
    ],
)
def test_beyond_the_venue_everything_is_denied_in_the_same_words(
    ask: Ask, name: str, domain: str, given: dict[str, Any]
) -> None:
    answer = one(ask, "eva", name, domain, **given)
    assert answer.status == "denied" and not answer.receipts and not answer.facts
    assert "limited to some venues" in answer.text
    assert not any(word in answer.text for word in given.values())


def test_a_query_that_cannot_be_filtered_is_denied(ask: Ask) -> None:
    assert one(ask, "eva", "account_list", "ops").status == "denied"
    assert one(ask, "anna", "account_list", "ops").status == "answered", "a limit on accounts needs no filter"


def test_wrong_names_are_answered_with_names_of_the_venue_only(ask: Ask) -> None:
    everyone = one(ask, "local", "spend", period="2026-09", team="online-gamez").text
    venue = one(ask, "eva", "spend", period="2026-09", team="online-gamez").text
    assert "online-games" in everyone and "online-games" not in venue
    assert "floor-systems" in one(ask, "eva", "spend", period="2026-09", team="floor-sistems").text


def test_a_unit_scope_is_the_accounts_of_the_unit(ask: Ask) -> None:
    answer = one(ask, "femke", "findings", "security")
    assert answer.status == "answered"
    assert {name for fact in answer.facts for name in fact.scope.accounts} == {"data-prod", "data-lab"}
    assert all(fact.scope.accounts for fact in answer.facts), "few accounts are never said to be all"
    for elsewhere in ("online-prod", "nowhere"):
        denied = one(ask, "femke", "findings", "security", accounts=elsewhere)
        assert denied.status == "denied" and elsewhere not in denied.text
