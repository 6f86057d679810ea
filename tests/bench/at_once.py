"""At once: requests that are all in flight together, from plain sockets, so that the callers cost next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


def request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A POST as it goes over the wire; its connection closes after the answer."""
    fields = {"Host": "x", "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def all_at_once(port: int, requests: Sequence[bytes]) -> list[float]:
    """Milliseconds from opening the connection to the first line of each answer, which must say 200."""

    async def inside() -> list[float]:
        return list(await asyncio.gather(*(_one(port, one) for one in requests)))

    return asyncio.run(inside())


async def _one(port: int, sent: bytes) -> float:
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    status = await reader.readline()
    took = (time.perf_counter() - started) * 1000
    assert b" 200 " in status, status
    writer.close()
    return took


def cpu_seconds(process: int) -> float:
    """CPU that a process has used so far, all its threads, as Linux counts it (in hundredths)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
