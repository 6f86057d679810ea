"""The checks as a part of each synthesis: with findings, `app.synth()` raises, so `cdk deploy` does not begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsii
import orjson
from aws_cdk import (
    App,
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from infra.checks.assembly import REPORT, Assembly, read_assembly, short
from infra.checks.finding import Finding
from infra.checks.run import Outcome, judge_assembly
from policies.controls.declared import Declared
from tools.errors import RegentError

_NIST = re.compile(r" - \(Control IDs: (.*)\)\.?$")


class RefusedError(RegentError):
    """The checks found something in what was synthesized; it is not to be deployed."""


@jsii.implements(IPolicyValidationPlugin)
class RegentChecks:
    """Our rules, the schemas, and the packs of cdk-nag, with one list of what is accepted.

    It leaves what cdk-nag found in the assembly, for `python -m infra.check`, which sees no constructs.
    """

    def __init__(self, packs: Iterable[Any], declared: Declared) -> None:
        self._packs, self._declared = tuple(packs), declared
        self.found = 0
        """How many findings refuse the deployment."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return "Regent"

    @property
    def version(self) -> str | None:
        """None: it is of the app that it checks."""
        return None

    @property
    def rule_ids(self) -> list[str] | None:
        """None: the rules are those that the packages bring."""
        return None

    def synth(self, app: App) -> None:
        """Synthesize `app`, in which this is registered.

        Raises:
            RefusedError: there are findings; they are printed, and stand in the assembly's validation report.
        """
        try:
            app.synth()
        except RuntimeError as error:
            if not self.found:
                raise
            raise RefusedError(
                f"{self.found} findings refuse this deployment. They are printed above; `python -m infra.check` says "
                "them again, with rule and control, and how to accept one."
            ) from error

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Called by the CDK when the assembly is written."""
        folder = Path(context.template_paths[0]).parent
        assembly = read_assembly(folder)
        nag = tuple(found for pack in self._packs for found in _of_pack(pack.validate(context), assembly.prefix))
        found = orjson.dumps({"found": [one.model_dump(mode="json") for one in nag]}, option=orjson.OPT_INDENT_2)
        (folder / REPORT).write_bytes(found)
        outcome = judge_assembly(assembly, self._declared, nag=nag)
        self.found = len(outcome.findings)
        return PolicyValidationPluginReport(
            success=not outcome.findings, violations=list(_violations(outcome, assembly, folder))
        )


def _of_pack(report: PolicyValidationPluginReport, prefix: str) -> Iterator[Finding]:
    for violation in report.violations:
        match = _NIST.search(violation.description)
        controls = tuple(f"NIST {one.strip()}" for one in match[1].split(",")) if match else ()
        for one in violation.violating_resources:
            stack, _, path = str(one.construct_path).partition("/")
            yield Finding(
                rule=violation.rule_name,
                stack=stack.removeprefix(prefix),
                resource=short(path, ""),
                why=_NIST.sub(".", violation.description),
                controls=controls,
                source="cdk-nag",
            )


def _violations(outcome: Outcome, assembly: Assembly, folder: Path) -> Iterator[PolicyViolation]:
    logical = {f"{s.name}/{path}": name for s in assembly.stacks for name, path in s.paths.items()}
    for finding in outcome.findings:
        stack = finding.stack or assembly.stacks[0].name
        yield PolicyViolation(
            rule_name=finding.rule,
            description=f"{finding.at or 'the app'}: {finding.why}",
            severity="error",
            violating_resources=[
                PolicyViolatingResource(
                    locations=["Properties"],
                    resource_logical_id=logical.get(finding.at, finding.resource),
                    template_path=str(folder / f"{assembly.prefix}{stack}.template.json"),
                )
            ],
        )
