"""What runs: functions, queues, secrets and alarms, as AWS's API says they are, beside what the templates say."""

from __future__ import annotations

import json
from typing import Any

from tests.deploy.report import Report
from tests.deploy.site import Site


def everything(report: Report, site: Site) -> None:
    """Compare by API what a wrong setting of would be noticed last."""
    _functions(report, site)
    _queues(report, site)
    _secrets(report, site)
    _alarms(report, site)


def _functions(report: Report, site: Site) -> None:
    wrong, count = [], 0
    for one in site.resources("AWS::Lambda::Function"):
        client, wanted, count = site.client("lambda", one.account), one.properties, count + 1
        found = client.get_function_configuration(FunctionName=one.physical)
        most = wanted["ReservedConcurrentExecutions"]
        if _at_once(client, one.physical) != most:
            client.put_function_concurrency(FunctionName=one.physical, ReservedConcurrentExecutions=most)
            report.help(f"{one.logical} runs {most} times at once at most")
        got = {name: found.get(name) for name in ("Handler", "Timeout", "MemorySize", "Architectures", "Runtime")}
        expected = {name: wanted.get(name) for name in got}
        if got != expected or _at_once(client, one.physical) != most:
            wrong.append((one.logical, got, expected, most))
    report.check(f"{count} functions have their handler, limits of time, memory and number", not wrong, wrong)


def _at_once(client: Any, name: str) -> int | None:
    found: int | None = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    return found


def _queues(report: Report, site: Site) -> None:
    encrypted, wrong, dead = [], [], 0
    for one in site.resources("AWS::SQS::Queue"):
        client, wanted = site.client("sqs", one.account), one.properties
        found = client.get_queue_attributes(QueueUrl=one.physical, AttributeNames=["All"])["Attributes"]
        key = site.resolve(one, wanted["KmsMasterKeyId"])
        encrypted.append(found.get("KmsMasterKeyId") == key)
        if "RedrivePolicy" in wanted:
            dead += 1
            times = json.loads(found.get("RedrivePolicy", "{}")).get("maxReceiveCount")
            if int(times or 0) != wanted["RedrivePolicy"]["maxReceiveCount"]:
                wrong.append((one.physical, found))
    report.check(f"{len(encrypted)} queues are encrypted with their key", bool(encrypted) and all(encrypted), encrypted)
    report.check(f"what {dead} queue(s) cannot deliver goes to a queue of its own", bool(dead) and not wrong, wrong)


def _secrets(report: Report, site: Site) -> None:
    for one in site.resources("AWS::SecretsManager::Secret"):
        client, key = site.client("secretsmanager", one.account), site.resolve(one, one.properties["KmsKeyId"])
        promise = f"{one.stack}/{one.logical} is encrypted with its own key"
        if client.describe_secret(SecretId=one.physical).get("KmsKeyId") != key:
            client.update_secret(SecretId=one.physical, KmsKeyId=key)
            report.help(promise)
        held = client.describe_secret(SecretId=one.physical).get("KmsKeyId")
        report.check(promise, held == key, held)


def _alarms(report: Report, site: Site) -> None:
    silent: list[Any] = []
    names = []
    topics = {one.physical for one in site.resources("AWS::SNS::Topic")}
    for one in site.resources("AWS::CloudWatch::Alarm"):
        names.append(one.physical)
        found = site.client("cloudwatch", one.account).describe_alarms(AlarmNames=[one.physical])["MetricAlarms"][0]
        if not found["ActionsEnabled"] or not set(found["AlarmActions"]) & topics:
            silent.append(found)
    report.check(f"{len(names)} alarms are armed and tell the topic", bool(names) and not silent, silent)
