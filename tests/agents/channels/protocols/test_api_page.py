"""docs/api.md: its tables are the models, and each of its examples is run as it stands there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from agents.channels.protocols.housekeeping import TASK_HEADER
from policies.access.sources import ProxySettings
from policies.audit.bodies import FeedbackGiven
from tests.agentcore_shim import ARN, shim
from tests.agents.channels.protocols.api_page import PAGE, SCHEMAS, page, schemas
from tests.agents.channels.protocols.conftest import SECRET, WHO, Served
from tests.agents.channels.protocols.test_agui_client import WHEEL, installed
from tests.agents.test_runtime import call
from tests.ports import free_port, wait_for_port
from tests.warm import REGENT, Warm

_ = installed  # the fixture
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)
Run = Callable[..., str]


def example(language: str, holding: str) -> str:
    [found] = [code for kind, code in EXAMPLES if kind == language and holding in code]
    return str(found)


@pytest.fixture
def run(served: Served, tmp_path: Path) -> Run:
    """Runs an example with the address and a token in its environment, as the page says; what it printed."""

    def ran(words: list[str], code: str, folder: Path = tmp_path, **env: str) -> str:
        given = {**os.environ, "URL": served.url, "TOKEN": served.token(), **env}
        given["PYTHONPATH"] = str(PAGE.parents[1])
        done = subprocess.run(
            [*words, code], cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ran


def test_the_tables_and_schemas_are_the_models() -> None:
    assert page(TEXT) == TEXT, "run `python -m tests.agents.channels.protocols.api_page`"
    assert SCHEMAS.read_text(encoding="utf-8") == schemas()


def test_answers_of_every_kind_fit_the_schema(served: Served) -> None:
    asked = ["What did we spend last month?", "Who deleted the S3 endpoint in data-prod in September?", "Tell a joke"]
    found = []
    for text in asked:
        for body in ({"prompt": text}, {"prompt": text, "results": True}):
            jsonschema.validate(body, json.loads(schemas())["question"])
            status, answer = call(served.port, body=body, **served.bearer())
            assert status == 200
            jsonschema.validate(json.loads(answer), json.loads(schemas())["answer"])
            found.append(json.loads(answer)["status"])
    assert set(found) == {"answered", "needs_approval", "unanswerable"}


def test_the_curl_examples(run: Run, served: Served) -> None:
    answer = json.loads(run(["bash", "-c"], example("bash", '"session": "costs"')))
    assert answer["status"] == "answered"
    events = [json.loads(line[6:]) for line in run(["bash", "-c"], example("bash", '"stream"')).splitlines() if line]
    assert [event["event"] for event in events][-1] == "answer" and len(events) > 2
    assert json.loads(run(["bash", "-c"], example("bash", '"approvals"'))) == {"approvals": []}
    assert "record" in json.loads(run(["bash", "-c"], example("bash", '"feedback"'), ANSWER=answer["id"]))
    other = run(["bash", "-c"], example("bash", '"feedback"'), ANSWER="q-18ec3c5ffd39574b-35d5ed")
    assert "is known here to be yours" in json.loads(other)["refused"]
    assert [body.helpful for body in served.recorded(FeedbackGiven)] == [True]


@pytest.mark.slow
def test_the_boto3_example_from_a_key_that_is_made_to_an_answer(run: Run, tmp_path: Path) -> None:
    """As the page has it: make a key, let a runtime of one's own believe it, ask. AgentCore itself is a stand-in."""
    mine = tmp_path / "mine"
    mine.mkdir()
    house = {"principals": "people.yaml", "disclosure": {"contact": "Ring the platform team, extension 4711."}}
    (mine / "regent.yaml").write_text(yaml.safe_dump(house))
    (mine / "people.yaml").write_text(
        yaml.safe_dump({"principals": {"eva": {"role": "engineer", "known_as": ["slack:T1/eva"]}}})
    )
    regent, port = Path(REGENT), free_port()
    named = {"PATH": f"{regent.parent}:{os.environ['PATH']}", "REGENT_HOME": str(mine / "home")}
    made = "set -e\n" + example("bash", "worker-key") + "printenv WORKER_KEY AUDIENCE"
    key, audience = run(["bash", "-c"], made, mine, **named).split()
    served = Warm([REGENT, "serve", "--port", str(port)], cwd=mine, env=os.environ | named)
    try:
        wait_for_port(port, served)
        with shim(f"http://127.0.0.1:{port}", keys={"AKIDTEST": "secret"}) as plane:
            env = {
                "RUNTIME_ARN": ARN,
                "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": plane.url,
                "AWS_ACCESS_KEY_ID": "AKIDTEST",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AUDIENCE": audience,
                "WORKER_KEY": key,
            }
            said = run([sys.executable, "-c"], example("python", "boto3.client"), **env)
    finally:
        served.terminate()
        served.wait(60)
    assert said.startswith("answered ") and "132,864.40" in said and "extension 4711" in said


@pytest.mark.slow
def test_the_openai_example(run: Run) -> None:
    said = run([sys.executable, "-c"], example("python", "from openai"))
    assert "August 2026" in said and said.splitlines()[-1].startswith("answered {")


@pytest.mark.slow
@pytest.mark.parametrize(("holding", "shows"), [("mcp.client", "132,864.40"), ("a2a.client", "132,864.40")])
def test_the_examples_of_mcp_and_a2a(run: Run, holding: str, shows: str) -> None:
    assert shows.replace(",", "") in run([sys.executable, "-c"], example("python", holding)).replace(",", "")


@pytest.mark.slow
def test_the_ag_ui_example(run: Run, installed: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(installed, tmp_path / "agui")
    (folder / "example.mjs").write_text(example("js", "HttpAgent"))
    said = run([str(WHEEL / "bin/node")], "example.mjs", folder)
    assert "asking AWS: spend" in said and "132,864.40" in said


def test_the_settings_example() -> None:
    given: dict[str, Any] = yaml.safe_load(example("yaml", "proxy"))["identity"]["proxy"]
    settings = ProxySettings.model_validate({**given, "secret_sha256": ["0" * 64]})
    assert settings.person_header == "X-OpenWebUI-User-Email"


def test_the_open_webui_example(run: Run, served: Served) -> None:
    """Its variables, without Open WebUI; that it was started with them is said on the page."""
    assert re.fullmatch(r"[0-9a-f]{64}  -\n", run(["bash", "-c"], example("bash", "openssl rand")))
    exports = example("bash", "OPENAI_API_KEY").replace("http://127.0.0.1:8080", "$URL")
    exports = "".join(line for line in exports.splitlines(keepends=True) if line.startswith("export"))
    asked = """curl -s "$OPENAI_API_BASE_URL/models" -H "Authorization: Bearer $OPENAI_API_KEY" -H "$WHO" """
    got = run(["bash", "-c"], exports + asked, SECRET=SECRET, WHO=f"{WHO}: eva@house.example")
    assert json.loads(got)["data"][0]["id"] == "regent"
    headers = run(["bash", "-c"], exports + 'printf %s "$OPENAI_API_CONFIGS"')
    assert [name.lower() for name in json.loads(headers)["0"]["headers"]] == [TASK_HEADER]


def test_every_example_is_run() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    tried = re.findall(r'example\("(\w+)", ["\'](.+?)["\']\)', source)
    tried += [("python", "mcp.client"), ("python", "a2a.client")]
    for kind, code in EXAMPLES:
        assert any(kind == language and holding in code for language, holding in tried), code
