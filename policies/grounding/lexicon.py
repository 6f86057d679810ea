"""Words that carry figures, in English, Dutch and Portuguese, and the short list of harmless ones.

Harmless (`HARMLESS`), because they state no figure: the pronoun uses of "one" (one of the, no one, this one, one
another, one by one), counts of the answer's own points (two things, three reasons), "first" and the adverbs (firstly;
"Second, ..."), "a second" as a moment, "24/7", list numbers at the start of a line that count up from 1, and the names
in `NAMES` (S3, EC2, Route 53, ISO 42001, SOC 2, TLS 1.2, SHA-256, 5xx and the like). Any other word with a digit in it
(an id, a version, an instance type, a region, a task definition) must stand in a fact's value, label or scope, or be a
name that the question used.
"""

from __future__ import annotations

import re
from decimal import Decimal

from policies.grounding.wordlist import listing

_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_NL = (
    "nul - twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien"
)
_PT = (
    "- - dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete "
    "dezoito dezenove"
)
_TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
)

SMALL: dict[str, int] = {
    word: n for words in (_EN, _NL, _PT) for n, word in enumerate(words.split()) if word != "-"
} | {word: 10 * n for words in _TENS for n, word in enumerate(words.split(), 2)}
SMALL |= {
    "één": 1,
    "duas": 2,
    "tres": 3,
    "nought": 0,
    "couple": 2,
    "pair": 2,
    "dozen": 12,
    "dozijn": 12,
    "dúzia": 12,
}
SMALL |= {"dezasseis": 16, "dezassete": 17, "dezanove": 19, "nil": 0, "score": 20, "fourty": 40}

SCALE: dict[str, int] = {
    "hundred": 100, "honderd": 100, "cem": 100, "cento": 100, "gross-dozen": 144,
    "thousand": 1000, "duizend": 1000, "mil": 1000,
    "million": 10**6, "miljoen": 10**6, "milhão": 10**6, "milhões": 10**6, "milhao": 10**6, "milhoes": 10**6,
    "mln": 10**6,
    "billion": 10**9, "miljard": 10**9, "bilhão": 10**9, "bilhões": 10**9, "mrd": 10**9, "trillion": 10**12,
}  # fmt: skip
SUFFIX: dict[str, int] = {
    "k": 1000, "m": 10**6, "mm": 10**6, "mn": 10**6, "mio": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12,
}  # fmt: skip
"""Magnitudes glued to a number: `$4k`, `1.2M`, `3bn`."""

FRACTION: dict[str, Decimal] = {
    "half": Decimal(50), "halves": Decimal(50), "helft": Decimal(50), "metade": Decimal(50), "halved": Decimal(-50),
    "quarter": Decimal(25), "quarters": Decimal(25), "kwart": Decimal(25),
    "doubled": Decimal(100), "doubling": Decimal(100), "double": Decimal(100), "doubles": Decimal(100),
    "verdubbeld": Decimal(100), "verdubbelde": Decimal(100), "dobro": Decimal(100), "dobrou": Decimal(100),
    "tripled": Decimal(200), "triple": Decimal(200), "trebled": Decimal(200), "tripling": Decimal(200),
    "quadrupled": Decimal(300), "quadruple": Decimal(300),
    "twice": Decimal(100), "thrice": Decimal(200), "twofold": Decimal(100), "threefold": Decimal(200),
    "tenfold": Decimal(900), "halving": Decimal(-50), "halveerde": Decimal(-50), "gehalveerd": Decimal(-50),
}  # fmt: skip
"""Words for a share or a change, in percent."""

DENOMINATOR = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "eighth": 8, "eighths": 8, "ninth": 9,
    "tenth": 10, "tenths": 10, "twelfth": 12, "hundredth": 100, "derde": 3, "vijfde": 5, "tiende": 10, "terço": 3,
    "terços": 3, "quinto": 5, "décimo": 10,
}  # fmt: skip
ORDINAL = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "twentieth": 20, "tweede": 2, "derde": 3, "vierde": 4,
    "vijfde": 5, "zesde": 6, "segundo": 2, "segunda": 2, "terceiro": 3, "terceira": 3, "quarto": 4, "quarta": 4,
}  # fmt: skip
VAGUE = frozenset(
    listing(
        "hundreds thousands millions billions tens scores dozens umpteen honderden duizenden "
        "miljoenen tientallen centenas milhares dezenas dúzias"
    )
)
"""Figures that no fact can back."""

CURRENCY = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "dólares": "USD", "bucks": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP",
    "pounds": "GBP", "sterling": "GBP", "r$": "BRL", "brl": "BRL", "reais": "BRL", "chf": "CHF",
    "francs": "CHF", "franken": "CHF", "¥": "JPY", "jpy": "JPY", "yen": "JPY", "cad": "CAD", "aud": "AUD",
    "inr": "INR", "₹": "INR", "sek": "SEK", "cents": "CENTS", "cent": "CENTS",
}  # fmt: skip

UNIT = {
    "%": "percent", "percent": "percent", "procent": "percent", "pct": "percent", "pc": "percent",
    "per-cent": "percent",
    "pp": "percentage points", "ppt": "percentage points", "ppts": "percentage points", "pps": "percentage points",
    "procentpunt": "percentage points", "procentpunten": "percentage points",
    "ms": "milliseconds", "millisecond": "milliseconds", "milliseconds": "milliseconds",
    "s": "seconds", "sec": "seconds", "secs": "seconds", "second": "seconds", "seconds": "seconds",
    "seconden": "seconds", "segundos": "seconds", "min": "minutes", "mins": "minutes", "minute": "minutes",
    "minutes": "minutes", "minuut": "minutes", "minuten": "minutes", "minutos": "minutes", "minuto": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours", "uur": "hours", "uren": "hours",
    "hora": "hours", "horas": "hours", "d": "days", "day": "days", "days": "days", "dag": "days", "dagen": "days",
    "dia": "days", "dias": "days", "week": "weeks", "weeks": "weeks", "wk": "weeks", "wks": "weeks",
    "weken": "weeks", "semana": "weeks", "semanas": "weeks", "month": "months", "months": "months",
    "maand": "months", "maanden": "months", "mês": "months", "meses": "months", "year": "years", "years": "years",
    "jaar": "years", "jaren": "years", "ano": "years", "anos": "years", "fortnight": "fortnights",
    "byte": "bytes", "bytes": "bytes", "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "pb": "PB",
    "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB", "kilobytes": "KB", "megabytes": "MB", "gigabytes": "GB",
    "gigabyte": "GB", "terabytes": "TB", "terabyte": "TB",
}  # fmt: skip

NOUNS = {
    word: unit
    for unit, said in {
        "accounts": "contas conta rekeningen",
        "rules": "regels regel regras regra",
        "alarms": "alarmen alarmes alerts alert",
        "findings": "bevindingen bevinding achados achado issues issue",
        "jobs": "taken taak tarefas tarefa back-ups backups",
        "keys": "sleutels sleutel chaves chave",
        "users": "gebruikers gebruiker utilizadores utilizador",
        "changes": "wijzigingen wijziging alterações alteração",
        "services": "diensten dienst serviços serviço",
        "teams": "equipas equipa equipes",
        "venues": "vestigingen vestiging locaties locais",
        "volumes": "schijven discos",
        "vulnerabilities": "kwetsbaarheden kwetsbaarheid vulnerabilidades cves",
        "threats": "dreigingen dreiging ameaças ameaça",
        "deployments": "uitrollen uitrol deploys implementações releases",
        "errors": "fouten fout erros erro lines",
        "events": "gebeurtenissen gebeurtenis eventos evento",
        "instances": "machines servers instâncias instância",
        "regions": "regio's regiões região",
        "resources": "recursos recurso items",
        "roles": "rollen rol funções",
        "envs": "environments environment omgevingen ambientes",
        "buckets": "emmers",
        "recommendations": "aanbevelingen",
        "opportunities": "kansen oportunidades",
        "anomalies": "afwijkingen anomalias",
        "results": "resultaten resultados",
    }.items()
    for word in said.split()
}
"""What is counted, in other words and languages, by the unit that facts use."""

MONTHS = {
    name: n
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr - jun jul aug sep oct nov dec",
        "januari februari maart - mei juni juli augustus - oktober - -",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "- - mrt - - - - - sept okt - -",
    )
    for n, name in enumerate(names.split(), 1)
    if name != "-"
}
WEEKDAYS = {
    name: n
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    )
    for n, name in enumerate(names.split())
}

NAMES = re.compile(
    r"S3|EC2|Route ?53|K8s|IPv[46]|HTTP/[123](?:\.\d)?|[1-5]xx|OAuth ?2(?:\.0)?|TLS ?1\.[0-3]|SHA-?(?:1|256|384|512)|"
    r"AES-?(?:128|256)|RSA-?(?:2048|4096)|ISO(?:/IEC)? ?(?:42001|27001|27017|27018|27701|"
    r"9001)(?::20\d\d)?|SOC ?[123]|"
    r"PCI[ -]DSS ?[34]\.\d|Log4j|Log4Shell|X\.509|B2B|B2C|L[1-7]|Web3|Ed25519|MD5|T-?SQL|P2P|FIDO2|WebAuthn2|c2sp|"
    r"base64|UTF-8|24/7|(?:level|tier|appendix|annex) A(?:\.\d{1,2}){1,3}|A(?:\.\d{1,2}){2,3}"
)
"""Names with a digit that are words, not figures. Matched whole, case as written."""

HARMLESS = re.compile(
    r"(?:no|any|some|every|each|this|that|which|the other|another|the only|the big|the new|the same|"
    r"the last|the next) "
    r"one\b(?! (?:percent|per cent|of the \w+ (?:were|was)))|"
    r"(?:one|two|three|four|five|six|twee|drie|vier|duas|dois|tr\u00eas) (?:[^\W\d_]+ )?(?:things?|points?|"
    r"reasons?|steps?|causes?|"
    r"remarks?|observations?|notes?|questions?|caveats?|options?|ways?|sides?|patterns?|topics?|lines?|parts?|views?|themes?|"
    r"exceptions?|examples?|possibilities|explanations?|factors?|problems?|matters?|dingen|zaken|redenen|oorzaken|punten|opties|"
    r"vragen|coisas|raz\u00f5es|causas|pontos|op\u00e7\u00f5es|perguntas)\b|"
    r"(?:step|section|chapter|paragraph|option|phase|point|stap|passo|op\u00e7\u00e3o) \d{1,2}\b|24 hours a day|"
    r"seven days a week|"
    r"(?:a |one )?(?:day|week|month) or two\b|(?:second|third|fourth|fifth)(?=,)|"
    r"(?:quick|short|easy|tough|tricky|hard|simple|odd|clear|real|most \w{1,20}|(?<!\w)\w{1,20}(?:ed|"
    r"est|er|ing)|last|first|next|new|old|big|small|main|good|bad) one(?= (?:is|was|has|had|in|from|"
    r"on|at|that|which|who|with|dates|took|came)\b|[.,;:!?)])|"
    r"one (?:of|another|by one|way|thing|place|should|can|could|may|might|must|would|needs|more time|"
    r"after the other)\b|"
    r"one-(?:off|time|sided|way|to-one|stop|by-one)\b|at one (?:point|time)\b|one day\b(?! (?:ago|"
    r"later|earlier|after|before))|"
    r"one (?:day|week|month|quarter|year) to (?:the next|another)\b|"
    r"one each\b|ten (?:opzichte|minste|slotte|behoeve|gevolge|aanzien|koste|onrechte|hoogste|laatste|"
    r"eerste|tweede|derde|vierde|vijfde)\b|op (?:\u00e9\u00e9n|een) na\b|derde partij(?:en)?\b|"
    r"(?:primeira|segunda) metade\b|(?:eerste|tweede) helft\b|(?:first|second) half(?= of\b)|"
    r"(?:the|a|an|this|that|each|every) (?:(?!is |are |was |were |has |had |in |of |on |at |for |and |or )"
    r"[^\W\d_]{2,20} ){1,2}one\b(?= (?:is|was|has|had|in|from|on|at|that|which|who|with|belongs?|listed|here|there|"
    r"comes?|dates|took|came|runs?|costs?|ends?|so|and|sits?|stands?|of|by|to)\b|[.,;:!?)])|"
    r"the one\b|(?:a|the|every|per|each|this|that|split|last) second(?=[\s.,;]*(?:$|[.,;]|after|"
    r"before|later|time\b))|"
    r"(?:rather than|not just|instead of) one\b|segundo(?= (?:as?|os?) )|"
    r"per (?:second|month|year|quarter|day|hour|week)\b|second(?:ary|-guess|ly)|third(?:ly|[- ]part(?:y|ies))|"
    r"(?:a |on |in )?second(?:-hand| thoughts?| opinion)|per quarter|(?:each|every|this|last|next|"
    r"previous|the) quarter\b|"
    r"quarter(?:ly|-end|-on-quarter)|double[- ]?check\w*|double-edged|acht(?= nemen)|half(?:way|-hearted)|"
    r"a couple things|for one\b|ten to one|pair(?:ed|ing)|same pair|real(?:ly|[- ]time)|the real\b",
    re.IGNORECASE,
)
"""Phrases in which a number word states no figure."""

ROUGHLY = frozenset(
    listing(
        "about around roughly approximately approx approx. circa ca ca. ~ ≈ some nearly almost "
        "ongeveer bijna zo'n rond cerca aproximadamente quase"
    )
)
"""Marks that a literal figure is rounded."""
