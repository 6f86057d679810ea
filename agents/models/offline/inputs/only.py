"""Only: of the resources that are counted or listed, those in the one state, of the one type or in the one place named.

What a question means is weighed without it, as it was learned; it is put into the call that was decided on.
"""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.filling import ELSEWHERE
from agents.models.offline.inputs.taken_back import wants_all
from agents.models.offline.naming.left_out import left_out
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.refusals import refusal

_NAMES = 15
"""Resources that are listed by name."""
STATES: dict[str, tuple[tuple[str, str], ...]] = {
    "instances": (
        ("stopped", r"(?<!not )(?<!except )(?<!not currently )(?:stopped|halted)|not (?:\w+ )?running|(?:switched|turned|powered|shut)[- ](?:off|down)|(?:is|are|those) (?:off|down)"),
        ("terminated", r"terminated|destroyed"),
        ("running", r"(?<!not )(?<!not currently )running|(?:not|except) (?:currently )?(?:stopped|halted|(?:switched|turned|powered) off)|(?:switched|turned|powered) on|(?:is|are) (?:up|on|live)|up and running"),
    ),
    "volumes": (
        ("unattached", r"(?:un|de|not )[- ]?attached|attached to (?:nothing|no \w+|none)|hanging loose|loose|orphan\w*|idle|unused|not (?:\w+ )?(?:used|in use)|(?:use|used) by (?:nothing|nobody)"),
        ("attached", r"(?<!not )(?<!un)(?<!de)attached(?! to (?:nothing|no\b|none))|(?<!not )in use"),
    ),
}  # fmt: skip
_ENGINE = r"mysql|postgres(?:ql)?|mariadb|oracle|aurora|sql ?server"
_RUNTIME = r"python|node(?:js)?|java|dotnet(?:core)?|ruby|go|provided"
_TYPES: dict[str, str] = {
    "functions": rf"(?P<name>{_RUNTIME}) ?(?P<version>\d+(?:\.(?:\d+|x))?)|(?P<alone>python|node(?:js)?|java|dotnet|ruby)",
    "databases": rf"(?P<name>{_ENGINE})(?: (?:version|v|engine))? ?v?(?P<version>\d+(?:\.\d+)*)|(?P<alone>{_ENGINE})|(?P<type>(?:db\.)?[a-z]\d[a-z]{{0,2}}\.(?:\d*x?large|nano|micro|small|medium))",
    "volumes": r"(?P<type>gp2|gp3|io1|io2|st1|sc1)",
    "instances": r"(?P<gpu>gpus?)|(?P<type>(?!ec2|s3|us\d|eu\d|ap\d|q\d|h\d|p\d\d)[a-z]{1,3}\d[a-z]{0,3}(?:\.(?:\d*x?large|nano|micro|small|medium|metal(?:-\w+)?))?)(?![\w-])",
}
_SPELLED = {"node": "nodejs", "postgresql": "postgres", "sql server": "sqlserver"}
_EITHER = re.compile(r"\b(?:or not|and not|or otherwise|whatever (?:their|the|its) (?:state|type)|versus|vs)\b")
"""Words that want all of them."""
_LIST = re.compile(
    r"\b(?:which|what are|what (?:ec2|rds|ebs|lambda)?|list|name|names|show|give|tell|identify|enumerate|called|welke|quais)\b(?! (?:accounts?|teams?|regions?|venues?|casinos?|types?|share|percent\w*|proportion)\b)"
)
_COUNT = re.compile(r"\b(?:how many|number|count|hoeveel|quant[oa]s)\b")


_VOLUMES = re.compile(r"(?<![\w-])(?:(?:ebs|aws) )?(?:volumes?|disks?|drives?|ebs)(?![\w-])")
_ELSE = re.compile(
    r"(?<![\w-])(?:instances?|servers?|machines?|boxes|gpus?|hosts?|vms?|databases?|dbs?|rds|snapshots?|balancers?|addresses|ips?|everything|anything|resources?)(?![\w-])"
)
"""Things that may stand idle, too."""
_WHICH = re.compile(r"\b(?:which|what are|list|show|name|names|identify|enumerate)\b")


def of_volumes(calls: Sequence[PlannedCall], reading: Reading) -> list[PlannedCall]:
    """Calls that look for what could be saved on volumes where AWS holds it, and show those in a state that are asked for.

    What AWS advises on a volume is advice on storage, also where nothing uses it: what stands idle is something else.
    """
    if not any(call.query == "savings" for call in calls) or not _VOLUMES.search(reading.text):
        return list(calls)
    if _ELSE.search(reading.text):
        return list(calls)
    found = [call.having(kind="storage") if call.inputs.get("kind") == "idle" else call for call in calls]
    found = [call for place, call in enumerate(found) if call not in found[:place]]
    state = sort_named("volumes", reading)
    if state == "unattached" and _WHICH.search(reading.text) and not any(call.query == "inventory" for call in calls):
        where = {key: found[0].inputs[key] for key in ("accounts",) if key in found[0].inputs}
        inputs = {"kind": "volumes", "by": "resource", "only": state, "top": _NAMES, **where}
        found = [PlannedCall(query="inventory", domain="ops", inputs=inputs), *found]
    return found


def all_of_them(call: PlannedCall) -> PlannedCall:
    """An inventory of all of a kind, in the place of one of only some of them."""
    if "region" in call.inputs and call.query == "inventory":
        return call.having(only=None, region=None, top=None, by="region")
    if "only" not in call.inputs:
        return call
    return call.having(only=None, **({"by": None, "top": None} if call.inputs.get("by") == "resource" else {}))


def those_asked(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """An inventory of only those in one region, of one state or type, if one alone is named; by name where "which" is asked.

    If none is named, of those that were asked about before, in the `earlier` calls.
    """
    if call.query != "inventory" or "only" in call.inputs or "region" in call.inputs:
        return call
    kind = str(call.inputs.get("kind", ""))
    before = next((one for one in earlier if one.query == "inventory" and one.inputs.get("kind") == kind), None)
    call = _in_region(call, before, reading)
    if kind in {*STATES, *_TYPES}:
        call = _of_sort(call, kind, before, reading)
    placed = {"accounts", "tag", "region", "only"} & call.inputs.keys()
    return by_name(call) if placed and _asks_names(call, reading) else call


def by_name(call: PlannedCall) -> PlannedCall:
    """An inventory that lists its resources one by one."""
    return call.having(by="resource", top=_NAMES)


def _asks_names(call: PlannedCall, reading: Reading) -> bool:
    """Whether "which" of them is asked for, and not how many there are of each sort."""
    return bool(
        _LIST.search(reading.text)
        and not _COUNT.search(reading.text)
        and call.inputs.get("by") in (None, "state", "type", "resource")
        and not {"account", "team", "region", "venue", "env"} & set(dimensions(reading.text))
    )


def _in_region(call: PlannedCall, before: PlannedCall | None, reading: Reading) -> PlannedCall:
    """A call that is split by region because one is named, narrowed to it; or to the one that was talked about."""
    apart = ELSEWHERE.search(reading.text) or "region" in left_out(reading.found.bare)
    if call.inputs.get("by") != "region" or "region" in dimensions(reading.text) or apart:
        return call
    held = before.inputs.get("region") if before else None
    named = reading.found.regions or ((held,) if held else ())
    if len(named) != 1:
        return call
    split = next((name for name in dimensions(reading.text) if name in ("account", "team", "type", "state")), None)
    call = call.having(region=named[0], by=split)
    return by_name(call) if before and before.inputs.get("by") == "resource" and not split else call


def _of_sort(call: PlannedCall, kind: str, before: PlannedCall | None, reading: Reading) -> PlannedCall:
    """Only those of the state or type that is named, or that was asked about before."""
    said = sort_named(kind, reading)
    held = before is not None and "only" in before.inputs
    if said is None and before is not None and held and not _all_named(before, reading) and not wants_all(reading.text):
        listed = {key: before.inputs[key] for key in ("by", "top") if before.inputs.get("by") == "resource"}
        return call.having(only=before.inputs["only"], **listed)
    if said is None:
        return call
    if call.inputs.get("by") in ("state", "type") and not _asks_names(call, reading):
        call = call.having(by=None)  # by account: all rows of a split by state would be of one
    return call.having(only=said)


def sort_named(kind: str, reading: Reading) -> str | None:
    """The one state or type that is named; None for several, which are told apart."""
    text = reading.text
    said = "" if refusal(text, reading.flat) else text  # a state to be brought about is not the one that things are in
    states = [s for s, pattern in STATES.get(kind, ()) if re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", said)]
    types = []
    for match in re.finditer(rf"(?<![\w.-])(?:{_TYPES[kind]})(?![\w-])", text) if kind in _TYPES else ():
        held = match.groupdict()
        name = "gpu" if held.get("gpu") else held.get("name") or held.get("alone") or held.get("type") or ""
        name, version = _SPELLED.get(name, name), held.get("version") or ""
        types.append(f"{name} {version}".strip() if kind == "databases" else f"{name}{version.removesuffix('.x')}")
    if _EITHER.search(text) or len(set(states)) > 1 or len(set(types)) > 1:
        return None
    return " ".join([*types[:1], *states[:1]]) or None


_NOUNS = {
    "instances": r"(?:(?:ec2|aws) )?(?:instances?|servers?|machines?|vms?)",
    "volumes": r"(?:(?:ebs|aws) )?(?:volumes?|disks?)",
    "functions": r"(?:(?:aws|lambda) )?(?:functions?|lambdas?)",
    "databases": r"(?:(?:rds|aws) )?(?:databases?|dbs?|db instances?)",
}
_OTHERS = {"buckets": r"(?:(?:s3|aws) )?buckets?", "load_balancers": r"load balancers?"}
_ANY = rf"(?<![\w-])(?:{'|'.join(_NOUNS.values())})(?![\w-])"
_NOUN = re.compile(
    rf"{_ANY}(?! (?:types?|kinds?|class|classes|sizes?|famil(?:y|ies)|engines?|versions?|runtimes?|states?|status(?:es)?)\b)"
    rf"|{_ANY}(?=.* (?:we|our|us)\b)|\b(?:we|our|us) .*{_ANY}"
)
"""Things by their name, all of which may be meant; no part of what they are told apart by ("by instance type")."""
_POINTED = re.compile(r"\b(?:those|these|such|same) $")


def _all_named(before: PlannedCall, reading: Reading) -> bool:
    """Whether things are named again after some of them were shown: all of them, where no word points at those.

    That machines run mostly says no more than that they are there: "these machines" are all of them.
    """
    every = before.inputs["only"] == "running"
    found = _NOUN.finditer(reading.text)
    return any(every or not _POINTED.search(reading.text[: match.start()]) for match in found)


_SMALL = frozenset(
    "which what list show me name names the of our all are is do we have there any still currently now right that in on at run runs use uses using with "
    "and how many please us tell give everything written under <account> <venue> <team> <env> <region> ? , 's".split()
)
"""Words that say nothing more of what is asked for."""


_OUTDATED = re.compile(r"\b(?:(?:an?|any|the) )?(?:outdated|old) run ?times?\b")


def plainly(reading: Reading, *, alone: bool) -> str | None:
    """The kind of resource, where a question asks for those in one state or of one type, and for nothing else.

    Of one that stands alone, where all of a kind are asked for and nothing more: "list the buckets".
    """
    for kind, noun in {**_NOUNS, **(_OTHERS if alone else {})}.items():
        text, found = re.subn(rf"(?<![\w-])(?:{noun})(?![\w-])", " ", reading.text)
        if not found or not (_LIST.search(reading.text) or _COUNT.search(reading.text)):
            continue
        text = _OUTDATED.sub(" ", text) if kind == "functions" else text
        states = "|".join(pattern for _, pattern in STATES.get(kind, ()))
        for pattern in filter(None, (states, re.sub(r"\?P<\w+>", "?:", _TYPES.get(kind, "")))):
            text = re.sub(rf"(?<![\w.-])(?:{pattern})(?![\w-])", " ", text)
        if (alone or sort_named(kind, reading)) and set(text.split()) <= _SMALL:
            return kind
    return None
