"""Whether a request was signed, with Signature Version 4, by whoever has the secret of its access key, and just now.

As AWS does it, and with the errors of each service; only the standard library, so that it costs some ten microseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote

from tools.estate.errors import AwsError
from tools.estate.protocol.models import CBOR_PROTOCOL
from tools.estate.protocol.wire import Scope, WireRequest

SKEW = timedelta(minutes=15)
"""How far a request may be dated from now, either way."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=[^/,\s]+/(?P<scope>\S+?), *SignedHeaders=(?P<headers>[^,\s]+), *"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_S3 = ("s3", "s3express", "s3-object-lambda", "s3-outposts")
"""What S3 is called when a request is signed for it: it reads paths as they are, and has errors of its own."""
_UNHASHED = ("UNSIGNED-PAYLOAD", "STREAMING-")
_STAMP = "%Y%m%dT%H%M%SZ"


def check(request: WireRequest, scope: Scope, secret: str, protocol: str, now: datetime) -> None:
    """Return if `secret` signed `request` within :data:`SKEW` of `now` (UTC); else raise the service's own error."""
    signed = _Signed.of(request, scope, protocol)
    signed.check_time(now)
    signed.check_payload()
    if not hmac.compare_digest(signed.expected(secret).encode(), signed.signature.encode()):
        raise _mismatch(scope.signing_name, protocol)


class _Signed:
    """What a request says of its signature, in its header or, presigned, in its URL."""

    def __init__(
        self, request: WireRequest, scope: Scope, protocol: str, stamp: str, where: str, headers: str, signature: str
    ) -> None:
        self._request, self._scope, self._protocol = request, scope, protocol
        self._stamp, self._where, self._headers = stamp, where, headers
        self.signature = signature
        self._presigned = "X-Amz-Credential" in request.query_args
        try:
            self._at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            raise _incomplete(protocol, f"Date must be in ISO-8601 'basic format'. Got '{stamp}'.") from None
        self._check_whole()

    @classmethod
    def of(cls, request: WireRequest, scope: Scope, protocol: str) -> _Signed:
        given = {name: values[-1] for name, values in request.query_args.items()}
        if "X-Amz-Credential" in given:
            where = given["X-Amz-Credential"].partition("/")[2]
            stamp, headers = given.get("X-Amz-Date", ""), given.get("X-Amz-SignedHeaders", "")
            return cls(request, scope, protocol, stamp, where, headers, given.get("X-Amz-Signature", ""))
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", "").strip())
        if found is None:
            raise _incomplete(protocol, "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.")
        stamp = request.headers.get("x-amz-date", "")
        return cls(request, scope, protocol, stamp, found["scope"], found["headers"], found["signature"])

    def _check_whole(self) -> None:
        """The host and whatever AWS reads from headers are signed, and the scope is of the day of the date."""
        names = set(self._headers.split(";"))
        must = {"host"} | {name for name in self._request.headers if name.startswith("x-amz-")}
        if not must <= names:
            missing = ", ".join(sorted(must - names))
            raise _incomplete(self._protocol, f"'SignedHeaders' lacks headers that must be signed: {missing}.")
        if self._where.split("/")[0] != self._stamp[:8]:
            raise _mismatch(self._scope.signing_name, self._protocol)

    def check_time(self, now: datetime) -> None:
        lasts = SKEW
        if self._presigned:
            seconds = self._request.query_args.get("X-Amz-Expires", [""])[-1]
            lasts = timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 7 else timedelta(0)
        if self._at + lasts < now:
            raise _expired(self._scope.signing_name, self._protocol, f"Signature expired: {self._stamp} is over")
        if self._at - SKEW > now:
            raise _expired(self._scope.signing_name, self._protocol, f"Signature not yet current: {self._stamp}")

    def check_payload(self) -> None:
        said = self._request.headers.get("x-amz-content-sha256")
        if said is None or said.startswith(_UNHASHED):
            return
        if said != hashlib.sha256(self._request.body).hexdigest():
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise AwsError("XAmzContentSHA256Mismatch", text)

    def expected(self, secret: str) -> str:
        """The signature that `secret` makes."""
        canonical = hashlib.sha256(self._canonical().encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self._stamp}\n{self._where}\n{canonical}"
        key = _signing_key(secret, self._where)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _canonical(self) -> str:
        request, names = self._request, self._headers.split(";")
        headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
        return f"{request.method}\n{self._path()}\n{self._query()}\n{headers}\n{self._headers}\n{self._payload()}"

    def _path(self) -> str:
        path = self._request.path or "/"
        if self._scope.signing_name in _S3:
            return path
        if "//" in path or "/." in path:
            from botocore.utils import remove_dot_segments

            path = remove_dot_segments(path)
        return quote(path, safe="/~")

    def _query(self) -> str:
        if not self._request.query:
            return ""
        pairs = [pair.partition("=") for pair in self._request.query.split("&")]
        coded = sorted((_coded(name), _coded(value)) for name, _, value in pairs if name != "X-Amz-Signature")
        return "&".join(f"{name}={value}" for name, value in coded)

    def _payload(self) -> str:
        said = self._request.headers.get("x-amz-content-sha256")
        if said is not None:
            return said
        if self._presigned and self._scope.signing_name in _S3:
            return "UNSIGNED-PAYLOAD"
        return hashlib.sha256(self._request.body).hexdigest()


def _coded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


@lru_cache(maxsize=512)
def _signing_key(secret: str, where: str) -> bytes:
    """The key of a secret for a scope ``DATE/REGION/SERVICE/aws4_request``."""
    key = f"AWS4{secret}".encode()
    for part in where.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


_WRONG = "The request signature we calculated does not match the signature you provided. "
_LOOK = "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."


def _mismatch(signing_name: str, protocol: str) -> AwsError:
    if signing_name in _S3:
        return AwsError("SignatureDoesNotMatch", f"{_WRONG}Check your key and signing method.", 403)
    if protocol == "ec2":
        return AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if protocol == "query":
        return AwsError("SignatureDoesNotMatch", _WRONG + _LOOK, 403)
    return AwsError("InvalidSignatureException", _WRONG + _LOOK, _status(protocol))


def _expired(signing_name: str, protocol: str, text: str) -> AwsError:
    if signing_name in _S3:
        return AwsError(
            "RequestTimeTooSkewed", "The difference between the request time and the server's time is too large.", 403
        )
    if protocol == "ec2":
        return AwsError("RequestExpired", "Request has expired.")
    code = "SignatureDoesNotMatch" if protocol == "query" else "InvalidSignatureException"
    return AwsError(code, text, 403 if protocol == "query" else _status(protocol))


def _incomplete(protocol: str, text: str) -> AwsError:
    query = protocol in ("query", "ec2", "rest-xml")
    return AwsError("IncompleteSignature" if query else "IncompleteSignatureException", text, 400 if query else 403)


def _status(protocol: str) -> int:
    return 400 if protocol in ("json", CBOR_PROTOCOL) else 403
