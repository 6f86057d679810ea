"""`python -m infra.pictures [cdk.out]`: a picture of each stack, made from its template, as Mermaid in Markdown.

    python -m infra.app && python -m infra.pictures    write docs/architecture.md anew

A picture shows what people would draw: what runs, what keeps, what decides, and what refers to what. Permissions and
the like are left out; an arrow that goes through them (a role's policy names a table) stays.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.checks.assembly import Assembly, Stack, imported, write_page
from policies.controls.rules.base import mentions, tag

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
SHOWN: Mapping[str, tuple[str, str, str]] = {
    "AWS::ApiGateway::RestApi": ("API", "[", "]"),
    "AWS::Bedrock::Guardrail": ("guardrail", "{{", "}}"),
    "AWS::Bedrock::GuardrailVersion": ("published version", "[", "]"),
    "AWS::BedrockAgentCore::Gateway": ("gateway", "[", "]"),
    "AWS::BedrockAgentCore::GatewayTarget": ("target", "[", "]"),
    "AWS::BedrockAgentCore::Memory": ("memory", "[(", ")]"),
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": ("online evaluation", "[", "]"),
    "AWS::BedrockAgentCore::PolicyEngine": ("policy engine", "{{", "}}"),
    "AWS::BedrockAgentCore::Runtime": ("runtime", "[[", "]]"),
    "AWS::BedrockAgentCore::RuntimeEndpoint": ("endpoint", "([", "])"),
    "AWS::CloudTrail::Trail": ("trail", "[", "]"),
    "AWS::CloudWatch::Dashboard": ("dashboard", "[", "]"),
    "AWS::DynamoDB::Table": ("table", "[(", ")]"),
    "AWS::EC2::VPC": ("VPC", "[", "]"),
    "AWS::Events::Rule": ("schedule", "([", "])"),
    "AWS::IAM::ManagedPolicy": ("policy", "{{", "}}"),
    "AWS::KMS::Key": ("key", "(", ")"),
    "AWS::Lambda::Function": ("function", "[[", "]]"),
    "AWS::Logs::LogGroup": ("log", "[(", ")]"),
    "AWS::S3::Bucket": ("bucket", "[(", ")]"),
    "AWS::SNS::Topic": ("topic", "([", "])"),
    "AWS::SQS::Queue": ("queue", "[(", ")]"),
    "AWS::SSM::Parameter": ("parameter", "(", ")"),
    "AWS::SecretsManager::Secret": ("secret", "(", ")"),
    "AWS::WAFv2::WebACL": ("firewall", "{{", "}}"),
}
"""Types that a picture shows: what people call them, and the shape."""
COUNTED = {
    "AWS::BedrockAgentCore::Policy": "Cedar policies",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::EC2::SecurityGroup": "security groups",
    "AWS::EC2::Subnet": "subnets without internet",
    "AWS::EC2::VPCEndpoint": "VPC endpoints",
    "AWS::IAM::Role": "roles",
}
"""Types of which only the number is told."""


LINKS = {
    "AWS::ApiGateway::Method": ("RestApiId", "Integration"),
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn", "FunctionName"),
    "AWS::WAFv2::WebACLAssociation": ("WebACLArn", "ResourceArn"),
}
"""Types that do nothing but join two others: the properties that name from where, and where to."""
_HASH = re.compile(r"[0-9a-f]{12}$")
ROLE, KEY = "AWS::IAM::Role", "AWS::KMS::Key"


def page(assembly: Assembly) -> str:
    """The whole page."""
    parts = [
        "# Architecture, stack by stack",
        "Made by `python -m infra.pictures` from the synthesized templates of the example environment; a test holds it "
        "to them. A solid arrow refers to what it uses; a dotted one is of another stack. Keys are drawn without "
        "arrows: everything that keeps data is encrypted with its stack's key.",
    ]
    for stack in assembly.stacks:
        parts += [f"## {stack.name}", _told(stack), picture(assembly, stack)]
    return "\n\n".join(parts) + "\n"


def picture(assembly: Assembly, stack: Stack) -> str:
    """One stack as a Mermaid flowchart."""
    shown = {name for name, one in stack.resources.items() if _is_shown(one)}
    lines = ["```mermaid", "flowchart LR"]
    for name in sorted(shown, key=stack.path):
        says, opens, closes = SHOWN.get(stack.resources[name]["Type"], ("role", "[/", "/]"))
        lines.append(f'  {_word(_called(stack, name))}{opens}"{_called(stack, name)}<br/>{says}"{closes}')
    arrows = {(_called(stack, source), _called(stack, target)) for source, target in _arrows(stack, shown)}
    lines += [f"  {_word(source)} --> {_word(target)}" for source, target in sorted(arrows)]
    foreign = sorted({(_called(stack, source), at) for source, at in _foreign(assembly, stack, shown)})
    lines += [f'  {_word(at)}["{at}"]:::other' for at in sorted({at for _, at in foreign})]
    lines += [f"  {_word(source)} -.-> {_word(at)}" for source, at in foreign]
    return "\n".join([*lines, "  classDef other stroke-dasharray: 4 3", "```"])


def _is_shown(resource: Mapping[str, Any]) -> bool:
    """What `SHOWN` says, and roles that others take on; a function's own role is drawn with the function."""
    return resource["Type"] in SHOWN or (
        resource["Type"] == ROLE and tag(resource.get("Properties") or {}, "regent:purpose") is not None
    )


def _told(stack: Stack) -> str:
    counts: dict[str, int] = defaultdict(int)
    for one in stack.resources.values():
        counts[one["Type"]] += 1
    told = [f"{counts[kind]} {says}" for kind, says in COUNTED.items() if counts[kind]]
    return f"{len(stack.resources)} resources" + (f", among them {', '.join(told)}." if told else ".")


def _arrows(stack: Stack, shown: set[str]) -> Iterator[tuple[str, str]]:
    """What is shown refers to what is shown, itself or through what is not (its role, that role's policy)."""
    for source in shown:
        for target in _reached(stack, _named(stack, source), shown):
            if source != target and stack.resources[target]["Type"] != KEY:
                yield source, target
    for one in stack.resources.values():
        ends = LINKS.get(one["Type"])
        if ends:
            known, properties = set(stack.resources), one["Properties"]
            starts, targets = (mentions(properties.get(end)) & known for end in ends)
            for source in _reached(stack, starts, shown):
                yield from ((source, target) for target in _reached(stack, targets, shown) if target != source)


def _reached(stack: Stack, start: set[str], shown: set[str]) -> set[str]:
    """What is shown, from there on, through what is not."""
    return {name for name in _through(stack, start, shown) if name in shown}


def _through(stack: Stack, start: set[str], shown: set[str]) -> set[str]:
    """All that is named from there on, up to what is shown."""
    seen, waiting = set(start), sorted(start)
    while waiting:
        name = waiting.pop()
        if name not in shown:
            more = _named(stack, name) - seen
            seen |= more
            waiting += sorted(more)
    return seen


def _named(stack: Stack, name: str) -> set[str]:
    """Resources that one names; for a role, the policies on it; for a policy, what it allows."""
    one = stack.resources[name]
    properties = one.get("Properties") or {}
    if one["Type"] == "AWS::IAM::Policy":
        properties = properties["PolicyDocument"]
    named = mentions(properties)
    if one["Type"] == ROLE:
        policies = ((other, p) for other, p in stack.resources.items() if p["Type"] == "AWS::IAM::Policy")
        named |= {other for other, policy in policies if name in mentions(policy["Properties"].get("Roles"))}
    return (named & set(stack.resources)) - {name}


def _foreign(assembly: Assembly, stack: Stack, shown: set[str]) -> Iterator[tuple[str, str]]:
    """What is shown, and what of another stack it uses, itself or through what is not shown; keys are not drawn."""
    behind = _exports(assembly)
    for source in shown:
        for name in {source} | {one for one in _through(stack, _named(stack, source), shown) if one not in shown}:
            for export in imported(stack.resources[name].get("Properties") or {}):
                if export in behind:
                    yield source, behind[export]


def _exports(assembly: Assembly) -> dict[str, str]:
    """By name of the export, the stack and the resource behind it."""
    found = {}
    for stack in assembly.stacks:
        for output in (stack.template.get("Outputs") or {}).values():
            for logical in mentions(output.get("Value")) & set(stack.resources):
                if stack.resources[logical]["Type"] != KEY:
                    found[str((output.get("Export") or {}).get("Name"))] = f"{stack.name}/{_called(stack, logical)}"
    return found


def _called(stack: Stack, name: str) -> str:
    """A construct's path, without the hash of what a version is a version of."""
    return _HASH.sub("", stack.path(name))


def _word(text: str) -> str:
    return "n_" + "".join(letter if letter.isalnum() else "_" for letter in text)


def main() -> int:
    """Write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "cdk.out"
    return write_page("infra.pictures", folder, page, PAGE)


if __name__ == "__main__":
    sys.exit(main())
