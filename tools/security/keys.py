"""KMS: the company's own keys, whether they rotate, and which are about to be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.security.at_rest import Item, Stock
from tools.security.common import joined

OPERATIONS = ("kms:ListKeys", "kms:ListAliases", "kms:DescribeKey", "kms:GetKeyRotationStatus")
_AWS_MANAGED = "alias/aws/"


@dataclass(frozen=True, slots=True)
class Key:
    """One customer-managed key. `rotates` is None where automatic rotation is not possible or not asked."""

    account: Account
    name: str
    state: str
    rotates: bool | None
    receipts: tuple[str, ...]


def read(aws: Aws, accounts: Sequence[Account]) -> Stock:
    """Customer-managed keys without automatic rotation, where it is possible; keys disabled or pending deletion.

    Raises:
        AwsCallError: no place could be looked at.
    """
    looked = [result for _, result in aws.each(aws.places(accounts), lambda place: _keys(aws, place))]
    found = sorted((key for keys, _ in looked for key in keys), key=lambda key: (key.account.name, key.name))
    wrong = [
        Item(key.name, key.account, "no automatic rotation", key.receipts) for key in found if key.rotates is False
    ]
    wrong += [
        Item(key.name, key.account, "pending deletion", key.receipts) for key in found if key.state == "PendingDeletion"
    ]
    return Stock(
        "keys",
        len(found),
        "keys without rotation or pending deletion",
        tuple(wrong),
        (
            ("customer-managed keys without automatic rotation", sum(key.rotates is False for key in found)),
            ("customer-managed keys with automatic rotation", sum(key.rotates is True for key in found)),
            (
                "customer-managed keys about to be deleted (pending deletion)",
                sum(key.state == "PendingDeletion" for key in found),
            ),
            ("disabled customer-managed keys", sum(key.state == "Disabled" for key in found)),
            (
                "enabled customer-managed keys that cannot rotate by themselves",
                sum(key.state == "Enabled" and key.rotates is None for key in found),
            ),
        ),
        joined(receipts for _, receipts in looked),
    )


def _keys(aws: Aws, place: Place) -> tuple[list[Key], tuple[str, ...]]:
    listed = aws.items(place.account, "kms:ListKeys", "Keys", region=place.region, Limit=1000)
    if not listed.items:
        return [], listed.receipts
    aliases = aws.items(place.account, "kms:ListAliases", "Aliases", region=place.region, Limit=100)
    names = {alias["TargetKeyId"]: alias["AliasName"] for alias in aliases.items if alias.get("TargetKeyId")}
    # Keys that AWS manages have AWS's alias and rotate by themselves; only the company's own are looked at.
    own = [key["KeyId"] for key in listed.items if not names.get(key["KeyId"], "").startswith(_AWS_MANAGED)]
    found = [_key(aws, place, key_id, names.get(key_id)) for key_id in own]
    kept = [key for key in found if key]
    return kept, joined([listed.receipts, aliases.receipts, *(key.receipts for key in kept)])


def _key(aws: Aws, place: Place, key_id: str, alias: str | None) -> Key | None:
    described = aws.call(place.account, "kms:DescribeKey", region=place.region, KeyId=key_id)
    data: dict[str, Any] = described.data["KeyMetadata"]
    if data.get("KeyManager") == "AWS":
        return None
    receipts, rotates = described.receipts, None
    symmetric = data.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if symmetric and data["KeyState"] == "Enabled" and data.get("Origin", "AWS_KMS") == "AWS_KMS":
        status = aws.call(place.account, "kms:GetKeyRotationStatus", region=place.region, KeyId=key_id)
        receipts, rotates = (*receipts, status.receipt), bool(status.data["KeyRotationEnabled"])
    name = f"{alias.removeprefix('alias/')} ({key_id})" if alias else key_id
    return Key(place.account, name, data["KeyState"], rotates, receipts)
