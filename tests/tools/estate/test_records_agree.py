"""The services agree with each other and with the exported ground truth, in every account."""

from __future__ import annotations

import csv
import importlib
import io
import json
import pkgutil
from collections import Counter
from typing import Any

from tests.tools.estate.conftest import Clients
from tools.estate import inventory, services
from tools.estate.world import ACCOUNTS, BY_NAME


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for module in pkgutil.iter_modules(services.__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"tools.estate.services.{module.name}")
            if hasattr(loaded, "ground_truth"):
                found |= loaded.ground_truth()
    return found


def test_ground_truth_is_json_and_says_what_the_api_says(client: Clients) -> None:
    truth = json.loads(json.dumps(ground_truth()))
    hub = client("securityhub", account="security").get_paginator("get_findings").paginate()
    assert len(truth["securityhub_findings"]) == sum(len(page["Findings"]) for page in hub)
    alarms = Counter(one["state"] for one in truth["cloudwatch_alarms"] if one["type"] == "MetricAlarm")
    live: Counter[str] = Counter()
    users = 0
    for account in ACCOUNTS:
        users += len(client("iam", account=account.name).list_users()["Users"])
        for region in ("eu-west-1", "eu-central-1"):
            pages = client("cloudwatch", account=account.name, region=region).get_paginator("describe_alarms")
            live.update(alarm["StateValue"] for page in pages.paginate() for alarm in page["MetricAlarms"])
    assert live == alarms
    assert alarms["ALARM"] == 5
    assert users == len(truth["iam_users"]) == 74


def test_the_credential_report_says_what_the_single_calls_say(client: Clients) -> None:
    iam = client("iam", account="online-prod")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    rows = list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))
    for row in rows[1:]:
        name = row["user"]
        assert (row["mfa_active"] == "true") == bool(iam.list_mfa_devices(UserName=name)["MFADevices"])
        keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
        active = [row[f"access_key_{number}_active"] == "true" for number in (1, 2)]
        assert active[: len(keys)] == [key["Status"] == "Active" for key in keys]
        assert not any(active[len(keys) :])
    weak = [row["user"] for row in rows[1:] if row["password_enabled"] == "true" and row["mfa_active"] == "false"]
    assert weak == ["g.willems"]


def test_config_and_security_hub_name_the_same_users_without_mfa(client: Clients) -> None:
    for name in ("online-prod", "shared-services", "payer"):
        details = client("config", account=name).get_compliance_details_by_config_rule(
            ConfigRuleName="mfa-enabled-for-iam-console-access", ComplianceTypes=["NON_COMPLIANT"], Limit=100
        )["EvaluationResults"]
        failing = {one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for one in details}
        hub = client("securityhub", account=name).get_findings(
            Filters={"ComplianceSecurityControlId": [{"Value": "IAM.5", "Comparison": "EQUALS"}]}
        )["Findings"]
        arns = {one["Resources"][0]["Id"] for one in hub}
        assert {user.arn for user in inventory.USERS if user.id in failing} == arns


def test_config_counts_patching_as_ssm_does(client: Clients) -> None:
    for name in ("venue-eindhoven", "online-prod", "backoffice-prod"):
        ssm = client("ssm", account=name).get_paginator("list_resource_compliance_summaries").paginate()
        rows = [row for page in ssm for row in page["ResourceComplianceSummaryItems"]]
        bad = {row["ResourceId"] for row in rows if row["Status"] == "NON_COMPLIANT"}
        pages = (
            client("config", account=name)
            .get_paginator("get_compliance_details_by_config_rule")
            .paginate(
                ConfigRuleName="ec2-managedinstance-patch-compliance-status-check", ComplianceTypes=["NON_COMPLIANT"]
            )
        )
        failing = {
            one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]
            for page in pages
            for one in page["EvaluationResults"]
        }
        assert failing == bad


def test_every_instance_id_in_any_service_exists_in_ec2(client: Clients) -> None:
    known = {item.id for item in inventory.INSTANCES}
    truth = ground_truth()
    named = {one["instance"] for one in truth["ssm_patch_states"]}
    named |= {one["resource"] for one in truth["inspector_findings"] if one["resource_type"] == "AWS_EC2_INSTANCE"}
    named |= {one["resource"] for one in truth["guardduty_findings"] if one["resource"].startswith("i-")}
    named |= {
        value for one in truth["cloudwatch_metrics"] for key, value in one["dimensions"].items() if key == "InstanceId"
    }
    assert named and named <= known


def test_savings_add_up_in_the_summary(client: Clients) -> None:
    hub = client("cost-optimization-hub", region="us-east-1")
    items = [item for page in hub.get_paginator("list_recommendations").paginate() for item in page["items"]]
    summary = hub.list_recommendation_summaries(groupBy="AccountId")
    assert round(sum(one["estimatedMonthlySavings"] for one in items), 2) == summary["estimatedTotalDedupedSavings"]
    lab = next(one for one in summary["items"] if one["group"] == BY_NAME["data-lab"].id)
    assert lab["estimatedMonthlySavings"] > 8_000
    member = client("cost-optimization-hub", account="data-lab", region="us-east-1").list_recommendations()["items"]
    assert {one["accountId"] for one in member} == {BY_NAME["data-lab"].id}


def test_tagging_finds_by_type_and_tag_and_leaves_out_the_untagged(client: Clients) -> None:
    tags = client("resourcegroupstaggingapi", account="data-lab")
    pages = tags.get_paginator("get_resources").paginate(ResourceTypeFilters=["ec2:instance"])
    arns = [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]
    assert len(arns) == 5
    assert not any(gpu in arn for gpu in inventory.GPU_INSTANCES for arn in arns)
    payments = client("resourcegroupstaggingapi", account="online-prod").get_resources(
        ResourceTypeFilters=["rds:db"], TagFilters=[{"Key": "team", "Values": ["payments"]}]
    )["ResourceTagMappingList"]
    assert {item["ResourceARN"].rpartition(":")[2] for item in payments} == {"bet-settlement-db", "wallet-db"}
