"""CloudFormation's own schemas and rules of good practice, by the package `cloudformation-validate`, offline."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import orjson

from infra.checks.assembly import Assembly
from infra.checks.finding import Finding

SWITCHED_OFF = {"W3005": "the CDK writes a DependsOn for what a reference already says; the deployment is the same"}
"""Rules about how the CDK writes and not about what would be deployed. Hints (severity INFO) are no findings either."""


def by_schema(assembly: Assembly) -> Iterator[Finding]:
    """Errors and warnings in each template."""
    for stack in assembly.stacks:
        for rule, logical, why in _diagnosed(stack.name, orjson.dumps(stack.template)):
            where = stack.path(logical) if logical else ""
            yield Finding(rule=rule, stack=stack.name, resource=where, why=why, controls=("8.1",), source="schema")


@lru_cache(maxsize=64)
def _diagnosed(name: str, template: bytes) -> tuple[tuple[str, str, str], ...]:
    """Rule, logical id and message of each; a template that is judged again unchanged costs nothing."""
    from cloudformation_validate import Severity, TemplateContent

    judged = (Severity.WARN, Severity.ERROR, Severity.FATAL)
    report = _engine().validate_template(TemplateContent(template, name))
    return tuple(
        (found.rule_id, found.entity.logical_id if found.entity else "", found.message)
        for found in report.diagnostics
        if found.severity in judged and found.rule_id not in SWITCHED_OFF
    )


@cache
def _engine() -> Any:
    """Its rules and schemas are compiled once, in a third of a second."""
    from cloudformation_validate import CelEngine

    atexit.register(_engine.cache_clear)  # it frees itself by a library that is gone at the very end
    return CelEngine()
