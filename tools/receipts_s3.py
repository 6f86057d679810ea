"""Receipts in a bucket, for where the disk goes with the session: what AWS answered stays, and can be recomputed.

Each response is sealed with AES-256-GCM under a data key of the process that took it, which KMS made and which lies
beside it, wrapped. The bucket has neither Object Lock nor versions: what persons did must be erasable.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable
from typing import Any

from tools.errors import ReceiptError
from tools.receipts import Receipt, StoredResponse

_MAGIC = b"rr1"
_PURPOSE = {"regent": "receipts"}
"""The encryption context: a key that was wrapped for something else does not open here, nor the other way round."""


class ReceiptBucket:
    """A `ReceiptStore` below `s3://BUCKET/PREFIX`, sealed with a symmetric KMS key. Safe for threads."""

    def __init__(self, url: str, key: str, s3: Any, kms: Any) -> None:
        self._bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._key, self._s3, self._kms = key, s3, kms
        self._lock = threading.Lock()
        self._own: tuple[bytes, bytes] | None = None
        self._opened: dict[bytes, bytes] = {}

    def put(self, receipt: Receipt, response: bytes) -> None:
        """Keep `response`; an object that is there already is left as it is."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            key, wrapped = self._data_key()
            nonce = secrets.token_bytes(12)
            box = _cipher(key).encrypt(nonce, response, receipt.id.encode())
            head = _MAGIC + len(wrapped).to_bytes(2, "big") + wrapped + nonce
            self._s3.put_object(Bucket=self._bucket, Key=self._name(receipt.id), Body=head + box, IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                return  # the id is a hash over what was asked and answered: it is the same response
            raise ReceiptError(f"The response behind {receipt.id} could not be stored: {error}.") from error
        except BotoCoreError as error:
            raise ReceiptError(f"The response behind {receipt.id} could not be stored: {error}.") from error

    def get(self, receipt: Receipt) -> StoredResponse:
        """The response. ReceiptError when it is missing, was changed, or cannot be opened."""
        from botocore.exceptions import BotoCoreError, ClientError
        from cryptography.exceptions import InvalidTag

        try:
            data = self._s3.get_object(Bucket=self._bucket, Key=self._name(receipt.id))["Body"].read()
            plain = self._open(data, receipt.id)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise ReceiptError(f"The response behind {receipt.id} is not in the receipt store.") from None
            raise ReceiptError(f"The response behind {receipt.id} cannot be read: {error}.") from error
        except BotoCoreError as error:
            raise ReceiptError(f"The response behind {receipt.id} cannot be read: {error}.") from error
        except (InvalidTag, ValueError):
            raise ReceiptError(
                f"The stored response behind {receipt.id} was changed, or the key is another one."
            ) from None
        if hashlib.sha256(plain).hexdigest() != receipt.response_sha256:
            raise ReceiptError(f"The stored response behind {receipt.id} does not have the receipt's hash.")
        return StoredResponse.decode(plain)

    def erase(self, receipt_ids: Iterable[str]) -> int:
        """Delete the responses behind these receipts; how many there were. ReceiptError when the bucket keeps versions:
        then nothing is erased.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        erased = 0
        for receipt_id in receipt_ids:
            where = {"Bucket": self._bucket, "Key": self._name(receipt_id)}
            try:
                self._s3.head_object(**where)
                done = self._s3.delete_object(**where)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                    continue
                raise ReceiptError(f"The response behind {receipt_id} could not be erased: {error}.") from error
            except BotoCoreError as error:
                raise ReceiptError(f"The response behind {receipt_id} could not be erased: {error}.") from error
            if done.get("VersionId") or done.get("DeleteMarker"):
                raise ReceiptError(
                    f"s3://{self._bucket} keeps versions, so the response behind {receipt_id} is still in it: delete "
                    "its versions, and suspend versioning; nothing can be erased in such a bucket."
                )
            erased += 1
        return erased

    def _name(self, receipt_id: str) -> str:
        return f"{self._prefix}{receipt_id[2:4]}/{receipt_id}"

    def _data_key(self) -> tuple[bytes, bytes]:
        """This process's data key, plain and wrapped; made once."""
        with self._lock:
            if self._own is None:
                made = self._kms.generate_data_key(KeyId=self._key, KeySpec="AES_256", EncryptionContext=_PURPOSE)
                self._own = (made["Plaintext"], made["CiphertextBlob"])
                self._opened[made["CiphertextBlob"]] = made["Plaintext"]
            return self._own

    def _open(self, data: bytes, receipt_id: str) -> bytes:
        if not data.startswith(_MAGIC):
            raise ValueError("no stored response")
        start = len(_MAGIC) + 2
        end = start + int.from_bytes(data[len(_MAGIC) : start], "big")
        wrapped, nonce, box = data[start:end], data[end : end + 12], data[end + 12 :]
        key = self._opened.get(wrapped)
        if key is None:
            opened = self._kms.decrypt(CiphertextBlob=wrapped, KeyId=self._key, EncryptionContext=_PURPOSE)
            key = self._opened[wrapped] = opened["Plaintext"]
        return bytes(_cipher(key).decrypt(nonce, box, receipt_id.encode()))


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
