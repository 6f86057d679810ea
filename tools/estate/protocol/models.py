"""Which service and which operation a request means, by botocore's service models (loaded on first use)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tools.estate.protocol.signing import REST_SERVICES
from tools.estate.protocol.wire import Scope, WireRequest

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

CBOR_PROTOCOL = "smithy-rpc-v2-cbor"

# Where the signing name is not botocore's name for the service.
_BY_SIGNING_NAME = {
    "access-analyzer": "accessanalyzer",
    "bedrock-agentcore": "bedrock-agentcore-control",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "s3-object-lambda": "s3",
    "s3express": "s3",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}


def service_of(scope: Scope, request: WireRequest) -> str:
    """botocore's name of the service that a request is for; the signing name where botocore uses the same."""
    name = scope.signing_name
    if name == "s3" and (request.path.startswith("/v20180820/") or "x-amz-account-id" in request.headers):
        return "s3control"
    if name == "elasticloadbalancing" and request.form.get("Version") == "2012-06-01":
        return "elb"
    return _BY_SIGNING_NAME.get(name, name)


@cache
def service_model(service: str) -> ServiceModel | None:
    """botocore's model of a service, or ``None`` if botocore does not know it."""
    from botocore.exceptions import UnknownServiceError
    from botocore.model import ServiceModel

    from tools.sessions import shared_loader

    try:
        return ServiceModel(shared_loader(None).load_service_model(service, "service-2"), service)
    except UnknownServiceError:
        return None


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: str
    start: str
    """The path up to its first label: what does not begin like that needs no pattern, and most patterns are not."""
    query: dict[str, list[str]]
    weight: tuple[int, int]
    operation: str


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    """The REST routes of a service, the most specific first."""
    model = service_model(service)
    if model is None:
        return ()
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, query = _address(http)
        if service == "s3" and path.startswith("/{Bucket}"):
            # boto3's path style leaves a slash behind the bucket in some versions and none in others.
            path = path.rstrip("/")
        required = parse_qs(query, keep_blank_values=True)
        start = path.partition("{")[0].rstrip("/")
        routes.append(_Route(http["method"], path, start, required, (len(required), _literals(path)), name))
    return tuple(sorted(routes, key=lambda route: route.weight, reverse=True))


def _address(http: Mapping[str, Any]) -> tuple[str, str]:
    """The path and the query of an operation, whatever the clients made of the model that they share with the server.

    botocore's client of S3 takes the bucket out of the path at an operation's first call, and keeps all of it beside.
    """
    path, _, query = http["requestUri"].partition("?")
    return http.get("authPath", path), query


def _literals(path: str) -> int:
    return len(re.sub(r"\{[^}]*\}", "", path))


@cache
def _path_pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/") or "")
    regex = ""
    for part in parts:
        if part.startswith("{"):
            greedy = part.endswith("+}")
            regex += f"(?P<{_group(part.strip('{}+'))}>{'.+' if greedy else '[^/]+'})"
        else:
            regex += re.escape(part)
    return re.compile(regex + "/?")


def _group(name: str) -> str:
    return "p_" + re.sub(r"\W", "_", name)


def operation_name(service: str, request: WireRequest) -> str | None:
    """The operation that a request names, in whichever protocol it speaks; ``None`` if it names none."""
    headers = request.headers
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return request.path.rstrip("/").rpartition("/")[2]
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    if request.is_form or "Action" in request.query_args:
        return request.form.get("Action")
    for route in _routes(service):
        if (
            route.method == request.method
            and request.path.startswith(route.start)
            and all(
                name in request.query_args and (values == [""] or request.query_args[name] == values)
                for name, values in route.query.items()
            )
            and _path_pattern(route.path).fullmatch(request.path)
        ):
            return route.operation
    return None


def named(scope: Scope, request: WireRequest) -> tuple[str, str]:
    """botocore's service and operation of a request.

    REST services are told apart by method and path where several sign with one name. For a request that none of them
    has, the operation is ``(unrecognised operation METHOD PATH)``.
    """
    service = service_of(scope, request)
    operation = operation_name(service, request)
    if operation == "ListBuckets" and scope.signing_name == "s3express":
        operation = "ListDirectoryBuckets"  # nothing but the signing name tells them apart
    if operation:
        return service, operation
    for other in REST_SERVICES.get(scope.signing_name, ()):
        operation = operation_name(other, request)
        if operation:
            return other, operation
    return service, f"(unrecognised operation {request.method} {request.path[:100]})"


def uri_values(operation: OperationModel, path: str) -> dict[str, str]:
    """The percent-encoded values of the path's labels, keyed by label."""
    template, _ = _address(operation.http)
    match = _path_pattern(template).fullmatch(path)
    if match is None:
        return {}
    labels = [part.strip("{}+") for part in re.findall(r"\{[^}]+\}", template)]
    return {label: match[_group(label)] for label in labels}


def protocol_of(model: ServiceModel, request: WireRequest) -> str:
    """The protocol that a request speaks; a service may speak several."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR_PROTOCOL
    protocols = model.metadata.get("protocols") or [model.metadata["protocol"]]
    if "x-amz-target" in request.headers and "json" in protocols:
        return "json"
    if request.is_form and "query" in protocols:
        return "query"
    return str(protocols[0])
