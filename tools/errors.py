"""The errors that Regent raises on purpose: one root, and a message that says what to do.

Anything else that escapes is a defect. `RegentError` stands here because `tools` is the room that
imports nothing of ours; the other rooms subclass it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

_FEW = 12
"""How many names are all listed when none is similar to what was asked for."""


class RegentError(Exception):
    """Root of every error raised on purpose. Its text is one or two plain sentences, fit for a person."""


class InputError(RegentError):
    """A query got an input that it cannot use; the sentence says what it would accept."""


class UnknownNameError(InputError):
    """A named account, service, team, venue or the like does not exist within the asker's sight."""

    def __init__(self, kind: str, got: str, known: Iterable[str]) -> None:
        names = sorted(set(known))
        close = nearest(got, names)
        self.kind, self.got = kind, got
        self.candidates = tuple(close or (names if len(names) <= _FEW else ()))
        said = ", ".join(self.candidates)
        hint = f"nearest: {said}" if close else f"they are: {said}" if said else "none is similar"
        super().__init__(f"There is no {kind} {got!r} in sight ({len(names)} known; {hint}).")


class AwsCallError(RegentError):
    """AWS answered one call with an error, or did not answer."""

    def __init__(self, account: str, operation: str, code: str, message: str, receipts: tuple[str, ...] = ()) -> None:
        self.account, self.operation, self.code, self.detail = account, operation, code, message
        self.receipts = receipts
        """The receipt of AWS's refusal, if AWS answered: "no such policy" is evidence too."""
        super().__init__(f"{operation} in account {account} failed with {code}: {message}")


class UnreadableError(RegentError):
    """A query could not make sense of what AWS answered, or is defective. It gave no facts."""


class UndeclaredOperationError(RegentError):
    """Code asked AWS for something that the running query did not declare. Nothing was sent."""


class ReceiptError(RegentError):
    """A receipt's stored response is missing, unreadable, or not the one the receipt describes."""


class SettingsError(RegentError):
    """A setting is missing or contradicts another; the sentence names the setting."""


def nearest(got: str, names: Sequence[str], most: int = 5) -> list[str]:
    """Names closest to `got`: those that contain it first, then by edit similarity."""
    folded = {name.casefold(): name for name in names}
    inside = [name for key, name in folded.items() if got.casefold() in key]
    bare = {_OWNER.sub("", key): name for key, name in reversed(list(folded.items()))}
    said = _OWNER.sub("", got.casefold())
    near = get_close_matches(said, list(bare), n=most, cutoff=0.5 if said == got.casefold() else 0.7)
    close = [bare[key] for key in near]
    # of a long name one word may be what was meant: "EC3" is near to "EC2 - Other"
    return list(dict.fromkeys(inside + close))[:most] or _near_a_word(said, folded, most)


_OWNER = re.compile(r"^(?:amazon|aws) ?(?=\S)")
"""What most names of services begin with: two that share no more than that are not near to each other."""


def _near_a_word(got: str, folded: Mapping[str, str], most: int) -> list[str]:
    words = {word: name for key, name in reversed(list(folded.items())) for word in key.split() if len(word) > 2}
    return list(dict.fromkeys(words[word] for word in get_close_matches(got, list(words), n=most, cutoff=0.6)))
