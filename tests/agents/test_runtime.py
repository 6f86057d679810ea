"""The AgentCore contract as its callers see it: over HTTP, against the real app, with a desk that tests can steer."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents import listening
from agents.answer import Answer, LedgerSpan, PrincipalShown, Usage
from agents.invoking import build_app
from agents.runtime import MOST_BYTES, Front, Health
from policies.audit import Ledger
from policies.audit.bodies import CallsRefused
from policies.oversight.usage import UsageError
from tests.commands import regent_here
from tests.homes import furnished
from tests.ports import free_port

SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
REGENT = Path(sys.executable).with_name("regent")


def answer_to(question, said="Nothing."):
    return Answer(
        id="q-test",
        question=question.text,
        principal=PrincipalShown(id="local", role="admin", assurance="local"),
        status="answered",
        text=said,
        usage=Usage(model="offline"),
        ledger=LedgerSpan(origin="regent.test/0", first=0, last=1, root="00"),
    )


@contextmanager
def serving(front, **more):
    server = listening.server(front, host="127.0.0.1", port=0, **more)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


class Asking:
    """A door behind which questions are answered and nothing else is done."""

    def __init__(self, ask):
        self.ask = ask

    def resume(self, resume, call, progress):
        raise AssertionError("nothing is resumed here")

    def act(self, action, call):
        raise AssertionError("nothing else is done here")


@contextmanager
def runtime(ask, loopback=True):
    front = Front(Health(), loopback=loopback)
    front.open(build_app(Asking(ask)))
    with serving(front) as port:
        yield port


def call(port, method="POST", path="/invocations", body=b"", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
    got = connection.getresponse()
    return got.status, got.read()


def test_the_answer_is_the_object_of_ask_json():
    with runtime(lambda question, headers, progress: answer_to(question)) as port:
        status, body = call(port, body={"prompt": "What did we spend?"})
    assert status == 200
    assert set(json.loads(body)) >= {
        "question",
        "principal",
        "status",
        "text",
        "figures",
        "facts",
        "receipts",
        "ledger",
    }


def test_a_conversation_is_named_by_the_payload_or_by_agentcores_session_header():
    seen = []

    def ask(question, headers, progress):
        seen.append(question.session)
        return answer_to(question)

    with runtime(ask) as port:
        call(port, body={"prompt": "x", "session": "mine"}, **{SESSION: "s" * 40})
        call(port, body={"prompt": "x"}, **{SESSION: "s" * 40})
        call(port, body={"prompt": "x"})
    assert seen == ["mine", "s" * 40, None]


def test_many_sessions_at_once_are_not_mixed():
    together = threading.Barrier(8, timeout=60)

    def ask(question, headers, progress):
        together.wait()
        return answer_to(question, said=f"{question.text} in {question.session}")

    found = {}

    def one(port, name):
        found[name] = json.loads(call(port, body={"prompt": f"q-{name}", "session": f"s-{name}"})[1])["text"]

    with runtime(ask) as port:
        threads = [threading.Thread(target=one, args=(port, name)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {name: f"q-{name} in s-{name}" for name in range(8)}


def test_a_stream_has_progress_and_then_the_answer_and_no_inputs():
    def ask(question, headers, progress):
        progress({"event": "query.started", "query": "who_did_what", "input": {"person": "jan"}})
        progress({"event": "query.finished", "query": "who_did_what", "milliseconds": 3.0})
        return answer_to(question)

    with runtime(ask) as port:
        status, body = call(port, body={"prompt": "x", "stream": True})
    events = [json.loads(line.removeprefix("data: ")) for line in body.decode().splitlines() if line]
    assert status == 200
    assert [event["event"] for event in events] == ["progress", "progress", "answer"]
    assert "jan" not in json.dumps(events[:2])
    assert events[-1]["answer"]["status"] == "answered"


@pytest.mark.parametrize("stream", [False, True])
def test_exception_text_never_leaves_nor_reaches_the_log(stream, capfd):
    def ask(question, headers, progress):
        raise RuntimeError("password=hunter2")

    with runtime(ask) as port:
        status, body = call(port, body={"prompt": "x", "stream": stream}, Authorization="Bearer secret-token")
    assert status == (200 if stream else 500)
    assert b"internal error" in body and b"hunter2" not in body and b"RuntimeError" not in body
    logged = "".join(capfd.readouterr())
    assert "hunter2" not in logged and "secret-token" not in logged


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b"\xff\xfe", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"[1]", 400, "not a JSON object"),
        (b'{"prompt": 3}', 400, "prompt"),
        (b"{}", 400, "prompt"),
        (b'{"prompt": "x", "AKIAIOSFODNN7EXAMPLE": 1}', 400, "not known"),
        (b'{"prompt": "x", "session": ""}', 400, "session"),
        (b'{"prompt": "' + b"x" * MOST_BYTES + b'"}', 413, "larger"),
    ],
)
def test_a_bad_body_is_one_sentence(body, status, said):
    with runtime(lambda *_: pytest.fail("asked")) as port:
        got, text = call(port, body=body)
    assert got == status and said in json.loads(text)["error"]
    assert b"Traceback" not in text and b"Error:" not in text and b"AKIA" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
)
def test_a_web_page_of_another_site_cannot_ask_in_the_local_users_name(headers):
    with runtime(lambda *_: pytest.fail("asked")) as port:
        assert call(port, body={"prompt": "x"}, **headers)[0] == 403


def test_ping_is_busy_while_working_and_its_time_moves_with_the_status_only():
    now = [100.0]
    working, done = threading.Event(), threading.Event()

    def ask(question, headers, progress):
        working.set()
        done.wait(60)
        return answer_to(question)

    front = Front(Health(clock=lambda: now[0]), loopback=True)
    front.open(build_app(Asking(ask)))
    with serving(front) as port:

        def ping():
            return json.loads(call(port, "GET", "/ping")[1])

        now[0] = 150.0
        assert ping() == {"status": "Healthy", "time_of_last_update": 100}
        asking = threading.Thread(target=call, args=(port,), kwargs={"body": {"prompt": "x"}})
        asking.start()
        working.wait(60)
        now[0] = 180.0
        assert ping() == {"status": "HealthyBusy", "time_of_last_update": 150}
        now[0] = 200.0
        done.set()
        asking.join()
        deadline = time.monotonic() + 60
        while ping()["status"] != "Healthy" and time.monotonic() < deadline:
            time.sleep(0.005)  # the caller has its answer a moment before the server is done with it
        now[0] = 250.0
        assert ping() == {"status": "Healthy", "time_of_last_update": 200}


def test_ping_is_answered_before_the_house_is_open_and_questions_wait():
    front = Front(Health(), loopback=True)
    with serving(front) as port:
        assert json.loads(call(port, "GET", "/ping")[1])["status"] == "Healthy"
        found = []
        asking = threading.Thread(target=lambda: found.append(call(port, body={"prompt": "x"})))
        asking.start()
        time.sleep(0.1)
        assert not found
        front.open(build_app(Asking(lambda question, headers, progress: answer_to(question))))
        asking.join(60)
    assert found[0][0] == 200


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("GET", "/invocations"), ("POST", "/ping"), ("GET", "/ws"), ("GET", "/mcp")]
)
def test_anything_else_is_not_there(method, path):
    with runtime(lambda *_: pytest.fail("asked")) as port:
        status, body = call(port, method, path)
    assert status == (405 if path in ("/invocations", "/mcp") else 404) and b"POST /invocations" in body


@contextmanager
def process(home, *words, **env):
    port = free_port()
    started = subprocess.Popen(
        [REGENT, "serve", "--port", str(port), *words],
        env={**os.environ, "REGENT_HOME": furnished(home), **env},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started, port
    finally:
        started.kill()
        started.wait()


@pytest.mark.slow
def test_a_stop_finishes_the_answer_and_leaves_a_ledger_that_verifies(tmp_path):
    with process(tmp_path) as (server, port):
        wait_for(port)
        found = []
        asking = threading.Thread(target=lambda: found.append(call(port, body={"prompt": "Which alarms are firing?"})))
        asking.start()
        deadline = time.monotonic() + 60
        while json.loads(call(port, "GET", "/ping")[1])["status"] == "Healthy" and time.monotonic() < deadline:
            time.sleep(0.01)
        server.send_signal(signal.SIGTERM)
        asking.join(60)
        assert server.wait(60) == 0
    answer = json.loads(found[0][1])
    assert found[0][0] == 200 and answer["status"] == "answered" and answer["receipts"]
    checked = regent_here(tmp_path, "audit", "verify", REGENT_HOME=str(tmp_path))
    assert checked.returncode == 0, checked.stdout


def wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return call(port, "GET", "/ping")
        except OSError:
            time.sleep(0.02)
    return pytest.fail("nothing serves")


@pytest.mark.slow
def test_web_pages_that_were_refused_are_on_record_of_the_process(tmp_path):
    with process(tmp_path) as (server, port):
        wait_for(port)
        for _ in range(5):  # the house is hardly open yet
            assert call(port, body={"prompt": "x"}, Origin="https://evil.example")[0] == 403
        assert call(port, body={"prompt": "Which alarms are firing?"})[0] == 200
        for _ in range(3):
            assert call(port, "GET", "/v1/models", Host="evil.example")[0] == 403
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    with Ledger.open(tmp_path / "ledger") as ledger:
        told = [Counter(one.body.kinds) for one in ledger.read() if isinstance(one.body, CallsRefused)]
    assert sum(told, Counter()) == {"invoke/foreign": 5, "openai/foreign": 3}


def test_web_pages_refused_before_the_house_is_open_are_counted_when_it_is():
    front, counted = Front(Health(), loopback=True), Counter()
    with serving(front) as port:
        for path in ("/invocations", "/invocations", "/mcp"):
            assert call(port, path=path, Host="evil.example")[0] == 403
        front.open(build_app(Asking(None)), lambda door, times: counted.update({door: times}))
        assert counted == {"invoke": 2, "mcp": 1}
        assert call(port, path="/mcp", Host="evil.example")[0] == 403
    assert counted == {"invoke": 2, "mcp": 2}


def test_a_web_page_is_refused_also_when_that_cannot_be_counted(capsys):
    def fails(door, times):
        raise UsageError("refused.sqlite cannot be used.")

    front = Front(Health(), loopback=True)
    front.open(build_app(Asking(None)), fails)
    with serving(front) as port:
        assert call(port, body={"prompt": "x"}, Host="evil.example")[0] == 403
    assert "refused.sqlite cannot be used" in capsys.readouterr().err


def test_what_cannot_be_opened_ends_the_process_with_a_sentence(tmp_path):
    with process(tmp_path, "--model", "openai:nowhere") as (server, _):
        assert server.wait(60) == 1
        said = server.stderr.read()
    assert "regent:" in said and "Traceback" not in said


def test_a_port_that_is_taken_is_a_sentence_also_where_the_settings_name_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        second = subprocess.run(
            [REGENT, "serve"],
            env={**os.environ, "REGENT_HOME": str(tmp_path), "REGENT_SERVE_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert second.returncode == 1
    assert f"{port}" in second.stderr and "something else" in second.stderr and "Traceback" not in second.stderr


def test_serving_beyond_this_machine_without_identity_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "agents.runtime"],
        env={
            **os.environ,
            "REGENT_HOME": str(tmp_path),
            "REGENT_SERVE_HOST": "0.0.0.0",
            "REGENT_SERVE_PORT": str(free_port()),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1 and "source of identity" in done.stderr


def test_a_process_does_not_load_grammars_that_it_never_uses():
    tried = "from agents.starting import start_lean; start_lean(); import strands, sys; print('lark' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def test_a_body_that_trickles_in_does_not_hold_a_connection(monkeypatch):
    monkeypatch.setattr("agents.asgi.BODY_SECONDS", 0.2)
    with runtime(None) as port, socket.create_connection(("127.0.0.1", port), 30) as slow:
        slow.sendall(b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        answer = b""
        while part := slow.recv(4096):  # until it is closed
            answer += part
        assert answer.startswith(b"HTTP/1.1 408 ") and b"did not arrive" in answer
        assert b"connection: close" in answer.lower()  # closed at once, not when it has been idle for long enough


@pytest.mark.parametrize("line", ["POST /invocations", "GET /ping", "POST /elsewhere"])
def test_attack_a_second_request_in_what_a_proxy_takes_for_the_body(line):
    """Whoever goes by the length sees one request, whoever goes by the chunks sees two: neither is answered."""
    words = f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 49\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with runtime(lambda *_: pytest.fail("asked")) as port, socket.create_connection(("127.0.0.1", port), 30) as one:
        one.sendall((words + "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n").encode())
        answer = b""
        while part := one.recv(4096):  # until it is closed
            answer += part
    assert answer.count(b"HTTP/1.1 ") == 1 and answer.startswith(b"HTTP/1.1 400 ") and b"Healthy" not in answer


def test_the_name_of_a_session_that_is_too_long_is_a_sentence():
    with runtime(None) as port:
        status, said = call(port, body={"prompt": "x"}, **{SESSION: "s" * 257})
        assert status == 400 and b"256" in said
