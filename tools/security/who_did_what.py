"""Who did what: management events from CloudTrail, by actor, action and resource. Names people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.day_hours import HoursOfDay, parse_day_hours
from tools.errors import InputError, UnknownNameError
from tools.facts import Facts
from tools.periods import Period, parse_recent
from tools.registry import HoursWord, query
from tools.security import trail
from tools.security.common import Top, in_account, joined, scope_of
from tools.security.trail import Event, Found

_VERBS = (
    "Accept|Add|Allocate|Associate|Attach|Authorize|Cancel|Change|Close|Console|Copy|Create|Deactivate|Delete|Deregister"
    "|Detach|Disable|Disassociate|Enable|Export|Failover|Import|Invoke|Leave|Modify|Move|Purchase|Put|Reboot|Register"
    "|Release|Remove|Replace|Reset|Restore|Revoke|Rotate|Run|Schedule|Send|Set|Start|Stop|Switch|Tag|Terminate|Transfer"
    "|Untag|Update|Upload|Assume|Get|List|Describe|Decrypt|Generate"
)
_OPERATION = re.compile(rf"(?:{_VERBS})[A-Z][A-Za-z0-9]+")
_VERB = re.compile(rf"(?:{_VERBS})", re.IGNORECASE)
_ACTORS_SHOWN = 3
_LISTED = 15
"""Most events listed one by one: models pay for each."""
_SIGN_INS = frozenset({"ConsoleLogin", "SwitchRole"})
"""Events that AWS counts among the changes, though they change nothing."""
_OF_SIGN_INS = "console sign-ins"
"""What is counted where they alone are asked for."""
_TOGETHER = 8
"""Most actions in one call: CloudTrail is asked for each of them, everywhere."""


@query(
    domain="security",
    operations=(*trail.OPERATIONS, "iam:ListUsers", "iam:ListRoles"),
    personal_data=True,
)
def who_did_what(
    aws: Aws,
    period: HoursWord = "last_7_days",
    who: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    hours: HoursOfDay = "all",
    accounts: Accounts = "all",
    writes_only: bool = True,
    top: Top = 15,
) -> Facts:
    """Who did what in AWS (CloudTrail): changes by person or role, newest first, sign-ins after them; names people.

    `who` is a user, role or root; `action` API actions or a verb (DeleteBucket,PutBucketAcl; delete);
    `resource` a name or id.
    """
    chosen = aws.directory.select(accounts)
    span, within = parse_recent(period, aws.now), parse_day_hours(hours)
    actions = _named(action)
    found = _read(aws, chosen, span, actions, resource, writes_only)
    matching = list(found.events)
    behind = found.receipts
    if who:
        matching, more = _by_actor(aws, chosen, matching, who)
        behind = joined([behind, more])
    if actions:
        kept = {event.id for one in actions for event in _by_action(matching, found, one)}
        matching = [event for event in matching if event.id in kept]
    if resource:
        matching, more = _by_resource(aws, chosen, matching, found, resource, span)
        behind = joined([behind, more])
    if within:
        matching = [event for event in matching if within.holds(event.at)]
    of_sign_ins = bool(actions) and _SIGN_INS.issuperset(actions)
    kind = _OF_SIGN_INS if of_sign_ins else "changes" if writes_only else "events"
    where = {k: v for k, v in (("who", who), ("action", " or ".join(actions)), ("resource", resource)) if v}
    if within:
        where["hours"] = within.label
    scope = scope_of(aws, chosen).model_copy(update={"where": where})
    facts = Facts(
        read_as=f"who did what: {kind}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Time", "Who", "Action", "Resource", "Account"),
    )
    facts.notes.append(f"From CloudTrail's event history in {', '.join(aws.regions)}; management events only.")
    if writes_only and not actions:
        # a sign-in changed nothing and is not counted with what did: it stands behind that, whoever is asked about
        matching.sort(key=lambda event: event.action in _SIGN_INS)
    if of_sign_ins:
        matching.sort(key=lambda event: event.error is None)  # among many that went well, these are looked for
        facts.notes.append("Sign-ins that failed stand first.")
    _totals(facts, matching, kind, behind)
    _table(aws, facts, matching, kind, behind, top)
    return facts


def _named(action: str | None) -> tuple[str, ...]:
    """The actions that are asked for, each once."""
    named = tuple(dict.fromkeys(one.strip() for one in (action or "").split(",") if one.strip()))
    if len(named) > _TOGETHER:
        raise InputError(f"{len(named)} actions are named; at most {_TOGETHER} can be looked for in one call.")
    return named


def _read(
    aws: Aws, chosen: Sequence[Account], span: Period, actions: Sequence[str], resource: str | None, writes_only: bool
) -> Found:
    """Events that may match, by the one attribute that CloudTrail filters by best."""
    writes = ("ReadOnly", "false") if writes_only else None
    attribute = writes
    if actions and all(_OPERATION.fullmatch(one) for one in actions):
        each = [trail.read(aws, chosen, span, ("EventName", one)) for one in actions]
        events = sorted((e for found in each for e in found.events), key=lambda e: (-e.at.timestamp(), e.id))
        return _kept(Found(tuple(events), joined(found.receipts for found in each)), writes_only)
    if resource:
        attribute = ("ResourceName", resource)
    found = trail.read(aws, chosen, span, attribute)
    if not found.events and resource and attribute == ("ResourceName", resource):
        # CloudTrail knows a resource by one exact name only; it may be part of a name, or in the request alone.
        wider = trail.read(aws, chosen, span, writes)
        found = Found(wider.events, joined([found.receipts, wider.receipts]))
    return _kept(found, writes_only)


def _kept(found: Found, writes_only: bool) -> Found:
    return Found(tuple(e for e in found.events if not (writes_only and e.read_only)), found.receipts)


def _by_actor(
    aws: Aws, chosen: Sequence[Account], events: Sequence[Event], who: str
) -> tuple[list[Event], tuple[str, ...]]:
    wanted = who.strip().casefold()
    exact = [event for event in events if wanted in (name.casefold() for name in (*event.names, event.who))]
    if exact:
        return exact, ()
    if wanted in ("root", "root user"):
        return [], ()
    known, receipts = _identities(aws, chosen)
    if wanted in (name.casefold() for name in known):
        return [], receipts  # exists, and did nothing of the kind
    raise UnknownNameError("person or role", who, {*known, *(event.names[0] for event in events)})


def _identities(aws: Aws, chosen: Sequence[Account]) -> tuple[set[str], tuple[str, ...]]:
    def ask(account: Account) -> tuple[set[str], tuple[str, ...]]:
        users = aws.items(account, "iam:ListUsers", "Users", region="us-east-1")
        roles = aws.items(account, "iam:ListRoles", "Roles", region="us-east-1")
        names = {user["UserName"] for user in users.items} | {role["RoleName"] for role in roles.items}
        return names, (*users.receipts, *roles.receipts)

    looked = [result for _, result in aws.each_account(chosen, ask)]
    return {name for names, _ in looked for name in names}, joined(receipts for _, receipts in looked)


def _by_action(events: Sequence[Event], found: Found, action: str) -> list[Event]:
    wanted = action.strip().casefold()
    kept = [event for event in events if event.action.casefold() == wanted]
    if not kept and _VERB.fullmatch(action.strip()):
        return [event for event in events if event.action.casefold().startswith(wanted)]
    if not kept and not _OPERATION.fullmatch(action.strip()):
        raise UnknownNameError("action", action, {event.action for event in found.events})
    return kept


def _by_resource(
    aws: Aws, chosen: Sequence[Account], events: Sequence[Event], found: Found, resource: str, span: Period
) -> tuple[list[Event], tuple[str, ...]]:
    wanted = resource.strip().casefold()
    kept = [event for event in events if wanted in event.text.casefold()]
    if kept or any(wanted in event.text.casefold() for event in found.events):
        return kept, ()
    # nothing of the kind happened to it: it exists if anything else did, or if it is a user or a role
    wider = trail.read(aws, chosen, span, ("ReadOnly", "false"))
    if any(wanted in event.text.casefold() for event in wider.events):
        return [], wider.receipts
    identities, receipts = _identities(aws, chosen)
    if wanted in (name.casefold() for name in identities):
        return [], joined([wider.receipts, receipts])
    known = {event.resource for event in (*found.events, *wider.events) if event.resource}
    raise UnknownNameError(f"resource with events ({span.label})", resource, known)


def _totals(facts: Facts, events: Sequence[Event], kind: str, behind: tuple[str, ...]) -> None:
    """How many there are; who signed in changed nothing, and is counted apart where anything else was done."""
    signed = sum(event.action in _SIGN_INS for event in events)
    apart = kind == "changes" and signed > 0
    counted = [event for event in events if not (apart and event.action in _SIGN_INS)]
    unit = "sign-ins" if kind == _OF_SIGN_INS else kind
    facts.fact(kind, len(counted), unit, receipts=behind, headline=True)
    actors = Counter(event.who for event in counted)
    facts.fact(f"people, roles and services behind these {kind}", len(actors), "actors", receipts=behind)
    failed = sum(event.error is not None for event in counted)
    if kind != _OF_SIGN_INS:  # of these, those that failed are told below
        facts.fact(f"{kind} that were refused or failed", failed, unit, receipts=behind)
    if apart or 0 < signed < len(events):
        beside = f"console sign-ins {'beside' if apart else 'among'} these {kind}"
        facts.fact(beside, signed, "sign-ins", receipts=behind, headline=True)
    wrong = sum(event.action in _SIGN_INS and event.error is not None for event in events)
    if signed:
        facts.fact("console sign-ins that failed", wrong, "sign-ins", receipts=behind, headline=signed == len(events))
    bare = sum(event.without_mfa and not event.error for event in events)
    if bare:
        facts.fact("console sign-ins without MFA", bare, "sign-ins", receipts=behind)
    if len(actors) > 1:
        for name, number in sorted(actors.items(), key=lambda pair: (-pair[1], pair[0]))[:_ACTORS_SHOWN]:
            facts.fact(f"{kind} by {name}", number, unit, receipts=behind)


def _table(aws: Aws, facts: Facts, events: Sequence[Event], kind: str, behind: tuple[str, ...], top: int) -> None:
    listed = events[: min(top, _LISTED)]
    for event in listed:
        where, receipts, resource = in_account(aws, event.account), (event.receipt,), event.resource
        facts.row(
            facts.fact(f"{event.action} at", event.at, "time", receipts=receipts, scope=where),
            facts.fact(f"{event.action} by", event.who, "name", receipts=receipts, scope=where),
            event.action + _remark(event),
            facts.fact(f"{event.action} on", resource, "name", receipts=receipts, scope=where) if resource else "",
            aws.directory.name(event.account),
        )
    if len(events) > len(listed):
        mixed = any(event.action in _SIGN_INS for event in events[len(listed) :])
        if kind == _OF_SIGN_INS:
            what, unit = kind, "sign-ins"
        else:
            what, unit = (f"{kind} and sign-ins", "events") if mixed else (kind, kind)
        facts.rest(what, len(events) - len(listed), unit, receipts=behind)


def _remark(event: Event) -> str:
    said = [*([event.error] if event.error else []), *(["without MFA"] if event.without_mfa else [])]
    return f" ({', '.join(said)})" if said else ""
