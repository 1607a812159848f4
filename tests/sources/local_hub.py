"""A WebSub hub on a port of this machine."""

from __future__ import annotations

import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode

import httpx


class Hub:
    """Notes what it is asked for, and answers with `status`; a test has it do the rest."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status = 202
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.asked.append(dict(parse_qsl(form)))
                self.send_response(hub.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.netloc = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.netloc}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def challenge(self, **other: str) -> httpx.Response:
        """Come with the challenge of what was asked for last."""
        asked = self.asked[-1]
        query = {"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "<c>",
                 "hub.lease_seconds": "864000", **other}  # fmt: skip
        return httpx.get(f"{asked['hub.callback']}?{urlencode(query)}")

    def deliver(self, body: bytes, secret: str | None = None) -> httpx.Response:
        asked = self.asked[-1]
        made = hmac.new((secret or asked["hub.secret"]).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={made}", "Content-Type": "application/rss+xml"}
        return httpx.post(asked["hub.callback"], content=body, headers=headers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
