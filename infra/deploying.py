"""The deploy role's policy: what CloudFormation needs to make, change and remove what the templates have, and no more.

    python -m infra.deploying [cdk.out] [--stack Payer] [--out .]    writes deploy-policy-1.json, -2.json, …

For `cdk bootstrap --cloudformation-execution-policies ARN,ARN`. Made from the templates: a type without a line here is
an error, so that nothing is deployed that nobody thought about. Whether it is enough, only a real account can prove.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from infra.deploying_actions import ACTIONS, ALWAYS, GLOBAL, NEVER, NEVER_LOCKED
from tools.errors import RegentError

MOST_CHARACTERS = 6_144
"""Of a managed policy, without white space."""


class DeployingError(RegentError):
    """The policy cannot be made; the sentence says what is missing."""


def policies(templates: dict[str, dict[str, Any]], region: str) -> list[dict[str, Any]]:
    """Managed policies for the role that deploys these templates in `region`, each small enough for IAM.

    Raises:
        DeployingError: a template has a type of which it is not known what CloudFormation needs for it.
    """
    kinds = sorted({one["Type"] for template in templates.values() for one in template["Resources"].values()})
    unknown = [kind for kind in kinds if kind not in ACTIONS]
    if unknown:
        raise DeployingError(
            f"It is not known what CloudFormation needs for {', '.join(unknown)}; add a line to "
            "infra/deploying_actions.py (`aws cloudformation describe-type` names the actions)."
        )
    wanted = {action for kind in kinds for action in ACTIONS[kind]} | set(ALWAYS)
    found = [_denials()]
    for statement in _statements(wanted, region):
        if _size(_document([*found[-1], statement])) > MOST_CHARACTERS:
            found.append([])
        found[-1].append(statement)
    return [_document(statements) for statements in found]


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(wanted: Iterable[str], region: str) -> Iterator[dict[str, Any]]:
    """One statement per service; what names a role or a policy, only for those that begin with `Regent`."""
    by_service: dict[str, list[str]] = {}
    for action in sorted(wanted):
        by_service.setdefault(action.split(":")[0], []).append(action)
    for service, actions in by_service.items():
        if service == "iam":
            yield _allow("Iam", actions, [f"arn:aws:iam::*:{kind}/Regent*" for kind in ("role", "policy")])
        elif service in GLOBAL:
            yield _allow(service.title().replace("-", ""), actions, ["*"])
        else:
            here = {"StringEquals": {"aws:RequestedRegion": region}}
            yield _allow(service.title().replace("-", ""), actions, ["*"]) | {"Condition": here}


def _denials() -> list[dict[str, Any]]:
    return [
        {"Sid": "Never", "Effect": "Deny", "Action": sorted(NEVER), "Resource": "*"},
        # a bucket under lock keeps its versions by itself; this keeps them from being hidden
        {
            "Sid": "NeverWhatIsLocked",
            "Effect": "Deny",
            "Action": sorted(NEVER_LOCKED),
            "Resource": ["arn:aws:s3:::regent*-ledger*", "arn:aws:s3:::regent*-ledger*/*"],
        },
    ]


def _allow(sid: str, actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}


def _size(document: dict[str, Any]) -> int:
    return len(json.dumps(document, separators=(",", ":")))


def read(assembly: Path, stack: str | None = None) -> tuple[dict[str, dict[str, Any]], str]:
    """The templates of an assembly, or of its stack whose name ends in `stack`, and their region.

    Raises:
        DeployingError: there is no assembly, or no such stack.
    """
    try:
        artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    except OSError as error:
        raise DeployingError(f"There is no assembly in {assembly}; run `python -m infra.app` first.") from error
    stacks = {
        name: one
        for name, one in artifacts.items()
        if one["type"] == "aws:cloudformation:stack" and name.endswith(stack or "")
    }
    if not stacks:
        raise DeployingError(f"There is no stack in {assembly} whose name ends in {stack!r}.")
    templates = {
        name: json.loads((assembly / one["properties"]["templateFile"]).read_text(encoding="utf-8"))
        for name, one in stacks.items()
    }
    return templates, str(next(iter(stacks.values()))["environment"]).rsplit("/", 1)[1]


def main() -> None:
    """Write the policies, and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploying", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("assembly", nargs="?", type=Path, default=Path("cdk.out"), help="default: cdk.out")
    parser.add_argument("--stack", help="only for the stack whose name ends so, for instance Payer")
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the policies; default: this one")
    given = parser.parse_args()
    try:
        documents = policies(*read(given.assembly, given.stack))
    except DeployingError as error:
        sys.exit(f"infra.deploying: {error}")
    for number, document in enumerate(documents, start=1):
        file = given.out / f"deploy-policy-{number}.json"
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
