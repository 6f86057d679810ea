"""One synthesis for all tests of a session: about three seconds that nobody should spend twice."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def assembly(tmp_path_factory):
    """The folder into which `python -m infra.app` wrote the example environment."""
    out = tmp_path_factory.mktemp("cdk")
    environment = {**os.environ, "CDK_OUTDIR": str(out), "REGENT_ENVIRONMENT": "example"}
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out


@pytest.fixture(scope="session")
def templates(assembly):
    """Every template of the assembly, as {stack name: template}."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    return {
        name: json.loads((assembly / artifact["properties"]["templateFile"]).read_text())
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


@pytest.fixture(scope="session")
def stacks(templates):
    """The resources of every stack, as {stack name without the environment's prefix: resources}."""
    return {name.removeprefix("RegentExample"): template["Resources"] for name, template in templates.items()}
