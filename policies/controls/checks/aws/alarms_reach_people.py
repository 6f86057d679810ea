"""Behind each alarm's topic is somebody who confirmed that they want to be told."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import aws

_SUBSCRIPTION = {"SubscriptionArn": "arn:aws:sns:eu-west-1:111122223333:regent:1", "Protocol": "email"}


@check(
    "alarms-reach-people",
    says="Every topic that alarms use has a confirmed subscription",
    serves=("A.6.2.6",),
    needs={"topics": aws.ALARM_TOPICS},
    reasons={
        "nobody": "nobody has subscribed to the topic",
        "unconfirmed": "nobody has confirmed their subscription: alarms reach no one",
    },
    good={"topics": [Item(name="regent", data={"Subscriptions": [_SUBSCRIPTION]})]},
    mutants=[
        Mutant("nobody", "nobody", put("topics", "Subscriptions", [])),
        Mutant("pending", "unconfirmed", put("topics", "Subscriptions.0.SubscriptionArn", "PendingConfirmation")),
        Mutant("a second topic", "nobody", add("topics", Item(name="own-cost", data={"Subscriptions": []}))),
    ],
    benign=[
        Mutant(
            "one of two confirmed",
            None,
            put(
                "topics", "Subscriptions", [_SUBSCRIPTION, {**_SUBSCRIPTION, "SubscriptionArn": "PendingConfirmation"}]
            ),
        )
    ],
)
def alarms_reach_people(look: Look, topics: Sequence[Item]) -> None:
    """`topics`: with all their subscriptions."""
    for topic in topics:
        subscriptions = look.at(topic).data["Subscriptions"]
        if not subscriptions:
            look.fail("nobody", topic)
        elif not any(one["SubscriptionArn"].startswith("arn:") for one in subscriptions):
            look.fail("unconfirmed", topic)
