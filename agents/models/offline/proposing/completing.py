"""Completing: each plan also without what a doubtful mention filled in, and with what a mention left unused could fill.

The rules that fill inputs choose one reading of every word. Here the others are proposed as well; what was learned of
such departures (`ranking.py`) chooses between them.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context, one_call
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.naming.services import SERVICES, billed_as
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.taking import taken_up
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates

Completed = tuple[str, list[PlannedCall]]
"""In what it departs, and the calls."""
_DOUBTFUL = frozenset({"resource", "top", "action", "who", "days", "contains", "alarm", "log_group"})
"""Inputs that are filled from words which may have been said for another reason."""
_MORE = 8
"""Other ways to fill a plan of several calls."""
_ELSEWHERE = re.compile(r"\b(?:else\w*|others?|everywhere|anywhere)\b")
_ALSO_BILLED: tuple[tuple[str, str], ...] = (
    (r"back-?ups?", "AWS Backup"),
    (r"logs?|log volume|alarms?|metrics", "AmazonCloudWatch"),
    (r"gpus?(?: boxes)?|boxes|hosts", "Amazon Elastic Compute Cloud - Compute"),
    (r"lambdas?", "AWS Lambda"),
    (r"keys", "AWS Key Management Service"),
    (r"queues?", "Amazon Simple Queue Service"),
    (r"threats?|detections?", "Amazon GuardDuty"),
    (r"vulnerabilit\w+|cves", "Amazon Inspector"),
    (r"findings?", "AWS Security Hub"),
)
"""Words for what another query looks at, with the service that it is billed as."""
_CONTAINS = re.compile(
    r"\b(?:contain\w*|mention\w*|with|saying|says?|about|matching|like|of)(?: the)?(?: (?:words?|text|string|message))? ([a-z][\w.-]{3,})"
)
_EVENT_SOURCES = {
    "ecs": r"ecs|fargate|containers?", "lambda": r"lambdas?|functions?", "rds": r"rds|databases?|aurora",
    "s3": r"s3|buckets?", "ec2": r"ec2|instances?|security groups?", "iam": r"iam|roles?|permissions?|users?",
    "kms": r"kms|keys?", "cloudformation": r"cloudformation|stacks?", "codedeploy": r"codedeploy",
}  # fmt: skip
"""What CloudTrail calls the services whose changes are asked for, and the words for them."""


def completed(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Completed]:
    """One call with less, and with more, than the rules filled in."""
    return [
        *_without(call, reading, earlier, context),
        *_as_before(call, earlier, context),
        *_with(call, reading, context),
        *_taken(call, reading, earlier, context),
    ]


def _taken(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Completed]:
    return [(tag, [call.having(**put)]) for tag, put in taken_up(call, reading, earlier, context)]


def completed_all(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> list[Completed]:
    """Several calls, one of them with more, or without the time that another part of the question gave it."""
    found: list[Completed] = [
        ("without period", [*calls[:place], call.having(period=None), *calls[place + 1 :]])
        for place, call in enumerate(calls)
        if "period" in call.inputs
    ]
    for place, call in enumerate(calls):
        for tag, (other,) in _with(call, reading, context):
            if tag in ("with service", "with contains", "for the team"):
                found.append((tag, [*calls[:place], other, *calls[place + 1 :]]))
        found += [
            (tag, [*calls[:place], other, *calls[place + 1 :]]) for tag, other in _swapped(call, reading, context)
        ]
        if (since := _since(call, reading, context)) is not None:
            found.append(("since then", [*calls[:place], call.having(period=since), *calls[place + 1 :]]))
    if any("accounts" in call.inputs and not _is_said(str(call.inputs["accounts"]), reading) for call in calls):
        found.insert(0, ("without accounts", [call.having(accounts=None) for call in calls]))
    return found[:_MORE]


_SWAPPED = {
    "who_did_what": ("recent_changes",),
    "recent_changes": ("who_did_what",),
    "spend": ("spend_change",),
    "spend_change": ("spend", "cost_anomalies"),
    "alarms": ("alarm_history",),
}
"""Queries that the same words may mean, where another part of the question goes with them."""


_PERSON = re.compile(
    r"\b(?:individual|person|people|employee|colleague|somebody|someone|anybody|anyone|responsible|culprit)\b"
)
"""Words that ask for people."""


def _asks_people(reading: Reading) -> bool:
    return bool(reading.user or "WHO" in reading.concepts or _PERSON.search(reading.text))


def _swapped(call: PlannedCall, reading: Reading, context: Context) -> list[tuple[str, PlannedCall]]:
    """The call of a kindred query, with the place and the time of this one."""
    found = []
    for name in _SWAPPED.get(call.query, ()):
        # what people did is personal data: only where people are asked about
        if name in context.queries and (name != "who_did_what" or _asks_people(reading)):
            fields = fields_of(context.queries[name])
            other = one_call(name, reading, context)
            kept = {k: v for k, v in call.inputs.items() if k in (*PLACES, "service", "period") and k in fields}
            found.append((f"{name} for {call.query}", other.having(**kept)))
    return found


_FROM_THEN = re.compile(
    r"\b(?:since|from then|after (?:that|it|which)|afterwards|ever since|until now|up to (?:now|today)|so far)\b"
)


def _since(call: PlannedCall, reading: Reading, context: Context) -> str | None:
    """From the start of the time that was named until today, where the words say since then."""
    if not _FROM_THEN.search(reading.flat) or "period" not in fields_of(context.queries[call.query]):
        return None
    words = [m.word for m in reading.when.mentions] or [str(call.inputs.get("period", ""))]
    period = next((p for word in words if (p := resolved(word, context.now))), None)
    if period is None or period.start.date() > context.now.date() or "around" in call.inputs:
        return None
    span = dates.span(period.start.date(), context.now.date())
    return span if span != call.inputs.get("period") else None


def _without(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Completed]:
    before = {key for one in earlier for key in one.inputs}
    found: list[Completed] = [
        (f"without {key}", [call.having(**{key: None})])
        for key in call.inputs
        if _is_doubtful(key, call, reading, before, context)
    ]
    if "accounts" in call.inputs and call.inputs.get("by") in ("env", "account", "venue", "team"):
        found.append(("without accounts", [call.having(accounts=None)]))
    if "service" in call.inputs and "by" in call.inputs and not _split_said(reading):
        found.append(("without service", [call.having(service=None, by=None)]))
    return found


def _is_said(accounts: str, reading: Reading) -> bool:
    """Whether the name of a place stands in the question as such, so that no spelling was put right to find it."""
    said = reading.question.casefold()
    return any(word in said for word in re.split(r"[-:,]", accounts) if word not in ("venue", "env", "team", "prod"))


def _is_doubtful(key: str, call: PlannedCall, reading: Reading, before: set[str], context: Context) -> bool:
    """Whether an input may have been filled from a word that was said for another reason, or taken over in vain."""
    if key in PLACES:
        guessed = key == "accounts" and not _is_said(str(call.inputs[key]), reading)
        return (key in before and not reading.found.placed()) or guessed or bool(_ELSEWHERE.search(reading.text))
    if key in ("period", "compared_to"):
        named = [m for m in reading.when.mentions if m.word not in ("now", "recently")]
        vague = any(m.word in ("now", "recently", "today") for m in reading.when.mentions)
        return len(named) != 1 or vague or key == "compared_to"
    if key == "service":
        certain = len(reading.found.services) == 1 and context.queries[call.query].domain == "cost"
        return not certain or key in before
    return key in _DOUBTFUL


def _split_said(reading: Reading) -> bool:
    """Whether a split of the rows is asked for in so many words."""
    return bool(re.search(r"\b(?:by|per|each|every|split|break\w*|which)\b", reading.text))


def _with(call: PlannedCall, reading: Reading, context: Context) -> list[Completed]:
    query = context.queries[call.query]
    fields = fields_of(query)
    found: list[Completed] = []
    words = [m.word for m in reading.when.mentions if resolved(m.word, context.now)]
    if "period" in fields and not allowed(query, "period"):
        for word in dict.fromkeys(words):
            if word != call.inputs.get("period") and "around" not in call.inputs:
                found.append(("other time", [call.having(period=word, compared_to=None)]))
    if "period" in fields and not allowed(query, "period") and (since := _since(call, reading, context)):
        found.append(("since then", [call.having(period=since, compared_to=None)]))
    if "service" in fields and "service" not in call.inputs:
        if query.domain == "cost":
            said = [
                name for words, name in _ALSO_BILLED if re.search(rf"(?<![\w<-])(?:{words})(?![\w>-])", reading.text)
            ]
            billed = dict.fromkeys([*reading.found.services, *billed_as(reading.text), *said])
            found += [("with service", [call.having(service=name)]) for name in list(billed)[:2]]
        else:
            found += [("with service", [call.having(service=name)]) for name in _sources(reading)[:2]]
    if "contains" in fields and "contains" not in call.inputs and (match := _CONTAINS.search(reading.text)):
        found.append(("with contains", [call.having(contains=match[1])]))
    if call.query == "budgets" and reading.found.teams and "accounts" not in call.inputs:
        teams = ",".join(f"team:{name}" for name in reading.found.teams)
        found.append(("for the team", [call.having(accounts=teams)]))
    return found


def _as_before(call: PlannedCall, earlier: Sequence[PlannedCall], context: Context) -> list[Completed]:
    """The rows split as before, and the statistic, the status and the like as before, where the query takes them."""
    found: list[Completed] = []
    for key, value in earlier[0].inputs.items() if earlier else ():
        takes = key in ("by", "top", "net", "severity", "kind", "state") and key in fields_of(
            context.queries[call.query]
        )
        values = allowed(context.queries[call.query], key)
        if takes and call.inputs.get(key) != value and (values is None or value in values):
            found.append((f"{key} as before", [call.having(**{key: value})]))
    return found


def _sources(reading: Reading) -> list[str]:
    text = reading.text
    found = [name for name, said in _EVENT_SOURCES.items() if re.search(rf"(?<![\w<-])(?:{said})(?![\w>-])", text)]
    named = [nick for nick, full in SERVICES.items() if full in reading.found.services and nick.isalnum()]
    return list(dict.fromkeys([*found, *(nick for nick in named if nick in _EVENT_SOURCES)]))
