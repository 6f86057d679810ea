"""Shorthand: what people abbreviate when they type in a hurry, written out, so that everything else sees plain words."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

_WORDS = """
yesterday: y'day | yday | ystrday | ystd
week: wk
weeks: wks
hours: hrs
minutes: mins
night: nite
right now: rn | atm
error: err
errors: errs
volumes: vols
volume: vol
snapshots: snaps
backup: bkup | bckp | bu job
backup jobs: bkups
cloudwatch: cw
memory: mem
latency: lat
messages: msgs
requests: reqs
connections: conns
functions: fns
load balancers: lbs | tgs | target groups
load balancer: lb | tg
recommendations: recs
critical: crit | crits
medium: meds | mediums
utilisation: util
coverage: cov
transfer: xfer
config: cfg
permissions: perms
credentials: creds
organisation: org | orgs
staging: stg
terraform: tf
deployment: depl
changes: chgs
cloudformation: cfn
department: dept
services: svcs
service: svc
request: req
types: typs
infrastructure: infra
management: mgmt
production: prd
savings plan: sp
savings plans: sps
savings: svgs
security hub: sec hub | sechub | sec-hub
security findings: sec findings
guardduty: gd
invocations: invocs
which: wich
many: mny
nights: nites
doing: doin
going: goin
key policy: keypolicy | key-policy
key policies: keypolicies
paid: payed | payd
please: pls | plz
amount: amt
number: num
previous: prev
compared to: cf
estimated: est
vulnerabilities: vulns
vulnerability: vuln
instances: insts
database: dbase
resources: rsrcs
month: mnth
months: mnths | mo
year: yr
years: yrs
bucket: bkt
buckets: bkts
deployments: delpoys | depls
production: prodn
"""
_TABLE = {
    short.strip(): plain
    for plain, _, shorts in (line.partition(": ") for line in _WORDS.strip().splitlines())
    for short in shorts.split("|")
}
_SHORT = re.compile(
    r"(?<![\w./@'-])(" + "|".join(map(re.escape, sorted(_TABLE, key=len, reverse=True))) + r")(?![\w/@'=-])"
)
_MONTHS_SAID = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        (r"\bw/o\b", "without"),
        (
            r"\bwhat (?:triggered|provoked|sparked|set off|kicked off) (it|this|that|them|these|those)\b(?: off)?(?=\W*$)",
            "why did it happen",
        ),
        (
            r"\bnot (?:being )?attached to (?:any\w*(?: (?:instances?|servers?|machines?|one|thing))?|an? (?:instance|server|machine))\b",
            "unattached",
        ),
        (
            r"\bdisks?(?: space| storage| capacity)?(?= (?:(?:that|which) )?(?:is |are |sits? |stands? )?(?:unattached|detached|hanging loose)\b)",
            "volumes",
        ),
        (r"(?<=[a-z])-(?=(?:rated|ranked|graded|level|risk|severity|priority|side|tagged)\b)", " "),
        (r"\bnon-(?=deploy|release)", "not "),
        (r"\bday-to-day\b", "daily"),
        (
            r"\b((?:next|last|coming|previous) (day|week|month|quarter|year)\b[^?;]{0,60}?\b(?:than|versus|vs|against)) this one\b",
            r"\1 this \2",
        ),
        (r"\b(still|now|already|currently)-(?=[a-z]{3})", r"\1 "),
        (
            r"\b((?:findings?|alarms?|threats?|detections?|incidents?|events?|changes|deployments?|errors?|anomal(?:y|ies)|backups?|jobs?|everything|those|ones|all)) from "
            rf"(?=(?:the )?(?:q[1-4]|(?:last|previous) (?:week|month|quarter)|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|{_MONTHS_SAID})(?! (?:on|onwards?|to|until|till|through|up|-|\d)))",
            r"\1 of ",
        ),
        (r"\bin (?:any |some |real |serious )?danger\b", "at risk"),
        (
            r"\b(?:before|prior to) (?=(?:any |the |all |our )*(?:credits?|refunds?|discounts?|deductions?)\b)",
            "excluding ",
        ),
        (r"\btop-(?=\d|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|ten\b)", "top "),
        (r"\bamazon (?=support\b)", "aws "),
        (
            r"\bused (?:for )?the last time\b|\bused last(?=\W*$)|\b(?:used most recently|most recently used)\b|\blast use of\b",
            "last used",
        ),
        (
            r"\b(when (?:was|is)) (?:the (?:user|login|account) )?(svc-[\w-]+|[a-z]\.[a-z-]+) last used\b",
            r"\1 the access key of \2 last used",
        ),
        (
            r"\b(?:in|into|to) (?:eur|gbp|chf|brl|jpy|yen|sterling|reais|pounds?(?: sterling)?|(?:swiss )?francs?)\b",
            "in euros",
        ),
        (
            r"\b(?:blow|bust|burst|break|overshoot|overrun)(?:s|ing)?(?: through| past)?(?= (?:(?:the|their|its|our|his|her|any|a) )?(?:\w+ )?budgets?\b)",
            "exceed",
        ),
        (r"\bblew(?: through| past)?(?= (?:(?:the|their|its|our) )?(?:\w+ )?budgets?\b)", "exceeded"),
        (r"\bbottom (?=\d|two\b|three\b|four\b|five\b|ten\b)", "lowest "),
        (
            r"\b(?:almost |nearly |running )?(?:low on|short of|short on|out of) (?:disk |storage )?space\b",
            "low on free storage",
        ),
        (r"\bw/(?= ?\w)", "with "),
        (r"[\u2265]|>=", " at least "),
        (r"[\u2264]|<=", " at most "),
        (r"\u2192|->|=>", " to "),
        (r"\u00b1|\+/?-(?=\d)", " give or take "),
        (r"\$\$+|(?<=\s)\$(?=\s|$)", " cost "),
        (r"(?<=\w )n (?=\w)", "and "),
        (r"(?<=\w )r (?=\w)", "are "),
        (
            r"(?<![\w.:-])(?<!last )(?<!past )(?<!previous )(?<!at )(?<!around )(?<!since )(\d{1,3}) ?(h|d|w)\b(?![-.])",
            r"last \1 \2",
        ),
        (r"(?<=last )(\d{1,3})d\b", r"\1 days"),
        (r"(?<=last )(\d{1,3}) d\b", r"\1 days"),
        (r"(?<=last )(\d{1,3}) ?w\b", r"\1 weeks"),
        (r"(?<=last )(\d{1,3}) ?h\b", r"\1 hours"),
        (r"\b(last|past) (\d{1,2})(?= ?(?:$|[,.?!;]))", r"\1 \2 days"),
    )
)


_ONES = {w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)}  # noqa: SIM905
_TEENS = {
    w: n
    for n, w in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        10,
    )
}
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_ORDINALS = {
    **{w: n for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(), 1)},  # noqa: SIM905
    **{f"twenty-{w}": 20 + n for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)},  # noqa: SIM905
    "thirtieth": 30, "thirty-first": 31,
}  # fmt: skip
_MONTHS = r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
_SMALL = "|".join([*_TEENS, *_TENS, *_ONES])
_HUNDRED = re.compile(
    rf"\b(?:(one|two|three|a) hundred)(?: (?:and )?(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(_ONES)}))?|({_SMALL})))?\b"
)
_TWO_PARTS = re.compile(rf"\b({'|'.join(_TENS)})[ -]({'|'.join(_ONES)})\b")
_LONE = re.compile(rf"\b({'|'.join([*(w for w in _TEENS if w not in ('ten', 'eleven', 'twelve')), *_TENS])})\b(?!-)")
_DATED = re.compile(
    rf"\b({'|'.join(sorted(_ORDINALS, key=len, reverse=True))}) (?:of )?(?={_MONTHS})|\b(?:on|since|from) the ({'|'.join(w for w, n in _ORDINALS.items() if n > 4)})\b"
)


def _hundred(match: re.Match[str]) -> str:
    value = 100 * _ONES.get(match[1], 1) + _TENS.get(match[2] or "", 0) + _ONES.get(match[3] or "", 0)
    rest = match[4] or ""
    return str(value + (_TEENS.get(rest) or _TENS.get(rest) or _ONES.get(rest) or 0))


def _dated(match: re.Match[str]) -> str:
    if match[1]:
        return f"{_ORDINALS[match[1]]} "
    return f"{match[0].split()[0]} the {_ORDINALS[match[2]]}th"


def _in_digits(text: str) -> str:
    """Numbers in words as digits, from thirteen on, and the days of a month."""
    text = _HUNDRED.sub(_hundred, text)
    text = _DATED.sub(_dated, text)
    text = _TWO_PARTS.sub(lambda match: str(_TENS[match[1]] + _ONES[match[2]]), text)
    return _LONE.sub(lambda match: str(_TEENS.get(match[1]) or _TENS[match[1]]), text)


def written_out(text: str) -> str:
    """Lower-case text with its shorthand written out."""
    for pattern, into in _PHRASES:
        text = pattern.sub(into, text)
    return _in_digits(_SHORT.sub(lambda match: _TABLE[match[1]], text))
