"""Checks before a deployment: our rules, the schemas of CloudFormation and cdk-nag, over a cloud assembly.

The rules that serve a control are those of `policies.controls`; what only concerns how a deployment hangs together is
here. A finding that is right is mended in the stack; one that is not is accepted on one resource, with a reason.
"""

from infra.checks.assembly import Assembly, AssemblyError, Stack, read_assembly
from infra.checks.finding import Finding
from infra.checks.run import Outcome, judge_assembly

__all__ = ["Assembly", "AssemblyError", "Finding", "Outcome", "Stack", "judge_assembly", "read_assembly"]
