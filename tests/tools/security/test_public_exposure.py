"""Public exposure: what is really open, not what looks open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.tools.security.conftest import NAMES, values
from tools.estate.world import BY_NAME


def test_only_the_bucket_that_everyone_can_read_is_public(ask: Any, named: Any, records: Any) -> None:
    truth = {bucket["name"]: NAMES[bucket["account"]] for bucket in records["s3_buckets"] if bucket["public"]}
    assert truth == {"lantern-utrecht-marketing-exports": "venue-utrecht"}
    result = ask("public_exposure", kind="buckets")
    assert named(result, "public buckets").value == 1
    assert values(result, 1) == list(truth)
    assert values(result, 2) == list(truth.values())
    assert named(result, "buckets in all").value == len(records["s3_buckets"])


def test_a_public_bucket_says_since_when(ask: Any, records: Any) -> None:
    result = ask("public_exposure", kind="buckets")
    since = next(fact for fact in result.facts if fact.unit == "time")
    reported = [
        one["created"]
        for one in records["accessanalyzer_findings"]
        if one["public"] and one["analyzer_type"] == "ORGANIZATION" and one["status"] == "ACTIVE"
    ]
    assert datetime.fromisoformat(since.value) == datetime.fromisoformat(reported[0])


def test_buckets_behind_a_block_cost_no_call_each(ask: Any) -> None:
    ask("public_exposure", kind="buckets", accounts="payer,security,venue-amsterdam")
    assert "s3:GetBucketPolicyStatus" not in ask.last.asked


def test_groups_open_on_web_ports_are_told_apart(ask: Any, named: Any, records: Any) -> None:
    open_groups = [group for group in records["ec2_security_groups"] if group["open_to_world"]]
    web = [g for g in open_groups if all(tuple(rule[1:3]) == (443, 443) for rule in g["open_to_world"])]
    result = ask("public_exposure", kind="security_groups")
    assert named(result, "security groups open to the internet beyond web ports").value == len(open_groups) - len(web)
    assert named(result, "security groups open to the internet on web ports only").value == len(web) == 1
    shown = " ".join(values(result, 1))
    assert all((group["id"] in shown) == (group not in web) for group in open_groups)
    assert set(values(result, 3)) == {"all traffic", "tcp 22", "tcp 3389", "tcp 5432"}


def test_databases_with_a_public_address(ask: Any, named: Any, records: Any) -> None:
    truth = [one["name"] for one in records["rds_instances"] if one["public"]]
    result = ask("public_exposure", kind="databases")
    assert values(result, 1) == truth == ["stg-player-db"]
    assert named(result, "databases with a public address").value == 1


def test_resources_shared_outside_the_organisation(ask: Any, named: Any, records: Any) -> None:
    truth = [
        one
        for one in records["accessanalyzer_findings"]
        if one["analyzer_type"] == "ORGANIZATION" and one["status"] == "ACTIVE" and one["type"] == "ExternalAccess"
    ]
    result = ask("public_exposure", kind="shared")
    public = {one["resource"] for one in truth if one["public"]}
    others = {one["resource"] for one in truth if not one["public"]}
    assert named(result, "resources that Access Analyzer reports as public").value == len(public)
    assert named(result, "resources shared with outside accounts").value == len(others)
    assert any("not enabled in eu-central-1" in note for note in result.notes)


def test_an_account_that_cannot_be_looked_at_is_said(ask: Any, named: Any, records: Any, sample: Any) -> None:
    account = BY_NAME["venue-utrecht"]
    sample.server.fault(service="s3control", kind="denied", account=account.id, times=None)
    result = ask("public_exposure", kind="buckets")
    assert any("venue-utrecht" in said for said in result.incomplete)
    mine = sum(bucket["account"] == account.id for bucket in records["s3_buckets"])
    assert named(result, "buckets in all").value == len(records["s3_buckets"]) - mine


def test_one_kind_that_fails_leaves_the_others_standing(ask: Any, named: Any, sample: Any) -> None:
    sample.server.fault(service="ec2", kind="denied", times=None)
    result = ask("public_exposure")
    assert named(result, "public buckets").value == 1
    assert any(said.startswith("security groups could not be looked at") for said in result.incomplete)
    assert not any(fact.unit == "security groups" for fact in result.facts)


def test_nothing_public_is_a_zero_with_receipts(ask: Any, named: Any) -> None:
    fact = named(ask("public_exposure", kind="buckets", accounts="payer"), "public buckets")
    assert fact.value == 0
    assert fact.receipts
