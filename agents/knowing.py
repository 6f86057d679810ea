"""Knowing: the principals file where there is no disk to put it on. It comes from a bucket when the process starts.

Whoever may change that object says who may ask. So the deployment puts it there, reviewed like code, and processes that
answer may read it and no more.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tools.errors import SettingsError
from tools.own_file import opened_own, own_folder

if TYPE_CHECKING:
    from agents.home import Home
    from agents.settings import Settings


def with_principals(settings: Settings, home: Home, client: Any = None) -> Settings:
    """The settings with the principals file on this disk, if they name an object. `client` is one of S3.

    Raises:
        SettingsError: the object cannot be read, or a file is named too.
        PrincipalsError: it is no principals file.
    """
    if settings.principals_object is None:
        return settings
    if settings.principals is not None:
        raise SettingsError("principals and principals_object are both set; leave one out.")
    from policies.access.principal import people

    held = _read(settings.principals_object, client)
    file = home.path / "principals.yaml"
    own_folder(home.path)
    part = file.with_suffix(f".{os.getpid()}")
    with open(part, "wb", opener=opened_own) as made:
        made.write(held)
    part.replace(file)
    people(file)
    return settings.model_copy(update={"principals": file, "principals_object": None})


def _read(address: str, client: Any) -> bytes:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = address.removeprefix("s3://").partition("/")
    try:
        found: bytes = (client or boto3.client("s3")).get_object(Bucket=bucket, Key=key)["Body"].read()
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(f"The principals in {address} cannot be read: {error}") from error
    return found
