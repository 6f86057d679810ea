"""One process that synthesizes for all tests of a session: loading the CDK takes seconds."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory):
    """Two folders: the example environment as `python -m infra.app` writes it, and the other one, without checks."""
    out, other = tmp_path_factory.mktemp("cdk"), tmp_path_factory.mktemp("other")
    done = synthesize_other(other, "example", str(out), REGENT_ENVIRONMENT="example")
    assert done.returncode == 0, done.stderr[-2000:]
    return out, other


@pytest.fixture(scope="session")
def assembly(assemblies):
    """The folder into which `infra.app` wrote the example environment."""
    return assemblies[0]


def read(assembly):
    """Every template of an assembly, as {stack name: template}."""
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    return {
        name: json.loads((assembly / artifact["properties"]["templateFile"]).read_text())
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


@pytest.fixture(scope="session")
def templates(assembly):
    """Every template of the example environment, as {stack name: template}."""
    return read(assembly)


@pytest.fixture(scope="session")
def stacks(templates):
    """The resources of every stack, as {stack name without the environment's prefix: resources}."""
    return {name.removeprefix("RegentExample"): template["Resources"] for name, template in templates.items()}


def synthesize_other(out, *words, **env):
    """Synthesize the example environment with what it leaves out: an archive account, a second stage, a StackSet, all
    channels, a runtime of each protocol. With `example` and a folder, the app is run before that as it is."""
    return subprocess.run(
        [sys.executable, "-c", _OTHER, str(out), *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def other_assembly(assemblies):
    """That other environment, without the checks of a synthesis."""
    return assemblies[1]


_OTHER = """
import sys
from pathlib import Path
from infra.app import _node_from_the_venv, main
_node_from_the_venv()
if "example" in sys.argv:
    import os, aws_cdk  # before the folder is named: Node is not to take it for that of what comes after
    os.environ["CDK_OUTDIR"] = sys.argv[sys.argv.index("example") + 1]
    main()
from infra.config import Organization, Slack, Stage, Teams, load_environment
from policies.oversight.digest import Digest
from infra.stacks.all import build, new_app, synthesize
changed = {
    "log_archive_account": "333333333333",
    "stages": {"live": Stage(people=3, workers=4, mcp=5), "next": Stage()},
    "protocols": ("mcp", "a2a", "agui"),
    "stack_set": Organization(units=("ou-abcd-11111111",)),
    "channels": ("slack", "teams", "webhook"),
    "slack": Slack(channels=("C0123",), alerts=("C0124",)),
    "teams": Teams(
        app_id="11111111-2222-3333-4444-555555555555", tenant="11111111-2222-3333-4444-555555555555", alerts=("19:a",)
    ),
    "digests": (
        Digest(name="week", questions=("What did we spend?",), to=("slack:C0124", "teams:19:a", "webhook:portal")),
    ),
}
if "closed" in sys.argv:
    changed = {"channels": ()}
other, out = load_environment("example").model_copy(update=changed), Path(sys.argv[1])
if "checked" in sys.argv:
    synthesize(other, out)
else:
    app = new_app(out)
    build(app, other)
    app.synth()
"""


@pytest.fixture(scope="session")
def other_checked(tmp_path_factory):
    """The same with the checks, whose report it holds: 20 s, for slow tests."""
    out = tmp_path_factory.mktemp("checked")
    done = synthesize_other(out, "checked")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return out


@pytest.fixture(scope="session")
def other_stacks(other_assembly):
    """The resources of that other environment, like `stacks`."""
    found = read(other_assembly)
    return {name.removeprefix("RegentExample"): template["Resources"] for name, template in found.items()}
