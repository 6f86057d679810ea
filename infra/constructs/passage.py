"""The passage: a function outside the VPC that forwards signed requests to listed hosts. See `infra.forward`.

What goes through it, and where the data that comes back lies:

| host | why | where the data lies |
| --- | --- | --- |
| Cost Explorer, Budgets, Cost Optimization Hub, Savings Plans | one endpoint for the world | us-east-1: billing data |
| IAM, Organizations | one endpoint for the world | us-east-1: names of identities, policies and accounts |
| Health | one endpoint for the world | us-east-1 or us-east-2: AWS's own events, names of resources concerned |
| the other declared regions | an interface endpoint serves its own region | in that declared region |
| S3 Control | has no interface endpoint | in the region that is asked |
| the issuer of tokens | is no AWS service | with the issuer: its public keys, nothing of ours is sent |
"""

from __future__ import annotations

import json
import re
import shutil
from typing import Any

from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Environment
from infra.constructs.functions import function
from infra.constructs.reach import GLOBAL_HOSTS, NO_ENDPOINT, services
from infra.fronts import ROOT
from tools.catalogue import queries
from tools.iam import DIRECTORY

FOLDER = ROOT / "build" / "passage"
REST = frozenset({"accessanalyzer", "backup", "guardduty", "inspector2", "lambda", "savingsplans", "securityhub"})
"""Services whose requests do not name their operation: it is told by method and path."""


def passage(scope: Construct, environment: Environment, key: kms.IKey) -> lambda_.Function:
    """The function, with the list of this environment. It may write its log and nothing else."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copyfile(ROOT / "infra" / "forward.py", FOLDER / "forward.py")
    (FOLDER / "rules.json").write_text(json.dumps(rules(environment), indent=1, sort_keys=True), encoding="utf-8")
    return function(
        scope,
        "Passage",
        environment,
        says="Regent's way out of its network: forwards signed requests to listed hosts",
        handler="forward.handler",
        code=lambda_.Code.from_asset(str(FOLDER)),
        key=key,
        seconds=25,
        memory=512,
        at_once=50,
        variables={},
    )


def passage_arn(environment: Environment) -> str:
    """Its ARN, by its fixed name."""
    return f"arn:aws:lambda:{environment.region}:{environment.account}:function:{environment.prefix}Passage"


def rules(environment: Environment) -> dict[str, Any]:
    """`hosts` with their declared operations, by name or as method and pattern of the path; patterns of hosts that may
    be read; hosts of public keys."""
    operations = _operations()
    hosts: dict[str, list[str]] = {}
    read: list[str] = []
    elsewhere = [region for region in environment.regions if region != environment.region]
    for service in services():
        declared = operations.get(service.name)
        if declared is None:
            continue  # what the process calls by itself, it calls in its own region
        named = _paths(service.name, declared) if service.name in REST else declared
        if service.name in GLOBAL_HOSTS:
            hosts[GLOBAL_HOSTS[service.name]] = named
        elif service.name in NO_ENDPOINT:
            read += [rf"\d{{12}}\.s3-control\.{re.escape(region)}\.amazonaws\.com" for region in environment.regions]
        elif service.name == "s3":
            read += [rf"([a-z0-9.-]+\.)?s3\.{re.escape(region)}\.amazonaws\.com" for region in elsewhere]
        else:
            hosts |= {f"{service.prefix}.{region}.amazonaws.com": named for region in elsewhere}
    return {"hosts": hosts, "read": sorted(read), "keys": sorted(environment.identity.key_hosts)}


def _paths(service: str, operations: list[str]) -> list[str]:
    """`METHOD pattern` of each operation, from botocore's description of the service."""
    from botocore.session import Session

    model = Session().get_service_model(service)
    found = []
    for operation in operations:
        how = model.operation_model(operation).http
        # a label is one segment of the path, one with a plus is all that follows
        parts = re.split(r"(\{\w+\+?\})", how["requestUri"].partition("?")[0])
        path = "".join(
            (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
        )
        found.append(f"{how['method']} {path}")
    return found


def _operations() -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for operation in {o for query in queries().values() for o in query.operations} | set(DIRECTORY):
        service, _, name = operation.partition(":")
        found.setdefault(service, set()).add(name)
    return {service: sorted(names) for service, names in found.items()}
