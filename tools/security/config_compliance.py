"""Configuration compliance: which AWS Config rules fail, where, and on which resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.accounts import Accounts
from tools.calls import Aws, Place
from tools.errors import UnknownNameError
from tools.facts import Facts
from tools.periods import instant
from tools.registry import query
from tools.security.common import Top, age_days, in_account, joined, moment, scope_of, some

_RULES = "config:DescribeComplianceByConfigRule"
_DETAILS = "config:GetComplianceDetailsByConfigRule"

_LISTED = 15
"""Most resources listed one by one: models pay for each."""


@dataclass(frozen=True, slots=True)
class RulePlace(Place):
    """One rule, in one account and region."""

    rule: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says in one place; `failing` is exact unless `capped` (Config stops counting at 25)."""

    place: RulePlace
    state: str
    failing: int
    capped: bool


@query(domain="security", operations=(_RULES, _DETAILS))
def config_compliance(aws: Aws, rule: str | None = None, accounts: Accounts = "all", top: Top = 10) -> Facts:
    """AWS Config compliance: rules that fail and how many resources fail them. One `rule` lists its resources."""
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    verdicts, receipts = _verdicts(aws, aws.places(chosen))
    name = _resolve(rule, verdicts) if rule else None
    kept = [verdict for verdict in verdicts if name in (None, verdict.place.rule)]
    where = scope.model_copy(update={"where": {"rule": name}}) if name else scope
    facts = Facts(read_as=f"Config compliance, {where.text()}", period=instant(aws.now), scope=where)
    plural = "s" if len(chosen) != 1 else ""
    facts.notes.append(f"Looked in AWS Config of {len(chosen)} account{plural} in {', '.join(aws.regions)}.")
    silent = sum(verdict.state not in ("COMPLIANT", "NON_COMPLIANT") for verdict in kept)
    judged = [verdict for verdict in kept if verdict.state in ("COMPLIANT", "NON_COMPLIANT")]
    failing = [verdict for verdict in judged if verdict.state == "NON_COMPLIANT"]
    wanted = failing if name else [verdict for verdict in failing if verdict.capped]
    places = [verdict.place for verdict in wanted]
    details = dict(some(aws, places, lambda place: _details(aws, place), "failing resources"))
    counts = {v.place: len(details[v.place][0]) if v.place in details else v.failing for v in failing}
    behind = joined([receipts, *(more for _, more in details.values())])
    _totals(facts, judged, failing, counts, behind, bool(name))
    if name:
        _list(aws, facts, details, top)
    else:
        _ranked(facts, failing, counts, behind, top)
    if silent and not judged:
        facts.notes.append("AWS Config has not judged anything here: no resources, or no data yet.")
    return facts


def _verdicts(aws: Aws, places: Sequence[Place]) -> tuple[list[Verdict], tuple[str, ...]]:
    def ask(place: Place) -> tuple[list[Verdict], tuple[str, ...]]:
        listed = aws.items(place.account, _RULES, "ComplianceByConfigRules", region=place.region)
        return [_verdict(place, record) for record in listed.items], listed.receipts

    looked = aws.each(places, ask)
    none = [f"{place.account.name} {place.region}" for place, (found, _) in looked if not found]
    if none:
        more = f" and {len(none) - 3} more places" if len(none) > 3 else ""
        aws.incomplete.append(f"no AWS Config rules in {', '.join(none[:3])}{more}")
    verdicts = [verdict for _, (found, _) in looked for verdict in found]
    return verdicts, joined(receipts for _, (_, receipts) in looked)


def _verdict(place: Place, record: dict[str, Any]) -> Verdict:
    said = record.get("Compliance") or {}
    count = said.get("ComplianceContributorCount") or {}
    where = RulePlace(place.account, place.region, record["ConfigRuleName"])
    state = said.get("ComplianceType", "INSUFFICIENT_DATA")
    return Verdict(where, state, int(count.get("CappedCount") or 0), bool(count.get("CapExceeded")))


def _resolve(rule: str, verdicts: Sequence[Verdict]) -> str:
    names = {verdict.place.rule for verdict in verdicts}
    wanted = rule.strip().casefold().replace(" ", "-")
    exact = [name for name in names if name.casefold() == wanted]
    parts = [name for name in names if wanted in name.casefold()]
    if exact or len(parts) == 1:
        return (exact or parts)[0]
    raise UnknownNameError("Config rule", rule, names)


def _details(aws: Aws, place: RulePlace) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    listed = aws.items(
        place.account,
        _DETAILS,
        "EvaluationResults",
        region=place.region,
        ConfigRuleName=place.rule,
        ComplianceTypes=["NON_COMPLIANT"],
        Limit=100,
    )
    return listed.items, listed.receipts


def _totals(
    facts: Facts,
    judged: Sequence[Verdict],
    failing: Sequence[Verdict],
    counts: dict[RulePlace, int],
    behind: tuple[str, ...],
    one_rule: bool,
) -> None:
    number = sum(counts.values())
    if one_rule:
        facts.fact("resources that fail the rule", number, "resources", receipts=behind, headline=True)
    else:
        rules = len({verdict.place.rule for verdict in judged})
        broken = len({verdict.place.rule for verdict in failing})
        facts.fact("Config rules that fail somewhere", broken, "rules", receipts=behind, headline=True)
        facts.fact("Config rules with a verdict", rules, "rules", receipts=behind)
        facts.fact("failed Config results (resource and rule)", number, "results", receipts=behind, headline=True)
    owners = len({verdict.place.account.id for verdict in failing})
    facts.fact("accounts with a failed Config rule", owners, "accounts", receipts=behind)


def _ranked(
    facts: Facts, failing: Sequence[Verdict], counts: dict[RulePlace, int], behind: tuple[str, ...], top: int
) -> None:
    facts.columns, facts.series = ("Rule", "Failing resources", "Accounts"), True
    sums: dict[str, int] = {}
    owners: dict[str, set[str]] = {}
    for verdict in failing:
        name = verdict.place.rule
        sums[name] = sums.get(name, 0) + counts[verdict.place]
        owners.setdefault(name, set()).add(verdict.place.account.name)
    ordered = sorted(sums, key=lambda name: (-sums[name], name))
    for name in ordered[:top]:
        facts.row(
            name,
            facts.fact(f"resources that fail {name}", sums[name], "resources", receipts=behind),
            facts.fact(f"accounts where {name} fails", len(owners[name]), "accounts", receipts=behind),
        )
    if len(ordered) > top:
        rest = sum(sums[name] for name in ordered[top:])
        facts.row("other", facts.fact("failed results of other rules", rest, "results", receipts=behind), "")


def _list(
    aws: Aws, facts: Facts, details: dict[RulePlace, tuple[list[dict[str, Any]], tuple[str, ...]]], top: int
) -> None:
    facts.columns = ("Resource", "Type", "Account", "Recorded (days ago)")
    rows = []
    for place, (records, receipts) in details.items():
        for record in records:
            named = record["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
            rows.append(
                (moment(record["ResultRecordedTime"]), named["ResourceId"], named["ResourceType"], place, receipts)
            )
    rows.sort(key=lambda row: (row[0], row[1], row[3].account.id))
    listed = rows[: min(top, _LISTED)]
    facts.names_people = any(kind == "AWS::IAM::User" for _, _, kind, _, _ in listed)
    for number, (since, resource, kind, place, receipts) in enumerate(listed, 1):
        where = in_account(aws, place.account.id)
        facts.row(
            facts.fact(f"failing resource {number}", resource, "name", receipts=receipts, scope=where),
            kind.removeprefix("AWS::").replace("::", " "),
            place.account.name,
            facts.fact(
                f"failing resource {number}: days since recorded",
                age_days(since, aws.now),
                "days",
                receipts=receipts,
                scope=where,
            ),
        )
    if len(rows) > len(listed):
        behind = joined(receipts for _, receipts in details.values())
        facts.rest("failing resources", len(rows) - len(listed), "resources", receipts=behind)
