"""People and bodies who ask, or whom the answer is for: they are no names in the estate, and no part of what is asked."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass

OFFICES = (
    r"(?:examiners?|inspectors?(?! (?:findings?|scans?|costs?|spend|bill|results?|coverage|reports? (?:on|for)))|inspectorate|inspections?|regulators?|auditors?|assessors?|officers?|officials?|supervisors?|supervisory (?:authority|board|body|committee)|"
    r"authority|authorities|commission(?:er)?s?|control board|gaming board|gambling board|board members?|board of \w+|the board|(?:state|test|testing|technical|forensic|external|independent) lab(?:oratory|s)?|resellers?|vendors?|suppliers?|providers? of \w+|insurers?|"
    r"underwriters?|banks?|bankers?|lenders?|creditors?|investors?|shareholders?|owners?(?= (?:asks?|wants?|needs?|wonders?))|notary|lawyers?|counsel|attorneys?|solicitors?|prosecutors?|police|detectives?|journalists?|reporters?|newspapers?|press|unions?|"
    r"works council|ministry|minister|treasur(?:er|y)|controllers?|accountants?|bookkeepers?|directors?|managers?|chair(?:man|woman|person)?|secretary|boss(?:es)?|colleagues?|consultants?|consultancy|contractors?|partners?|landlord|headhunters?|"
    r"recruiters?|interns?|trainees?|liaisons?|ombudsman|tax office|tax authority|committee|council|secretariat|parent company|ceo|cfo|cto|cio|ciso|coo|cro|dpo|vp|evp|svp|mp|judge|court)"
)
_SOFT = (
    r"(?:finance|legal|marketing|hr|human resources|procurement|purchasing|sales|compliance|risk(?: management)?|internal audit|audit|operations|ops|heads?|leads?|analysts?|engineers?|developers?|scientists?|architects?|admins?|"
    r"guy|guys|lady|gentleman|gentlemen|people|folks|staff|team|department|office|panel|desk|division|group|holding)"
)
ROLES = rf"(?:{OFFICES}|{_SOFT})"
"""Who may ask, or be the one that an answer is for."""
_ASKS = (
    r"(?:(?:is|are|was|were|has|have|had|keeps?|kept|now|just|also|again|still|urgently|kindly|been|repeatedly) ){0,3}"
    r"(?:ask(?:s|ed|ing)?|want(?:s|ed|ing)?|wish(?:es|ed)?|would (?:also )?(?:like|love|want|prefer)|wonder(?:s|ed|ing)?|[ei]nquir(?:es?|ed|ing)|request(?:s|ed|ing)?|demand(?:s|ed|ing)?|insist(?:s|ed|ing)?|"
    r"requir(?:es?|ed|ing)|expect(?:s|ed|ing)?)"
)
_PLAINLY = (
    r"(?:(?:is|has|keeps?|also|now|just) ){0,2}(?:ask(?:s|ed|ing)?|wants?|would like|wonders?|wishes|[ei]nquires?)"
)
_NEEDS = r"(?:(?:is|are|was|has|have|also|just|now|urgently|still) ){0,2}(?:need(?:s|ed|ing)?|call(?:s|ed|ing)? (?:for|about)|question(?:s|ed|ing)|rais(?:es?|ed) (?:the question|a question)|would (?:need|require)|must have|has to have|claim(?:s|ed|ing)?|sa(?:ys?|id)|suspect(?:s|ed)?|report(?:s|ed)?|think(?:s)?|believ(?:es?|ed)|alleg(?:es?|ed)|mention(?:s|ed)?|told (?:me|us)|tells (?:me|us)|noticed|reckons?)"
_THEN = (
    r"(?:[ ,]+(?:me|us|him|her|them))?(?:[ ,]+(?:to (?:know|see|hear|have|check|understand|learn|find out|be told|verify|confirm|get|receive|be shown|be informed)(?: (?:of|about|on|that|whether|if))?|"
    r"on (?:knowing|seeing|having)|about|for(?: (?:written |formal |a )?(?:confirmation|proof|evidence|clarity|clarification)(?: of| on| that)?)?|(?:written |formal )?(?:confirmation|proof|evidence)(?: of| on| that)?|of (?:me|us)|if|whether|that|in (?:knowing|seeing)|how|to))?[ ,:]+"
)
_SUBJECT = r"(?:(?:the|our|my|your|his|her|their|a|an|this|that|one of (?:the|our|my)|some|someone|somebody|mr|mrs|ms|dr|every|both|these)\.?\s+)"
_WORDS = r"(?:(?!(?:i|we|you|it|they|there|all|any|no|who|which|what|where|when|why|how|is|are|was|were|do|does|did|has|have|can|could|cost|costs|spend|spent|spends)\b)[\w&.'\u2019/-]+[ ,]+)"
_OPENERS = r"(?:and |so |well,? |ok(?:ay)?,? |hi,? |hello,? |hey,? |please,? |fyi:? |now |btw,? )?"
_ASKER = re.compile(
    rf"^\s*{_OPENERS}(?:{_SUBJECT}?{_WORDS}{{0,7}}?(?:{ROLES})(?:['\u2019]s? (?:office|people|staff|secretary|team|department|assistant))?(?:,? (?:in|at|of|from|on) {_WORDS}{{1,4}}?|, {_WORDS}{{1,4}}?| )?\s*(?:{_ASKS}|{_NEEDS})\b"
    rf"|{_SUBJECT}{_WORDS}{{0,5}}?{_ASKS}\b|{_WORDS}{{1,5}}?{_PLAINLY}\b){_THEN}",
    re.IGNORECASE,
)
_HERE = re.compile(
    rf"^\s*{_OPENERS}(?:this is |it is |it's |i am |i'm |we are |we're )?{_WORDS}{{0,7}}?(?:(?:{ROLES})\b[^?:;,.]{{0,30}}?(?=[:.]| here\b| speaking\b| calling\b| on the\b| in the\b| (?:is|are) (?:here|in|on|at)\b)|here|speaking|on the (?:line|phone))(?: (?:here|speaking|calling|on the (?:line|phone)|in the (?:lobby|building|house|room)|is (?:here|in|on|at)[^,:;?.]{{0,30}}|are (?:here|in|on|at)[^,:;?.]{{0,30}}))?\s*[,:;.\u2013\u2014-]\s+(?=\w)",
    re.IGNORECASE,
)
"""An asker who says who they are ("Liaison here.", "Treasury here, what ...", "The inspector is in the lobby, ...")."""
_FOR = re.compile(
    rf"^\s*{_OPENERS}(?:for(?! (?:all|each|every|both|which|what|us|this|that|those|these|the whole|the entire|me)\b[^:]*$)|following|after|according to|as per|on behalf of|at the request of|in view of|with a view to|ahead of|before|pursuant to|in response to|in reply to|re|regarding|to answer|to satisfy|on request of|as requested by|as asked by|in preparation for|in connection with)\s+[^?:;]{{2,80}}?(?::|,)\s+(?=(?:\w+[ ,'\u2019]+){{1,}})",
    re.IGNORECASE,
)
"""What or whom it is for ("For the purchase agreement: ...", "Following a tip-off, ...")."""
_BEHIND = re.compile(
    rf",?\s*\b(?:(?:asks?|asked|says?|said|wonders?|demands?|requests?|wants to know|according to|as (?:requested|asked|demanded|required) by|on behalf of|at the request of|to show (?:to )?|to tell|for|to hand to|to give to|to present to)\s+(?:the|our|my|a|an)\s+(?:[\w'\u2019-]+ ){{0,3}}?(?:{OFFICES})(?: (?:here|tomorrow|today|on \w+day))?)\s*(?=[.?!,]|$)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r",?\s+(?:(?:as|because|so that|so|in order that|given that|now that|seeing that) (?:the|our|my|i|we|they|it|he|she|an?|this|that|somebody|someone)\b"
    r"|before (?:i|we|they|he|she) (?:sign|renew|buy|decide|talk|meet|go|leave|present|order|commit|extend|close|approve|send|file|answer|reply|respond|pay|book|sit|walk|speak|report)\b)[^?.!;]{3,90}(?=[?.!]|$)",
    re.IGNORECASE,
)
"""Why it is asked, behind the question ("..., as the authority has received a tip-off", "before I sign")."""
_PERSON = re.compile(
    r"\b([A-Z])\. ?((?:(?:van|von|de|du|der|den|ten|ter|la|le|da|dos|el|al|di)\s+){0,3})([A-Z][a-z]{2,})\b(?!['\u2019]?s? \w+ (?:account|team))"
)


_ROLE_APART = re.compile(
    r"(?<!the )(?<!a )\bdeploy ([a-z]{3,})(?= (?:role|user|chang|did|do|done|delet|touch|creat|remov))"
)
_ROLE = re.compile(rf"\b{ROLES}\b", re.IGNORECASE)
_PRESENT = re.compile(
    r"\b(?:here|speaking|on the (?:line|phone)|in the (?:lobby|building|house|room))\b", re.IGNORECASE
)
_INNER = re.compile(r"(?<!in )(?<!of )(?<!at )(?<!from )(?<!on )(?<!^)\b(?:the|our|my)\b", re.IGNORECASE)
_ASKED = re.compile(rf"\b(?:{_ASKS}|{_NEEDS})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """A clause at the start of a text that is no part of what is asked, if its words speak of nothing in the estate."""

    said: str
    """The whole clause, with the blank behind it."""
    whom: str
    """Who or what it speaks of."""
    role: bool
    """Whether that is a person or a body by profession, whose own words ("security officer") name no place."""


def openings(text: str) -> list[Opening]:
    """Clauses at the start that say who asks, or whom or what the answer is for, as far as the form tells."""
    found: list[Opening] = []
    if match := _HERE.search(text):
        found.append(Opening(match[0], match[0], bool(_PRESENT.search(match[0]))))
    if match := _FOR.search(text):
        found.append(Opening(match[0], match[0], bool(re.search(rf"\b{ROLES}\s*[,:]", match[0], re.IGNORECASE))))
    if match := _ASKER.search(text):
        asked = _ASKED.search(match[0])
        whom = match[0][: asked.start()] if asked else match[0]
        if not _INNER.search(whom.strip()):
            found.append(Opening(match[0], whom, bool(_ROLE.search(whom))))
    if (match := _TITLE.search(text)) and not _SAYS_MORE.search(match[0]):
        found.append(Opening(match[0], match[0], False))
    return [one for one in found if len(re.findall(r"\w+", text[len(one.said) :])) > 1]


_TITLE = re.compile(r"^[^:?;.!]{2,60}:\s+(?=\w)")
_SAYS_MORE = re.compile(
    r"\w-\w|\b(?:only|included|including|high|low|critical|severity|view|by|per|tag|tags|tagged|rules?|upgrade|databases?|buckets?|servers?|instances?|machines?|disks?|volumes?|functions?|keys?|users?|accounts?|requests?|services?|regions?|free|storage|"
    r"public|missing|without|no|not|top|gross|net|credits?|refunds?|monthly|daily|each|every|total|name|list|who|how|what|which|where|why|when|is|are|was|were|do|does|did)\b",
    re.IGNORECASE,
)
"""What a heading says that the question behind it may need."""


def without_listeners(question: str) -> str:
    """The question without those at its end whom it is for ("... for the state's technical examiner?")."""
    bare = _BEHIND.sub(" ", question)
    return bare if len(re.findall(r"\w+", bare)) > 2 else question


def reason(question: str) -> re.Match[str] | None:
    """A clause at the end of a question, or of a sentence in it, that says why it is asked."""
    return _REASON.search(question)


def users_written_out(question: str) -> str:
    """Initials with a surname as user names are made of them: `J. de Vries` as `j.devries`."""

    def joined(match: re.Match[str]) -> str:
        return f"{match[1]}.{match[2].replace(' ', '')}{match[3]}".lower()

    return _ROLE_APART.sub(r"deploy-\1", _PERSON.sub(joined, question))
