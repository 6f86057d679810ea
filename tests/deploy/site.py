"""The site: one environment in the emulator, and what is done to it from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.config import Environment
from tests.deploy.cdk import Cdk, CdkFailedError
from tests.deploy.emulator import Emulator
from tests.deploy.report import Report


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: what the template calls it and says of it, and what it is called where it is."""

    stack: str
    account: str
    kind: str
    logical: str
    physical: str
    kept: bool
    """Whether it stays when its stack goes."""
    properties: dict[str, Any] = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.physical}"


@dataclass(frozen=True, eq=False)
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
        for kind in sorted({one["type"] for one in recorded} - {"session"}):
            names = sorted(f"{one['stack']}/{one['logical']}".strip("/") for one in recorded if one["type"] == kind)
            report.wired.append(f"{kind}: {', '.join(names) or 'once'}")

    def diff(self, report: Report) -> None:
        """Nothing is left to do after a deployment."""
        try:
            said = self.cdk.over("diff", "--all", "--fail")
        except CdkFailedError as error:
            report.check("`cdk diff` is empty after the deployment", False, error)
            return
        same = said.count("There were no differences")
        report.check("`cdk diff` is empty after the deployment", same == len(self.cdk.accounts), said)

    def resources(self, kind: str | None = None) -> Iterator[Resource]:
        """Every deployed resource of this type (None: of any type), beside what the template says of it."""
        for stack, template in self.cdk.templates.items():
            physical = self.physical(stack)
            for logical, one in template["Resources"].items():
                if kind in (None, one["Type"]) and logical in physical:
                    kept = one.get("DeletionPolicy", "Delete").startswith("Retain")
                    account, given = self.cdk.accounts[stack], one.get("Properties", {})
                    yield Resource(stack, account, one["Type"], logical, physical[logical], kept, given)

    @cache  # noqa: B019 - one site for the life of the process
    def physical(self, stack: str) -> dict[str, str]:
        """What CloudFormation calls each resource of a stack."""
        client = self.client("cloudformation", self.cdk.accounts[stack])
        found = client.describe_stack_resources(StackName=stack)["StackResources"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    def resolve(self, resource: Resource, value: Any) -> str:
        """What a reference in a template became: the ARN of a key, the id of anything else, or an imported value."""
        if isinstance(value, str):
            return value
        if "Fn::ImportValue" in value:
            exported = self.client("cloudformation", resource.account).list_exports()["Exports"]
            return str(next(one["Value"] for one in exported if one["Name"] == value["Fn::ImportValue"]))
        logical = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        physical = self.physical(resource.stack)[logical]
        kind = self.cdk.templates[resource.stack]["Resources"][logical]["Type"]
        if kind == "AWS::KMS::Key" and "Fn::GetAtt" in value:
            return str(self.client("kms", resource.account).describe_key(KeyId=physical)["KeyMetadata"]["Arn"])
        return physical

    def output(self, stack: str, key: str) -> str:
        """An output of a stack, by its name without the environment's prefix."""
        name = f"{self.environment.prefix}{stack}"
        found = self.client("cloudformation", self.cdk.accounts[name]).describe_stacks(StackName=name)["Stacks"][0]
        return next(one["OutputValue"] for one in found["Outputs"] if one["OutputKey"] == key)

    def runtime(self) -> dict[str, Any]:
        """The runtime that channel workers call, as AgentCore's control plane describes it."""
        arn = self.output("Agent", "WorkersRuntime")
        control = self.client("bedrock-agentcore-control")
        found: dict[str, Any] = control.get_agent_runtime(agentRuntimeId=arn.rsplit("/", 1)[-1])
        return found
