"""Service Quotas: applied and default values. Usage is in CloudWatch's AWS/Usage where UsageMetric is set."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.records.quotas import QUOTAS, Quota, value_of
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page
from tools.estate.world import ACCOUNTS, REGIONS

_PAGING = Paging(
    default=100, largest=100, error="InvalidPaginationTokenException", size_error="IllegalArgumentException"
)


def _document(quota: Quota, request: EstateRequest, value: float) -> dict[str, Any]:
    document: dict[str, Any] = {
        "ServiceCode": quota.service,
        "ServiceName": quota.service_name,
        "QuotaArn": f"arn:aws:servicequotas:{request.region}:{request.account}:{quota.service}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": float(value),
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": quota.is_global,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
    if quota.usage:
        document["UsageMetric"] = {
            "MetricNamespace": "AWS/Usage",
            "MetricName": "ResourceCount",
            "MetricDimensions": dict(quota.usage),
            "MetricStatisticRecommendation": "Maximum",
        }
    return document


def _of_service(request: EstateRequest) -> list[Quota]:
    code = request.params["ServiceCode"]
    found = [quota for quota in QUOTAS if quota.service == code]
    if not found:
        raise AwsError("NoSuchResourceException", f"The request failed because service {code!r} does not exist.")
    return found


def list_service_quotas(request: EstateRequest) -> dict[str, Any]:
    code = request.params.get("QuotaCode")
    found = [quota for quota in _of_service(request) if code in (None, quota.code)]
    documents = [_document(quota, request, value_of(quota, request.account, request.region)) for quota in found]
    shown, token = page(request, documents, _PAGING)
    return {"Quotas": shown, **token}


def list_aws_default_service_quotas(request: EstateRequest) -> dict[str, Any]:
    documents = [_document(quota, request, quota.value) for quota in _of_service(request)]
    shown, token = page(request, documents, _PAGING)
    return {"Quotas": shown, **token}


def get_service_quota(request: EstateRequest) -> dict[str, Any]:
    for quota in _of_service(request):
        if quota.code == request.params["QuotaCode"]:
            return {"Quota": _document(quota, request, value_of(quota, request.account, request.region))}
    raise AwsError("NoSuchResourceException", f"Quota {request.params['QuotaCode']!r} does not exist.")


def list_services(request: EstateRequest) -> dict[str, Any]:
    names = {quota.service: quota.service_name for quota in QUOTAS}
    services = [{"ServiceCode": code, "ServiceName": name} for code, name in sorted(names.items())]
    shown, token = page(request, services, _PAGING)
    return {"Services": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "ListServiceQuotas": list_service_quotas,
    "ListAWSDefaultServiceQuotas": list_aws_default_service_quotas,
    "GetServiceQuota": get_service_quota,
    "ListServices": list_services,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Applied quotas by account and region."""
    return {
        "service_quotas": [
            {
                "account": account.id,
                "region": region,
                "service": quota.service,
                "code": quota.code,
                "name": quota.name,
                "value": value_of(quota, account.id, region),
            }
            for account in ACCOUNTS
            for region in REGIONS
            for quota in QUOTAS
        ]
    }
