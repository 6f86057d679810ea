"""Missing patches and the vulnerabilities that follow from them: what SSM and Inspector both report.

The CVE numbers are invented, as everything here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import Instance, ago, digest, rng
from tools.estate.world import STORIES

WINDOW = datetime(2026, 9, 8, 23, 0, tzinfo=UTC)
"""The September patch window: an install that should have run on every instance."""
GAP = next(story.start for story in STORIES if story.key == "patch-gap")


UNMANAGED = ("gpu", "notebook")
"""Roles without the SSM agent: SSM does not know these instances."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch: id, package, severity as SSM names it, CVE, what Inspector calls it."""

    kb: str
    package: str
    version: str
    fixed: str
    severity: str
    cve: str
    score: float
    exploit: bool = False


# The critical ones were released with the September window, the others are older.
PATCHES: tuple[Patch, ...] = (
    Patch("kernel.x86_64:6.1.170-1", "kernel", "6.1.161", "6.1.170", "Critical", "CVE-2026-90411", 9.8, True),
    Patch("openssl.x86_64:3.2.9-1", "openssl", "3.2.4", "3.2.9", "Critical", "CVE-2026-90387", 9.1, True),
    Patch("glibc.x86_64:2.34-231", "glibc", "2.34-210", "2.34-231", "Critical", "CVE-2026-90352", 8.8),
    Patch("sudo.x86_64:1.9.18-2", "sudo", "1.9.15", "1.9.18", "Critical", "CVE-2026-90290", 8.4),
    Patch("curl.x86_64:8.12.1-1", "curl", "8.9.0", "8.12.1", "Medium", "CVE-2026-90127", 6.5),
    Patch("vim.x86_64:9.1.900-1", "vim", "9.1.400", "9.1.900", "Low", "CVE-2026-90088", 3.9),
)
CRITICAL = tuple(patch for patch in PATCHES if patch.severity == "Critical")


@cache
def missing(instance: Instance) -> tuple[Patch, ...]:
    """The patches that an instance lacks: two to four critical ones on the six of the story, nowhere else any."""
    random = rng("missing", instance.id)
    if instance.name in inventory.PATCH_GAP:
        first = CRITICAL[: random.randint(2, 4)]
        return (*first, PATCHES[4]) if random.random() < 0.5 else first
    if random.random() < 0.12:
        return (random.choice(PATCHES[4:]),)
    return ()


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One Inspector finding on an instance or a function."""

    account: str
    region: str
    resource_type: str
    """``AWS_EC2_INSTANCE`` or ``AWS_LAMBDA_FUNCTION``."""
    resource: str
    """Instance id or function ARN, as Inspector names resources."""
    resource_arn: str
    kind: str
    cve: str
    package: str
    version: str
    fixed: str | None
    severity: str
    score: float
    status: str
    first: datetime
    updated: datetime
    exploit: bool

    @property
    def arn(self) -> str:
        number = digest("inspector", self.resource, self.cve, self.kind)[:32]
        return f"arn:aws:inspector2:{self.region}:{self.account}:finding/{number}"


_LEVELS = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.0, "LOW"))


def severity(score: float) -> str:
    """Inspector's severity for a CVSS score."""
    return next(name for least, name in _LEVELS if score >= least)


def _on_instance(item: Instance, patch: Patch, status: str = "ACTIVE") -> Vulnerability:
    random = rng("vulnerability", item.id, patch.cve)
    story = item.name in inventory.PATCH_GAP and patch.severity == "Critical"
    first = GAP + timedelta(hours=random.randint(7, 20)) if story else ago(days=random.randint(20, 120), hours=3)
    closed = first + timedelta(days=6)
    return Vulnerability(
        item.account,
        item.region,
        "AWS_EC2_INSTANCE",
        item.id,
        item.arn,
        "PACKAGE_VULNERABILITY",
        patch.cve,
        patch.package,
        patch.version,
        patch.fixed,
        severity(patch.score),
        patch.score,
        status,
        first,
        ago(hours=random.randint(1, 20)) if status == "ACTIVE" else closed,
        patch.exploit,
    )


def _instances() -> Iterator[Vulnerability]:
    for item in inventory.INSTANCES:
        if item.state != "running":
            continue
        for patch in missing(item):
            yield _on_instance(item, patch)
        # Closed since the patch window worked: a sloppy count includes them.
        if (
            item.role == "floor-system"
            and item.name not in inventory.PATCH_GAP
            and rng("closed", item.id).random() < 0.4
        ):
            yield _on_instance(item, CRITICAL[0], "CLOSED")
        if item.role == "kiosk":
            yield Vulnerability(
                item.account,
                item.region,
                "AWS_EC2_INSTANCE",
                item.id,
                item.arn,
                "NETWORK_REACHABILITY",
                "Port 3389 is reachable from an Internet Gateway",
                "rdp",
                "",
                None,
                "HIGH",
                7.5,
                "ACTIVE",
                ago(days=71, hours=2),
                ago(hours=9),
                False,
            )


def _functions() -> Iterator[Vulnerability]:
    for item in inventory.FUNCTIONS:
        random = rng("vulnerability", item.arn)
        if item.runtime not in ("python3.8", "python3.9", "nodejs16.x"):
            continue
        # The owner of legacy-export accepted its risk: suppressed, not open.
        status = "SUPPRESSED" if item.name == "legacy-export-trigger" else "ACTIVE"
        yield Vulnerability(
            item.account,
            item.region,
            "AWS_LAMBDA_FUNCTION",
            item.arn + ":$LATEST",
            item.arn,
            "PACKAGE_VULNERABILITY",
            "CVE-2025-90702",
            "urllib3" if item.runtime.startswith("python") else "undici",
            "1.26.5",
            "1.26.19",
            "MEDIUM" if status == "ACTIVE" else "HIGH",
            5.9 if status == "ACTIVE" else 7.2,
            status,
            ago(days=random.randint(60, 300)),
            ago(hours=random.randint(2, 30)),
            False,
        )


@cache
def vulnerabilities() -> tuple[Vulnerability, ...]:
    """Every Inspector finding of the organisation, newest update first."""
    found = [*_instances(), *_functions()]
    return tuple(sorted(found, key=lambda item: (item.updated, item.arn), reverse=True))
