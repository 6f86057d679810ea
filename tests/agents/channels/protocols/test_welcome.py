"""What a server says at its own address: which addresses there are, and a call that works when it is copied."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from agents.channels.protocols.paths import MODES
from agents.runtime import Front, Health
from policies.audit.bodies import CallsRefused
from tests.agents.channels.protocols.conftest import Served
from tests.agents.channels.protocols.test_modes import mode
from tests.agents.test_runtime import call, serving

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE = Path(__file__).parents[4] / "docs" / "api.md"


def got(port: int, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, "/", headers=headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()


class Read(HTMLParser):
    """The text of a page, its tags, and whatever could make a browser do something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.acts, self.text = set[str](), list[str](), ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.acts += [name for name, _ in attrs if name not in ("lang", "charset")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_browser_gets_a_page_that_names_the_addresses_and_can_do_nothing() -> None:
    with serving(Front(Health(), loopback=True)) as port:  # the house is not open yet, and not needed
        answer, page = got(port, Accept=BROWSER)
        read = Read(page)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert read.tags <= {"html", "meta", "title", "style", "h1", "p", "ul", "li", "code", "pre"} and not read.acts
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        for path in (*MODES["http"].paths, "/ping", f"http://127.0.0.1:{port}/invocations"):
            assert path in read.text
        assert "Written by an AI system" in read.text and "need a person" in read.text
        assert answer.headers["Server"] is None and not re.search(r"\d+\.\d+\.\d+", read.text.replace("127.0.0.1", ""))


@pytest.mark.parametrize("accept", ["*/*", "text/html;q=0, text/plain", "text/html; q=0.00", "application/json"])
def test_who_names_no_html_gets_plain_text(accept: str) -> None:
    with serving(Front(Health(), loopback=True)) as port:
        answer, text = got(port, Accept=accept)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert "POST /v1/chat/completions" in text and "<" not in text and "Written by an AI system" in text
        head, nothing = got(port, "HEAD", Accept=accept)
        assert (head.status, nothing, head.headers["Content-Length"]) == (200, "", str(len(text.encode())))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_attack_a_web_page_of_another_site_is_told_nothing_and_counted(served: Served, headers: dict[str, str]) -> None:
    answer, text = got(served.port, Accept=BROWSER, **headers)
    assert answer.status == 403 and "curl" not in text
    assert call(served.port, "POST", "/", {"prompt": "x"})[0] == 404
    served.desk.oversight.close()
    assert [one.kinds for one in served.recorded(CallsRefused)] == [{"other/foreign": 1}]


def test_attack_what_a_caller_sends_is_not_on_the_page() -> None:
    for loopback in (True, False):
        with serving(Front(Health(), loopback=loopback)) as port:
            for accept in (BROWSER, "*/*"):
                answer, text = got(
                    port,
                    Accept=f"{accept}, <script>",
                    Host="127.0.0.1:<script>x</script>",
                    **{"X-Forwarded-Host": "evil"},
                )
                assert answer.status == 200 and "script" not in text and "evil" not in text
                assert (f"127.0.0.1:{port}" in text) is loopback, "elsewhere it does not say where it listens"


@pytest.mark.parametrize("name", MODES)
def test_the_call_that_it_names_works_when_it_is_copied(serve_house: Callable[..., Any], name: str) -> None:
    with serve_house() if name == "http" else mode(serve_house, name) as served:
        _, text = got(served.port)
        [line] = [line.strip() for line in text.splitlines() if line.strip().startswith("curl")]
        [proof] = re.findall(r'-H "Authorization: Bearer \$TOKEN"', text)
        env = {**os.environ, "TOKEN": served.token()}
        done = subprocess.run(
            ["bash", "-c", f"{line} {proof}"], env=env, capture_output=True, text=True, timeout=60, check=True
        )
        told = done.stdout if name == "agui" else json.loads(done.stdout)
    if name == "http":
        assert told["status"] == "answered"
    elif name == "agui":
        assert "RUN_FINISHED" in told and "132,864.40" in told
    elif name == "mcp":
        assert "spend" in [tool["name"] for tool in told["result"]["tools"]]
    else:
        assert told["name"] == "Regent"
