"""Headers that keep a page from doing what we did not write into it."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What a page may do that says nothing itself: nothing.
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
EVERYWHERE: dict[str, str] = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "content-security-policy": CONTENT_SECURITY_POLICY,
}

ANSWERED_BY = "x-answered-by"

_EVERYWHERE = [(name.encode(), value.encode()) for name, value in EVERYWHERE.items()]
_INLINE = {
    "style-src": re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL),
    "script-src": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL),
}


def policy_for(page: str) -> str:
    """Allow exactly the inline styles and scripts this page was written with, by their hashes."""
    sources = []
    for directive, block in _INLINE.items():
        allowed = sorted({f"'sha256-{_digest(text)}'" for text in block.findall(page)})
        sources += [" ".join([directive, *allowed])] if allowed else []
    return "; ".join([CONTENT_SECURITY_POLICY, "img-src data:", *sources])


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class SecurityHeaders:
    """Adds the headers to every answer; an answer that brings its own policy keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in _EVERYWHERE if one[0] not in given)]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class AnsweredBy:
    """Says on every answer which engine stands behind it."""

    def __init__(self, app: ASGIApp, *, engine: str) -> None:
        self.app = app
        self._header = (ANSWERED_BY.encode(), engine.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_engine(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self._header]
            await send(message)

        await self.app(scope, receive, send_with_engine)
