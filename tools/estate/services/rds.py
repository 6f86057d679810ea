"""RDS: instances, automated snapshots and reserved instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError, not_in_sample
from tools.estate.inventory.databases import Database, ReservedDatabase
from tools.estate.records.clock import nights
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging("Marker", "MaxRecords", 100, 100, "InvalidParameterValue")
_PORTS = {"postgres": 5432, "mysql": 3306}


def _document(item: Database) -> dict[str, Any]:
    document: dict[str, Any] = {
        "DBInstanceIdentifier": item.name,
        "DBInstanceArn": item.arn,
        "DbiResourceId": item.resource,
        "DBInstanceClass": item.type,
        "Engine": item.engine,
        "EngineVersion": item.version,
        "DBInstanceStatus": "available",
        "AllocatedStorage": item.storage,
        "StorageType": "gp3",
        "StorageEncrypted": item.encrypted,
        "MultiAZ": item.multi_az,
        "PubliclyAccessible": item.public,
        "DeletionProtection": item.deletion_protection,
        "BackupRetentionPeriod": item.backup_days,
        "InstanceCreateTime": item.created,
        "AvailabilityZone": f"{item.region}a",
        "AutoMinorVersionUpgrade": True,
        "Endpoint": {
            "Address": f"{item.name}.c1x2y3z4.{item.region}.rds.amazonaws.com",
            "Port": _PORTS[item.engine],
        },
        "TagList": item.tags.as_list(),
    }
    if item.key:
        document["KmsKeyId"] = item.key
    return document


def _paged(request: EstateRequest, key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(request, items, _PAGING)
    return {key: shown, **token}


def _refuse_filters(request: EstateRequest, known: Sequence[str]) -> dict[str, list[str]]:
    filters = {one["Name"]: one["Values"] for one in request.params.get("Filters") or []}
    for name in filters:
        if name not in known:
            raise AwsError("InvalidParameterValue", f"Unrecognized filter name: {name}")
    return filters


def describe_db_instances(request: EstateRequest) -> dict[str, Any]:
    mine = inventory.in_account(inventory.DATABASES, request.account, request.region)
    name = request.params.get("DBInstanceIdentifier")
    if name:
        mine = [item for item in mine if name in (item.name, item.arn)]
        if not mine:
            raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    filters = _refuse_filters(request, ("engine", "db-instance-id", "dbi-resource-id"))
    keys: dict[str, Callable[[Database], tuple[str, ...]]] = {
        "engine": lambda item: (item.engine,),
        "db-instance-id": lambda item: (item.name, item.arn),
        "dbi-resource-id": lambda item: (item.resource,),
    }
    found = [item for item in mine if all(set(keys[key](item)) & set(want) for key, want in filters.items())]
    return _paged(request, "DBInstances", [_document(item) for item in found])


def _reserved(item: ReservedDatabase) -> dict[str, Any]:
    return {
        "ReservedDBInstanceId": item.id,
        "ReservedDBInstancesOfferingId": item.offering,
        "DBInstanceClass": item.type,
        "DBInstanceCount": item.count,
        "StartTime": item.start,
        "Duration": item.duration,
        "FixedPrice": 0.0,
        "UsagePrice": 0.0,
        "CurrencyCode": "USD",
        "ProductDescription": item.engine,
        "OfferingType": "No Upfront",
        "MultiAZ": item.multi_az,
        "State": item.state,
        "RecurringCharges": [{"RecurringChargeAmount": item.hourly, "RecurringChargeFrequency": "Hourly"}],
        "ReservedDBInstanceArn": f"arn:aws:rds:{item.region}:{item.account}:ri:{item.id}",
        "LeaseId": item.lease,
    }


def describe_reserved_db_instances(request: EstateRequest) -> dict[str, Any]:
    mine = inventory.in_account(inventory.RESERVED_DATABASES, request.account, request.region)
    _refuse_filters(request, ())
    wanted = {"ReservedDBInstanceId": "id", "DBInstanceClass": "type", "LeaseId": "lease"}
    for member, attribute in wanted.items():
        if member in request.params:
            mine = [item for item in mine if getattr(item, attribute) == request.params[member]]
    return _paged(request, "ReservedDBInstances", [_reserved(item) for item in mine])


def describe_db_snapshots(request: EstateRequest) -> dict[str, Any]:
    """Automated snapshots of the last nights, as many as the retention keeps (at most seven listed)."""
    name, kind = request.params.get("DBInstanceIdentifier"), request.params.get("SnapshotType")
    _refuse_filters(request, ())
    others = ("IncludePublic", "IncludeShared")
    if kind in ("public", "shared") or any(request.params.get(one) for one in others):
        raise not_in_sample("rds", request.operation, "It holds the account's own: leave out public and shared ones.")
    snapshots = [
        {
            "DBSnapshotIdentifier": f"rds:{item.name}-{night:%Y-%m-%d-%H-%M}",
            "DBInstanceIdentifier": item.name,
            "SnapshotCreateTime": night,
            "Engine": item.engine,
            "AllocatedStorage": item.storage,
            "Status": "available",
            "SnapshotType": "automated",
            "Encrypted": item.encrypted,
            "DBSnapshotArn": f"arn:aws:rds:{item.region}:{item.account}:snapshot:rds:{item.name}-{night:%Y-%m-%d}",
        }
        for item in inventory.in_account(inventory.DATABASES, request.account, request.region)
        if name in (None, item.name) and kind in (None, "automated")
        for night in nights(min(item.backup_days, 7))
    ]
    return _paged(request, "DBSnapshots", snapshots)


def list_tags_for_resource(request: EstateRequest) -> dict[str, Any]:
    arn = request.params["ResourceName"]
    for item in inventory.in_account(inventory.DATABASES, request.account, request.region):
        if item.arn == arn:
            return {"TagList": item.tags.as_list()}
    raise AwsError("DBInstanceNotFound", f"{arn} not found.", 404)


OPERATIONS: dict[str, Handler] = {
    "DescribeDBInstances": describe_db_instances,
    "DescribeReservedDBInstances": describe_reserved_db_instances,
    "DescribeDBSnapshots": describe_db_snapshots,
    "ListTagsForResource": list_tags_for_resource,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Databases and reserved instances."""
    return {
        "rds_instances": [
            {
                "account": item.account,
                "region": item.region,
                "name": item.name,
                "engine": item.engine,
                "type": item.type,
                "storage": item.storage,
                "multi_az": item.multi_az,
                "encrypted": item.encrypted,
                "public": item.public,
                "deletion_protection": item.deletion_protection,
            }
            for item in inventory.DATABASES
        ],
        "rds_reserved_instances": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "type": item.type,
                "count": item.count,
                "state": item.state,
                "end": item.end.isoformat(),
            }
            for item in inventory.RESERVED_DATABASES
        ],
    }
