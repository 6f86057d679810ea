"""Lambda functions as all of ours must be: a role and an encrypted log group of its own, arm64, a bounded life."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Annotations, Duration, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Environment
from infra.constructs import log_group
from infra.fronts import ROOT, assemble

PACKAGE = ROOT / "build" / "runtime" / "regent-runtime.zip"
_PLACEHOLDER = (
    "def handler(event, context):\n    raise RuntimeError('a placeholder was deployed; run `make package`')\n"
)


def packaged(scope: Construct) -> lambda_.Code:
    """The runtime package that `make package` built; without one, a placeholder that `cdk deploy` refuses."""
    if PACKAGE.exists():
        return lambda_.Code.from_asset(str(PACKAGE))
    Annotations.of(scope).add_error("There is no runtime package. Run `make package` before `cdk deploy`.")
    folder = ROOT / "build" / "placeholder"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "placeholder.py").write_text(_PLACEHOLDER, encoding="utf-8")
    return lambda_.Code.from_asset(str(folder))


def front() -> lambda_.Code:
    """The code of fronts: `infra.fronts.FRONT_FILES`, and nothing that has to be installed."""
    return lambda_.Code.from_asset(str(assemble()))


def function(
    scope: Construct,
    id: str,
    environment: Environment,
    *,
    says: str,
    handler: str,
    code: lambda_.Code,
    key: kms.IKey,
    seconds: int,
    memory: int,
    variables: Mapping[str, str],
    at_once: int,
    disk: int = 512,
) -> lambda_.Function:
    """A function named `PREFIX` + `id`, with a role of the same name that may write its own log and nothing else yet.

    `seconds` is the longest it may run, `memory` and `disk` are MB, `at_once` is how many may run at the same time.
    """
    name = f"{environment.prefix}{id}"
    group = log_group(scope, f"{id}Log", environment, key, name=f"/aws/lambda/{name}")
    role = iam.Role(
        scope,
        f"{id}Role",
        role_name=name,
        description=says,
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    )
    role.add_to_policy(
        iam.PolicyStatement(
            sid="OwnLog", actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.log_group_arn]
        )
    )
    return lambda_.Function(
        scope,
        id,
        function_name=name,
        description=says,
        runtime=lambda_.Runtime.PYTHON_3_11,
        architecture=lambda_.Architecture.ARM_64,
        handler=handler,
        code=code,
        role=role,
        timeout=Duration.seconds(seconds),
        memory_size=memory,
        ephemeral_storage_size=Size.mebibytes(disk),
        reserved_concurrent_executions=at_once,
        environment=dict(variables),
        environment_encryption=key,
        log_group=group,
    )
