"""KMS: customer-managed keys, their rotation, and the backup key of the backup-failing story."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tools.estate.inventory.base import Tags, account_id, ago, rng, standard_tags, uuid
from tools.estate.inventory.deployed import Resource, deployed
from tools.estate.world import BY_NAME


@dataclass(frozen=True, slots=True)
class Key:
    account: str
    region: str
    id: str
    alias: str
    """``alias/…``, or empty: those that CDK makes have none."""
    description: str
    state: str
    """``Enabled``, ``Disabled`` or ``PendingDeletion``."""
    spec: str
    """``SYMMETRIC_DEFAULT`` (can rotate by itself), ``RSA_2048`` or ``ECC_NIST_P256`` (cannot)."""
    rotates: bool
    created: datetime
    policy: str
    tags: Tags

    @property
    def arn(self) -> str:
        return f"arn:aws:kms:{self.region}:{self.account}:key/{self.id}"


# Account, alias (without "alias/"), rotates, state, spec
_ROWS: tuple[tuple[str, str, bool, str, str], ...] = (
    ("payer", "cur", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("security", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("security", "forensics", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("log-archive", "cloudtrail", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("shared-services", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("shared-services", "artifacts", False, "Enabled", "SYMMETRIC_DEFAULT"),
    ("shared-services", "code-signing", False, "Enabled", "RSA_2048"),
    ("online-prod", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("online-prod", "player-documents", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("online-prod", "bet-archive", False, "Enabled", "SYMMETRIC_DEFAULT"),
    ("online-prod", "receipt-signing", False, "Enabled", "RSA_2048"),
    ("online-prod", "old-wallet", False, "PendingDeletion", "SYMMETRIC_DEFAULT"),
    ("online-staging", "rds", False, "Enabled", "SYMMETRIC_DEFAULT"),
    ("data-prod", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("data-prod", "lake", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("data-prod", "ml", False, "Enabled", "SYMMETRIC_DEFAULT"),
    ("data-lab", "scratch", False, "Disabled", "SYMMETRIC_DEFAULT"),
    ("backoffice-prod", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("backoffice-prod", "hr", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("backoffice-prod", "payroll", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("backoffice-prod", "legacy-export", False, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-amsterdam", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-amsterdam", "backup", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-utrecht", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-utrecht", "backup", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-rotterdam", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-rotterdam", "backup", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-eindhoven", "rds", True, "Enabled", "SYMMETRIC_DEFAULT"),
    ("venue-eindhoven", "backup", False, "Enabled", "SYMMETRIC_DEFAULT"),
)


def key_id(owner: str, alias: str, region: str = "eu-west-1") -> str:
    """The id of the key that ``owner`` calls ``alias/<alias>``."""
    return uuid("kms", owner, region, alias)


def _policy(account: str, *, backup_allowed: bool | None) -> str:
    statements: list[dict[str, object]] = [
        {
            "Sid": "Administer",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]
    role = {"AWS": f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"}
    if backup_allowed is True:
        statements.append(
            {
                "Sid": "Backup",
                "Effect": "Allow",
                "Principal": role,
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"],
                "Resource": "*",
            }
        )
    if backup_allowed is False:
        deploy = {"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/deploy-floor"}}
        statements[0] |= {"Principal": {"AWS": f"arn:aws:iam::{account}:role/deploy-floor"}}
        statements.append(
            {
                "Sid": "OnlyDeployFloor",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*", "kms:CreateGrant"],
                "Resource": "*",
                "Condition": deploy,
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _key(owner: str, alias: str, rotates: bool, state: str, spec: str, region: str = "eu-west-1") -> Key:
    account = BY_NAME[owner]
    random = rng("key", owner, alias, region)
    allowed = None if alias != "backup" else owner != "venue-rotterdam"
    return Key(
        account.id,
        region,
        key_id(owner, alias, region),
        f"alias/{alias}",
        f"{alias} key of {owner}",
        state,
        spec,
        rotates,
        ago(days=random.randint(120, 1100), hours=random.randint(0, 23)),
        _policy(account.id, backup_allowed=allowed),
        standard_tags(account, alias),
    )


def _deployed(resource: Resource) -> Key:
    """A key of Regent's deployment."""
    named = [one.properties["AliasName"] for one in deployed("KMS::Alias", resource.account, resource.region)
             if one.properties["TargetKeyId"] == resource.arn]  # fmt: skip
    said = resource.properties
    return Key(
        resource.account,
        resource.region,
        resource.id,
        named[0] if named else "",
        said["Description"],
        "Enabled",
        said.get("KeySpec", "SYMMETRIC_DEFAULT"),
        said.get("EnableKeyRotation") is True,
        resource.created,
        _policy(resource.account, backup_allowed=None),
        resource.tags,
    )


KEYS: tuple[Key, ...] = (
    *(_key(*row) for row in _ROWS),
    _key("online-prod", "rds", True, "Enabled", "SYMMETRIC_DEFAULT", "eu-central-1"),
    *(_deployed(resource) for resource in deployed("KMS::Key")),
)
KEY = {key.id: key for key in KEYS}
BACKUP_KEY_ROTTERDAM = key_id("venue-rotterdam", "backup")


def alias_arn(owner: str, alias: str) -> str:
    """The ARN of ``owner``'s key ``alias`` in eu-west-1."""
    return f"arn:aws:kms:eu-west-1:{account_id(owner)}:key/{key_id(owner, alias)}"
