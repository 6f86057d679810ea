"""Bad days on demand: faults that the sample estate shows instead of an answer, for tests and demonstrations."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal, get_args

from tools.estate.errors import AwsError

FaultKind = Literal["throttle", "error", "denied", "timeout", "malformed", "slow"]
"""``throttle`` and ``denied`` in the service's own code, ``error`` an HTTP 500, ``timeout`` never answers,
``malformed`` a 200 with a broken body, ``slow`` the right answer after ``seconds``."""


@dataclass
class Fault:
    """One planned fault; ``remaining`` is how many more requests meet it, ``None`` for all."""

    service: str
    operation: str
    kind: FaultKind
    account: str | None
    remaining: int | None
    seconds: float

    def matches(self, account: str, service: str, operation: str) -> bool:
        return (
            self.service in ("*", service)
            and self.operation in ("*", operation)
            and self.account in (None, account)
            and self.remaining != 0
        )


class FaultPlan:
    """The faults still to come, taken in the order in which they were planned. Safe to use from many threads."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        if fault.kind not in get_args(FaultKind):
            raise ValueError(f"got fault kind {fault.kind!r}, expected one of {', '.join(get_args(FaultKind))}")
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, account: str, service: str, operation: str) -> Fault | None:
        """The fault that this request meets, counted down, or ``None``."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(account, service, operation):
                    if fault.remaining is not None:
                        fault.remaining -= 1
                    return fault
        return None


_THROTTLE = {"ec2": ("RequestLimitExceeded", 503), "s3": ("SlowDown", 503)}
_QUERY_THROTTLE = ("Throttling", 400)
_QUERY_SERVICES = frozenset({"sts", "iam", "rds", "elb", "elbv2", "autoscaling", "cloudformation"})


def throttled(service: str) -> AwsError:
    """The service's own throttling error."""
    code, status = _THROTTLE.get(service, _QUERY_THROTTLE if service in _QUERY_SERVICES else ("", 0))
    return AwsError(code or "ThrottlingException", "Rate exceeded", status or 400)


def denied(service: str, operation: str, arn: str) -> AwsError:
    """The service's own access-denied error for the caller ``arn``."""
    message = (
        f"User: {arn} is not authorized to perform: {service}:{operation} because no identity-based policy allows "
        f"the {service}:{operation} action"
    )
    if service == "ec2":
        return AwsError("UnauthorizedOperation", message, 403)
    if service in _QUERY_SERVICES or service in ("s3", "s3control"):
        return AwsError("AccessDenied", message, 403)
    return AwsError("AccessDeniedException", message, 400)
