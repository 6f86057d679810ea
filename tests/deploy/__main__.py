"""`python -m tests.deploy`: the whole run. Exit code 1 when one promise does not hold."""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from contextlib import ExitStack
from pathlib import Path

from infra.config import load_environment
from infra.packaging import ALONE, REQUIREMENTS, ROOMS, ROOT, assemble
from tests.agents.models.servers.chat import ChatServer
from tests.agents.models.servers.steps import Call, Say
from tests.deploy import asking, cdk, evidence, leaving, running, stored
from tests.deploy.emulator import WORK, emulator
from tests.deploy.report import Report
from tests.deploy.site import Site
from tests.ports import free_port


def main() -> None:
    """Run everything, print the report, and keep it in `build/deploy/report.txt`."""
    report = Report()
    try:
        _run(report)
    finally:
        text = report.text()
        print(text, flush=True)
        (WORK / "report.txt").write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if report.failed else 0)


def _run(report: Report) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    environment = load_environment("example")
    with report.step("package"):
        cdk.install()
        package = _package()
    agentcore = free_port()
    script = (Call.of("alarms", {"state": "all"}), Say("There are [[f1]] alarms."))
    with ExitStack() as closing:
        with report.step("emulator"):
            model = closing.enter_context(ChatServer(*script, model=environment.model))
            opened = closing.enter_context(
                emulator(
                    environment.account,
                    environment.region,
                    REGENT_ORGANISATION=f"{environment.organization} {environment.payer_account} {environment.account}",
                    MINISTACK_BEDROCK_PROXY_URL=model.address,
                    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=f"http://127.0.0.1:{agentcore}",
                )
            )
        site = Site.of(environment, opened, package, WORK / "cdk.out")
        _deployed(report, site, agentcore)


def _deployed(report: Report, site: Site, agentcore: int) -> None:
    with report.step("bootstrap"):
        site.bootstrap()
    with report.step("deploy"):
        site.deploy(report)
    with report.step("diff"):
        site.diff(report)
    with report.step("what is stored"):
        stored.everything(report, site)
    with report.step("what runs"):
        running.everything(report, site)
    with report.step("question"):
        asking.ask(report, site, WORK / "package", agentcore)
    with report.step("evidence"):
        evidence.locked(report, site)
        evidence.signed(report, site)
        evidence.verified(report, site)
        evidence.reader(report, site, asking.runtime_keys(site))
    with report.step("destroy"):
        leaving.destroy(report, site)


def _package() -> Path:
    """The locked runtime list and our rooms, for this machine, as a zip that takes no time to make; made when stale."""
    folder, target, stamp = WORK / "package", WORK / "package.zip", WORK / "package.sha256"
    digest = _inputs()
    if target.exists() and stamp.exists() and stamp.read_text() == digest:
        return target
    stamp.unlink(missing_ok=True)
    assemble(folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, path.read_bytes())
    stamp.write_text(digest)
    return target


def _inputs() -> str:
    """SHA-256 over everything that the package is made of."""
    digest = hashlib.sha256(sys.version.encode())
    sources = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if "__pycache__" not in path.parts)
    for path in (REQUIREMENTS, *(ROOT / name for name in ALONE), *sources):
        if path.is_file():
            digest.update(path.relative_to(ROOT).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ.pop("REGENT_ENVIRONMENT", None)
    main()
