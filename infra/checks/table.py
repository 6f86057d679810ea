"""`python -m infra.checks.table [cdk.out]`: docs/suppressions.md, every accepted finding of an assembly."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from infra.checks.accepted import load_accepted
from infra.checks.assembly import Assembly, write_page
from infra.checks.finding import Finding
from infra.checks.run import judge_assembly
from infra.checks.schema import SWITCHED_OFF
from policies.controls.declared import load_declared

PAGE = Path(__file__).parents[2] / "docs" / "suppressions.md"
_HEAD = """# Accepted findings

`python -m infra.app` refuses an app in which our rules, CloudFormation's schemas, or cdk-nag (AwsSolutions and NIST
800-53 R5) find anything. What is accepted all the same is listed here: one rule on one resource of the example
environment, with the reason, and the control of ISO/IEC 42001 that is served in another way. A `…` stands for what
differs between environments. Made by `python -m infra.checks.table` from `infra/checks/accepted.yaml` and the
assembly; a test holds it to both."""


def page(assembly: Assembly) -> str:
    """The whole page."""
    nag = [Finding.model_validate(dict(one)) for one in assembly.nag or ()]
    outcome = judge_assembly(assembly, load_declared(), nag=nag)
    rows = sorted({(found.at, rule, by.reason, by.control) for found, by, rule in outcome.accepted})
    lines = [_HEAD, "", "| resource | rule | why it is accepted | control |", "| --- | --- | --- | --- |"]
    lines += [f"| `{at}` | `{rule}` | {reason} | {control} |" for at, rule, reason, control in rows]
    lines += ["", f"{len(rows)} in all.", "", "Rules that are switched off as a whole:", ""]
    lines += [f"- `{rule}` of cloudformation-validate: {why}." for rule, why in SWITCHED_OFF.items()]
    lines += ["", "Hints of cloudformation-validate (severity INFO) are no findings; its errors and warnings are."]
    return "\n".join(lines) + "\n"


def unused(assemblies: Sequence[Assembly]) -> list[str]:
    """Acceptances that accept nothing in any of these assemblies: what they were for is gone."""
    used: set[tuple[str, str]] = set()
    for assembly in assemblies:
        nag = [Finding.model_validate(dict(one)) for one in assembly.nag or ()]
        for finding, by, rule in judge_assembly(assembly, load_declared(), nag=nag).accepted:
            used |= {(at, rule) for at in by.at if by.model_copy(update={"at": (at,)}).covers(finding)}
    return [f"{at} {rule}" for one in load_accepted() for at in one.at for rule in one.rules if (at, rule) not in used]


def main() -> int:
    """Write the page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "cdk.out"
    return write_page("infra.checks.table", folder, page, PAGE)


if __name__ == "__main__":
    sys.exit(main())
