"""Who made a change: the API calls that make it are looked for, all of them, and nothing else is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from botocore.session import Session

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.reading import read
from agents.models.offline.topics import actions
from agents.models.offline.topics.action_table import TABLE
from agents.models.offline.weighing.deciding import decide
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

PHRASES = yaml.load((Path(__file__).parent / "phrases" / "actions.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
AT = Context(names(), NOW, queries())
SERVICES = (
    *("autoscaling", "backup", "cloudformation", "cloudtrail", "cloudwatch", "config", "dynamodb", "ec2", "ecr", "ecs"),
    *("elbv2", "events", "guardduty", "iam", "kms", "lambda", "logs", "organizations", "rds", "route53", "s3"),
    *("s3control", "savingsplans", "secretsmanager", "securityhub", "sns", "sqs", "sso-admin", "ssm", "sts", "wafv2"),
    "service-quotas",
)
NAMED_OTHERWISE = {
    "DeleteBucketPublicAccessBlock": "DeletePublicAccessBlock",
    "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
    "SwitchRole": None,
}
"""Events that CloudTrail names otherwise than the API does; the sign-in page has no API."""


@pytest.mark.parametrize(("part", "least"), [(0, 117), (1, 112)], ids=["seen", "held out"])
def test_who_made_a_change_is_looked_for_by_every_call_that_makes_it(part: int, least: int) -> None:
    right = 0
    for row in PHRASES[part::2]:
        calls = [call for one in decide(row["say"], (), AT).readings for call in one.calls]
        asked = {call.query for call in calls}
        done = {name for call in calls for name in str(call.inputs.get("action", "")).split(",")}
        right += asked == {"who_did_what"} and set(row["means"].split("+")) <= done
    assert right >= least, f"{right} of {len(PHRASES[part::2])}"


def test_every_action_of_the_table_is_one_that_aws_has() -> None:
    session = Session()
    known = {name for service in SERVICES for name in session.get_service_model(service).operation_names}
    named = {name for row in TABLE for name in row[0].split(",")}
    assert not {name for name in named if NAMED_OTHERWISE.get(name, name) not in {*known, None}}


def test_every_action_of_the_table_can_be_asked_for_in_one_call() -> None:
    who = queries()["who_did_what"]
    for row in TABLE:
        assert who.parse({"action": row[0]})["action"] == row[0]


def test_no_row_of_the_table_is_passed_over_before_it_is_tried() -> None:
    for row in PHRASES[::6]:
        text = read(row["say"], AT.names, NOW).text
        tried = [named for named, does, thing in TABLE if actions._pattern(does, thing).search(text)]
        assert actions.actions(text) == list(dict.fromkeys(tried))


@pytest.mark.parametrize(
    "question",
    [
        "which buckets are public?",
        "who has admin rights?",
        "who has no MFA?",
        "which users have keys older than 90 days",
        "who hasn't turned on two-factor yet",
        "who spends the most",
        "which security groups are open to the world",
    ],
)
def test_what_is_so_today_is_not_read_as_what_somebody_did(question: str) -> None:
    calls = [call for one in decide(question, (), AT).readings for call in one.calls]
    assert not any("action" in call.inputs for call in calls)
