"""S3 Control: the public access block of whole accounts."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.storage import ACCOUNT_BLOCKS_PUBLIC
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _s3_documents as documents


def get_public_access_block(request: EstateRequest) -> dict[str, Any]:
    account = request.params["AccountId"]
    if account != request.account:
        raise AwsError("AccessDenied", f"Account {request.account} may not read settings of {account}.", 403)
    if account not in ACCOUNT_BLOCKS_PUBLIC:
        code = "NoSuchPublicAccessBlockConfiguration"
        raise AwsError(code, "The public access block configuration was not found.", 404)
    return documents.block(True)


OPERATIONS: dict[str, Handler] = {"GetPublicAccessBlock": get_public_access_block}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Accounts that block public access to all their buckets."""
    return {"s3_account_public_access_blocks": [{"account": account} for account in sorted(ACCOUNT_BLOCKS_PUBLIC)]}
