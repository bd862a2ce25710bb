"""What is refused before anybody looks at it: foreign names, forged headers, other sites' posts, huge bodies."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from payment_analysis.backend.asking import COOKIE_PREFIX
from payment_analysis.backend.errors import ProblemResponse, problem_of
from payment_analysis.domain.errors import CrossSite, NotTrusted, PaymentAnalysisError, TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

BODY_BYTES_MAX: Final = 1024**2
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
ANY: Final = "*"
HOSTS_KEPT: Final = 100  # names with ports; they come from callers, so their number is limited
# Headers that no gate looks at, of the requests that programs send most.
HARMLESS: Final = frozenset(
    {b"authorization", b"content-type", b"accept", b"accept-encoding", b"user-agent", b"connection"}
)
_LENGTH_DIGITS: Final = len(str(BODY_BYTES_MAX))  # a shorter number is below the limit, whatever its digits


class PlainRequests:
    """Tells requests that only hold what no gate refuses: a program's, at a fifth of the cost of all gates."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = _names(hosts)
        self._known_hosts = set[bytes]()

    def __call__(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        hosts = 0
        for name, value in headers:
            if name == b"host":
                hosts += 1
                if value not in self._known_hosts and not self._knows(value):
                    return False
            elif name == b"content-length":
                if not (value.isdigit() and len(value) < _LENGTH_DIGITS):
                    return False
            elif name not in HARMLESS:
                return False
        return hosts == 1

    def _knows(self, host: bytes) -> bool:
        """Whether the application is called so; what it is called with a port is remembered."""
        if ANY not in self._hosts and _name(host.decode("latin-1")) not in self._hosts:
            return False
        if len(self._known_hosts) < HOSTS_KEPT:
            self._known_hosts.add(host)
        return True


class Gates:
    """Lets a request through when it passes every gate, and answers with a problem when not."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], behind_proxy: bool = False) -> None:
        self.app = app
        self._hosts, self._is_plain = _names(hosts), PlainRequests(hosts)
        self._behind_proxy = behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._is_plain(scope["headers"]):
            await self.app(scope, receive, send)
            return
        refusal = next(self._refusals(scope["method"], Headers(scope=scope)), None)
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            problem = problem_of(refusal, scope["path"])
            await ProblemResponse(problem.model_dump(), status_code=problem.status)(scope, receive, send)

    def _refusals(self, method: str, headers: Headers) -> Iterator[PaymentAnalysisError]:
        host = headers.get("host", "")
        if self._behind_proxy:  # the proxy tells the name that was called; its own name for us is of no matter
            host = headers.get("x-forwarded-host") or host
        if ANY not in self._hosts and (_name(host) not in self._hosts or len(headers.getlist("host")) > 1):
            yield NotTrusted(f"The application is not called {host[:100]!r}.", hint="use the address it printed")
        given = [name for name in FORWARDED if name in headers]
        if given and not self._behind_proxy:
            yield NotTrusted(
                f"The header {given[0]} is not believed: no proxy stands before this application.",
                hint="leave it out, or tell the application that it stands behind a proxy",
            )
        if method not in SAFE:
            yield from self._cross_site(headers, host)
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit():
            yield TooLarge("The request does not say how long its body is.", hint="send Content-Length")
        elif int(length) > BODY_BYTES_MAX:
            yield TooLarge(
                f"The body has {length} bytes, more than {BODY_BYTES_MAX}.",
                hint="files are taken in with `payment-analysis ingest`",
            )

    def _cross_site(self, headers: Headers, host: str) -> Iterator[PaymentAnalysisError]:
        """A page of ours says where it is from; a program without a cookie needs not."""
        origin, fetched_from = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is not None:
            if urlsplit(origin).netloc.lower() != host.lower():
                yield CrossSite(f"A page of {origin[:100]!r} may not change anything here.", hint="use our own pages")
        elif fetched_from is not None:
            if fetched_from not in {"same-origin", "none"}:
                yield CrossSite("Another site's page may not change anything here.", hint="use our own pages")
        elif any(name.startswith(COOKIE_PREFIX) for name in SimpleCookie(headers.get("cookie", ""))):
            yield CrossSite(
                "The request carries a session and does not say which page it is from.",
                hint="send the header Origin, or use an access token instead of the cookie",
            )


def _names(hosts: Sequence[str]) -> frozenset[str]:
    return frozenset(host.strip("[]").lower() for host in hosts)


def _name(host: str) -> str:
    """The name without its port; an IPv6 address without its brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
