"""STS: who is calling, and the reader role of every account."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tools.estate.credentials import session_keys
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest, Handler
from tools.estate.world import ACCOUNTS, PAYER, READER_ROLE

# The sample clock stands still while botocore compares with the real one, so the keys outlive any real session.
_EXPIRATION = datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
_ROLE_ARN = re.compile(rf"arn:aws:iam::(\d{{12}}):role/{READER_ROLE}")


def _get_caller_identity(request: EstateRequest) -> dict[str, Any]:
    caller = request.caller
    if caller is None:
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


def _assume_role(request: EstateRequest) -> dict[str, Any]:
    arn, session = request.params["RoleArn"], request.params["RoleSessionName"]
    match = _ROLE_ARN.fullmatch(arn)
    known = match is not None and any(account.id == match[1] for account in ACCOUNTS)
    if match is None or not known or request.account != PAYER.id:
        who = request.caller.arn if request.caller else request.account
        raise AwsError(
            "AccessDenied",
            f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}",
            403,
        )
    account = match[1]
    keys = session_keys(account)
    return {
        "Credentials": {
            "AccessKeyId": keys.access_key,
            "SecretAccessKey": keys.secret_key,
            "SessionToken": keys.session_token,
            "Expiration": _EXPIRATION,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROAXXSAMPLEREADER:{session}",
            "Arn": f"arn:aws:sts::{account}:assumed-role/{READER_ROLE}/{session}",
        },
    }


OPERATIONS: dict[str, Handler] = {"GetCallerIdentity": _get_caller_identity, "AssumeRole": _assume_role}
