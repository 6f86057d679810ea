"""Lambda: functions and their configuration."""  # noqa: N999 - botocore calls the service lambda

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import Function, digest
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging("Marker", "MaxItems", 50, 50, "InvalidParameterValueException", token_out="NextMarker")  # noqa: S106


def _document(item: Function) -> dict[str, Any]:
    return {
        "FunctionName": item.name,
        "FunctionArn": item.arn,
        "Runtime": item.runtime,
        "Role": f"arn:aws:iam::{item.account}:role/app-function",
        "Handler": "main.handler",
        "CodeSize": item.size,
        "Timeout": item.timeout,
        "MemorySize": item.memory,
        "LastModified": item.modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "CodeSha256": digest("code", item.arn)[:43] + "=",
        "Version": "$LATEST",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "TracingConfig": {"Mode": "PassThrough"},
    }


def _mine(request: EstateRequest) -> list[Function]:
    return inventory.in_account(inventory.FUNCTIONS, request.account, request.region)


def _one(request: EstateRequest, member: str = "FunctionName") -> Function:
    name = request.params[member]
    for item in _mine(request):
        if name in (item.name, item.arn):
            return item
    arn = f"arn:aws:lambda:{request.region}:{request.account}:function:{name}"
    raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404)


def list_functions(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, [_document(item) for item in _mine(request)], _PAGING)
    return {"Functions": shown, **token}


def get_function(request: EstateRequest) -> dict[str, Any]:
    item = _one(request)
    return {"Configuration": _document(item), "Tags": item.tags.as_dict()}


def get_function_configuration(request: EstateRequest) -> dict[str, Any]:
    return _document(_one(request))


def list_tags(request: EstateRequest) -> dict[str, Any]:
    return {"Tags": _one(request, "Resource").tags.as_dict()}


OPERATIONS: dict[str, Handler] = {
    "ListFunctions": list_functions,
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_function_configuration,
    "ListTags": list_tags,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Functions with runtime and size."""
    return {
        "lambda_functions": [
            {
                "account": item.account,
                "region": item.region,
                "name": item.name,
                "runtime": item.runtime,
                "memory": item.memory,
                "modified": item.modified.isoformat(),
            }
            for item in inventory.FUNCTIONS
        ]
    }
