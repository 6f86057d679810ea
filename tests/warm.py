"""Processes of `regent` that begin loaded: forked from one that has imported what all of them would import first.

Most of what a new process does is to load: two seconds of work, as often as a test starts one. What such tests are
about begins after that: signals, kills, pipes, ports, exit codes, what the next process finds. All of it is the same
here, since each is a process of its own, a child of the one that started it, with its own environment, folder, pipes
and end. Where loading itself is the point, a test uses `subprocess`.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REGENT = str(Path(sys.executable).with_name("regent"))
_LOADED = (
    "agents.cli",
    "agents.cli.asking",
    "agents.answer",
    "agents.opening",
    "agents.listening",
    "agents.models.offline.maker",
    "agents.channels.slack.running",
    "agents.channels.teams.serving",
    "agents.channels.webhook_worker",
    "tools.cost",
    "tools.ops",
    "tools.security",
    "tools.estate.server",
)
_MOST = 2**20
"""Bytes of one request: words, variables and a folder."""
_SUBREAPER = 36
"""Linux's prctl: a child whose own parent has gone becomes ours, so that we can wait for it."""


class Warm(subprocess.Popen[Any]):
    """`Popen(["regent", …])` or `Popen([python, "-c", code, …])` that begins loaded. On Linux alone; elsewhere, and
    with what cannot be handed over (`preexec_fn`, `pass_fds`), it is an ordinary `Popen`."""

    def _execute_child(  # type: ignore[no-untyped-def]
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more
    ):
        words = [os.fsdecode(word) for word in args]
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = more[3:9]
        asked = {"words": words, "cwd": os.fspath(cwd or Path.cwd()), "env": dict(os.environ if env is None else env)}
        if sys.platform != "linux" or preexec_fn or pass_fds or executable or not _taken(words):
            return super()._execute_child(  # type: ignore[misc]
                args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more
            )
        fds = [own if given == -1 else given for own, given in enumerate((p2cread, c2pwrite, errwrite))]
        self.pid = _nursery().born(asked, fds)
        self._child_created = True
        self._close_pipe_fds(  # type: ignore[attr-defined]
            p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite
        )
        return None


def ran(words: list[Any], **more: Any) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run(words, capture_output=True, …)` of a process that begins loaded; text, unless said otherwise."""
    given, timeout = more.pop("input", None), more.pop("timeout", 120)
    pipe = subprocess.PIPE
    stdin = {} if given is None else {"stdin": pipe}
    with Warm(words, stdout=pipe, stderr=pipe, text=more.pop("text", True), **stdin, **more) as process:
        try:
            out, err = process.communicate(given, timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def _taken(words: list[str]) -> bool:
    return words[0] == REGENT or words[:2] == [sys.executable, "-c"]


class _Nursery:
    """The process that all others are forked from. It does nothing but load and fork, and has one thread."""

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for one in (ours, theirs):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)
        self.line, self.turn = ours, threading.Lock()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("REGENT_", "AWS_"))}
        with theirs:
            command = [sys.executable, "-m", "tests.warm", str(theirs.fileno())]
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, pass_fds=[theirs.fileno()])
        atexit.register(self.close)

    def born(self, asked: dict[str, Any], fds: list[int]) -> int:
        with self.turn:
            socket.send_fds(self.line, [json.dumps(asked).encode()], fds)
            pid = int(self.line.recv(64) or 0)
        assert pid, "what processes are forked from has ended"
        return pid

    def close(self) -> None:
        self.line.close()
        self.process.wait()


_OPENING = threading.Lock()


def _nursery() -> _Nursery:
    with _OPENING:
        return _the_one()


@cache
def _the_one() -> _Nursery:
    return _Nursery()


def _forked(line: socket.socket) -> list[str]:
    """Fork whenever asked. It returns in the processes that are born, with their words, and ends with its own line."""
    while True:
        data, fds, _, _ = socket.recv_fds(line, _MOST, 3)
        if not data:
            os._exit(0)
        told, tell = os.pipe()
        between = os.fork()
        if between:
            os.close(tell)
            with os.fdopen(told, "rb") as pipe:
                born = pipe.read()
            os.waitpid(between, 0)  # from here on, the new process is a child of the one that asked
            for fd in fds:
                os.close(fd)
            line.send(born)
            continue
        child = os.fork()
        if child:
            os.write(tell, str(child).encode())
            os._exit(0)
        for fd in (told, tell):
            os.close(fd)
        line.close()
        for own, fd in enumerate(fds):
            os.dup2(fd, own)
        for fd in fds:
            if fd > 2:
                os.close(fd)
        # what Python knows of the files that it began with (whether one can seek in them) is not so of these
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False, errors="backslashreplace", buffering=1)
        asked = json.loads(data)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"])
        words: list[str] = asked["words"]
        return words


def _load() -> None:
    import gc
    import importlib

    from agents.starting import start_lean

    start_lean()
    gc.disable()
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()
    gc.enable()
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    assert threads == 1, f"{threads} threads: who forks with more than one may wait for ever for what another held"


def _main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    _load()
    words = _forked(line)
    if words[0] == REGENT:
        from agents.command import main

        sys.argv = words
        sys.modules["__main__"].__package__ = None  # a script's is, and click tells by it how it was called
        main()
    else:
        sys.argv = words[1:2] + words[3:]
        sys.path[0] = ""
        exec(compile(words[2], "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    _main()
