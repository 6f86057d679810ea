"""Snapshots of logs: log groups, CloudTrail, Bedrock's own invocation logging."""

from __future__ import annotations

from collections.abc import Sequence

from tools.calls import Place
from tools.snapshots.base import Seen, Survey, snapshot


@snapshot("log-groups", operations=("logs:DescribeLogGroups", "logs:ListLogGroups"))
def log_groups(survey: Survey) -> None:
    """Every log group of the home accounts."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        groups = survey.list(place, "logs:DescribeLogGroups", "logGroups")
        counted = survey.list(place, "logs:ListLogGroups", "logGroups")
        return [survey.seen(group["logGroupName"], group, place) for group in groups], len(counted)

    survey.everywhere(ask)


@snapshot("invocation-logging", operations=("bedrock:GetModelInvocationLoggingConfiguration",))
def invocation_logging(survey: Survey) -> None:
    """Bedrock's model-invocation logging, by account and region."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.get(place, "bedrock:GetModelInvocationLoggingConfiguration")
        return [survey.seen(place.region, {"loggingConfig": found.get("loggingConfig")}, place)], 0

    survey.everywhere(ask)
    survey.population = len(survey.places)


@snapshot(
    "trails",
    operations=(
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:ListTrails",
    ),
)
def trails(survey: Survey) -> None:
    """Each CloudTrail trail that records the home accounts, with its status and selectors."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.list(place, "cloudtrail:DescribeTrails", "trailList")
        seen = []
        for trail in found:
            home = Place(place.account, trail.get("HomeRegion", place.region))
            name = trail["TrailARN"]
            status = survey.get(home, "cloudtrail:GetTrailStatus", Name=name)
            chosen = survey.get(home, "cloudtrail:GetEventSelectors", TrailName=name)
            seen.append(survey.seen(trail["Name"], {**trail, **status, **chosen}, place))
        return seen, len(survey.list(place, "cloudtrail:ListTrails", "Trails"))

    survey.everywhere(ask, survey.aws.places(survey.accounts, survey.regions[:1]))
