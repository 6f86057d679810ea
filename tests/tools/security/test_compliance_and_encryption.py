"""AWS Config and encryption at rest against the inventory."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.tools.security.conftest import NAMES, values
from tools.errors import UnknownNameError
from tools.estate.world import BY_NAME


def _failed(records: Any) -> list[Any]:
    return [one for one in records["config_evaluations"] if one["compliance"] == "NON_COMPLIANT"]


def test_failing_rules_with_their_resources(ask: Any, named: Any, records: Any) -> None:
    truth = Counter(one["rule"] for one in _failed(records))
    result = ask("config_compliance", top=25)
    assert named(result, "Config rules that fail somewhere").value == len(truth)
    assert named(result, "failed Config results (resource and rule)").value == truth.total()
    assert dict(zip(values(result, 0), values(result, 1), strict=True)) == truth


def test_a_count_that_config_caps_is_counted_exactly(ask: Any, named: Any, records: Any, monkeypatch: Any) -> None:
    from tools.estate.services import config

    monkeypatch.setattr(config, "_CAP", 2)
    result = ask("config_compliance", top=25)
    assert "config:GetComplianceDetailsByConfigRule" in ask.last.asked
    assert named(result, "failed Config results (resource and rule)").value == len(_failed(records))


def test_one_rule_lists_its_resources(ask: Any, named: Any, records: Any) -> None:
    truth = {one["resource"] for one in _failed(records) if one["rule"] == "encrypted-volumes"}
    result = ask("config_compliance", rule="encrypted-volumes", top=25)
    assert set(values(result, 0)) == truth
    assert named(result, "resources that fail the rule").value == len(truth)
    clean = ask("config_compliance", rule="root account mfa enabled", accounts="payer")
    assert named(clean, "resources that fail the rule").value == 0


def test_an_unknown_rule_names_the_nearest(ask: Any) -> None:
    with pytest.raises(UnknownNameError, match="encrypted-volumes"):
        ask("config_compliance", rule="encrypted-volume-check")


def test_what_is_not_encrypted(ask: Any, named: Any, records: Any) -> None:
    result = ask("encryption")
    volumes = [one for one in records["ec2_volumes"] if not one["encrypted"]]
    databases = [one for one in records["rds_instances"] if not one["encrypted"]]
    snapshots = [one for one in records["ec2_snapshots"] if not one["encrypted"]]
    assert named(result, "unencrypted volumes").value == len(volumes)
    assert named(result, "volumes in all").value == len(records["ec2_volumes"])
    assert named(result, "unencrypted databases").value == len(databases)
    assert named(result, "unencrypted volume snapshots").value == len(snapshots)
    kms = sum(bucket["encryption"] == "aws:kms" for bucket in records["s3_buckets"])
    assert named(result, "buckets encrypted with KMS").value == kms
    assert named(result, "buckets without default encryption").value == 0


def test_unencrypted_databases_by_name(ask: Any, records: Any) -> None:
    truth = {one["name"] for one in records["rds_instances"] if not one["encrypted"]}
    assert set(values(ask("encryption", kind="databases"), 0)) == truth


def test_what_is_unencrypted_is_counted_by_account_too(ask: Any, records: Any) -> None:
    truth = Counter(NAMES[one["account"]] for one in records["ec2_volumes"] if not one["encrypted"])
    result = ask("encryption", kind="volumes")
    placed = [fact for fact in result.facts if fact.label == "unencrypted volumes" and len(fact.scope.accounts) == 1]
    assert {fact.scope.accounts[0]: fact.value for fact in placed} == dict(truth)


def test_keys_that_cannot_rotate_are_no_fault(ask: Any, named: Any, records: Any) -> None:
    mine = records["kms_keys"]
    lacking = [k for k in mine if k["state"] == "Enabled" and k["spec"] == "SYMMETRIC_DEFAULT" and not k["rotates"]]
    result = ask("encryption", kind="keys")
    assert named(result, "customer-managed keys in all").value == len(mine)
    assert named(result, "customer-managed keys without automatic rotation").value == len(lacking)
    assert named(result, "customer-managed keys about to be deleted (pending deletion)").value == 1
    assert not any("signing" in name for name in values(result, 0))


def test_one_account_that_fails_is_left_out_and_said(ask: Any, named: Any, records: Any, sample: Any) -> None:
    account = BY_NAME["data-lab"]
    sample.server.fault(service="ec2", operation="DescribeVolumes", kind="denied", account=account.id, times=None)
    result = ask("encryption", kind="volumes")
    rest = [v for v in records["ec2_volumes"] if not v["encrypted"] and NAMES[v["account"]] != "data-lab"]
    assert named(result, "unencrypted volumes", accounts=()).value == len(rest)
    assert any("data-lab" in said for said in result.incomplete)


def test_one_account_is_one_account(ask: Any) -> None:
    assert any("of 1 account in" in note for note in ask("config_compliance", accounts="payer").notes)
    assert any(" accounts in" in note for note in ask("config_compliance", accounts="env:prod").notes)
