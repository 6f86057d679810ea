"""The lexicon: what managers' words are about. A concept is a set of words and phrases, slang, Dutch and Portuguese included."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from functools import lru_cache

from agents.models.offline.topics.choices import NO_MFA
from agents.models.offline.topics.config_rules import SPOKEN

_CONCEPTS: dict[str, str] = {
    # money
    "COST": r"how much (?:for|is|are|was|were) (?:the|our|it|that|all)|costs?|costing|costed|spend\w*|spent|bill(?:s|ed|ing)?|invoices?d?|pay(?:s|ing)?|paid|charged?s?|expens\w+|"
    r"cheaper|dearer|pricier|costlier|money|dollars?|usd|euros?|burn(?:ing|ed|t|s)?(?! down)|pric(?:e|ey|es|ing|iest)|costliest|cheapest|dearest|costly|outlay|cash|expenditures?|spendings?|blow|"
    r"kosten|kost|kostte|uitgaven|uitgegeven|rekening|factuur|betaald|custos?|custou|custa|gast\w+|fatura|pagamos|pagar|price tag|"
    r"damage|(?:handed|hand|forked?|shell(?:ed)?|paid) (?:over|out) (?:to|for)|run us|runs us|set (?:us|me) back|how much (?:goes|went|go|is going|did \S+ go) (?:to|on|into)|sets us back|aws bill|bucks|budget spent|cloud bill|spender",
    "FIGURE": r"figures?|totals?|numbers|(?:the|our|a|end) number(?! of)|aws figure|amounts?",
    "HOWMUCH": r"how (?:much|big|large)|hoeveel|quanto|what (?:did|does|do) .* (?:come to|amount to|add up to)|total|totaal",
    "CHANGE": r"increas\w*|rise\w*|rising|rose|risen|jump\w*|surg(?:e|ed|ing)|soar\w*|grew|grow\w*|"
    r"(?:go|goes|went|going|gone|came|come|shot|shoot|climb\w*|crept|move[ds]?|moving)(?: \w+)? (?:up|down)|climb\w*|"
    r"higher|lower|more expensive|(?:way|well|far|much|so far) (?:above|below|over|under)|trend\w*|drop\w*|decreas\w*|fell|fall\w*|declin\w*|shrank|shrunk|chang(?:e|es|ed|ing)|differ\w*|"
    r"compar\w*|vs|versus|against|deltas?|drivers?|driv(?:e|es|en|ing)|drove|movers?|moved|variance|swing|evol\w+|"
    r"<p> on <p>|movements?|development|month on month|year on year|(?:week|month|quarter|year)[- ](?:over|on)[- ](?:week|month|quarter|year)|gestegen|stijg\w*|gedaald|dalen|daling|"
    r"aument\w*|subi\w+|caiu|diminu\w*|verschil|doubled?|tripled?|(?:get|got|gotten|became|become) (?:\w+ )?(?:cheaper|dearer|pricier)|(?:so|this|too) (?:high|expensive|much)|up (?:from|by|so|this)|"
    r"(?:spend\w*|spent|pay\w*|paid|costs?) (?:\w+ ){1,2}(?:more|less)|more (?:<p> )?than|less (?:<p> )?than|cheaper|dearer|pricier|costlier|bump|uptick|ballooned|exploded?|explosion|behind the|mudou|explain\w*|what happened (?:to|with)|up or down|duurder|hoger|mais car[oa]",
    "SPIKE": r"spik\w+|peak(?:s|ed)?|blip|piek",
    "WHY": r"why|what (?:caused|drove|is driving|explains|is behind|pushed)|reasons?|cause[ds]?|how come|waarom|por ?que|explain\w*|root cause|"
    r"what made|behind (?:the|that|this)|to blame|culprits?|responsible for|blame|due to|hoe komt",
    "FORECAST": r"forecast\w*|predict\w*|project(?:ed|ion|ions)|expect(?:ed|ing)?(?! in)|estimat\w+|outlook|run[- ]?rate|trajectory|"
    r"(?:end|finish|land|close|wind|come) up|(?:end|finish|land|close) (?:the|this|<p>|at)|by the end of|by <p>|heading|headed|"
    r"(?:will|shall) (?:we|it|the|i|<\w+>|this|our|aws|their|they|that|his|her|my|these|those)|(?:carr(?:y|ies)|goes|keeps|continues) (?:on|going)? ?like (?:this|that)|going to (?:\w+ )?(?:cost|spend|be|pay|land|end|hit|come)|will <p> (?:be|come|end|cost|land)|(?:come|comes) (?:in|out) (?:higher|lower|above|below|over|under|at)|verwacht\w*|prognose|previs\w*|vai custar|vamos gastar|on course|"
    r"likely to (?:cost|spend|be)|looking at for|at (?:this|the current|that) (?:rate|pace)|if (?:this|it) (?:goes|continues|keeps)",
    "ANOMALY": r"anomal\w+|unusual|odd|strange|weird|unexpected\w*|abnormal\w*|outliers?|surpris\w+|out of the ordinary|irregular\w*|"
    r"out of line|fishy|afwijk\w+|vreemds?|raar|estranh\w+|unplanned|funny",
    "UNTAGGED": r"(?:without|no|missing|lacks?|lacking) (?:an? |any |the )?(?:\w+ )?(?:stickers?|finance codes?|cost codes?)|(?:nobody|no one|noone|not) (?:can |could )?(?:say|tell|know|knows) whose|whose (?:it|they|that) (?:is|are)|untagged|un-tagged|(?:forgot(?:ten)?|fail(?:s|ed)?|did not|not|neglect\w*) (?:to )?tag(?:ged|ging)?|unlabel\w+|not tagged|not labell?ed|(?:without|no|missing|lacks?|lacking|have no|not have) (?:an? |any |the |proper |its )?(?:[\w-]+ )?(?:tags?|labels?)|"
    r"unallocated|unattributed|unassigned|unowned|unaccounted|(?:nobody|no one|noone|no team|no-one) (?:owns|claims|is responsible)|no (?:owner|team|cost[- ]cent(?:er|re)|venue|env\w*)|(?:without|lacks?|lacking|missing) (?:an? |the |its |their )?(?:owner|team|cost[- ]cent(?:er|re)|venue|env\w*)|owner ?less|"
    r"tag(?:ging)? (?:coverage|gaps?|discipline|hygiene|compliance)|tagging|mis-?tagged|ongetagd|zonder (?:\w+ )?tags?|sem (?:\w+ )?tags?|"
    r"(?:can|could) (?:\w+ )?not (?:be )?(?:pin|pinned|put|traced|linked|attribut\w*|allocat\w*|assign\w*|be traced)|not (?:be )?(?:attributed|allocated|assigned)(?: to)?|belongs? to (?:nobody|no one|no team)|orphan\w*",
    "COMMIT": r"longer[- ]term (?:deals?|contracts?|promises?)|(?:sign|signing|signed) up for (?:longer|(?:\w+ )?years?)|(?:exchange|return) for (?:a |an )?discount|(?:hourly|yearly) (?:amount|promise)|promise[ds]? (?:aws|amazon)|that promise|savings? plans?|reserved|reservations?|reserved instances?|ris?|commitments?|reserveringen|committed|sps|compute plans?|"
    r"(?:ri|sp|reservation|plan|commitment) (?:coverage|utili[sz]ation)|coverage|discount plans?|reserva|hours (?:is |are |was |were |being |get |gets )*covered",
    "SAVE": r"sav(?:e|es|ing|ings|able)(?! plans?)|cut(?:ting)?(?: back)?|reduc\w+|optimi[sz]\w+|wast\w+|trim|oversized|over-?provisioned|"
    r"right-?siz\w*|low[- ]hanging|on the table|down the drain|throw\w* (?:\w+ )?(?:money )?away|thrown away|clean(?:ed)? ?up|bespar\w*|economi[sz]\w*|sitting idle|idle|idling|unused (?:resources?|volumes?|instances?|ips?|disks?|capacity|servers?)|"
    r"doing nothing|spend less|pay less|cheaper (?:option|alternative|instance|way|machine|type|storage|class)\w*|(?:be|make|made|run|buy) (?:\w+ )*cheaper|unattached|underus\w+|under-?utili[sz]ed|quick wins?|recommendations?|bigger than needed|too big|verspil\w*|desperd\w*|not us(?:ed|ing)|overpaying|trimmed|squeeze|gravitons?|switch off|poupar|poupan\w+|(?:get|bring|keep|push|drive|take) (?:\w+ ){0,3}down|shav(?:e|ing)|slash|tighten",
    "BUDGET": r"overshot|overshoot\w*|allowed to spend|spending (?:caps?|limits?|ceilings?)|(?:more|less) than (?:it|they|we|he|she) (?:was|were|is|are) allowed|permitted spend|budgets?|exceed\w*|budgeted|overspen\w+|over ?budget|under ?budget|overspent|begroting|orcamentos?|allowance",
    "CREDITS": r"(?:gifts?|freebies?|presents?) (?:from|of) (?:aws|amazon)|that gift|the gift|vouchers?|credits?|refunds?",
    # security
    "FINDING": r"(?:sec-?)?findings?|security hub|securityhub|security (?:issues?|problems?|posture|gaps?|state|status|situation|holes?|alerts?|weakness\w*)|bevinding\w*|achados?|red flags|"
    r"(?:critical|high|medium|low)(?:[- ]severity)? (?:issues?|ones|problems?|items?)|how secure|how (?:bad|good|well|solid|strong|weak|safe) (?:is|are) (?:our|the) security|security risks?|security to-?do|asff|beveiliging\w*|security look|open issues",
    "THREAT": r"shady|dodgy|(?:anything|something|things) fishy|fishy (?:going on|business)|foul play|snoop\w*|prowl\w*|threats?|guardduty|guard duty|(?!(?<=(?:that|hich) )attackers? (?:can|could|may|might)\b)attack\w*|intru\w+|malicious|malware|suspicious\w*|compromis\w+|hack\w*|breach\w*|crypto-?min\w*|brute[- ]force|"
    r"bad actors?|bedreiging\w*|ameacas?|inbraak|ransomware|broken into|break[- ]?ins?|breaks? in|burglar\w*|infiltrat\w*|exfiltrat\w*|botnet|port scan\w*|hostile|verdacht\w*|suspeit\w*|under fire",
    "PUBLIC": r"opened up to|(?:vendors?|suppliers?|contractors?|partners?|third part(?:y|ies)) (?:that |who |which |still |do |does )*(?:have|has|having|got|get|gets|with|can|could) (?:\w+ ){0,2}(?:access|into|in to|reach)\b|(?:companies|people|parties|firms) that are not us|(?:other|outside|foreign) (?:companies|firms|parties)|(?:look into|get at|see|read|download) (?:\w+ ){0,5}from outside|readable|buckets? (?:is|are|stands?|left|wide)? ?open|(?:can|could) (?:the (?:whole |entire )?)?(?:world|internet|public|anyone|everybody|everyone|outsiders|anybody)|by (?:the )?(?:(?:whole|entire|open) )?(?:world|internet|public|anyone|everybody|everyone)|visible (?:from|to|on)|public|publicly|exposed?|exposure|open to (?:the )?(?:world|internet|everyone|anyone|public|outside)|wide[- ]open|"
    r"(?:internet|outward|world|web)[- ]facing|facing the internet|reach\w* from|world[- ]readable|any(?:one|body) (?:\w+ ){0,3}(?:can|could)|any(?:one|body) on the (?:internet|web)|from anywhere|on the (?:open )?web|to the web|world can|everyone can|"
    r"shar(?:e|ed|ing) (?:\w+ ){0,3}(?:with|outside|external\w*|publicly)|sharing|outsiders?|third part(?:y|ies)|firewalls?|(?:whole|entire) world|let(?:ting|s)? in|external\w*|outside (?:the |our )?(?:org\w*|company|aws org\w*)|ports? (?:\d+ )?(?:is |are )?open|open anywhere|open (?:ports?|security groups?|buckets?|ssh|rdp)|"
    r"open voor|voor iedereen|leak\w*|openbaar|openstaa\w*|publicos?|publicas?|0\.0\.0\.0/0|from the internet|on the internet|to the (?:internet|world)|cross-account|strangers|third part\w+ (?:can|access)|open buckets?|accessible|attack surface",
    "MFA": NO_MFA,
    "KEYS": r"access keys?|(?:old|stale|unused|dormant|forgotten|aged|long-?lived|ancient|static|api|rotated|unrotated) keys?|keys? (?:\w+ )?(?:older|unused|not (?:been )?used|nobody (?:uses|used|has used)|no one (?:uses|used|has used)|age|hygiene|over|still active)|credentials?|"
    r"keys? (?:of|for) <user>|<user> (?:'s )?(?:\w+ )?keys?|keys? that (?:have|are|were)|keys (?:have|has) not|toegangssleutels?|sleutels?|chaves? de acesso|service account keys?|iam keys?|logins?(?! (?:from|by))",
    "ROOT": r"master (?:logins?|accounts?|users?|passwords?)|owner (?:logins?|accounts?)|main logins?|root (?:users?|accounts?|logins?|sign-?ins?|keys?|credentials?|access|usage|use)|(?:the )?root\b(?! cause)|as root",
    "PRIVILEGE": r"(?:can|could|may|able to|allowed to) (?:\w+ )?do (?:\w+ )?(?:anything|everything|whatever)|all the rights|keys to the kingdom|master rights|over-?privileg\w*|overly permissive|too (?:much|many|broad|wide) (?:access|permissions?|rights|power|privileges?)|more (?:access|permissions?|rights|privileges?) than|"
    r"admin(?:istrator)?(?: access| rights| permissions?| users?| privileges?)?|administratoraccess|least[- ]privilege|excessive (?:access|permissions?|rights|privileges?)|privileged|god mode|full access|permissions?|"
    r"super ?users?|beheerdersrechten|te veel rechten|unused permissions?|unused roles?|all[- ]powerful|too powerful|privileges",
    "IDENTITY": r"identity|identities|iam|password (?:policy|policies|age)|credential (?:report|hygiene)|dormant|stale (?:users?|keys?|cred\w+|accounts?)|access (?:hygiene|review)|leavers|users? (?:who|that) (?:left|never)|user hygiene|iam users",
    "WHO": r"who|whom|by whom|whose|which (?:user|person|people|admins?|engineers?|colleague|roles?|human)|wie|quem|what (?:has|did|have|was|were) <user>|<user>|anyone (?:logged|signed|log|sign)|somebody|someone|audit trail|cloudtrail",
    "ACTION": r"alter\w*|nuk(?:ed?|ing)|kill(?:ed|s)|wip(?:ed|ing)|effected|carried out|chang\w+|delet\w+|remov\w+|creat\w+|made|make|opened|touch\w*|modif\w+|logged|log(?:s|ging)? ?in\w*|signed|sign(?:s|ing)? ?in\w*|sign-?ins?|started?|launch\w+|stopp?\w*|terminat\w+|"
    r"disabl\w+|edit\w*|did\b|done|ran|attach\w*|grant\w*|updat\w+|deploy\w*|turned|assumed?|rotated|gave|given|spun|did (?:that|this|it)|up to|activit\w+|actions?|"
    r"gewijzigd|verwijderd|gedaan|aangepast|mudou|apagou|alterou|fez|behind|messed|messing|broke|been doing|doing|set up|put|actor|enabled|accessed|started",
    "CONFIG": rf"{SPOKEN}|" r"config rules?|aws config|non-?complian\w+|complian\w+|conform\w*|violat\w+|drift\w*|rules? (?:\w+ ){0,2}(?:fail\w*|broken|break\w*|violat\w*|not met|ignor\w*)|(?:failing|broken|breaking|break) (?:\w+ )?rules?|configuration rules?|"
    r"(?:break\w*|violat\w*|fail\w*|against) (?:[\w<>-]+ ){0,3}(?:rules?|regels?)|regels|in compliance|guardrails? (?:broken|fail\w*)|policy violations?|following (?:our|the) (?:own )?rules",
    "NAMED_RULE": SPOKEN,
    "ENCRYPT": r"keys? (?:[\w<>-]+ ){0,3}?(?:pending|awaiting|(?:scheduled|marked|due|up|waiting) for|(?:about|going|scheduled) to be) (?:delet\w+|destr\w+)|scrambl\w+|unscrambled|locked on disk|(?:protected|readable|legible|plain) on (?:the )?disks?|encrypt\w*|unencrypted|encryption|kms|key rotation|rotat\w+ (?:\w+ )?keys?|keys? (?:\w+ )?(?:\w+ )?(?:not )?(?:being )?rotat\w*|keys (?:\w+ )?(?:not )?(?:being )?(?:renewed|rolled over)|at rest|versleutel\w*|onversleuteld\w*|cripto\w*|criptograf\w*|plain ?text|ciphered|in the clear|cmks?|customer managed keys?",
    "VULN": r"(?:(?:critical|severe|serious|big|bad|unpatched|open|dangerous|gaping|urgent) )?holes?(?= (?:that|which|(?:an? |the )?(?:attackers?|hackers?|intruders?|criminals?)|(?:some|any)(?:one|body)) )|(?:critical|severe|serious|unpatched|dangerous|gaping) (?:holes?|weakness(?:es)?)|(?:holes?|weakness(?:es)?)(?= (?:in|on) (?:the |our |these |those )?(?:systems?|servers?|machines?|software|instances?|hosts?|containers?|images?)\b)|(?:software|known) (?:holes?|flaws?|bugs?|weakness\w*)|holes in (?:them|it|our (?:\w+ )?software|the (?:\w+ )?software)|vulnerab\w+|cves?|cve-[\d-]+|inspector|exploit\w*|kwetsba\w+|vulnerabilidades?|vulns?|log4j|security holes in|known bugs|software flaws?|outdated (?:software|packages?|libraries)",
    # operations
    "ALARM": r"alarms?|alert(?:s|ed|ing)?|firing|paging|paged|pagers?|red|on fire|going off|went off|gone off|rood|alarme\w*|meldingen|beeping|screaming|trigger\w*|tripped|cloudwatch alarms?|alarmbell\w*|storm|in alarm|ringing|flashing|fired|sirens?|lit up|fires|burning down|ablaze",
    "INCIDENT": r"incidents?|outages?|disruptions?|blew up|broke|breakage|disaster|(?:anything|something|things|stuff) (?:\w+ )?(?:broke|break|broken|go wrong|fail|failed)|crash\w*|storing|incidentes?|fell over|went wrong|go wrong|went down|downtime|p1|sev ?\d|meltdown|hiccup|problem on",
    "HEALTH": r"health (?:check|summary|overview|status|report|of)|healthy|unhealthy|health|how (?:is|are) (?:everything|things|we|all|<(?!p)\w+>|it going)|how (?:is|are|do|does) (?:(?:[\w<>'-]+ ){1,6}(?:doing|looking|holding up|going|faring|feeling|look))(?: doing| looking| holding up| going)?|"
    r"status (?:overview|of|report|update|per)|overview|anything (?:wrong|broken|burning|bad|urgent|i should|we should|to worry|on fire)|any(?:thing)? (?:problems?|trouble|issues)|(?:all|everything) (?:ok|okay|good|well|green|fine|alright|in order|running)|gezondheid|"
    r"tudo bem|alles (?:goed|ok|oke|in orde|rustig)|should (?:i|we) (?:be )?worr\w+|worried|worry|sleep|shape|rundown|traffic lights?|scorecard|state of|hoe gaat|morning (?:check|report|briefing)|summary|briefing|sitrep|at a glance|como estao|in good shape|saude|struggling",
    "METRIC": r"error pages?|(?:feel|feels|felt) slow|sluggish\w*|cpu|processor|latency|latencies|response times?|5xx|500s|error rate|errors? per|requests?|throughput|connections|memory|disk(?: space| usage| full)?|queue(?: age| depth| length| backlog)?|backlog|"
    r"nat (?:bytes|traffic|throughput|volume)|bytes|utili[sz]ation|load|slow\w*|traffic|lambda errors|invocations|how busy|busy|iops|metrics?|p99|p95|server errors|responsive\w*|lag\w*|http errors|doorlooptijd|belasting|latencia|gigabytes|performance",
    "LOGS": r"(?!(?<!the )(?<!our )(?<!an )(?<!a )(?<!error )(?<!access )(?<!audit )log (?:in|on|into|onto|out|off)\b(?! (?:the |our )?(?:<|logs?\b)))logs?|time-?outs?|log lines?|error (?:messages?|logs?|lines?)|logged errors?|stack ?traces?|exceptions?|errors?|fouten|foutmeldingen|erros?|logging|logregels|log entries|tracebacks?|error output",
    "BACKUP": r"(?:safety|nightly|spare|daily|reserve) cop(?:y|ies)|cop(?:y|ies) (?:[\w<>]+ ){0,4}(?:made|taken|failed|fail|missing|went wrong)|backups?|backed[- ]up|back(?:ed|ing)? (?:\w+ )?up|restore points?|recovery points?|reservekopie\w*|back-ups?|copia de seguranca|backup jobs?|restorable|restore|vault|copias",
    "PATCH": r"(?:all|any|the|their|its|those|these|latest|security|pending|outstanding) updates(?: installed| applied)?|updates (?:missing|installed|applied|outstanding|pending|behind)|behind (?:on|with) (?:\w+ )?updates|patch\w*|unpatched|security updates|(?:os|windows|linux|software|system) updates|missing updates|updates missing|behind on updates|up[- ]to[- ]date|out of date|bijgewerkt|hotfix\w*|not updated|outdated (?:servers?|machines|instances|systems|os)|atualiza\w+",
    "QUOTA": r"quotas?|(?:service |account |aws )?limits?|running (?:out|low)(?: of| on)?|run out|headroom|ceilings?|capacity|vcpus?|limiet\w*|maxed|max out|hit the wall|hitting the|limites?|almost full|bump(?:ing)? (?:into|against)|cap|close to the (?:edge|max\w*)|constraints?",
    "DEPLOY": r"(?:go|goes|going|gone|went) (?:live|into production)|deploy\w*|releas\w+|roll(?:ed)? ?-?outs?|roll(?:ed)?[- ]?backs?|ship(?:ped|s|ping)?|went live|go-?live|pushed to|uitgerold|versions?|implanta\w+|rollouts?|pushed",
    "CHANGES": r"what (?:else )?(?:has |have |was |is |got |all )?(?:been )?(?:chang\w+|happen\w*|altered|modified|different|new|touched)|(?:recent|latest|infrastructure|any|all|which|last|write|infra|configuration|the|what|many) changes?|changes? (?:made|in|to|on|were|since|around|before|happened|<p>)|chang(?:ed|es)|modifications?|alter(?:ed|ations?|ing)?|wijziging\w*|mudancas?|"
    r"what happened|what went (?:in|on|out)|wat is er (?:veranderd|gebeurd|gewijzigd)|o que mudou|gewijzigd|write (?:events?|calls?|actions?)|change ?log|shipped|anything change|new <p>|was changed|deleted|going on|happened",
    "AWSHEALTH": r"aws (?:health|outages?|incidents?|issues?|problems?|events?|maintenance|side|itself|announc\w+|notices?|notifications?|down)|amazon (?:problems?|down|side|outages?|itself|issues?)|health (?:events?|dashboard|notices?|notifications?|advisor\w*)|"
    r"(?:scheduled|planned|upcoming) (?:maintenance|events?|changes?|retirements?|work|downtime|reboots?)|maintenance|retir\w+|onderhoud|manutencao|aws having|is aws|(?:aws|amazon)(?: 's)? (?:side|end|fault|doing)|personal health|problems? (?:at|with|on) (?:aws|amazon)|issues? (?:at|with) aws|degrad\w+|service events?",
    # things counted
    "INSTANCE": r"instances?|servers?|vms?|virtual machines?|machines?|boxes|hosts?|ec2|servidores|gpus?|nodes?",
    "DATABASE": r"databases?|dbs?|rds|aurora|clusters?|bancos? de dados|schemas?",
    "FUNCTION": r"functions?|lambdas?|functies|funcoes",
    "BUCKET": r"buckets?|s3|emmers?",
    "VOLUME": r"volumes?|disks?|ebs|schijven|drives?",
    "CONTAINER": r"containers?|ecs|fargate|ecs services?|tasks?|microservices?",
    "BALANCER": r"load ?balancers?|albs?|elbs?|nlbs?",
    "RESOURCE": r"resources?|assets|stuff|things|inventory|inventaris|inventario|footprint|everything we (?:have|run|own)",
    "COUNT": r"how many|number of|count|hoeveel|quant[oa]s|aantal",
    "LIST": r"list|which|show|what|give|overview|enumerate|display|name|quais|welke|where|any|all",
    "HAVE": r"do we (?:have|run|own|operate|use)|are there|have we|we have|we run|running|exist\w*|inventory|hebben we|temos|draaien|own|estate|live in|sit(?:ting)? in|are (?:in|running|stopped)|stopped",
    "ACCOUNTS": r"(?:aws )?accounts?|rekeningen|contas",
    "RELATED": r"related|connected|linked?|correlat\w+|anything to do with|something to do with|caused by|because of|coincid\w+|due to|connection (?:between|with)|result of|tied to|consequence|have to do with|verband|relacionad\w+|relationship|same (?:cause|thing|time)|explain\w* by|at the same time|blame|behind it|lead to|led to|triggered by|match(?:es)? up|line(?:s)? up",
}  # fmt: skip
CONCEPTS = {name: re.compile(rf"(?<![\w<./-])(?:{pattern})s?(?![\w>-])") for name, pattern in _CONCEPTS.items()}
_PLAIN_WORD = re.compile(r"(?<![a-z\\\[])[a-z]{4,}(?![a-z\\(\[])")


@lru_cache(maxsize=512)
def concepts_in(text: str) -> frozenset[str]:
    """The concepts that a text speaks of."""
    return frozenset(name for name, pattern in CONCEPTS.items() if pattern.search(text))


def vocabulary() -> frozenset[str]:
    """Plain words of the lexicon, against which misspellings are corrected."""
    return frozenset(word for pattern in _CONCEPTS.values() for word in _PLAIN_WORD.findall(pattern))
