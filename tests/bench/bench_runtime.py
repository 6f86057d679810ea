"""How soon a new runtime process answers: the first `/ping`, and the first question, beside the SDK's own app.

The question is sent as soon as the port is bound, so the figure is start-up and answer together. The limit that nobody
goes below is a bare interpreter that imports strands: as it is installed here, and without jsonschema's optional
checkers of formats, which this environment has for its tests and the deployed package has not (`agents.starting`).
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time

from tests.bench.measure import percentile, row
from tests.ports import free_port

ROUNDS = 7
BODY = b'{"prompt": "What did we spend last month?"}'
LEAN = "from agents.starting import start_lean; start_lean(); import strands"
SDK_APP = """
import sys
import strands
from bedrock_agentcore.runtime import BedrockAgentCoreApp
app = BedrockAgentCoreApp()
@app.entrypoint
def invoke(payload):
    return {"said": "nothing"}
app.run(port=int(sys.argv[1]), host="127.0.0.1")
"""


def main() -> None:
    """Print first ping and first answer of both, and the ratio to importing strands, round by round in turn."""
    ping, answer, sdk_ping, sdk_answer, imports, lean = [], [], [], [], [], []
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "REGENT_HOME": home}
        _start([sys.executable, "-m", "agents.runtime"], env)  # generates the sample data
        for _ in range(ROUNDS):
            imports.append(_timed([sys.executable, "-c", "import strands"]))
            lean.append(_timed([sys.executable, "-c", LEAN]))
            one, two = _start([sys.executable, "-m", "agents.runtime"], env)
            ping.append(one)
            answer.append(two)
            one, two = _start([sys.executable, "-c", SDK_APP], env, as_argument=True)
            sdk_ping.append(one)
            sdk_answer.append(two)
    print(row("limit: importing strands", imports))
    print(row("limit: the same without checkers of formats", lean))
    print(row("SDK's own app, strands imported: first ping", sdk_ping))
    print(row("SDK's own app: first (empty) answer", sdk_answer))
    print(row("regent: first ping", ping))
    print(row("regent: first real answer", answer))
    first, ratio = percentile(ping, 50), percentile(answer, 50) / percentile(imports, 50)
    print(f"  bar: first ping p50 <= 400 ms: {first:.0f} ms {'met' if first <= 400 else 'NOT MET'}")
    print(f"  bar: first answer <= 1.3x importing strands: {ratio:.2f}x {'met' if ratio <= 1.3 else 'NOT MET'}")
    bare = percentile(answer, 50) / percentile(lean, 50)
    print(f"  beside importing strands as the deployed package has it, without those checkers: {bare:.2f}x")


def _start(words: list[str], env: dict[str, str], as_argument: bool = False) -> tuple[float, float]:
    port = free_port()
    given = [*words, str(port)] if as_argument else words
    started = time.perf_counter()
    running = subprocess.Popen(given, env={**env, "REGENT_SERVE_PORT": str(port)}, stderr=subprocess.DEVNULL)
    try:
        while not _call(port, "GET", "/ping", b""):
            time.sleep(0.002)
        ping = (time.perf_counter() - started) * 1000
        while not _call(port, "POST", "/invocations", BODY):
            time.sleep(0.002)
        return ping, (time.perf_counter() - started) * 1000
    finally:
        running.terminate()
        running.wait()


def _call(port: int, method: str, path: str, body: bytes) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _timed(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, check=True)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
