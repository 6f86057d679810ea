"""GuardDuty and Inspector: current ones, of the accounts and period asked about."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.tools.security.conftest import NAMES, values
from tools.errors import InputError
from tools.estate.services import _delegation
from tools.estate.world import BY_NAME


def _threats(records: Any, start: datetime, end: datetime) -> list[Any]:
    return [one for one in records["guardduty_findings"] if start <= datetime.fromisoformat(one["updated"]) < end]


def test_threats_of_a_period_without_the_archived_ones(ask: Any, named: Any, records: Any) -> None:
    found = _threats(records, datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    current = [one for one in found if not one["archived"]]
    assert len(current) < len(found)
    result = ask("threats", period="2026-08..2026-10")
    assert result.fact(result.headlines[0]).value == len(current)
    assert named(result, "archived threats").value == len(found) - len(current)
    assert f"Not counted: {len(found) - len(current)} that were archived in GuardDuty." in result.notes
    high = [one for one in current if one["severity"] >= 7]
    serious = ask("threats", period="2026-08..2026-10", severity="high")
    assert serious.fact(serious.headlines[0]).value == len(high)
    assert values(result, 2)[0] == "lantern-utrecht-marketing-exports"


def test_threats_are_counted_for_each_account_that_has_any(ask: Any, named: Any, records: Any) -> None:
    found = _threats(records, datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    result = ask("threats", period="2026-08..2026-10")
    expected = Counter(NAMES[one["account"]] for one in found if not one["archived"])
    counted = {
        f.scope.accounts[0]: f.value for f in result.facts if f.label == "threats" and len(f.scope.accounts) == 1
    }
    assert counted == expected


def test_threats_are_the_same_seen_by_the_accounts_themselves(ask: Any, sample: Any) -> None:
    through = ask("threats", period="2026-09..2026-10")
    sample.server.fault(service="organizations", operation="ListDelegatedAdministrators", kind="denied", times=None)
    directly = ask("threats", period="2026-09..2026-10")
    assert [(f.label, f.value) for f in through.facts] == [(f.label, f.value) for f in directly.facts]
    one = ask("threats", period="2026-10", accounts="venue-utrecht")
    assert values(one, 3) == ["venue-utrecht"]


def test_a_quiet_period_is_a_zero(ask: Any, named: Any) -> None:
    fact = named(ask("threats", period="2026-10-15", accounts="payer"), "threats")
    assert fact.value == 0
    assert fact.receipts


def test_threats_older_than_guardduty_keeps_are_no_zero(ask: Any) -> None:
    with pytest.raises(InputError, match="keeps 90 days"):
        ask("threats", period="2026-03")


def _active(records: Any) -> list[Any]:
    return [one for one in records["inspector_findings"] if one["status"] == "ACTIVE"]


def test_active_vulnerabilities_by_severity(ask: Any, named: Any, records: Any) -> None:
    truth = Counter(one["severity"].lower() for one in _active(records))
    assert len(_active(records)) < len(records["inspector_findings"])
    result = ask("vulnerabilities")
    assert named(result, "active vulnerabilities").value == truth.total()
    for level, count in truth.items():
        assert named(result, f"active {level} vulnerabilities").value == count
    resources = {one["resource"] for one in _active(records)}
    assert named(result, "resources with active vulnerabilities").value == len(resources)


def test_the_six_unpatched_instances_have_the_critical_ones(ask: Any, named: Any, records: Any) -> None:
    critical = [one for one in _active(records) if one["severity"] == "CRITICAL"]
    result = ask("vulnerabilities", severity="critical", by="resource", top=25)
    assert set(values(result, 3)) == {"venue-eindhoven"} == {NAMES[one["account"]] for one in critical}
    assert len(values(result, 0)) == len({one["resource"] for one in critical}) == 6
    assert sum(values(result, 1)) == len(critical)


def test_resources_of_one_name_in_several_accounts_are_counted_apart(ask: Any, records: Any) -> None:
    truth = Counter((one["resource"], NAMES[one["account"]]) for one in _active(records))
    result = ask("vulnerabilities", by="resource", top=25)
    places, counts = values(result, 3), values(result, 1)
    each = [(place, number) for place, number in zip(places, counts, strict=False) if place]
    assert each
    for place in set(places) - {""}:
        told = Counter(number for where, number in each if where == place)
        assert told <= Counter(number for (_, where), number in truth.items() if where == place)


def test_vulnerabilities_by_account_and_by_cve_add_up(ask: Any, named: Any, records: Any) -> None:
    accounts = ask("vulnerabilities", by="account", top=2)
    assert values(accounts, 0)[-1] == "other"
    assert sum(values(accounts, 1)) == len(_active(records))
    cves = ask("vulnerabilities", by="cve", top=25)
    truth: dict[str, set[str]] = {}
    for one in _active(records):
        truth.setdefault(one["cve"], set()).add(one["resource"])
    shown = {name: count for name, count in zip(values(cves, 0), values(cves, 1), strict=True) if "CVE" in str(name)}
    assert shown == {name: len(resources) for name, resources in truth.items() if name in shown}
    assert len(shown) == named(cves, "different CVEs among active vulnerabilities").value


def test_accounts_outside_inspector_s_organisation_are_asked_themselves(
    ask: Any, named: Any, records: Any, monkeypatch: Any
) -> None:
    every = _delegation.members
    left_out = "venue-eindhoven"
    monkeypatch.setattr(_delegation, "members", lambda request: [a for a in every(request) if a.name != left_out])
    assert named(ask("vulnerabilities"), "active vulnerabilities").value == len(_active(records))


def test_a_region_that_fails_is_said(ask: Any, named: Any, sample: Any, records: Any) -> None:
    sample.server.fault(
        service="inspector2", operation="ListFindings", kind="denied", account=BY_NAME["data-lab"].id, times=None
    )
    sample.server.fault(service="organizations", operation="ListDelegatedAdministrators", kind="denied", times=None)
    result = ask("vulnerabilities")
    assert any("data-lab" in said for said in result.incomplete)
    rest = [one for one in _active(records) if NAMES[one["account"]] != "data-lab"]
    assert named(result, "active vulnerabilities").value == len(rest)
