"""`python -m infra.check [cdk.out]`: our rules, the schemas of CloudFormation and cdk-nag over a written assembly."""

from __future__ import annotations

import argparse
import json
import os
import sys
from itertools import groupby
from pathlib import Path

from infra.checks import AssemblyError, Finding, Outcome, judge_assembly, read_assembly
from infra.checks.accepted import AcceptedError
from policies.controls.declared import SHIPPED, load_declared
from policies.controls.errors import ControlsError

ROOT = Path(__file__).parents[1]
_EXAMPLES = """examples:
  python -m infra.app && python -m infra.check    write the assembly and check it
  python -m infra.check build/prod --json         another assembly, as JSON
  python -m infra.check --declared bounds.yaml    measured by your own declarations (or REGENT_DECLARED)

Exit: 0 nothing found, 1 findings, 2 there is nothing to check.
A finding that is right is mended in the stack. One that is not is accepted in infra/checks/accepted.yaml, on one
resource, with a reason and a control; docs/suppressions.md lists them.
"""


def main(argv: list[str] | None = None) -> int:
    """Check an assembly, print what was found, and say whether there was anything."""
    arguments = _parser().parse_args(argv)
    try:
        assembly = read_assembly(arguments.assembly)
        nag = None if assembly.nag is None else [Finding.model_validate_json(json.dumps(one)) for one in assembly.nag]
        outcome = judge_assembly(assembly, load_declared(arguments.declared), nag=nag or ())
    except (AssemblyError, AcceptedError, ControlsError) as error:
        print(f"infra.check: {error}", file=sys.stderr)  # noqa: T201 - what a command says
        return 2
    said = _json(outcome, nag is not None) if arguments.json else _table(outcome, len(assembly.stacks), nag is not None)
    print(said)  # noqa: T201 - what a command says
    return 1 if outcome.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.check",
        description="Check a written cloud assembly before it is deployed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("assembly", nargs="?", type=Path, default=ROOT / "cdk.out", help="folder (default: cdk.out)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--declared",
        type=Path,
        default=Path(os.environ.get("REGENT_DECLARED", SHIPPED)),
        help="declarations to measure by (default: REGENT_DECLARED, or the shipped ones)",
    )
    return parser


def _json(outcome: Outcome, nagged: bool) -> str:
    return json.dumps(
        {
            "findings": [one.model_dump(mode="json") for one in outcome.findings],
            "accepted": [
                {"rule": one.rule, "at": one.at, "reason": by.reason, "control": by.control}
                for one, by, _ in outcome.accepted
            ],
            "cdk_nag": nagged,
        },
        indent=1,
    )


def _table(outcome: Outcome, stacks: int, nagged: bool) -> str:
    lines = []
    for at, some in groupby(sorted(outcome.findings, key=lambda one: (one.at, one.rule)), key=lambda one: one.at):
        lines.append(at or "the app as a whole")
        for one in some:
            serves = ", ".join(one.controls[:6]) + (", …" if len(one.controls) > 6 else "")
            lines.append(f"  {one.rule}: {one.why}" + (f" [{serves}]" if serves else ""))
    found = f"{len(outcome.findings)} findings in {stacks} stacks; {len(outcome.accepted)} accepted with a reason."
    if not nagged:
        found += "\nNot said here: what cdk-nag finds. It runs at a synthesis, and this assembly has no report of one."
    return "\n".join([*lines, found])


if __name__ == "__main__":
    sys.exit(main())
