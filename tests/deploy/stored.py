"""What is stored: buckets, keys, log groups and tables, as AWS's API says they are, beside what the templates say."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.report import Report
from tests.deploy.site import Site

BUCKET = "AWS::S3::Bucket"


def buckets(report: Report, site: Site) -> None:
    """Every bucket is private, versioned where it should be, encrypted with its key, and locked where it must be."""
    for stack, account, name, wanted in site.resources(BUCKET):
        s3 = site.client("s3", account)
        where = f"{stack}'s bucket {name}"
        _lock(report, s3, name, where, wanted)


def _lock(report: Report, s3: Any, name: str, where: str, wanted: dict[str, Any]) -> None:
    if not wanted.get("ObjectLockEnabled"):
        return
    rule = wanted["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    expected = {"Mode": rule["Mode"], **{unit: rule[unit] for unit in ("Days", "Years") if unit in rule}}
    if _asked(s3.get_object_lock_configuration, Bucket=name) is None:
        s3.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": expected}},
        )
        report.help(f"{where}: Object Lock, {expected}")
    got = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
    right = got == {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": expected}}
    report.check(f"{where} is under Object Lock, {expected}", right, got)


def _asked(call: Any, **given: Any) -> Any:
    """The answer, or None when AWS says that there is no such setting."""
    try:
        return call(**given)
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(("NotFoundError", "NotFound", "NoSuchTagSet")):
            return None
        raise
