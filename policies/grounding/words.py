"""What the plain words around a figure say: content stems for comparing labels, and words of direction and basis."""

from __future__ import annotations

import re
from functools import lru_cache

from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact

UP = frozenset(
    listing(
        "rose rise rises risen rising increase increased increases increasing grew grow grown "
        "growth up higher more climbed jumped surged gained added extra gestegen steeg stegen "
        "stijgen stijgt stijging meer hoger toename aumentou aumento subiu mais gain"
    )
)
DOWN = frozenset(
    listing(
        "fell fall falls fallen falling decrease decreased decreases decreasing dropped drop drops "
        "down lower less declined decline shrank reduced reduction fewer gedaald daalde daalden "
        "dalen daalt daling minder lager afname caiu queda menos redução slipped shrunk"
    )
)
_CHANGE = frozenset(
    listing(
        "change changed difference delta increase increases decrease decreases rise fall growth "
        "drop versus vs compared movement swing verschil verandering variação"
    )
)
DENIAL = re.compile(
    r"\b(?:not|no|never|without|non|fail\w*|miss\w*|lack\w*|unable|n't|niet|geen|zonder|mislukt\w*|não|sem|off|un\w{3,}ed)\b|n't|n\u2019t"
)
"""Words that say that something is not so."""
_DECREASE = frozenset(listing("decrease fall drop reduction saving savings decline"))
_STOP = frozenset(
    listing(
        "a an the of in on at for to from by with and or but is are was were be been has have had "
        "it its this that these those we our you your they their there which who what as than then "
        "so all any each per over under between into out about roughly around after before during "
        "since until also only just now still last previous next month week day year quarter i he "
        "she will would can could should may might do does did one het de een van en in op is was "
        "met voor naar uit dat die er o a os as um uma de do da dos das no na em e foi é com para "
        "por que we're it's came comes come stood stands amounts amount amounted reached most more "
        "less very much many other part figure number count january february march april june july "
        "august september october november december to-date date net gross usd eur gbp percent "
        "against vs versus compared percentage points account accounts team venue service services amazon aws"
    )
)
_SAME = {
    word: group[0]
    for group in (
        listing(
            "spend spent cost costs spending bill charge charges paid expense expenditure invoice "
            "kosten uitgaven gasto gastos custo custos spends cost-wise"
        ),
        listing(
            "change changed changes difference delta stegen daalden increase increased decrease "
            "decreased rise rose rising fall fell fallen growth grew drop dropped up down climbed "
            "jumped declined decline higher lower stijging daling gestegen steeg gedaald daalde toename "
            "afname aumento aumentou subiu caiu queda surged shrank movement"
        ),
        listing("total altogether overall sum combined add adds totaal totale"),
        listing("share proportion portion slice aandeel parte accounted accounts-for"),
        listing("average mean averaged gemiddeld gemiddelde média"),
        listing("highest largest biggest most-expensive peak hoogste grootste maior m\u00e1ximo maximum"),
        listing("lowest smallest cheapest laagste kleinste menor m\u00ednimo minimum"),
        listing("forecast projected projection predicted heading verwacht prognose previsão"),
        listing("finding findings issue issues bevindingen bevinding achados"),
        listing("key keys sleutel sleutels chave chaves"),
        listing("user users gebruiker gebruikers utilizador utilizadores usu\u00e1rio usu\u00e1rios"),
        listing("critical kritiek kritieke cr\u00edtico cr\u00edtica cr\u00edticos cr\u00edticas"),
        listing("high hoog hoge alto alta altos altas elevada"),
        listing("low laag lage baixo baixa baixos baixas"),
        listing("medium middelhoog gemiddelde-ernst m\u00e9dio m\u00e9dios"),
        listing("limit limiet limite ceiling"),
        listing("budget budgets or\u00e7amento or\u00e7amentos begroting"),
        listing("backup backups back-up back-ups reservekopie"),
        listing("encryption encrypted encrypt versleuteld versleuteling encripta\u00e7\u00e3o encriptado cifrado"),
        listing("vulnerability vulnerabilities kwetsbaarheid kwetsbaarheden vulnerabilidade vulnerabilidades"),
        listing("threat threats dreiging dreigingen amea\u00e7a amea\u00e7as"),
        listing("rule rules regel regels regra regras"),
        listing("day days daily dag dagen dia dias di\u00e1rio"),
        listing("month months monthly maand maanden maandelijks m\u00eas meses mensal"),
        listing("open opened abertos aberto abertas openstaand openstaande"),
        listing("firing fired fire afgegaan disparar dispararam"),
        listing("rotation rotate rotated rotates roteren roteert rota\u00e7\u00e3o"),
        listing("automatic automatically automatisch automatische autom\u00e1tica"),
        listing("credit credits cr\u00e9dito cr\u00e9ditos tegoed"),
        listing("password passwords wachtwoord palavra-passe"),
        listing("instance instances machine machines server servers inst\u00e2ncia inst\u00e2ncias"),
        listing("resource resources recurso recursos"),
        listing("volume volumes schijf schijven"),
        listing("deployment deployments deploy deployed uitrol"),
        ["saving", "savings", "save", "saved", "besparing"],
        ["oldest", "longest", "age"],
        listing("failing failed fail fails failure failures mislukt"),
        ["use", "used", "unused", "usage"],
        ["exposed", "public", "publicly", "openbaar"],
        ["tag", "tagged", "untagged", "tags"],
        listing("not never without no non niet geen zonder não sem cannot didn didnt doesn don"),
        listing("complete completed succeed succeeded success successful gelukt geslaagd voltooid conclu\u00eddos"),
        listing("miss missing missed misses lack lacks"),
        ["alarm", "alarms", "alert", "alerts"],
    )
    for word in group
}

MOVED = (
    UP
    | DOWN
    | _CHANGE
    | frozenset(
        listing(
            "above below over under than against jump jumped swing shift shifted swung saved spike "
            "spiked surge plus minus boven onder tegen dan acima abaixo contra worse better improved "
            "worsened gained lost went moved extra driver drivers explain explains explained contributed "
            "gap kloof verschil diferen\u00e7a cheaper dearer goedkoper duurder contribution cause causes oorzaak face"
        )
    )
)
"""Words of which at least one stands near a figure that says how much something moved."""


_NOT_DONE = re.compile(
    r"\b(?:(?:not|niet|n\u00e3o|geen|n't|never|none)(?: \w+){0,2} (?:complet\w*|succe\w*|finish\w*|gelukt|"
    r"geslaagd\w*|voltooid|afgerond|conclu\w*|termin\w*)|"
    r"unsuccessful\w*)\b"
)


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """Content words of a text, folded to a stem; `venue-utrecht` gives both parts."""
    out = set()
    for word in re.findall(r"[^\W_]+", _NOT_DONE.sub(" failed ", text.lower())):
        if word in _STOP or word.isdigit() or len(word) < 2:
            continue
        if word.startswith("un") and len(word) > 6 and word.endswith("ed"):
            out.add("not")
            word = word[2:]
        out.add(_SAME.get(word) or _stem(word))
    return frozenset(out)


_NOUNS_OF_VERBS = re.compile(r"(?<=\w{5})(?:ion|al)$|(?<=\w{4})e$")
"""Endings by which `rotate`, `rotation` and `automatic`, `automatically` differ."""


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for tail in ("ing", "ed", "ly"):
        if word.endswith(tail) and len(word) > len(tail) + 3:
            word = word[: -len(tail)]
            break
    if word in _SAME:
        return _SAME[word]
    return _NOUNS_OF_VERBS.sub("", word) or word


def plain(text: str) -> list[str]:
    """Lower-case words in order."""
    return re.findall(r"[^\W\d_]+", text.lower())


_IDENTIFIER = re.compile(r"\w*_\w*")
"""`AWS_ACM_RENEWAL_STATE_CHANGE` is a name, whatever words are in it."""


@lru_cache(maxsize=8192)
def _label_words(label: str) -> frozenset[str]:
    return frozenset(plain(_IDENTIFIER.sub(" ", label)))


def is_change(fact: Fact) -> bool:
    """Whether a fact says how much something moved."""
    if fact.unit == "percentage points" or _label_words(fact.label) & _CHANGE:
        return units.is_number(fact.unit)
    formula = fact.formula or ""
    return bool(fact.derived_from) and bool(re.search(r"differ|change|delta| - ", formula))


def way(fact: Fact) -> int:
    """Which way a change went: 1 up, -1 down, 0 neither or no change at all."""
    if not is_change(fact) or isinstance(fact.value, str) or fact.value == 0:
        return 0
    sign = 1 if fact.value > 0 else -1
    down_label = _label_words(fact.label) & _DECREASE and not _label_words(fact.label) & {
        "change",
        "increase",
        "difference",
    }
    return -1 if down_label and sign > 0 else sign


def fact_stems(fact: Fact) -> frozenset[str]:
    """Content stems of what identifies a fact: label, filters, and accounts if few."""
    names = [*fact.scope.where.values(), *(fact.scope.accounts if len(fact.scope.accounts) <= 3 else ())]
    return stems(" ".join([fact.label, *names]))
