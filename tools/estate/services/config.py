"""AWS Config: rules and the compliance of every resource."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import digest
from tools.estate.records.compliance import RULES, Evaluation, Rule, evaluations
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page
from tools.estate.world import REGIONS

_FIXED = Paging(size="\0", default=25, largest=25, error="InvalidNextTokenException")
_DETAILS = Paging(
    size="Limit", default=10, largest=100, error="InvalidNextTokenException", size_error="InvalidLimitException"
)
_CAP = 25
_RULES = {rule.name: rule for rule in RULES}


def _mine(request: EstateRequest) -> list[Evaluation]:
    where = (request.account, request.region)
    return [item for item in evaluations() if (item.account, item.region) == where]


def _rules(request: EstateRequest) -> list[Rule]:
    if request.region not in REGIONS:
        return []
    names = request.params.get("ConfigRuleNames") or list(_RULES)
    for name in names:
        if name not in _RULES:
            raise AwsError("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
    return [_RULES[name] for name in names]


def _count(number: int) -> dict[str, Any]:
    return {"CappedCount": min(number, _CAP), "CapExceeded": number > _CAP}


def describe_config_rules(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, _rules(request), _FIXED)
    rules = []
    for rule in shown:
        number = digest("rule", request.account, request.region, rule.name)[:6]
        rules.append(
            {
                "ConfigRuleName": rule.name,
                "ConfigRuleArn": f"arn:aws:config:{request.region}:{request.account}:config-rule/config-rule-{number}",
                "ConfigRuleId": f"config-rule-{number}",
                "Scope": {"ComplianceResourceTypes": [rule.resource_type]},
                "Source": {"Owner": "AWS", "SourceIdentifier": rule.identifier},
                "ConfigRuleState": "ACTIVE",
                "EvaluationModes": [{"Mode": "DETECTIVE"}],
            }
        )
    return {"ConfigRules": rules, **token}


def _compliance(items: list[Evaluation]) -> dict[str, Any]:
    if not items:
        return {"ComplianceType": "INSUFFICIENT_DATA"}
    failing = sum(not item.compliant for item in items)
    if not failing:
        return {"ComplianceType": "COMPLIANT"}
    return {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": _count(failing)}


def describe_compliance_by_config_rule(request: EstateRequest) -> dict[str, Any]:
    mine = _mine(request)
    rows: list[dict[str, Any]] = [
        {"ConfigRuleName": rule.name, "Compliance": _compliance([item for item in mine if item.rule == rule.name])}
        for rule in _rules(request)
    ]
    wanted = request.params.get("ComplianceTypes")
    if wanted:
        rows = [row for row in rows if row["Compliance"]["ComplianceType"] in wanted]
    shown, token = page(request, rows, _FIXED)
    return {"ComplianceByConfigRules": shown, **token}


def _type(item: Evaluation) -> str:
    return "COMPLIANT" if item.compliant else "NON_COMPLIANT"


def get_compliance_details_by_config_rule(request: EstateRequest) -> dict[str, Any]:
    name = request.params["ConfigRuleName"]
    if name not in _RULES:
        raise AwsError("NoSuchConfigRuleException", f"The ConfigRule '{name}' provided in the request is invalid.")
    wanted = request.params.get("ComplianceTypes") or ["COMPLIANT", "NON_COMPLIANT"]
    found = [item for item in _mine(request) if item.rule == name and _type(item) in wanted]
    shown, token = page(request, found, _DETAILS)
    results = [
        {
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": {
                    "ConfigRuleName": name,
                    "ResourceType": item.resource_type,
                    "ResourceId": item.resource,
                    "EvaluationMode": "DETECTIVE",
                },
                "OrderingTimestamp": item.since,
            },
            "ComplianceType": _type(item),
            "ResultRecordedTime": item.since,
            "ConfigRuleInvokedTime": item.since,
        }
        for item in shown
    ]
    return {"EvaluationResults": results, **token}


def get_compliance_summary_by_config_rule(request: EstateRequest) -> dict[str, Any]:
    """Counts rules (not resources), as AWS does in spite of the members' names."""
    mine = _mine(request)
    kinds = [_compliance([item for item in mine if item.rule == rule.name])["ComplianceType"] for rule in RULES]
    return {
        "ComplianceSummary": {
            "CompliantResourceCount": _count(kinds.count("COMPLIANT")),
            "NonCompliantResourceCount": _count(kinds.count("NON_COMPLIANT")),
            "ComplianceSummaryTimestamp": request.now,
        }
    }


def describe_compliance_by_resource(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    if params.get("ResourceId") and not params.get("ResourceType"):
        raise AwsError("InvalidParameterValueException", "ResourceId needs a ResourceType.")
    groups: dict[tuple[str, str], list[Evaluation]] = {}
    for item in _mine(request):
        if params.get("ResourceType") in (None, item.resource_type) and params.get("ResourceId") in (
            None,
            item.resource,
        ):
            groups.setdefault((item.resource_type, item.resource), []).append(item)
    rows: list[dict[str, Any]] = [
        {"ResourceType": kind, "ResourceId": name, "Compliance": _compliance(items)}
        for (kind, name), items in groups.items()
    ]
    wanted = params.get("ComplianceTypes")
    if wanted:
        rows = [row for row in rows if row["Compliance"]["ComplianceType"] in wanted]
    shown, token = page(request, rows, _DETAILS)
    return {"ComplianceByResources": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "DescribeConfigRules": describe_config_rules,
    "DescribeComplianceByConfigRule": describe_compliance_by_config_rule,
    "GetComplianceDetailsByConfigRule": get_compliance_details_by_config_rule,
    "GetComplianceSummaryByConfigRule": get_compliance_summary_by_config_rule,
    "DescribeComplianceByResource": describe_compliance_by_resource,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every evaluation of every rule."""
    return {
        "config_evaluations": [
            {
                "account": item.account,
                "region": item.region,
                "rule": item.rule,
                "resource_type": item.resource_type,
                "resource": item.resource,
                "compliance": _type(item),
                "since": item.since.isoformat(),
            }
            for item in evaluations()
        ]
    }
