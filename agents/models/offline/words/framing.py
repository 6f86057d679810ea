"""Framing: greetings, occasions, hearsay and asides around a question, which are no part of what is asked."""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.naming.names import Names, find_names
from agents.models.offline.times.dates import MONTHS, WEEKDAYS
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.topics.refusals import is_outside, refusal
from agents.models.offline.topics.rules import DOMAIN_CONCEPTS
from agents.models.offline.words.people import openings, reason, users_written_out, without_listeners
from agents.models.offline.words.text import words

_FRAME = re.compile(
    r"^(?:[^:?]{0,80}\b(?:call|meeting|committee|board|deck|slides?|presentation|review|report|pack|question|morning|afternoon|audit|auditors?|regulator)\b[^:?]{0,20}:"
    r"|\s*(?:good )?(?:morning|afternoon|evening|hi|hello|hey|hoi|ola|bom dia|goedemorgen)(?: (?:all|team|there|regent))?\s*[,!.])\s+",
    re.IGNORECASE,
)
_MONTH = f"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_UP_TO = re.compile(
    rf"\b(\d{{1,2}}(?: {_MONTH})?|{_MONTH} \d{{1,2}}) [-\u2013\u2014] (?=(?:{_MONTH} )?\d{{1,2}}\b(?![-/.:]))",
    re.IGNORECASE,
)
"""A dash between two dates, which parts nothing."""
_AWAY = re.compile(
    r"^\s*(?:sorry[,.]? )?(?:i'?m|i am|we'?re|we are) (?:\w+ ){0,3}?(?:off|away|out|leaving|travelling|flying|on (?:leave|holiday|vacation|the road)|back)\b[^,;:?.]{0,40}[,;:] "
    r"(?=(?:tell|show|give|what|how|which|who|is|are|was|were|please|can|could|do|does|did)\b)",
    re.IGNORECASE,
)
"""Where the asker is or goes."""
_REPORTED = re.compile(
    r"^\s*(?:for (?:the|our|my|a) [\w-]+ (?:to|for|of) (?:the )?[A-Z]\w+,? (?=(?:i|we) ))?(?:i|we) (?:have to|must|need to|ought to|are (?:obliged|required|bound) to) "
    r"(?:report|state|declare|confirm|disclose|certify|attest|document|answer)(?: (?:to|under|for|by) (?:the )?[A-Z]\w+)? (?=(?:whether|if|which|what|how|who)\b)",
    re.IGNORECASE,
)
"""To whom it has to be told, and by which law: names of no part of the estate."""
_OCCASION = re.compile(
    r"\b(?:for|before|ahead of|in preparation for|preparing)\s+(?:the|our|my|tomorrow's|today's|this|next|a)\s+(?:[\w:'-]+\s+){0,3}?"
    r"(?:call|meeting|committee|deck|slides?|presentation|board pack|pack|audits?|reviews?|visit|inspection|sync|stand-?up|one-pager|newsletter|workshop|interview|hearing|session|report|memo|briefing)\b"
    r"(?:\s+(?:at|on)\s+\d+\w*|\s+(?:next|this) week|\s+(?:tomorrow|today)|\s+(?:on )?(?:mon|tues|wednes|thurs|fri)day)?\s*[,:-]?",
    re.IGNORECASE,
)


_HEARSAY = re.compile(
    r"^\s*(?:and |so |ok,? )?(?:(?:some|any)(?:one|body)|(?:an?|my|our|the|one of (?:my|our|the)) (?:[\w-]+ ){0,2}?(?:colleague|auditor|boss|manager|director|cfo|cto|ceo|ciso|board|team|regulator|accountant|controller)s?)"
    r"(?: (?:in|at|from|on|of) (?:the |our |my )?[\w-]+(?: [\w-]+)?)? (?:just |also |has |had |keeps? )?(?:mention\w*|sa(?:id|ys?)|ask(?:s|ed|ing)?|told (?:me|us)|tells (?:me|us)|claim\w*|heard|think\w*|wonder\w*|want\w* to know|report\w*|worr\w+|complain\w*)"
    r"(?: me| us| that| if| whether| about)*[ :,]+",
    re.IGNORECASE,
)
"""Who brought it up, which is no part of what is asked."""
_NODDED = re.compile(
    r"^\s*(?:(?:ok|okay|right|fine|good|great|perfect|super|alright|all right|got it|i see|understood|noted|thanks|thank you|h+m+|ah+|oh|aha)\s*[.,!;:-]+\s+)+(?=\w)",
    re.IGNORECASE,
)
"""What is said to the answer before: "ok. alarms now?" asks for no alarms that are ok."""
_FILLER = re.compile(
    r",?\s*\b(?:i mean|you know|i (?:guess|suppose|believe|think|assume|fear|gather)|if (?:possible|you can|you could|you would|you please|i may ask)|to be (?:clear|sure|honest|precise)|"
    r"just (?:the|a) (?:number|figure|total|name|names)|(?:a |one )?(?:rough |single )?(?:number|figure) (?:is fine|will do|is enough|please)|just curious|out of curiosity|cut (?:the (?:crap|bull|nonsense|waffle|fluff|small talk|jargon|chit-?chat)|to the chase)|let's not beat about the bush|no beating (?:about|around) the bush|if yes,? (?:name it|which(?: one)?)|and if so,? which(?: ones?)?|"
    r"thanks(?: in advance| a lot)?|thank you|many thanks|cheers|sorry|by the way|(?<!zonder )(?<!met )(?<!inclusief )(?<!exclusief )btw|in short|roughly speaking|for me|for us|quick question|quick one|one more(?: thing| question)?|help me out|remind me)\b(?=\s*[,.:;?!-]|\s*$|\s)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|assuming|provided)(?![^,]*\b(?:idle|unused|rid|off|stopp?\w*|delet\w+|remov\w+|bought|buy|resiz\w+|upgrad\w+|reserv\w+)\b) (?:nothing|everything|all|things|this|we|it|that|no one|nobody)(?: (?:\w+|'s)){0,6}?\s*,|,?\s*\bif (?:nothing (?:changes|happens)|things (?:go|stay|continue)[\w ]*|we (?:carry|go) on[\w ]*|everything (?:stays|goes)[\w ]*)(?=\s*[?.!]|$)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"^(?:we|i|i'm|i've|our|my|the|it|it's|there|they|someone|somebody|people|this|that|he|she|a|an|as|so)\b",
    re.IGNORECASE,
)


def unframed(question: str, names: Names) -> str:
    """The question without a greeting or the occasion it is asked for ("before the budget call: ...").

    An opening that names a place stays: it says what all that follows is about ("Status of Utrecht: ...").
    """
    question = _UP_TO.sub(r"\1 to ", question)
    bare = _REPORTED.sub("tell me ", _AWAY.sub("", _NODDED.sub("", users_written_out(question), count=1), count=1))
    for _ in range(2):
        bare = _unopened(bare, names)
        for opening in (_FRAME, _HEARSAY):
            match = opening.search(bare)
            if match and not find_names(" ".join(words(match[0])), names).placed():
                bare = bare[: match.start()] + bare[match.end() :]
    bare = _unreasoned(bare, names)
    bare = _FILLER.sub(" ", _CONDITION.sub(" ", _OCCASION.sub(" ", without_listeners(bare))))
    bare = _asking(" ".join(_unopened(part, names) for part in _SENTENCE.split(bare)), names)
    return bare if re.search(r"\w{3}", bare) else question


_TOPIC = re.compile(
    r"^\W*(?:(?:and|so|ok|okay|but|now|well|hi|hello|about|as for|regarding|concerning)\b\W*)*(?P<topic>(?:[\w.<>'/&-]+\s+){1,8}?[\w.<>'/&-]+)\s*(?:[,:;]|\s[-\u2013\u2014])\s+"
    r"(?P<ask>(?:and |so )?(?:who|by whom|when|what|how|which|why|where|is|are|was|were|do|does|did|has|have)\b[^,;:?]*?)\b(?P<it>they|them|it|those|these)\b(?! (?:day|week|month|quarter|year|time)s?\b)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""What a question is about, said before it: "the gpu boxes in data-lab, who started them"."""
_DOES = re.compile(
    r"\b(?:who|what|which|how|why|when|where|if|is|are|was|were|has|have|had|do|does|did|can|could|will|would|i|you|we|they|it|me|us|ones?|rest|others?|same|first|second"
    r"|show|give|list|tell|compare|find|get|name|check|explain|see|look|thanks?|please|in short)\b",
    re.IGNORECASE,
)
"""What is no name of things: a sentence, or what was shown before."""
_THINGS = (DOMAIN_CONCEPTS - {"COST", "CHANGE", "FORECAST", "HEALTH", "SAVE"}) | frozenset(
    "INSTANCE DATABASE FUNCTION BUCKET VOLUME CONTAINER BALANCER RESOURCE ACCOUNTS CONFIG IDENTITY".split()
)
"""What words have to be about to name things that something was done to."""


_PARTICLE = re.compile(r"\s+(off|on|up|down|out)\b(?=\W*$| (?:last|this|in|yesterday|today)\b)", re.IGNORECASE)
"""What belongs to the word before: "switched them off" is "switched off the alarms"."""


_MORE = re.compile(
    r"[,;]|\b(?:and|or|but)\b(?=.*\b(?:is|are|was|were|do|does|did|has|have|who|what|when|how|why|it|they|them)\b)",
    re.IGNORECASE,
)
"""A second question of the same."""


def with_its_topic(question: str) -> str:
    """The question with what it is about in the place of the word that points at it, where that is said before it."""
    match = _TOPIC.match(question)
    if match is None or _DOES.search(match["topic"]) or _MORE.search(match["ask"] + match["it"] + match["rest"]):
        return question
    said = concepts_in(" ".join(words(match["topic"])))
    if not said & _THINGS or said & {"CHANGE", "SPIKE"}:
        return question
    beside = _PARTICLE.match(match["rest"])
    rest = match["rest"][beside.end() :] if beside else match["rest"]
    return f"{match['ask']}{beside[1] + ' ' if beside else ''}{match['topic']}{rest}"


_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def _unopened(text: str, names: Names) -> str:
    """The text without a clause at its start that says who asks or whom it is for."""
    for opening in openings(text):
        said = " ".join(words(opening.whom))
        found = find_names(said, names)
        if (
            found.venues
            or found.accounts
            or (found.any() and not opening.role)
            or (not opening.role and _TIMELIKE.search(said))
        ):
            continue
        if not opening.role and concepts_in(said) & DOMAIN_CONCEPTS:
            continue
        return text[len(opening.said) :]
    return text


def _unreasoned(text: str, names: Names) -> str:
    """The text without why it is asked, where that speaks of nothing that could be asked about."""
    if (match := reason(text)) is None or len(text[: match.start()].split()) < _ASKABLE:
        return text
    said = " ".join(words(match[0]))
    if find_names(said, names).any() or _TIMELIKE.search(said) or concepts_in(said) & DOMAIN_CONCEPTS:
        return text
    return text[: match.start()] + text[match.end() :]


_ASKABLE = 3
"""Words that a question has at least."""


def _asking(text: str, names: Names) -> str:
    """The text without statements before its question, as long as they name no place and no time of their own."""
    sentences = [s for s in re.split(r"(?<=[.!?])\s+|\s+[-\u2013\u2014]\s+|(?<=\w);\s+", text.strip()) if s]
    kept = [s for s in sentences if not _is_aside(s, names)]
    asking = [s for s in kept if not _is_beside(s, names)]
    kept = asking if any(s.endswith("?") or _ASKING.match(s) for s in asking) else kept
    return " ".join(kept) if kept and len(kept) < len(sentences) else text


_ASKING = re.compile(
    r"^\W*(?:(?:and|so|please|ok|then) )*(?:who|what|which|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|show|list|tell|give|any)\b",
    re.IGNORECASE,
)


def _is_beside(sentence: str, names: Names) -> bool:
    """Whether a sentence only states what lies outside AWS ("players complain that it is slow")."""
    said = " ".join(words(sentence))
    stated = not sentence.endswith("?") and not _ASKING.match(sentence) and not _WISH.search(sentence)
    if not stated or not is_outside(said) or find_names(said, names).any():
        return False
    return _asks_no_change(said)


def _asks_no_change(said: str) -> bool:
    """Whether a sentence asks for no change in AWS, which is refused whatever else is asked."""
    refused = refusal(said, said)
    return refused is None or refused.kind == "cannot_know"


def _is_aside(sentence: str, names: Names) -> bool:
    """Whether a sentence states something about the asker or the occasion and asks nothing."""
    if sentence.endswith("?") or not _STATEMENT.match(sentence) or _WISH.search(sentence):
        return False
    said = " ".join(words(sentence))
    if find_names(said, names).any():
        return False
    if _TIMELIKE.search(said) and (_PAST.search(said) or not _PRESENT.search(said)):
        return False
    return not concepts_in(said) & DOMAIN_CONCEPTS or bool(_ABOUT_ME.match(sentence))


_WISH = re.compile(
    r"\b(?:would|'d|d) like|\b(?:i|we) (?:need|want|wish|only|just)\b|\blet me\b|\bwonder|\bplease\b|\btell\b|\bshow\b|\bgive\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:had|was|were|did|happened|went|saw|started|looked|broke|failed|got|came)\b")
_PRESENT = re.compile(
    r"\b(?:comes?|coming|will|is|are|am|have|has|meets?|meeting|visits?|asks?|starts?|on call|due|leaves?|presents?)\b"
)
_ABOUT_ME = re.compile(
    r"^(?:i|we)(?:'m|'ve| am| are| have| do| don't| do not| didn't| did not| never| really| was| were)?(?: \w+)? (?:not |n't )?(?:want|think|believe|guess|hope|suppose|told|heard|promised|assume|fear|care|mind|like|hate|love|sure|afraid|worried|curious|asked|wondering|stopped|should|must|have a policy)\b",
    re.IGNORECASE,
)


_TIMELIKE = re.compile(
    rf"\b(?:\d+|{'|'.join(m for m in (*MONTHS, *WEEKDAYS) if len(m) > 3)}|today|yesterday|tomorrow|week|weekend|month|quarter|year|night|morning|evening)s?\b"
)
