"""The ledger as the settings say: signed by KMS, shipped to a bucket or acknowledged by it, copied to CloudWatch."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policies.audit.disk import Disk
from policies.audit.errors import LedgerError
from policies.audit.keys import Home
from policies.audit.ledger import Ledger
from policies.audit.note import Signer
from policies.audit.reader import Reader
from policies.audit.vault import KeyStore, Wrapper


class Deployment(BaseModel):
    """Where a ledger's keys and copies are. Without any of it: key files, and this disk alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str | None = Field(default=None, description="KMS key (ECC_NIST_P256, SIGN_VERIFY) that signs checkpoints.")
    wrap_key: str | None = Field(default=None, description="Symmetric KMS key that wraps the keys of persons.")
    bucket: str | None = Field(default=None, description="s3://BUCKET/PREFIX with Object Lock.")
    retain_days: int = Field(default=0, ge=0, description="Days for which every object is locked.")
    acknowledge: Literal["disk", "bucket"] = Field(
        default="disk", description="What makes an append durable; bucket: where the disk goes with the session."
    )
    ship_seconds: float = Field(default=60.0, gt=0, description="Seconds after which the bucket has what is new.")
    name: str | None = Field(
        default=None, description="Name of a new ledger; where the bucket acknowledges, its start."
    )
    keys: str | None = Field(default=None, description="s3://BUCKET/PREFIX, erasable, for the keys of persons.")
    log_group: str | None = Field(default=None, description="CloudWatch log group that gets the diagnostics copy.")

    @model_validator(mode="after")
    def _fits(self) -> Deployment:
        if self.acknowledge == "bucket" and self.bucket is None:
            raise ValueError("a ledger that the bucket acknowledges needs a bucket")
        if self.acknowledge == "bucket" and self.keys is None:
            raise ValueError("the keys of persons would go with the session's disk; a ledger_keys bucket is needed")
        if self.keys is not None and self.wrap_key is None:
            raise ValueError("keys of persons in a bucket need a KMS key that wraps them, ledger_wrap_key")
        return self


class Clients(Protocol):
    """Makes a client of an AWS service, in the region or in the default one."""

    def __call__(self, service: str, region: str | None) -> Any: ...


def boto3_client(service: str, region: str | None) -> Any:
    """A client with the credentials at hand."""
    import boto3

    return boto3.client(service, region_name=region)


def wrapper_of(where: Deployment, clients: Clients = boto3_client) -> Wrapper | None:
    """What wraps the keys of persons; None for the key file."""
    if where.wrap_key is None:
        return None
    from policies.audit.kms import KmsWrapper

    return KmsWrapper(clients("kms", region_of(where.wrap_key)), where.wrap_key)


def store_of(where: Deployment, clients: Clients = boto3_client) -> KeyStore | None:
    """What keeps the keys of persons besides this disk; None for nothing."""
    if where.keys is None:
        return None
    from policies.audit.keystore import S3Keys

    return S3Keys(where.keys, clients("s3", None))


def signer_of(where: Deployment, name: str, clients: Clients = boto3_client) -> Signer | None:
    """What signs the ledger `name`; None for the key file. KeyFileError when KMS has no such key."""
    if where.key is None:
        return None
    from policies.audit.kms import KmsSigner

    return KmsSigner(clients("kms", region_of(where.key)), where.key, name)


@contextmanager
def open_deployed(path: Path, where: Deployment, clients: Clients = boto3_client) -> Iterator[Ledger]:
    """Open the ledger in `path` as `where` says, and close it; what is not in the bucket by then is put there.

    Where the disk acknowledges, a bucket out of reach stops nobody: the spool is tried again, and the failure is
    logged. Where the bucket acknowledges, it fails the append.

    Raises LedgerError: the ledger cannot be opened, or the bucket refuses to be told of it.
    """
    if where == Deployment(name=where.name):
        with Ledger.open(path, where.name) as ledger:
            yield ledger
        return
    name = _name(path, where)
    signer = signer_of(where, name, clients)
    with ExitStack() as closing:
        bucket: Any = None
        disk: Disk | None = None
        if where.bucket is not None:
            from policies.audit.remote import RemoteDisk, S3Bucket

            bucket = S3Bucket.at(where.bucket, where.retain_days, clients("s3", None))
            disk = RemoteDisk(bucket, name) if where.acknowledge == "bucket" else None
        ledger = Ledger.open(
            path, name, signer=signer, wrapper=wrapper_of(where, clients), store=store_of(where, clients), disk=disk
        )
        if bucket is not None:
            _keep_in(bucket, ledger, where, closing)
        if where.log_group is not None:
            from policies.audit.logcopy import LogCopy

            copy = LogCopy(path, clients("logs", None), where.log_group)
            copy.start(where.ship_seconds)
            closing.callback(_quietly, copy.stop, "the diagnostics copy")
        closing.enter_context(ledger)  # closed first: then there is nothing more to ship
        yield ledger


def _keep_in(bucket: Any, ledger: Ledger, where: Deployment, closing: ExitStack) -> None:
    from policies.audit.remote import Shipper, announce, put_checkpoint

    if where.acknowledge == "bucket":
        try:
            announce(bucket, ledger.origin, ledger.signer)
        except LedgerError:
            ledger.close()
            raise
        closing.callback(_quietly, lambda: put_checkpoint(bucket, ledger.path), "the last checkpoint")
        return
    shipper = Shipper(ledger.path, bucket, signer=ledger.signer)
    shipper.start(where.ship_seconds)
    closing.callback(_quietly, shipper.stop, "the ledger")


def _name(path: Path, where: Deployment) -> str:
    """The name of the ledger that is there, or of a new one: each session's own where the bucket acknowledges."""
    found = Reader(path).origin()
    if found is None:
        trusted = Home(path).trusted()
        found = trusted[0].name if trusted else None
    if found is not None:
        return found
    if where.name is not None and where.acknowledge == "disk":
        return where.name
    return f"{where.name or 'regent.local'}/{secrets.token_hex(8)}"


def _quietly(action: Any, what: str) -> None:
    """On the way out: records are durable already, and what could not be copied is tried again the next time."""
    try:
        action()
    except LedgerError as error:
        import structlog

        structlog.get_logger("ledger").error("not copied", what=what, why=str(error))


def region_of(key: str) -> str | None:
    """The region in a key's ARN; None for a bare key id."""
    parts = key.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" else None
