"""A channel's secret, read from Secrets Manager or a file, and read again after a while: secrets are rotated.

Standard library only: fronts import this.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.channels.aws_lean import LeanAws
from agents.channels.delivery import ChannelError

FRESH_SECONDS = 300
Secret = Callable[[], Mapping[str, Any]]
"""Gives the JSON object of a secret. ChannelError when it cannot be read."""


def kept(read: Secret, clock: Callable[[], float] = time.monotonic) -> Secret:
    """`read`, asked again only after `FRESH_SECONDS`. A failure leaves no old value behind: it fails closed."""
    lock = threading.Lock()
    held: list[tuple[float, Mapping[str, Any]]] = []

    def value() -> Mapping[str, Any]:
        with lock:
            now = clock()
            if not held or now - held[0][0] >= FRESH_SECONDS:
                held.clear()
                held.append((now, read()))
            return held[0][1]

    return value


def from_aws(aws: LeanAws, name: str) -> Secret:
    """The secret of this name or ARN in Secrets Manager."""

    def read() -> Mapping[str, Any]:
        return _parsed(aws.call("secretsmanager", "GetSecretValue", {"SecretId": name}).get("SecretString", ""), name)

    return kept(read)


def from_file(path: Path) -> Secret:
    """The secret in a file that only its owner may read."""

    def read() -> Mapping[str, Any]:
        try:
            if path.stat().st_mode & 0o077:
                raise ChannelError(f"The secret file {path.name} can be read by others; set its mode to 600.")
            return _parsed(path.read_text(encoding="utf-8"), path.name)
        except OSError as error:
            raise ChannelError(f"The secret file {path.name} cannot be read ({type(error).__name__}).") from error

    return kept(read)


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        # not a word of it: it is a secret
        raise ChannelError(f"The secret {name} is not a JSON object.")
    return found
