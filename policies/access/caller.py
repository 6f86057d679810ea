"""Caller: whose AWS credentials these are, by STS, as an id that the principals file can name."""

from __future__ import annotations

import re
from typing import Any

from policies.access.errors import NotVerifiedError

_ASSUMED = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/(.+)")
_USER = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:user/\S+")
_SSO = "AWSReservedSSO_"


def caller_ids(sts: Any) -> tuple[str, ...]:
    """The ids of whoever holds these credentials, most exact first, from `sts:GetCallerIdentity`.

    A session's name is part of an id only for roles of IAM Identity Center, which writes the person's name there; with
    any other role the caller chooses the name. The root user is nobody.

    Raises:
        NotVerifiedError: AWS does not say who calls, or it is no person or role.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        arn = str(sts.get_caller_identity()["Arn"])
    except (BotoCoreError, ClientError) as error:
        raise NotVerifiedError(f"AWS does not say whose credentials these are ({type(error).__name__}).") from error
    if _USER.fullmatch(arn):
        return (f"iam:{arn}",)
    assumed = _ASSUMED.fullmatch(arn)
    if assumed is None:
        raise NotVerifiedError("These AWS credentials are those of no user or role that could be known here.")
    partition, account, role, _session = assumed.groups()
    by_role = f"iam:arn:{partition}:iam::{account}:role/{role}"
    return (f"iam:{arn}", by_role) if role.startswith(_SSO) else (by_role,)
