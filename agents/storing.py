"""Storing: where responses and conversations are kept as the settings name it, on this machine or on AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.conversations import Conversations, ConversationStore
from tools.errors import SettingsError
from tools.receipts import ReceiptFiles, ReceiptStore

if TYPE_CHECKING:
    from agents.home import Home
    from agents.settings import Settings


def open_receipts(home: Home, settings: Settings) -> ReceiptStore:
    """In `receipt_bucket`, else beside the keys of persons, where they can be erased like those; else in this home.

    Raises:
        SettingsError: a bucket without a KMS key to seal with.
    """
    url = settings.receipt_bucket
    if url is None and settings.ledger_keys is not None:
        url = f"s3://{settings.ledger_keys.removeprefix('s3://').partition('/')[0]}/receipts"
    if url is None:
        return ReceiptFiles(home.receipts, home.keys / "receipts.key")
    if settings.ledger_wrap_key is None:
        raise SettingsError("Receipts in a bucket need ledger_wrap_key, the KMS key that seals them; it is not set.")
    from tools.receipts_s3 import ReceiptBucket

    return ReceiptBucket(url, settings.ledger_wrap_key, _client("s3", settings), _client("kms", settings))


def open_conversations(home: Home, settings: Settings) -> ConversationStore:
    """In `state_table` if that is set, else in this home."""
    if settings.state_table is None:
        return Conversations(home.conversations)
    from agents.conversations_dynamo import DynamoConversations

    client = _client("dynamodb", settings)
    return DynamoConversations(client, settings.state_table, settings.conversation_days)


def _client(service: str, settings: Settings) -> Any:
    """A botocore client of the house's own account."""
    from botocore.config import Config

    from tools.sessions import botocore_session

    patient = Config(
        connect_timeout=2,
        read_timeout=10,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return botocore_session().create_client(service, region_name=settings.state_region, config=patient)
