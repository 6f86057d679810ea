"""`python -m tests.deploy`: the whole run. Exit code 1 when one promise does not hold."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

from infra.config import load_environment
from infra.packaging import assemble
from tests.deploy import cdk, leaving, stored
from tests.deploy.emulator import WORK, Emulator, emulator
from tests.deploy.report import Report
from tests.deploy.site import Site


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
    with report.step("emulator"):
        opened = emulator(environment.region)
        running = opened.__enter__()
    try:
        _deployed(report, running, Site.of(environment, running, package, WORK / "cdk.out"))
    finally:
        opened.__exit__(None, None, None)


def _deployed(report: Report, running: Emulator, site: Site) -> None:
    with report.step("bootstrap"):
        site.bootstrap()
    with report.step("deploy"):
        site.deploy(report)
    with report.step("diff"):
        site.diff(report)
    with report.step("what is stored"):
        stored.everything(report, site)
    with report.step("destroy"):
        leaving.destroy(report, site)


def _package() -> Path:
    """The locked runtime list and our rooms, for this machine, as a zip that takes no time to make."""
    folder, target = WORK / "package", WORK / "package.zip"
    assemble(folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o100644 << 16
                archive.writestr(entry, path.read_bytes())
    return target


if __name__ == "__main__":
    os.environ.pop("REGENT_ENVIRONMENT", None)
    main()
