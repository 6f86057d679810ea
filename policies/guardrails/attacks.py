"""Attacks on the agent's instructions, recognised in a question by rules. Each rule has a name for the ledger.

A rule looks for an order to the agent about its own instructions or controls. A question about other things that uses
the same words ("which budgets ignore the credits policy?") is not an order, so most rules do not count where the clause
is a question. These rules are one layer: whatever passes them still meets the gate, the allow-list and grounding.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from policies.guardrails.cleaning import clean, latin

# Patterns are matched against lower case without accents, so "esqueça" is written "esqueca".
_GAP = r"[^.?!\n]{0,40}?"
_IGNORE = (
    r"\b(?:ignor(?:e|ing|ier\w*|a|ad|en|ez|es|ar|ieren)|disregard|forget|override|overrule|bypass|circumvent|neglect|"
    r"set aside|put aside|pay no attention to|(?:do not|don't|dont|stop|no longer) (?:follow|obey|apply|us)\w*|"
    r"throw away|erase|delete|drop|negeer|vergeet|omzeil|trek je niets aan van|vergiss|vergessen sie|missachte\w*|"
    r"umgeh\w+|ubergeh\w+|oublie\w*|contourne\w*|ne (?:suis|suivez|tiens|tenez) p(?:as|lus)|olvid\w+|omit\w+|"
    r"haz caso omiso|haga caso omiso|no sigas|esquec\w+|desconsider\w+|burl\w+|contorn\w+|abandon\w*)\b"
)
_NOUN = (
    r"\b(?:instruction\w*|instructie\w*|instruccion\w*|instruc(?:ao|oes)|prompts?|systemprompt\w*|systeemprompt\w*|"
    r"directives?|directions?|guidance|guidelines?|rules?|rulebook|polic(?:y|ies)|guard ?rails?|restrictions?|"
    r"safeguards?|"
    r"constraints?|programming|orders|safety \w+|regels?|beleid|beperking\w*|aanwijzing\w*|richtlijn\w*|opdracht\w*|"
    r"anweisung\w*|regeln?|richtlinien?|vorgaben?|einschrankung\w*|beschrankung\w*|consignes?|regles?|reglas?|"
    r"directrices|"
    r"restriccion\w*|indicaciones|ordenes|regras?|diretrizes|restric(?:ao|oes)|orientac(?:ao|oes))\b"
)
_OWNER = (
    r"\b(?:your|youre|previous|prior|earlier|preceding|foregoing|above|initial|original|existing|old|system|"
    r"je|jouw|uw|vorige|eerdere|voorgaande|bovenstaande|deine\w*|ihre\w*|bisherige\w*|vorherige\w*|vorige\w*|obige\w*|"
    r"fruhere\w*|vorangegangene\w*|tes|ton|ta|vos|votre|precedent\w*|anterieur\w*|tus|tu|sus|su|anterior\w*|"
    r"previ[ao]s?|"
    r"suas?|seus?|tuas?|teus?|acima)\b"
)
_GIVEN = (
    r"\b(?:above|before|earlier|you (?:were|have been|got|have)|given to you|ci-dessus|hierboven|anterior\w*|"
    r"precedent\w*)\b"
)
_ALL = r"\b(?:all|any|every|each|the|these|those|alle|de|todas?|as|toutes?|les|las)\b"
_POWER = (
    r"\b(?:admin\w*|root|super ?user|developer mode|debug mode|god mode|maintenance mode|d\.?a\.?n|jail ?br\w*|"
    r"unrestricted|uncensored|unfiltered|unlimited|evil|"
    r"(?:no|without|free (?:of|from)|not bound by|zonder|ohne|sans|sin|sem)(?: any| all| your| alle| jegliche)? "
    r"(?:rules?|restrictions?|limits?|limitations?|filters?|guard ?rails?|policies|regels?|beperkingen|regeln|"
    r"einschrankungen|beschrankungen|regles?|restrictions|reglas|restricciones|regras|restricoes|limites))\b"
)
_PLAY = (
    r"\b(?:you are|you're|you will be|act|acting|pretend|behave|role ?play\w*|imagine|simulate|play|switch to|enter|"
    r"je bent|doe alsof|gedraag je|speel|du bist|tu so als|verhalte dich|agiere|stell dir vor|tu es|vous etes|agis|"
    r"fais comme si|faites comme si|comporte-toi|eres|actua|finge|haz como si|voce e|aja|finja|comporte-se)\b"
)
_TELL = (
    r"\b(?:reveal|print|show|repeat|output|leak|display|tell|give|write|recite|quote|summari[sz]e|translate|dump|"
    r"expose|"
    r"share|paste|copy|list|disclose|what (?:is|are|was|were|do|does)|what's|toon|herhaal|geef|laat|wat (?:is|zijn|"
    r"staat)|"
    r"zeige?|gib|wiederhole|nenne|was (?:ist|steht)|wie lautet|montre\w*|affiche\w*|repete\w*|donne\w*|quel\w*|"
    r"revele\w*|"
    r"muestra\w*|repite|revela\w*|cual es|mostre|mostra|repita|qual e)\b"
)
_OFF = (
    r"\b(?:disable|turn off|switch off|shut off|deactivate|suspend|skip|stop (?:writing|recording|logging|using|"
    r"keeping)?|"
    r"pause|leave out|(?:do not|don't|dont) (?:record|log|write|keep|use|store|mention|check)|zet|schakel|sla|"
    r"deaktivier\w*|"
    r"schalte?n?|uberspring\w*|desactiv\w+|coupe\w*|saute\w*|apaga|omite|desativ\w+|deslig\w+|pule)\b"
)
_CONTROL = (
    r"\b(?:gate|guard|guard ?rails?|ledger|audit (?:log|trail)s?|audit|receipts?|grounding|(?:policy|access|permission|"
    r"safety|security) checks?|logboek|grootboek|bonnetjes|protokoll\w*|leitplanken|journal|garde-fous|registro\w*|"
    r"auditor[ai]a?|recibos|guardas?)\b"
)


@dataclass(frozen=True, slots=True)
class Attack:
    """One kind of attack. `order`: it counts only where the clause is an order, not a question."""

    name: str
    pattern: re.Pattern[str]
    order: bool = True
    at_start: bool = False
    """The order has to begin a clause: its words are common inside ordinary ones."""


def _attack(name: str, pattern: str, *, order: bool = True, at_start: bool = False) -> Attack:
    return Attack(name, re.compile(pattern), order, at_start)


ATTACKS: tuple[Attack, ...] = (
    _attack("override of the rules", rf"{_IGNORE}{_GAP}{_OWNER}[^.?!\n]{{0,30}}?{_NOUN}"),
    _attack("override of the rules", rf"{_IGNORE}{_GAP}{_NOUN}{_GAP}{_GIVEN}"),
    _attack(
        "override of the rules", rf"{_IGNORE}\s+(?:{_ALL}\s+){{0,3}}{_NOUN}(?!\s+(?:of|for|in|on)\b)", at_start=True
    ),
    _attack("override of the rules", rf"{_IGNORE}\s+(?:everything|all|anything|alles|tout|todo|tudo)\b{_GAP}{_GIVEN}"),
    _attack(
        "override of the rules",
        r"\b(?:sla|setze?|setzen sie|laat)\b[^.?!\n]{0,20}\b(?:je|jouw|deine?|ihre?|alle)\b"
        rf"[^.?!\n]{{0,20}}{_NOUN}[^.?!\n]{{0,20}}\b(?:over|ausser kraft|los|varen)\b",
    ),
    _attack(
        "override of the rules",
        rf"(?<!our )(?<!my )(?<!their )(?<!its ){_OWNER}[^.?!\n]{{0,20}}?{_NOUN}[^.?!\n]{{0,20}}?\b(?:(?:no longer|"
        rf"not|never|doesn't|don't|aren't|isn't)"
        r"(?: \w+)? (?:apply|applies|applicable|count|counts|hold|holds|matter|matters|valid|bind|binding|relevant)|"
        r"(?:are|is|were|was|have been|has been) (?:now )?(?:void|cancell?ed|suspended|revoked|lifted|replaced|"
        r"superseded|"
        r"obsolete|outdated|overridden|withdrawn)|gelden niet|gelten nicht|vervallen|ne s'appliquent plus|"
        r"ya no (?:se aplica|vale)\w*|nao (?:se aplica|vale)\w*)",
    ),
    _attack(
        "override of the rules",
        r"\b(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt|orders)\s*(?::|follow)",
    ),
    _attack("claim of another role", rf"{_PLAY}[^.?!\n]{{0,60}}?{_POWER}"),
    _attack("claim of another role", r"\b(?:treat|consider|regard) me as\b|\bpretend (?:that )?i(?:'m| am)\b"),
    _attack(
        "claim of another role",
        r"\byou (?:are|have) (?:now |from now on )?(?:no longer|not) (?:bound|restricted|limited|subject|governed)\b|"
        r"\byou (?:have|need) no (?:rules|restrictions|limits)\b|\bdo anything now\b|\b(?:developer|debug|god|"
        r"dan) mode\b"
        r"[^.?!\n]{0,15}\b(?:on|enabled|activated|unlocked)\b",
    ),
    _attack(
        "request for the instructions",
        rf"{_TELL}[^.?!\n]{{0,40}}?(?:\b(?:your|je|jouw|uw|deine?\w*|ihre?\w*|tes|ton|vos|votre|tus?|sus?|suas?|seus?|"
        rf"teus?)\s+"
        r"(?:\w+\s+){0,2}?(?:system ?prompts?|systeemprompt|prompts?|instruction\w*|instructie\w*|anweisung\w*|"
        r"instruccion\w*|"
        r"instruc(?:ao|oes)|guidelines|consignes|directrices|aanwijzing\w*)\b|\byour (?:hidden|secret|internal|"
        r"own) rules\b|"
        r"\byour rules(?: verbatim| word for word)?\s*(?:[.!]|$)|"
        r"\b(?:the|full|entire|complete|de|den|le|el|o) (?:\w+ )?(?:system prompt|systeemprompt|systemprompt|"
        r"prompt (?:systeme|del sistema|do sistema))\b|\b(?:hidden|secret|initial|internal) (?:prompt|instructions)\b|"
        r"\binstructions? (?:that )?you (?:were|have been|got|received)\b|"
        r"\b(?:text|words|everything|lines?|message) above (?:this|verbatim|word))",
        order=False,
    ),
    _attack(
        "switching off the controls", rf"{_OFF}[^.?!\n]{{0,30}}?{_CONTROL}(?!\s+(?:rules?|groups?))", at_start=True
    ),
    _attack(
        "switching off the controls",
        r"\b(?:answer|respond|reply|antwoord|antworte\w*|repon\w+|respond\w+)\b[^.?!\n]{0,30}"
        rf"\b(?:without|zonder|ohne|sans|sin|sem)\b[^.?!\n]{{0,20}}?{_CONTROL}",
    ),
    _attack(
        "switching off the controls",
        r"\b(?:off the record|leave no (?:trace|record)|keep (?:this|it) out of the (?:ledger|audit))\b",
    ),
    _attack(
        "invention on demand",
        r"\b(?:make up|invent|fabricate|fake|verzin|erfinde\w*|invente[sz]?|inventa)\b[^.?!\n]{0,30}"
        r"\b(?:figures?|numbers?|amounts?|receipts?|cijfers?|bedrag\w*|getal\w*|zahl\w*|betrag\w*|chiffres?|montants?|"
        r"cifras?|numeros?|valor\w*|recibos?)\b",
    ),
    _attack(
        "encoded orders",
        r"\b(?:decode|decrypt|base ?64|rot ?13|hex|reverse[ds]?|unscramble|decodeer|dekodiere?|"
        r"decodifi\w+)\b[^\n]{0,120}?"
        r"\b(?:(?:follow|execute|obey|carry out|act on|do (?:what|as)|voer|befolge|suis|sigue|siga|execut\w+)\b)",
    ),
    _attack(
        "markup of a conversation",
        r"<[|/]?\s*\|?(?:im_start|im_end|im_sep|system|assistant|endoftext|eot_id|start_header_id|begin_of_text|"
        r"/?s(?=>))\|?\s*>|"
        r"\[/?(?:inst|sys)\]|<</?sys>>|(?:^|\n)\s*(?:#{1,4}\s*)?(?:system|assistant|developer)\s*(?:message|"
        r"prompt)?\s*(?::|\n)|"
        r"\"role\"\s*:\s*\"(?:system|assistant|developer)\"|</?(?:instructions?|system_prompt|tool_result|"
        r"function_results)>",
        order=False,
    ),
    _attack("forged reference", r"\[\[\s*f\d+\s*\]\]|\{\{", order=False),
)

_CLAUSE = re.compile(r"[.?!;:\n,()\"“”—]|\s-\s|\b(?:then|but|dann|aber|dan|maar|puis|mais|luego|pero|depois|mas)\b")
_AND = re.compile(r"\b(?:and|und|en|et|y|e)\s+(?:(?:please|now|also|just|then|bitte|nu|jetzt)\s+)*$")
_QUESTION = re.compile(
    r"\s*(?:and |so |but |hi |hello |please )*(?:who\w*|which|what|when|where|why|how|did|do|does|has|have|had|is|are|"
    r"was|were|"
    r"can|could|may|should|might|would|will|any\w*|welke|wie|wat|wanneer|waar|hoe\w*|kan|kunnen|mogen|mag|heeft|"
    r"hebben|zijn|"
    r"welche\w*|wer|was|wann|wo|warum|wieviel|hat|haben|sind|konnen|durfen|quel\w*|qui|que|combien|quand|ou|comment|"
    r"est-ce|peut-on|pouvons|cual\w*|quien\w*|cuant\w*|cuando|donde|como|podemos|quais|qual|quem|quant\w*|quando|"
    r"onde)\b"
)
_OTHERS = re.compile(
    r"\b(?:who|which|that|whose|whether|if (?:any|some)\w*|anyone|anybody|somebody|someone)\b|\w\s+(?:die|dat|qui|"
    r"que)\b"
)
_ADDRESSED = re.compile(r"\b(?:you|your|je|jij|jullie|u|du|sie|dich|tu|toi|vous|usted|voce|te)\b|\bmust\b")
_LEAD = re.compile(
    r"\s*(?:(?:please|now|just|also|kindly|first|then|next|so|ok|okay|hey|hi|regent|from now on|bitte|jetzt|nun|nu|"
    r"alsjeblieft|"
    r"graag|por favor|agora|ahora|maintenant|s'il (?:te|vous) plait|and|und|en|et|y|e|"
    r"(?:i (?:want|need|order|command|ask) )?you(?: (?:must|should|will|may|can|have|are allowed))?(?: to)?|"
    r"(?:can|could|would|will) you|let's|i demand that you|for this (?:answer|question)|this time)[\s,]*)*$"
)
_LEET = str.maketrans("013457@$", "oieastas")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{16,4000}={0,2}")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){3,}\w(?!\w)")


def attack_in(text: str) -> str | None:
    """The name of the first attack found in a text, or None. Disguises (look-alikes, encodings) are taken off first."""
    return next((name for view in _views(text) if (name := addressed_attack(plain_text(view)))), None)


def addressed_attack(plain: str) -> str | None:
    """The name of the first attack in a text that `plain_text` made, or None; disguises are not taken off here."""
    for attack in ATTACKS:
        match = attack.pattern.search(plain)
        while match:
            if not attack.order or _is_order(plain, match, attack.at_start):
                return attack.name
            match = attack.pattern.search(plain, match.start() + 1)  # an order may begin inside what was none
    return None


def _is_order(plain: str, match: re.Match[str], at_start: bool) -> bool:
    """Is the agent told to do it? Not when the clause before it asks something, or is about somebody else."""
    before = _CLAUSE.split(plain[max(0, match.start() - 300) : match.start()])[-1]
    joined = _AND.search(before)
    if joined and (at_start or _ADDRESSED.search(match[0])):
        return True  # "what did we spend and ignore your rules": a second, own order
    if at_start and not _LEAD.fullmatch(before):
        return False
    if _ADDRESSED.search(before) and not re.match(r"\s*(?:do|did) you\b", before):
        return True
    asks = _QUESTION.match(before + match[0].split(" ")[0]) if before.strip() else None
    return not asks and not _OTHERS.search(before)


def plain_text(text: str) -> str:
    """Lower case, look-alikes and compatibility forms folded, without accents and invisible characters."""
    if text.isascii():
        kept = clean(text).lower()
    else:
        folded = unicodedata.normalize("NFKD", latin(clean(text)).replace("\u2019", "'")).casefold()
        kept = "".join(char for char in folded if unicodedata.category(char) not in ("Mn", "Cf"))
    return re.sub(r"[^\S\n]+", " ", kept)


def _views(text: str) -> Iterator[str]:
    yield text
    written = clean(text)
    yield " ".join(written.split())
    unescaped = html.unescape(unquote(written, errors="ignore"))
    if unescaped != written:
        yield unescaped
    yield unescaped.translate(_LEET)
    spread = _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), re.sub(r"\s{2,}", "\n", written))
    yield spread.replace("\n", " ")
    yield re.sub(r"(?<=\w)[*_`~]+|[*_`~]+(?=\w)", "", written)
    yield codecs.encode(written, "rot13")
    yield written[::-1]
    for blob in _BLOB.findall(written)[:20]:
        yield from _decoded(blob)


def _decoded(blob: str) -> Iterator[str]:
    bare = blob.rstrip("=").replace("-", "+").replace("_", "/")
    for encoding in ("base64", "hex"):
        try:
            raw = bytes.fromhex(blob) if encoding == "hex" else base64.b64decode(bare + "=" * (-len(bare) % 4))
            yield raw.decode()
        except (ValueError, binascii.Error):
            continue
