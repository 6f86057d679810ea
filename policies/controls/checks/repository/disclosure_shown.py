"""Whoever gets an answer is told that an AI system wrote it, and how to reach a person, in their language."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository

_TEXT = "EC2 cost USD 12. Written by an AI system (offline model). Ask your platform team if you need a person."


@check(
    "disclosure-shown",
    says="Every channel says with every answer that an AI system wrote it and how to reach a person",
    serves=("A.8.2",),
    needs={"renderings": repository.DISCLOSURES},
    reasons={
        "not-said": "an answer goes out without saying that an AI system wrote it, or how to reach a person",
        "language-not-declared": "answers go out in a language for which no wording was declared",
    },
    good={
        "renderings": [
            Item(name=f"{c}/en", data={"channel": c, "language": "en", "text": _TEXT}) for c in ("cli", "slack")
        ]
    },
    mutants=[
        Mutant("not said in one channel", "not-said", put("renderings", "text", "EC2 cost USD 12.", item=1)),
        Mutant("nobody to reach", "not-said", put("renderings", "text", "EC2 cost USD 12. Written by an AI system.")),
        Mutant("another language", "language-not-declared", put("renderings", "language", "nl")),
        Mutant(
            "other words declared",
            "not-said",
            put("renderings", "channel", "teams"),
            {"disclosures": {"en": ["robot"]}},
        ),
    ],
    benign=[Mutant("in capitals", None, put("renderings", "text", _TEXT.upper()))],
)
def disclosure_shown(look: Look, renderings: Sequence[Item]) -> None:
    """`renderings`: an answer as each channel shows it."""
    for rendering in renderings:
        data = look.at(rendering).data
        wanted = look.declared.disclosures.get(data["language"])
        if not wanted:
            look.fail("language-not-declared", rendering, data["language"])
            continue
        missing = [words for words in wanted if words.casefold() not in data["text"].casefold()]
        if missing:
            look.fail("not-said", rendering, ", ".join(missing))
