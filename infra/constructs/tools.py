"""Query declarations as the tools of a Gateway target: what a client may call, with which inputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tools.catalogue import queries
from tools.registry import Query

TARGET = "regent"
_KINDS = ("string", "integer", "number", "boolean", "array", "object")


def gateway_queries() -> list[Query]:
    """The queries that make sense by themselves, by name: not `derive`, and none about persons (see `agents.querying`,
    which refuses the others whoever calls them)."""
    return [one for _, one in sorted(queries().items()) if one.reach != "facts" and not one.personal_data]


def tool_definitions(known: Iterable[Query]) -> list[dict[str, Any]]:
    """The tools as CloudFormation takes them: name, description, and inputs in the part of JSON Schema it knows."""
    return [{"Name": one.name, "Description": one.summary, "InputSchema": definition(one.schema())} for one in known]


def definition(schema: dict[str, Any]) -> dict[str, Any]:
    """One schema. What the Gateway's dialect cannot say (choices, defaults, bounds) is told in the description.

    Raises:
        ValueError: a type that the dialect does not have.
    """
    if schema.get("type") not in _KINDS:
        raise ValueError(f"The Gateway has no type for {schema}.")
    made: dict[str, Any] = {"Type": schema["type"]}
    said = [schema.get("description", "")]
    if "enum" in schema:
        said.append("one of " + ", ".join(map(str, schema["enum"])))
    if "default" in schema:
        said.append(f"default {schema['default']}")
    if "minimum" in schema or "maximum" in schema:
        said.append(f"from {schema.get('minimum', '…')} to {schema.get('maximum', '…')}")
    if any(said):
        made["Description"] = "; ".join(one for one in said if one)
    if schema.get("properties"):
        made["Properties"] = {name: definition(one) for name, one in schema["properties"].items()}
    if schema.get("required"):
        made["Required"] = list(schema["required"])
    if "items" in schema:
        made["Items"] = definition(schema["items"])
    return made
