"""Networks: one VPC per account and region in use, with subnets, gateways and security groups."""

from __future__ import annotations

from dataclasses import dataclass

from tools.estate.inventory.base import Tags, account_id, digest, resource_id, standard_tags
from tools.estate.world import ACCOUNTS, BY_NAME


@dataclass(frozen=True, slots=True)
class Vpc:
    account: str
    region: str
    id: str
    cidr: str
    subnets: tuple[tuple[str, str, str], ...]
    """Subnet id, availability zone, CIDR."""
    tags: Tags


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    account: str
    region: str
    id: str
    name: str
    vpc: str
    description: str
    ingress: tuple[tuple[str, int, int, str], ...]
    """Protocol, first port, last port, CIDR. Protocol ``-1`` is all traffic."""
    tags: Tags

    @property
    def open_ports(self) -> tuple[tuple[str, int, int], ...]:
        """The ingress rules that any address on the internet may use."""
        return tuple((p, a, b) for p, a, b, cidr in self.ingress if cidr in ("0.0.0.0/0", "::/0"))


@dataclass(frozen=True, slots=True)
class NatGateway:
    account: str
    region: str
    id: str
    vpc: str
    subnet: str
    address: str
    tags: Tags


@dataclass(frozen=True, slots=True)
class Address:
    account: str
    region: str
    allocation: str
    ip: str
    used_by: str | None
    """Id of the NAT gateway or instance that holds it; ``None`` is idle and still billed."""
    tags: Tags


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    account: str
    region: str
    name: str
    arn: str
    dimension: str
    """The value of CloudWatch's ``LoadBalancer`` dimension."""
    tags: Tags


SECOND_REGION = ("online-prod", "log-archive", "shared-services")
"""Accounts that also run something in eu-central-1."""

STORY_NAT = "nat-0b51c9e2"
STORY_ENDPOINT = "vpce-0d4a7e11"


def _vpc(name: str, region: str, number: int) -> Vpc:
    account = BY_NAME[name]
    base = f"10.{number}"
    subnets = tuple(
        (resource_id("subnet", name, region, zone), f"{region}{zone}", f"{base}.{index * 16}.0/20")
        for index, zone in enumerate("abc")
    )
    return Vpc(
        account.id,
        region,
        resource_id("vpc", name, region),
        f"{base}.0.0/16",
        subnets,
        standard_tags(account, f"{name}-vpc"),
    )


VPCS: tuple[Vpc, ...] = tuple(
    _vpc(account.name, "eu-west-1", 10 + index) for index, account in enumerate(ACCOUNTS) if account.name != "payer"
) + tuple(_vpc(name, "eu-central-1", 60 + index) for index, name in enumerate(SECOND_REGION))

_VPC = {(vpc.account, vpc.region): vpc for vpc in VPCS}


def vpc_of(account: str, region: str) -> Vpc:
    """The VPC that everything in this account and region lies in."""
    return _VPC[(account, region)]


# Account, group name, what for, extra ingress rules. Every account also gets an "internal" and a "web" group.
_SPECIAL: tuple[tuple[str, str, str, tuple[tuple[str, int, int, str], ...]], ...] = (
    ("data-lab", "notebook-ssh", "SSH to notebooks", (("tcp", 22, 22, "0.0.0.0/0"),)),
    ("venue-rotterdam", "kiosk-rdp", "Remote desktop of kiosks", (("tcp", 3389, 3389, "0.0.0.0/0"),)),
    ("online-staging", "db-debug", "Temporary database access", (("tcp", 5432, 5432, "0.0.0.0/0"),)),
    ("backoffice-prod", "legacy-any", "Legacy export appliance", (("-1", -1, -1, "0.0.0.0/0"),)),
    # Near-misses: an office range, and HTTPS that is meant to be public.
    ("shared-services", "bastion-office", "SSH from the office", (("tcp", 22, 22, "203.0.113.0/24"),)),
    ("online-prod", "lobby-alb", "Public load balancer", (("tcp", 443, 443, "0.0.0.0/0"),)),
)


def _groups() -> tuple[SecurityGroup, ...]:
    groups = []
    for vpc in VPCS:
        name = next(account.name for account in ACCOUNTS if account.id == vpc.account)
        account = BY_NAME[name]
        wanted: list[tuple[str, str, tuple[tuple[str, int, int, str], ...]]] = [
            ("internal", "Traffic within the VPC", (("tcp", 0, 65535, vpc.cidr),)),
            ("web", "HTTPS from the company network", (("tcp", 443, 443, "10.0.0.0/8"),)),
        ]
        if vpc.region == "eu-west-1":
            wanted += [(group, text, rules) for owner, group, text, rules in _SPECIAL if owner == name]
        groups += [
            SecurityGroup(
                vpc.account,
                vpc.region,
                resource_id("sg", name, vpc.region, group),
                group,
                vpc.id,
                text,
                rules,
                standard_tags(account, group),
            )
            for group, text, rules in wanted
        ]
    return tuple(groups)


SECURITY_GROUPS: tuple[SecurityGroup, ...] = _groups()


def group_of(account: str, region: str, name: str) -> SecurityGroup:
    """The security group called ``name`` in this account and region."""
    return next(g for g in SECURITY_GROUPS if (g.account, g.region, g.name) == (account, region, name))


_NAT_ACCOUNTS = (
    "online-prod",
    "online-staging",
    "data-prod",
    "backoffice-prod",
    "network",
    "shared-services",
)


def _nat(name: str) -> NatGateway:
    account = BY_NAME[name]
    vpc = vpc_of(account.id, "eu-west-1")
    gateway = STORY_NAT if name == "data-prod" else resource_id("nat", name)
    return NatGateway(
        account.id,
        "eu-west-1",
        gateway,
        vpc.id,
        vpc.subnets[0][0],
        resource_id("eipalloc", name, "nat"),
        standard_tags(account, f"{name}-nat"),
    )


NAT_GATEWAYS: tuple[NatGateway, ...] = tuple(_nat(name) for name in _NAT_ACCOUNTS)


def _ip(*parts: object) -> str:
    text = digest("ip", *parts)
    return f"198.51.100.{int(text[:2], 16) % 250 + 2}"


_IDLE = (("data-lab", 2), ("venue-utrecht", 1), ("backoffice-prod", 1))

ADDRESSES: tuple[Address, ...] = tuple(
    Address(nat.account, nat.region, nat.address, _ip(nat.id), nat.id, nat.tags) for nat in NAT_GATEWAYS
) + tuple(
    Address(
        account_id(name),
        "eu-west-1",
        resource_id("eipalloc", name, number),
        _ip(name, number),
        None,
        standard_tags(BY_NAME[name], f"{name}-idle-{number}", missing=("cost-center",)),
    )
    for name, count in _IDLE
    for number in range(count)
)


def _balancer(owner: str, name: str) -> LoadBalancer:
    account = BY_NAME[owner]
    dimension = f"app/{name}/{digest('alb', owner, name)[:16]}"
    return LoadBalancer(
        account.id,
        "eu-west-1",
        name,
        f"arn:aws:elasticloadbalancing:eu-west-1:{account.id}:loadbalancer/{dimension}",
        dimension,
        standard_tags(account, name),
    )


LOAD_BALANCERS: tuple[LoadBalancer, ...] = tuple(
    _balancer(owner, name)
    for owner, name in (
        ("online-prod", "lobby"),
        ("online-prod", "bet-api"),
        ("online-staging", "lobby-staging"),
        ("backoffice-prod", "backoffice"),
        ("data-prod", "reports"),
    )
)
