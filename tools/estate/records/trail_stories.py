"""The CloudTrail events of the planted stories, and of what the inventory says happened lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.estate import inventory
from tools.estate.inventory.identity import DEPLOY_ROLES
from tools.estate.inventory.keys import BACKUP_KEY_ROTTERDAM
from tools.estate.records.checks import OPENED_AT
from tools.estate.records.trail import NAMES, Event, deploy, login, person
from tools.estate.world import BY_NAME, STORIES

STORY = {story.key: story for story in STORIES}
_CLUSTER = "online"


def _end(key: str) -> datetime:
    return STORY[key].end or STORY[key].start


def _nat() -> Iterator[Event]:
    vpc = next(item for item in inventory.VPCS if item.account == BY_NAME["data-prod"].id)
    old = ("AWS::EC2::VPCEndpoint", inventory.STORY_ENDPOINT)
    new = ("AWS::EC2::VPCEndpoint", inventory.resource_id("vpce", vpc.id, "s3"))
    start = STORY["nat-spike"].start
    request = {"DeleteVpcEndpointsRequest": {"VpcEndpointId": {"content": inventory.STORY_ENDPOINT}}}
    yield deploy("data-prod", start, "DeleteVpcEndpoints", "ec2", resources=(old,), request=request)
    service = {"CreateVpcEndpointRequest": {"VpcId": vpc.id, "ServiceName": "com.amazonaws.eu-west-1.s3"}}
    again = _end("nat-spike") - timedelta(seconds=20)
    yield deploy("data-prod", again, "CreateVpcEndpoint", "ec2", resources=(new,), request=service)


def _gpu() -> Iterator[Event]:
    for number, instance in enumerate(inventory.GPU_INSTANCES):
        at = STORY["gpu-untagged"].start + timedelta(minutes=number)
        resource = (("AWS::EC2::Instance", instance),)
        request = {"instanceType": "g5.12xlarge", "minCount": 1, "maxCount": 1}
        yield person("data-lab", at, "RunInstances", "ec2", "m.jansen", resources=resource, request=request)


def _bucket() -> Iterator[Event]:
    bucket = (("AWS::S3::Bucket", inventory.STORY_BUCKET),)
    at = STORY["public-bucket"].start
    request = {"bucketName": inventory.STORY_BUCKET}
    first = at - timedelta(minutes=2)
    name = "DeleteBucketPublicAccessBlock"
    yield person("venue-utrecht", first, name, "s3", "j.devries", resources=bucket, request=request)
    policy = request | {"bucketPolicy": "PublicRead: Allow * s3:GetObject"}
    yield person("venue-utrecht", at, "PutBucketPolicy", "s3", "j.devries", resources=bucket, request=policy)


def _backup() -> Iterator[Event]:
    at, account = STORY["backup-failing"].start, BY_NAME["venue-rotterdam"].id
    key = (("AWS::KMS::Key", f"arn:aws:kms:eu-west-1:{account}:key/{BACKUP_KEY_ROTTERDAM}"),)
    request = {"keyId": BACKUP_KEY_ROTTERDAM, "policyName": "default"}
    yield deploy("venue-rotterdam", at, "PutKeyPolicy", "kms", resources=key, request=request)


def _update(service: str, revision: int, at: datetime, owner: str = "online-prod", cluster: str = _CLUSTER) -> Event:
    request = {"cluster": cluster, "service": service, "taskDefinition": f"{service}:{revision}"}
    resource = (("AWS::ECS::Service", service), ("AWS::ECS::Cluster", cluster))
    return deploy(owner, at, "UpdateService", "ecs", resources=resource, request=request)


def _storm() -> Iterator[Event]:
    start = STORY["alarm-storm"].start
    family = {"family": "bet-settlement", "revision": 148}
    yield deploy("online-prod", start - timedelta(minutes=1), "RegisterTaskDefinition", "ecs", request=family)
    yield _update("bet-settlement", 148, start)
    yield _update("bet-settlement", 147, _end("alarm-storm"))


def _quota() -> Iterator[Event]:
    added = tuple(("AWS::EC2::Instance", item.id) for item in inventory.INSTANCES if item.name in inventory.SCALED_OUT)
    request = {"instanceType": "c6i.4xlarge", "minCount": 2, "maxCount": 2}
    yield deploy("online-prod", STORY["quota-near"].start, "RunInstances", "ec2", resources=added, request=request)


def _signed_in() -> Iterator[Event]:
    account = BY_NAME["venue-amsterdam"].id
    yield login(account, STORY["root-login"].start, "root", mfa=False, root=True)
    # Near-miss: somebody tried the root user of another account and failed.
    other = BY_NAME["backoffice-prod"].id
    yield login(
        other, STORY["root-login"].start + timedelta(days=5, hours=4), "root", mfa=False, root=True, failed=True
    )


def _opened() -> Iterator[Event]:
    group = next(item for item in inventory.SECURITY_GROUPS if item.name == "db-debug")
    request = {"groupId": group.id, "ipPermissions": {"fromPort": 5432, "toPort": 5432, "cidrIp": "0.0.0.0/0"}}
    resource = (("AWS::EC2::SecurityGroup", group.id),)
    name = "AuthorizeSecurityGroupIngress"
    yield person("online-staging", OPENED_AT, name, "ec2", "x.prins", resources=resource, request=request)


def _implied() -> Iterator[Event]:
    """What the inventory's own dates imply: keys made, sign-ins, code updates, launches, deployments."""
    for user in inventory.USERS:
        owner = NAMES[user.account]
        if user.password_last_used:
            yield login(user.account, user.password_last_used, user.name, mfa=user.mfa)
        for key in user.keys:
            resource = (("AWS::IAM::AccessKey", key.id), ("AWS::IAM::User", user.name))
            request = {"userName": user.name}
            yield deploy(owner, key.created, "CreateAccessKey", "iam", resources=resource, request=request)
    for function in inventory.FUNCTIONS:
        code = (("AWS::Lambda::Function", function.name),)
        request = {"functionName": function.name}
        owner = NAMES[function.account]
        yield deploy(
            owner, function.modified, "UpdateFunctionCode20150331v2", "lambda", resources=code, request=request
        )
    for service in inventory.ECS_SERVICES:
        if service.name != "bet-settlement" or NAMES[service.account] != "online-prod":
            yield _update(service.name, service.revision, service.deployed, NAMES[service.account], service.cluster)
    for instance in inventory.INSTANCES:
        if instance.name not in inventory.SCALED_OUT and instance.id not in inventory.GPU_INSTANCES:
            machine = (("AWS::EC2::Instance", instance.id),)
            launch = {"instanceType": instance.type, "minCount": 1, "maxCount": 1}
            role = DEPLOY_ROLES[NAMES[instance.account]]
            yield Event(
                instance.account,
                instance.region,
                instance.launched,
                "RunInstances",
                "ec2",
                role,
                "AssumedRole",
                resources=machine,
                request=launch,
            )


def story_events() -> list[Event]:
    """Every event of a story, and the events that the inventory implies (of any age)."""
    sources = (_nat, _gpu, _bucket, _backup, _storm, _quota, _signed_in, _opened, _implied)
    return [event for source in sources for event in source()]
