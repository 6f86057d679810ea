"""Receivers of the webhook's answers that are down, hang, drip, talk rubbish or fail for long."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from agents.channels.box import Box
from agents.channels.crew import Crew
from agents.channels.delivery import ChannelError, Delivery
from agents.channels.webhook_worker import WebhookWorker
from agents.settings import Disclosure
from tests.agents.channels.test_webhook import certificate  # noqa: F401 - a fixture
from tests.agents.test_runtime import answer_to

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
FAILS = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
Talk = Callable[[ssl.SSLSocket], None]


class Receiver:
    """A TLS server that reads a request and then does what `talk` says; `got` are the bodies that it read."""

    def __init__(self, pem) -> None:
        self.talk: Talk = lambda one: one.sendall(FINE)
        self.got: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._listening.getsockname()[1]}/answers"

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(plain,), daemon=True).start()

    def _one(self, plain: socket.socket) -> None:
        try:
            with self._context.wrap_socket(plain, server_side=True) as one:
                read = b""
                while b"\r\n\r\n" not in read:
                    read += one.recv(65536)
                head, _, body = read.partition(b"\r\n\r\n")
                [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
                while len(body) < int(length.partition(b":")[2]):
                    body += one.recv(65536)
                self.got.append(body)
                self.talk(one)
        except OSError:
            return


class House:
    """A port that answers at once, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, by, text, progress=None, *, reason=None):
        self.asked += 1

        class Question:
            pass

        Question.text = text
        return answer_to(Question, "Nothing.")


@pytest.fixture
def receiver(certificate) -> Iterator[Receiver]:  # noqa: F811
    one = Receiver(certificate)
    yield one
    one.close()


@pytest.fixture
def worker(receiver, certificate, monkeypatch) -> WebhookWorker:  # noqa: F811
    monkeypatch.setattr("agents.channels.webhook_worker._SECONDS", 0.5)
    held = {"clients": {"portal": {"secrets": ["s" * 40], "callback": receiver.url}}}
    trust = ssl.create_default_context(cafile=str(certificate))
    return WebhookWorker(House(), lambda: held, Disclosure(), trust=trust)


def asked(name: str) -> Delivery:
    body = {"client": "portal", "id": name, "person": "eva", "prompt": "What did we spend?", "session": name}
    return Delivery("webhook", f"portal/{name}", name, json.dumps(body), int(time.time()))


def drip(one: ssl.SSLSocket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"x" * 1000:
        one.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize(
    "talk",
    [
        lambda one: time.sleep(25),
        drip,
        lambda one: one.sendall(b"rubbish\r\n\r\n"),
        lambda one: one.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000),
        lambda one: one.sendall(FAILS),
        lambda one: one.sendall(b"HTTP/1.1 307 x\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        lambda one: None,
    ],
    ids=["hangs", "drips", "rubbish", "endless header", "fails", "redirects", "hangs up"],
)
def test_attack_a_receiver_that_misbehaves_costs_its_time_limit_and_is_tried_again(receiver, worker, talk) -> None:
    receiver.talk = talk
    begun = time.monotonic()
    with pytest.raises(ChannelError) as raised:
        worker.say(asked("1"), json.dumps({"answer": {}}))
    assert time.monotonic() - begun < 20, "it may hold a worker for as long as it likes"
    assert "portal" in str(raised.value) and "rubbish" not in str(raised.value)


@pytest.mark.slow
def test_a_receiver_that_fails_for_an_hour_gets_each_answer_once_it_is_back_and_all_can_be_fetched_meanwhile(
    receiver, worker, tmp_path
) -> None:
    receiver.talk = lambda one: one.sendall(FAILS)
    box = Box(tmp_path / "webhook.sqlite")
    names = ["1", "2", "3"]
    for name in names:
        box.take(asked(name))
    with Crew(box, lambda channel: worker, 2, again=0.02):
        _until(lambda: len(receiver.got) >= 5 * len(names))
        assert [box.answer(f"webhook#portal/{name}")[0] for name in names] == ["answered"] * 3
        receiver.talk = lambda one: one.sendall(FINE)
        _until(lambda: all(box.answer(f"webhook#portal/{name}")[0] == "done" for name in names))
    assert worker._port.asked == 3, "each was asked once"
    told = [json.loads(body) for body in receiver.got[-3:]]
    assert sorted(one["id"] for one in told) == names and all(one["status"] == "answered" for one in told)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
