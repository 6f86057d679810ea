"""EC2, answered from the inventory: no default VPCs, stock images or stock snapshots."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _ec2_compute, _ec2_network

_NOT_DEFAULT = ("data-lab", "venue-rotterdam")


def get_ebs_encryption_by_default(request: EstateRequest) -> dict[str, Any]:
    without = {inventory.account_id(name) for name in _NOT_DEFAULT}
    return {"EbsEncryptionByDefault": request.account not in without}


def describe_reserved_instances(request: EstateRequest) -> dict[str, Any]:
    """None, truly: the company reserves only RDS databases."""
    return {"ReservedInstances": []}


OPERATIONS: dict[str, Handler] = {
    **_ec2_compute.OPERATIONS,
    **_ec2_network.OPERATIONS,
    "DescribeReservedInstances": describe_reserved_instances,
    "GetEbsEncryptionByDefault": get_ebs_encryption_by_default,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Instances, volumes, snapshots, security groups and addresses."""
    return {
        "ec2_instances": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "name": item.name,
                "type": item.type,
                "vcpus": item.vcpus,
                "state": item.state,
                "launched": item.launched.isoformat(),
                "role": item.role,
                "tags": item.tags.as_dict(),
            }
            for item in inventory.INSTANCES
        ],
        "ec2_volumes": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "size": item.size,
                "type": item.type,
                "encrypted": item.encrypted,
                "instance": item.instance,
                "created": item.created.isoformat(),
            }
            for item in inventory.VOLUMES
        ],
        "ec2_snapshots": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "size": item.size,
                "encrypted": item.encrypted,
                "started": item.started.isoformat(),
            }
            for item in inventory.SNAPSHOTS
        ],
        "ec2_security_groups": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "name": item.name,
                "ingress": [list(rule) for rule in item.ingress],
                "open_to_world": [list(rule) for rule in item.open_ports],
            }
            for item in inventory.SECURITY_GROUPS
        ],
        "ec2_addresses": [
            {"account": item.account, "region": item.region, "ip": item.ip, "used_by": item.used_by}
            for item in inventory.ADDRESSES
        ],
        "ec2_nat_gateways": [
            {"account": item.account, "region": item.region, "id": item.id} for item in inventory.NAT_GATEWAYS
        ],
    }
