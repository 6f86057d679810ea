"""Actions: the API calls, rules and kinds of event that everyday words stand for."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

READS = re.compile(
    r"\b(?:read(?:ing)?[- ]?(?:only )?(?:actions?|calls?|events?|access)|reads (?:included|too|as well)|(?:and|including|also|with) (?:the )?reads?|not (?:just|only) (?:the )?(?:writes|changes)|everything (?:they|he|she) did|sign-?ins?|log-?ins?)\b"
)
_VERBS = (
    ("delete", r"delet\w+"),
    ("terminate", r"terminat\w+"),
    ("stop", r"stopp\w+"),
    ("ConsoleLogin", r"(?:sign|logg)\w* ?in(?:to)?|sign-?ins?|logins?"),
)


RULE = re.compile(
    r"\b([a-z0-9]+(?:-[a-z0-9]+)+) (?:config )?rules?\b"
    r"|\b([a-z0-9]+(?:-[a-z0-9]+)*-(?:prohibited|enabled|encrypted|required|check|restricted|disabled|logging|rotated|policy|access|used|cmk|mfa)(?:-[a-z0-9]+)*)\b"
)
_ACTIONS = (
    ("PutBucketPolicy", r"bucket (?:access )?polic(?:y|ies)"),
    ("PutKeyPolicy", r"(?:kms |encryption |backup )?key polic(?:y|ies)"),
    (
        "RunInstances",
        r"(?:start|launch|creat|spun|spin|fire)\w*(?: up)? (?:[\w<>]+ ){0,4}(?:instances?|servers?|machines?|vms?|gpus?)",
    ),
    ("CreateAccessKey", r"creat\w* (?:[\w<>]+ ){0,3}access keys?"),
    ("AuthorizeSecurityGroupIngress", r"open\w* (?:[\w<>]+ ){0,4}(?:ports?|security groups?|firewalls?)"),
)


def action(text: str) -> str | None:
    """The API action that a change of something particular is ("changed the bucket policy")."""
    return next((name for name, pattern in _ACTIONS if re.search(rf"\b(?:{pattern})\b", text)), None)


def verb(text: str) -> str | None:
    """An API verb for an action that was named, where the word means just one."""
    return next((verb for verb, pattern in _VERBS if re.search(rf"\b(?:{pattern})\b", text)), None)
