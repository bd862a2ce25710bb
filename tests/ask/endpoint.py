"""An OpenAI-compatible server that answers by script: what it was asked is kept."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from payment_analysis.agents.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 1.0


@dataclass
class Script:
    """What the server says next, and what it was asked so far."""

    content: str = "{}"
    status: int = 200
    waits_seconds: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    turns: list[dict[str, Any]] = field(default_factory=list)  # messages, one per question; then `content`
    raw: bytes = b""  # a body as it is, instead

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"http://127.0.0.1:{self.port}/v1", "none", "scripted", SECONDS)

    def body(self) -> bytes:
        if self.status != 200:
            return json.dumps({"error": {"message": "scripted", "type": "server_error"}}).encode()
        if self.raw:
            return self.raw
        said = self.turns[len(self.asked) - 1] if len(self.asked) <= len(self.turns) else {"content": self.content}
        message = {"role": "assistant", **said}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}
        return json.dumps(answer).encode()


@contextmanager
def scripted() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            script.asked.append(json.loads(self.rfile.read(length)))
            time.sleep(script.waits_seconds)
            body = script.body()
            self.send_response(script.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
