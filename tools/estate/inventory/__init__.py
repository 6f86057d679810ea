"""What the sample estate consists of: frozen lists that every service answers from, so that ids agree everywhere.

The instance that SSM reports as unpatched is the one that Inspector, EC2, Config and CloudWatch name. Nothing here
is random between runs: every choice is seeded by the record's own name.
"""

from __future__ import annotations

from tools.estate.inventory.base import Tags, account_id, ago, digest, in_account, resource_id, rng, uuid
from tools.estate.inventory.compute import (
    GPU_INSTANCES,
    INSTANCES,
    PATCH_GAP,
    SCALED_OUT,
    SNAPSHOTS,
    VOLUMES,
    Instance,
)
from tools.estate.inventory.databases import DATABASES, RESERVED_DATABASES, RESERVED_MEMBERS, Database
from tools.estate.inventory.identity import ROLES, ROOT_USERS, STORY_USER, USERS, User
from tools.estate.inventory.keys import BACKUP_KEY_ROTTERDAM, KEYS, Key
from tools.estate.inventory.network import (
    ADDRESSES,
    LOAD_BALANCERS,
    NAT_GATEWAYS,
    SECURITY_GROUPS,
    STORY_ENDPOINT,
    STORY_NAT,
    VPCS,
)
from tools.estate.inventory.storage import BUCKETS, STORY_BUCKET, Bucket
from tools.estate.inventory.workloads import ECS_SERVICES, FUNCTIONS, EcsService, Function

__all__ = [
    "ADDRESSES",
    "BACKUP_KEY_ROTTERDAM",
    "BUCKETS",
    "DATABASES",
    "ECS_SERVICES",
    "FUNCTIONS",
    "GPU_INSTANCES",
    "INSTANCES",
    "KEYS",
    "LOAD_BALANCERS",
    "NAT_GATEWAYS",
    "PATCH_GAP",
    "RESERVED_DATABASES",
    "RESERVED_MEMBERS",
    "ROLES",
    "ROOT_USERS",
    "SCALED_OUT",
    "SECURITY_GROUPS",
    "SNAPSHOTS",
    "STORY_BUCKET",
    "STORY_ENDPOINT",
    "STORY_NAT",
    "STORY_USER",
    "USERS",
    "VOLUMES",
    "VPCS",
    "Bucket",
    "Database",
    "EcsService",
    "Function",
    "Instance",
    "Key",
    "Tags",
    "User",
    "account_id",
    "ago",
    "digest",
    "in_account",
    "resource_id",
    "rng",
    "uuid",
]
