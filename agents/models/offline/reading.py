"""Reading a question once: its words, times, names, identifiers and concepts. Everything else works on this."""
# ruff: noqa: E501, SIM905 - words and patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from agents.models.offline.lately import Lately
from agents.models.offline.naming.names import Found, Names, find_names
from agents.models.offline.times.ranges import plain_ranges
from agents.models.offline.times.when import When, find_times
from agents.models.offline.topics.combined import combined
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.words.framing import unframed
from agents.models.offline.words.speech import TARGETS, is_known
from agents.models.offline.words.text import corrected, fold, words
from agents.models.offline.words.tongues import in_english


@dataclass(frozen=True, slots=True)
class Reading:
    """One question, read. `text` has times and names masked, services and ordinary words left in."""

    question: str
    flat: str
    text: str
    when: When
    found: Found
    concepts: frozenset[str]
    user: str | None = None
    event: str | None = None
    resources: tuple[str, ...] = ()
    hint: str | None = None
    """Part of a resource's name, as said before the word for such a thing ("the marketing bucket")."""
    stray: tuple[str, ...] = ()
    """Words of no known meaning where a name is expected ("spend on snowflake")."""
    ids: dict[str, str] = field(default_factory=dict)
    ranked: tuple[str, ...] = ()
    """The names of a place that is held against all others ("does Utrecht cost the most?")."""


_EVENT = re.compile(
    r"\b(?:Put|Delete|Create|Run|Update|Attach|Modify|Stop|Start|Terminate|Authorize|Revoke|Console|Assume|Set|Enable|"
    r"Disable|Detach|Add|Remove|Change|Register|Deregister|Reboot|Restore|Tag|Untag|Schedule)(?:[A-Z][a-z0-9]*)+\b"
)
_USER = re.compile(r"(?<![\w.-])([a-z]\.[a-z]{2,}(?:-[a-z]+)?|svc-[a-z0-9-]+|deploy-[a-z]+|role/[\w-]+)(?![\w.-])")
_PERSON = re.compile(
    r"\b(?:did|has|have|had|was|is) (?:user |mr |ms |mrs )?([a-z][a-z-]+) (?:do(?:ne|ing)?|chang\w+|delet\w+|touch\w+|creat\w+|been|up to|"
    r"sign\w*|log\w*|start\w*|run|remov\w*|modif\w*|get up|mess\w*)\b|\buser ([a-z][\w.-]+)|\b([a-z]{3,}) 's (?:actions|activity|activities|doings)"
)
_NO_PERSON = frozenset(
    "we you they i he she it anyone anybody someone somebody everyone that this there things stuff costs spend bill aws who what everything anything all people one team account "
    "accounts alarms which the our has been not data nobody users user root recently deployments spending security logs".split()
)
_AWS_ID = re.compile(
    r"(?<![\w-])(?:(?:i|vol|sg|vpc|vpce|nat|subnet|eni|ami|snap|rtb|igw|eip|lt|fs|key|asg)-[0-9a-f]{6,}|arn:aws\S+)(?![\w-])"
)
_CVE = re.compile(r"\bcve-\d{4}-\d{3,}\b")
_NAMELIKE = re.compile(r"(?<![\w</.-])/?[a-z][a-z0-9]*(?:[-/][a-z0-9]+)+(?![\w>])")
_CALL = re.compile(r"[\"'\u201c\u2018]([A-Za-z0-9][\w ./:-]{2,60})[\"'\u201d\u2019]")


def read(question: str, names: Names, now: datetime) -> Reading:
    """Read one question, or what was read of it a moment ago: nobody changes a reading. `now` in UTC."""
    return _read_lately((question, names, now))


def _read(said: tuple[str, Names, datetime]) -> Reading:
    question, names, now = said
    event = _EVENT.search(question)
    spelled = words(unframed(question, names))
    flat = in_english(" ".join(spelled))
    flat = plain_ranges(" ".join(_spelled(flat.split(), names)))
    ids = {"cve": m[0].upper()} if (m := _CVE.search(flat)) else {}
    resources = [m[0] for m in _AWS_ID.finditer(flat)]
    for resource in resources:
        flat = flat.replace(resource, "<id>")
    user = _user(flat, names)
    if user and not user.isalpha():
        flat = re.sub(rf"(?<![\w.-]){re.escape(user)}(?![\w.-])", "<user>", flat)
    when = find_times(flat, now)
    found = find_names(when.bare, names)
    text = found.spoken
    if user and user.isalpha():
        text = re.sub(rf"\b{re.escape(user)}\b", "<user>", text)
    for match in list(_NAMELIKE.finditer(text)):
        if ("/" in match[0] and match[0].count("/") > 1) or (
            not concepts_in(match[0])
            and not is_known(match[0])
            and not all(is_known(part) for part in re.split(r"[-/]", match[0]) if part)
            and not _is_service(match[0], names)
        ):
            resources.append(match[0])
            text = text.replace(match[0], "<id>")
    concepts = combined(concepts_in(text), text, when, found) | ({"EVENT"} if event else frozenset())
    if any(to_come(mention.word, now) for mention in when.mentions):
        concepts |= {"FUTURE"}
    if user:
        concepts |= {"NAMED_USER"}
        if not concepts & {"KEYS", "MFA", "PRIVILEGE"}:
            concepts |= {"WHODID"}
    if "cve" in ids:
        concepts |= {"CVE"}
    quoted = _CALL.search(question)
    if quoted and fold(quoted[1]) not in names.services:
        ids["quoted"] = quoted[1]
    hint = _hint(text, names)
    found.unknown.extend(
        (_KINDS_OF[match[2]], match[1])
        for match in _OF_KIND.finditer(text)
        if (not is_known(match[1]) or match[1] in _DEPARTMENTS) and match[1] != user
    )
    stray = (*_stray(text, names), *_proper(question, text, names))
    if stray and hint is None and not resources and concepts & {"METRIC", "LOGS"} and "COST" not in concepts:
        hint = stray[0]
    return Reading(
        question=question, flat=flat, text=text, when=when, found=found, concepts=frozenset(concepts), user=user,
        event=event[0] if event else None, resources=tuple(resources), hint=hint,
        stray=tuple(word for word in stray if word not in (hint, user)),
        ids=ids,
    )  # fmt: skip


_read_lately = Lately(_read, most=64)
"""A turn reads its words, the parts of them and those it follows, each several times."""


_KINDS_OF = {"team": "team", "squad": "team", "venue": "venue", "casino": "venue", "account": "account"}
_DEPARTMENTS = frozenset("marketing hr legal sales loyalty crm payroll procurement purchasing".split())
_OF_KIND = re.compile(rf"(?<![\w<-])([a-z][a-z-]+)(?: 's)? ({'|'.join(_KINDS_OF)})(?![\w>-])")
"""A word of no known meaning before such a word is taken for a name ("the rocket team")."""


@lru_cache(maxsize=32)
def _parts(known: tuple[str, ...], nicks: tuple[str, ...]) -> frozenset[str]:
    """The words of names."""
    said = (part for name in known for part in re.split(r"[-_ ]", fold(name)))
    return frozenset((*said, *(part for nick in nicks for part in nick.split(" "))))


@lru_cache(maxsize=32)
def _targets(named: tuple[str, ...]) -> dict[str, None]:
    """The words that a misspelt one may be, in this order."""
    said = (part for name in named for part in re.split(r"[-_ ]", fold(name)))
    return dict.fromkeys((*TARGETS, *(part for part in said if len(part) > 4)))


def _spelled(spelled: list[str], names: Names) -> list[str]:
    parts = _parts(names.known("all"), tuple(names.services))
    targets = _targets((*names.venues, *names.teams, *names.accounts, *_long(tuple(names.services))))
    out = []
    for word in spelled:
        if len(word) < 5 or not word.isalpha() or word in parts or is_known(word) or word in names.regions:
            out.append(word)
        else:
            out.append(corrected(word, targets))
    return out


_LONG = 7
"""Letters of the name of a service from which on a word near to it is taken for it."""


@lru_cache(maxsize=32)
def _long(services: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in services if len(name) >= _LONG and name.isalpha())


def _user(flat: str, names: Names) -> str | None:
    if match := _USER.search(flat):
        return match[1]
    every = (names.accounts, names.venues, names.teams, names.regions, names.services)
    for match in _PERSON.finditer(flat):
        name: str = match[1] or match[2] or match[3]
        if name in _NO_PERSON or is_known(name):
            continue
        if all(name != fold(one) for kind in every for one in kind):
            return name
    return None


def _is_service(word: str, names: Names) -> bool:
    return word in names.services or word.replace("-", " ") in names.services


def to_come(word: str, now: datetime) -> bool:
    """Whether a year, a month or a day that is named lies ahead."""
    match = re.match(r"20\d\d(?:-\d\d)?(?!-?Q)", word)
    return match is not None and match[0] > f"{now:%Y-%m}"


_RUNTIME = re.compile(r"(?:python|node(?:js)?|java|dotnet(?:core)?|ruby|go|mysql|postgres(?:ql)?|mariadb)[\d.]+x?")
_STRAY = re.compile(
    r"\b(?:for|in|on|of|at|from|voor|van|em|para|about|than|versus|vs|against) (?:the |our |de |het |a |o )?(?:service |team |account |venue )?([a-z][\w.-]{2,})(?![\w>])"
    r"(?= ?(?:$|[?,;<]|(?:in|on|at|for|from|during|and|or|last|this|since|until|compared|versus|vs|than|to|over|by|with|please|now|so|cost|costs|spend|bill)\b))"
)
_THING = (
    r"(?:databases?|dbs?|buckets?|servers?|instances?|machines?|functions?|lambdas?|queues?|tables?|services?|clusters?|keys?|roles?|users?|groups?|alarms?|"
    r"jobs?|volumes?|apps?|applications?|endpoints?|gateways?|polic(?:y|ies)|snapshots?|logs?|load balancers?|apis?|systems?|backups?)"
)
_HINT = re.compile(rf"\b([a-z][\w.]{{3,}}) (?:[a-z]+ )?{_THING}\b")


def _hint(text: str, names: Names) -> str | None:
    """A word of no known meaning before the name of a thing ("the marketing bucket"): part of a resource's name."""
    nicks = {word for nick in names.services for word in nick.split()}
    words_before = (m[1] for m in _HINT.finditer(text) if not is_known(m[1]) and not _RUNTIME.fullmatch(m[1]))
    return next((word for word in words_before if word not in nicks), None)


_PROPER = re.compile(r"(?<=[a-z,] )([A-Z][a-z]{3,})(?![\w-])")


def _proper(question: str, text: str, names: Names) -> tuple[str, ...]:
    """Capitalised words within a sentence that name nothing known and were not corrected to something that is."""
    found = (fold(m[1]) for m in _PROPER.finditer(question) if m[1] not in question.split(". ")[0].split(" ", 1)[0])
    return tuple(
        word for word in found
        if not is_known(word) and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
        and word not in names.services and not any(word in nick.split() for nick in names.services)
    )  # fmt: skip


def _stray(text: str, names: Names) -> tuple[str, ...]:
    return tuple(
        m[1]
        for m in _STRAY.finditer(text)
        if not is_known(m[1]) and m[1] not in names.services and not any(m[1] in nick.split() for nick in names.services)
        and not _RUNTIME.fullmatch(m[1])
        and m[1] not in names.regions and not all(is_known(p) for p in m[1].split("-"))
    )  # fmt: skip
