"""Many emulated accounts behind one address: `sts:AssumeRole` and `backup:ListBackupJobs`, each after a while.

    python -m tests.bench.accounts_server --milliseconds 20 --denied 0 --per-second 0

An account is told by the key that its `AssumeRole` gave out, so a call with another account's key is noticed. It counts
calls, and how many were under way at once; `GET /counts` tells, and forgets. `--denied 20` refuses every 20th account;
`--per-second 100` throttles what comes faster.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
import urllib.parse
from collections import Counter

_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>"""
_THROTTLED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>"""
_DENIED = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>
<RequestId>r</RequestId></ErrorResponse>"""


class Accounts:
    """The server's state."""

    def __init__(self, milliseconds: float, denied: int, per_second: float) -> None:
        self.seconds, self.denied, self.per_second = milliseconds / 1000, denied, per_second
        self.counts: Counter[str] = Counter()
        self.under_way = 0
        self.began, self.taken = time.monotonic(), 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open."""
        while head := await self._head(reader):
            length = re.search(rb"content-length: *(\d+)", head, re.I)
            body = await reader.readexactly(int(length[1])) if length else b""
            status, kind, said = await self._answer(head, body)
            data = said.encode()
            writer.write(
                f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nx-amzn-requestid: r\r\n"
                f"Content-Length: {len(data)}\r\n\r\n".encode()
                + data
            )
            await writer.drain()
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""

    async def _answer(self, head: bytes, body: bytes) -> tuple[int, str, str]:
        if head.startswith(b"GET /counts"):
            counts, self.counts = self.counts, Counter()
            return 200, "application/json", json.dumps(counts)
        self.under_way += 1
        self.counts["most at once"] = max(self.counts["most at once"], self.under_way)
        try:
            await asyncio.sleep(self.seconds)
            if self._throttled():
                return self._refuse(body)
            if b"Action=AssumeRole" in body:
                return self._assume(body)
            return self._jobs(head)
        finally:
            self.under_way -= 1

    def _refuse(self, body: bytes) -> tuple[int, str, str]:
        """Each service's own throttling error, as AWS writes it: STS in XML with 400, Backup in JSON with 429."""
        self.counts["throttled"] += 1
        if b"Action=AssumeRole" in body:
            self.counts["throttled sts:AssumeRole"] += 1
            return 400, "text/xml", _THROTTLED
        return 429, "application/json", '{"__type": "ThrottlingException", "message": "Rate exceeded"}'

    def _assume(self, body: bytes) -> tuple[int, str, str]:
        self.counts["sts:AssumeRole"] += 1
        account = urllib.parse.unquote(body.decode()).split("arn:aws:iam::")[1][:12]
        if self.denied and int(account) % self.denied == 0:
            return 403, "text/xml", _DENIED
        return 200, "text/xml", _ASSUMED.format(account=account)

    def _jobs(self, head: bytes) -> tuple[int, str, str]:
        self.counts["backup:ListBackupJobs"] += 1
        known = re.search(rb"Credential=ASIA(\d{12})/", head)
        if known is None:
            return 403, "application/json", '{"__type": "UnrecognizedClientException", "message": "no key"}'
        return 200, "application/json", '{"BackupJobs": []}'

    def _throttled(self) -> bool:
        if not self.per_second:
            return False
        now = time.monotonic()
        self.taken = max(0.0, self.taken - (now - self.began) * self.per_second)
        self.began = now
        if self.taken >= self.per_second:
            return True
        self.taken += 1
        return False


async def _main() -> None:
    given = argparse.ArgumentParser(description="Many emulated accounts behind one address.")
    given.add_argument("--milliseconds", type=float, default=20)
    given.add_argument("--denied", type=int, default=0)
    given.add_argument("--per-second", type=float, default=0)
    found = given.parse_args()
    accounts = Accounts(found.milliseconds, found.denied, found.per_second)
    server = await asyncio.start_server(accounts.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
