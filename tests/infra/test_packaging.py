"""The runtime package: small enough, the same bytes every time, complete, and alive under the runtime contract."""

import http.client
import json
import os
import subprocess
import sys
import time
import zipfile

import pytest

from infra import packaging
from tests.deploy.package import FOLDER
from tests.deploy.package import package as package_here
from tests.ports import free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return packaging.build(tmp_path_factory.mktemp("package"))


def test_it_is_small_enough_and_holds_arm64_code_only(package):
    assert package.zipped < 120 * 2**20 and package.unzipped < 250 * 2**20
    with zipfile.ZipFile(package.zip) as archive:
        names = archive.namelist()
        libraries = [name for name in names if name.endswith(".so")]
        machines = {archive.read(name)[18:20] for name in libraries}
    assert len(libraries) > 5 and machines == {b"\xb7\x00"}, "an ELF file that is not for aarch64"
    assert not [name for name in names if name.startswith(("agents/cli", "tools/estate/"))]
    assert {"main.py", "infra/applied.py"} <= set(names) and not [n for n in names if n.startswith("infra/stacks")]
    assert {"agents/runtime.py", "policies/access/__init__.py", "tools/cost/spend.py"} <= set(names)


def test_the_same_sources_give_the_same_bytes(package, tmp_path):
    again = packaging.build(tmp_path)
    assert again.sha256 == package.sha256
    assert again.sbom.read_bytes() == package.sbom.read_bytes()


def test_the_sbom_is_valid_and_names_every_distribution(package):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = package.sbom.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    named = {part["name"] for part in json.loads(text)["components"]}
    with zipfile.ZipFile(package.zip) as archive:
        there = {n.split("/")[0].split("-")[0] for n in archive.namelist() if ".dist-info/" in n}
    assert {name.lower().replace("_", "-") for name in there} == named
    assert {"strands-agents", "boto3", "cedarpy"} <= named


def test_the_same_list_for_this_machine_serves_without_our_environment(tmp_path):
    package_here()
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "REGENT_HOME": str(tmp_path / "home"),
        "REGENT_SERVE_PORT": str(port),
        "REGENT_ESTATE": "aws",
    }
    imports = (
        "import agents.desk, agents.invoking, agents.models.bedrock, policies.access, tools.catalogue, "
        "agents.channels.lambda_worker, agents.channels.webhook_worker, agents.gateway.target, "
        "agents.rounds.verifying, agents.rounds.watching, agents.controlling"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(FOLDER)!r}); {imports}; tools.catalogue.queries()",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    server = subprocess.Popen(
        [sys.executable, "-S", str(FOLDER / "main.py")],
        env=env,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert _ping(port)["status"] == "Healthy"
    finally:
        server.kill()
        _, said = server.communicate()
    assert "Traceback" not in said and "ModuleNotFound" not in said


def _ping(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/ping")
            return json.loads(connection.getresponse().read())
        except OSError:
            time.sleep(0.02)
    return pytest.fail("nothing serves")
