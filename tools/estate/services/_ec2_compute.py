"""EC2 operations over instances, volumes, snapshots and images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError, not_in_sample
from tools.estate.inventory import ago
from tools.estate.inventory.compute import Instance, Snapshot, Volume, image_of
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._ec2_filters import Extractor, apply, by_ids
from tools.estate.services._paging import Paging, page

PAGING = Paging(default=1000, largest=1000, error="InvalidParameterValue")
_STATES = {"running": 16, "stopped": 80}
_GROUPS = {group.id: group for group in inventory.SECURITY_GROUPS}

_INSTANCE: dict[str, Extractor] = {
    "instance-state-name": lambda item: [item.state],
    "instance-state-code": lambda item: [str(_STATES[item.state])],
    "instance-type": lambda item: [item.type],
    "instance-id": lambda item: [item.id],
    "availability-zone": lambda item: [item.zone],
    "vpc-id": lambda item: [item.vpc],
    "subnet-id": lambda item: [item.subnet],
    "image-id": lambda item: [item.image],
    "private-ip-address": lambda item: [item.private_ip],
    "ip-address": lambda item: [item.public_ip] if item.public_ip else [],
    "platform": lambda item: ["windows"] if item.platform == "windows" else [],
    "instance.group-id": lambda item: item.groups,
    "instance.group-name": lambda item: [_GROUPS[one].name for one in item.groups],
    "owner-id": lambda item: [item.account],
    "architecture": lambda item: ["x86_64"],
    "instance-lifecycle": lambda item: [],
    "tenancy": lambda item: ["default"],
}
_VOLUMES = {volume.instance: volume for volume in inventory.VOLUMES if volume.instance}


def _instance(item: Instance) -> dict[str, Any]:
    document: dict[str, Any] = {
        "InstanceId": item.id,
        "InstanceType": item.type,
        "ImageId": item.image,
        "State": {"Name": item.state, "Code": _STATES[item.state]},
        "LaunchTime": item.launched,
        "Placement": {"AvailabilityZone": item.zone, "Tenancy": "default"},
        "VpcId": item.vpc,
        "SubnetId": item.subnet,
        "PrivateIpAddress": item.private_ip,
        "SecurityGroups": [{"GroupId": one, "GroupName": _GROUPS[one].name} for one in item.groups],
        "Architecture": "x86_64",
        "PlatformDetails": "Windows" if item.platform == "windows" else "Linux/UNIX",
        "Monitoring": {"State": "disabled"},
        "MetadataOptions": {"HttpTokens": "optional" if item.role in ("kiosk", "export") else "required"},
        "EbsOptimized": True,
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"VolumeId": _VOLUMES[item.id].id, "Status": "attached", "DeleteOnTermination": True},
            }
        ],
        "IamInstanceProfile": {"Arn": f"arn:aws:iam::{item.account}:instance-profile/app-instance"},
        "Tags": item.tags.as_list(),
    }
    if item.platform == "windows":
        document["Platform"] = "windows"
    if item.public_ip and item.state == "running":
        document["PublicIpAddress"] = item.public_ip
    return document


def _mine(request: EstateRequest, items: Sequence[Any]) -> list[Any]:
    return inventory.in_account(items, request.account, request.region)


def _no_page_with_ids(request: EstateRequest, ids: str) -> None:
    if request.params.get(ids) and request.params.get("MaxResults"):
        text = f"The parameter {ids} cannot be used with the parameter MaxResults"
        raise AwsError("InvalidParameterCombination", text)


def describe_instances(request: EstateRequest) -> dict[str, Any]:
    _no_page_with_ids(request, "InstanceIds")
    found = by_ids(
        _mine(request, inventory.INSTANCES),
        request.params.get("InstanceIds"),
        "InvalidInstanceID.NotFound",
        lambda item: item.id,
    )
    found = apply(found, request.params.get("Filters"), _INSTANCE, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    reservations = [
        {
            "ReservationId": "r-" + item.id.removeprefix("i-"),
            "OwnerId": item.account,
            "Groups": [],
            "Instances": [_instance(item)],
        }
        for item in shown
    ]
    return {"Reservations": reservations, **token}


def describe_instance_status(request: EstateRequest) -> dict[str, Any]:
    ids = request.params.get("InstanceIds")
    found = by_ids(_mine(request, inventory.INSTANCES), ids, "InvalidInstanceID.NotFound", lambda item: item.id)
    if not request.params.get("IncludeAllInstances"):
        found = [item for item in found if item.state == "running"]
    found = apply(found, request.params.get("Filters"), _INSTANCE, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    ok = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    unknown = {"Status": "not-applicable"}
    statuses = [
        {
            "InstanceId": item.id,
            "AvailabilityZone": item.zone,
            "InstanceState": {"Name": item.state, "Code": _STATES[item.state]},
            "InstanceStatus": ok if item.state == "running" else unknown,
            "SystemStatus": ok if item.state == "running" else unknown,
        }
        for item in shown
    ]
    return {"InstanceStatuses": statuses, **token}


_VOLUME: dict[str, Extractor] = {
    "status": lambda item: ["in-use" if item.instance else "available"],
    "volume-id": lambda item: [item.id],
    "volume-type": lambda item: [item.type],
    "size": lambda item: [str(item.size)],
    "encrypted": lambda item: [str(item.encrypted).lower()],
    "availability-zone": lambda item: [item.zone],
    "attachment.instance-id": lambda item: [item.instance] if item.instance else [],
    "attachment.status": lambda item: ["attached"] if item.instance else [],
}


def _volume(item: Volume) -> dict[str, Any]:
    attachment = {"InstanceId": item.instance, "VolumeId": item.id, "Device": "/dev/xvda", "State": "attached"}
    return {
        "VolumeId": item.id,
        "Size": item.size,
        "VolumeType": item.type,
        "Encrypted": item.encrypted,
        "AvailabilityZone": item.zone,
        "CreateTime": item.created,
        "State": "in-use" if item.instance else "available",
        "Attachments": [{**attachment, "AttachTime": item.created}] if item.instance else [],
        "Tags": item.tags.as_list(),
    }


def describe_volumes(request: EstateRequest) -> dict[str, Any]:
    _no_page_with_ids(request, "VolumeIds")
    ids = request.params.get("VolumeIds")
    found = by_ids(_mine(request, inventory.VOLUMES), ids, "InvalidVolume.NotFound", lambda item: item.id)
    found = apply(found, request.params.get("Filters"), _VOLUME, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    return {"Volumes": [_volume(item) for item in shown], **token}


def _only_own(request: EstateRequest, member: str, ids: list[str] | None) -> None:
    """Refuse a request that AWS would answer with what others made, too: the sample holds none of that."""
    owners = set(request.params.get(member) or ())
    if owners - {"self", request.account} or not (owners or ids):
        raise not_in_sample("ec2", request.operation, f"It holds the account's own: ask with {member} self.")


_SNAPSHOT: dict[str, Extractor] = {
    "snapshot-id": lambda item: [item.id],
    "volume-id": lambda item: [item.volume],
    "volume-size": lambda item: [str(item.size)],
    "encrypted": lambda item: [str(item.encrypted).lower()],
    "owner-id": lambda item: [item.account],
    "status": lambda item: ["completed"],
    "description": lambda item: [item.description],
}


def _snapshot(item: Snapshot) -> dict[str, Any]:
    return {
        "SnapshotId": item.id,
        "VolumeId": item.volume,
        "VolumeSize": item.size,
        "Encrypted": item.encrypted,
        "StartTime": item.started,
        "State": "completed",
        "Progress": "100%",
        "OwnerId": item.account,
        "Description": item.description,
        "StorageTier": "standard",
        "Tags": item.tags.as_list(),
    }


def describe_snapshots(request: EstateRequest) -> dict[str, Any]:
    """The account's own snapshots. AWS would add everybody's public ones unless the owner is named."""
    ids = request.params.get("SnapshotIds")
    _only_own(request, "OwnerIds", ids)
    found = _mine(request, inventory.SNAPSHOTS)
    found = by_ids(found, ids, "InvalidSnapshot.NotFound", lambda item: item.id)
    found = apply(found, request.params.get("Filters"), _SNAPSHOT, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    return {"Snapshots": [_snapshot(item) for item in shown], **token}


def describe_images(request: EstateRequest) -> dict[str, Any]:
    """The company's own images: one for each platform that runs in the account and region."""
    wanted = request.params.get("ImageIds")
    _only_own(request, "Owners", wanted)
    platforms = sorted({item.platform for item in _mine(request, inventory.INSTANCES)})
    images = [
        {
            "ImageId": image_of(request.account, platform),
            "Name": f"lantern-base-{platform}-2026-08",
            "OwnerId": request.account,
            "State": "available",
            "Public": False,
            "Architecture": "x86_64",
            "CreationDate": ago(days=62).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        for platform in platforms
    ]
    shown = by_ids(images, wanted, "InvalidAMIID.NotFound", lambda item: str(item["ImageId"]))
    if request.params.get("Filters"):
        text = "Use ImageIds or Owners; the sample estate does not filter images."
        raise AwsError("InvalidParameterValue", text)
    return {"Images": shown}


OPERATIONS: dict[str, Handler] = {
    "DescribeInstances": describe_instances,
    "DescribeInstanceStatus": describe_instance_status,
    "DescribeVolumes": describe_volumes,
    "DescribeSnapshots": describe_snapshots,
    "DescribeImages": describe_images,
}
