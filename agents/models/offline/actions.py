"""Actions: the API calls, rules and kinds of event that everyday words stand for."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

READS = re.compile(
    r"\b(?:read(?:ing)?[- ]?(?:only )?(?:actions?|calls?|events?|access|requests?|operations?)|reads? (?:included|too|as well|and all)|(?:and|or|including|include|incl|also|with|plus|even|both|counting|list|add) (?:the |all |any |mere |only |simple |just )*(?:reads?|look-?ups?|viewing|views?|read-?only|lookups?)"
    r"|look-?ups?|(?:look|view|peek|read|snoop)(?:ed|s|ing)? (?:at|into|through|around|in)|(?:merely|just|only|even) (?:look|view|read)\w*|viewed|(?:reads?|views?|looks?) and (?:writes?|changes?)|(?:writes?|changes?) and (?:reads?|views?|look-?ups?)"
    r"|not (?:just|only|merely|simply|solely) (?:the )?(?:writes?|changes?|modifications?|edits?|mutations?)|(?:describe|list|get)[ /-]?(?:and|or)?[ /]?(?:describe|list|get)? (?:calls?|events?|actions?)"
    r"|everything (?:that )?(?:they|he|she|(?:\S+ )?(?:any(?:one|body)|<user>)) (?:did|has done|ever did|does)|(?:all|any|every|full|complete) (?:kinds? of )?(?:api )?(?:calls?|activit(?:y|ies))(?= ?(?:$|[?,;]|by|of|from|in|on|at|not|also))|sign-?ins?|log-?ins?)\b"
)
"""What wants calls that only read shown, too."""
_VERBS = (
    ("delete", r"delet\w+"),
    ("terminate", r"terminat\w+"),
    ("stop", r"stopp\w+"),
    ("ConsoleLogin", r"(?:sign|logg)\w* ?in(?:to)?|sign-?ins?|logins?"),
)


RULE = re.compile(
    r"\b([a-z0-9]+(?:-[a-z0-9]+)+) (?:config )?rules?\b"
    r"|\b(?:fail\w*|violat\w*|break\w*|breach\w*|flunk\w*|against|rule) (?:the )?(?:config )?(?:rule )?((?!non-|up-|not-|well-)[a-z0-9]+(?:-[a-z0-9]+)+)(?= ?(?:$|[?,;]|in|on|at|for|and|with))"
    r"|\b([a-z0-9]+(?:-[a-z0-9]+)*-(?:tags|volumes|rotation|encryption|prohibited|enabled|encrypted|required|check|restricted|disabled|logging|rotated|policy|access|used|cmk|mfa)(?:-[a-z0-9]+)*)\b"
)
_GONE = r"(?:delet|remov|nuk|kill|wip|destroy|dropp|scrapp|tor\w* down|took (?:away|out|down|off)|get rid|got rid|axe|zapp|rip)\w*"
_MADE = r"(?:creat|recreat|restor|mad|mak|add|set|put|rebuil|provision|establish)\w*(?: up| back| in)?"
_OFF = r"(?:stopp|disabl|deactivat|kill|silenc|suspend|paus|halt|(?:switch|turn|shut)\w*(?: \w+)? (?:off|down))\w*"
_EDITED = r"(?:chang|edit|alter|modif|touch|updat|amend|adjust|tweak|rewr|replac|tamper|mess|put|fiddl)\w*"
_UP = r"(?:start|launch|creat|spun|spin|fir|boot|brought|bring|provision)\w*(?: up)?"
_ANY = r"(?:[\w<>-]+ ){0,4}"
_ACTIONS = tuple(
    (name, re.compile(rf"\b(?:{pattern})\b"))
    for name, pattern in (
        (
            "PutBucketPolicy",
            rf"bucket (?:access )?polic(?:y|ies)|{_EDITED} {_ANY}polic(?:y|ies) (?:of|on|for) {_ANY}buckets?",
        ),
        (
            "PutKeyPolicy",
            rf"(?:kms |encryption |backup )?key ?polic(?:y|ies)|{_EDITED} {_ANY}polic(?:y|ies) (?:of|on|for) {_ANY}(?:kms|keys?)",
        ),
        (
            "DeleteBucketPublicAccessBlock",
            rf"(?:{_GONE}|{_OFF}|lift\w*|open\w*) {_ANY}(?:public[- ]access[- ]block|block(?:s|ing)? (?:on|of|for) public[- ]access|block public access|public block)",
        ),
        ("RunInstances", rf"{_UP} {_ANY}(?:instances?|servers?|machines?|vms?|gpus?|boxes)"),
        ("CreateAccessKey", r"(?:creat|mak|mad|issu|generat|mint)\w* (?:[\w<>]+ ){0,3}access keys?"),
        ("AuthorizeSecurityGroupIngress", r"open\w* (?:[\w<>]+ ){0,4}(?:ports?|security groups?|firewalls?)"),
        ("DeleteVpcEndpoints", rf"{_GONE} {_ANY}endpoints?|endpoints? {_ANY}{_GONE}"),
        ("CreateVpcEndpoint", rf"{_MADE} {_ANY}endpoints?"),
        (
            "StopLogging",
            rf"{_OFF} {_ANY}(?:cloudtrail|audit (?:trails?|log\w*|records?)|trails?|(?:api |audit )?logging)|(?:cloudtrail|trail|logging) {_ANY}{_OFF}",
        ),
        ("DeleteDetector", rf"(?:{_GONE}|{_OFF}) {_ANY}(?:guardduty|detectors?)"),
        ("CreateUser", r"(?:creat|add)\w* (?:an? |any |the |new |iam )+users?"),
        ("UpdateService", r"(?:who|whom|person|colleague|engineer)\b.* (?:push|deploy|roll|ship|releas)\w*"),
    )
)


def action(text: str) -> str | None:
    """The API action that a change of something particular is ("changed the bucket policy")."""
    return next((name for name, pattern in _ACTIONS if pattern.search(text)), None)


def verb(text: str) -> str | None:
    """An API verb for an action that was named, where the word means just one."""
    return next((verb for verb, pattern in _VERBS if re.search(rf"\b(?:{pattern})\b", text)), None)
