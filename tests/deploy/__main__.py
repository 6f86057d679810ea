"""`python -m tests.deploy`: the whole run. Exit code 1 when one promise does not hold."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from infra.config import load_environment
from tests.agents.models.servers.chat import ChatServer
from tests.agents.models.servers.steps import Call, Say
from tests.deploy import asking, cdk, evidence, leaving, running, stored
from tests.deploy.emulator import WORK, emulator
from tests.deploy.package import FOLDER, package
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
        packed = package()
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
        site = Site.of(environment, opened, packed, WORK / "cdk.out")
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
        asking.ask(report, site, FOLDER, agentcore)
    with report.step("evidence"):
        evidence.locked(report, site)
        evidence.signed(report, site)
        evidence.verified(report, site)
        evidence.reader(report, site, asking.runtime_keys(site))
    with report.step("destroy"):
        leaving.destroy(report, site)


if __name__ == "__main__":
    os.environ.pop("REGENT_ENVIRONMENT", None)
    main()
