"""`bedrock:` through an emulator that others wrote: our reading of the protocol is not the only one that is tested."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from agents.models import open_model
from agents.settings import Settings, load_settings
from policies.oversight import Limits
from tests.agents.models import servers
from tests.agents.models.servers.asking import Asker, answered, diagnostics, failed
from tests.agents.models.servers.chat import ChatServer
from tests.agents.models.servers.steps import Call, Say, Step
from tests.ports import free_port, wait_for_port

pytestmark = pytest.mark.slow
PROFILE = str(Settings.model_fields["bedrock_profile"].default)
SPEND = Call.of("spend", {"period": "last_month"})
LOCKED = Path(servers.__file__).with_name("ministack.txt")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MiniStack's Python, in a throwaway venv: it pins a botocore that is not ours."""
    folder = tmp_path_factory.mktemp("ministack")
    uv = [sys.executable, "-m", "uv", "-q"]
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*uv, "venv", "--python", sys.executable, str(folder / "venv")], check=True, timeout=120)
    install = [*uv, "pip", "install", "--python", str(python), "--require-hashes", "-r", str(LOCKED)]
    subprocess.run(install, check=True, timeout=300)
    return python


@pytest.fixture
def asker(
    ask: Callable[..., Answer], home: Home, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asker]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with diagnostics(first_wait=0.02) as log:
        yield Asker(ask, home, capfd, log)


@contextmanager
def bedrock_before(upstream: ChatServer, python: Path, folder: Path) -> Iterator[str]:
    """Bedrock's address; what it is asked, it asks the upstream."""
    port = free_port()
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_BEDROCK_PROXY_URL": upstream.address,
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([str(python), "-m", "ministack"], cwd=folder, env=given, stdout=log, stderr=log)
    try:
        wait_for_port(port, process, said=(folder / "log").read_text)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def asked(
    asker: Asker, emulator: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Answer, ChatServer]]:
    def asking(*steps: Step, **more: Any) -> tuple[Answer, ChatServer]:
        with ChatServer(*steps, model=PROFILE) as upstream, bedrock_before(upstream, emulator, tmp_path) as address:
            monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address)
            answer = asker(open_model("bedrock:", load_settings()), **more)
        assert not upstream.faults
        return answer, upstream

    return asking


Asked = Callable[..., tuple[Answer, ChatServer]]


def test_a_question_is_answered_through_an_emulated_bedrock(asked: Asked) -> None:
    answer, upstream = asked(SPEND, Say("Spend was [[f1]]."))
    answered(answer)
    assert len(upstream.requests) == 2, "the emulator's canned reply was not what answered"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (240, 24)


def test_a_call_with_invalid_json_is_never_run(asked: Asked) -> None:
    # Bedrock itself ends such a reply with `malformed_tool_use`
    answer, upstream = asked(Call.of("spend", '{"period": "last_month"'))
    failed(answer, "could not read")
    assert not answer.queries
    assert len(upstream.requests) == 3


def test_an_unknown_query_is_told_to_the_model(asked: Asked) -> None:
    answer, _ = asked(Call.of("drop_database", {}), SPEND, Say("Spend was [[f1]]."))
    answered(answer)
    assert [query.decision for query in answer.queries] == ["error", "allow"]


def test_a_model_that_never_stops_calling_is_stopped(asked: Asked) -> None:
    answer, _ = asked(SPEND, limits=Limits(model_calls=4))
    assert (answer.status, answer.exit_code) == ("withheld", 4)
