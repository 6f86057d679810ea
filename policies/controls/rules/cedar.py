"""The policies of a gateway against the tools of its targets, as the Gateway checks them when they are deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import dig
from policies.controls.rules.agent import POLICY, joined
from policies.controls.rules.base import Fault, Resources, of, rule

TARGET = "AWS::BedrockAgentCore::GatewayTarget"
_KINDS = {"string": "String", "integer": "Long", "boolean": "Bool", "number": "decimal"}
_TOOLS = "TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload"


@rule(TARGET)
def policies_fit(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Every policy is valid Cedar for the tools of the targets beside it, and names a tool that exists."""
    import cedarpy

    schema = schema_of(resources)
    for name, policy in of(resources, POLICY):
        text = joined(dig(policy, "Definition.Cedar.Statement"))
        result = cedarpy.validate_policies(text, schema)
        if not result.validation_passed:
            yield Fault("fits-no-tool", name, str(next(iter(result.errors), "it is no Cedar")).splitlines()[0][:160])


def schema_of(resources: Resources) -> str:
    """The schema that the Gateway makes of its targets' tools, as Cedar: inputs that are not required are optional."""
    lines = [
        "namespace AgentCore {",
        "  entity OAuthUser = { id: String } tags String;",
        "  entity IamEntity = { id: String };",
        "  entity Gateway;",
        '  action "Mcp";',
        '  action "CallTool" in ["Mcp"];',
    ]
    for _, target in of(resources, TARGET):
        for tool in dig(target, _TOOLS) or []:
            action = json.dumps(f"{target.get('Name')}___{tool.get('Name')}")
            lines.append(
                f'  action {action} in ["CallTool"] appliesTo {{ principal: [OAuthUser, IamEntity], '
                f"resource: [Gateway], context: {{ input: {_record(tool.get('InputSchema') or {})} }} }};"
            )
    return "\n".join([*lines, "}"])


def _record(schema: Mapping[str, Any]) -> str:
    required = set(schema.get("Required") or [])
    inputs = (schema.get("Properties") or {}).items()
    fields = (f"{json.dumps(name)}{'' if name in required else '?'}: {_type(one)}" for name, one in inputs)
    return f"{{ {', '.join(fields)} }}"


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("Type")
    if kind == "array":
        return f"Set<{_type(schema.get('Items') or {'Type': 'string'})}>"
    return _record(schema) if kind == "object" else _KINDS.get(str(kind), "String")
