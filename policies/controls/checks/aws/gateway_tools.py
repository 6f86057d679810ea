"""The gateway offers the registered queries and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws, repository
from policies.controls.predicates import dig

_TOOLS = "targetConfiguration.mcp.lambda.toolSchema.inlinePayload"


def _target(*tools: str) -> dict[str, object]:
    schema = {"toolSchema": {"inlinePayload": [{"name": tool} for tool in tools]}}
    return {"status": "READY", "targetConfiguration": {"mcp": {"lambda": schema}}}


@check(
    "gateway-tools",
    says="Every tool that a gateway offers is a registered query",
    serves=("A.4.2", "A.9.4"),
    needs={"targets": aws.GATEWAY_TARGETS, "queries": repository.QUERIES},
    reasons={
        "unknown-tool": "the gateway offers a tool that is no registered query",
        "unlisted-tools": "the target does not say which tools it offers, so that nobody can list them",
        "not-ready": "the target is not ready",
    },
    good={
        "targets": [
            Item(name="regent/cost", data=_target("spend", "budgets")),
            Item(name="regent/ops", data=_target("alarms")),
        ],
        "queries": [Item(name=name, data={}) for name in ("spend", "budgets", "alarms")],
    },
    mutants=[
        Mutant("a tool more", "unknown-tool", put("targets", f"{_TOOLS}.1.name", "delete_bucket")),
        Mutant("a query removed", "unknown-tool", without("queries", 2)),
        Mutant(
            "somebody's MCP server",
            "unlisted-tools",
            put("targets", "targetConfiguration", {"mcp": {"mcpServer": {"endpoint": "https://x.example"}}}, item=1),
        ),
        Mutant("failed", "not-ready", put("targets", "status", "FAILED")),
    ],
    benign=[Mutant("another order", None, put("targets", _TOOLS, [{"name": "budgets"}, {"name": "spend"}]))],
)
def gateway_tools(look: Look, targets: Sequence[Item], queries: Sequence[Item]) -> None:
    """Compares the tools in each target's schema with the registry."""
    known = {query.name for query in queries}
    for target in targets:
        if look.at(target).data.get("status") != "READY":
            look.fail("not-ready", target, str(target.data.get("status")))
        tools = dig(target.data, _TOOLS)
        if not tools:
            look.fail("unlisted-tools", target)
        for tool in tools or []:
            if tool["name"] not in known:
                look.fail("unknown-tool", target, tool["name"])
    look.rest(queries)
