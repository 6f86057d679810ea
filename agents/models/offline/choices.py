"""Choices: which words select which value of a query's enumerated inputs. The first pattern that occurs wins."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_SEVERITY = (
    (
        "critical",
        r"criticals?(?:[- ]severity)?|kritiek\w*|critic[oa]s?|most severe|(?<!is )(?<!is the )(?<!are )(?<!are the )(?<!off )worst(?! (?:off|account|venue|team|hit|of all|performing|placed|casino))|severest",
    ),
    ("high", r"highs?(?:[- ]severity|[- ]risk|[- ]priority)?|hoge?|alt[oa]s?"),
    ("medium", r"medium|moderate|medi[oa]s?"),
    ("low", r"lows?|lage|baix[oa]s?"),
)
_CHOICES: dict[str, tuple[tuple[Any, str], ...]] = {
    "findings.severity": (*_SEVERITY, ("informational", r"informational|info")),
    "findings.by": (
        ("age", r"oldest|by age|how old|age of|longest|how long|ageing|aging|older than|open since|open (?:for )?(?:longer|more|over)|ouderdom"),
        ("product", r"by product|per product|which (?:product|tool|source)|by source|reported by|which service (?:reports|finds)"),
        ("account", r"(?:by|per|each|every|which|what|across|worst) (?:\w+ )?(?:accounts?|venues?|casinos?)|welke rekening|where are|accounts? (?:has|have|with)"),
        ("severity", r"by severity|per severity|how severe"),
    ),
    "findings.status": (("all", r"(?:all|any|including|and) (?:closed|resolved|suppressed)|resolved|closed|solved|whatever (?:its |their |the )?(?:status|state)|open (?:and|or) closed"), ("open", r"open|unresolved|outstanding")),
    "threats.severity": tuple((v, p) for v, p in _SEVERITY if v != "critical"),
    "public_exposure.kind": (
        ("buckets", r"buckets?|s3|object storage|files"),
        ("databases", r"databases?|dbs?|rds|aurora"),
        ("security_groups", r"security groups?|ports?|ssh|rdp|firewalls?|let(?:ting)? in|sgs?|inbound|ingress|0\.0\.0\.0/0"),
        ("shared", r"shared?|sharing|outside (?:the |our )?(?:org\w*|company)|external\w*|cross-account|third part\w+|with others|access analyzer|partners"),
    ),
    "identity_hygiene.check": (
        ("no_mfa", r"mfa|2fa|two[- ]factor|multi-?factor|second factor|(?:just|only) (?:a |their |with a |by )?passwords?|password[- ]only|tweestaps\w*|dois fatores|duas etapas"),
        ("root", r"root"),
        ("over_privileged", r"over-?privileg\w*|admin\w*|permissions?|too (?:much|many|broad|wide)|least[- ]privilege|privileg\w*|rights|full access|super ?users?|rechten|powerful"),
        ("unused_keys", r"unused|not (?:been )?exercised|not (?:been )?used|never (?:been )?used|nobody (?:uses|used|has used)|no one (?:uses|used|has used)|dormant|stale|forgotten|idle|inactive|ongebruikt\w*|last used|not touched|(?:nobody|no one|never) (?:has |have )?(?:ever )?touched|abandoned|gather\w* dust"),
        ("old_keys", r"old|older|oldest|age|aged|rotat\w*|ancient|long-?lived|how long|since when|keys? over|expired?|outdated|oud\w*|velhas|antigas"),
    ),
    "encryption.kind": (
        ("keys", r"rotat\w*|kms|keys?|cmks?"),
        ("buckets", r"buckets?|s3"),
        ("volumes", r"volumes?|disks?|ebs|drives?|schijven"),
        ("snapshots", r"snapshots?"),
        ("databases", r"databases?|dbs?|rds|aurora"),
    ),
    "vulnerabilities.severity": _SEVERITY,
    "vulnerabilities.by": (
        ("account", r"(?:by|per|each|every|which|what|across) (?:\w+ )?(?:accounts?|venues?|casinos?)|accounts? (?:has|have|with)"),
        ("resource", r"(?:by|per|each|every|which|what) (?:\w+ )?(?:resources?|servers?|instances?|machines?|hosts?|systems?|boxes|vms?|functions?|lambdas?|images?)|(?:servers?|instances?|machines?|hosts?) (?:has|have|with|are)"),
        ("cve", r"by cve|per cve|which cves?|most common|what cves?|list (?:\w+ )?cves|top (?:\w+ )?cves|cves are"),
        ("severity", r"by severity|per severity|how severe"),
    ),
    "alarms.state": (
        ("insufficient_data", r"insufficient|(?:enough|no|any|lack of) data|(?:do|does|did|are|is) not (?:get|have|receiv\w*|report\w*|send\w*)|missing data|unknown state|without data|not reporting|insufficient_data"),
        ("all", r"(?:all|every|how many|total) (?:of )?(?:the |our )?(?:cloudwatch )?alarms?(?! (?:are |is |have |has )?(?:firing|red|active|going|ringing|on|now|open|triggered|gone|went|fire))|whatever (?:its|their|the) state|alarms? do we have|(?:any|whatever|each|per|by) state|alarms? (?:are |have we )?(?:defined|configured|set up)"),
        ("ok", r"green ones|ones (?:are )?(?:ok|green)|^(?:and |how many |are )*(?:ok|green)$|(?:alarms?|which|are|all) (?:\w+ )?(?:are |is |in )?(?:ok|okay|green|quiet)(?: state)?|in ok|healthy alarms"),
        ("alarm", r"firing|red|fire|active|triggered"),
    ),
    "inventory.kind": (
        ("instances", r"instances?|servers?|vms?|virtual machines?|machines?|boxes|hosts?|ec2|servidores|gpus?"),
        ("databases", r"databases?|dbs?|rds|aurora|bancos? de dados"),
        ("functions", r"functions?|lambdas?|functies|funcoes"),
        ("buckets", r"buckets?|s3"),
        ("volumes", r"volumes?|disks?|ebs|schijven|drives?"),
        ("load_balancers", r"load ?balancers?|albs?|elbs?|nlbs?"),
        ("services", r"containers?|ecs|fargate|ecs services?|container services?|microservices?"),
    ),
    "inventory.by": (
        ("type", r"mysql|postgres\w*|mariadb|oracle|sql ?server|python ?[\d.]*|gp2|gp3|io1|io2|st1|sc1|magnetic|node(?:js)?[\d.]*|java\d*|dotnet\S*|ruby\S*|(?:[a-z]\d[a-z]?\w{0,2})\.(?:nano|micro|small|medium|large|\d*xlarge|metal)|types?|sizes?|instance class\w*|kinds? of|families|engines?|runtimes?|classes"),
        ("region", r"(?:by|per|each|which|what|every) regions?|across regions"),
        ("team", r"(?:by|per|each|which|what|every) teams?|who owns"),
        ("account", r"(?:by|per|each|which|what|every) accounts?"),
        ("state", r"(?:running|stopped) (?:and|or|vs|versus)|stopped|by state|state of|turned off|switched off|halted"),
    ),
    "backups.state": (
        ("failed", r"fail\w*|broken|broke|unsuccessful|went wrong|mislukt\w*|falh\w+|errors?|not (?:run|complete|succeed|work)|did not (?:run|complete|succeed|work|finish|go)|miss(?:ed|ing)"),
        ("expired", r"expired?"),
        ("aborted", r"abort\w*|cancell?ed"),
        ("partial", r"partial\w*|half-?done|incomplete"),
        ("running", r"running|in progress|still going|under ?way|lopen|bezig|em curso"),
        ("completed", r"completed|done ok|successful(?!ly\?)|good|last (?:good|successful)"),
    ),
    "recent_changes.kind": (
        ("writes", r"(?:non-?|not |no |outside of |other than |except |besides )deploy\w*|writes"),
        ("deployments", r"deploy\w*|releas\w*|roll(?:ed)? ?-?outs?|roll(?:ed)?[- ]?backs?|ship(?:ped|s|ping)?|went live|uitgerold|versions?|pushed|go-?live"),
        ("writes", r"write (?:events?|calls?|actions?)|api calls?|configuration changes?|settings"),
    ),
    "aws_health_events.status": (
        ("upcoming", r"upcoming|coming up|scheduled|planned|ahead|next|future|soon|retir\w*|announced|gepland\w*|expect"),
        ("closed", r"closed|resolved|past|over|finished|ended"),
        ("open", r"open|ongoing|right now|now|currently|current|active|is aws|today|having|happening"),
    ),
    "commitments.kind": (
        ("savings_plans", r"savings? plans?|sps|compute plans?"),
        ("reservations", r"reserv\w+|ris?"),
    ),
    "savings.kind": (
        ("rightsizing", r"right-?siz\w*|oversized|over-?provisioned|too big|bigger than|downsiz\w*|smaller|under-?utili[sz]ed|underused|overprovision\w*"),
        ("upgrade", r"gp2 (?:to |into )?gp3|newer generations?"),
        ("idle", r"stop(?:ping|ped)?|delet\w+|remov\w+|terminat\w+|idle|idling|unused|doing nothing|not (?:being )?used|unattached|sitting|wast\w+|switch\w* off|turn\w* off|shut down|nobody uses"),
        ("commitments", r"savings? plans?|reserv\w+|commit\w*|ris?"),
        ("storage", r"storage|volumes?|disks?|gp2|gp3|buckets?|s3|snapshots?"),
        ("upgrade", r"upgrad\w*|moderni[sz]\w*|graviton|newer generation|migrat\w*|newer instance"),
    ),
    "untagged_spend.tag": (
        ("cost-center", r"cost[- ]?cent(?:er|re)s?|kostenplaats|centro de custo"),
        ("venue", r"venue|casino|location"),
        ("env", r"env(?:ironment)?"),
        ("team", r"team|owner|squad|department"),
    ),
    "untagged_spend.by": (
        ("service", r"(?:by|per|each|which|what|every) (?:\w+ )?services?"),
        ("account", r"(?:by|per|each|which|what|every) (?:\w+ )?accounts?"),
    ),
    "metric.name": (
        ("db_storage_free", r"(?:free(?:able)?|left) (?:\w+ )?(?:storage|space|disk)|(?:storage|disk|space) (?:\w+ )?(?:left|free|remaining)|free storage space"),
        ("bucket_size", r"bucket sizes?|(?:biggest|largest|size of|how (?:big|large)) (?:[\w<>]+ ){0,4}buckets?|buckets? (?:[\w<>]+ ){0,4}(?:gb|tb|gigabytes?|terabytes?|sizes?|big|large)"),
        ("errors_4xx", r"4xx\w*|40[0-9]s?|client errors?"),
        ("lambda_duration", r"durations?|(?:lambda|function)s? (?:\w+ ){0,3}(?:run ?time|take|last|slow\w*)|how long (?:[\w<>]+ ){0,3}(?:lambda|function)s?"),
        ("lambda_invocations", r"invocations?|invoked|(?:lambda|function)s? (?:calls|called)"),
        ("queue_depth", r"(?:queue )?depth|messages? (?:[\w<>]+ ){0,2}(?:waiting|queued|in (?:the|it|that|queue)|stuck|pil\w+)|(?:many|number of) messages|queue (?:length|size)|backlog size"),
        ("db_connections", r"connections?"),
        ("errors_5xx", r"5xx|500s|error rate|server errors?|http errors?|errors per"),
        ("lambda_errors", r"lambda .*failures|(?:lambda|function)s? (?:[\w<>]+ ){0,4}(?:errors?|fail\w*)|errors? (?:[\w<>]+ ){0,3}(?:lambdas?|functions?)"),
        ("latency", r"latency|latencies|response times?|slow\w*|lag\w*|p99|responsive\w*|latencia|how fast|quick"),
        ("queue_age", r"queues?|backlog"),
        ("nat_bytes", r"nat|bytes|gigabytes"),
        ("disk", r"disk\w*|storage space|iops"),
        ("memory", r"memory|ram"),
        ("cpu", r"cpu|processor|load|busy|utili[sz]ation|belasting"),
        ("requests", r"requests?|traffic|throughput|hits"),
    ),
    "metric.statistic": (
        ("p99", r"p99|99th"),
        ("maximum", r"max(?:imum)?|peak\w*|highest|worst|top"),
        ("minimum", r"min(?:imum)?|lowest"),
        ("sum", r"sum|total|how many|number of|count"),
        ("average", r"average|avg|mean|gemiddeld\w*|media"),
    ),
    "spend.by": (
        ("charge_type", r"(?<!without )(?<!excluding )(?<!before )(?<!no )(?<!after )(?<!including )(?<!with )(?<!without any )(?<!ignoring )(?<!of )(?<!excluding the )(?<!without the )(?:credits?|refunds?)(?! card)|charge[- ]types?|types? of charges?"),
        ("usage_type", r"usage[- ]types?|line items?|by usage|what kind of usage"),
        ("month", r"(?:by|per|each|every) (?:calendar )?(?:month|maand|mes)|monthly|month by month|month after month|month on month|over time|trends?|over the months|maandelijks\w*|for each month|over the year|development|up or down|(?:which|what) month|(?:expensive|cheapest|dearest|priciest|costliest) month|evolv\w*|evolution|history"),
        ("day", r"(?:which|what) (?:day|date)|(?:expensive|cheapest|dearest|priciest|costliest) (?:day|date)|(?:by|per|each|every|a) (?:day|dag|dia)|daily|day by day|dagelijks\w*|diari\w+"),
        ("account", r"(?:by|per|por|cada|each|every|which|what|across|expensive|top|priciest|costliest|of all|biggest|welke|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|aws|my|our|\w+) )?(?:accounts?|rekeningen|contas?)|accounts? (?:cost|spend|is|are) (?:the )?most"),
        ("team", r"who (?:pays|is paying|foots|spends|owns)|whose (?:budget|bill|money|cost)s?|who is the owner|(?:by|per|por|cada|each|every|any|which|what|across|expensive|top|priciest|costliest|biggest|welk|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|my|our|\w+) )?(?:teams?|departments?|squads?|equipes?|afdeling\w*)|teams? (?:cost|spend|is|are)"),
        ("venue", r"(?:by|per|por|cada|each|every|any|which|what|across|expensive|top|priciest|costliest|biggest|between|split|rank\w*|order|compare|sort|which of) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|my|our|\w+) )?(?:venues?|casinos?|locations?|sites?|vestiging\w*)"),
        ("env", r"(?:by|per|each|every|which|what|across|between|split) (?:\w+ )?env(?:ironment)?s?"),
        ("region", r"(?:by|per|each|every|which|what|across|expensive|between|split|top) (?:\w+ )?regions?"),
        ("service", r"(?:by|per|por|cada|each|every|which|what|across|expensive|top|priciest|costliest|biggest|welke|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|aws|my|our|\w+) )?(?:services?|products?|diensten|servicos?)"),
        ("none", r"(?:just|only) the total|in total only|grand total|one number|just one figure|single (?:number|figure)|total only"),
    ),
}  # fmt: skip
_CHOICES["spend_change.by"] = tuple(pair for pair in _CHOICES["spend.by"] if pair[0] not in ("month", "day", "none"))
_COMPILED = {
    key: tuple((value, re.compile(rf"(?<![\w<./-])(?:{pattern})(?![\w>-])")) for value, pattern in pairs)
    for key, pairs in _CHOICES.items()
}


def chosen(query: str, field: str, text: str, allowed: tuple[Any, ...] | None) -> Any | None:
    """The value that the text selects for an enumerated input; None where the text says nothing."""
    found = all_chosen(query, field, text, allowed)
    return found[0] if found else None


@lru_cache(maxsize=512)
def _itself(value: str) -> re.Pattern[str]:
    """A value's own words, as they are said ("insufficient data")."""
    said = r"[- ]?".join(map(re.escape, value.split("_")))
    return re.compile(rf"(?<![\w<./-]){said}s?(?![\w>-])")


_UNSAID = frozenset({"all", "none", "open", "ok", "type", "state", "service", "account", "resource", "day", "month"})
"""Values whose own words say too little, or mean something else."""


def all_chosen(query: str, field: str, text: str, allowed: tuple[Any, ...] | None = None) -> list[Any]:
    """Every value that the text names, in the order of the table; then those whose own words it says."""
    found = [
        value
        for value, pattern in _COMPILED.get(f"{query}.{field}", ())
        if (allowed is None or value in allowed) and pattern.search(text)
    ]
    own = (v for v in allowed or () if isinstance(v, str) and v not in _UNSAID and field != "by")
    return list(dict.fromkeys([*found, *(value for value in own if _itself(value).search(text))]))


def patterns_of(query: str) -> tuple[re.Pattern[str], ...]:
    """All patterns that select a value of any of a query's inputs."""
    return tuple(p for key, pairs in _COMPILED.items() if key.startswith(f"{query}.") for _, p in pairs)
