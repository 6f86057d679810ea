"""Seeding moto's IAM of one account from the inventory, through its backend (twenty times faster than boto3)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from urllib.parse import unquote

from tools.estate import inventory
from tools.estate.services._iam_documents import mfa_document, policy_arn, reader_policy, trust_policy
from tools.estate.world import READER_ROLE


@cache
def _policy_data() -> dict[str, Any]:
    """The AWS-managed policies that somebody in the inventory holds, as moto ships them (the file is 5 MB)."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    everything = json.loads(aws_managed_policies_data)
    wanted = {name for user in inventory.USERS for name in user.policies}
    wanted |= {name for role in inventory.ROLES for name in role.policies}
    return {name: everything[name] for name in sorted(wanted - {READER_ROLE})}


def seed(account: str) -> None:
    """Fill moto's IAM of ``account`` with users, keys, MFA devices, groups and roles of the inventory."""
    from moto.iam.models import AWSManagedPolicy, iam_backends

    backend: Any = iam_backends[account]["aws"]
    for name, data in _policy_data().items():
        policy: Any = AWSManagedPolicy.from_data(name, account, "us-east-1", data)
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[policy.arn] = policy
    backend.create_policy("", "/", unquote(reader_policy(account)), READER_ROLE, [])
    for group in sorted({name for user in inventory.in_account(inventory.USERS, account) for name in user.groups}):
        backend.create_group(group).create_date = inventory.ago(days=1400)
    for user in inventory.in_account(inventory.USERS, account):
        _seed_user(backend, user)
    for role in inventory.in_account(inventory.ROLES, account):
        made = backend.create_role(role.name, trust_policy(role), role.path, None, "", [], 3600)
        made.create_date, made.last_used = role.created, role.last_used
        for name in role.policies:
            backend.attach_role_policy(policy_arn(name, account), role.name)


def _seed_user(backend: Any, user: inventory.User) -> None:
    made = backend.create_user("us-east-1", user.name, "/", user.tags.as_list())
    made.id, made.create_date, made.password_last_used = user.id, user.created, user.password_last_used
    if user.console:
        backend.create_login_profile(user.name, "sample-estate-not-a-secret")
    if user.mfa:
        backend.enable_mfa_device(user.name, mfa_document(user)["SerialNumber"], "123456", "654321")
        for device in made.mfa_devices.values():
            device.enable_date = user.created
    for name in user.policies:
        backend.attach_user_policy(policy_arn(name), user.name)
    for name in user.groups:
        backend.add_user_to_group(name, user.name)
    for key in user.keys:
        copy = backend.create_access_key(user.name, status="Active" if key.active else "Inactive")
        del backend.access_keys[copy.access_key_id]
        copy.access_key_id, copy.create_date = key.id, key.created
        backend.access_keys[key.id] = copy
