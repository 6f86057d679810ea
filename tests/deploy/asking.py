"""Asking: a signed request at the API, through front, queue and worker, to the runtime, and what it leaves behind.

The runtime is the deployed package in a process of its own, with exactly the variables and the role that were deployed,
behind a stand-in of the AgentCore data plane (the emulator's own echoes). The language model is a script behind the
emulator's Bedrock; every figure comes from the emulated accounts through the reader role.
"""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.channels.webhook import signature
from tests.agentcore_shim import shim
from tests.deploy.report import Report
from tests.deploy.site import Site
from tests.ports import free_port

SECRET = "a secret of the portal, 32 letters or more"
PERSON, CLIENT = "eva", "portal"
PROMPT = "How many alarms do we have?"
PEOPLE = f'principals:\n  eva: {{role: engineer, known_as: ["webhook:{CLIENT}/{PERSON}"]}}\n'
ENVELOPE = "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Regent-Envelope"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of the question."""

    answer: dict[str, Any]
    seconds: float


def ask(report: Report, site: Site, package: Path, shim_port: int) -> Asked:
    """Register a client and a person, as people would, ask in their name, and poll for the answer."""
    secret = next(iter(site.resources("AWS::SecretsManager::Secret")))
    known = json.dumps({"clients": {CLIENT: {"secrets": [SECRET]}}})
    site.client("secretsmanager").put_secret_value(SecretId=secret.physical, SecretString=known)
    bucket, _, key = site.runtime()["environmentVariables"]["REGENT_PRINCIPALS_OBJECT"][5:].partition("/")
    site.client("s3").put_object(Bucket=bucket, Key=key, Body=PEOPLE.encode())
    door = Door(site)
    body = {"id": "q-1", "person": PERSON, "prompt": PROMPT}
    with _runtime(site, package, shim_port):
        status, said = door.call("POST", "/webhook", body, secret="w" * 40)
        report.check("a request with a wrong signature is refused at the door", status == 401, (status, said))
        started = time.monotonic()
        status, said = door.call("POST", "/webhook", body)
        report.check("a signed question is taken by the deployed API and front function", status == 202, (status, said))
        answer = _poll(door)
        seconds = time.monotonic() - started
        status, said = door.call("POST", "/webhook", body)
        report.check("the same question again is a duplicate, and runs once", said.get("status") == "duplicate", said)
    _judge(report, site, answer)
    return Asked(answer, seconds)


def _judge(report: Report, site: Site, answer: dict[str, Any]) -> None:
    alarms = len(list(site.resources("AWS::CloudWatch::Alarm")))
    report.check(
        "the deployed system answered, through queue, worker and runtime", answer.get("status") == "answered", answer
    )
    figures = [figure.get("value") for figure in answer.get("figures", [])]
    report.check(
        f"its figure is true: {alarms} alarms were deployed", alarms in [_number(one) for one in figures], answer
    )
    sources = {receipt.get("source") for receipt in answer.get("receipts", [])}
    report.check("every receipt is of a call to AWS's API, none of the sample estate", sources == {"aws"}, answer)


def _number(value: Any) -> Any:
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return value


class Door:
    """The API from outside."""

    def __init__(self, site: Site) -> None:
        api = next(iter(site.resources("AWS::ApiGateway::RestApi"))).physical
        stage = next(iter(site.resources("AWS::ApiGateway::Stage"))).properties["StageName"]
        self._base = f"{site.emulator.url}/_aws/execute-api/{api}/{stage}"
        self._emulator = site.emulator

    def call(self, method: str, path: str, body: Any = None, secret: str = SECRET) -> tuple[int, dict[str, Any]]:
        """The status and the JSON that come back."""
        data = json.dumps(body).encode() if body is not None else b""
        timestamp = str(int(time.time()))
        request = urllib.request.Request(
            f"{self._base}{path}",
            data or None,
            {
                "Content-Type": "application/json",
                "X-Regent-Client": CLIENT,
                "X-Regent-Timestamp": timestamp,
                "X-Regent-Signature": signature(secret, timestamp, method, path, data),
            },
            method=method,
        )
        trusting = ssl.create_default_context(cafile=str(self._emulator.certificate))
        try:
            with urllib.request.urlopen(request, timeout=60, context=trusting) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raw = error.read()
            try:
                return error.code, json.loads(raw)
            except ValueError:
                return error.code, {"raw": raw.decode(errors="replace")[:500]}


def _poll(door: Door) -> dict[str, Any]:
    ends, said = time.monotonic() + 120, {}
    while time.monotonic() < ends:
        _, said = door.call("GET", "/webhook/answers/q-1")
        if said.get("status") == "answered":
            found: dict[str, Any] = said["answer"]
            return found
        time.sleep(0.5)
    return {"polled": said}


@contextmanager
def _runtime(site: Site, package: Path, port: int) -> Iterator[None]:
    """The workers' runtime: its package, its variables, its role, and the stand-in of the data plane before it."""
    arn = site.output("Agent", "WorkersRuntime")
    keys = runtime_keys(site)
    home = site.emulator.folder / "runtime"
    home.mkdir()
    own = free_port()
    variables = site.emulator.environment(site.environment.account) | {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        **site.runtime()["environmentVariables"],
        # what differs: an address and a folder of this machine; and no passage, which lets out what goes
        # to AWS's own hosts and refuses the emulator's one address
        "REGENT_SERVE_HOST": "127.0.0.1",
        "REGENT_SERVE_PORT": str(own),
        "REGENT_HOME": str(home / "home"),
    }
    variables.pop("REGENT_PASSAGE", None)
    with (home / "log").open("w") as log:
        words = [sys.executable, "-P", "-m", "agents.runtime"]
        process = subprocess.Popen(
            words, cwd=home, env=variables | {"PYTHONPATH": str(package)}, stdout=log, stderr=log
        )
        try:
            with shim(f"http://127.0.0.1:{own}", port=port, arn=arn, allowed_headers=(ENVELOPE,)):
                yield
        finally:
            process.terminate()
            process.wait(40)


def runtime_keys(site: Site) -> dict[str, str]:
    """The credentials that the workers' runtime was given by the emulator, of its execution role."""
    arn = site.output("Agent", "WorkersRuntime")
    recorded = [json.loads(line) for line in site.emulator.recorded.read_text().splitlines()]
    sessions = [one["properties"] for one in recorded if one["type"] == "session"]
    found: dict[str, str] = next(one["keys"] for one in sessions if one["arn"] == arn)
    return found
