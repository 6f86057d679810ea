"""Reduced: what was shown, without what is left out of it ("leave out data-lab"), or of all others ("the other venues?").

The words say nothing of what it is: that was said before. Where a query can not leave something out, a sentence says that
it is still in what is shown.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.inputs.only import STATES, sort_named
from agents.models.offline.inputs.placing import others
from agents.models.offline.inputs.watched import watched
from agents.models.offline.intents.coverage import own_concepts
from agents.models.offline.naming.billed_parts import parts_named, within
from agents.models.offline.naming.left_out import left_out, only_and_not, only_leaves_out, spans, words_left_out
from agents.models.offline.naming.services import billed_as
from agents.models.offline.plan import BILLED_FOR, Derivation, Plan, PlannedCall
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading, read
from tools.registry import Query

Reduced = tuple[tuple[PlannedCall, ...], tuple[str, ...], tuple[Derivation, ...]]
"""Calls, sentences about what is still in them, and what has to be computed of them."""
_PLACED = frozenset({"account", "venue", "team", "env"})
_KIND = r"(?P<kind>accounts?|venues?|casinos?|locations?|sites?|places?|houses?|halls?|teams?)"
_FINE = (
    r"(?:clean|fine|ok|okay|good|better|worse|safe|healthy|alright|all right|any better|any worse|the same|like that|so too|affected|in order|compliant|green|as bad|as good|doing|looking|look|have|there|too|as well|also|then|"
    r"is it|are they|compare|without any|free of (?:them|it|that))"
)
_OTHERS = re.compile(
    r"\W*(?:(?:and|but|so|ok|okay|now|then|please|just|only|what about|how about|what of|how|is|are|was|were|do|does|did|have|has|it|things|show me|show|give me|list|see|for|in|at|of|on|any of|all|all of|also) )*"
    rf"(?:(?:the |our |all the |all our |all )?(?:other|remaining)(?: (?:two|three|four|five|\d+))? {_KIND}|(?P<alike>(?:the |our |all the |all )?(?:others|remaining ones|other ones|rest|remainder))(?: of (?:them|those|the (?P<of>venues|casinos|accounts|company|group|organisation|organization|estate)))?"
    r"|(?:elsewhere|everywhere else|anywhere else|outside (?:there|it|that|of (?:it|that|there)|(?:that|this) (?:account|venue|casino|team)))|(?:not|except|apart from) (?:there|that one|those|these|that (?:account|venue|casino)))"
    rf"(?: {_FINE})*\W*"
)
_VENUE = re.compile(r"venue|casino|location|site|house|hall")


def leaves_out_alone(reading: Reading) -> bool:
    """Whether a question only leaves out something of what was shown, or asks for all the others."""
    if reading.when.mentions or reading.when.relative or reading.found.unknown or reading.user:
        return False
    return only_leaves_out(reading.found.bare) or bool(_OTHERS.fullmatch(reading.flat))


def asks_others(reading: Reading) -> bool:
    """Whether a question asks what was shown of all other places, and names none itself."""
    return leaves_out_alone(reading) and bool(_OTHERS.fullmatch(reading.flat))


def reduced(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Reduced | None:
    """What was shown without what is left out of it, or of all places that were not; None of any other question.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if services := _services_out(reading, earlier, context):
        return _without_rows(services, (earlier[0].having(top=EVERY_ROW),))
    if not leaves_out_alone(reading):
        return None
    if match := _OTHERS.fullmatch(reading.flat):
        return _of_others(match["kind"] or match["of"] or ("others" if match["alike"] else ""), earlier, context)
    kinds = left_out(reading.found.bare)
    if kinds <= {"service"} or kinds <= {"region"}:
        return _still_in(reading, earlier, context)
    if not kinds <= _PLACED:
        return None
    kept = others(reading.found, context.names)
    if "team" in kinds and all(call.inputs.get("by") == "team" and call.domain == "cost" for call in earlier):
        return _without_rows(reading.found.teams, earlier)
    if "team" in kinds and any(call.query == "budgets" for call in earlier):
        return tuple(earlier), (STILL_IN,), ()  # a budget is of a tag, and not of accounts
    calls = [_narrowed(call, kept, context) for call in earlier]
    if not all(calls):
        return None
    of_tag = "team" in kinds and any(call.domain == "cost" for call in earlier)
    return tuple(call for call in calls if call), (OF_ITS_ACCOUNTS,) if of_tag else (), ()


OF_ITS_ACCOUNTS = "Left out are the accounts of that team; what carries its tag in other accounts is still in it."


def _narrowed(call: PlannedCall, kept: Sequence[str], context: Context) -> PlannedCall | None:
    """A call of those of its accounts that are kept; where it was of none of them, of all that are kept."""
    if "accounts" not in fields_of(context.queries[call.query]):
        return None
    held = held_by(call, context)
    left = [name for name in held if name in kept] or list(kept)
    if list(held) == left or not left or "venue" in call.inputs:
        return None
    if call.domain != "cost" and "team" in call.inputs:
        call = call.having(team=None)
    if call.inputs.get("by") == "venue" and not set(left) & set(context.names.venue_accounts):
        call = call.having(by="account" if "account" in (allowed(context.queries[call.query], "by") or ()) else None)
    return call.having(accounts=",".join(left))


def held_by(call: PlannedCall, context: Context) -> tuple[str, ...]:
    """The accounts that a call looks at, in the order in which they are known."""
    given = str(call.inputs.get("accounts", "all"))
    if given == "all" and "team" in call.inputs and call.domain != "cost":
        given = f"team:{call.inputs['team']}"
    held = members(given, context) if given != "all" else context.names.accounts
    return tuple(name for name in context.names.accounts if name in held)


def _of_others(kind: str, earlier: Sequence[PlannedCall], context: Context) -> Reduced | None:
    """What was shown, of the accounts that it was not of; of venues, where these were shown or are asked for."""
    found: list[PlannedCall] = []
    venues = context.names.venue_accounts
    if kind.startswith("team") or any("team" in call.inputs and call.domain == "cost" for call in earlier):
        return _of_other_teams(kind, earlier, context)
    for call in earlier:
        held = held_by(call, context)
        if "accounts" not in fields_of(context.queries[call.query]) or len(held) == len(context.names.accounts):
            return None
        of_venues = set(held) <= set(venues) if kind == "others" else bool(_VENUE.match(kind))
        group = venues if of_venues and (kind != "others" or set(held) != set(venues)) else context.names.accounts
        rest = [name for name in group if name not in held]
        if not rest or {"team", "venue"} & call.inputs.keys():
            return None
        one = call.having(accounts=",".join(rest))
        found += [one] if one not in found else []
    return tuple(found), (), ()


_WITH_IT = "All teams are in this: the one that was shown before, too."


def _of_other_teams(kind: str, earlier: Sequence[PlannedCall], context: Context) -> Reduced | None:
    """A bill of one team, told of each of them; None where no team was shown, or other places are asked for."""
    call = earlier[0]
    by_team = "team" in (allowed(context.queries[call.query], "by") or ())
    if (
        len(earlier) != 1
        or "team" not in call.inputs
        or not by_team
        or not (kind == "others" or kind.startswith("team"))
    ):
        return None
    return (call.having(team=None, by="team"),), (_WITH_IT,), ()


def _still_in(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Reduced | None:
    """What was shown, told apart by services or regions, with a sentence that those named can not be left out."""
    key = "service" if reading.found.services else "region"
    named = reading.found.services or reading.found.regions
    if (
        reading.found.part_of_service
        or len(earlier) != 1
        or not named
        or key not in (allowed(context.queries[earlier[0].query], "by") or ())
    ):
        return None
    call = earlier[0].having(**{key: None, "part": None, "usage_type": None, "by": key})
    if earlier[0].inputs.get("by") == key and earlier[0].inputs.get(key) in (None, *named):
        call = earlier[0].having(**{key: None})
    return _without_rows(named, (call.having(top=EVERY_ROW),))


EVERY_ROW = 25
"""Rows of a bill, so that what is left out of its sum is one of them."""
STILL_IN = "What was to be left out can not be left out of this: the totals and the list still hold it."
WITHOUT_THEM = "What was to be left out stands in the list, and in the total: the sum is of that alone."
WITHOUT_IT = "What was to be left out stands in the list, and in the total; the difference is what is left without it."


_SERVICES_OUT = re.compile(
    r"\W*(?:(?:and|but|so|ok|please|now|then|the|same|that|it|this|again|show|give|me) )*(?:without|excluding|exclude|except(?: for)?|minus|not counting|leav(?:e|ing) out|ignor(?:e|ing)|drop|skip|apart from)(?: (?:the|our|any|all|aws))* (?P<what>[\w -]+?(?:(?:,| and| or)+ [\w -]+?)*)(?: please)?\W*"
)


def _services_out(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[str]:
    """The services that a few words leave out of a bill by service, by whatever name they are billed; empty of anything else."""
    said = _SERVICES_OUT.fullmatch(reading.flat)
    if said is None or [call.query for call in earlier] != ["spend"]:
        return []
    if earlier[0].inputs.get("by", "service") != "service" or BILLED_FOR & earlier[0].inputs.keys():
        return []
    each = [part.strip() for part in re.split(r",|\b(?:and|or)\b", said["what"]) if part.strip()]
    named = [read(part, context.names, context.now).found.services or billed_as(part) for part in each]
    if not all(len(one) == 1 for one in named):
        return []
    # what is billed within a service among other things is no row
    parts = [within(part, one[0]) or parts_named(part, one[0]) for part, one in zip(each, named, strict=True)]
    return [] if any(parts) else [one[0] for one in named]


def _without_rows(rows: Sequence[str], calls: Sequence[PlannedCall]) -> Reduced:
    """Calls that show what was to be left out, each in a row, with the sum without it and a sentence that says so."""
    if len(calls) == 1 and calls[0].query == "spend" and len(rows) > 1:
        return tuple(calls), (WITHOUT_THEM,), (Derivation(operation="sum", picks=tuple(f"row {one}" for one in rows)),)
    if len(calls) != 1 or calls[0].query != "spend" or len(rows) != 1:
        return tuple(calls), (STILL_IN,), ()
    return tuple(calls), (WITHOUT_IT,), (Derivation(operation="difference", picks=("total spend", f"row {rows[0]}")),)


def still_held(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence that a service or a region which was to be left out is still in what is shown."""
    left = _named_out(reading)
    kept = any(left.get(key) and not any(key in call.inputs for call in calls) for key in ("service", "region"))
    return [STILL_IN] if kept else []


_LACKING = re.compile(r"\b(?:tags?|tagged|mfa|owners?|encryption|backups?)\b")
"""A lack of something, not something left out."""
NO_OPPOSITE = "I can leave out accounts, not a service or a region: ask for the split by them."
_NOT_KEPT = "I can not leave that out here, and what was to be left out is not what is asked for."
_SAID_BY_WORDS = ("kind", "part", "usage_type", "only", "state", "action", "severity", "status")
"""Inputs that are chosen by words which are no names."""


def _named_out(reading: Reading) -> dict[str, list[str]]:
    """The names that are left out by their kind; none of a kind of which others are named, too."""
    bare, found = reading.found.bare, reading.found
    said = " ".join(bare[start:end] for start, end in spans(bare))
    named = {
        "account": found.accounts, "venue": found.venues, "team": found.teams, "env": found.envs,
        "service": found.services, "region": found.regions,
    }  # fmt: skip
    return {kind: known for kind, known in named.items() if 0 < said.count(f"<{kind}>") == bare.count(f"<{kind}>")}


def left_out_alone(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """Why calls are not what is asked where one looks at nothing but what was to be left out: the opposite."""
    left = _named_out(reading)
    lacks = bool(_LACKING.search(reading.flat))
    places = [
        *left.get("account", ()),
        *(f"{kind}:{n}" for kind in ("venue", "team", "env") for n in left.get(kind, ())),
    ]
    out = set(members(",".join(places), context)) | set(left.get("account", ())) if places else set()
    for call in calls:
        given = str(call.inputs.get("accounts", "all"))
        held = set(members(given, context)) or {given}
        if given != "all" and held <= out:
            return _NOT_KEPT
        if any(call.inputs.get(key) in left.get(key, ()) for key in ("team", "venue", "env")):
            return _NOT_KEPT
        if not lacks and any(call.inputs.get(key) in left.get(key, ()) for key in ("service", "region")):
            return NO_OPPOSITE
        if {"service", "region"} & call.inputs.keys() and _leaves_out_no_place(reading):
            return NO_OPPOSITE
        lack = _WITHOUT.search(reading.flat) and call.domain != "cost" and not {"only", "action"} & call.inputs.keys()
        if not lack and _picks_what_is_out(reading, call, context):
            return _NOT_KEPT
    return None


_OUT = re.compile(
    r"\b(?:excluding|exclude|without|minus|except|other than|not counting|apart from|leaving out|ignoring)\b(?P<what>.*)"
)


def _leaves_out_no_place(reading: Reading) -> bool:
    """Whether something is left out that is no place and no lack: of a service by whatever name ("the databases")."""
    match = _OUT.search(reading.text)
    return match is not None and not _LACKING.search(match["what"]) and not re.search(_PLACE_MASK, match["what"])


_PLACE_MASK = r"<(?:account|venue|team|env)>"
_WITHOUT = re.compile(r"\bwithout\b")
"""What things are without is a lack of theirs, but where it is of a bill ("keys without rotation", "cost without tax")."""


def _picks_what_is_out(reading: Reading, call: PlannedCall, context: Context) -> bool:
    """Whether what a call picks is what the words that are left out would pick alone."""
    words = words_left_out(reading.flat)
    if call.query == "inventory" and words and "only" in call.inputs:
        kind, out = str(call.inputs.get("kind", "")), read(words, context.names, context.now)
        if sort_named(kind, out) == call.inputs["only"]:
            return True
    picked = {key: call.inputs[key] for key in _SAID_BY_WORDS if key in call.inputs}
    if not words or not picked:
        return False
    alone = fill(context.queries[call.query], read(words, context.names, context.now), context.names, context.now)
    return any(alone.inputs.get(key) == value for key, value in picked.items())


def said_once(question: str, context: Context) -> str:
    """The question without the sort of things that is not wanted, where the other one is alone: "only changes, no reads".

    Of places it says more than that one: "only the venues, not Utrecht".
    """
    said = only_and_not(question)
    if said is None:
        return question
    one, other = (read(words, context.names, context.now) for words in said[:2])
    if one.found.placed() or other.found.placed():
        return question
    queries = context.queries.values()
    if one.concepts - other.concepts and other.concepts - one.concepts:
        of = [{query.name for query in queries if own_concepts(query.name) & each.concepts} for each in (one, other)]
        if of[0] and of[1] and not of[0] & of[1]:
            return said[2]  # what is looked up of one tells nothing of the other
    watch = [watched(each.text, before=True) for each in (one, other)]
    rivals = watch[0] and watch[1] and not set(watch[0]) & set(watch[1])
    return said[2] if rivals or any(_of_one_input(query, one, other, context) for query in queries) else question


def _of_one_input(query: Query, one: Reading, other: Reading, context: Context) -> bool:
    """Whether two words each choose another value of an input, or one of them asks for calls that only read."""
    mine, theirs = (fill(query, each, context.names, context.now).inputs for each in (one, other))
    for key in mine.keys() | theirs.keys():
        if mine.get(key) == theirs.get(key) or key in ("period", "top", "by"):
            continue
        if key == "writes_only" or (key in mine and key in theirs):
            return True
    kind = str(mine.get("kind", theirs.get("kind", "")))
    kinds = (kind,) if kind else tuple(STATES) if query.name == "inventory" else ()
    sorts = [(sort_named(each_kind, one), sort_named(each_kind, other)) for each_kind in kinds]
    return any(left and right and left != right for left, right in sorts)


_THE_OTHERS = re.compile(
    r"(?i)\b(?:the|our|any|all|all the|all our) (?:other|remaining) (?P<kind>venues|casinos|accounts)\b"
)


_IN_A_ROW = re.compile(r"(?m)^- (?:.* in )?(?:account )?(?P<account>[\w-]+)(?=[,: (]|$)")


def shown_in(answer: str, context: Context) -> tuple[str, ...]:
    """The accounts that the rows of an answer are of, in the order in which they are known."""
    told = {match["account"] for match in _IN_A_ROW.finditer(answer)}
    return tuple(name for name in context.names.accounts if name in told)


LEFT_OUT = "Left out, as it was shown before: "
"""How a sentence begins that names the places which "the other venues" are not."""


def said_apart(plan: Plan, question: str, asked: str, answer: str, context: Context) -> Plan:
    """A plan that names what "the other venues" leave out, where these were `asked` for by their names."""
    of, named = _THE_OTHERS.search(question), _THE_OTHERS.search(asked)
    shown = [name for name in shown_in(answer, context) if name in context.names.venue_accounts]
    if not of or named or not shown or not plan.calls:
        return plan
    return plan.model_copy(update={"limits": (*plan.limits, f"{LEFT_OUT}{', '.join(shown)}.")})


def _but_those_shown(
    question: str, match: re.Match[str], earlier: Sequence[PlannedCall], answer: str, context: Context
) -> str:
    """A question of "the other venues", with those named that are meant: all but those that were shown."""
    held = held_by(earlier[0], context) if len(earlier) == 1 else ()
    if len(held) == len(context.names.accounts):
        held = shown_in(answer, context)  # of everywhere, what was shown lies in some
    if "accounts" not in fields_of(context.queries[earlier[0].query]) or not 0 < len(held) < len(
        context.names.accounts
    ):
        return question
    of_venues = bool(_VENUE.match(match["kind"].casefold()))
    rest = [n for n in (context.names.venue_accounts if of_venues else context.names.accounts) if n not in held]
    if not rest or not of_venues:
        return question
    return f"{question[: match.start()]}{' and '.join(rest)}{question[match.end() :]}"


def named_apart(question: str, earlier: Sequence[PlannedCall], answer: str, context: Context) -> str:
    """A question that leaves out a team or an account by a word which is also an ordinary one, with that word marked as it.

    "Leave data out of it" after a bill by team is of the team data; "the other venues" after one of them are all but that.
    """
    if earlier and (others_of := _THE_OTHERS.search(question)):
        everywhere = all(len(held_by(one, context)) == len(context.names.accounts) for one in earlier)
        if everywhere or not leaves_out_alone(read(question, context.names, context.now)):
            return _but_those_shown(question, others_of, earlier, answer, context)
    by = {call.inputs.get("by") for call in earlier} | {"team" for call in earlier if "team" in call.inputs}
    for kind, known in (("team", context.names.teams), ("account", context.names.accounts)):
        for name in known if kind in by else ():
            said = re.compile(rf"(?i)(?<![\w-])(?:the )?{re.escape(name)}(?![\w-])(?! (?:team|account|venue)s?\b)")
            marked = said.sub(f"{kind} {name}", question)
            if marked != question and only_leaves_out(read(marked, context.names, context.now).found.bare):
                return marked
    return question
