"""Leaving: what `cdk destroy` takes with it, and what stays because it is locked or holds evidence."""

from __future__ import annotations

from collections import Counter

from botocore.exceptions import ClientError

from tests.deploy.cdk import CdkFailedError
from tests.deploy.presence import there
from tests.deploy.report import Report
from tests.deploy.site import Site


def destroy(report: Report, site: Site) -> None:
    """A protected stack is not destroyed; once a person lifts that, all goes but what was declared to stay."""
    before = list(site.resources())
    report.check("`cdk destroy` is refused while stacks are protected", _refused(site), "it went through")
    for name, account in site.cdk.accounts.items():
        site.client("cloudformation", account).update_termination_protection(
            EnableTerminationProtection=False, StackName=name
        )
    site.cdk.over("destroy", "--all", "--force")
    left = {name: account for name, account in site.cdk.accounts.items() if _stack(site, name, account)}
    report.check("no stack is left", not left, left)
    found = {one: there(site, one.kind, one.account, one.physical) for one in before}
    lost = [str(one) for one, here in found.items() if one.kept and here is False]
    stayed = [str(one) for one, here in found.items() if not one.kept and here]
    kept = Counter(one.kind for one in before if one.kept)
    said = ", ".join(f"{number} {kind}" for kind, number in sorted(kept.items()))
    report.check(f"what must stay stays ({said})", not lost and bool(kept), lost)
    gone = Counter(one.kind for one, here in found.items() if not one.kept and here is False)
    said = ", ".join(f"{number} {kind}" for kind, number in sorted(gone.items()))
    report.check(f"everything else is gone ({said})", not stayed and bool(gone), stayed)
    blind = sorted({one.kind for one, here in found.items() if here is None})
    print(f"   after destroy these types were not asked about: {', '.join(blind)}", flush=True)


def _refused(site: Site) -> bool:
    try:
        site.cdk.over("destroy", f"{site.environment.prefix}Audit", "--force", "--exclusively")
    except CdkFailedError:
        return _stack(site, f"{site.environment.prefix}Audit", site.cdk.accounts[f"{site.environment.prefix}Audit"])
    return False


def _stack(site: Site, name: str, account: str) -> bool:
    try:
        found = site.client("cloudformation", account).describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return False
    return bool(found["StackStatus"] != "DELETE_COMPLETE")
