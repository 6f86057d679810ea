"""Foreign: a question in a language that is not read here is told so, in that language too; no chance reading answers it."""
# ruff: noqa: E501, SIM905 - words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.words.text import fold
from agents.models.offline.words.tongues import markers_of

_READ = "The offline model reads English, Dutch and Portuguese, and this looks like {tongue}: please ask it in one of those."
_TONGUES: dict[str, tuple[frozenset[str], str]] = {
    "German": (
        frozenset(
            "ich wir ihr sie unser unsere unseren unserem unserer uns euch mich mir mein meine der das den dem ein eine einen einem einer eines kein keine keinen und oder aber nicht nur auch noch schon "
            "ist sind waren wurde wurden wird werden hat haben hatte hatten kann konnen konnten soll sollen gibt gab es zu zum zur von vom fur mit bei nach seit uber unter zwischen gegen ohne auf aus im am ins beim "
            "wer wem wen wann warum wieso weshalb wo woher welche welcher welches welchen welchem wieviel viel viele mehr weniger "
            "letzte letzten letzter letztes letztem diese diesen dieser dieses diesem nachste nachsten heute gestern vorgestern morgen woche wochen monat monate monaten jahr jahre tag tage tagen stunden "
            "kostet kostete kostete gekostet ausgegeben ausgaben rechnung bezahlt gezahlt euro laufen lauft laufende laufenden konto konten dienste dienst schlussel warnungen offentlich offen geandert geloscht verbraucht "
            "zeig zeige gib nenne bitte wieder alle allen gerade derzeit aktuell kritische kritischen sicherheit schwachstellen sicherung sicherungen sich war hoch fehler fehlgeschlagen".split()
        ),
        "Bitte stellen Sie die Frage auf Englisch oder Niederländisch.",
    ),
    "French": (
        frozenset(
            "je nous vous ils elles notre nos votre mes mon ma le la les un une des du au aux l d et ou mais ne pas plus moins aussi "
            "est sont etait etaient ete sera seront avons avez ont avait peut peuvent fait y il elle ce cet cette ces "
            "que qui quoi quand pourquoi comment combien quel quelle quels quelles dans sur avec pour sans entre contre depuis chez par "
            "dernier derniere derniers dernieres mois semaine semaines annee jour jours hier aujourd'hui demain heures "
            "coute coutent coutait coute depense depenses depensons facture paye payons compte comptes seau publics publiques ouvert ouverts "
            "montre montrez donne donnez moi toutes tous tout critiques securite vulnerabilites sauvegardes et aout juillet septembre octobre erreurs alarmes".split()
        ),
        "Posez la question en anglais ou en néerlandais, s'il vous plaît.",
    ),
}  # fmt: skip
_ENGLISH = frozenset(
    "the of is are was were what which who how when why did do does have has we our in on at by for and".split()
)
_FEW, _SHARE = 2, 0.4


def foreign(question: str) -> str | None:
    """Which languages are read, in a sentence and in one of its own, if a question is plainly in another; else None."""
    # "wie" alone is Dutch for who; "wie viel" is no Dutch
    flat = re.sub(r"\bwie (?=viele?\b)", "wieviel ", fold(question).replace("ß", "ss"))
    said = re.findall(r"[a-z][a-z'-]*", flat)
    read = markers_of(said)
    for tongue, (words, asked) in _TONGUES.items():
        known = sum(word in words for word in said)
        enough = said and known >= max(min(_FEW, len(said)), _SHARE * len(said))
        if enough and known > max(read, sum(word in _ENGLISH for word in said)):
            return f"{_READ.format(tongue=tongue)} {asked}"
    return None
