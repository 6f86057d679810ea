"""`witness-log`'s witness on 127.0.0.1 for one ledger: python witness_server.py LOG_VKEY STATE. Run by witness.sh."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from witness_log import WitnessService  # type: ignore[import-not-found]

log_vkey, state = sys.argv[1:]
WitnessService.create_state(state)
service = WitnessService.new("audit.example/w1", os.urandom(32), state)
assert service.add_log(log_vkey.split("+")[0], log_vkey)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, kind, content = service.handle_add_checkpoint_http(body.decode())
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(content.encode() if isinstance(content, str) else content)

    def log_message(self, format: str, *args: object) -> None:
        sys.stderr.write(f"witness: {format % args}\n")


server = HTTPServer(("127.0.0.1", 0), Handler)
sys.stdout.write(f"http://127.0.0.1:{server.server_port} {service.vkey()}\n")
sys.stdout.flush()
server.serve_forever()
