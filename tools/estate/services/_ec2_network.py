"""EC2 operations over networks: groups, gateways, addresses, VPCs, regions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tools.estate import inventory
from tools.estate.inventory import ago, resource_id
from tools.estate.inventory.base import Tags
from tools.estate.inventory.network import SecurityGroup
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._ec2_compute import PAGING
from tools.estate.services._ec2_filters import Extractor, apply, by_ids
from tools.estate.services._paging import page
from tools.estate.world import BY_NAME, HOME_REGION, REGIONS, STORIES

_GROUP: dict[str, Extractor] = {
    "group-id": lambda item: [item.id],
    "group-name": lambda item: [item.name],
    "vpc-id": lambda item: [item.vpc],
    "description": lambda item: [item.description],
    "owner-id": lambda item: [item.account],
    "ip-permission.cidr": lambda item: [rule[3] for rule in item.ingress],
    "ip-permission.from-port": lambda item: [str(rule[1]) for rule in item.ingress if rule[0] != "-1"],
    "ip-permission.to-port": lambda item: [str(rule[2]) for rule in item.ingress if rule[0] != "-1"],
    "ip-permission.protocol": lambda item: [rule[0] for rule in item.ingress],
}


def _permission(rule: tuple[str, int, int, str]) -> dict[str, Any]:
    protocol, first, last, cidr = rule
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, "IpRanges": [{"CidrIp": cidr}], "Ipv6Ranges": [], "UserIdGroupPairs": []}


def _group(item: SecurityGroup) -> dict[str, Any]:
    return {
        "GroupId": item.id,
        "GroupName": item.name,
        "Description": item.description,
        "VpcId": item.vpc,
        "OwnerId": item.account,
        "IpPermissions": [_permission(rule) for rule in item.ingress],
        "IpPermissionsEgress": [_permission(("-1", -1, -1, "0.0.0.0/0"))],
        "Tags": item.tags.as_list(),
    }


def _groups(request: EstateRequest) -> list[SecurityGroup]:
    return inventory.in_account(inventory.SECURITY_GROUPS, request.account, request.region)


def describe_security_groups(request: EstateRequest) -> dict[str, Any]:
    found = by_ids(_groups(request), request.params.get("GroupIds"), "InvalidGroup.NotFound", lambda item: item.id)
    found = by_ids(found, request.params.get("GroupNames"), "InvalidGroup.NotFound", lambda item: item.name)
    found = apply(found, request.params.get("Filters"), _GROUP, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    return {"SecurityGroups": [_group(item) for item in shown], **token}


def describe_security_group_rules(request: EstateRequest) -> dict[str, Any]:
    table: dict[str, Extractor] = {"group-id": lambda item: [item["GroupId"]]}
    rules = [
        {
            "SecurityGroupRuleId": resource_id("sgr", group.id, number, egress),
            "GroupId": group.id,
            "GroupOwnerId": group.account,
            "IsEgress": egress,
            "IpProtocol": rule[0],
            "FromPort": rule[1],
            "ToPort": rule[2],
            "CidrIpv4": rule[3],
        }
        for group in _groups(request)
        for egress, source in ((False, group.ingress), (True, (("-1", -1, -1, "0.0.0.0/0"),)))
        for number, rule in enumerate(source)
    ]
    found = apply(rules, request.params.get("Filters"), table, lambda item: Tags())
    shown, token = page(request, found, PAGING)
    return {"SecurityGroupRules": shown, **token}


def describe_nat_gateways(request: EstateRequest) -> dict[str, Any]:
    table: dict[str, Extractor] = {
        "nat-gateway-id": lambda item: [item.id],
        "vpc-id": lambda item: [item.vpc],
        "subnet-id": lambda item: [item.subnet],
        "state": lambda item: ["available"],
    }
    addresses = {item.allocation: item.ip for item in inventory.ADDRESSES}
    mine = inventory.in_account(inventory.NAT_GATEWAYS, request.account, request.region)
    found = by_ids(mine, request.params.get("NatGatewayIds"), "NatGatewayNotFound", lambda item: item.id)
    found = apply(found, request.params.get("Filter"), table, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    gateways = [
        {
            "NatGatewayId": item.id,
            "VpcId": item.vpc,
            "SubnetId": item.subnet,
            "State": "available",
            "ConnectivityType": "public",
            "CreateTime": ago(days=640),
            "NatGatewayAddresses": [{"AllocationId": item.address, "PublicIp": addresses[item.address]}],
            "Tags": item.tags.as_list(),
        }
        for item in shown
    ]
    return {"NatGateways": gateways, **token}


def describe_addresses(request: EstateRequest) -> dict[str, Any]:
    table: dict[str, Extractor] = {
        "allocation-id": lambda item: [item.allocation],
        "public-ip": lambda item: [item.ip],
        "domain": lambda item: ["vpc"],
        "association-id": lambda item: [resource_id("eipassoc", item.allocation)] if item.used_by else [],
    }
    mine = inventory.in_account(inventory.ADDRESSES, request.account, request.region)
    ids = request.params.get("AllocationIds")
    found = by_ids(mine, ids, "InvalidAllocationID.NotFound", lambda item: item.allocation)
    found = apply(found, request.params.get("Filters"), table, lambda item: item.tags)
    return {
        "Addresses": [
            {
                "AllocationId": item.allocation,
                "PublicIp": item.ip,
                "Domain": "vpc",
                **({"AssociationId": resource_id("eipassoc", item.allocation)} if item.used_by else {}),
                "Tags": item.tags.as_list(),
            }
            for item in found
        ]
    }


def describe_vpcs(request: EstateRequest) -> dict[str, Any]:
    table: dict[str, Extractor] = {"vpc-id": lambda item: [item.id], "cidr": lambda item: [item.cidr]}
    mine = inventory.in_account(inventory.VPCS, request.account, request.region)
    found = by_ids(mine, request.params.get("VpcIds"), "InvalidVpcID.NotFound", lambda item: item.id)
    found = apply(found, request.params.get("Filters"), table, lambda item: item.tags)
    shown, token = page(request, found, PAGING)
    vpcs = [
        {
            "VpcId": item.id,
            "CidrBlock": item.cidr,
            "State": "available",
            "IsDefault": False,
            "OwnerId": item.account,
            "Tags": item.tags.as_list(),
        }
        for item in shown
    ]
    return {"Vpcs": vpcs, **token}


def describe_subnets(request: EstateRequest) -> dict[str, Any]:
    table: dict[str, Extractor] = {
        "vpc-id": lambda item: [item["VpcId"]],
        "subnet-id": lambda item: [item["SubnetId"]],
        "availability-zone": lambda item: [item["AvailabilityZone"]],
    }
    subnets = [
        {
            "SubnetId": subnet,
            "VpcId": vpc.id,
            "AvailabilityZone": zone,
            "CidrBlock": cidr,
            "State": "available",
            "MapPublicIpOnLaunch": False,
            "OwnerId": vpc.account,
        }
        for vpc in inventory.in_account(inventory.VPCS, request.account, request.region)
        for subnet, zone, cidr in vpc.subnets
    ]
    ids = request.params.get("SubnetIds")
    found = by_ids(subnets, ids, "InvalidSubnetID.NotFound", lambda item: str(item["SubnetId"]))
    found = apply(found, request.params.get("Filters"), table, lambda item: Tags())
    shown, token = page(request, found, PAGING)
    return {"Subnets": shown, **token}


def describe_vpc_endpoints(request: EstateRequest) -> dict[str, Any]:
    """S3 gateway endpoints; the one of data-prod was made again on 24 September (story nat-spike)."""
    table: dict[str, Extractor] = {
        "vpc-id": lambda item: [item["VpcId"]],
        "service-name": lambda item: [item["ServiceName"]],
        "vpc-endpoint-id": lambda item: [item["VpcEndpointId"]],
        "vpc-endpoint-type": lambda item: [item["VpcEndpointType"]],
        "vpc-endpoint-state": lambda item: [item["State"]],
    }
    story = next(one for one in STORIES if one.key == "nat-spike")
    data = BY_NAME["data-prod"].id
    endpoints = []
    for vpc in inventory.in_account(inventory.VPCS, request.account, request.region):
        again = vpc.account == data and vpc.region == HOME_REGION
        # A gateway endpoint that is created again has a new id; the old one is gone from the list.
        endpoints.append(
            {
                "VpcEndpointId": resource_id("vpce", vpc.id, "s3"),
                "VpcEndpointType": "Gateway",
                "VpcId": vpc.id,
                "ServiceName": f"com.amazonaws.{vpc.region}.s3",
                "State": "available",
                "CreationTimestamp": (story.end or story.start) - timedelta(seconds=20) if again else ago(days=600),
                "OwnerId": vpc.account,
            }
        )
    found = apply(endpoints, request.params.get("Filters"), table, lambda item: Tags())
    shown, token = page(request, found, PAGING)
    return {"VpcEndpoints": shown, **token}


def describe_regions(request: EstateRequest) -> dict[str, Any]:
    names = request.params.get("RegionNames") or list(REGIONS)
    regions = [
        {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
        for name in REGIONS
        if name in names
    ]
    return {"Regions": regions}


OPERATIONS: dict[str, Handler] = {
    "DescribeSecurityGroups": describe_security_groups,
    "DescribeSecurityGroupRules": describe_security_group_rules,
    "DescribeNatGateways": describe_nat_gateways,
    "DescribeAddresses": describe_addresses,
    "DescribeVpcs": describe_vpcs,
    "DescribeSubnets": describe_subnets,
    "DescribeVpcEndpoints": describe_vpc_endpoints,
    "DescribeRegions": describe_regions,
}
