"""When the firewall in front of the gateway cannot decide, nothing passes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/regent/1"


@check(
    "gateway-fails-closed",
    says="Every gateway stands behind a firewall that fails closed",
    serves=("A.6.2.6", "A.9.4"),
    needs={"gateways": aws.GATEWAYS},
    reasons={
        "no-firewall": "no web ACL stands in front of the gateway",
        "fails-open": "when the firewall cannot decide, requests pass",
    },
    good={
        "gateways": [Item(name="regent", data={"webAclArn": _ACL, "wafConfiguration": {"failureMode": "FAIL_CLOSE"}})]
    },
    mutants=[
        Mutant("no ACL", "no-firewall", drop("gateways", "webAclArn")),
        Mutant("open", "fails-open", put("gateways", "wafConfiguration.failureMode", "FAIL_OPEN")),
        Mutant("never said", "fails-open", put("gateways", "wafConfiguration", None)),
    ],
    benign=[Mutant("another ACL", None, put("gateways", "webAclArn", _ACL + "2"))],
)
def gateway_fails_closed(look: Look, gateways: Sequence[Item]) -> None:
    """`gateways`: as `GetGateway` describes them."""
    for gateway in gateways:
        if not look.at(gateway).data.get("webAclArn"):
            look.fail("no-firewall", gateway)
        if dig(gateway.data, "wafConfiguration.failureMode") != "FAIL_CLOSE":
            look.fail("fails-open", gateway)
