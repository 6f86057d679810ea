"""Filling: a query's typed inputs from a reading. Only what was said is filled; the rest keeps the query's defaults."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from agents.models.offline.inputs import amounts
from agents.models.offline.inputs.ages import A_MONTH, age
from agents.models.offline.inputs.periods import error_time, for_change, for_forecast, one_period, so_far
from agents.models.offline.inputs.placing import beside_each_other, fitting, others
from agents.models.offline.inputs.series import series
from agents.models.offline.inputs.special import special
from agents.models.offline.inputs.watched import ALARMS, watched
from agents.models.offline.naming.names import Names, find_names
from agents.models.offline.naming.services import billed_as
from agents.models.offline.reading import Reading
from agents.models.offline.topics import choices
from agents.models.offline.topics.asked import asks_where, dimensions
from tools.registry import Query


@dataclass(slots=True)
class Filled:
    """Inputs for one query, and what was said that it cannot apply."""

    inputs: dict[str, Any] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    spread: dict[str, list[Any]] = field(default_factory=dict)
    """Inputs of which several were named, though the query takes one at a time: one call for each."""


@lru_cache(maxsize=256)
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return dict(model.model_json_schema()["properties"])


def fields_of(query: Query) -> dict[str, Any]:
    """JSON schema of each input by name."""
    return _schema(query.input_model)


def allowed(query: Query, name: str) -> tuple[Any, ...] | None:
    """The values of an enumerated input, or None if it is not enumerated."""
    return _allowed(query.input_model, name)


@lru_cache(maxsize=1024)
def _allowed(model: type[BaseModel], name: str) -> tuple[Any, ...] | None:
    schema = _schema(model).get(name, {})
    for branch in (schema, *schema.get("anyOf", ())):
        if "enum" in branch:
            return tuple(branch["enum"])
        if "const" in branch:
            return (branch["const"],)
    return None


def fill(query: Query, reading: Reading, names: Names, now: datetime) -> Filled:
    """What this reading says about each input of this query."""
    out, fields = Filled(), fields_of(query)
    for name in fields:
        if name == "part":
            continue  # of a service that is named: settled once the plan is decided on
        value = choices.chosen(query.name, name, reading.text, allowed(query, name))
        if value is not None:
            out.inputs[name] = value
    _several(query, reading.text, out)
    if out.inputs.get("statistic") == "sum" and out.inputs.get("name") not in COUNTED:
        del out.inputs["statistic"]  # a level is not added up: "how many connections"
    _split(query, reading, out)
    _location(query, reading, names, fields, out)
    if query.name == "spend" and asks_share(reading):
        of_venue = bool(reading.found.venues) or bool(set(reading.found.accounts) & set(names.venue_accounts))
        _whole(out, _ALL_SHARES if of_venue else _SHARES)
    _times(query, reading, fields, now, out)
    _amounts(reading, fields, now, out)
    special(query, reading, fields, now, out)
    return out


COUNTED = frozenset({"requests", "errors_5xx", "errors_4xx", "nat_bytes", "lambda_invocations", "lambda_errors"})
"""Metrics that count events, which can be added up."""
_COUNTED = {"findings": ("severity",), "vulnerabilities": ("severity",), "inventory": ("account",)}
"""What a query's rows are split by unless something is asked for; only there does the place of a thing change it."""


def _split(query: Query, reading: Reading, out: Filled) -> None:
    """What the rows are split by, where the question names it as such ("which account", "cheapest of our venues")."""
    values = allowed(query, "by") or ()
    wanted = [name for name in dimensions(reading.text) if name in values]
    if query.name == "inventory" and "kind" in out.inputs:
        wanted = [name for name in wanted if name != "resource"]  # "which servers": the kind of thing, not one by one
    if query.name == "patches" and _WHICH_ONES.search(reading.text):
        return  # the instances one by one, each with its account
    if wanted and "by" not in out.inputs:
        out.inputs["by"] = wanted[0]
    elif "by" not in out.inputs and (each := series(reading)) in values:
        out.inputs["by"] = each
    elif query.name in _COUNTED and "by" not in out.inputs and asks_where(reading.text) and "account" in values:
        out.inputs["by"] = "account"


_WHICH_ONES = re.compile(
    r"\b(?:which|what|list(?: of)?|show(?: me)?|name|any)(?: (?:all|the|our|of|windows|linux|ec2|managed))* (?:instances?|servers?|machines?|hosts?|vms?|nodes?|boxes|systems?)\b"
)
"""What asks for single machines, wherever they are."""
_SHARE = re.compile(r"\b(?:share|percentage|percent|proportion|fraction|what part|how much of|part of)\b")


def asks_share(reading: Reading) -> bool:
    """Whether a part of a whole is asked for, in a question that names the part."""
    found = reading.found
    named = found.services or found.teams or found.accounts or found.venues or everyday_part(reading)
    return bool(_SHARE.search(reading.text) and named)


_OF_ALL = re.compile(
    r"\b(?:of|in|from) (?:(?:the|our|all|your|that|this|it) )*(?:(?:total|whole|overall|entire|aws|cloud|monthly|yearly|annual) )*(?:total|whole|bills?|spend|spending|expenses?|expenditure|costs?|everything|all)\b"
)
"""The whole bill, that something is a part of."""


def everyday_part(reading: Reading) -> list[str]:
    """The services behind everyday words of which the share of the whole bill is asked: "share of support in total spend"."""
    asked = _SHARE.search(reading.text) and _OF_ALL.search(reading.text)
    return billed_as(reading.text) if asked else []


_SHARES, _ALL_SHARES = 10, 15
"""Rows of a breakdown that shares are shown for; more where a venue was named: it is seldom among the largest."""


def _whole(out: Filled, rows: int) -> None:
    """A share is read off a breakdown of the whole, so the part that was named is not filtered by."""
    for field_name, by in (("service", "service"), ("team", "team"), ("accounts", "account")):
        if field_name in out.inputs:
            out.inputs.pop(field_name)
            out.spread.pop(field_name, None)
            out.inputs.update(by=by, top=rows)
            return


def _location(query: Query, reading: Reading, names: Names, fields: Mapping[str, Any], out: Filled) -> None:
    found = reading.found
    teams = list(found.teams)
    beside = beside_each_other(reading.text)
    if teams and "team" in fields and not found.excluded and not beside:
        out.inputs["team"] = teams[0]
        if len(teams) > 1:
            out.spread["team"] = teams
        teams = []
    if query.name == "budgets":
        teams = []  # a team's budget is over its tag, not its accounts: its row is told first
    parts = others(found, names) if found.excluded else fitting(found, teams, names, beside=beside)
    if parts and tuple(parts) == names.venue_accounts and _ranks_venues(query, reading):
        out.inputs["by"], parts = "venue", []
    if parts is None:
        out.limits.append("No account fits everything that was named, so this covers all accounts in sight.")
    if parts and "accounts" in fields:
        out.inputs["accounts"] = ",".join(parts)
        if len(parts) > 1 and query.domain == "cost" and "account" in (allowed(query, "by") or ()):
            out.inputs.setdefault(
                "by", "env" if len(found.envs) > 1 and "env" in (allowed(query, "by") or ()) else "account"
            )
        if len(parts) > 1 and query.domain != "cost" and (query.name == "metric" or _EACH.search(reading.text)):
            if "account" in (allowed(query, "by") or ()):
                out.inputs["by"] = "account"
            elif len(parts) <= _SEPARATE:
                out.spread["accounts"] = parts
    elif parts and query.name != "account_list":
        out.limits.append("This could not be narrowed to the accounts that were named.")
    elsewhere = bool(ELSEWHERE.search(reading.text)) and "region" in (allowed(query, "by") or ())
    if found.regions and "region" in fields and query.domain == "cost" and not elsewhere:
        out.inputs["region"] = found.regions[0]
        if len(found.regions) > 1:
            out.spread["region"] = found.regions
    elif found.regions and "region" in (allowed(query, "by") or ()):
        out.inputs["by"] = "region"
    elif found.regions:
        out.limits.append("This could not be narrowed to a region.")
    named = "COST" in reading.concepts or bool(_SERVICE_OF.search(reading.text))
    services = found.services or (billed_as(reading.text) if named else [])
    if len(services) == 1 and found.services:
        services = [*services, *_other_side(reading, names)]
    if out.inputs.get("by") == "charge_type":
        services = [name for name in services if name != "Tax"]  # a kind of charge next to others
    if services and "service" in fields and query.domain == "cost":
        out.inputs["service"] = services[0]
        if len(services) > 1:
            out.spread["service"] = services
        if "by" in fields and "by" not in out.inputs:
            out.inputs["by"] = "usage_type" if found.part_of_service else "account"
    elif (query.name in _NO_SERVICE and set(found.services) & _WORKLOADS and not _of_alarms(query, reading)) or (
        found.services and query.domain == "cost" and query.name not in ("commitments", "savings")
    ):
        out.limits.append("This could not be narrowed to one service.")


def _of_alarms(query: Query, reading: Reading) -> bool:
    """Whether alarms are narrowed by what is named, which is a kind of resource."""
    return query.name in ALARMS and bool(watched(reading.text, before=True))


def _other_side(reading: Reading, names: Names) -> list[str]:
    """The service behind everyday words on the side of a comparison that names none ("databases than on Lambda")."""
    sides = re.split(r"\bthan\b", reading.text)
    bare = [side for side in sides if not find_names(side, names).services] if len(sides) == 2 else []
    found = billed_as(bare[0]) if len(bare) == 1 else []
    return found if len(found) == 1 else []


ELSEWHERE = re.compile(
    r"\b(?:outside(?: of)?|other than|except(?: for)?|besides|apart from|anywhere but|elsewhere than|not in|beyond)(?: the| our)? <region>"
)
"""All regions but the one that is named: told apart, so that the others show."""
_SERVICE_OF = re.compile(
    r"\b(?:database|compute|container|storage|monitoring|logging|support) (?:service|costs?|spend|bill)\b"
)


def _ranks_venues(query: Query, reading: Reading) -> bool:
    """Whether the venues are compared with each other, so that they are told apart by their tag."""
    ranked = {"account", "venue"} & set(dimensions(reading.text)) or _EACH.search(reading.text)
    return bool(ranked) and "venue" in (allowed(query, "by") or ())


_EACH = re.compile(
    r"\b(?:compar\w*|vs|versus|against|between|each|both|respectively|apiece|than|which|per|difference|vergelijk\w*|verschil|allebei|elk|ambos|cada)\b"
)
"""Words that want places that were named told apart."""
_SEPARATE = 3
"""Places that are looked at one by one to be told apart."""
_NO_SERVICE = frozenset({"findings", "threats", "alarms", "alarm_history", "health_summary", "config_compliance"})
_WORKLOADS = frozenset(
    {
        "Amazon Relational Database Service", "Amazon Simple Storage Service", "AWS Lambda", "Amazon DynamoDB",
        "Amazon Elastic Compute Cloud - Compute", "Amazon Elastic Container Service", "Amazon CloudFront",
        "Amazon Simple Queue Service", "Amazon Redshift", "Amazon ElastiCache", "Amazon Elastic Load Balancing",
    }
)  # fmt: skip
"""Services whose resources other queries look at too, so that naming one means to narrow them."""


STATE_NOW = "This shows the state now, not the time that was asked about."
NOT_FORECAST = "A forecast for exactly that time is not available."
_BILLED = frozenset({"spend", "untagged_spend"})
"""Queries of what is billed by the month."""
_HELD_TODAY = {"aws_health_events": "open", "findings": "open"}
"""Queries of which something may be so today without having begun today, and the status that says so."""


def _is_state(query: Query, reading: Reading) -> bool:
    """Whether "today" only says now: which plans do we hold today, what is still open today."""
    if query.name == "commitments":
        return True
    return query.name in _HELD_TODAY and not re.search(
        r"\b(?:new|since|came|found|reported|opened|began|started|first)\b", reading.text
    )


def _times(query: Query, reading: Reading, fields: Mapping[str, Any], now: datetime, out: Filled) -> None:
    if query.name == "forecast":
        word, known = for_forecast(reading, now)
        if word:
            out.inputs["months" if word[0].isdigit() else "period"] = word
        if not known:
            out.limits.append(NOT_FORECAST)
        return
    if query.name == "error_logs" and "around" in fields and (around := error_time(reading, now)):
        out.inputs["around"] = around
        return
    if reading.when.around:
        out.limits.append("The time of day could not be used; this covers whole days.")
    if "compared_to" in fields:
        out.inputs.update(for_change(reading, now))
        return
    period, several = one_period(reading, now)
    if period is None and query.name in _BILLED:
        period = so_far(reading)
    if query.name == "backups" and period and re.search(r"last night|overnight|tonight|past night", reading.flat):
        period, several = "last_24_hours", []
    if (
        query.name == "recent_changes"
        and not period
        and re.search(r"\b(?:when|last|latest|most recent(?:ly)?)\b", reading.flat)
    ):
        period = "last_90_days"
    if query.domain == "cost" and period == "last_30_days" and re.search(r"\b(?:past|trailing) month\b", reading.flat):
        period = "last_month"
    if query.domain != "cost" and period == "last_month" and A_MONTH.search(reading.flat):
        period = "last_30_days"
    if (
        period == "today"
        and _HELD_TODAY.get(query.name, "") in ("", out.inputs.get("status"))
        and _is_state(query, reading)
    ):
        return
    if (query.name, period) in (("budgets", "month_to_date"), ("health_summary", "today")):
        return  # a budget is of the month that runs, and how all is today is how it is now
    if period and "period" in fields:
        out.inputs["period"] = period
        if several:
            out.spread["period"] = several
    elif (period or (reading.when.relative and "period" not in fields)) and query.name not in (
        "identity_hygiene",
        "forecast",
        "account_list",
        "quotas",
    ):
        out.limits.append(STATE_NOW)


def _amounts(reading: Reading, fields: Mapping[str, Any], now: datetime, out: Filled) -> None:
    text = reading.text
    if "top" in fields and (count := amounts.rows(text)):
        # rows of what carries no tag are no team's and no venue's
        out.inputs["top"] = min(25, count + (out.inputs.get("by") in ("team", "venue", "env")))
    if "net" in fields and (said := amounts.net(text)):
        if len(said) > 1:
            out.spread["net"] = [True, False]
        else:
            out.inputs["net"] = said[0]
        if out.inputs.get("by") == "charge_type" and not amounts.asks_charges(text):
            del out.inputs["by"]
    if "above" in fields and (share := amounts.share_used(text, reading.flat)) is not None:
        out.inputs["above"] = share
    clock = reading.when.clock
    if "around" in out.inputs and clock and clock.either_side:
        out.inputs["minutes"] = min(720, clock.either_side)
    elif "minutes" in fields and "around" in out.inputs and (minutes := amounts.minutes(reading.flat)):
        out.inputs["minutes"] = minutes
    if "days" in fields and (days := age(reading, now)):
        out.inputs["days"] = days


_SIDE_BY_SIDE = frozenset(
    {("public_exposure", "kind"), ("encryption", "kind"), ("inventory", "kind"), ("metric", "name")}
)
"""Inputs that take one thing at a time: two that are named side by side are looked at one by one."""


def _several(query: Query, text: str, out: Filled) -> None:
    """One call for each of the things that are named side by side."""
    for name in ("kind", "name"):
        if (query.name, name) in _SIDE_BY_SIDE and name in out.inputs:
            named = choices.together(query.name, name, text, choices.all_chosen(query.name, name, text))
            if 1 < len(named) <= 3:
                out.inputs[name], out.spread[name] = named[0], named
