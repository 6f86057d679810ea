"""Choices: which words select which value of a query's enumerated inputs. The first pattern that occurs wins."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from agents.models.offline.topics import levels

NO_MFA = (
    r"mfa|code on (?:\w+ )?phones?|(?:phone|text|sms) codes?|m\.f\.a|2fa|2sv|(?:two|2|second|dual)[- ](?:factor|step)s?|m[ulti]{4}[- ]?factor\w*|second (?:[a-z]+ )?factor|another factor|additional factor|"
    r"(?:single|one|1)[- ]factor|(?:just|only|merely|nothing (?:more|else|but)(?: than)?) (?:a |their |with |on |by |an? )*(?:[a-z]+ )?passwords?|passwords? (?:alone|only|and nothing (?:else|more))|password[- ]only|"
    r"two[- ]step verification|(?:authenticator|verification|security|hardware|one-time)(?: app| code| device| token| key| password)s?|authenticators?|(?:no|without(?: a)?|lacks? a|missing) (?:[a-z]+ )?(?:tokens?|otps?|yubikeys?)|"
    r"tweestaps\w*|twee-factor|dois fatores|duas etapas"
)
"""How a second factor, or the want of one, is spoken of."""
_NOT_YET = r"(?:not|never|nor|hardly|far from|yet to be|still to be|without being|neither)(?: yet| been| being| fully| all| even| really| actually| properly)*"
_DONE = r"(?:closed|resolved|solved|fixed|over(?= ?(?:$|[?,;]|now|(?:by )?<p>|already|yet|and|or|by now|with))|finished|ended(?! <)|dealt with|done(?: with)?|cleared(?: up)?|remediated|remedied|repaired|settled|handled|mitigated|completed|wrapped up)"
_RELEASE = r"(?:(?:re)?deploy\w*|releas\w*|roll(?:ed|ing)? ?-?outs?|roll(?:ed|ing)? (?:\w+ )?(?:out|back)|roll(?:ed)?[- ]?backs?|ship(?:ped|s|ping)?|went live|go-?lives?|versions?)"
_CPU = r"cpus?|processors?|load(?! ?-?balanc\w*)|busy|busiest|utili[sz]ation|belasting|(?:run|runs|running|ran) hot|hottest|computing power|cores"
_DATABASES = r"(?:databases?|dbs?|rds|aurora|databanken)"
_FEW_WORDS = r"(?:(?!<id>)[\w<>'-]+ ){0,4}?"
_BY_NAME = r"one (?:by|after) (?:one|the other|another)|(?:by|with (?:its|their|all)|all|give me|the) names?(?! of the (?:rule|service|team))|names? (?:please|pls|of (?:them|those|these|all|each|the \w+s\b))|individually|piece by piece|what are they called|called what"
_QUIET = r"(?:ok|okay|green|quiet|fine|healthy|calm|silent|normal|all right|alright|in order|good|at rest)"
_CHOICES: dict[str, tuple[tuple[Any, str], ...]] = {
    "findings.by": (
        ("age", r"oldest|by age|how old|age of|longest|how long|ageing|aging|older than|open since|open (?:for )?(?:longer|more|over)|ouderdom"),
        ("product", r"by product|per product|which (?:product|tool|source)|by source|reported by|which (?:scanner|detector|checker) (?:\w+ )?(?:report\w*|f[io]und\w*|rais\w+)|which service (?:reports|finds)"),
        ("account", r"(?:by|per|each|every|which|what|across|worst) (?:\w+ )?(?:accounts?|venues?|casinos?)|welke rekening|where are|accounts? (?:has|have|with)"),
        ("severity", r"by severity|per severity|how severe"),
    ),
    "findings.status": (("open", rf"{_NOT_YET} {_DONE}|unresolved|unsolved|outstanding|still open|pending|open(?! (?:to|for|and|or|as)\b)"), ("all", rf"(?:all|any|including|and) (?:\w+ )?(?:closed|resolved|suppressed|fixed)|{_DONE}|fixed"), ("open", r"open(?! (?:to|for)\b)")),
    "public_exposure.kind": (
        ("buckets", r"buckets?|s3|object (?:storage|stores?)|files"),
        ("databases", r"databases?|dbs?|rds|aurora"),
        ("security_groups", r"security[ -]groups?|ports?|ssh|rdp|remote desktops?|firewalls?|let(?:s|ting)? (?:\w+ )?in|sgs?|inbound|ingress|0\.0\.0\.0/0|any (?:ip )?address(?:es)?|cidrs?|network rules?|nacls?"),
        ("shared", r"(?:companies|people|parties|firms|outfits|businesses) (?:other than|except|outside|that are not|who are not) us|(?:other|outside|foreign) (?:companies|firms|parties)|shared?|sharing|(?:outside|foreign|other people 's|strange|unknown) (?:the |our )?(?:org\w*|company|(?:aws )?accounts?)|external\w*|cross-account|third part\w+|with others|access analyzer|partners|suppliers|vendors"),
    ),
    "identity_hygiene.check": (
        ("no_mfa", NO_MFA),
        ("root", r"root(?! causes?)|(?:master|owner|main|main account|account owner'?s?) (?:logins?|accounts?|users?|passwords?|credentials?)"),
        ("over_privileged", r"over-?privileg\w*|admin\w*|permissions?|permissive|too (?:much|many|broad|wide)|least[- ]privilege|privileg\w*|rights|(?:full|unlimited|unrestricted|unfettered|wildcard) (?:access|control|powers?)|super ?users?|rechten|(?:all-?|too |most )?powerful|(?:(?:can|may|could|able to|allowed to) (?:just |do |\w+ly )*|do (?:\w+ly )?)(?:everything|anything|whatever)(?: they (?:want|like|please))?|god[ -]?mode|carte blanche|stars?(?= (?:polic|permission|action|resource))|overly (?:broad|wide)|more (?:access|power) than"),
        ("unused_keys", r"unused|untouched|(?:not|never) (?:\w+ )?(?:been )?(?:exercised|used|touched|in use|called upon)|(?:nobody|no one|no-one|noone|none of us|never) (?:\w+ )?(?:ever )?(?:uses|used|using|touched|touches|needs|calls on)|dormant|stale|forgotten|idle|idling|inactive|ongebruikt\w*|last used|abandoned|gather\w* dust|without (?:\w+ )?(?:being used|use|usage|activity)|no (?:\w+ )?(?:use|usage|activity)|l(?:ie|ies|ying) (?:just )?(?:around|about|idle|there)|left over|disused|(?:out of|fallen out of) use|sleeping"),
        ("old_keys", r"old|older|oldest|ages?|aged|ageing|aging|(?:un)?rotat\w*|renew\w*|refreshed|replaced|cycled|overdue|past (?:its|their) (?:\w+ )?(?:date|expiry|life|\d+(?:st|nd|rd|th) day)|past \d+ days|ancient|long-?lived|long[- ](?:standing|living|time)|(?:how long|since when)(?=[^?]*\bkeys?\b)|keys?\b[^?]*\b(?:how long|since when)|keys? over|expired?|outdated|been around|(?:created|issued|made|generated) (?:\w+ )?(?:too )?(?:long ago|before)|too long|years|oud\w*|velhas|antigas"),
    ),
    "backups.kind": (
        ("databases", r"(?:rds|db|databases?|aurora) (?:instances?|clusters?|servers?)|databases?|dbs?|rds|aurora|databanken|bancos? de dados"),
        ("volumes", r"volumes?|disks?|ebs|schijven"),
        ("instances", r"instances?|servers?|vms?|virtual machines?|machines?|hosts?|ec2 ?'?s?|servidores"),
        ("buckets", r"buckets?|s3"),
        ("tables", r"dynamo(?:db)?(?: tables?)?"),
        ("file_systems", r"file ?systems?|efs|fsx"),
    ),
    "encryption.kind": (
        ("keys", r"rotat\w*|kms|keys?|cmks?"),
        ("buckets", r"buckets?|s3"),
        ("snapshots", r"snapshots?|copies of (?:\w+ )?(?:disks?|volumes?|drives?|databases?)|(?:disk|volume|drive|database) copies"),
        ("volumes", r"volumes?|disks?|ebs|drives?|schijven"),
        ("databases", r"databases?|dbs?|rds|aurora"),
    ),
    "vulnerabilities.by": (
        ("account", r"(?:by|per|each|every|which|what|across) (?:\w+ )?(?:accounts?|venues?|casinos?)|accounts? (?:has|have|with)"),
        ("resource", rf"{_BY_NAME}|(?:by|per|each|every|which|what) (?:\w+ )?(?:resources?|servers?|instances?|machines?|hosts?|systems?|boxes|vms?|functions?|lambdas?|images?)|(?:servers?|instances?|machines?|hosts?) (?:has|have|with|are)"),
        ("cve", r"by cve|per cve|which cves?|most common|what cves?|list (?:\w+ )?cves|top (?:\w+ )?cves|cves are"),
        ("severity", r"by severity|per severity|how severe"),
    ),
    "alarms.state": (
        ("insufficient_data", r"insufficient(?:[ _]data)?|(?:enough|no|any|lack of|lack(?:s|ing)?(?: enough| any)?|too little|starved of|short of|out of|without(?: any| enough)?|miss(?:ing|es)?|want of) (?:enough |metric |metrics? )?(?:data|metrics?|datapoints?|measurements?)|(?:do|does|did|are|is) not (?:get|have|receiv\w*|report\w*|send\w*)|(?:unknown|undetermined|undecided|no) (?:state|status)|not reporting|(?:blind|silent|dead|grey|gray) alarms?|data ?less"),
        ("ok", rf"green ones|ones (?:are )?(?:ok|green)|^(?:and |how many |are )*(?:ok|green)$|(?:alarms?|which|are|all) (?:\w+ )?(?:that )?(?:are |is |in (?:the )?|back to |at |stay |being )*(?:currently |now |all |perfectly )?{_QUIET}(?: state)?(?! (?:for|because|through|due|from|only)\b)|in ok|(?:ok|healthy|green|quiet|calm|silent) alarms"),
        ("alarm", r"alarms? (?:are |is |now |currently )*in (?:the )?alarm(?: state)?"),
        ("all", r"(?:all|every|how many|total|number of|each) (?:of )?(?:the |our |those |single )?(?:\w+ )?alarms?(?! (?:that |which |currently |now )*(?:are |is |have |has |were |do |does )?(?:currently |now |still )?(?:firing|fire|red|active|going|ringing|on|now|open|triggered|gone|went|rang|sound|broken|in alarm|alerting|up|off))|whatever (?:its|their|the)? ?state|alarms? do we have|(?:any|whatever|each|per|by|every|their) (?:the |its )?state|firing or not|alarms? (?:are |have we )?(?:defined|configured|set up|exist\w*)|red or green"),
        ("alarm", r"firing|red|fire|active|triggered"),
    ),
    "alarms.of": (),  # `inputs/watched.py`: a kind is named beside alarms, or it is asked about itself
    "alarm_history.of": (),
    "inventory.kind": (
        ("databases", r"(?:rds|db|databases?|aurora|mysql|postgres\w*|sql) (?:instances?|clusters?|servers?)|databases?|dbs?|rds|aurora|bancos? de dados"),
        ("services", r"(?:container|ecs|fargate) (?:services?|tasks?|workloads?)|containers?|ecs|fargate|microservices?"),
        ("instances", r"instances?|servers?|vms?|virtual machines?|machines?|boxes|hosts?|ec2 ?'?s?|servidores|gpus?"),
        ("functions", r"functions?|lambdas?|serverless|functies|funcoes"),
        ("buckets", r"buckets?|s3|object (?:storage|stores?)"),
        ("volumes", r"volumes?|disks?|ebs|schijven|drives?|block (?:storage|devices?)"),
        ("load_balancers", r"load[ -]?balancers?|albs?|elbs?|nlbs?"),
    ),
    "inventory.by": (
        ("type", r"(?:what|which) (?:sorts? of |kinds? of )?(?:instance|server|machine|database|db|volume|disk|node)[- ](?:types?|sizes?|class(?:es)?|famil(?:y|ies)|models?|engines?)"),
        ("resource", _BY_NAME),
        ("type", r"mysql|postgres\w*|mariadb|oracle|sql ?server|python ?[\d.]*|gp2|gp3|io1|io2|st1|sc1|magnetic|node(?:js)?[\d.]*|java\d*|dotnet\S*|ruby\S*|(?:[a-z]\d[a-z]?\w{0,2})\.(?:nano|micro|small|medium|large|\d*xlarge|metal)|types?|sizes?|instance class\w*|kinds? of|families|engines?|runtimes?|classes"),
        ("region", r"(?:by|per|each|which|what|every) regions?|across regions"),
        ("team", r"(?:by|per|each|which|what|every) teams?|who owns"),
        ("account", r"(?:by|per|each|which|what|every) accounts?"),
        ("state", r"(?:by|per) (?:state|status)|state of|(?:running|stopped|up|on|off|down) (?:(?:and|or|vs|versus) )(?:how many )?(?:are )?(?:not|running|stopped|up|off|down|on)|stopped|(?:turned|switched|powered|shut) (?:off|down)|halted|(?:un|de|not )attached|attached to (?:nothing|no \w+|none)|hanging loose|idle(?! (?:for|since))|(?:(?<!what )(?:is|are)|how many|actually|really|currently|still) (?:of (?:them|those|these) )?(?:are |is )?(?:\w+ )?(?:running|up(?! (?:to|for))|off|down|switched on|turned on|powered on)(?= ?(?:$|[?,;]|and|or|in|at|right|now|<))|(?:running|live|active) (?:instances?|servers?|machines?|vms?|databases?|containers?)"),
    ),
    "backups.state": (
        ("running", r"(?:have|has|are|is) not (?:yet )?(?:been )?(?:finished|completed|done|ended|over)(?: yet)|not (?:finished|completed|done|over) yet|unfinished|(?:still |currently |now )?(?:running|in progress|ongoing|going on|under ?way|busy|pending|in flight)|still (?:going|at it|open|working)|being (?:made|taken|written|run|created)|lopen|bezig|em curso"),
        ("aborted", r"abort\w*|cancell?(?:ed|ations?)|interrupt\w*|(?:broken|broke|cut|called|breaking) (?:off|short)|(?:stopped|killed|ended|halted|terminated) (?:\w+ )?(?:by (?:some|any|an?)\w*|midway|halfway|early|prematurely|by hand|manually)|cut short"),
        ("partial", r"partial\w*|partly|half(?:-| )?(?:done|finished|complete\w*|way|successful)|incomplete\w*|not (?:fully|wholly|entirely) (?:done|finished|complete\w*|backed up)"),
        ("expired", r"expir(?:ed?|ing|y)|time(?:d|s)?[ -]?outs?|timing out|laps(?:ed?|ing)|(?:out of|ran over|overran|missed) (?:\w+ )?(?:time|window)|window (?:\w+ )?(?:passed|closed|missed)"),
        ("failed", r"(?<!without )(?<!without any )(?<!no )(?:fail\w*|errors?|problems?|trouble)|problematic|broken|broke|unsuccessful|went (?:wrong|bad|sour)|gone (?:wrong|bad)|go wrong|going wrong|mislukt\w*|falh\w+|errored(?: out)?|crash\w*|botch\w*|bomb(?:ed|ing)|flop\w*|bust|flunk\w*|collaps\w*|not (?:\w+ )?(?:run|complete|succeed|work|finish|go|make it|successful|succeeded|worked|completed|ok|okay|all right|fine|good)(?: through| ok| well)?|(?:did|do|could) not (?:\w+ )?(?:run|complete|succeed|work|finish|go)|miss(?:ed|ing)|without success|red"),
        ("completed", r"completed|done (?:ok|well|fine|properly|without (?:\w+ )?\w+)|successful(?!ly\?)|succe(?:ed(?:ed|ing|s)?|ss(?:es)?)|good|last (?:good|successful)|(?:went|gone|gone|going|ran|run|ended|finished|worked|turned out|came) (?:\w+ )?(?:fine|ok|okay|well|through|smoothly|properly|without (?:\w+ )?\w+|alright|all right|to plan)|worked|finished(?: properly| ok| well)?|made it"),
    ),
    "recent_changes.kind": (
        ("all", rf"(?:including|include|incl|inclusive of|with|also|plus|as well as|and) (?:the |any |all )?{_RELEASE}|{_RELEASE} (?:included|too|as well)|{_RELEASE} (?:and|or|as well as|plus) (?:\w+ )?(?:changes|writes|modifications|edits)|(?:deployed|released|rolled out|shipped) or (?:otherwise |something |anything )?(?:changed|modified|altered|edited|touched|reconfigured|adjusted)|(?:changed|modified|altered|edited|touched|reconfigured|adjusted) or (?:\w+ )?(?:deployed|released|rolled out|shipped)|(?:changes|writes|modifications) (?:and|or|as well as|plus) (?:\w+ )?{_RELEASE}"),
        ("writes", rf"(?:non[- ]?|not |no |nothing to do with (?:a |the )?|outside (?:of )?(?:the |any )?|(?:other|rather|else) than |except(?:ing)?(?: for)? |besides |bar |beyond |(?:apart|aside|separate) from (?:the |any )?|excluding |excl |without |minus |ignor\w+ |(?:leav\w+|tak\w+) out |skip\w* |not (?:made |done |caused |part |coming |come |from |through |via |by |of |in )+)(?:a |the |any |our )?{_RELEASE}|{_RELEASE} (?:aside|apart|excluded|excepted|left out|not (?:counted|included))|writes|manual(?:ly)?|by hand|click-?ops"),
        ("deployments", rf"{_RELEASE}|uitgerold|(?:go|goes|going|gone|went) (?:live|out|into production|to prod\w*)|new (?:builds?|code)|pushed|push(?:es)?(?: to)?"),
        ("writes", r"write (?:events?|calls?|actions?)|api calls?|configuration changes?|settings"),
    ),
    "aws_health_events.status": (
        ("open", rf"{_NOT_YET} {_DONE}|unresolved|unsolved|unfinished|(?:still|yet) (?:\w+ )?(?:open|ongoing|unresolved|active|running|live|going on|going|in progress|a problem|affecting|broken|down|happening|having|there)|in progress|going on|under way|outstanding"),
        ("upcoming", r"upcoming|coming(?: up| our way| weeks?| days?| soon)?|forthcoming|(?:still )?to come|scheduled(?! (?:for (?:deletion|removal)|to be (?:deleted|removed)))|plan(?:ned|ning|s)|(?<=amazon )plan|(?<=aws )plan|l(?:ie|ies|ying) ahead|ahead(?! of)|next|future|soon|retir\w*|announced|in the pipeline|on the (?:calendar|horizon|agenda)|gepland\w*|expect\w*|await\w*|pending maintenance"),
        ("closed", rf"{_DONE}|past(?! <)|concluded|behind us|gone"),
        ("upcoming", r"(?:is|are|will) (?:aws|amazon|there|they) (?:\w+ ){0,3}?maintenance(?! (?:now|right now|going on|ongoing|open))"),
        ("open", r"open|ongoing|right now|now|currently|current|active|live (?:aws |health |amazon )*\w+|is aws|today|having|happening|at (?:this|the) (?:moment|time|minute)|presently|pending"),
    ),
    "commitments.kind": (
        ("savings_plans", r"savings? plans?|sps|compute plans?|(?:hourly|per hour|an hour) (?:amount|commitments?|sum|promises?)|(?:amount|sum) (?:per|an|each|every) hour"),
        ("reservations", r"reserv\w+|ris?|(?:booked|paid) (?:[\w<>]+ ){0,2}(?:ahead|in advance)|pre-?paid"),
    ),
    "savings.kind": (
        ("rightsizing", r"(?:right|re)-?siz\w*|over-?(?:sized|provision\w*|dimension\w*|spec\w*|powered)|(?:much |far |way )?too (?:big|large|powerful|generous|beefy|heavy)|(?:bigger|larger) than (?:(?:they|it|we|what) )?(?:(?:really|actually|is|are) )?(?:need\w*|necessary|required|should|has to|have to|the load|the work)|down-?(?:siz|scal|grad)\w*|smaller|under-?utili[sz]ed|under-?used|shrink\w*|shrunk|scal(?:e|ed|ing) down|slim\w* down|wrong(?:ly)? size\w*|barely (?:used|loaded|busy)"),
        ("upgrade", r"gp2 (?:to |into )?gp3|newer (?:[\w-]+ )?(?:generations?|instances?|families|types?|hardware)|(?:older|old|previous|last|outdated)[ -]generations?(?: instances?)?|latest generation"),
        ("idle", r"stop(?:ping|ped)?|delet\w+|remov\w+|terminat\w+|idle|idling|unused|doing nothing|do(?:es)? nothing|not (?:being )?used|unattached|detached|sitting|wast\w+|(?:switch|turn|shut)\w* (?:\w+ )?(?:off|down)|(?:nobody|no one|noone) (?:\w+ )?(?:uses|used|needs|wants|using)|zombies?|abandon\w*|orphan\w*|left ?overs?|forgotten|dead (?:weight|wood)|clean(?:ing)?[- ]?(?:up|out)|dormant|decommission\w*|get rid of|lying (?:around|about|idle)|(?:could|can|should|might|may) drop"),
        ("commitments", r"savings? plans?|reserv\w+|commit\w*|ris?|sign\w* up (?:for )?longer|(?:longer|fixed|one[- ]year|three[- ]year|multi-?year|<p>) (?:terms?|contracts?|deals?)|(?:pay\w*|paid) (?:up ?front|ahead|in advance)|(?:tie|lock)\w* ourselves"),
        ("storage", r"storage|volumes?|disks?|gp2|gp3|buckets?|s3|snapshots?|(?:cold|colder|archive|infrequent[ -]access|intelligent) ?(?:tier\w*|class\w*|storage)?|cheaper (?:tier\w*|class\w*|storage)|tier(?:s|ing)|lifecycle\w*|glacier|archiv\w*"),
        ("upgrade", r"upgrad\w*|moderni[sz]\w*|graviton\w*|arm(?:64)?|migrat\w*"),
    ),
    "untagged_spend.tag": (
        ("cost-center", r"(?:finance|accounting|cost|budget|booking) codes?|cost[- ]?cent(?:er|re)s?|kostenplaats|centro de custo"),
        ("venue", r"venue|casino|location"),
        ("env", r"env(?:ironment)?|whether (?:it|they|that|something) (?:is|are|was|were|belongs?) (?:to |in )?(?:<env>|prod\w*|test\w*|staging)"),
        ("team", r"team|owner|squad|department"),
    ),
    "untagged_spend.by": (
        ("service", r"(?:by|per|each|which|what|every) (?:\w+ )?(?:services?|products?)"),
        ("account", r"(?:by|per|each|which|what|every) (?:\w+ )?accounts?"),
    ),
    "metric.name": (
        ("db_storage_free", r"(?:free(?:able)?|left|spare) (?:\w+ )?(?:storage|space|disk|room)|(?:storage|disk|space|room) (?:\w+ ){0,4}(?:left|free|remaining|remains|available|spare)|free storage space|(?:short|low|out) (?:on|of) (?:\w+ )?(?:storage|space|room)(?= .*(?:database|db|rds))|(?:databases?|dbs?|rds)\b.*(?:short|low|out) (?:on|of) (?:\w+ )?(?:storage|space|room)|(?:databases?|dbs?) (?:\w+ ){0,3}(?:filling up|nearly full|almost full|full)|how full (?:[\w<>]+ ){0,3}(?:databases?|dbs?)"),
        ("bucket_size", r"bucket sizes?|(?:biggest|largest|fattest|heaviest|size of|how (?:big|large|full|heavy)) (?:[\w<>]+ ){0,4}buckets?|buckets? (?:[\w<>]+ ){0,4}(?:gb|tb|gigabytes?|terabytes?|sizes?|big|bigger|biggest|large|larger|largest|most data|how full|grow\w*)|(?:data|gigabytes?|terabytes?|gb|tb|bytes|volume|stored?|store|stuff) (?:[\w<>]+ ){0,3}(?:in|on) (?:\w+ )?(?:s3|buckets?)|s3 (?:storage )?(?:size|volume|footprint|growth)"),
        ("errors_4xx", r"4xx\w*|40[0-9]s?|41[0-9]s?|429s?|client(?:[ -]side)? errors?|(?:bad|forbidden|unauthori[sz]ed|not[ -]found) (?:requests?|responses?|errors?)|not-founds"),
        ("lambda_duration", r"dur(?:ations?)?|(?:lambda|function)s? (?!(?:that )?us(?:e|es|ing)\b)(?:\w+ ){0,3}(?:take|last|slow\w*|long)|(?:lambda|function)s? (?!(?:(?:that|which|still|are|is|of|we|do) )*(?:us(?:e|es|ing)|runs?|running|on|with|have|has)\b)(?:\w+ ){0,3}run ?time(?!s\b)|how long (?:[\w<>]+ ){0,3}(?:lambda|function)s?|(?:run ?time|execution time|running time|run length) (?:[\w<>]+ ){0,3}(?:lambda|function)s?|execution times?|(?:slow|slower|slowest|longest)(?:[- ]running)? (?:\w+ )?(?:lambda|function)s?(?: runs?)?|(?:ran|run|runs|running) (?:the )?long(?:est|er)?|(?:lambda|function)s? (?:[\w<>]+ ){0,4}(?:longest|slowest|slow)"),
        ("lambda_errors", r"(?:lambdas?|functions?)\b[^;?]*?(?P<only>failures|errors?)|(?:lambda|function)s? (?:[\w<>]+ ){0,4}(?:errors?|errored|fail\w*|crash\w*)|(?:errors?|fail\w*|crash\w*) (?:[\w<>]+ ){0,3}(?:lambdas?|functions?|invocations?)(?: invocations?)?|invocations? (?:that |which )?(?:fail\w*|error\w*|crash\w*)"),
        ("lambda_invocations", r"invocations?|invoked|(?:lambda|function)s? (?:calls?|called|executions?|runs?(?! (?:on|under|with) (?!<p>)| (?:[\w.-]+ ){0,4}?(?:run ?times?|versions?)\b)|ran(?! (?:on|under|with) (?!<p>)))|(?:calls?|executions?|runs|how often|how many times|called) (?:[\w<>]+ ){0,4}(?:lambda|function)s?(?: (?:run|ran|called|executed|invoked))?"),
        ("queue_age", r"(?:age of (?:[\w<>]+ )?)?oldest (?:\w+ )?(?:messages?|msgs?)|messages? (?:[\w<>]+ ){0,3}(?:wait|sit|stay|old|stale)(?! in line)(?=s?\b(?! ?ing))|queue age|queue delays?|(?:waiting|wait) times? (?:[\w<>]+ ){0,3}queues?|queues? (?:[\w<>]+ ){0,3}(?:delays?|behind|lag\w*|stale|wait(?:ing)? times?|age)|how (?:stale|old|far behind) (?:[\w<>]+ ){0,4}(?:queues?|messages?)|how long (?:do |does |did |have |has )?(?:[\w<>]+ ){0,3}messages?"),
        ("queue_depth", r"(?:queue )?depths?|how deep|messages? (?:[\w<>]+ ){0,2}(?:waiting|queued|in (?:the|it|that|queue)|stuck|pil\w+)|(?:queued|waiting|stuck|pending|unprocessed|undelivered) messages?|(?:many|number of|count of) messages|queue (?:length|size|backlog)s?|backlog size|how (?:long|full|deep|big) (?:is |are )(?:[\w<>]+ ){0,3}queues?|(?:length|size) of (?:[\w<>]+ ){0,3}queues?|(?:longest|fullest|deepest|biggest) (?:\w+ )?queues?|queues? (?:[\w<>]+ ){0,2}(?:deep|deeper|full)|backlogs? (?:in|of|on) (?:[\w<>]+ ){0,3}queues?"),
        ("db_connections", r"connections?|(?:db|database|open|client) sessions|sessions (?:on|to|in) (?:[\w<>]+ ){0,3}(?:databases?|dbs?)"),
        ("errors_5xx", r"error pages?|5xx\w*|50[0-9]s?(?! (?:usd|euros?|dollars|gb|days|hours))|error rate|(?:internal )?server(?:[ -]side)? errors?|http errors?|errors per|(?:bad )?gateway (?:errors?|time-?outs?)|bad gateways?|service unavailable|backend errors?|errors? (?:[\w<>]+ ){0,3}load ?balancers?"),
        ("latency", r"latency|latencies|(?:response|answer|answering|loading|load|reaction|round[- ]trip) times?|slow\w*|lag\w*|p9[059]|responsive\w*|latencia|how (?:fast|quick\w*|snappy)\b(?! (?:do|does|did|are|is|was|were|will) (?:\w+ ){1,3}(?:grow\w*|fill\w*|ris\w+|increas\w+|shrink\w*|run\w* out)\b)|quick|how long (?:[\w<>]+ ){0,3}(?:requests?|pages?|responses?|answers?)(?: take)?|how long (?:[\w<>]+ ){1,4}wait\w*(?! times?)|sluggish\w*"),
        ("queue_age", r"queues?|backlogs?"),
        ("nat_bytes", r"nat|bytes|gigabytes"),
        ("disk", r"disk\w*|storage space|iops|file ?systems?|drives?"),
        ("memory", r"memory|ram"),
        ("db_cpu", rf"(?:{_CPU}) {_FEW_WORDS}{_DATABASES}(?! <id>)|{_DATABASES} (?!<id>){_FEW_WORDS}(?:{_CPU})(?! (?:on|of|for) (?:the )?<id>)"),
        ("cpu", _CPU),
        ("requests", r"requests?|traffic|throughput|hits|visits|calls (?:to|on|at|through|hit)"),
    ),
    "metric.statistic": (
        ("p99", r"p99|99th|(?:slowest|worst) (?:one|1) percent|tail|99 percentile|percentile"),
        ("average", r"average\w*|avg|mean(?! by| that| to| what)|gemiddeld\w*|media|typical\w*|normally|usually|on the whole"),
        ("maximum", r"max(?:imum|imal|ima)?|peak\w*|highest|worst|at (?:its|their) (?:worst|highest|peak|busiest)|topped out|top(?:s|ped)? out(?: at)?|longest (?:single )?(?:\w+ )?(?:times?|durations?|runs?|latency|latencies|wait)|slowest (?:single )?(?:responses?|requests?|answers?|times?)|upper bound|ceiling|most (?:at once|at one time)"),
        ("minimum", r"min(?:imum|imal|ima)?(?! ago)|lowest|least|floor(?! ledger)|bottom(?:ed)? out|slackest|quietest"),
        ("sum", r"sum(?:med)?(?: up)?|total|how many|number of|count|all together|altogether|added up"),
    ),
    "spend.by": (
        ("day", r"daily (?:costs?|spend\w*|bills?|charges?|amounts?|figures?)(?= (?:[\w<>'-]+ ){0,8}(?:develop\w*|evol\w*|trend\w*|history|chang\w*|r[aiu]n|go|went))|(?:trends?|development|history|evolution) (?:[\w<>'-]+ ){0,6}(?:(?:by|per|each|every) day|daily|day by day)"),
        ("charge_type", r"(?<!without )(?<!excluding )(?<!before )(?<!no )(?<!after )(?<!including )(?<!with )(?<!without any )(?<!ignoring )(?<!of )(?<!excluding the )(?<!without the )(?:credits?|refunds?)(?! card)|(?:how (?:large|big|much|generous) (?:is|was|were) |size of )(?:the |that |those )?(?:gifts?|freebies|vouchers?)|charge[- ]types?|(?:types?|kinds?|sorts?) of charges?|(?:usage|tax(?:es)?|fees?) ?(?:,|and|or|vs|versus|plus) ?(?:and )?(?:usage|tax(?:es)?|credits?|refunds?|fees?)"),
        ("usage_type", r"usage[- ]types?|line items?|by usage|what kind of usage|(?:types?|kinds?) of usage"),
        ("month", r"(?:by|per|each|every) (?:calendar )?(?:month|maand|mes)|monthly|month by month|month after month|month on month|over time|trends?|over the months|maandelijks\w*|for each month|over the year|development|up or down|(?:which|what) month|(?:expensive|cheapest|dearest|priciest|costliest) month|evolv\w*|evolution|history|(?<!the )develop(?:s|ed|ing)?"),
        ("day", r"(?:which|what) (?:day|date)|(?:expensive|cheapest|dearest|priciest|costliest) (?:day|date)|(?:by|per|each|every|a) (?:day|dag|dia)|daily|day by day|dagelijks\w*|diari\w+"),
        ("account", r"(?:by|per|por|cada|each|every|which|what|across|expensive|top|priciest|costliest|of all|biggest|welke|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|aws|my|our|\w+) )?(?:accounts?|rekeningen|contas?)|accounts? (?:cost|spend|is|are) (?:the )?most"),
        ("team", r"who (?:pays|is paying|foots|spends|owns)|whose (?:budget|bill|money|cost)s?|who is the owner|(?:by|per|por|cada|each|every|any|which|what|across|expensive|top|priciest|costliest|biggest|welk|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|my|our|\w+) )?(?:teams?|departments?|squads?|equipes?|afdeling\w*)|teams? (?:cost|spend|is|are)"),
        ("venue", r"(?:by|per|por|cada|each|every|any|which|what|across|expensive|top|priciest|costliest|biggest|between|split|rank\w*|order|compare|sort|which of) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|my|our|\w+) )?(?:venues?|casinos?|locations?|sites?|vestiging\w*)"),
        ("env", r"(?:by|per|each|every|which|what|across|between|split) (?:\w+ )?env(?:ironment)?s?"),
        ("region", r"(?:by|per|each|every|which|what|across|expensive|between|split|top) (?:\w+ )?regions?"),
        ("service", r"(?:by|per|por|cada|each|every|which|what|across|expensive|top|priciest|costliest|biggest|welke|between|split|rank\w*|order|compare|sort) (?:(?:of (?:our|the|my|all|these|those)(?: \w+)?|the|aws|my|our|\w+) )?(?:services?|products?|diensten|servicos?)"),
        ("none", r"(?:just|only|simply|merely) (?:the |a |one |give me the )?(?:\w+ |<\w+> ){0,2}(?:total|sum|figure|number)(?! of)|(?:one|a) (?:single |overall |total )?(?:figure|sum|number) (?:suffices|only|for|please|will do)|as (?:a|one) (?:single )?(?:figure|number|total|sum)|(?:no|without(?: a| any)?|skip the|not a) (?:breakdown|split)|lump sum|bottom line|in total only|grand total|one number|just one figure|single (?:number|figure)|total only|total amount (?:paid|spent|billed|charged)"),
    ),
}  # fmt: skip
_CHOICES["spend_change.by"] = tuple(pair for pair in _CHOICES["spend.by"] if pair[0] not in ("month", "day", "none"))
_COMPILED = {
    key: tuple((value, re.compile(rf"(?<![\w<./-])(?:{pattern})(?![\w>-])")) for value, pattern in pairs)
    for key, pairs in _CHOICES.items()
}


def chosen(query: str, field: str, text: str, allowed: tuple[Any, ...] | None) -> Any | None:
    """The value that the text selects for an enumerated input; None where the text says nothing, or several at once."""
    found = all_chosen(query, field, text, allowed)
    if field == "severity":
        return found[0] if len(found) == 1 else None
    if field in _POLAR and allowed is not None:
        if _WHATEVER.search(text):
            return "all" if "all" in allowed and (query, field) in _ELSE_NARROW else None
        if len(found) > 1 and together(query, field, text, found):
            return None
        if found[:1] == ["completed"] and _WHETHER.search(text):
            return None
    return found[0] if found else None


_POLAR = frozenset({"state", "status"})
"""Inputs whose values exclude each other: who names several asks for the lot."""
_ELSE_NARROW = frozenset({("alarms", "state"), ("findings", "status")})
"""Those that are narrowed unless all is asked for."""
_STATES = r"(?:status(?:es)?|states?|outcomes?|results?)"
_WHATEVER = re.compile(
    rf"\b(?:(?:regardless|irrespective|independent(?:ly)?) of (?:(?:its|their|the|whatever) )?{_STATES}|(?:whatever|no matter (?:what|which|the)) (?:(?:is |the |its |their )*)?{_STATES}|(?:in|of|with) (?:any|every|all|whichever) {_STATES}"
    r"|whether (?:or not )?(?:[\w<>]+ ){0,4}or not|whether or not|(?:resolved|closed|open|fixed|firing|solved|over|failed|successful|completed|done) or not|(?:both |be it |either )?(?:open|failed|firing|unresolved) (?:and|or|as well as|plus|and also) (?:already )?(?:closed|resolved|fixed|solved|quiet|completed|successful|ok|finished))\b"
)
_WHETHER = re.compile(
    r"^(?:and |so |ok |well |please |tell (?:me|us) (?:if|whether) |if |whether )*(?:are|were|is|was|did|do|does|has|have|had)\b"
)
"""A question of yes or no, which is answered by what did not go well, too."""


def spans_of(query: str, field: str, text: str, allowed: tuple[Any, ...] | None = None) -> list[tuple[int, int, Any]]:
    """Where the text names which value, in the order of the table; a word that one value took is no other's."""
    found: list[tuple[int, int, Any]] = []
    for value, pattern in _COMPILED.get(f"{query}.{field}", ()):
        if allowed is None or value in allowed:
            group = "only" if "only" in pattern.groupindex else 0
            places = [m.span(group) if m[group] else m.span() for m in pattern.finditer(text)]
            free = [(a, b, value) for a, b in places if all(b <= x or y <= a or v == value for x, y, v in found)]
            found += free
    return found


_AND = re.compile(
    r"(?:s|'s)?(?: [\w-]+)?(?: ,)? ?(?:,|and|or|plus|as well as|and also|and of|nor|versus|vs|/)(?: (?:the|our|also|any|all|those|[a-z-]+))?(?: [a-z-]+)? "
)


def together(query: str, field: str, text: str, values: list[Any]) -> list[Any]:
    """The values that are named side by side ("buckets and databases"), in the order of the text; none otherwise."""
    found = sorted(spans_of(query, field, text))
    joined: list[Any] = []
    for (_, end, left), (start, _, right) in pairwise(found):
        if left != right and _AND.fullmatch(text[end:start]):
            joined += [left, right]
    return [value for value in dict.fromkeys(joined) if value in values]


@lru_cache(maxsize=512)
def _itself(value: str) -> re.Pattern[str]:
    """A value's own words, as they are said ("insufficient data")."""
    said = r"[- ]?".join(map(re.escape, value.split("_")))
    return re.compile(rf"(?<![\w<./-]){said}s?(?![\w>-])")


_UNSAID = frozenset({"all", "none", "open", "ok", "type", "state", "service", "account", "resource", "day", "month"})
"""Values whose own words say too little, or mean something else."""


def all_chosen(query: str, field: str, text: str, allowed: tuple[Any, ...] | None = None) -> list[Any]:
    """Every value that the text names, in the order of the table; without a table, those whose own words it says."""
    if field == "severity":
        named = list(levels.severities(text, [v for v in allowed or levels.ORDER if v != "all"]))
        return _of_threats(named, text) if query == "threats" else named
    found = [value for _, _, value in spans_of(query, field, text, allowed)]
    if f"{query}.{field}" in _COMPILED or field == "by":
        return list(dict.fromkeys(found))
    return [v for v in allowed or () if isinstance(v, str) and v not in _UNSAID and _itself(v).search(text)]


_CRITICAL = re.compile(r"\b(?:crit|kritiek)")


def _of_threats(named: list[Any], text: str) -> list[Any]:
    """Of threats, high holds critical: the worst are high and up, and critical alone is asked for by that word."""
    if "critical" in named and ("high" in named or not _CRITICAL.search(text)):
        return [level for level in dict.fromkeys(["high", *named]) if level != "critical"]
    return named


_LEVELLED = frozenset({"findings", "threats", "vulnerabilities"})


@lru_cache(maxsize=4096)
def chosen_all(query: str, field: str, text: str, allowed: tuple[Any, ...] | None) -> frozenset[Any]:
    """`all_chosen`, kept: many plans are held against one text."""
    return frozenset(all_chosen(query, field, text, allowed))


@lru_cache(maxsize=256)
def patterns_of(query: str) -> tuple[re.Pattern[str], ...]:
    """All patterns that select a value of any of a query's inputs."""
    own = tuple(p for key, pairs in _COMPILED.items() if key.startswith(f"{query}.") for _, p in pairs)
    return (*own, levels.PATTERN) if query in _LEVELLED else own
