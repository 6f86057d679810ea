"""ECS: clusters and services with their deployments and events, the failed deployment of bet-settlement among them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import EcsService, ago, uuid
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page
from tools.estate.world import STORIES

_PAGING = Paging("nextToken", "maxResults", 10, 100, "InvalidParameterException")
_STORM = next(story for story in STORIES if story.key == "alarm-storm")


def _mine(request: EstateRequest) -> list[EcsService]:
    return inventory.in_account(inventory.ECS_SERVICES, request.account, request.region)


def _clusters(request: EstateRequest) -> dict[str, str]:
    return {item.cluster: item.cluster_arn for item in _mine(request)}


def _in_cluster(request: EstateRequest) -> list[EcsService]:
    name = request.params.get("cluster", "default")
    found = [item for item in _mine(request) if name in (item.cluster, item.cluster_arn)]
    if not found:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return found


def list_clusters(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, list(_clusters(request).values()), _PAGING)
    return {"clusterArns": shown, **token}


def describe_clusters(request: EstateRequest) -> dict[str, Any]:
    known = _clusters(request)
    clusters, failures = [], []
    for wanted in request.params.get("clusters") or ["default"]:
        name = next((name for name, arn in known.items() if wanted in (name, arn)), None)
        if name is None:
            failures.append({"arn": wanted, "reason": "MISSING"})
            continue
        services = [item for item in _mine(request) if item.cluster == name]
        clusters.append(
            {
                "clusterArn": known[name],
                "clusterName": name,
                "status": "ACTIVE",
                "runningTasksCount": sum(item.desired for item in services),
                "pendingTasksCount": 0,
                "activeServicesCount": len(services),
            }
        )
    return {"clusters": clusters, "failures": failures}


def list_services(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, [item.arn for item in _in_cluster(request)], _PAGING)
    return {"serviceArns": shown, **token}


def _is_story(item: EcsService) -> bool:
    return item.name == "bet-settlement" and item.account == inventory.account_id("online-prod")


def _event(item: EcsService, at: datetime, text: str) -> dict[str, Any]:
    message = f"(service {item.name}) {text}"
    return {"id": uuid("ecs-event", item.arn, at.isoformat()), "createdAt": at, "message": message}


def _deployment_id(item: EcsService, revision: int) -> str:
    return f"ecs-svc/{int(uuid('deployment', item.arn, revision)[:8], 16):019d}"


def _events(item: EcsService) -> list[dict[str, Any]]:
    """Newest first, as ECS lists them."""
    if not _is_story(item):
        done = item.deployed + timedelta(minutes=6)
        return [
            _event(item, done, "has reached a steady state."),
            _event(item, done - timedelta(minutes=1), "deployment completed."),
            _event(item, item.deployed, f"has started a deployment to {item.name}:{item.revision}."),
        ]
    start, end = _STORM.start, _STORM.end or _STORM.start
    return [
        _event(item, end + timedelta(minutes=5), "has reached a steady state."),
        _event(item, end, "has started a deployment to bet-settlement:147 (rollback)."),
        _event(item, start + timedelta(minutes=9), "has 3 tasks failing health checks in target group bet-settlement."),
        _event(item, start + timedelta(minutes=4), "has started 8 tasks of bet-settlement:148."),
        _event(item, start, "has started a deployment to bet-settlement:148."),
    ]


def _document(item: EcsService, tags: bool) -> dict[str, Any]:
    at = (_STORM.end or _STORM.start) if _is_story(item) else item.deployed
    primary = {
        "id": _deployment_id(item, item.revision),
        "status": "PRIMARY",
        "taskDefinition": item.task_definition(),
        "desiredCount": item.desired,
        "runningCount": item.desired,
        "pendingCount": 0,
        "failedTasks": 0,
        "createdAt": at,
        "updatedAt": at + timedelta(minutes=6),
        "launchType": "FARGATE",
        "rolloutState": "COMPLETED",
        "rolloutStateReason": "ECS deployment completed.",
    }
    document: dict[str, Any] = {
        "serviceArn": item.arn,
        "serviceName": item.name,
        "clusterArn": item.cluster_arn,
        "status": "ACTIVE",
        "desiredCount": item.desired,
        "runningCount": item.desired,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "taskDefinition": item.task_definition(),
        "deployments": [primary],
        "events": _events(item),
        "createdAt": item.created,
        "schedulingStrategy": "REPLICA",
    }
    return document | {"tags": item.tags.as_list("key", "value")} if tags else document


def describe_services(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["services"]
    if len(wanted) > 10:
        raise AwsError("InvalidParameterException", "services may hold at most 10 entries.")
    known = _in_cluster(request)
    tags = "TAGS" in (request.params.get("include") or [])
    found = [item for item in known if {item.name, item.arn} & set(wanted)]
    names = {item.name for item in found} | {item.arn for item in found}
    missing = [{"arn": name, "reason": "MISSING"} for name in wanted if name not in names]
    return {"services": [_document(item, tags) for item in found], "failures": missing}


def describe_task_definition(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["taskDefinition"].rpartition("/")[2]
    family, _, number = wanted.partition(":")
    for item in _mine(request):
        newest = item.revision + (1 if _is_story(item) else 0)
        revision = int(number) if number.isdigit() else newest
        if item.name == family and 1 <= revision <= newest:
            image = f"{inventory.account_id('shared-services')}.dkr.ecr.eu-west-1.amazonaws.com/{family}:r{revision}"
            container = {"name": family, "image": image, "cpu": 512, "memory": 1024, "essential": True}
            definition = {
                "taskDefinitionArn": item.task_definition(revision),
                "family": family,
                "revision": revision,
                "status": "ACTIVE",
                "cpu": "512",
                "memory": "1024",
                "containerDefinitions": [container],
                "registeredAt": _STORM.start - timedelta(minutes=1) if revision > item.revision else ago(days=20),
            }
            return {"taskDefinition": definition}
    raise AwsError("ClientException", "Unable to describe task definition.")


OPERATIONS: dict[str, Handler] = {
    "ListClusters": list_clusters,
    "DescribeClusters": describe_clusters,
    "ListServices": list_services,
    "DescribeServices": describe_services,
    "DescribeTaskDefinition": describe_task_definition,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Services with their events."""
    return {
        "ecs_services": [
            {
                "account": item.account,
                "region": item.region,
                "cluster": item.cluster,
                "name": item.name,
                "revision": item.revision,
                "events": [{"at": one["createdAt"].isoformat(), "message": one["message"]} for one in _events(item)],
            }
            for item in inventory.ECS_SERVICES
        ]
    }
