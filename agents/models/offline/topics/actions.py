"""Actions: the API calls, rules and kinds of event that everyday words stand for."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

READS = re.compile(
    r"\b(?:read(?:ing)?[- ]?(?:only )?(?:actions?|calls?|events?|access|requests?|operations?)|reads? (?:included|too|as well|and all)|(?:and|or|including|include|incl|also|with|plus|even|both|counting|list|add) (?:the |all |any |mere |only |simple |just )*(?:reads?|look-?ups?|viewing|views?|read-?only|lookups?)"
    r"|look-?ups?|(?:look|view|peek|read|snoop)(?:ed|s|ing)? (?:at|into|through|around|in)|(?:merely|just|only|even) (?:look|view|read)\w*|viewed|(?:reads?|views?|looks?) and (?:writes?|changes?)|(?:writes?|changes?) and (?:reads?|views?|look-?ups?)"
    r"|not (?:just|only|merely|simply|solely) (?:the )?(?:writes?|changes?|modifications?|edits?|mutations?)|(?:describe|list|get)[ /-]?(?:and|or)?[ /]?(?:describe|list|get)? (?:calls?|events?|actions?)"
    r"|everything (?:that )?(?:they|he|she|(?:\S+ )?(?:any(?:one|body)|<user>)) (?:did|has done|ever did|does)|(?:all|any|every|full|complete) (?:kinds? of )?(?:api )?(?:calls?|activit(?:y|ies))(?= ?(?:$|[?,;]|by|of|from|in|on|at|not|also))|sign-?ins?|log-?ins?|sign-?ons?|log-?ons?|look(?:ed|ing) up|read access|reads|brows(?:ed|ing))\b"
)
"""What wants calls that only read shown, too."""
_SIGNS_IN = r"(?:sign|logg?)\w* ?(?:in(?:to)?\b|on(?:to)?\b(?= (?:as|to|at|with|<p>|<account>|$)|$))|sign-?ins?|sign-?ons?|log-?ins?|log-?ons?|(?:enter|access)(?:ed|ing) the console"
_VERBS = (
    ("delete", r"delet\w+"),
    ("terminate", r"terminat\w+"),
    ("stop", r"stopp\w+"),
    ("attach", r"attach\w+"),
    ("ConsoleLogin", _SIGNS_IN),
)


RULE = re.compile(
    r"\b([a-z0-9]+(?:-[a-z0-9]+)+) (?:config )?rules?\b"
    r"|\b(?:fail\w*|violat\w*|break\w*|breach\w*|flunk\w*|against|rule) (?:the )?(?:config )?(?:rule )?((?!non-|up-|not-|well-)[a-z0-9]+(?:-[a-z0-9]+)+)(?= ?(?:$|[?,;]|in|on|at|for|and|with))"
    r"|\b([a-z0-9]+(?:-[a-z0-9]+)*-(?:tags|volumes|rotation|encryption|prohibited|enabled|encrypted|required|check|restricted|disabled|logging|rotated|policy|access|used|cmk|mfa|keys|recovery)(?:-[a-z0-9]+)*)\b"
)
_DOES: dict[str, str] = {
    "make": r"(?:re-?)?creat\w*|mak(?:e|es|ing)|made|set(?:ting)? up|add(?:ed|s|ing)?|launch\w*|spun|spin(?:ning)?|start\w*|fir(?:ed|ing) up|provision\w*|boot\w*|restor\w*|reinstat\w*|put|stood up|order(?:ed)?|brought (?:up|back)|roll\w* out|bought|rent\w*|issued?",
    "end": r"delet\w*|remov\w*|nuk\w*|wip(?:ed?|ing)|kill\w*|destroy\w*|dropp\w*|tore|torn|got rid|get rid|took (?:away|down|off|out)|take[ns]? (?:away|down|off|out)|undid|terminat\w*|scrapp\w*|decommission\w*|eras\w*|deletion|removal|lift(?:ed|ing)?|dismantl\w*",
    "change": r"chang\w*|edit\w*|modif\w*|alter\w*|touch\w*|mess\w*|tamper\w*|updat\w*|rewrit\w*|rewrote|adjust\w*|fiddl\w*|tweak\w*|replac\w*|modification|overw\w*|broke|break|put",
    "off": r"stopp\w*|shut\w*|disabl\w*|deactivat\w*|halt\w*|suspend\w*|turn\w*(?: [\w<>-]+){0,3} off|switch\w*(?: [\w<>-]+){0,3} off|paus\w*",
    "open": r"open\w*|expos\w*|publish\w*|unlock\w*|made (?:[\w<>'-]+ ){1,5}(?:public|open|accessible|readable)|mak(?:e|ing) (?:[\w<>'-]+ ){1,5}(?:public|open|accessible|readable)|turned (?:[\w<>'-]+ ){1,4}public|went public|let (?:\w+ ){1,3}in|allow\w*",
    "attach": r"attach\w*|grant\w*|gave|giv(?:e|en|ing)|assign\w*|hand(?:ed)? out",
    "ship": r"roll\w* out|deploy\w*|releas\w*|updat\w*|push\w*|redeploy\w*|ship\w*|roll\w* back|revert\w*",
}
"""What is done, in the words that people use; longer ways first where one begins like another."""
_MACHINES = r"(?:instances?|servers?|machines?|vms?|gpus?|gpu boxes|boxes|virtual machines?|hosts?|ec2s?|g\d\w*)"
_ENDPOINT = r"(?:vpc endpoints?|gateway endpoints?|gw endpoints?|s3 (?:gateway |gw )?endpoints?|endpoints?|vpce)"
_BUCKET = r"(?:buckets?|s3 buckets?)"
_BLOCK = r"(?:public[- ]access[- ]blocks?|blocks? (?:on|of|for|against) public access|block public access|public access (?:block|protection|setting)s?|access block)"
_TABLE: tuple[tuple[str, str, str], ...] = (
    ("DeleteBucketPublicAccessBlock", "end|off|change", _BLOCK),
    (
        "PutBucketPolicy",
        "make|change|open|end",
        r"bucket (?:'s )?(?:access )?polic(?:y|ies)|polic(?:y|ies) (?:of|on) (?:the |that |this )?(?:[\w<>-]+ )?bucket",
    ),
    (
        "PutKeyPolicy",
        "make|change|open|end",
        r"(?:kms |encryption |backup )*keys? (?:'s )?polic(?:y|ies)|polic(?:y|ies) (?:of|on) (?:the |that |this )?(?:[\w<>-]+ ){0,2}key",
    ),
    ("PutBucketPolicy", "open", _BUCKET),
    ("CreateAccessKey", "make", r"access keys?|api keys?"),
    ("DeleteAccessKey", "end", r"access keys?|api keys?"),
    ("UpdateAccessKey", "off", r"access keys?|api keys?"),
    ("PutKeyPolicy", "change", r"(?:kms|encryption|backup) keys?"),
    ("ScheduleKeyDeletion", "end", r"(?:kms|encryption|backup) keys?"),
    ("CreateVpcEndpoint", "make", _ENDPOINT),
    ("DeleteVpcEndpoints", "end|off", _ENDPOINT),
    ("StopLogging", "off", r"(?:aws )?cloud ?trail(?: logging)?|(?:the )?(?:audit )?trails?|logging|audit logs?"),
    ("DeleteTrail", "end", r"cloud ?trail|(?:audit )?trails?"),
    ("DeleteDetector", "off|end", r"guard ?duty|detectors?|threat detection"),
    ("AuthorizeSecurityGroupIngress", "open", r"ports?|security groups?|firewalls?|ssh|rdp"),
    ("RevokeSecurityGroupIngress", "end", r"(?:inbound|ingress|firewall) rules?"),
    ("DeleteSecurityGroup", "end", r"security groups?"),
    ("CreateSecurityGroup", "make", r"security groups?"),
    ("AttachRolePolicy", "attach", r"polic(?:y|ies)|permissions? to (?:a |the )?role"),
    ("AttachUserPolicy", "attach", r"admin\w* (?:rights|access|permissions?)"),
    ("CreateUser", "make", r"(?:iam )?users?|user accounts?"),
    ("DeleteUser", "end", r"(?:iam )?users?|user accounts?"),
    ("CreateRole", "make", r"(?:iam )?roles?"),
    ("DeleteRole", "end", r"(?:iam )?roles?"),
    ("DeleteSnapshot", "end", r"snapshots?"),
    ("CreateSnapshot", "make", r"snapshots?"),
    ("DeleteVolume", "end", r"(?:ebs )?volumes?|disks?"),
    ("CreateVolume", "make", r"(?:ebs )?volumes?|disks?"),
    ("DeleteDBInstance", "end", r"(?:rds )?databases?|dbs?"),
    ("CreateDBInstance", "make", r"(?:rds )?databases?|dbs?"),
    ("StopDBInstance", "off", r"(?:rds )?databases?|dbs?"),
    ("ModifyDBInstance", "change", r"(?:rds )?(?:databases?|db) (?:instances?|settings?|parameters?|config\w*)"),
    ("CreateBucket", "make", _BUCKET),
    ("DeleteBucket", "end", _BUCKET),
    ("DeleteAlarms", "end", r"(?:cloudwatch )?alarms?"),
    ("DisableAlarmActions", "off", r"(?:cloudwatch )?alarms?"),
    ("DeleteFunction", "end", r"(?:lambda )?functions?|lambdas?"),
    ("UpdateService", "ship", r"ecs services?|ecs"),
    ("TerminateInstances", "end", _MACHINES),
    ("StopInstances", "off", _MACHINES),
    ("RunInstances", "make", _MACHINES),
)
"""API call, what is done, and to what. What is more particular comes first."""
_BETWEEN = r"(?: (?:up|down|out|off|away|back|rid of|with))?(?: (?!and\b|or\b|who\b|which\b|what\b|by\b|so\b|because\b|;|,)[\w<>'-]+){0,4}?"


def _around(does: str, thing: str) -> str:
    """What is said around the thing: `made it public`, `switched it off`, `put it back`."""
    said = {
        "open": (
            r"ma[dk]\w*|left|leav\w*|set\w*|turn\w*|put|flip\w*",
            r"(?:(?:world|completely|wide|fully|to|world-) ?)*(?:public\w*|open|readable|accessible|visible)",
        ),
        "off": (r"turn\w*|switch\w*|shut\w*|power\w*|took|tak\w*", r"(?:off|down|offline)"),
        "end": (r"took|tak\w*|tore|tear\w*|pull\w*", r"(?:away|down|out)"),
        "make": (r"put|br(?:ought|ing)\w*|set\w*|spun|fired", r"(?:back|up)"),
    }
    pairs = [said[kind] for kind in does.split("|") if kind in said]
    return "".join(
        rf"|\b(?:{verbs}) (?:[\w<>'-]+ ){{0,4}}?(?:{thing}) (?:[\w<>-]+ ){{0,1}}?{after}\b" for verbs, after in pairs
    )


def _pattern(does: str, thing: str) -> re.Pattern[str]:
    done = "|".join(_DOES[kind] for kind in does.split("|"))
    return re.compile(
        rf"\b(?:{done}){_BETWEEN} (?:{thing})(?![\w-])"
        rf"{_around(does, thing)}"
        rf"|(?<![\w-])(?:{thing}) (?:(?:was|were|is|are|been|be|got|has|have|had|being|that|which|did|just|again|get|gets|<p>) ){{0,3}}(?:{done})\b"
    )


_ACTIONS = tuple((name, _pattern(does, thing)) for name, does, thing in _TABLE)


def actions(text: str) -> list[str]:
    """The API actions that a change of something particular may be, the likeliest first."""
    return list(dict.fromkeys(name for name, pattern in _ACTIONS if pattern.search(text)))


def action(text: str) -> str | None:
    """The API action that a change of something particular is ("changed the bucket policy")."""
    return next((name for name, pattern in _ACTIONS if pattern.search(text)), None)


def verb(text: str) -> str | None:
    """An API verb for an action that was named, where the word means just one."""
    return next((verb for verb, pattern in _VERBS if re.search(rf"\b(?:{pattern})", text)), None)
