"""Calls of AWS with the standard library alone, for fronts: importing botocore takes longer than all they do.

Three JSON services, signed with Signature Version 4. Everything else uses boto3.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from agents.channels.delivery import ChannelError

_TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "sqs": ("AmazonSQS", "1.0"),
    "secretsmanager": ("secretsmanager", "1.1"),
}
_SECONDS = 2.0


class AwsRefusedError(ChannelError):
    """AWS answered with an error; `code` is its name, and `detail` what came with it."""

    def __init__(self, service: str, operation: str, code: str, detail: Mapping[str, Any]) -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{service}:{operation} failed with {code}.")


class Credentials(NamedTuple):
    """Of the process, as a Lambda function finds them in its environment."""

    access: str
    secret: str
    token: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class LeanAws:
    """Calls the JSON services in one region. Safe for threads."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "eu-west-1"
        self._held = threading.local()

    def call(self, service: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of one call, tried once more if the connection broke.

        Raises:
            AwsRefusedError: AWS answered with an error.
            ChannelError: AWS could not be reached.
        """
        body = json.dumps(given).encode()
        for tried in (1, 2):
            try:
                status, answered = self._exchange(service, operation, body)
                break
            except (OSError, http.client.HTTPException) as error:
                self._connections().pop(service, None)
                if tried == 2:
                    raise ChannelError(f"{service} cannot be reached ({type(error).__name__}).") from error
        try:
            found: dict[str, Any] = json.loads(answered or b"{}")
        except ValueError as error:
            raise ChannelError(f"{service} answered {operation} with something that is not JSON.") from error
        if status != 200:
            code = str(found.get("__type", status)).rpartition("#")[2].partition(":")[0]
            raise AwsRefusedError(service, operation, code, found)
        return found

    def _exchange(self, service: str, operation: str, body: bytes) -> tuple[int, bytes]:
        address = urlsplit(self._endpoint(service))
        target, version = _TARGETS[service]
        headers = {
            "host": address.netloc,
            "content-type": f"application/x-amz-json-{version}",
            "x-amz-target": f"{target}.{operation}",
        }
        signed = sign(headers, body, service, self._region, self._credentials(), time.time())
        known = self._connections()
        if service not in known:
            secure = address.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            known[service] = kind(address.hostname or "", address.port, timeout=_SECONDS)
        known[service].request("POST", "/", body, signed)
        response = known[service].getresponse()
        return response.status, response.read()

    def _connections(self) -> dict[str, http.client.HTTPConnection]:
        if not hasattr(self._held, "connections"):
            self._held.connections = {}
        found: dict[str, http.client.HTTPConnection] = self._held.connections
        return found

    def _endpoint(self, service: str) -> str:
        named = "SECRETS_MANAGER" if service == "secretsmanager" else service.upper()
        environment = self._environment
        own = environment.get(f"AWS_ENDPOINT_URL_{named}") or environment.get("AWS_ENDPOINT_URL")
        return own or f"https://{service}.{self._region}.amazonaws.com"

    def _credentials(self) -> Credentials:
        # read each time: Lambda's environment is the place where fresh ones appear
        try:
            found = self._environment
            access, secret = found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]
            return Credentials(access, secret, found.get("AWS_SESSION_TOKEN", ""))
        except KeyError as error:
            raise ChannelError(f"There are no AWS credentials: {error.args[0]} is not set.") from None


def sign(
    headers: Mapping[str, str], body: bytes, service: str, region: str, credentials: Credentials, now: float
) -> dict[str, str]:
    """The headers with a Signature Version 4 over them and the body, for `POST /` without a query."""
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    all_headers = {**headers, "x-amz-date": at}
    if credentials.token:
        all_headers["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(all_headers))
    spelled = "".join(f"{name}:{all_headers[name].strip()}\n" for name in sorted(all_headers))
    request = f"POST\n/\n\n{spelled}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    stated = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret}".encode()
    for part in (at[:8], region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, stated.encode(), "sha256").hex()
    said = f"AWS4-HMAC-SHA256 Credential={credentials.access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**all_headers, "authorization": said}
