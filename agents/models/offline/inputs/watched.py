"""Watched: the kinds of resources whose alarms are asked for ("database alarms", "alarms on our queues")."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

ALARMS = frozenset({"alarms", "alarm_history"})
"""The queries that tell alarms of one kind of resource apart."""
_KINDS: dict[str, str] = {
    "databases": r"(?:(?:rds|db|database|aurora) (?:instances?|clusters?|servers?)|databases?|dbs?|rds|aurora|databanken|bancos? de dados)",
    "load_balancers": r"(?:load[ -]?balancers?|albs?|elbs?|nlbs?)",
    "functions": r"(?:lambdas?|(?:lambda )?functions?)",
    "services": r"(?:(?:ecs|fargate|container) (?:services?|tasks?)|ecs|fargate|containers?)",
    "instances": r"(?:(?:ec2 )?(?:instances?|servers?|machines?|hosts?)|vms?|ec2)",
    "queues": r"(?:(?:sqs )?queues?|sqs)",
    "buckets": r"(?:(?:s3 )?buckets?|s3)",
    "backups": r"backups?(?: jobs?)?",
    "quotas": r"(?:service )?(?:quotas?|limits?)",
    "nat_gateways": r"nat(?:[ -]?gateways?|gw)?",
}
_ANY = "|".join(_KINDS.values())
_SEVERAL = rf"(?:{_ANY})(?:(?: ?[,/&] ?| (?:and|or|en|e|ou) )(?:the |our )?(?:{_ANY}))*"
_ALARM = r"(?:cloudwatch |aws )?(?:alarms?|alerts?|alarmes)"
_FIRING = r"(?:(?:that|which|are|is|were|was|have|has|do|did|we|there|went|gone|go|off|firing|fired|red|active|open|fire|fires|trigger|triggered|rang|sounded|right|now|currently|today|yesterday|last|this|past|night|week|month|<p>) )*"
_OF = re.compile(
    rf"(?<![\w<-])(?:{_SEVERAL} {_ALARM}|{_ALARM} {_FIRING}(?:on|of|for|about|from|at|van|voor|op)(?: (?:the|our|any|all|my|de|onze))* {_SEVERAL}"
    rf"|{_SEVERAL} (?:(?:that|which|currently|now) )*(?:(?:has|have|had|with|got|raised?) (?:(?:an?|any|no|active|open|firing) )*{_ALARM}|(?:(?:is|are|was|were) )?(?:in alarm|alarming|alerting)))(?![\w>-])"
)
_ONES = re.compile(
    rf"^\W*(?:(?:and|but|ok|so|now|please|only|just|alleen|show|give me|what about|how about|en) )*(?:(?:the|those|ones|our|on|of|for|from|about|van|de) )*{_SEVERAL}(?: (?:ones|alarms|only|then|too|please|alone))*\W*$"
)


def watched(text: str, *, before: bool = False) -> tuple[str, ...]:
    """The kinds, as queries name them; `before`: also where few words name them after alarms were shown."""
    match = _OF.search(text) or (_ONES.search(text) if before else None)
    if match is None:
        return ()
    return tuple(kind for kind, words in _KINDS.items() if re.search(rf"(?<![\w-]){words}(?![\w-])", match[0]))


def without_alarms(text: str) -> str:
    """What else a question says."""
    return _OF.sub(" ", text)
