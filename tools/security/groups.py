"""EC2 security groups: which of them let anyone on the internet in, and to which ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.security.common import joined

OPERATIONS = ("ec2:DescribeSecurityGroups",)
_ANYONE = ("0.0.0.0/0", "::/0")
_WEB = ((80, 80), (443, 443))


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A security group that is open to the internet. `ports` reads `tcp 22`; `web_only` means 80 and 443 alone."""

    place: Place
    id: str
    name: str
    ports: tuple[str, ...]
    web_only: bool
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The open groups out of all, and the receipts of all."""

    total: int
    open: tuple[OpenGroup, ...]
    receipts: tuple[str, ...]


def check(aws: Aws, accounts: Sequence[Account]) -> Groups:
    """Security groups of the accounts in all regions. Raises AwsCallError if no place answers."""

    def ask(place: Place) -> tuple[int, list[OpenGroup], tuple[str, ...]]:
        listed = aws.items(
            place.account, "ec2:DescribeSecurityGroups", "SecurityGroups", region=place.region, MaxResults=1000
        )
        found = [_open(place, group, listed.receipts) for group in listed.items]
        return len(listed.items), [group for group in found if group], listed.receipts

    seen = [result for _, result in aws.each(aws.places(accounts), ask)]
    found = [group for _, groups, _ in seen for group in groups]
    found.sort(key=lambda group: (group.web_only, group.place.account.name, group.place.region, group.name, group.id))
    return Groups(sum(total for total, _, _ in seen), tuple(found), joined(receipts for _, _, receipts in seen))


def _open(place: Place, group: dict[str, Any], receipts: tuple[str, ...]) -> OpenGroup | None:
    rules = [rule for rule in group.get("IpPermissions", []) if _from_anyone(rule)]
    if not rules:
        return None
    web = all(rule["IpProtocol"] == "tcp" and (rule.get("FromPort"), rule.get("ToPort")) in _WEB for rule in rules)
    ports = tuple(dict.fromkeys(_ports(rule) for rule in rules))
    return OpenGroup(place, group["GroupId"], group.get("GroupName", ""), ports, web, receipts)


def _from_anyone(rule: dict[str, Any]) -> bool:
    ranges = [one.get("CidrIp") for one in rule.get("IpRanges", [])]
    ranges += [one.get("CidrIpv6") for one in rule.get("Ipv6Ranges", [])]
    return any(one in _ANYONE for one in ranges)


def _ports(rule: dict[str, Any]) -> str:
    protocol, first, last = str(rule["IpProtocol"]), rule.get("FromPort", -1), rule.get("ToPort", -1)
    if protocol == "-1":
        return "all traffic"
    if protocol.startswith("icmp"):
        return protocol
    if (first, last) in ((0, 65535), (-1, -1)):
        return f"all {protocol} ports"
    return f"{protocol} {first}" if first == last else f"{protocol} {first} to {last}"
