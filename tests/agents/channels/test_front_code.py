"""The code of a front stands by itself: nothing to install, and started in a moment."""

import subprocess
import sys
import zipfile

import pytest

from infra.fronts import FRONT_FILES, ROOT

HANDLERS = (
    "agents.channels.lambda_front",
    "agents.channels.webhook",
    "agents.channels.slack.gatekeeper",
    "agents.gateway.passing",
)


@pytest.fixture
def alone(tmp_path):
    """The files of a front and nothing else, as Lambda unpacks them."""
    with zipfile.ZipFile(tmp_path / "front.zip", "w") as archive:
        for name in FRONT_FILES:
            archive.write(ROOT / name, name)
    return tmp_path / "front.zip"


def test_a_front_needs_nothing_but_its_files_and_the_standard_library(alone):
    code = f"import sys; sys.path[:0] = [{str(alone)!r}]; import {', '.join(HANDLERS)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"agents", "tools"} <= loaded
    outside = loaded - set(sys.stdlib_module_names) - {"agents", "tools", "__main__"}
    assert not {name for name in outside if not name.startswith("_")}


def test_the_interceptor_hands_on_one_token_and_nothing_else(alone):
    from agents.gateway.passing import handler

    body = {"jsonrpc": "2.0", "method": "tools/list", "id": 1}
    for headers, kept in (
        ({"authorization": "Bearer a", "x-user": "root"}, {"Authorization": "Bearer a"}),
        ({"Authorization": "Bearer a", "authorization": "Bearer b"}, {}),
        (None, {}),
    ):
        told = handler({"mcp": {"gatewayRequest": {"headers": headers, "body": body}}}, None)
        assert told["mcp"] == {"transformedGatewayRequest": {"headers": kept, "body": body}}
