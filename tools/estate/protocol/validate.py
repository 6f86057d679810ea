"""Parameters against botocore's model, with the error code and the words that AWS uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.estate.errors import AwsError

if TYPE_CHECKING:
    from botocore.model import Shape

# What each service calls a request that breaks its model. Everyone else says ValidationException.
_CODES = {
    "organizations": "InvalidInputException",
    "budgets": "InvalidParameterException",
    "securityhub": "InvalidInputException",
    "guardduty": "BadRequestException",
    "backup": "InvalidParameterValueException",
    "compute-optimizer": "InvalidParameterValueException",
    "cloudwatch": "InvalidParameterValue",
    "ecs": "InvalidParameterException",
    "sts": "ValidationError",
    "iam": "ValidationError",
    "ec2": "InvalidParameterValue",
}


def check(service: str, shape: Shape | None, params: dict[str, Any]) -> None:
    """Raise the service's :class:`AwsError` if ``params`` break the input shape (required, enum, min, max)."""
    if shape is None:
        return
    faults = list(_faults(shape, params, ""))
    if not faults:
        return
    plural = "error" if len(faults) == 1 else "errors"
    message = f"{len(faults)} validation {plural} detected: {'; '.join(faults[:10])}"
    raise AwsError(_CODES.get(service, "ValidationException"), message)


def _fault(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{str(value)[:200]}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


def _join(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name in shape.required_members:
            if value.get(name) is None:
                yield _fault(None, _join(path, name), "not be null")
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _faults(member, value[name], _join(path, name))
    elif kind == "list":
        yield from _range(shape, len(value), value, path, "have length")
        for index, item in enumerate(value, 1):
            yield from _faults(shape.member, item, f"{path}.{index}.member")
    elif kind == "map":
        yield from _range(shape, len(value), value, path, "have length")
        for key, item in value.items():
            yield from _faults(shape.key, key, path)
            yield from _faults(shape.value, item, f"{path}.{key}")
    elif kind == "string":
        if shape.enum and value not in shape.enum:
            yield _fault(value, path, f"satisfy enum value set: [{', '.join(shape.enum)}]")
        else:
            yield from _range(shape, len(value), value, path, "have length")
    elif kind in ("integer", "long", "float", "double"):
        yield from _range(shape, value, value, path, "have value")


def _range(shape: Any, size: float, value: Any, path: str, what: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < float(low):
        yield _fault(value, path, f"{what} greater than or equal to {low}")
    if high is not None and size > float(high):
        yield _fault(value, path, f"{what} less than or equal to {high}")
