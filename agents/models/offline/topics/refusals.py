"""Refusals: requests to change something, and questions that no AWS data can answer."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.plan import Abstention

_LEAD = (
    r"(?:please|pls|kindly|hey|hi|hello|regent|ok|okay|now|then|and|also|just|at least|go ahead and|quickly|immediately|can you|could you|would you|will you|"
    r"can we|could we|can i|could i|may i|shall we|should we|let us|i want (?:you )?to|i need (?:you )?to|i would like (?:you )?to|i d like (?:you )?to|we need to|we want to|we have to|you (?:should|must|need to|can)|"
    r"how (?:do|can|would) (?:i|we|you)|help (?:me|us)(?: to)?|make sure (?:to|you)|try to|be so kind (?:as )?to|kun je|kan je|wil je|graag|pode|poderia|por favor|alsjeblieft|,|for me|us|to)"
)
_VERB = (
    r"delete|remove|drop|stop|start|restart|reboot|terminate|destroy|create|close|block|unblock|revoke|rotate|disable|enable|fix|repair|patch|change|modify|"
    r"set|raise|increase|decrease|lower|bump|buy|purchase|order|scale|deploy|redeploy|roll ?back|roll out|revert|restore|resize|downsize|move|tag|encrypt|decrypt|apply|add|grant|lock|"
    r"unlock|kill|shut ?down|shut|turn (?:off|on)|turn|switch (?:off|on)|switch|snooze|mute|silence|acknowledge|ack|cancel|upgrade|update|migrate|launch|provision|attach|detach|"
    r"enforce|require|activate|deactivate|whitelist|blacklist|allowlist|ban|kick|expel|evict|suspend|freeze|unfreeze|harden|secure|expire|retire|decommission|drain|failover|fail over|reroute|redirect|reassign|onboard|offboard|invite|notify|schedule|negotiate|publish|expose|share|unshare|copy|clone|duplicate|back up|backup|sync|replicate|invoke|recreate|replace|swap|book|pause|resume|throttle|tighten|loosen|restrict|permit|forbid|deny|hide|clear|purge|empty|erase|drop|halt|abort|retry|rerun|re-run|redo|undo|downgrade|shrink|expand|grow|double|halve|cut|reduce|prune|fire up|spin up|bring (?:up|down|back)|install|reset|suppress|archive|rename|transfer|quarantine|isolate|wipe|clean up|make|put|resolve|open(?: up)?|extend|renew|approve|assign|configure|execute|trigger|"
    r"verwijder|stopzetten|herstart|zet|maak|sluit|apague|apagar|exclua|desligue|desligar|pare|crie|remova|feche|reinicie"
)
_DUTCH_VERB = (
    r"blokkeren|deblokkeren|verwijderen|wissen|opruimen|stoppen|stopzetten|starten|herstarten|uitzetten|aanzetten|uitschakelen|inschakelen|afsluiten|sluiten|openzetten|"
    r"aanmaken|wijzigen|aanpassen|verhogen|verlagen|intrekken|deactiveren|activeren|versleutelen|roteren|terugdraaien|herstellen|toevoegen|opschalen|afschalen|patchen|updaten|upgraden"
)
CHANGE_VERBS = frozenset(re.findall(r"[a-z]{3,}", f"{_VERB}|{_DUTCH_VERB}"))
"""Words that ask for a change, so that they are not taken for misspellings of others."""
_OBJECT = (
    r"(?:the|a|an|all|any|my|our|this|that|these|those|it|them|every|everything|each|user|port|more|mfa|<\w+>|server|servers|instance|instances|alarm|bucket|role|"
    r"root|us|key|keys|one|two|both|old|unused|idle|public|access|everyone|me an?|de|het|die|o|a|as|os|\d+|another|new|some|encryption|logging|rotation|versioning|it|him|her|his|"
    r"untagged|unencrypted|backups?|s3|ec2|rds|to version|budget|quota|tags?|buckets?|volumes?|security)"
)
_NOT_CHANGE = re.compile(
    r"^(?:\S+ ){0,6}?(?:create|make|put together|set|add|start|open|update|run|move|change|order|raise|extend) (?:me |us )?(?:a |an |the |your |with |by )*(?:\w+ ){0,3}"
    r"(?:report|overview|list|summary|table|chart|graph|comparison|briefing|breakdown|ranking|findings|alarms|issues|sense|sure|cases|with"
    r"|picture|timeline|chronology|inventory|sketch|calculation|estimate|projection|selection|distinction|case|note|statement|sheet|matrix|profile)\b"
    r"|^(?:\S+ ){0,2}?(?:should|shall|must|ought) (?:we|i) (?:to )?(?:buy|purchase|order|get|renew|extend|take|add|commit to) (?:\S+ ){0,4}?(?:savings plans?|reserv\w+|ris?|commitments?)\b(?!.*\b(?:do it|go ahead|buy (?:it|them))\b)"
    r"|^(?:\S+ ){0,2}?back ?up (?:keys?|plans?|vaults?|jobs?|polic(?:y|ies)|costs?|status|windows?|schedules?|copies|alarms?|failures?|reports?)\b"
    r"|^(?:\S+ ){0,2}?back ?up (?:(?:of|in|at|for|the|all) )*\S+ (?:has |have |is |was |were )?(?:failed|fails|failing|succeeded|ran|worked|completed|missed|missing|broken|ok|okay|status|late)\b"
)
"""Words that look like those for a change in AWS: what is to be made is an answer, what is to be bought is asked advice on
that AWS gives, and a backup may be the thing itself."""
_IMPERATIVE = re.compile(rf"^(?:{_LEAD} )*(?:{_VERB}) {_OBJECT}(?![\w-])")
_GRANT = re.compile(
    rf"^(?:{_LEAD} )*give (?!me (?:a|an|the|all|some) (?:list|over|sum|rep|numb|fig|break|stat|tot|tab|detail)).*\b(?:access|permissions?|rights|admin\w*|privileges?)\b"
)
_LATER = re.compile(
    rf"(?:,|;|\band\b|\bthen\b|\?) (?:please |then |also )*(?:{_VERB}) (?:it|them|that|those|all of them|the \w+|him|her|this)(?: \w+)?(?: |$|\?)"
)
_DUTCH_REQUEST = re.compile(
    rf"^(?:\w+ ){{0,3}}?(?:kun|kunt|kan|wil|wilt|zou|mag) (?:je|jij|u|ik|we|wij|jullie) (?!.*\b(?:who|what|which|when|where|how|why|show|list|zien|tonen|vertellen|laten|zeggen)\b)"
    rf"(?:[\w<>'-]+ ){{1,8}}?(?:{_DUTCH_VERB})\W*$"
)
"""The verb of a Dutch request stands last: "kun je deze gebruiker blokkeren?"."""
_ASKING = re.compile(
    r"^(?:who|what|which|when|why|how (?:many|much|often|did|has|have|is|are|was|were)|where|did|was|were|is|are|has|have|does|do|show|list|tell|give|any)\b"
)

_OUTSIDE = re.compile(
    r"(?<![\w-])(?:weather|rain\w*|sunny|temperature outside|forecast for rain|revenues?|turnover|omzet|receita|profits?|margins?|ggr|winnings|jackpots?|players?|spelers?|jogador\w*|gamblers?|"
    r"customers?|guests?|visitors?|roulette|blackjack|poker|slot machines?|croupiers?|dealers?|bets? (?:were |was )?placed|wagers?|salar\w+|wages?|payroll|headcount|"
    r"employees?|staff|holidays?|vacation|lunch|dinner|coffee|restaurants?|stock price|share price|stock market|bitcoin|football|soccer|match score|news|elections?|president|prime minister|"
    r"competitors?|azure|gcp|google cloud|microsoft|office 365|m365|oracle cloud|salesforce|jira|github|gitlab|slack channel|confluence|joke|poem|song|story about|recipe|"
    r"(?:the|my|your|his|her|their|root|admin|wi-?fi|what) (?:[\w.-]+ )?passwords?(?! (?:polic\w+|age|last|older|rotat\w+))|passwords? (?:of|for)|passcode|pin code|secret values?|credit cards?|phone number|home address|birthday|horoscope|lottery|"
    r"carbon|co2|emissions?|sustainab\w+|meaning of life|capital of|translate|exchange rate|lawsuit|licen[cs]e conditions|legal advice|(?:the|a|one) (?:euro|dollar|pound|yen|franc|real)(?! (?:amounts?|values?|figures?|costs?|totals?|bills?|spend|sum))\b[^?]*\b(?:worth|waard|strong(?:er)?|weak(?:er)?)|(?:value|price|rate|course) of the (?:euro|dollar|pound|yen|franc|real)|happiness|satisfaction|"
    r"wachtwoord\w*|weer (?:vandaag|morgen|in)|senhas?|clima hoje|tempo hoje|salarios?|market share|marketing campaign|advertis\w+|table games?|chips|"
    r"love|marry|dating|girlfriend|boyfriend|sick leave|gossip|hire|tax return|vat return|interest rates?)(?![\w-])"
)


def is_outside(word: str) -> bool:
    """Whether a single word speaks of what lies outside AWS data."""
    return bool(_OUTSIDE.search(word))


_OPINION = re.compile(
    r"\b(?:happy with (?:us|me)|do you (?:feel|like|prefer|recommend)|do you (?:think|believe)(?! ?\??$)|your (?:opinion|view|favou?rite|thoughts|feelings?|take)|what do you think|in your view|"
    r"who is (?:the )?(?:best|worst|laziest|smartest|nicest|most (?:competent|incompetent|capable))|should (?:we|i) (?:fire|hire|trust|promote|sack|leave|move to|switch to|sell|invest)|is it (?:fair|ethical|moral)|"
    r"better than (?:azure|gcp|google)|how do you feel|are you (?:happy|human|alive|conscious|sentient|a robot|an ai)|who are you|what are you|who made you|good at (?:his|her|their) job|"
    r"(?:ignore|forget|disregard|override|bypass) (?:all |any |your |the |previous |prior |these |those |my )*(?:instructions?|rules?|prompts?|polic\w+|guardrails?|restrictions?)|system prompt|"
    r"pretend (?:to be|you|that)|act as|role-?play|jailbreak|developer mode|contents? of (?:the |a |my |our )?(?:files?|emails?|messages?|documents?|secrets?)|read (?:me )?(?:the )?(?:emails?|files?)|show (?:me )?(?:the )?(?:private|secret) keys?)\b"
)
OTHER_MONEY = r"(?:euro'?s?|eur|pounds?(?: sterling)?|sterling|gbp|reais|brl|(?:swiss )?francs?|chf|yen|jpy)"
"""Currencies that AWS does not bill in here."""
_CONVERT = re.compile(
    rf"^\W*(?:(?:and|but|so|ok|or|now|no|please|pls|can|could|you|we|what|how much|is|are|was|were|would|be|does|that|this|it|those|these|the|same|show|give|tell|me|us|have|get|convert\w*|in|into|to|as|make|figures?|amounts?|totals?|all|sum|come|comes)\b\W*)*\b(?:in|to|into|as) {OTHER_MONEY}\W*(?:please|pls|instead|graag|then)?\W*$"
)
"""Another currency is wanted, and nothing else."""
NOT_CONVERTED = "Regent converts no currencies: it tells amounts as AWS bills them, with their currency beside them."
_INSIDE = re.compile(
    r"\b(?:(?:slot[- ]?machines?|slots?|jackpots?|roulette|poker|blackjack|table[- ]games?|croupiers?|dealers?|revenue|payroll|salary|hr|holiday|restaurant|players?|customers?|guests?)[- ](?:servers?|hosts?|instances?|computers?|boxes|vms?|systems?|clusters?|databases?|functions?|services?|buckets?|volumes?|queues?)|(?:player|customer|guest|staff|employee|password)s?[- ](?:database|db|table|api|service|bucket|portal|data|app|site|polic\w+|facing)|public to customers|(?:did|do|does|are|were|was|have|has) (?:our |the |any )?(?:players?|customers?|guests?|visitors?) (?:\w+ )?(?:get|got|see|seeing|seen|experienc\w*|notic\w*|hit|face|feel|felt|affected|impacted|getting)|(?:affect|impact|hurt|hit)\w* (?:our |the |any )?(?:players?|customers?|guests?|visitors?)|(?:for|by) (?:our |the )?(?:players?|customers?|guests?))\b"
)

READ_ONLY = "Regent only reads: it can look at cost, security and operations, but it cannot change anything in AWS."
HOLDS_NO_SECRETS = (
    "Regent holds no passwords, keys or other secrets, and can not read any: "
    "it sees who has them, and how old they are."
)
_SECRET = re.compile(
    r"^(?:please |can you |could you )*(?:give|show|tell|send|hand|what (?:is|are)|i need|i want|read) (?:me |us |over )?(?:out )?(?:the |my |our |all |an? |your )*(?:[\w.<>-]+ ){0,2}?"
    r"(?:passwords?|passcodes?|secret (?:access )?(?:keys?|values?)|private keys?|credentials)(?: (?:of|for|to|from|in)\b|\W*$)"
)
"""A secret itself is wanted, and not what is known of it: its age, its owner, its policy."""
CANNOT_KNOW = (
    "Regent cannot know that: it only sees what the AWS accounts themselves report about cost, security and operations."
)


_THING = r"(?:resources?|databases?|dbs?|volumes?|disks?|instances?|servers?|machines?|buckets?|tables?|systems?|accounts?|anything|everything|things?|what|which|something|workloads?|file systems?|services?)"
_NO_BACKUP = re.compile(
    rf"\b{_THING}\b(?: [\w<>-]+){{0,4}}? (?:(?:have|has|had|with|got|get|having|show) (?:absolutely )?no (?:\w+ )?backups?|without (?:any |a |an )?(?:\w+ )?backups?|lack\w* (?:of )?(?:any |a )?backups?|miss\w* (?:from )?(?:any |a |the |their )?backups?"
    r"|(?:have|has|do|does)(?: not|n't) (?:have |got )?(?:any |a )?backups?|(?:not|never|n't|isn't|aren't|un)(?: being| been| yet| ever)? ?(?:backed[- ]?up|back(?:ed)? up|covered by|protected by|in|part of|under)(?: (?:any |a |the |aws )*(?:backups?|backup plans?))?"
    r"|unprotected by (?:any |a |aws )*backups?|outside (?:of )?(?:any |a |the |all )*backup plans?|no backups? at all)(?![\w-])"
)
_ABOUT_BACKUP = re.compile(r"\bback(?:ed)?[- ]?ups?\b")
UNPROTECTED = (
    "Regent cannot know that: it reads the backup jobs that ran, and a resource that no job ever ran for is in none of them. "
    "Ask for the backup jobs, or those that failed, to see what was backed up."
)


def unprotected(text: str) -> Abstention | None:
    """An abstention if what has no backup at all is asked for, else None; of one night the jobs tell."""
    if "<p>" in text or not _ABOUT_BACKUP.search(text) or not _NO_BACKUP.search(text):
        return None
    return Abstention(kind="cannot_know", text=UNPROTECTED)


_REGIME = re.compile(
    r"\b(?:pci(?:[- ]?dss)?|soc ?[123]|iso ?27\d{3}|gdpr|avg|lgpd|hipaa|nist|dora|nis ?2|fedramp|sox)\b.{0,20}\b(?:complian\w+|certifi\w+|ready|audit\w*)\b"
    r"|\b(?:complian\w+|comply\w*|certifi\w+|ready|conform\w*|adhere)\b.{0,20}\b(?:pci(?:[- ]?dss)?|soc ?[123]|iso ?27\d{3}|gdpr|avg|lgpd|hipaa|nist|dora|nis ?2|fedramp|sox)\b"
)
_LAW = re.compile(
    r"\b(?:complian\w+|comply\w*|conform\w*|adhere|in line|in breach|violat\w+|break\w*)\b.{0,40}\b(?:laws?|legislation|regulators?|licen[cs]ing|(?:gambling|gaming|betting|casino|privacy) (?:act|rules|regulations?|authority|licen[cs]es?))\b"
)
_RESPONSIBLE = re.compile(
    r"^(?:and |so |but )*who (?:is|are) (?:responsible|accountable|to answer) (?:for|of) (?:it|them|this|that|these|those)\b"
)
NOT_ASSESSED = (
    "Regent does not assess laws and standards, so it cannot say whether you comply with one. "
    "It reads the rules of AWS Config and the findings of Security Hub: ask for the rules that fail, or the open findings."
)


def unassessed(text: str) -> Abstention | None:
    """An abstention if a law or standard, or who answers for something, is asked about: neither is in what AWS reports."""
    if _REGIME.search(text) or _LAW.search(text):
        return Abstention(kind="cannot_know", text=NOT_ASSESSED)
    return Abstention(kind="cannot_know", text=CANNOT_KNOW) if _RESPONSIBLE.search(text) else None


def refusal(text: str, flat: str) -> Abstention | None:
    """An abstention if the (masked) text asks for a change or for what lies outside AWS data, else None."""
    if _SECRET.search(flat):
        return Abstention(kind="cannot_know", text=HOLDS_NO_SECRETS)
    if _asks_change(text):
        return Abstention(kind="read_only", text=READ_ONLY)
    if _CONVERT.search(flat):
        return Abstention(kind="cannot_know", text=NOT_CONVERTED)
    if _OUTSIDE.search(_INSIDE.sub(" ", flat)) or _OPINION.search(flat):
        return Abstention(kind="cannot_know", text=CANNOT_KNOW)
    return None


def _asks_change(text: str) -> bool:
    if _NOT_CHANGE.search(text):
        return False
    if _GRANT.search(text):
        return True
    if (not _ASKING.match(text) and _IMPERATIVE.search(text)) or _DUTCH_REQUEST.match(text):
        return True
    if re.match(r"^(?:how (?:do|can|would) (?:i|we|you)) ", text) and _IMPERATIVE.search(text):
        return True
    return bool(_LATER.search(text)) and not re.match(r"^(?:who|which (?:user|role|person)|did)\b", text)
