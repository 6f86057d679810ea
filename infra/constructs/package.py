"""The runtime package as AgentCore takes it: the zip that `make package` built, as an asset, and how it is started."""

from __future__ import annotations

from aws_cdk import Annotations
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from infra.constructs.functions import PACKAGE
from infra.fronts import ROOT

ENTRY = "main.py"
"""At the root of the package, so that our rooms are importable whatever folder the process starts in."""
_PLACEHOLDER = "raise SystemExit('a placeholder was deployed; run `make package`')\n"


class Package(Construct):
    """The code of a runtime. Without a package there is a placeholder, which `cdk deploy` refuses."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        if PACKAGE.exists():
            path = PACKAGE
        else:
            Annotations.of(self).add_error("There is no runtime package. Run `make package` before `cdk deploy`.")
            path = ROOT / "build" / "placeholder-runtime"
            path.mkdir(parents=True, exist_ok=True)
            (path / ENTRY).write_text(_PLACEHOLDER, encoding="utf-8")
        self._asset = assets.Asset(self, "Zip", path=str(path))

    @property
    def artefact(self) -> agentcore.CfnRuntime.AgentRuntimeArtifactProperty:
        """As the property of a runtime; the object's name is the package's hash, by which a release is known."""
        return agentcore.CfnRuntime.AgentRuntimeArtifactProperty(
            code_configuration=agentcore.CfnRuntime.CodeConfigurationProperty(
                code=agentcore.CfnRuntime.CodeProperty(
                    s3=agentcore.CfnRuntime.S3LocationProperty(
                        bucket=self._asset.s3_bucket_name, prefix=self._asset.s3_object_key
                    )
                ),
                entry_point=[ENTRY],
                runtime="PYTHON_3_11",
            )
        )

    def reading(self) -> iam.PolicyStatement:
        """Reading this very object."""
        return iam.PolicyStatement(
            sid="Code",
            actions=["s3:GetObject"],
            resources=[f"arn:aws:s3:::{self._asset.s3_bucket_name}/{self._asset.s3_object_key}"],
        )
