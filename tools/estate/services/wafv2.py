"""AWS WAF: the web ACLs in front of Regent's gateway and its channels, with their logging."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.deployed import Resource, deployed
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._deployed import mine
from tools.estate.services._paging import Paging, page

_ACL, _LOGGING = "WAFv2::WebACL", "WAFv2::LoggingConfiguration"
_PAGING = Paging("NextMarker", "Limit", 100, 100, "WAFInvalidParameterException")


def _regional(request: EstateRequest) -> list[Resource]:
    """Nothing of the company's stands behind CloudFront's scope, which is asked in us-east-1 only."""
    if request.params["Scope"] != "CLOUDFRONT":
        return mine(request, _ACL)
    if request.region != "us-east-1":
        raise AwsError("WAFInvalidParameterException", "The scope CLOUDFRONT is asked in us-east-1.")
    return []


def _summary(acl: Resource) -> dict[str, Any]:
    return {
        "Name": acl.properties["Name"],
        "Id": acl.attributes["Id"],
        "Description": acl.properties["Description"],
        "LockToken": acl.attributes["Id"][::-1],
        "ARN": acl.arn,
    }


def list_web_acls(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, _regional(request), _PAGING)
    return {"WebACLs": [_summary(one) for one in shown], **token}


def get_web_acl(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    for one in mine(request, _ACL):
        by_name = (params.get("Name"), params.get("Id")) == (one.properties["Name"], one.attributes["Id"])
        if params.get("ARN") == one.arn or (by_name and params.get("Scope") == "REGIONAL"):
            members = ("DefaultAction", "Rules", "VisibilityConfig")
            said = {name: one.properties[name] for name in members}
            summary = _summary(one)
            token = summary.pop("LockToken")
            return {"WebACL": {**summary, **said, "Capacity": 200 + len(said["Rules"])}, "LockToken": token}
    raise AwsError("WAFNonexistentItemException", "AWS WAF couldn't perform the operation: no such web ACL.")


def get_logging_configuration(request: EstateRequest) -> dict[str, Any]:
    for one in mine(request, _LOGGING):
        said = one.properties
        if said["ResourceArn"] == request.params["ResourceArn"]:
            return {"LoggingConfiguration": {**said, "ManagedByFirewallManager": False, "LogType": "WAF_LOGS"}}
    raise AwsError("WAFNonexistentItemException", "AWS WAF couldn't perform the operation: no logging is configured.")


OPERATIONS: dict[str, Handler] = {
    "ListWebACLs": list_web_acls,
    "GetWebACL": get_web_acl,
    "GetLoggingConfiguration": get_logging_configuration,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Web ACLs with the rules that act."""
    return {
        "web_acls": [
            {
                "account": one.account,
                "region": one.region,
                "name": one.properties["Name"],
                "rules": [rule["Name"] for rule in one.properties["Rules"]],
            }
            for one in deployed(_ACL)
        ]
    }
