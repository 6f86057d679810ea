"""Nonces: numbers used once, remembered until nothing that carries them is accepted any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from policies.access.errors import NotVerifiedError
from policies.table import Table
from tools.own_file import own_file


class Nonces(Protocol):
    """Where used nonces are kept; every process that accepts the same envelopes must share one."""

    def use(self, nonce: str, until: float) -> bool:
        """Use a nonce; False if it was used before. `until` (Unix seconds): when it may be forgotten.

        Raises:
            NotVerifiedError: it cannot be known whether it was used, which counts as yes.
        """


class FileNonces:
    """Used nonces in an SQLite file: shared by the processes of one machine."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock

    def use(self, nonce: str, until: float) -> bool:
        import sqlite3

        try:
            own_file(self._path)
            db = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            try:
                db.execute("create table if not exists nonce (nonce text primary key, until real not null)")
                db.execute("delete from nonce where until < ?", (self._clock(),))
                done = db.execute("insert or ignore into nonce values (?, ?)", (nonce, until))
                return done.rowcount == 1
            finally:
                db.close()
        except (sqlite3.Error, OSError) as error:
            raise NotVerifiedError("It cannot be known now whether the envelope was used before; try later.") from error


class DynamoNonces:
    """Used nonces in a DynamoDB table with the keys `pk` and `sk` and time to live in `ttl`."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, NotVerifiedError)

    def use(self, nonce: str, until: float) -> bool:
        item = {"pk": {"S": f"nonce#{nonce}"}, "sk": {"S": "nonce"}, "ttl": {"N": str(int(until) + 1)}}
        try:
            return self._table.held("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")
        except NotVerifiedError as error:
            raise NotVerifiedError("It cannot be known now whether the envelope was used before; try later.") from error
