"""CloudFormation's own schemas and rules of good practice, by the package `cloudformation-validate`, offline."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from infra.checks.assembly import Assembly
from infra.checks.finding import Finding

SWITCHED_OFF = {"W3005": "the CDK writes a DependsOn for what a reference already says; the deployment is the same"}
"""Rules about how the CDK writes and not about what would be deployed. Hints (severity INFO) are no findings either."""


def by_schema(assembly: Assembly) -> Iterator[Finding]:
    """Errors and warnings in each template."""
    from cloudformation_validate import CelEngine, Severity, TemplateContent

    engine, judged = CelEngine(), (Severity.WARN, Severity.ERROR, Severity.FATAL)
    for stack in assembly.stacks:
        report = engine.validate_template(TemplateContent(orjson.dumps(stack.template), stack.name))
        for found in report.diagnostics:
            if found.severity not in judged or found.rule_id in SWITCHED_OFF:
                continue
            logical = found.entity.logical_id if found.entity else ""
            yield Finding(
                rule=found.rule_id,
                stack=stack.name,
                resource=stack.path(logical) if logical else "",
                why=found.message,
                controls=("8.1",),
                source="schema",
            )
