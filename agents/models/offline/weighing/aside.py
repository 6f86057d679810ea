"""Aside: what a question names that its plan does not heed, though it answers: said in a sentence, and never dropped."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.ending import ENDED_DAYS, has_ended
from agents.models.offline.inputs.filling import STATE_NOW, fields_of
from agents.models.offline.intents.coverage import unused
from agents.models.offline.intents.learned import knows
from agents.models.offline.naming.billed_parts import within
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.guarding import AGE, CATEGORIES, OF_A_BILL, of_no_call
from agents.models.offline.proposing.listed import BEGINS, just_before
from agents.models.offline.proposing.shown import shown
from agents.models.offline.proposing.unheeded import narrowing, unheeded, verbs_of_us
from agents.models.offline.reading import Reading
from agents.models.offline.times.when import FUTURE
from agents.models.offline.topics.refusals import OTHER_MONEY
from agents.models.offline.weighing.nothing_new import nothing_new
from agents.models.offline.weighing.staying import not_picked
from agents.models.offline.words.speech import is_known


@dataclass(frozen=True, slots=True)
class Idle:
    """Words of a question that its plan makes nothing of: those not known at all, and those that narrow it."""

    unknown: tuple[str, ...]
    narrower: tuple[str, ...]

    def narrowing(self, reading: Reading) -> tuple[str, ...]:
        """The words that are not known and say which things are meant: what follows is asked of those alone."""
        places = narrowing(reading.text)
        said = {reading.text[one.start : one.end] for one in places}
        return tuple(word for word in self.unknown if word in said)


NO_WORDS = Idle((), ())
"""Of a question that is answered by what was shown: all of its words ask for that."""


def left_aside(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context, idle: Idle
) -> list[str]:
    """Sentences about what these calls, after those of an `earlier` answer, do not heed of a question, `idle` words too."""
    of_shown = shown(reading, earlier, context)  # all that a few words ask of what was shown is what they are told
    return [
        *_words(idle),
        *_wider(calls, reading),
        *_other_money(calls, reading),
        *_other_databases(calls, reading),
        *_how_often(calls, reading),
        *_all_ports(calls, reading),
        *_by_an_event(calls, earlier, reading, context),
        *_before_no_time(calls, earlier, reading, context),
        *_all_runtimes(calls, reading),
        *_all_backups(calls, reading),
        *_all_announced(calls, reading),
        *_lately_ended(calls, reading),
        *_at_any_time(calls, reading),
        *_lately_used(calls, reading),
        *_only_scanned(calls, reading),
        *_no_hour(calls, reading),
        *_for_anything(calls, reading),
        *(
            []
            if of_shown
            else nothing_new(calls, earlier, reading, context) or not_picked(calls, earlier, reading, context)
        ),
    ]


def idle_words(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> Idle:
    """The words that no call makes use of."""
    idle = of_no_call(calls, reading, lambda query: unused(reading.text, query))
    heeded = {*_MASKS, *(["clock"] if reading.when.clock else [])}
    words = [w for w in idle if w.isalpha() and w not in heeded and w != reading.hint]
    told = _told(reading) | {reading.text[slice(*span)] for span in verbs_of_us(reading.text)}
    words = [w for w in words if not is_known(w) and not knows(w) and w not in told]
    elsewhere = {*words, *heeded, *told}
    narrower = [one for one in unheeded(calls, reading, context) if not set(one.split()) <= elsewhere]
    narrower += [_AN_AGE] if AGE.search(reading.flat) and any(call.query == "findings" for call in calls) else []
    return Idle(tuple(words), tuple(narrower))


_AN_AGE = "the age that was named"
"""Findings are counted by their age, and not picked by it."""


_MASKS = frozenset({"xxx", "xxxx"})
"""What stands in a reading for the number of a thing that is no time: nobody said it."""


def wanted(idle: Idle, reading: Reading) -> str:
    """The word that is not known here where it is itself what is asked for: an answer of anything else is beside it."""
    return next((word for word in idle.unknown if re.search(_WANTED.format(word=re.escape(word)), reading.text)), "")


_WANTED = (
    r"\b(?:(?:which|what|how many) (?!of\b)(?:<?\w+>? ){{1,3}}?(?:has|have|had|got) (?:an? |any |no |some )(?:\w+ )?"
    r"|^\W*(?:(?:and|so|ok|but) )*(?:any|how many|(?:is|are|was|were) there (?:an? |any ))\W*(?:\w+ )?){word}"
    r"(?=\W*$| (?:in|on|at|of|that|which|who|with|there|are|is|were|was|do|does|did|have|has|today|now|still)\b)"
)


def _words(idle: Idle) -> list[str]:
    """Sentences that name the words which no call makes use of: none is dropped in silence."""
    said = [f"Left aside, as not known here: {', '.join(idle.unknown)}."] if idle.unknown else []
    said += [f"Left aside, as this can not be narrowed by it: {', '.join(idle.narrower)}."] if idle.narrower else []
    return said


def _told(reading: Reading) -> set[str]:
    """The words that sentences of their own are about: a port, an event that names a time, an outdated runtime."""
    found = (pattern.search(reading.text) for pattern in (_ONE_PORT, _BY_AN_EVENT, _OUTDATED, _CATEGORY))
    return {word for match in found if match for word in match[0].split()}


def _wider(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where a bill is of all of a service, and only something within it was named."""
    services = {str(c.inputs["service"]) for c in calls if c.query in OF_A_BILL and "service" in c.inputs}
    named = {service: said for service in sorted(services) if (said := within(reading.text, service))}
    return [f"AWS bills {said} within {service}: this is all of that service." for service, said in named.items()]


_MONEY = re.compile(rf"(?<![\w-]){OTHER_MONEY}(?![\w-])|[\u20ac\u00a3\u00a5]", re.IGNORECASE)
_BILLED_MONEY = "Nothing is converted: amounts are in the currency that AWS bills, which stands beside them."


def _other_money(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence in which currency amounts are, where they are asked for in another."""
    return [_BILLED_MONEY] if _MONEY.search(reading.question) and any(c.domain == "cost" for c in calls) else []


_DATABASES = re.compile(r"(?<![\w<-])(?:databases?|dbs?|data ?stores?)(?![\w>-])")
_NOT_RDS = ("DynamoDB", "Redshift", "ElastiCache", "DocumentDB", "Neptune")
"""What AWS bills of databases beside RDS."""


def _other_databases(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where databases were priced by that word, and the bill is of those of RDS."""
    of_rds = {str(call.inputs.get("service", "")) for call in calls if call.query in OF_A_BILL} == {_RDS}
    if not of_rds or not _DATABASES.search(reading.flat) or _BY_NAME.search(reading.flat):
        return []
    return [f"This is RDS alone: AWS bills {', '.join(_NOT_RDS[:-1])} and {_NOT_RDS[-1]} apart, each by its own name."]


_HOW_OFTEN = re.compile(r"\b(?:how (?:often|frequently|many times)|number of times)\b")
_NOT_HOW_OFTEN = (
    "Counted are root users, and not how often they were used: ask how often root signed in, in a time that you name."
)


def _how_often(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence what is counted, where it is asked how often root was used, and the root users are checked."""
    of_root = any(call.inputs.get("check") == "root" for call in calls)
    return [_NOT_HOW_OFTEN] if of_root and _HOW_OFTEN.search(reading.text) else []


_RDS = "Amazon Relational Database Service"
_BY_NAME = re.compile(r"\b(?:rds|aurora|relational|postgres\w*|mysql|mariadb|oracle|sql ?server)\b")
"""Words that say which databases are meant."""


_BY_AN_EVENT = re.compile(
    r"\b(?:during|throughout|at the time of|in the middle of|right (?:before|after)|just (?:before|after)) (?:the|that|this|our|an?) (?:[a-z-]+ ){0,2}?"
    r"(?:outages?|incidents?|attacks?|breach|failures?|disruptions?|interruptions?|downtime|crash|migrations?|releases?|launch|deployments?|roll-?outs?|upgrades?|maintenance|match|finals?|tournament|games?|event|peak|promotion|campaign|party)\b"
    r"|\bhow long (?:did|was|were|has|have|is) (?P<event>(?:the|that|this|our|an?) (?:[a-z-]+ ){0,2}?(?:storm|outages?|incidents?|disruptions?|interruptions?|downtime))\b"
)
"""A time that is named by what happened then, of which the clock is not said."""


def _by_an_event(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> list[str]:
    """A sentence where a time was named by an event, and a call looks at a time that nobody named."""
    said = _BY_AN_EVENT.search(reading.text)
    if said is None or reading.when.mentions or reading.when.clock or reading.when.relative:
        return []
    if list(calls) == list(earlier):
        return []  # that is told of what was shown
    known = {value for call in earlier for key, value in call.inputs.items() if key in _TIMES}
    timed = [call for call in calls if _TIMES & fields_of(context.queries[call.query]).keys()]
    if all(known & {value for key, value in call.inputs.items() if key in _TIMES} for call in timed):
        return []
    return [f'Left aside: "{said["event"] or said[0]}", as it is not known here when that was.']


def _before_no_time(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> list[str]:
    """A sentence where what was just before that which was shown is asked for, and no one time of it was shown."""
    said = just_before(reading.flat)
    if not said or not earlier or not all(call.query in BEGINS for call in earlier):
        return []
    timed = any(_TIMES & fields_of(context.queries[call.query]).keys() for call in calls)
    if not timed or reading.when.named:
        return []
    return [f'Left aside: "{said}", as no one time was shown for that; ask since when first.']


_TIMES = frozenset({"period", "around"})


_ONE_PORT = re.compile(r"\b(?:ssh|rdp|remote desktops?|ports? \d+)\b")


def _all_ports(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where one port was named, and the groups that are shown are open at any."""
    shown = any(call.query == "public_exposure" and call.inputs.get("kind") == "security_groups" for call in calls)
    return (
        ["This shows every port that is open, not only the one that was named."]
        if shown and _ONE_PORT.search(reading.flat)
        else []
    )


_OUTDATED = re.compile(
    r"\b(?:out(?: of |-of-)?dated?|unsupported|deprecated|obsolete|eol|end[- ]of[- ](?:life|support)|old(?:er|est)?|ancient|legacy|no longer supported|(?:still |not |un)supported)\b(?: \w+){0,2}? (?:run ?times?|versions?)\b"
    r"|\b(?:run ?times?|versions?)\b(?: \w+){0,4}? (?:out(?: of |-of-)?dated?|unsupported|deprecated|obsolete|eol|end[- ]of[- ](?:life|support)|old|no longer supported|supported)\b"
)


ALL_RESOURCES = "Counted are resources of every kind, functions and container images too, and not machines alone."
RUNTIMES_IN_USE = (
    "Which runtimes AWS no longer supports is not known here: these are those in use; name one to see its functions."
)


def _all_runtimes(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where outdated runtimes were asked for, and all that are in use are shown."""
    shown = any(call.query == "inventory" and call.inputs.get("kind") == "functions" for call in calls)
    return [RUNTIMES_IN_USE] if shown and _OUTDATED.search(reading.flat) else []


_BACKED_UP = re.compile(
    r"\b(?:databases?|dbs?|volumes?|disks?|servers?|instances?|buckets?|tables?|file ?systems?|snapshots?)\b"
)


def _all_backups(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where the backups of one kind of thing were asked for, and those of everything are shown."""
    wide = any(call.query == "backups" and "kind" not in call.inputs for call in calls)
    said = _BACKED_UP.search(reading.text) if wide else None
    return [f"These are backup jobs of everything, not only of {said[0]}."] if said else []


def _lately_ended(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where it was asked which commitments have ended: how far back that is told."""
    if not any("ending" in call.inputs for call in calls) or not has_ended(reading):
        return []
    return [f"What ended is told for the last {ENDED_DAYS} days."]


_AHEAD = FUTURE | {"this_week", "this_month_end"}


def _all_announced(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where what AWS has planned was asked for by a time to come: all that is announced is shown."""
    seen = [call.inputs for call in calls if call.query == "aws_health_events"]
    upcoming = any(given.get("status") == "upcoming" and "starting" not in given for given in seen)
    timed = any(mention.word in _AHEAD for mention in reading.when.mentions)
    return (
        ["This is all that AWS has announced, not only of that time: each has its start."] if upcoming and timed else []
    )


_ANYHOW = frozenset({"now", "today", "recently"})


def _at_any_time(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where a time was named, and users and keys, or budgets to come, are not told by it."""
    named = {mention.word for mention in reading.when.mentions} - _ANYHOW
    of_identities = any(call.query == "identity_hygiene" and "days" not in call.inputs for call in calls)
    of_budgets = any(call.query == "budgets" for call in calls) and named & FUTURE - {"this_year"}
    return [STATE_NOW] if (named and of_identities) or of_budgets else []


def _lately_used(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence what it means that the key of the one who is named is not among those that were unused for days."""
    unused = any(call.inputs.get("check") == "unused_keys" and call.inputs.get("days") == 1 for call in calls)
    if not unused or not reading.user:
        return []
    return ["A key that is not listed was used in the last days, or is beyond the list: ask about its account then."]


_PATCHED = re.compile(
    r"\b(?:patch\w*|maintenance|updat\w+) (?:windows?|cycles?|rounds?|runs?|schedules?)\b|\bwhen\b.*\b(?:patch\w*|updat\w*)\b|\b(?:last|latest|next|previous) (?:patch(?:ed|ing)?|updat\w+)\b"
)


def _only_scanned(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where it is asked when something was or will be patched, and when it was scanned is shown."""
    if not any(call.query == "patches" for call in calls) or not _PATCHED.search(reading.text):
        return []
    return ["Patch windows, and when patches were installed, are not known here: the times are those of the last scan."]


_HOUR = re.compile(
    r"\b(?:busiest|quietest|worst|slowest|peak|highest|lowest|(?:which|what)) (?:hours?|moments?|minutes?|times? of (?:the )?day)\b|\b(?:at )?what time\b"
)


_DAY = re.compile(
    r"\b(?:busiest|quietest|worst|slowest|peak|highest|lowest|which|what) (?:days?|dates?|nights?|evenings?|weekdays?|mornings?)\b|^\W*(?:(?:and|so|but|ok) )*(?:when|at what point)\b"
)


def _no_hour(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where an hour or a day was asked for, and a figure of many things over all of the time is shown."""
    many = [call for call in calls if call.query == "metric" and "resource" not in call.inputs]
    if len(many) < len(calls):
        return []
    if _DAY.search(reading.text):
        return ["On which day it was is not told of many at once: name one of them to see it over time."]
    if not _HOUR.search(reading.text):
        return []
    return ["At which hour it was is not told of many at once: name one of them to see it hour by hour."]


_CATEGORY = re.compile(
    rf"\b(?P<what>{CATEGORIES})(?= (?:of|in|at|for|from|voor|van) (?:all |the |our )*(?:<(?!p>)\w+>|accounts?\b|venues?\b|casinos?\b))"
)


def _for_anything(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where what some services are for was to be priced in one place, and the bill is of all services."""
    whole = [call for call in calls if call.query in OF_A_BILL and not _PICKED & call.inputs.keys()]
    said = _CATEGORY.search(reading.text) if whole and not reading.found.services else None
    if said is None:
        return []
    how = "one by one" if whole[0].inputs.get("by", "service") == "service" else "together"
    return [f'AWS bills by service, not by what it is for, such as "{said["what"]}": this is all services, {how}.']


_PICKED = frozenset({"service", "part", "usage_type", "team"})
"""Inputs by which a bill is of some of what is on it."""
