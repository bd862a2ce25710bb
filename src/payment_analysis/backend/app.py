"""The application: what is handed in, and which addresses it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from payment_analysis.backend.errors import PROBLEMS, handle_errors
from payment_analysis.backend.headers import SecurityHeaders
from payment_analysis.backend.routes import dashboards, documentation, health, page, report, schema
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.backend.dependencies import Clock, Warehouse

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")  # a page elsewhere that re-binds its name to us is refused by this list


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
    handle_errors(app)
    for router in (page.router, report.router, health.router, schema.router, documentation.router):
        app.include_router(router)
    app.include_router(dashboards.router)
    return app


def __getattr__(name: str) -> FastAPI:
    """Make `payment_analysis.backend.app:app` when a server asks for it by name, over the environment's home."""
    if name == "app":
        return create_app(Home.of_environment().lakehouse())
    raise AttributeError(name)
