"""Nothing new: a follow-up that asks for no more than what was shown, and what is said of it."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fill
from agents.models.offline.intents.coverage import knows_word
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.candidates import come_to_the_same, comes_to
from agents.models.offline.proposing.deeds import DEEDS
from agents.models.offline.proposing.untold import is_told
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.of_shown import superlative
from agents.models.offline.words.light import weighty

NOTHING_NEW = "I do not see what else is asked here: this is what was shown before."
"""It stands first in an answer: what follows is no answer to what was asked last."""
SHOWN_BEFORE = "This is what was shown before: what is asked now may not be in it."
"""It stands first, too: whether it answers what was asked last is left to who reads it."""
NOT_SPLIT = "This can not be added up by {split} here: it is what was shown before."
"""It stands first in the same way, where a split was asked for that the query does not make."""
ALREADY_SO = "What was shown before is of that already: it is the same."
"""It stands first, too, where what is asked narrows nothing, as it was so narrowed."""
LISTS = re.compile(
    r"^\W*(?:(?:and|so|ok|but|please) )*(?:which(?: ones?)?|how (?:many|much)|what|who|list|show|(?:in |the )?(?:total|sum))(?: (?:of )?(?:them|those|these|it|that|all|are|is|they|there|exactly|me))*(?: (?:in (?:total|all)|altogether|overall|all together))?\W*$"
)
"""What asks for no more than what was shown: "which ones?", "how many are there?"."""


_DID_THEY = re.compile(r"\bdid (?:they|he|she|anyone|anybody|someone|somebody)\b")
"""What asks for a deed, which no list of how things are tells when it is shown once more."""
_NOT_SO = re.compile(
    r"^\W*(?:(?:and|so|ok|but) )*(?:which|what|who)(?: ones?| of (?:them|those|these))? (?:is|are|do|does|has|have) ?(?:not|n't)\W*$"
)
_FAILING = frozenset({"encryption", "config_compliance", "patches"})
"""Queries that list what is not as it should be: "which ones are not?" asks for what they show."""
THE_MOST = re.compile(
    r"^\W*(?:(?:and|so|ok|but) )*(?:which|what|who)(?: ones?| of (?:them|those|these)| (?:accounts?|venues?|teams?|services?|regions?|days?|months?|rules?))? [a-z]+(?: us)? (?:the )?most(?: often| frequently| of all)?\W*$"
)
"""Which one has the most of what was shown: the first of a list in that order."""


UNRANKED = frozenset({"encryption", "inventory", "public_exposure", "account_list", "commitments"})
"""Queries whose first row comes first for no reason that is asked for."""


def nothing_new(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> list[str]:
    """A sentence where a follow-up says nothing that its query knows, and what was shown before is shown again."""
    if not earlier or not come_to_the_same(calls, earlier, context):
        return []
    said = fill(context.queries[calls[0].query], reading, context.names, context.now).inputs
    picks = {key: value for key, value in said.items() if key not in ("kind", "by", "top", "period", *PLACES)}
    if picks and comes_to(calls[0].having(**picks), context) == comes_to(calls[0], context):
        return [ALREADY_SO]
    if _DID_THEY.search(reading.text) and not any(call.query in DEEDS for call in calls):
        return [NOTHING_NEW]
    if LISTS.match(reading.text) or reading.found.any() or reading.when.mentions or is_told(calls, reading):
        return []
    if any(call.query in _FAILING for call in calls) and _NOT_SO.match(reading.text):
        return []
    first = superlative(reading.text) or THE_MOST.match(reading.text)
    if dimensions(reading.text) or (first and calls[0].query not in UNRANKED):
        return []  # the rows are told apart so, and the first of them stands first
    if any(knows_word(calls[0].query, one, reading.text) for one in weighty(reading.text)):
        return []
    return [NOTHING_NEW]
