"""Conversations: what was asked and answered in a session, kept in SQLite so that a restart loses nothing.

Only questions and delivered answers are kept, never drafts. Of a question that waits for approval its words are kept,
so that it can be followed, and `WAITS` in the place of an answer until there is one. What became of its approval
meanwhile is looked up when it is read (`agents.waited`): whoever asked need not come back for a denial.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from agents.busy import Busy
from tools.errors import RegentError
from tools.own_file import own_file

if TYPE_CHECKING:
    from agents.answer import PrincipalShown
    from policies.access import Principal

MOST_EXCHANGES = 12
"""How many of the latest exchanges a model is shown."""

WAITS = "Nothing has been answered to this yet: it waits for the approval of a second person."
"""In the place of the answer of a question that waits for approval; none of what would run is in it."""

_VERIFIED = "verified:"
"""In front of the id of an owner who was verified; no id of this machine's principals file has a colon."""
_TABLE = """
create table if not exists exchange (
    number integer primary key autoincrement,
    session text not null, principal text not null, question_id text not null unique,
    question text not null, answer text not null
);
create index if not exists by_session on exchange (principal, session, number);
create table if not exists thread (
    number integer primary key autoincrement,
    session text not null, principal text not null, before text, looks_like text,
    unique (principal, session)
);
create index if not exists by_looks on thread (principal, looks_like, number);
create table if not exists asked (
    question_id text primary key, principal text not null, channel text not null, session text
) without rowid;
"""
_LATEST = """
with recursive thread_of (session, depth) as (
    select ?, 0
    union all
    select thread.before, depth + 1 from thread join thread_of using (session)
    where thread.principal = ? and thread.before is not null and depth < ?
)
select question_id, question, answer from exchange join thread_of using (session)
where principal = ? order by depth, number desc limit ?
"""


class ConversationError(RegentError):
    """The conversation store cannot be read or written."""


class Exchange(BaseModel):
    """One question and the answer that was delivered, or `WAITS`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str
    waits: str | None = None
    """The id of the question where `answer` is `WAITS`."""


def as_kept(question_id: str, question: str, answer: str) -> Exchange:
    """An exchange as it is kept."""
    return Exchange(question=question, answer=answer, waits=question_id if answer == WAITS else None)


class Whose(BaseModel):
    """Whose a question is, whatever became of it, and who else reads its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owned_by: str
    channel: str
    session: str | None = None
    """The conversation, if the channel itself vouched for it; one that a caller merely named is nobody else's."""


def owner(principal: Principal) -> str:
    """Whose a session is: by id, and apart for verified persons, so that nobody unverified of the same id reads it."""
    return f"{_VERIFIED}{principal.id}" if principal.verified else principal.id


def owner_of(shown: PrincipalShown) -> str:
    """`owner`, for the principal as an answer shows them."""
    return f"{_VERIFIED}{shown.id}" if shown.assurance != "local" else shown.id


def fingerprint(said: Sequence[tuple[str, str]]) -> str:
    """How a conversation looks to a client that keeps it itself: a hash of who said what, spaces aside."""
    plain = [[role, " ".join(text.split())] for role, text in said]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def owners(principal_id: str) -> tuple[str, str]:
    """Both owners that a person of this id may have been."""
    return principal_id, f"{_VERIFIED}{principal_id}"


class ConversationStore(Protocol):
    """Where conversations are kept. A session belongs to its `owner`: nobody else can read or continue it."""

    def latest(self, owned_by: str, session: str) -> tuple[Exchange, ...]:
        """The latest exchanges of a session and of those it follows, oldest first; none for a new session."""

    def keep(self, owned_by: str, session: str, question_id: str, exchange: Exchange) -> None:
        """Add one exchange; keeping the same question twice keeps it once, with its answer in the place of `WAITS`."""

    def follow(self, owned_by: str, session: str, looks_like: str) -> None:
        """Let a new session follow the owner's session that looks like this; one that is not known is not followed."""

    def looks_like(self, owned_by: str, session: str, looks_like: str) -> None:
        """Remember how a conversation looks to its client after this session: see `fingerprint`."""

    def claim(self, owned_by: str, session: str, by: str) -> bool:
        """Whether `by` answers the conversation's next question now, because nobody else is at one: see `in_order`."""

    def renew(self, owned_by: str, session: str, by: str) -> None:
        """Say that `by` is at it still, if claims end by themselves; one that ended does not come back by this."""

    def release(self, owned_by: str, session: str, by: str) -> None:
        """Let the next question begin."""

    def asked(self, question_id: str, whose: Whose) -> None:
        """Remember whose a question is, also when nothing of it is kept."""

    def whose(self, question_id: str) -> Whose | None:
        """Whose a question is; None when none of that id is known (any more)."""

    def erase(self, principal: str, questions: Collection[str], named: Callable[[str, str], bool]) -> int:
        """Erase every exchange of this person, of these questions, or that `named` says is about them; how many."""


class Conversations:
    """The store in one SQLite file. Safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path, self._busy = path, Busy(path)

    def latest(self, owned_by: str, session: str) -> tuple[Exchange, ...]:
        with self._open() as db:
            given = (session, owned_by, MOST_EXCHANGES, owned_by, MOST_EXCHANGES)
            rows = db.execute(_LATEST, given).fetchall()
        return tuple(as_kept(*row) for row in reversed(rows))

    def keep(self, owned_by: str, session: str, question_id: str, exchange: Exchange) -> None:
        with self._open() as db:
            db.execute(
                "insert into exchange (session, principal, question_id, question, answer) values (?, ?, ?, ?, ?) "
                "on conflict (question_id) do update set answer = excluded.answer where answer = ? "
                "and (principal, session, question) = (excluded.principal, excluded.session, excluded.question)",
                (session, owned_by, question_id, exchange.question, exchange.answer, WAITS),
            )

    def follow(self, owned_by: str, session: str, looks_like: str) -> None:
        with self._open() as db:
            db.execute(
                "insert or ignore into thread (session, principal, before) select ?, ?, session from thread "
                "where principal = ? and looks_like = ? order by number desc limit 1",
                (session, owned_by, owned_by, looks_like),
            )

    def looks_like(self, owned_by: str, session: str, looks_like: str) -> None:
        with self._open() as db:
            db.execute(
                "insert into thread (session, principal, looks_like) values (?, ?, ?) "
                "on conflict (principal, session) do update set looks_like = excluded.looks_like",
                (session, owned_by, looks_like),
            )

    def claim(self, owned_by: str, session: str, by: str) -> bool:
        try:
            return self._busy.claim(owned_by, session, by)
        except OSError as error:
            raise self._unusable(error) from error

    def renew(self, owned_by: str, session: str, by: str) -> None:
        pass  # held for as long as this process lives

    def release(self, owned_by: str, session: str, by: str) -> None:
        try:
            self._busy.release(by)
        except OSError as error:
            raise self._unusable(error) from error

    def asked(self, question_id: str, whose: Whose) -> None:
        with self._open() as db:
            row = (question_id, whose.owned_by, whose.channel, whose.session)
            db.execute("insert or ignore into asked values (?, ?, ?, ?)", row)

    def whose(self, question_id: str) -> Whose | None:
        with self._open() as db:
            look = "select principal, channel, session from asked where question_id = ?"
            found = db.execute(look, (question_id,)).fetchone()
        return Whose(owned_by=found[0], channel=found[1], session=found[2]) if found else None

    def erase(self, principal: str, questions: Collection[str], named: Callable[[str, str], bool]) -> int:
        # the file is written anew, so that nothing of them stays in pages that are no longer used
        if not self._path.exists():
            return 0
        with self._open() as db:
            db.execute("pragma secure_delete = on")
            rows = db.execute("select number, principal, question_id, question, answer from exchange").fetchall()
            gone = [
                (number, who)
                for number, who, question_id, question, answer in rows
                if who in owners(principal) or question_id in questions or named(question, answer)
            ]
            db.executemany("delete from exchange where number = ?", [(number,) for number, _ in gone])
            db.execute("delete from asked where principal in (?, ?)", owners(principal))
            db.executemany("delete from asked where question_id = ?", [(one,) for one in questions])
            # how a conversation looked is a hash over all of its words: those of everybody concerned go with them
            concerned = {*owners(principal), *(who for _, who in gone)}
            db.executemany("delete from thread where principal = ?", [(who,) for who in concerned])
            db.commit()
            if gone:
                db.execute("vacuum")
        return len(gone)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            own_file(self._path)
            db = sqlite3.connect(self._path, timeout=10)
            try:
                with db:
                    db.executescript(_TABLE)
                    yield db
            finally:
                db.close()
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> ConversationError:
        return ConversationError(f"The conversation store {self._path.name} cannot be used: {error}.")
