"""What the security queries share: input types, scopes, severities, and how resources and ages are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import Field

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import AwsCallError, InputError
from tools.facts import Scope
from tools.periods import Period

T = TypeVar("T")
P = TypeVar("P", bound=Place)
Top = Annotated[int, Field(ge=1, le=25, description="rows shown; the rest is counted as other")]
SEVERITIES = ("critical", "high", "medium", "low", "informational")
"""From the most to the least serious."""


def scope_of(aws: Aws, accounts: Sequence[Account]) -> Scope:
    """The scope of facts about these accounts; all that exist are written as no account."""
    return Scope(accounts=aws.directory.scope(accounts))


def in_account(aws: Aws, account_id: str) -> Scope:
    """The scope of facts about one account."""
    return Scope(accounts=(aws.directory.name(account_id),))


def rank(severity: str) -> int:
    """0 for critical, up to 5 for what is no known severity."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def short(resource: str) -> str:
    """What people call a resource: the last part of its ARN, or the text itself."""
    if not resource.startswith(("arn:", "AWS::::Account:")):
        return resource
    return resource.rpartition(":")[2].rpartition("/")[2] or resource


def is_user(arn: str) -> bool:
    """Whether an ARN (or a text with one in it) is that of an IAM user, who is mostly a person."""
    return ":user/" in arn


def moment(value: Any) -> datetime:
    """A UTC time from what botocore parsed, or from an ISO 8601 text (Security Hub and GuardDuty send texts)."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def age_days(since: datetime, now: datetime) -> int:
    """Days between two dates (UTC), as people count them: from 29 March to 15 October is 200, at any hour."""
    return max((now.date() - since.date()).days, 0)


def kept_since(aws: Aws, span: Period, kept: timedelta, what: str) -> datetime:
    """The start of the span, or of what the service still holds; a span cut by that is said in `aws.incomplete`.

    Raises:
        InputError: all of the span lies before what is held, so that nothing could be seen: no zero.
    """
    oldest = aws.now - kept
    if span.end <= oldest:
        raise InputError(
            f"{what} keeps {kept.days} days, back to {oldest:%-d %B %Y}; {span.label} lies before that. "
            "Ask for a later period."
        )
    if span.start < oldest:
        aws.incomplete.append(f"{what} reaches back to {oldest:%-d %B %Y} only")
    return max(span.start, oldest)


def joined(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Receipt ids of several calls as one tuple, each once."""
    return tuple(dict.fromkeys(receipt for group in groups for receipt in group))


def chunks(items: Sequence[str], size: int) -> list[list[str]]:
    """The items in lists of at most `size`, because AWS limits the values of one filter."""
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def some(aws: Aws, places: Sequence[P], ask: Callable[[P], T], what: str) -> list[tuple[P, T]]:
    """`aws.each` for a closer look at part of what is known: that all of it fails is said, and the rest stands."""
    try:
        return aws.each(places, ask)
    except AwsCallError as error:
        names = list(dict.fromkeys(place.account.name for place in places))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        aws.incomplete.append(f"{what} could not be looked at in {', '.join(names[:3])}{more} ({error.code})")
        return []


def run_parts(aws: Aws, parts: Mapping[str, Callable[[], None]]) -> None:
    """Run the parts of a query that looks at several kinds of things; one that fails is said, the rest stands.

    Raises:
        AwsCallError: every part failed.
    """
    failures = []
    for name, part in parts.items():
        try:
            part()
        except AwsCallError as error:
            failures.append(error)
            aws.incomplete.append(f"{name} could not be looked at ({error.code} from {error.operation})")
    if parts and len(failures) == len(parts):
        raise failures[0]
