"""The emulator as a process: its own venv (it pins botocore), on 127.0.0.1 alone, with TLS and IAM enforced."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port, wait_for_port

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "deploy"
LOCKED = Path(__file__).with_name("emulator.txt")
VENV = WORK / "emulator"
SECRET = "local"
"""The emulator's secret key, on loopback, for the minutes that it runs."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """Where it listens, and what a client needs to talk to it."""

    port: int
    folder: Path
    region: str

    @property
    def url(self) -> str:
        """The one address of all its services."""
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        """The certificate that it made for itself."""
        return self.folder / "tmp" / "ministack-tls" / "server.crt"

    @property
    def recorded(self) -> Path:
        """One line of JSON for each resource that was written down only."""
        return self.folder / "recorded.jsonl"

    def environment(self, account: str, region: str | None = None) -> dict[str, str]:
        """Variables for a process that acts as the root user of `account`; nothing of the caller's own AWS set-up."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "REGENT_", "CDK_"))}
        where = region or self.region
        return inherited | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": where,
            "AWS_DEFAULT_REGION": where,
            "AWS_CA_BUNDLE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(
        self, service: str, account: str, *, region: str | None = None, keys: dict[str, str] | None = None
    ) -> Any:
        """A boto3 client as the root user of `account`, or with `keys` as STS gives them."""
        import boto3
        from botocore.config import Config

        given = keys or {"AccessKeyId": account, "SecretAccessKey": SECRET}
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region or self.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given.get("SessionToken"),
            verify=str(self.certificate),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, inject_host_prefix=False),
        )

    def log(self) -> str:
        """The last words of its log."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]


def install() -> Path:
    """The emulator's Python, in a venv of its own, from its locked and hashed list."""
    python, done = VENV / "bin" / "python", VENV / "installed"
    if not done.exists() or done.read_bytes() != LOCKED.read_bytes():
        shutil.rmtree(VENV, ignore_errors=True)
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", "--python", sys.executable, VENV], check=True)
        subprocess.run([*uv, "pip", "install", "--python", python, "--require-hashes", "-r", LOCKED], check=True)
        shutil.copyfile(LOCKED, done)
    return python


@contextmanager
def emulator(account: str, region: str, **more: str) -> Iterator[Emulator]:
    """An empty emulator until the block ends; who calls it without a signature, such as an API, calls `account`.

    `more` are variables of its process, and so of its functions.
    """
    python = install()
    folder = WORK / "run"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    port = free_port()
    found = Emulator(port, folder, region)
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "USE_SSL": "1",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": account,
        "S3_DATA_DIR": str(folder / "s3"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "REGENT_RECORDED": str(found.recorded),
        **more,
    }
    found.recorded.touch()
    with (folder / "log").open("w") as log:
        types = Path(__file__).with_name("emulator_types.py")
        process = subprocess.Popen([python, "-P", types], cwd=folder, env=given, stdout=log, stderr=log)
    try:
        wait_for_port(found.port, process, said=found.log)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
