"""AWS Backup: jobs, plans and protected resources."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import ago, uuid
from tools.estate.records.backups import Job, jobs, plan_id
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._matching import within
from tools.estate.services._paging import Paging, page, without_none

_PAGING = Paging(default=1000, largest=1000, error="InvalidParameterValueException")


def _mine(request: EstateRequest) -> list[Job]:
    return [job for job in jobs() if (job.account, job.region) == (request.account, request.region)]


def _point(job: Job) -> str:
    return f"arn:aws:backup:{job.region}:{job.account}:recovery-point:{uuid('point', job.id)}"


def _document(job: Job) -> dict[str, Any]:
    done = job.state == "COMPLETED"
    return without_none(
        {
            "AccountId": job.account,
            "BackupJobId": job.id,
            "BackupVaultName": "nightly",
            "BackupVaultArn": job.vault_arn,
            "RecoveryPointArn": _point(job) if done else None,
            "ResourceArn": job.resource,
            "ResourceName": job.name,
            "ResourceType": job.resource_type,
            "CreationDate": job.created,
            "CompletionDate": job.completed,
            "State": job.state,
            "StatusMessage": job.message,
            "MessageCategory": "SUCCESS" if done else "AccessDenied" if "denied" in (job.message or "") else "FAILURE",
            "PercentDone": "100.0" if done else "0.0",
            "BackupSizeInBytes": job.size,
            "IsEncrypted": True,
            "EncryptionKeyArn": job.key,
            "IamRoleArn": f"arn:aws:iam::{job.account}:role/service-role/AWSBackupDefaultServiceRole",
            "CreatedBy": {
                "BackupPlanId": plan_id(job.account),
                "BackupPlanName": "nightly",
                "BackupRuleName": "nightly",
                "BackupPlanArn": f"arn:aws:backup:{job.region}:{job.account}:backup-plan:{plan_id(job.account)}",
            },
        }
    )


def list_backup_jobs(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    if params.get("ByAccountId") not in (None, "*", request.account):
        raise AwsError("InvalidParameterValueException", "ByAccountId may only name the caller's own account.")
    found = [
        job
        for job in _mine(request)
        if params.get("ByResourceArn") in (None, job.resource)
        and params.get("ByState") in (None, job.state)
        and params.get("ByBackupVaultName") in (None, "nightly")
        and params.get("ByResourceType") in (None, job.resource_type)
        and within(job.created, params.get("ByCreatedAfter"), params.get("ByCreatedBefore"))
        and (
            job.completed is None
            or within(job.completed, params.get("ByCompleteAfter"), params.get("ByCompleteBefore"))
        )
    ]
    documents = [_document(job) for job in found]
    category = params.get("ByMessageCategory")
    if category not in (None, "*"):
        documents = [item for item in documents if item["MessageCategory"] == category]
    if params.get("ByParentJobId"):
        documents = []
    shown, token = page(request, documents, _PAGING)
    return {"BackupJobs": shown, **token}


def describe_backup_job(request: EstateRequest) -> dict[str, Any]:
    for job in _mine(request):
        if job.id == request.params["BackupJobId"]:
            document = _document(job)
            document.pop("IsEncrypted", None)
            document.pop("EncryptionKeyArn", None)
            return document
    raise AwsError("ResourceNotFoundException", f"Backup job {request.params['BackupJobId']} was not found.", 404)


def list_backup_plans(request: EstateRequest) -> dict[str, Any]:
    mine, plan = _mine(request), plan_id(request.account)
    plans = [
        {
            "BackupPlanArn": f"arn:aws:backup:{request.region}:{request.account}:backup-plan:{plan}",
            "BackupPlanId": plan,
            "BackupPlanName": "nightly",
            "CreationDate": ago(days=700),
            "VersionId": uuid("plan-version", request.account),
            **({"LastExecutionDate": mine[0].created} if mine else {}),
        }
    ]
    shown, token = page(request, plans if mine else [], _PAGING)
    return {"BackupPlansList": shown, **token}


def list_protected_resources(request: EstateRequest) -> dict[str, Any]:
    """Resources with their last good backup."""
    last: dict[str, Job] = {}
    for job in _mine(request):
        if job.state == "COMPLETED":
            last.setdefault(job.resource, job)
    results = [
        {
            "ResourceArn": job.resource,
            "ResourceType": job.resource_type,
            "ResourceName": job.name,
            "LastBackupTime": job.completed,
            "LastBackupVaultArn": job.vault_arn,
            "LastRecoveryPointArn": _point(job),
        }
        for job in last.values()
    ]
    shown, token = page(request, results, _PAGING)
    return {"Results": shown, **token}


def list_backup_vaults(request: EstateRequest) -> dict[str, Any]:
    mine = _mine(request)
    points = sum(job.state == "COMPLETED" for job in mine)
    vaults = [
        {
            "BackupVaultName": "nightly",
            "BackupVaultArn": mine[0].vault_arn,
            "CreationDate": ago(days=700),
            "EncryptionKeyArn": mine[0].key,
            "NumberOfRecoveryPoints": points,
        }
    ] if mine else []  # fmt: skip
    shown, token = page(request, vaults, _PAGING)
    return {"BackupVaultList": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "ListBackupJobs": list_backup_jobs,
    "DescribeBackupJob": describe_backup_job,
    "ListBackupPlans": list_backup_plans,
    "ListProtectedResources": list_protected_resources,
    "ListBackupVaults": list_backup_vaults,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every backup job of 30 nights."""
    return {
        "backup_jobs": [
            {
                "account": job.account,
                "region": job.region,
                "resource": job.resource,
                "name": job.name,
                "state": job.state,
                "message": job.message,
                "created": job.created.isoformat(),
                "completed": job.completed.isoformat() if job.completed else None,
            }
            for job in jobs()
        ]
    }
