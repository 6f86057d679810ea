"""Guarding: a plan that leaves a part of the question unused is abstained from, rather than told as if it fitted."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.ending import ENDS
from agents.models.offline.inputs.filling import allowed, asks_share, fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.rows import NARROWED, missing_split
from agents.models.offline.intents.coverage import left_over, unused
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.reduced import left_out_alone
from agents.models.offline.proposing.unseen import since_it, to_the_end, unseen
from agents.models.offline.proposing.untold import STATES, untold
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.topics.asked import asks_weeks, dimensions
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.topics.rights import asks_who_may
from agents.models.offline.words.ordinary import MEANINGFUL
from agents.models.offline.words.speech import is_known
from agents.models.offline.words.text import NUMBERS
from tools.registry import Query

MONEY = re.compile(
    r"\b(?:costs?|costing|spend|spent|spends|spending|paid|pay|paying|bill|bills|billed|invoices?|usd|dollars?|expenses?|expenditure|kosten|kost|kostte|gekost|uitgegeven|betaald|factuur|gast\w+|custou|fatura)\b"
)
_ELSEWHERE = frozenset(
    "FINDING THREAT PUBLIC MFA KEYS ROOT PRIVILEGE CONFIG ENCRYPT VULN ALARM INCIDENT LOGS BACKUP PATCH QUOTA DEPLOY "
    "AWSHEALTH METRIC ACTION".split()
)
"""Concepts that are about something else than money, once the names of services are taken out."""


def money_first(ranked: Mapping[str, float], reading: Reading, queries: Mapping[str, Query]) -> dict[str, float]:
    """The ranking without queries of other domains, where money is asked about and a service's name is all they have."""
    said = reading.found.bare
    if not MONEY.search(said) or concepts_in(said) & (_ELSEWHERE - {"ACTION", "METRIC"}):
        return dict(ranked)
    if not reading.found.services and next(iter(ranked), "") != "who_did_what":
        return dict(ranked)
    if reading.concepts & {"WHODID", "EVENT"}:
        return dict(ranked)
    return {name: points for name, points in ranked.items() if queries[name].domain == "cost"}


_MONTH = "|".join(m for m in dates.MONTHS if len(m) > 3 and m not in dates.AMBIGUOUS_MONTHS)
_WEEKDAY = "|".join(d for d in dates.WEEKDAYS if len(d) > 3)
_LEFT = re.compile(
    rf"\b(?:{_MONTH}|{_WEEKDAY}|20\d\d|h[12]|q[1-4]|fortnight|semesters?|semestre|summer|winter|autumn|easter|christmas|ramadan|carnival|helft|"
    r"(?:first|second|1st|2nd|other) half|half (?:of|year)|quarters? (?:of|ago|earlier)|(?:days?|weeks?|months?|years?) (?:ago|earlier|before|back|prior)|"
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few) (?:hours|days|weeks|months|quarters|years)|"
    r"since (?:the (?!start|beginning)|we|our|i|last|1|\d)|until (?:the|we|our|\d)|(?:previous|prior|earlier|following) (?:day|week|month|quarter|period))\b"
)
_OPEN = re.compile(r"\b(?:before|until|prior to|after|no later than|earlier than|later than) (?:the )?<p>")
_STEPS = re.compile(
    r"\b(?:\d+|two|three|four|five|six) (?:days|weeks|months|quarters|years) (?:before|earlier|prior)\b"
)
_OLD = r"(?:older|longer|more|greater|over|above|at least|beyond|exceed\w*|less|fewer|under|below|bigger|larger|higher|lower|smaller|ouder|meer|langer|minder)"
_THRESHOLD = re.compile(
    rf"(?<!\w)(?:{_OLD}(?: than| dan)?|>|<) (?:usd |eur )?(\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|ninety|sixty)(k|m)?\b"
)
AGE = re.compile(
    rf"(?:older|longer|more|at least|for over|open over|ouder|langer)(?: than| dan)? (?:{_OLD} )?(?:\d+|a|one|two|three|four|five|six|nine|ten|twelve|thirty|sixty|ninety) (?:days?|weeks?|months?|years?|dagen|maanden)"
)
_MOST = r"(?:cheapest|dearest|priciest|costliest|most expensive|biggest|largest|smallest|heaviest|least expensive|most used|busiest|newest|oldest|latest)"
_ONE_THING = re.compile(
    rf"\b{_MOST} (?:single |individual )?(?:[a-z]+ )?(?:databases?|instances?|servers?|machines?|buckets?|functions?|lambdas?|resources?|volumes?|disks?|clusters?|containers?|tables?|queues?|users?|persons?|people)\b"
)
LEAST = re.compile(
    r"\b(?:cheapest|least expensive|(?<!at )least(?! privilege)|lowest|bottom (?=(?:\d|two|three|four|five|ten)\b)|fewest|smallest|goedkoopste|minste|mais barat[oa]|menor)\b"
)
_MEAN = re.compile(r"\b(?:average|mean|median|gemiddeld\w*)\b(?! time)")
_PERSONAL = re.compile(
    r"\b(?:who|whom|whose|wie|quem|cloudtrail|audit trail|actions?|activit\w+|<user>|root|log\w*[ -]?(?:in|on)s?|sign\w*[ -]?(?:in|on)s?|console|"
    r"any(?:one|body)|some(?:one|body)|did what|role|(?:which|what) (?:\w+ )?(?:users?|persons?|people|admins?|engineers?|colleagues?|roles?|humans?)|api calls?|culprit|responsible|actor)\b"
)
OF_A_BILL = frozenset({"spend", "spend_change", "forecast"})
"""Queries of what AWS bills."""
LIMITED = frozenset({"spend", "findings", "vulnerabilities", "inventory", "untagged_spend"})
"""Queries whose rows are picked by a number when the answer is written."""
_BROADER = ("could not be narrowed to that one", "could not be narrowed to a region", "No account fits")


def objections(
    calls: Sequence[PlannedCall], limits: Sequence[str], reading: Reading, context: Context
) -> dict[str, str]:
    """What in the question these calls would not answer, by kind. Each reason is a sentence."""
    found: dict[str, str] = {}
    placed = any({"accounts", "rule", "resource"} & call.inputs.keys() for call in calls)
    if any(part in limit for limit in limits for part in _BROADER[placed:]):
        found["narrow"] = "I can not narrow this down to what was named."
    for check in (
        _time,
        _threshold,
        _rows,
        _one_thing,
        _money,
        _in_use,
        _category,
        _apart,
        left_out_alone,
        unseen,
        _rights,
        _person,
        _everybody,
        _share,
        _words,
    ):
        if said := check(calls, reading, context):
            found[check.__name__.strip("_")] = said
    if said := untold(calls, reading):
        found["untold"] = said
    return found


_USED = re.compile(
    r"^\W*(?:(?:and|but|so|ok) )*(?:is|are|was|were) (?:it|they|those|these|that|this)(?: \w+)? (?:used|in use|busy|idle|needed)\b"
)


def _in_use(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    of_bills = calls and all(call.query in OF_A_BILL for call in calls)
    return "A bill does not tell whether things are used." if of_bills and _USED.match(reading.text) else None


def _time(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    taken = {"spend_change", "recent_changes", *(["commitments"] if ENDS.search(reading.flat) else [])}
    timed = any("period" in c.inputs and c.query not in taken and not to_the_end(c) for c in calls)
    if timed and (match := _OPEN.search(reading.when.bare) or _STEPS.search(reading.flat)):
        return f'I did not understand the time in "{_wordy(match[0]).replace("<p>", "a time")}".'
    text = AGE.sub(" ", reading.when.bare)
    if any(call.inputs.keys() & {"days", "top", "above"} for call in calls):
        text = re.sub(r"\b(?:\d+|[a-z]+) (?:days|weeks|months|years|quarters)\b", " ", text)
    if (match := _LEFT.search(text)) is None or all(call.query in STATES for call in calls):
        return None
    if since := since_it(reading.when.bare):
        return f'When that was is not known here, as in "{_wordy(since)}": name the day or the month.'
    return f'I did not understand the time in "{_wordy(match[0])}".'


def _threshold(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    age, size = AGE.search(reading.flat), _THRESHOLD.search(reading.text)
    if age is None and size is None:
        return None
    if any({"days", "above", "top"} & call.inputs.keys() or call.query in ("forecast", "budgets") for call in calls):
        return None
    if size and any(
        call.query in LIMITED and call.inputs.get("by", "service") not in ("none", "age") for call in calls
    ):
        return None
    if age and any(call.inputs.get("by") == "age" for call in calls):
        return None
    if any("days" in fields_of(context.queries[call.query]) and not size for call in calls):
        return None
    said = (age or size)[0] if (age or size) else ""  # type: ignore[index]  # one of the two matched
    return f'I can not pick by "{_wordy(said)}".'


def _rows(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    if wanted := missing_split(calls, reading.text):
        wanted = "week" if wanted == "day" and asks_weeks(reading.text) else wanted
        return f"I can not tell that apart by {wanted.replace('_', ' ')}."
    return None


CATEGORIES = "(?:data |cloud |object )?storage|compute|computing|networking|security|monitoring|observability|analytics|ai|machine learning|serverless"
"""What services are for: AWS bills none of it under such a name."""
_CATEGORY = re.compile(
    rf"\b(?:pay|paid|paying|spen[dt]\w*|costs?|costing|bills?|charge[ds]?) (?:us |we )?(?:for|on|of) (?:our |the |all |all our )?(?P<of>{CATEGORIES})(?! (?:account|team|venue))(?![\w>-])"
    rf"|(?<![\w-])(?P<alone>{CATEGORIES}) (?:costs?|spend\w*|bills?)\b"
)


def _category(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """What many services are for: AWS bills by service, and the whole bill is not what it costs."""
    whole = [call for call in calls if call.query in OF_A_BILL]
    if reading.found.services or any({"service", "part", "usage_type", "team"} & call.inputs.keys() for call in whole):
        return None
    match = _CATEGORY.search(reading.text) if whole else None
    if match is None:
        return None
    return f'AWS bills by service, not by what it is for, such as "{match["of"] or match["alone"]}"; name a service.'


_WITHIN = re.compile(r"\b(?:(?:api |put |get |list )?requests|api calls|retrievals?|replication|iops|transitions?)\b")
"""What is billed within a service, and has no name of its own here."""


def _apart(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """A part of a service that has no name here: all of the service is not what it costs."""
    of_one = any(c.query in OF_A_BILL and "service" in c.inputs and c.inputs.get("by") != "usage_type" for c in calls)
    if of_one and (match := _WITHIN.search(reading.text)):
        return f'I can not tell "{match[0]}" from the rest of the service; ask for its usage types.'
    return None


def _wordy(said: str) -> str:
    """What was said without numbers: a figure of the question would be held against the facts."""
    return _NUMBER.sub("...", said)


_NUMBER = re.compile(rf"\d[\d.,]*k?m?|\b(?:half|quarter|double|twice|{'|'.join(NUMBERS)})\b")


def _one_thing(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    if (match := _ONE_THING.search(reading.text)) and any(
        c.query in ("spend", "spend_change", "inventory") and c.inputs.get("by") not in dimensions(reading.text)
        for c in calls
    ):
        return f'I can not rank single resources, as in "{match[0]}".'
    if (match := _MEAN.search(reading.text)) and any(
        c.query not in ("spend", "metric", "savings", "forecast") for c in calls
    ):
        return f'I can not work out an average here, as in "{match[0]}".'
    ranks = [c for c in calls if c.query in ("spend", "metric", "savings")]
    if not ranks and (match := LEAST.search(reading.text)) and "PRIVILEGE" not in reading.concepts:
        return f'I can not rank by "{match[0]}" here.'
    return None


def _money(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    if (match := MONEY.search(reading.text)) and not any(call.domain in ("cost", "shared") for call in calls):
        return f'I am not sure whether "{match[0]}" asks for costs.'
    return None


_HE = re.compile(r"\b(?:he|she|him)\b|(?<=did )they\b|(?<=have )they\b")


def _person(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    looks = any(c.query == "who_did_what" for c in calls)
    if looks and not reading.user and (he := _HE.search(reading.text)) and not all("who" in c.inputs for c in calls):
        return f'I can not tell who is meant by "{he[0]}": ask with the name of the person.'
    if looks and not (
        reading.event or reading.user or reading.resources or reading.ids or _PERSONAL.search(reading.text)
    ):
        return "I am not sure whose actions are meant."
    return None


def _rights(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """Who may do something, where what people did would be looked at, or what is idle: that is another thing."""
    if asks_who_may(reading.text) and any(c.query in _NOT_OF_RIGHTS for c in calls):
        return "I can not list what people may do: I can tell who has no MFA, and who has administrator rights."
    return None


_NOT_OF_RIGHTS = frozenset({"who_did_what", "error_logs", "savings"})


def _everybody(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """Who did "that", asked of nothing that a call could be narrowed to."""
    if DID_THAT.search(reading.text) and any(_wide(c, context) for c in calls):
        return NOT_EVERYBODY
    return None


NOT_EVERYBODY = (
    "I can not tell which change is meant, and do not look at what everybody did: name what was changed, or the day."
)
DID_THAT = re.compile(
    r"\bby whom\b|\bwho\b.*\b(?:that|it|this|them|those|these|so|the (?:first|second|third|last|other|oldest|newest|latest|biggest|largest|top)(?: ones?\b|\W*$))(?![\w-])"
)
_WIDE = 7
"""Days from which on a look at what everybody did everywhere is wider than a question about one thing."""


def of_everybody(call: PlannedCall) -> bool:
    """Whether a call looks at what people did, of everybody, everything and all accounts."""
    return (
        call.query == "who_did_what" and not {"who", "action", "resource", "service", "accounts"} & call.inputs.keys()
    )


def _wide(call: PlannedCall, context: Context) -> bool:
    """Whether a call looks at everybody, everything and all accounts for long: what an approver should not be asked for."""
    if not of_everybody(call):
        return False
    span = resolved(str(call.inputs.get("period")), context.now)
    return span is None or span.days > _WIDE


def _share(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    found = reading.found
    placed = found.accounts or found.venues or found.teams or found.envs
    if not context.names.complete and asks_share(reading) and placed and any(c.query == "spend" for c in calls):
        return "You see only some of the accounts, so a share of the whole can not be told."
    return None


def of_no_call(
    calls: Sequence[PlannedCall], reading: Reading, words: Callable[[str], Sequence[str]]
) -> tuple[str, ...]:
    """The words that stand among `words` of the query of each call, and are neither an input nor a person who is named."""
    used = " ".join(str(value).casefold() for call in calls for value in call.inputs.values())
    first, *others = [words(call.query) for call in calls]
    return tuple(
        word
        for word in dict.fromkeys(first)
        if all(word in other for other in others) and word != reading.user and word not in used
    )


def _words(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """Words that none of the calls explains."""

    def unexplained(query: str) -> list[str]:
        meaning = [word for word in left_over(reading.text, query) if word in MEANINGFUL and word not in _FOLK]
        return meaning + list(unused(reading.text, query))

    idle = [
        w for w in of_no_call(calls, reading, unexplained)
        if not (reading.hint == w and any(c.query in NARROWED or w in map(str, c.inputs.values()) for c in calls))
        and ("-" not in w or not all(is_known(part) or part in NUMBERS for part in w.split("-")))
        and not (w in _AFTER_NOUN and reading.concepts & {"WHODID"})
    ]  # fmt: skip
    if idle:
        return f"I do not know what to do with: {', '.join(idle)}."
    return None


_AFTER_NOUN = frozenset({"vpc", "endpoint", "gateway", "subnet", "policy", "policies", "rule", "group"})
"""Kinds of things that a change is made to: the events that are shown name the thing itself."""
_FOLK = frozenset(
    {
        "people",
        "customer",
        "customers",
        "call",
        "called",
        "work",
        "worked",
        "works",
        "working",
        "cut",
        "write",
        "calls",
        "reach",
        "sit",
        "sits",
        "sitting",
        "eat",
        "eats",
        "eating",
        "bought",
        "buy",
        "move",
        "moving",
        "turn",
        "turned",
        "room",
        "close",
        "closed",
        "play",
        "stand",
        "read",
        "person",
        "flat",
        "stream",
    }
)
"""Words with a meaning of their own that say nothing about what is asked for."""
_DIMENSION = {
    "account": r"accounts?", "team": r"teams?|squads?|departments?", "venue": r"venues?|casinos?|locations?", "service": r"services?",
    "region": r"regions?", "env": r"env(?:ironment)?s?", "month": r"months?", "day": r"days?",
}  # fmt: skip
_SUPER = r"(?:cheapest|dearest|priciest|costliest|(?:most|least) expensive|biggest|largest|smallest|highest|lowest|top|worst)"
EVERY_ROW = 25
"""Rows asked for where the last ones of a ranking matter."""


def ranked_by(call: PlannedCall, reading: Reading, context: Context) -> PlannedCall:
    """A cost breakdown by the dimension that a superlative is about, with all rows where the least are asked for."""
    if reading.ranked and "by" in call.inputs and "top" in fields_of(context.queries[call.query]):
        call = call.model_copy(update={"inputs": {**call.inputs, "top": EVERY_ROW}})
    if call.query in LIMITED and call.query != "spend" and _THRESHOLD.search(reading.text) and "by" in call.inputs:
        return call.model_copy(update={"inputs": {**call.inputs, "top": EVERY_ROW}})
    if call.query != "spend" or not (
        re.search(rf"\b{_SUPER}\b", reading.text)
        or re.search(r"\b(?:least|most)\b", reading.text)
        or _THRESHOLD.search(reading.text)
    ):
        return call
    inputs = dict(call.inputs)
    for by, noun in _DIMENSION.items():
        said = rf"\b(?:{_SUPER} (?:[a-z]+ )?(?:{noun})|(?:the|which|what|of the|of our) (?:\w+ )?(?:{noun}) (?:that |which )?(?:\w+ ){{0,2}}(?:the )?(?:least|most|cheapest|dearest|lowest|highest))\b"
        if re.search(said, reading.text) and by in (allowed(context.queries["spend"], "by") or ()):
            inputs["by"] = by
            if by == "account" and not (reading.found.accounts or reading.found.envs or reading.found.teams):
                inputs.pop("accounts", None) if "," not in str(inputs.get("accounts", "")) else None
            break
    least = LEAST.search(reading.text) and inputs.get("by") != "none"
    if least or (_THRESHOLD.search(reading.text) and inputs.get("by") not in (None, "none")):
        inputs["top"] = EVERY_ROW
    return call.model_copy(update={"inputs": inputs})
