"""Running: one query call from inputs to facts and receipts, live, from the cache, or replayed offline.

Callers outside `tools` do not use this directly: `policies.governed.governed_call` decides first and records after.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tools.accounts import Directory
from tools.calls import Aws
from tools.errors import RegentError, UnreadableError
from tools.estates import Estate
from tools.facts import FactBook, QueryResult
from tools.receipts import Receipt, ReceiptStore
from tools.registry import Query
from tools.wire import RUNNING, Memory, Running


@dataclass(frozen=True, slots=True)
class Sent:
    """What one query call asked of AWS so far; of one that fails in the end, too, because that was billed as well."""

    receipts: dict[str, Receipt] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Operations that went to AWS (not answered from memory), in order."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One query call's outcome: the result with its facts, the receipts behind it, and what it took."""

    result: QueryResult
    receipts: tuple[Receipt, ...]
    milliseconds: float
    asked: tuple[str, ...]
    """Operations that went to AWS (not answered from memory), in order."""


def run_query(
    query: Query,
    given: dict[str, Any],
    *,
    estate: Estate,
    directory: Directory,
    book: FactBook,
    store: ReceiptStore,
    now: datetime,
    memory: Memory | None = None,
    clean: Callable[[str], str] = str,
    sent: Sent | None = None,
) -> Ran:
    """Run `query` with parsed inputs `given`; its facts get ids in `book`.

    `clean` is applied to every text that the estate supplied (labels, values, cells, notes) before it becomes a fact.
    `sent` is filled as the calls happen.

    Raises:
        RegentError: an input, AWS or the receipt store failed; nothing was added to `book`.
    """
    sent = sent or Sent()
    running = Running(query.name, query.operations, estate.source, store, memory, sent.receipts, sent.asked)
    aws = Aws(estate.sessions, directory, now, estate.regions, currency=estate.currency)
    available: dict[type, Any] = {Aws: aws, FactBook: book}
    started = time.perf_counter()
    token = RUNNING.set(running)
    try:
        injected = {name: available[kind] for name, kind in query.injected.items()}
        found = query.function(**injected, **given)
    except RegentError:
        raise
    except Exception as error:
        # the border to query code, a company's own included: whatever it trips over is a failed call on record,
        # never taken for bad input or for an empty result
        raise UnreadableError(
            f"The query {query.name} could not read what AWS answered ({type(error).__name__}); it gave no facts."
        ) from error
    finally:
        RUNNING.reset(token)
    found.incomplete = list(dict.fromkeys([*found.incomplete, *aws.incomplete]))
    result = book.seal(query.name, given, found.cleaned(clean))
    elapsed = (time.perf_counter() - started) * 1000
    # all of them, also those that no fact names: a lookup or a refusal is needed to recompute the facts
    return Ran(result, tuple(running.receipts.values()), elapsed, tuple(running.asked))
