"""Missed: what goes on from a question that was not answered: what was said in it, and never what it would have shown.

Its places and times, the one thing or person that it named, and what it asked to be changed are known from its words;
of what they would have shown nothing is, so that "why?" or "and in August?" follow from nothing.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.coverage import own_concepts, told_by
from agents.models.offline.plan import Abstention, PlannedCall
from agents.models.offline.proposing.dialogue import about
from agents.models.offline.proposing.followups import carry
from agents.models.offline.reading import Reading, read
from agents.models.offline.weighing.aside import idle_words
from agents.models.offline.weighing.deciding import SURE, decide, decided, likeliest, weigh
from agents.models.offline.weighing.settling import settled
from agents.models.offline.words.light import weighty
from agents.models.offline.words.text import stem, words
from agents.models.offline.words.tongues import in_english, tongue_of

_LEANS = re.compile(
    r"^\W*(?:and|or|but|so|then|also|now|same|what about|how about|for|in|on|at|by|per|only|just|not|without|except|versus|vs|against|than|relative to|compared?(?: (?:with|to|against)))\b"
    r"|(?<!are )(?<!is )(?<!was )(?<!were )\bthere\b(?! (?:is|are|was|were|has|have)\b)"
    r"|\bthis\b(?! (?:week|month|quarter|year|morning|afternoon|evening)\b)|\b(?:it|its|that|those|these|they|them|their|then|ones?|both|two|same|latter|former|also|too|instead|else)\b"
    r"|\bthe (?:very )?(?:oldest|newest|latest|first|second|last|biggest|largest|smallest|worst|longest|highest|lowest)\W*$"
    r"|^\W*(?:(?:and|so|but|ok) )*(?:which|what|who)(?:'s| is| was| are| were)? (?:by far )?the (?:cheapest|dearest|priciest|costliest|(?:least|most) expensive)\W*$"
    r"|\beach (?:costs?|costing)\b|\b(?:is|are|was|were) each\W*$"
    r"|\bhow many (?:are there|there are|do we have|are they|exist)\b"
    r"|\b(?:others?|rest|again|still|more|less|previous|before|earlier|after|later|next)\b"
)
"""Words by which a question leans on what was said before it."""
_JOINED = re.compile(
    r"(?i)^\W*(?:(?:and|or|but|so|then|also|now|ok|okay|alright|fine|well|right|good|kindly|please)\b\W*)+"
)
_WHERE = re.compile(
    r"(?i)\b(?:(?:in|at|of|for|on) )?(?:there|(?:that|this|the same) (?:account|venue|casino|team|environment|service|day|week|month|quarter|year|period|time))\b|\b(?:also|still|too)\b"
)
"""Words that lean on where and when, and on nothing else."""
_WORDS = 4
_PLACE_AND_TIME = frozenset({"accounts", "team", "venue", "env", "region", "period"})


_WORKED_OUT = re.compile(
    r"\bthe (?:differences?|gap|increase|decrease|rise|drop|surplus|overrun|remainder)\b(?! (?:<\w+>|in|of|between|on|for|from|since|with|to|at)\b)"
)
"""What an answer would have held that was not given: "the difference", and not "the difference between"."""


def leans(question: str) -> bool:
    """Whether a question has words that lean on what was said before it."""
    return bool(_LEANS.search(question.casefold()))


def continues(question: str, context: Context) -> bool:
    """Whether a question says nothing of what it is about, or leans on what was said before: "why?", "and volumes?"."""
    return leans(question) or not about(read(question, context.names, context.now))


def _as_english(question: str) -> str:
    """A question in English words, where it is in another tongue; as it is where it is not."""
    said = " ".join(words(question))
    return in_english(said) if tongue_of(said) else question


def _own(question: str) -> str:
    """A whole sentence that leans on no more than a place or a time ("and who changed it there?"), without these.

    Empty for any other question.
    """
    sentence = _WHERE.sub(" ", _JOINED.sub("", _as_english(question)))
    return "" if len(sentence.split()) < _WORDS or leans(sentence) else sentence


def _says_it_all(question: str, own: str, context: Context) -> bool:
    """Whether a whole sentence means something by itself; of one in another tongue its "it" may not be seen."""
    if not own or _as_english(question) != question:
        return False
    alone = decide(own, (), context)
    calls = [call for one in alone.readings for call in one.calls]
    said = _content(alone.reading)
    return any(own_concepts(call.query) & alone.reading.concepts or said & told_by(call.query) for call in calls)


def _content(reading: Reading) -> set[str]:
    """The stems of the words of a question that name something."""
    return {stem(word[0]) for word in weighty(reading.text)}


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that was not answered: the calls that it left, its words, and what was said to it."""

    calls: tuple[PlannedCall, ...]
    asked: str | None
    """None if it lies too far back."""
    why: Abstention | None
    aside: tuple[str, ...] = ()
    """What narrows it that these calls leave aside."""

    def followed_by(self, question: str, context: Context) -> tuple[PlannedCall, ...] | None:
        """The calls that a question follows after this one; None if it follows from nothing that anybody saw.

        One that leans on it gives the name that was wanted, or says what it is about: that of a whole sentence needs no
        more than where and when.
        """
        if not self.calls and _WORKED_OUT.search(_as_english(question).casefold()):
            return None
        if not continues(question, context) and not leans(_as_english(question)):
            return self.calls
        reading = read(question, context.names, context.now)
        if self.why is not None and self.why.kind == "unknown_name" and self.calls:
            return self.calls if reading.found.any() else None
        own = _own(question)
        if not about(reading) and (self.calls or not _says_it_all(question, own, context)):
            return None
        if self.calls or self.asked is None or not own:
            return self.calls or None
        return _said_in(self.asked, context)

    def subject_of(self, question: str, context: Context) -> tuple[PlannedCall, ...]:
        """The calls of a whole sentence that has no subject but this one's: "what is failing in backoffice?".

        Empty where it is not sure what this one was about, or it says nothing of that.
        """
        reading = read(question, context.names, context.now)
        refused = self.why is not None and self.why.kind == "cannot_know"
        if self.asked is None or self.calls or not refused or not _own(question):
            return ()
        if about(reading) or "WHY" in reading.concepts:
            return ()
        seen, subject = weigh(self.asked, (), context), _said_in(self.asked, context)
        sure = sum(chance for chance, one in seen.plans if [c.query for c in one.calls] == [c.query for c in subject])
        said = _content(reading)
        if sure < SURE or not any(said & told_by(call.query) for call in subject):
            return ()
        return tuple(carry(subject, reading, context)[0])

    def named_in(self, question: str, context: Context) -> str | None:
        """A question with the one thing or person named that this one named and it points at: "when was it last used?".

        None where it points at something else, or nothing by itself was named.
        """
        one = _named(read(self.asked, context.names, context.now)) if self.asked else None
        bare = _JOINED.sub("", question)
        if one is None or len(_IT.findall(bare)) != 1:
            return None
        return _IT.sub(lambda match: f"{one}'s" if match["its"] else one, bare)


_IT = re.compile(
    r"(?i)\b(?:(?P<its>its|his|(?<!did )her)|it|he|she|him|that (?:user|role|key|function|database|bucket|queue|server))\b"
)


def _named(reading: Reading) -> str | None:
    """The one thing or person that a question names; None where it names more, or a place beside it."""
    named = {*([reading.user] if reading.user else []), *reading.resources}
    return named.pop() if len(named) == 1 and not reading.found.placed() else None


def not_answered(asked: str, earlier: tuple[PlannedCall, ...], context: Context, why: Abstention | None) -> Missed:
    """What a question leaves that was not answered."""
    calls = left_by(asked, earlier, context)
    idle = idle_words(calls, read(asked, context.names, context.now), context) if calls else None
    return Missed(calls, asked, why, (*idle.unknown, *idle.narrower) if idle else ())


def latest(before: Missed | None, one: Missed) -> Missed:
    """Of two questions that were not answered, one after the other, that which is gone on from."""
    if before is None or before.asked is None or one.asked is None or one.calls:
        return one
    wanted = one.why is not None and one.why.kind == "unknown_name"
    return (
        one if wanted or not leans(_as_english(one.asked)) else before
    )  # one that leans on the first says nothing by itself


def left_by(question: str, earlier: tuple[PlannedCall, ...], context: Context) -> tuple[PlannedCall, ...]:
    """The calls that a question leaves which was not answered: those of what it asked to be changed, which is named,
    and those of one that wanted nothing but a name that exists.

    What any other one was about nobody was shown, and so nobody could say that it is something else.
    """
    seen = weigh(question, earlier, context)
    meant = decided(seen)
    if not meant.unknown and (meant.refused is None or meant.refused.kind != "read_only"):
        return ()
    return settled(likeliest(seen), earlier, seen.reading, context.now)


def _said_in(question: str, context: Context) -> tuple[PlannedCall, ...]:
    """The calls of a question that was not answered, with no more than the places and times that were named in it."""
    seen = weigh(question, (), context)
    calls = settled(likeliest(seen), (), seen.reading, context.now)
    return tuple(
        call.model_copy(update={"inputs": {key: call.inputs[key] for key in call.inputs if key in _PLACE_AND_TIME}})
        for call in calls[:1]
    )
