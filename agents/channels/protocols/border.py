"""Border: what the protocols share. From a request to a call, its answer with progress on the way, and refusals."""

from __future__ import annotations

import asyncio
import contextvars
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from agents.acting import House, Resume
from agents.answer import Answer, Question
from agents.channels.markdown import markdown
from agents.channels.rendering import view
from agents.identifying import refuse_call
from agents.progress import shown_progress
from agents.wording import FAILED
from policies.access.errors import NotVerifiedError, UnknownPrincipalError
from policies.access.identity import Call, Verified
from policies.halting import StoppedError
from policies.oversight import ApprovalError, NotInChargeError
from policies.oversight.refusals import Why
from tools.errors import RegentError

if TYPE_CHECKING:
    from starlette.requests import Request

    from agents.desk import Progress

log = structlog.get_logger()
Result = TypeVar("Result")
_RESUME = re.compile(r"resume (a-[0-9a-f]{16})", re.IGNORECASE)
_AT_ONCE = 64
"""Questions that are worked on at the same time; more wait for their turn."""
Said = Sequence[tuple[str, str]]
"""A conversation: who said what, `user` or `assistant`."""
STILL: dict[str, Any] = {"event": "still"}
COMMENT = ": still working\n\n"
"""How server-sent events say it: a comment, which clients skip."""
_QUIET_SECONDS = 15.0
_POOL = ThreadPoolExecutor(_AT_ONCE, "protocol")


class Refused(RegentError):  # noqa: N818 - a refusal is what it is
    """The request is not answered: `status` is the HTTP status that says so."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self._retry_after = status, retry_after

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP says with that status."""
        found = {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        return found if self._retry_after is None else {**found, "Retry-After": str(self._retry_after)}


async def json_of(request: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises:
        Refused: it is none.
    """
    try:
        whole = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON.") from None
    if not isinstance(whole, dict):
        raise Refused(400, "The body is not a JSON object.")
    return whole


async def answered(house: House, question: Question, call: Call) -> AsyncIterator[dict[str, Any] | Answer]:
    """Progress as it may be shown, then the answer; `STILL` when nothing happens for long, so that no proxy gives up.

    The question is answered in a thread and to its end, also when nobody reads on: it is on record as asked.

    Raises:
        Refused: who asks is not verified (401) or not known (403), or has too many questions running (429), all on
            record; or it failed (500, 503).
    """
    loop, told = asyncio.get_running_loop(), asyncio.Queue[dict[str, Any] | Answer | Refused]()
    context = structlog.contextvars.get_contextvars()

    def tell(one: dict[str, Any] | Answer | Refused) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(told.put_nowait, one)

    def run() -> None:
        with structlog.contextvars.bound_contextvars(**context):
            try:
                tell(reply(house, question, call, lambda event: tell(shown_progress(event))))
            except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
                tell(refusal(error))

    _POOL.submit(run)
    verified = False
    while True:
        try:
            one = await asyncio.wait_for(told.get(), _QUIET_SECONDS)
        except TimeoutError:
            if verified:
                yield STILL
            continue
        verified = True
        if isinstance(one, Refused):
            raise one
        if isinstance(one, Answer):
            if one.principal.role == "unknown":
                raise Refused(403 if ":" in one.principal.id else 401, one.text)
            if one.retry_after is not None:
                raise Refused(429, one.text, one.retry_after)
            yield one
            return
        yield one


def refusal(error: Exception) -> Refused:
    """What a caller is told of an error; its text only if it is a sentence of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, NotVerifiedError):
        return Refused(401, str(error))
    if isinstance(error, UnknownPrincipalError):
        return Refused(403, str(error))
    if isinstance(error, RegentError):
        return Refused(503, str(error))
    log.error("a protocol's call failed", error=type(error).__name__)
    log.debug("what failed", exc_info=error)
    return Refused(500, FAILED)


def progress_line(event: dict[str, Any]) -> str | None:
    """A progress event as a line for people; None if it says nothing to them."""
    query = str(event.get("query", "")).replace("_", " ")
    match event.get("event"):
        case "query.started":
            return f"Asking AWS: {query} …"
        case "query.finished":
            return f"Found: {query} ({event.get('milliseconds', 0) / 1000:.1f} s)."
        case "query.failed":
            return f"Failed: {query}."
    return None


def shown(house: House, answer: Answer) -> str:
    """The answer as markdown, with the line that an AI system wrote it."""
    return markdown(view(answer, house.settings.disclosure))


def last_question(messages: Said) -> str:
    """The text to answer: the last message, which must be the person's.

    Raises:
        Refused: it is not, or it is empty.
    """
    if not messages or messages[-1][0] != "user" or not messages[-1][1].strip():
        raise Refused(400, "The last message must be the person's question, as text.")
    return messages[-1][1]


def reply(house: House, question: Question, call: Call, progress: Progress = lambda event: None) -> Answer:
    """The answer to a question; or, to `resume a-…`, that of the asker's question which waited for this approval.

    Raises:
        Refused: it still waits, was turned down for good, or is somebody else's.
        RegentError: the house is out of order.
    """
    wanted = _RESUME.fullmatch(question.text.strip())
    if wanted is None:
        return house.ask(question, call, progress)
    try:
        return house.resume(Resume(resume=wanted[1].lower()), call, progress)
    except (ApprovalError, StoppedError) as error:
        raise Refused(409, str(error)) from None
    except NotInChargeError as error:
        raise Refused(403, str(error)) from None


async def known(house: House, call: Call, channel: str, asked: str) -> Verified:
    """Who makes this call. Whoever is not verified or known is refused on record, with what was `asked`,
    if that is anything.

    Raises:
        Refused: nobody who is verified (401) and known (403); or it cannot be found out (503).
    """

    def look() -> Verified:
        try:
            return house.who.of(call)
        except (NotVerifiedError, UnknownPrincipalError) as error:
            if asked:
                refuse_call(house.desk, Question(text=asked, channel=channel), error)
            else:
                why: Why = "unknown" if isinstance(error, UnknownPrincipalError) else "unverified"
                house.desk.oversight.refusals.count(channel, why=why)
            raise

    return await in_thread(look)


async def in_thread(work: Callable[[], Result]) -> Result:
    """Work that blocks, in a thread. Raises `Refused` for whatever goes wrong."""
    context = contextvars.copy_context()
    try:
        return await asyncio.get_running_loop().run_in_executor(_POOL, lambda: context.run(work))
    except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
        raise refusal(error) from None


def finish() -> None:
    """Wait for what is being worked on, at the end of a process; what was not begun is dropped."""
    _POOL.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Already:
    """Says who makes a call when that was verified for the whole request."""

    verified: Verified

    def of(self, call: Call) -> Verified:
        """Who it is."""
        return self.verified


def already(house: House, verified: Verified) -> House:
    """The house for a request whose caller was verified as a whole: evidence may count only once."""
    return replace(house, who=_Already(verified))
