"""The site: one environment in the emulator, and what is done to it from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.config import Environment
from tests.deploy.cdk import Cdk, CdkFailedError
from tests.deploy.emulator import Emulator
from tests.deploy.report import Report


@dataclass(frozen=True)
class Site:
    """The environment, the emulator it goes to, and the command line that takes it there."""

    environment: Environment
    emulator: Emulator
    cdk: Cdk

    @classmethod
    def of(cls, environment: Environment, running: Emulator, package: Path, out: Path) -> Site:
        """`package` is the code of functions, for this machine; the assembly goes to `out`."""
        variables = running.environment(environment.account) | {
            "REGENT_ENVIRONMENT": environment.name,
            "REGENT_DEPLOY_PACKAGE": str(package),
        }
        return cls(environment, running, Cdk(variables, out))

    def client(self, service: str, account: str | None = None) -> Any:
        """A client as the root user of the home account, or of another."""
        return self.emulator.client(service, account or self.environment.account)

    def bootstrap(self) -> None:
        """Write the assembly, and bootstrap every account that it goes to; others trust the home account."""
        self.cdk.synthesize()
        home, region = self.environment.account, self.environment.region
        for account in sorted(set(self.cdk.accounts.values())):
            trust = () if account == home else ("--trust", home)
            admin = "arn:aws:iam::aws:policy/AdministratorAccess"
            beyond = self.emulator.environment(account)
            Cdk({**self.cdk.environment, **beyond}, self.cdk.out).over(
                "bootstrap", f"aws://{account}/{region}", *trust, "--cloudformation-execution-policies", admin
            )

    def deploy(self, report: Report) -> None:
        """Deploy every stack with the real command line."""
        self.cdk.over("deploy", "--all", "--require-approval", "never", "--concurrency", "4")
        for name, account in self.cdk.accounts.items():
            stack = self.client("cloudformation", account).describe_stacks(StackName=name)["Stacks"][0]
            status = stack["StackStatus"]
            report.check(f"{name} is deployed in {account}", status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), status)
        recorded = [json.loads(line) for line in self.emulator.recorded.read_text().splitlines()]
        for kind in sorted({one["type"] for one in recorded if one["stack"] != "CDKToolkit"}):
            names = sorted(f"{one['stack']}/{one['logical']}" for one in recorded if one["type"] == kind)
            report.wired.append(f"{kind}: {len(names)} ({names[0]}{', …' if len(names) > 1 else ''})")

    def diff(self, report: Report) -> None:
        """Nothing is left to do after a deployment."""
        try:
            said = self.cdk.over("diff", "--all", "--fail")
        except CdkFailedError as error:
            report.check("`cdk diff` is empty after the deployment", False, error)
            return
        same = said.count("There were no differences")
        report.check("`cdk diff` is empty after the deployment", same == len(self.cdk.accounts), said)

    def resources(self, kind: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """(stack, account, physical id, properties in the template) of every deployed resource of this type."""
        for stack, template in self.cdk.templates.items():
            account = self.cdk.accounts[stack]
            wanted = {name: one for name, one in template["Resources"].items() if one["Type"] == kind}
            if not wanted:
                continue
            client = self.client("cloudformation", account)
            found = client.describe_stack_resources(StackName=stack)["StackResources"]
            physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
            for name, one in wanted.items():
                yield stack, account, physical[name], one.get("Properties", {})

    def output(self, stack: str, key: str) -> str:
        """An output of a stack, by its name without the environment's prefix."""
        name = f"{self.environment.prefix}{stack}"
        found = self.client("cloudformation", self.cdk.accounts[name]).describe_stacks(StackName=name)["Stacks"][0]
        return next(one["OutputValue"] for one in found["Outputs"] if one["OutputKey"] == key)
