"""Numbers whose unit stands beside them, words that are numbers in another language, and figures in apposition."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policies.grounding import find_figures, ground
from tools.facts import Fact, Scope

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


def _fact(number: int, label: str, value: int, unit: str, *accounts: str) -> Fact:
    return Fact(id=f"f{number}", label=label, value=value, unit=unit, scope=Scope(accounts=accounts))


FACTS = (
    _fact(1, "volumes", 131, "volumes"),
    _fact(2, "unattached volumes", 7, "volumes"),
    _fact(3, "volumes", 9, "volumes", "data-lab"),
    _fact(4, "unattached volumes", 4, "volumes", "data-lab"),
    _fact(5, "databases with a public address", 0, "databases"),
    _fact(6, "security groups in all", 32, "security groups"),
    _fact(7, "security groups open to the internet", 2, "security groups"),
    _fact(8, "volumes", 12, "volumes", "payer"),
)


def _ok(draft: str) -> bool:
    return ground(draft, FACTS, now=NOW).ok


HEAD = "| Account | Volumes |\n|---|---|\n"


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (HEAD + "| data-lab | 9 |", HEAD + "| data-lab | 8 |"),
        (HEAD + "| payer | 12 |", HEAD.replace("Volumes", "Disk") + "| payer | 12 |"),
        ("data-lab has [[f3]], four of them unattached.", "data-lab has [[f3]], five of them unattached."),
        ("Of databases with a public address there are zero.", "Of security groups open there are zero."),
        ("Two of the 32 security groups are open.", "Three of the 32 security groups are open."),
    ],
)
def test_a_number_is_bound_where_its_unit_stands_for_any_reader(true: str, false: str) -> None:
    assert _ok(true)
    assert not _ok(false)


def test_a_number_without_any_unit_stays_refused() -> None:
    assert not _ok("That leaves data-lab, with 9, as the only problem.")


def test_our_in_dutch_is_not_eleven_in_portuguese() -> None:
    dutch = "We hebben veel schijven, verdeeld over onze accounts, maar het is geen probleem."
    assert find_figures(dutch, NOW) == []
    for text in ("As contas com onze alarmes custam mais.", "We have onze findings in all.", "onze findings"):
        assert [f.values[0] for f in find_figures(text, NOW)] == [11], text


def test_por_cento_is_a_unit_and_not_a_hundred() -> None:
    (found,) = find_figures("quinze por cento do total", NOW)
    assert (found.values[0], found.unit) == (15, "percent")


def test_a_number_of_thirty_digits_is_refused() -> None:
    assert not _ok("10000000000000000000000000000")


def test_dutch_idioms_with_ten_are_no_figures() -> None:
    assert find_figures("Ten tweede is het duur, op \u00e9\u00e9n na.", NOW) == []
