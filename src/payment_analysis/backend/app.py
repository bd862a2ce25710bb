"""The application: what is handed in, and which addresses it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from payment_analysis.backend.errors import PROBLEMS, handle_errors
from payment_analysis.backend.headers import SecurityHeaders
from payment_analysis.backend.routes import app_page, command_center, documentation, health, page, report, schema, scope
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.backend.dependencies import Clock, Warehouse

# The pages of the application come last: they answer every address that nobody else does.
ROOMS = (page, report, command_center, scope, health, schema, documentation, app_page)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")  # a page elsewhere that re-binds its name to us is refused by this list
PACKED_BYTES_MIN = 1_400  # what fits into one packet gains nothing


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(warehouse: Warehouse, *, hosts: Sequence[str] = LOOPBACK, clock: Clock = _now) -> FastAPI:
    """The application over one lakehouse; `hosts` are the names it may be called by."""
    app = FastAPI(
        title="Payment Analysis",
        version=version("payment-analysis"),
        summary="What share of card payments is approved, where good money is lost and what to do first.",
        docs_url=None,  # ours needs no network
        redoc_url=None,
        responses=PROBLEMS,
    )
    app.state.warehouse = warehouse
    app.state.clock = clock
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_BYTES_MIN)
    handle_errors(app)
    for room in ROOMS:
        app.include_router(room.router)
    return app


def __getattr__(name: str) -> FastAPI:
    """Make `payment_analysis.backend.app:app` when a server asks for it by name, over the environment's home."""
    if name == "app":
        return create_app(Home.of_environment().lakehouse())
    raise AttributeError(name)
