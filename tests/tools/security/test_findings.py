"""Security Hub findings: each counted once, whoever is asked, and only those that are open."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.tools.security.conftest import NAMES, values, when
from tools.errors import InputError, UnknownNameError
from tools.estate.services import _delegation
from tools.estate.world import BY_NAME, NOW


def _open(records: dict[str, list[Any]]) -> list[Any]:
    return [
        finding
        for finding in records["securityhub_findings"]
        if finding["RecordState"] == "ACTIVE" and finding["Workflow"]["Status"] in ("NEW", "NOTIFIED")
    ]


def test_open_findings_leave_out_resolved_suppressed_and_archived_ones(ask: Any, named: Any, records: Any) -> None:
    truth = Counter(finding["Severity"]["Label"].lower() for finding in _open(records))
    assert len(_open(records)) < len(records["securityhub_findings"])  # the near-misses are there
    result = ask("findings")
    assert named(result, "open findings").value == truth.total()
    for level in ("critical", "high", "medium", "low"):
        assert named(result, f"open {level} findings").value == truth[level]


def test_findings_of_every_account_add_up_to_the_total(ask: Any, named: Any, records: Any) -> None:
    truth = Counter(NAMES[finding["AwsAccountId"]] for finding in _open(records))
    result = ask("findings", by="account", top=25)
    for name, count in truth.items():
        assert named(result, "open findings", accounts=(name,)).value == count
        assert dict(zip(values(result, 0), values(result, 1), strict=True))[name] == count
    assert sum(values(result, 1)) == truth.total()
    few = ask("findings", by="account", top=3)
    assert sum(values(few, 1)) == truth.total()
    assert values(few, 0)[-1] == "other"


def test_the_administrator_and_the_accounts_themselves_give_the_same_findings(ask: Any, sample: Any) -> None:
    through = ask("findings", by="account", top=25)
    assert len(ask.last.asked) < 15
    sample.server.fault(service="organizations", operation="ListDelegatedAdministrators", kind="denied", times=None)
    directly = ask("findings", by="account", top=25)
    assert ask.last.asked.count("securityhub:GetFindings") >= 42
    assert [(fact.label, fact.value, fact.scope) for fact in through.facts] == [
        (fact.label, fact.value, fact.scope) for fact in directly.facts
    ]


def test_an_administrator_that_refuses_the_reader_is_gone_around(
    ask: Any, named: Any, records: Any, sample: Any
) -> None:
    admin = BY_NAME["security"].id
    sample.server.fault(service="securityhub", operation="GetFindings", kind="denied", account=admin, times=None)
    result = ask("findings")
    missing = sum(finding["AwsAccountId"] == admin for finding in _open(records))
    assert missing > 0
    assert named(result, "open findings").value == len(_open(records)) - missing
    assert any("security" in said and "AccessDenied" in said for said in result.incomplete)


def test_an_account_that_is_no_member_is_asked_itself(
    ask: Any, named: Any, records: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = _delegation.members
    monkeypatch.setattr(
        _delegation, "members", lambda request: [one for one in every(request) if one.name != "data-lab"]
    )
    result = ask("findings", by="account", top=25)
    assert named(result, "open findings", accounts=()).value == len(_open(records))
    assert any("asked themselves: data-lab" in note for note in result.notes)


def test_what_an_asker_may_not_see_is_neither_counted_nor_received(ask: Any, named: Any, records: Any) -> None:
    ask.directory = ask.directory.cut(["venue-utrecht", "venue-amsterdam"])
    ran = ask.run("findings")
    ids = {BY_NAME["venue-utrecht"].id, BY_NAME["venue-amsterdam"].id}
    truth = sum(finding["AwsAccountId"] in ids for finding in _open(records))
    assert named(ran.result, "open findings").value == truth
    read = [receipt for receipt in ran.receipts if receipt.operation == "GetFindings"]
    bodies = b"".join(ask.store.get(receipt).body for receipt in read)
    assert BY_NAME["venue-utrecht"].id.encode() in bodies
    assert not [a.name for a in BY_NAME.values() if a.id not in ids and f'"AwsAccountId":"{a.id}"'.encode() in bodies]


def test_one_severity_lists_the_findings_with_their_age(ask: Any, records: Any) -> None:
    truth = [finding for finding in _open(records) if finding["Severity"]["Label"] == "CRITICAL"]
    result = ask("findings", severity="critical", top=25)
    ages = [(NOW.date() - when(finding["CreatedAt"]).date()).days for finding in truth]
    assert values(result, 3) == [*sorted(ages, reverse=True)[:10], ""]
    assert values(result, 1)[-1] == len(truth) - 10, "how many the table does not show"
    one = ask("findings", severity="critical", accounts="venue-utrecht")
    assert "lantern-utrecht-marketing-exports" in values(one, 1)


def test_findings_created_in_a_period(ask: Any, named: Any, records: Any) -> None:
    truth = sum(finding["CreatedAt"].startswith("2026-10") for finding in _open(records))
    result = ask("findings", period="2026-10")
    assert named(result, "open findings").value == truth > 0
    assert named(result, "open findings").period.label == "October 2026"


def test_closed_findings_count_only_when_asked_for(ask: Any, named: Any, records: Any) -> None:
    result = ask("findings", status="all", by="product")
    assert named(result, "findings, open and closed").value == len(records["securityhub_findings"])
    ages = ask("findings", by="age")
    assert sum(values(ages, 1)) == len(_open(records))


def test_no_finding_is_a_zero_with_receipts(ask: Any, named: Any) -> None:
    fact = named(ask("findings", severity="informational"), "open informational findings")
    assert fact.value == 0
    assert fact.receipts


def test_bad_inputs_say_what_fits(ask: Any) -> None:
    with pytest.raises(UnknownNameError, match="venue-utrecht"):
        ask("findings", accounts="venue-utrect")
    with pytest.raises(InputError, match="severity"):
        ask("findings", severity="terrible")
    with pytest.raises(InputError, match="is no period"):
        ask("findings", period="recently")


def test_security_hub_that_is_switched_off_is_no_zero(ask: Any, sample: Any) -> None:
    sample.server.fault(service="securityhub", kind="denied", times=None)
    with pytest.raises(Exception, match="AccessDenied"):
        ask("findings")


def test_the_administrator_may_lie_outside_the_asker_s_sight(ask: Any) -> None:
    ask.directory = ask.directory.cut(["data-lab", "data-prod"])
    result = ask("findings")
    assert not any(name == "security" for fact in result.facts for name in fact.scope.accounts)
