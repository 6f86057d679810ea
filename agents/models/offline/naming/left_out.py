"""Left out: the words by which a question leaves out what it names, before the name or around it.

"Without Utrecht", "leave out the ones for data-lab" and "take the venues out of it" name what is not asked about.
"""
# ruff: noqa: E501, SIM905 - patterns and lists of words read better in one piece

from __future__ import annotations

import re

_VERB = (
    r"(?:except(?:ing|ed)?|exclud\w+|excl|exclusive of|other than|apart from|aside from|outside(?: of)?|besides|not counting|without|zonder|behalve|uitgezonderd|sem|exceto|minus|subtract\w*|deduct\w*|get(?:ting)? rid of|nothing (?=from|of|in)|do not (?:want(?: to see)?|count|include|show|consider|need)|skip\w*"
    r"|(?:leav\w+|left|tak\w+|filter\w*|strip\w*|cut\w*|keep\w*|cross\w*) out|(?:tak\w+|strip\w*) away|leav\w+ (?:aside|off)|(?:set\w*|put\w*|leav\w+) aside|ignor\w+|disregard\w*|omit\w*|drop\w*|forget(?: about)?|never mind"
    r"|save for|bar|barring|beyond|net of|rather than|instead of|not)"
)
_OF_THEM = r"(?:for|the|of|all|out|from|our|any|everything|anything|what is|in|at|on|to|ones?|those|these|that|which|who|whatever|things|stuff|is|are|belong(?:s|ing)?|part|parts|share|bits?|rows?|lines?|items?|entries|figures?|inside|within|under|with|it)"
"""What may stand between: the things that were shown, of what is named."""
_MASKS = r"<(?:account|venue|team|env|service|region)>"
_MORE = rf"{_MASKS}(?:(?: ?, ?| and | or | & | nor |, and | ?, or )(?:{_OF_THEM} )*{_MASKS})*"
_BEFORE = re.compile(
    rf"(?<![\w-])(?:{_VERB}(?: {_OF_THEM})*|(?:(?<=[a-z>] )but|but not|less)(?: (?:for|the|of|all|our|any|in|at))*) (?P<named>{_MORE})"
)
_AROUND = re.compile(
    rf"(?<![\w-])(?:leav\w+|tak\w+|keep\w*|cut\w*|filter\w*|strip\w*|cross\w*|put\w*|set\w*)(?: {_OF_THEM})*\s+(?P<named>{_MORE})(?: (?:ones?|part|costs?|spend|'s|team|account|venue)){{0,2}} (?:out|off|aside|away)\b"
)
_BEHIND = re.compile(
    rf"(?P<named>{_MORE})(?: (?:is|are|ones?))* (?:(?:is |are )?(?:excluded|excepted|left out|not (?:counted|included)|aside|omitted)|not)(?=\W*$)"
)
_SAID = (_BEFORE, _AROUND, _BEHIND)
_LESS_THERE = re.compile(r"\bless (?:in|at|on|for|from|to|with)\b")
"""Less of something in a place: the place is asked about."""


_NOT_BUT = re.compile(
    r"(?<![\w-])(?:not (?:in |for |at |of |on )?(?P<not>[\w -]{2,40}?)(?: ,)? but|instead of (?P<instead>[\w -]{2,40}?) ,|rather than (?P<rather>[\w -]{2,40}?) ,)(?= (?:rather |only |just )?(?:in |for |at |of |on )?(?:the )?[\w-]+(?: (?:account|team|venue))?\W*$)"
)


def named_instead(text: str) -> str:
    """A text without what another thing is named in the place of: "not in Utrecht but in Rotterdam" is "in Rotterdam"."""
    return _NOT_BUT.sub(" ", text)


_ONE = r"(?:(?!and\b|but\b|no\b|not\b)[\w'-]+ ){0,3}?[\w'-]+"
_NONE_OF = r"(?:no|not|none of|without|never|rather than|instead of|(?:but )?(?:leave|leaving) out|excluding|except)"
_ONLY_AND_NOT = re.compile(
    rf"(?i)\b(?P<lead>(?:only|just|solely|merely|nothing but) (?:the |our |those )?)(?P<kept>{_ONE})(?P<and>\s*[,;-]*\s*(?:and |but |so )?{_NONE_OF} (?:the |any |our |those |also )*(?P<not>{_ONE}(?:(?:,| and| or| nor)+ (?:the |any )?{_ONE})?))(?=[\s,.?!]*$| please\b)"
    rf"|(?P<first>\b{_NONE_OF} (?:the |any |our |those )*(?P<not2>{_ONE}(?:(?:,| and| or| nor)+ {_ONE})?)\s*[,;-]*\s*(?:but |and )?)(?P<lead2>(?:only|just|solely|merely) (?:the |our |those )?)(?P<kept2>{_ONE})(?=[\s,.?!]*$| please\b)"
    rf"|(?:(?<=, )|^(?:and |so |ok |but )?)(?:the )?(?P<kept3>{_ONE}) (?P<alone>only|alone)(?P<and3>\s*[,;-]*\s*(?:and |but )?{_NONE_OF} (?:the |any |our |those )*(?P<not3>{_ONE}(?:(?:,| and| or| nor)+ {_ONE})?))(?=[\s,.?!]*$| please\b)"
)
"""Only one sort, and another one not: the second says what the first does."""


def only_and_not(question: str) -> tuple[str, str, str] | None:
    """What alone is wanted and what is not, and the question without saying the second; None where it is not said so.

    "Only changes, no reads" is "only changes".
    """
    match = _ONLY_AND_NOT.search(question)
    if match is None:
        return None
    kept, out = (next(filter(None, (match[f"{name}{n}"] for n in ("", "2", "3")))) for name in ("kept", "not"))
    said = next(name for name in ("and", "first", "and3") if match[name])
    start, end = match.span(said)
    return kept, out, f"{question[:start]}{question[end:]}"


def left_out(masked: str) -> frozenset[str]:
    """The kinds of names (`account`, `venue`, `team`, `env`, `service`, `region`) that a masked text leaves out."""
    return frozenset(kind for start, end in spans(masked) for kind in re.findall(r"<(\w+)>", masked[start:end]))


def spans(masked: str) -> list[tuple[int, int]]:
    """Where a masked text names what it leaves out."""
    found = (match for pattern in _SAID for match in pattern.finditer(masked))
    return sorted({match.span("named") for match in found if not _LESS_THERE.match(match[0])})


def only_leaves_out(masked: str) -> bool:
    """Whether a text says that something is left out, and nothing else."""
    places = spans(masked)
    if not places:
        return False
    for pattern in _SAID:
        masked = pattern.sub(" ", masked)
    return not set(re.findall(r"[\w<>'-]+", masked)) - _BESIDE


_BESIDE = frozenset(
    "and but so or ok okay now then please just only also again same the this that it them those these everything anything all "
    "what how about if we you i can could would let us me show give list do does did is are was were look looks like without of for in "
    "from out here there one ones per favour total totals figure figures accounts account venues venue teams team "
    "want need altogether well too though instead actually no yes right list table picture sum calculation comparison mix".split()
)
"""Words that say nothing more of what is asked for."""
_PLAINLY = r"(?:except(?:ing)?|excluding|exclude|apart from|aside from|not counting|without|minus|skip|leav(?:e|ing) out|tak(?:e|ing) out|filter(?:ing)? out|leaving aside|ignor(?:e|ing)|disregard(?:ing)?|omit(?:ting)?|drop|forget(?: about)?|never mind|other than|(?:everything|anything|all) but)"
_WORDS_OUT = re.compile(
    rf"(?:(?<![\w-]){_PLAINLY}|^\W*(?:(?:and|but|so|ok|please|just|only) )*not)(?: {_OF_THEM})* (?P<what>[a-z][\w-]*(?: [a-z][\w-]*){{0,3}})|(?:leave|take|keep|put|filter)(?: {_OF_THEM})* (?P<held>[a-z][\w-]*(?: [a-z][\w-]*){{0,3}}?) (?:out|aside|away)\b"
)
_GOES_ON = re.compile(
    r"\b(?:in|for|by|per|on|at|from|last|this|over|during|since|what|how|which|who|do|does|did|is|are|please|of|and|or)\b"
)


def words_left_out(flat: str) -> str:
    """The words that name what is left out, whether they are names or not; empty where nothing is."""
    match = _WORDS_OUT.search(flat)
    return _GOES_ON.split(match["what"] or match["held"], maxsplit=1)[0].strip() if match else ""
