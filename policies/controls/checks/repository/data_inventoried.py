"""Every service that queries read from is in the data inventory, with an owner, a class and a basis."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import repository
from policies.controls.predicates import blank

_SOURCE = {
    "services": ["ce", "cloudtrail"],
    "owner": "Anna",
    "classification": "internal",
    "basis": "own contracts",
    "personal": True,
    "updated": "2026-08-01",
}


@check(
    "data-inventoried",
    says="Every service from which queries read is in the data inventory, with owner, classification and legal basis",
    serves=("A.4.3", "A.7.3"),
    needs={"sources": repository.DATA_SOURCES, "queries": repository.QUERIES},
    reasons={
        "not-inventoried": "queries read from a service that is not in the data inventory",
        "incomplete": "a source lacks its owner, classification, basis or date",
        "persons-unmarked": "queries about persons read from a source that is not marked as personal",
    },
    good={
        "sources": [Item(name="D-1", data=_SOURCE)],
        "queries": [
            Item(name="spend", data={"operations": ["ce:GetCostAndUsage"], "personal_data": False}),
            Item(name="who_did_what", data={"operations": ["cloudtrail:LookupEvents"], "personal_data": True}),
        ],
    },
    mutants=[
        Mutant(
            "a new service", "not-inventoried", put("queries", "operations", ["ce:GetCostAndUsage", "iam:ListUsers"])
        ),
        Mutant("no owner", "incomplete", put("sources", "owner", None)),
        Mutant("not marked", "persons-unmarked", put("sources", "personal", False)),
    ],
    benign=[
        Mutant("a query fewer", None, without("queries")),
        Mutant("a query that reads nothing", None, put("queries", "operations", [])),
    ],
)
def data_inventoried(look: Look, sources: Sequence[Item], queries: Sequence[Item]) -> None:
    """Services as operations name them (`ce`). Without an approved inventory there is nothing to judge yet."""
    by_service = {service: source for source in sources for service in source.data["services"]}
    for source in sources:
        missing = blank(look.at(source).data, ("services", "owner", "classification", "basis", "updated"))
        if missing:
            look.fail("incomplete", source, ", ".join(missing))
    for query in queries if sources else []:
        for service in sorted({operation.partition(":")[0] for operation in query.data["operations"]}):
            if service not in by_service:
                look.fail("not-inventoried", look.at(query), service)
            elif query.data["personal_data"] and not by_service[service].data["personal"]:
                look.fail("persons-unmarked", by_service[service], query.name)
    look.rest(queries)
