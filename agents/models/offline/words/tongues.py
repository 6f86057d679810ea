"""Tongues: Dutch and Portuguese questions put into the English words that everything else reads, phrase by phrase.

No translation for people: word order stays, what has no entry stays. Only questions that are plainly Dutch or
Portuguese are touched, so that an English question never is.
"""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from functools import lru_cache

from agents.models.offline.words.dutch import DUTCH
from agents.models.offline.words.portuguese import PORTUGUESE

_MARKERS = {
    "nl": frozenset(
        "het een van wat welke welk hoeveel zijn onze ons hebben heeft heb er voor met niet geen wie waar wanneer waarom hoe kost kostte kostten "
        "kosten vorige maand te bij naar nog staat staan wordt worden zit zitten dit dat deze onder welke en ook laatste afgelopen gisteren vandaag "
        "ik mij mijn jullie uit alle alles ergens iets iemand gaat gaan ging gingen was waren werd werden kan kun kunnen kwam draaien draait geef toon laat "
        "hoelang sinds zonder tussen tegen meer minder meeste duurste grootste rekening rekeningen sleutels meldingen alarmen we de".split()
    ) - {"we", "was"},
    "pt": frozenset(
        "o os do da dos das que qual quais quanto quantos quantas quanta nossa nosso nossas nossos na nas em para por com foi foram temos esta estao "
        "mais nao ha quem quando onde conta contas mes ano uma um e as de no nos pelo pela houve tem sem qualquer algum alguma alguem gastou gastamos "
        "gasto gastos custou custa custo pagamos setembro agosto outubro julho semana ontem hoje passado passada ultimo ultima meu minha seu sua me "
        "mostre liste porque como desde entre cada todos todas tudo nosso".split()
    ) - {"as", "me"},
}  # fmt: skip
_FEW = frozenset(
    "aan account al alleen begon begonnen daarvoor door ervoor hij lang langst langste steeds dan die dat deze en ergst ergste erg hoge hoog in is jaar kritieke maand maar nu oudste vorig vorige week welk welke".split()
)
"""Dutch words of a question of a few words after another one, besides the markers."""
_PLAINLY = frozenset(
    "vergeleken vergelijk opzichte daarvoor ervoor eergisteren waarom hoeveel alleen vorige vorig afgelopen kostte juli juni augustus oktober maart januari februari".split()
)
"""Words of no other tongue here: one of them makes a question of a few words Dutch."""
_FEW_MORE = 6
_OF_BOTH = frozenset("die en is dan erg de week under nog in account".split())
"""Words that are no sign of Dutch where there are only few."""
_MOST_OF_FEW = 4
_ASKING = {
    "nl": r"hoeveel|welke?|wie|waarom|wanneer|hoe|wat|waar|zijn|staat|staan|heeft|hebben|geef|toon|zit|zitten|lopen|kun|is|en|hoelang|wordt|worden|gaat|gingen|ging|draaien|laat",
    "pt": r"quant[oa]s?|qua(?:l|is)|quem|por que|porque|quando|onde|o que|ha|houve|temos|estamos|me|mostre|liste|os|as|e|como|desde|existe[m]?|tem",
}

_DONE = "\u0001"


def _compiled(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    pairs = [line.split("=>") for line in table.strip().splitlines()]
    return tuple(
        (re.compile(rf"(?<![\w<./{_DONE}-])(?:{left.strip()})(?![\w>/-])"), _marked(right.strip()))
        for left, right in pairs
    )


def _marked(english: str) -> str:
    """The English words with a mark before each, so that no later entry takes them for foreign ones ("no", "de")."""
    return " ".join(word if word.startswith("\\") else f"{_DONE}{word}" for word in english.split())


@lru_cache(maxsize=2)
def _table(tongue: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return _compiled(DUTCH if tongue == "nl" else PORTUGUESE)


_COMPOUND = re.compile(
    r"\b(aws|lambda|s3|ec2|rds|kms|config|security|root|mfa|team|tag|cloud|iam|backup|patch|service|data|log)-([a-z]{4,})\b(?!-)"
)


def tongue_of(flat: str) -> str | None:
    """`nl` or `pt` if the folded text is plainly in that language, else None."""
    said = re.findall(r"[a-z][a-z'-]*", flat)
    few = _MARKERS["nl"] | _FEW
    if len(said) <= _MOST_OF_FEW and set(said) <= few and set(said) - _OF_BOTH:
        return "nl"
    if len(said) <= _FEW_MORE and set(said) & _PLAINLY:
        return "nl"
    if len(said) < 3:
        return None
    counts = {tongue: sum(word in markers for word in said) for tongue, markers in _MARKERS.items()}
    best = max(counts, key=lambda tongue: counts[tongue])
    share = counts[best] / len(said)
    opens = bool(re.match(rf"(?:en |e )?(?:{_ASKING[best]})\b", flat))
    enough = counts[best] >= 2 and share >= (0.25 if opens else 0.34)
    return best if enough and counts[best] > max(c for t, c in counts.items() if t != best) else None


def markers_of(said: list[str]) -> int:
    """How many of these words are Dutch, or how many Portuguese, whichever are more."""
    return max(sum(word in markers for word in said) for markers in _MARKERS.values())


def in_english(flat: str) -> str:
    """Folded text with Dutch or Portuguese words replaced by English ones, if it is in one of these languages."""
    tongue = tongue_of(flat)
    if tongue is None:
        return re.sub(r"^en\b", "and", flat)  # too short to tell, and no English word
    flat = _COMPOUND.sub(r"\1 \2", flat)
    for pattern, english in _table(tongue):
        flat = pattern.sub(english, flat)
    return re.sub(r"\s+", " ", flat.replace(_DONE, "")).strip()
