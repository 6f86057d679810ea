"""Passage: the one way out of a network without internet, for what has no endpoint in it.

A request is signed here as always, and handed whole to a function outside of the network, which forwards it if host and
operation are on its list (`infra.forward`), and hands the answer back. The function holds no rights at AWS: it can
forward what this process signed, and nothing else. Whatever can be reached in the process' own region goes directly.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tools.errors import RegentError, SettingsError

Invoke = Callable[[bytes], bytes]
"""Calls the function with a payload; its answer."""
_ELSEWHERE = ".s3-control."
"""Hosts of the own region that have no endpoint in a network."""
_OPEN: list[Passage] = []


class PassageError(RegentError):
    """The passage forwarded nothing: it refused, or could not be reached."""


class RefusedError(PassageError):
    """Host or operation is not on the passage's list."""


class Passage:
    """The function `name` in `region`. Safe for threads."""

    def __init__(self, region: str, invoke: Invoke) -> None:
        self._region, self._invoke = region, invoke

    def takes(self, url: str) -> bool:
        """Whether a request to this address goes through the passage, and not directly."""
        host = urlsplit(url).hostname or ""
        return not host.endswith(f".{self._region}.amazonaws.com") or _ELSEWHERE in host

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer.

        Raises:
            RefusedError: it is not on the list.
            PassageError: the function or the host behind it could not be reached.
        """
        plain = {"method": method, "url": url, "headers": headers, "body": base64.b64encode(body).decode()}
        try:
            answer = json.loads(self._invoke(json.dumps(plain).encode()))
        except ValueError as error:
            raise PassageError("The passage answered something that is no JSON.") from error
        host = urlsplit(url).hostname
        if "refused" in answer:
            raise RefusedError(f"The passage does not let a request to {host} out: {answer['refused']}.")
        if "status" not in answer:
            raise PassageError(f"The passage could not reach {host}: {answer.get('failed') or 'it does not say why'}.")
        return int(answer["status"]), dict(answer["headers"]), base64.b64decode(answer["body"])


def current() -> Passage | None:
    """The passage of this process, if it has one."""
    return _OPEN[-1] if _OPEN else None


@contextmanager
def opened(passage: Passage | None) -> Iterator[None]:
    """Have what cannot be reached directly go through `passage`, in the whole process, until the end of the block."""
    if passage is None:
        yield
        return
    _OPEN.append(passage)
    try:
        yield
    finally:
        _OPEN.remove(passage)


def by_lambda(arn: str) -> Passage:
    """The passage that is this Lambda function.

    Raises:
        SettingsError: it is no ARN of a function.
    """
    parts = arn.split(":")
    if len(parts) < 7 or parts[2] != "lambda" or parts[5] != "function":
        raise SettingsError(f"The passage must be the ARN of a Lambda function; got {arn!r}.")
    region, name = parts[3], arn
    client: Any = None

    def invoke(payload: bytes) -> bytes:
        nonlocal client
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import Session

        if client is None:
            config = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 2})
            client = Session().create_client("lambda", region_name=region, config=config)
        try:
            answer = client.invoke(FunctionName=name, Payload=payload)
            body: bytes = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise PassageError(f"The passage {name} could not be called: {error}.") from error
        if answer.get("FunctionError"):
            raise PassageError(f"The passage {name} failed.")
        return body

    return Passage(region, invoke)
