"""The Teams channel as it runs, on the sample estate, for the Agents Playground, with Microsoft's part in between.

The Playground signs nothing. So a proxy stands in front that adds a token of the Bot Framework's kind, signed with a
key that a local OpenID server publishes: the channel itself verifies as ever, and has no switch to turn that off.
`drive.mjs` runs it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from agents.channels.opening import open_house
from agents.channels.teams.serving import open_channel
from agents.channels.teams.settings import TeamsSettings
from agents.home import Home
from agents.settings import Settings
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, bot_framework
from tests.agents.channels.teams.teams_service import BOT_TOKEN
from tests.agents.test_runtime import serving

ALEX, MEGAN = "00000000-0000-0000-0000-000000000020", "00000000-0000-0000-0000-000000000021"
PEOPLE = f"""
principals:
  alex: {{role: auditor, name: Alex, known_as: ["teams:{TENANT}/{ALEX}"]}}
  megan: {{role: engineer, name: Megan, known_as: ["teams:{TENANT}/{MEGAN}"]}}
"""


def proxy(microsoft: BotFramework, port: int, to: int) -> ThreadingHTTPServer:
    """What comes to `port` goes on to the channel, with a token that names the service address of the activity."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = microsoft.token(serviceurl=json.loads(body).get("serviceUrl"))
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            request = urllib.request.Request(f"http://127.0.0.1:{to}{self.path}", body, headers)
            try:
                with urllib.request.urlopen(request) as answer:
                    status, said = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, said = error.code, error.read()
            print(status, self.path, json.loads(body).get("type"), flush=True)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            return None

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(port: int, service: str) -> None:
    with ExitStack() as closing:
        home = Home(Path(closing.enter_context(tempfile.TemporaryDirectory())))
        people = home.path / "people.yaml"
        people.write_text(PEOPLE)
        microsoft = closing.enter_context(bot_framework(service))
        teams = TeamsSettings(
            app_id=APP, tenant=TENANT, service_url=service, issuer=microsoft.issuer, openid=microsoft.openid
        )
        settings = Settings(principals=people, teams=teams)
        import os

        os.environ["REGENT_HOME"] = str(home.path)
        port_to, house = closing.enter_context(open_house(settings=settings))
        app = closing.enter_context(open_channel(settings, port_to, house, token=lambda scope, tenant: BOT_TOKEN))
        server = proxy(microsoft, port, closing.enter_context(serving(app)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("ready", flush=True)
        sys.stdin.read()  # until whoever started this goes away
        server.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
