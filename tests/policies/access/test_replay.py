"""Every decision can be made again from what the ledger keeps of it."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.access import Circumstances, Principal, shipped_gate
from policies.access.replay import Recorded, decide_again, to_record
from policies.audit import GateDecided
from tools.accounts import Account, Directory
from tools.catalogue import find, queries

NAMES = ("payer", "online-prod", "venue-utrecht", "venue-rotterdam")
EVERYONE = Directory(
    [Account(id=f"21000000000{n}", name=name) for n, name in enumerate(NAMES)], Account(id="210000000000", name="payer")
)
GIVEN: dict[str, dict[str, Any]] = {
    "derive": {"operation": "sum", "facts": ["f1"]},
    "metric": {"name": "cpu"},
}
some_names = st.none() | st.lists(st.sampled_from((*NAMES, "nowhere")), max_size=3, unique=True).map(tuple)
people = st.builds(
    Principal,
    id=st.sampled_from(("anna", "bram", "x y")),
    role=st.sampled_from(("manager", "engineer", "auditor", "admin")),
    accounts=some_names,
    domains=st.none() | st.lists(st.sampled_from(("cost", "security", "ops")), unique=True).map(tuple),
)
contexts = st.builds(
    Circumstances,
    channel=st.sampled_from(("cli", "slack")),
    assurance=st.sampled_from(("local", "oidc")),
    hour=st.integers(0, 23),
    calls=st.integers(0, 99),
    spent_cents=st.integers(0, 10**6),
    reason=st.sampled_from(("", "incident 4711")),
    approved=st.booleans(),
)


def inputs(name: str, accounts: tuple[str, ...] | None) -> dict[str, Any]:
    more = GIVEN.get(name, {})
    takes = "accounts" in find(name).schema()["properties"]
    return find(name).parse({**more, "accounts": ",".join(accounts)} if accounts and takes else more)


@settings(max_examples=150, deadline=None)
@given(people, st.sampled_from(sorted(queries())), some_names, contexts)
def test_a_recorded_decision_is_made_again_the_same(
    person: Principal, name: str, accounts: tuple[str, ...] | None, context: Circumstances
) -> None:
    gate, query = shipped_gate(), find(name)
    made = gate.decide(person, query, inputs(name, accounts), EVERYONE, context, ("eu-west-1",))
    stored = orjson.loads(orjson.dumps(to_record(made, personal_data=False).model_dump(mode="json", by_alias=True)))
    again = decide_again(gate, Recorded(0, None, person.id, context.reason, GateDecided.model_validate(stored)))
    assert again == (made.outcome, made.policies, made.reason)
