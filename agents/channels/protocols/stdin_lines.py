"""Lines of standard input for an event loop: as long as they may be, and no thread that an end has to wait for."""

from __future__ import annotations

import asyncio
import os
import threading

_PART = 64 * 1024


class Lines:
    """An async iterator over the lines of the file descriptor `fd`, which ends with the input, or with a line that is
    longer than `most` bytes: then `too_long` is true. For one loop.

    The thread that reads is a daemon: nobody can interrupt a read, and a process that is told to end must not wait for
    its client to write one more line.
    """

    def __init__(self, fd: int, most: int) -> None:
        self._fd, self._most = fd, most
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._taken = threading.Semaphore(8)  # a client that writes faster than it is read waits
        self._loop = asyncio.get_running_loop()
        self.too_long = False
        threading.Thread(target=self._read, daemon=True, name="stdin").start()

    def __aiter__(self) -> Lines:
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        self._taken.release()
        return line

    def _read(self) -> None:
        kept = bytearray()
        while part := self._part():
            *whole, rest = part.split(b"\n")
            for line in whole:
                kept += line
                if len(kept) > self._most:
                    break
                self._taken.acquire()
                self._put(kept.decode(errors="replace"))
                kept.clear()
            kept += rest if len(kept) <= self._most else b""
            if len(kept) > self._most:
                self.too_long = True
                break
        self._put(None)

    def _part(self) -> bytes:
        try:
            return os.read(self._fd, _PART)
        except OSError:
            return b""

    def _put(self, line: str | None) -> None:
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:
                return  # it was closed in between: nobody listens any more
