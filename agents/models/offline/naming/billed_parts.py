"""Parts of a billed service that people name: NAT gateways, volumes, egress. The bill knows them by their usage types."""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.naming.services import EGRESS, billed_alone
from tools.cost.parts import Part

OTHER, NETWORK, LOGS = "EC2 - Other", "Amazon Virtual Private Cloud", "AmazonCloudWatch"
CONTAINERS, COMPUTE = "Amazon Elastic Container Service", "Amazon Elastic Compute Cloud - Compute"
_PARTS: tuple[tuple[Part, str, str], ...] = (
    ("nat_gateways", OTHER, r"nat(?:[- ]?(?:gateways?|gws?))?"),
    ("snapshots", OTHER, r"(?:ebs |disk |volume |elastic block store )?snapshots?"),
    ("volumes", OTHER, r"(?:ebs |elastic block store )?(?:volumes?|disks?|drives)"),
    ("block_storage", OTHER, r"ebs|elastic block store|block storage"),
    ("egress", OTHER, EGRESS),
    ("data_transfer", OTHER, r"data[- ]?transfers?"),
    (
        "public_ipv4",
        NETWORK,
        r"(?:public )?ipv4s?(?: address(?:es)?)?|public ips?(?: address(?:es)?)?|elastic ips?(?: address(?:es)?)?|eips?",
    ),
    ("transit_gateways", NETWORK, r"transit[- ]gateways?|tgws?"),
    ("vpc_endpoints", NETWORK, r"(?:vpc|interface|private) endpoints?|private ?links?"),
    ("log_ingestion", LOGS, r"(?:cloudwatch )?logs? ingestion|ingest\w* (?:of )?(?:the |our )?logs"),
    ("logs", LOGS, r"cloudwatch logs?|logs|logging|log (?:storage|volume)"),
    ("fargate", CONTAINERS, r"(?:aws |ecs )?fargate"),
    ("gpu_instances", COMPUTE, r"(?:ec2 )?gpus?(?: (?:instances?|boxes|machines?|servers?|compute))?"),
)
"""Part, the service that its names stand for, and the names."""
HOMES: dict[str, str] = {part: home for part, home, _ in _PARTS}
"""The service that each part is billed within."""


def parts_named(text: str, service: str) -> list[str]:
    """The parts of `service` that a text names, in its order; a word that one took is no other's."""
    found: list[tuple[int, str]] = []
    for part, home, pattern in _PARTS:
        if home != service:
            continue
        places = [match.start() for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text)]
        text = re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda match: " " * len(match[0]), text)
        found += [(place, part) for place in places]
    return list(dict.fromkeys(part for _, part in sorted(found)))


_WITHIN: tuple[tuple[str, str], ...] = (
    ("Amazon Relational Database Service", r"aurora|postgres(?:ql)?|mysql|mariadb"),
    ("Amazon ElastiCache", r"redis|memcached|valkey"),
    ("Amazon Elastic Load Balancing", r"[an]lbs?"),
)
"""Names of what a service bills among other things, and no usage type tells apart."""


def within(text: str, service: str) -> str | None:
    """What a text names of which `service` is the whole, and the bill knows no part; None if it names nothing such."""
    found = (re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", text) for home, pattern in _WITHIN if home == service)
    return next((match[0] for match in found if match), None)


_PRICED = frozenset(
    "what how about and much did do does is are was were will have has been we our the us i me please of for on in it all a an and total altogether "
    "cost costs costing spend spending spent spends pay pays paid paying bill bills charge charges charged price money amount "
    "tell show give by per each account accounts <account> <venue> <team> <env> <region> <p> ? , . 's".split()
)
"""Words that ask for a price, and nothing more."""
_PRICE = re.compile(r"\b(?:costs?|costing|spen[dt]\w*|pays?|paid|paying|bills?|charge[ds]?|price|money)\b")


def plainly_priced(text: str, *, of_a_bill: bool) -> str | None:
    """The service of a part or of an everyday word, where a text asks what that costs, and for nothing else.

    `of_a_bill`: a bill is what was talked about, so that "and snapshots?" asks for a price, too.
    """
    if not of_a_bill and not _PRICE.search(text):
        return None
    for home in dict.fromkeys(HOMES.values()):
        if len(parts_named(text, home)) == 1:
            left = text
            for _, other, pattern in _PARTS:
                left = re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", " ", left) if other == home else left
            if set(left.split()) <= _PRICED:
                return home
    service, left = billed_alone(text)
    return service if service and set(left.split()) <= _PRICED else None
