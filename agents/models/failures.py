"""Failures: what a provider's exception means to a person, and whether asking again can help.

Exceptions of providers carry prompts, server pages and sometimes keys, so their text is never shown: kinds, HTTP
statuses and error codes are translated here into sentences that say what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tools.errors import RegentError

if TYPE_CHECKING:
    from strands import ModelRetryStrategy
    from strands.models import Model

_CREDENTIALS = frozenset(
    [
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "TokenRetrievalError",
        "SSOTokenLoadError",
        "UnauthorizedSSOTokenError",
        "ProfileNotFound",
        "RefreshWithMFAUnsupportedError",
        "LoginRefreshRequired",
        "ExpiredToken",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignature",
        "InvalidClientTokenId",
    ]
)
_UNREACHABLE = frozenset(
    [
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ConnectTimeout",
        "ConnectError",
        "ProxyConnectionError",
        "ProxyError",
        "SSLError",
        "ConnectionRefusedError",
    ]
)
_SLOW = frozenset(["APITimeoutError", "ReadTimeoutError", "ReadTimeout", "TimeoutError"])
_BROKEN = frozenset(
    [
        "RemoteProtocolError",
        "ReadError",
        "ProtocolError",
        "IncompleteRead",
        "ConnectionClosedError",
        "ConnectionResetError",
        "ResponseStreamingError",
        "ChecksumMismatch",
        "InvalidHeadersLength",
        "InvalidPayloadLength",
    ]
)
_BUSY = frozenset(
    "ServiceUnavailableException InternalServerException ModelErrorException ModelNotReadyException "
    "ModelStreamErrorException ModelTimeoutException InternalServerError".casefold().split()
)
FIRST_WAIT, LONGEST_WAIT = 1, 4
"""Seconds before the second try, and the most before any."""
_CODE = re.compile(r"[A-Za-z]{3,60}")


class ModelError(RegentError):
    """The model gave no usable reply. `passing`: the same request may work a moment later."""

    def __init__(self, said: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(said)


class UnfinishedReplyError(ModelError):
    """The reply ended before the model said so: what is there may be half a sentence or half a call."""

    def __init__(self) -> None:
        super().__init__(
            "The model's reply broke off before its end, so nothing of it was used. Ask again.", passing=True
        )


def patience() -> ModelRetryStrategy:
    """At most three tries, 1 and 2 seconds apart, for throttling and passing failures; nothing else is tried again."""
    from strands import ModelRetryStrategy

    class Patience(ModelRetryStrategy):
        def is_retryable(self, exception: Exception) -> bool:
            return super().is_retryable(exception) or (isinstance(exception, ModelError) and exception.passing)

    return Patience(max_attempts=3, initial_delay=FIRST_WAIT, max_delay=LONGEST_WAIT)


def understood(error: Exception, model: Model) -> Exception:
    """The same failure as a sentence; what Strands or Regent must see as it is stays as it is."""
    from strands.types.exceptions import (
        ContextWindowOverflowException,
        MaxTokensReachedException,
        ModelThrottledException,
    )

    if isinstance(error, (RegentError, ContextWindowOverflowException, MaxTokensReachedException)):
        return error
    if isinstance(error, ModelThrottledException):
        return ModelThrottledException("throttled")  # a provider's own text may quote the request
    found = list(_causes(error))
    names = {name for one in found for name in _names(one)}
    codes = {code for one in found if (code := _code(one))}
    status = next((one for each in found if isinstance(one := getattr(each, "status_code", None), int)), None)
    return (
        _by_name(names | codes, found, status, model)
        or _by_code(codes, found, model)
        or _by_status(status, error, model)
    )


def _by_name(names: set[str], found: list[BaseException], status: int | None, model: Model) -> ModelError | None:
    if names & _CREDENTIALS:
        return ModelError(
            "There are no valid AWS credentials to call Bedrock with: sign in (`aws sso login`) or set AWS_PROFILE."
        )
    if status is not None:
        return None
    # the outermost name that says something: what lies under it is the way there
    for one in found:
        own = _names(one)
        if own & _SLOW:
            return ModelError(f"{_where(model)} did not answer in time. Ask again, or ask for less at once.")
        if own & _BROKEN:
            return UnfinishedReplyError()
        if own & _UNREACHABLE:
            return _unreachable(model)
    return _unreachable(model) if "APIConnectionError" in names else None


def _unreachable(model: Model) -> ModelError:
    return ModelError(f"{_where(model)} cannot be reached. See that it runs and that its address is right.")


def _by_code(codes: set[str], found: list[BaseException], model: Model) -> ModelError | None:
    if not codes:
        return None
    said = " ".join(str(one) for one in found)
    code, name = min(codes), _name(model)
    if "AccessDeniedException" in codes:
        return ModelError(
            f"AWS does not let this caller use the model {name}: ask for access to it in the Bedrock console, and for "
            "bedrock:InvokeModelWithResponseStream on its inference profile."
        )
    if "ResourceNotFoundException" in codes or "model identifier" in said or "on-demand throughput" in said:
        return ModelError(
            f"Bedrock has no model {name} in this region: set bedrock_profile and bedrock_region to an inference "
            "profile that `aws bedrock list-inference-profiles` shows."
        )
    if code.casefold() in _BUSY:
        return ModelError(f"The model failed on Bedrock's side ({code}). Ask again in a minute.", passing=True)
    return ModelError(f"Bedrock did not accept the request for {name} ({code}). See `regent doctor`.")


def _by_status(status: int | None, error: Exception, model: Model) -> ModelError:
    where = _where(model)
    if status in (401, 403):
        return ModelError(f"{where} refuses the key (HTTP {status}): set REGENT_OPENAI_API_KEY to a valid one.")
    if status == 404:
        return ModelError(f"{where} has no model {_name(model)} at this address (HTTP 404): see its list of models.")
    if status is not None and status >= 500:
        return ModelError(f"{where} failed (HTTP {status}). Ask again in a minute.", passing=True)
    if status is not None:
        return ModelError(
            f"{where} did not accept the request (HTTP {status}). "
            "If it does not know tool calls, set openai_tools: json."
        )
    kind = type(error).__name__
    if kind == "APIError":
        return ModelError(f"{where} reported an error in the middle of its reply. Ask again.", passing=True)
    return ModelError(
        f"{where} sent something that is not a reply ({kind}). Nothing was guessed; see that the address is that of a "
        "model, or run `regent doctor`."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _names(error: BaseException) -> set[str]:
    own = type(error)
    # the SDKs' families too, so that a subclass that is new to us is still understood
    return {kind.__name__ for kind in own.__mro__ if kind.__module__.split(".")[0] in _FAMILIES} | {own.__name__}


_FAMILIES = ("openai", "httpx", "httpcore", "botocore", "urllib3")


def _code(error: BaseException) -> str | None:
    response: Any = getattr(error, "response", None)
    code = (response.get("Error") or {}).get("Code") if isinstance(response, dict) else None
    return code[:1].upper() + code[1:] if isinstance(code, str) and _CODE.fullmatch(code) else None


def _name(model: Model) -> str:
    return repr(str(model.get_config().get("model_id", "unknown")))


def _where(model: Model) -> str:
    """The server by host and port: an address may carry a password."""
    try:
        url = urlsplit(str(getattr(model, "client_args", {}).get("base_url", "")))
        port = f":{url.port}" if url.port else ""
    except ValueError:
        return "The model server"
    if url.hostname:
        return f"The model server at {url.hostname}{port}"
    return "Bedrock" if type(model).__name__ == "BedrockModel" else "The model"
