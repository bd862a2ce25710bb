"""The application: what is handed in, and which addresses it answers."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from payment_analysis.agents.gathered import askers_over, computed_tools, similar_over
from payment_analysis.agents.talk.endpoints import talks_of_environment
from payment_analysis.agents.toolbox import Toolbox
from payment_analysis.backend.access_log import keep_links_out_of_the_log
from payment_analysis.backend.asking import SignedIn
from payment_analysis.backend.attempts_made import AttemptsMade
from payment_analysis.backend.champions import RegisteredModels
from payment_analysis.backend.data_state import DataStates
from payment_analysis.backend.deciding import Deciding, Decisions
from payment_analysis.backend.decision_route import AtOnce, RememberedPeople
from payment_analysis.backend.dependencies import admitted
from payment_analysis.backend.errors import PROBLEMS, handle_errors
from payment_analysis.backend.gates import Gates, PlainRequests
from payment_analysis.backend.headers import ANSWERED_BY, EVERYWHERE, AnsweredBy, SecurityHeaders
from payment_analysis.backend.lakehouse_writes import LakehouseWrites
from payment_analysis.backend.live_features import LiveFeatures
from payment_analysis.backend.live_feed import Listeners
from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.backend.operating_here import OperatingHere
from payment_analysis.backend.pages_ready import PagesReady
from payment_analysis.backend.routers import ROUTERS
from payment_analysis.backend.routes import decision
from payment_analysis.backend.seen_routes import SeenRoutes
from payment_analysis.domain.release import release as release_name
from payment_analysis.lakehouse.background import wait_for_all
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.latest_features import FEATURE_TABLES
from payment_analysis.store.accounts import first_admin, make_link
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database
from payment_analysis.store.first_rows import add_rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from payment_analysis.agents.similar.tool import FindsSimilar
    from payment_analysis.backend.asking import Asking
    from payment_analysis.backend.dependencies import Clock, Warehouse, Writing
    from payment_analysis.backend.operating import Operating, Where
    from payment_analysis.ml.registry import Registry

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")  # a page elsewhere that re-binds its name to us is refused by it
APP_VARIABLE: Final = "DATABRICKS_APP_NAME"  # Databricks Apps sets it; nowhere else is it there
SIGN_INS: Final = (10, timedelta(minutes=1))  # attempts per caller; a link has 256 random bits
BESIDE_SECONDS_MAX: Final = 10.0  # what works beside when the application ends
PACKED_BYTES_MIN: Final = 1_400  # what fits into one packet gains nothing


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    warehouse: Warehouse,
    store: Database,
    *,
    writes: Writing | None = None,
    asking: Asking | None = None,
    operating: Operating | None = None,
    deciding: Deciding | None = None,
    models_of: ModelRegistry | None = None,
    hosts: Sequence[str] = LOOPBACK,
    behind_proxy: bool = False,
    engine: Where = "embedded",
    shows_examples: bool = False,
    clock: Clock = _now,
    announce: Callable[[str], None] | None = None,
    registry: Callable[[], Registry] | None = None,
    similar: FindsSimilar | None = None,
    pages: PagesReady | None = None,
) -> FastAPI:
    """The application over one lakehouse and one store; `hosts` are the names it may be called by.

    `asking` knows who asks, else the store does; `operating` runs jobs; `announce` is told a new sign-in link's path;
    `pages` are asked before anybody does.
    """
    app = _bare(_life(store, clock, announce, pages))
    app.state.warehouse, app.state.data_states = warehouse, DataStates(warehouse, shows_examples=shows_examples)
    app.state.store, app.state.writes, app.state.clock, app.state.models = store, writes, clock, models_of
    app.state.operating = operating
    app.state.decisions, app.state.people = Decisions(store, clock, deciding or Deciding()), RememberedPeople()
    app.state.asking, app.state.askers = asking or SignedIn(store, clock), askers_over(warehouse)
    app.state.similar = similar or similar_over(warehouse)
    app.state.toolbox = Toolbox(warehouse, store, computed_tools(app.state.askers, app.state.similar, registry))
    app.state.talks = talks_of_environment()
    app.state.listeners, app.state.sign_ins = Listeners(), AttemptsMade(*SIGN_INS)
    keep_links_out_of_the_log()
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_BYTES_MIN)  # what is added later stands before it
    app.add_middleware(Gates, hosts=hosts, behind_proxy=behind_proxy)
    app.add_middleware(AnsweredBy, engine=engine)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(
        AtOnce,
        routes=decision.router.routes,
        plain=PlainRequests(hosts),
        headers={**EVERYWHERE, ANSWERED_BY: engine},
    )
    return _with_routes(app)


def _life(
    store: Database, clock: Clock, announce: Callable[[str], None] | None, pages: PagesReady | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What begins and ends with the application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if announce is not None:
            announce(way_in(store, clock()))
        app.state.decisions.begin()
        if pages is not None:
            pages.begin()
        yield
        if pages is not None:
            pages.end()
        app.state.decisions.close()
        wait_for_all(BESIDE_SECONDS_MAX)
        store.close()

    return lifespan


def _with_routes(app: FastAPI) -> FastAPI:
    """The application with what all routes share, and the routes."""
    handle_errors(app)
    for part in ROUTERS:
        app.include_router(part.router)
    return app


def _bare(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """The application without its parts."""
    return FastAPI(
        title="Payment Analysis",
        version=release_name(),
        summary="What share of card payments is approved, where good money is lost and what to do first.",
        docs_url=None,  # ours needs no network
        redoc_url=None,
        responses=PROBLEMS,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nobody collects it, and each request asks
        dependencies=[Depends(admitted)],
        lifespan=lifespan,
    )


def app_of(
    home: Home,
    *,
    hosts: Sequence[str] = LOOPBACK,
    announce: Callable[[str], None] | None = None,
    is_worker: bool = False,
) -> FastAPI:
    """The application over a home; a worker only decides, so it asks for no pages in advance."""
    lakehouse, store = home.lakehouse(), Database.of_home(home.create().path)
    models = ModelRegistry(home.path)
    return create_app(
        lakehouse,
        store,
        operating=OperatingHere(home, store),
        writes=LakehouseWrites(home),
        deciding=Deciding(
            RegisteredModels(home.path),
            LiveFeatures(lakehouse.rows, lambda: [lakehouse.version(name) for name in FEATURE_TABLES]),
            seen_routes=SeenRoutes(lakehouse.rows),
        ),
        models_of=models,
        hosts=hosts,
        shows_examples=home.shows_examples,
        registry=lambda: models.registry,
        announce=announce,
        pages=None if is_worker else PagesReady(lakehouse),
    )


def app_of_workspace(environment: Mapping[str, str]) -> FastAPI:
    """The application as a Databricks App; what that takes is loaded only there."""
    there = import_module("payment_analysis.backend.app_there")
    app = create_app(**there.parts_of(environment))
    app.add_middleware(there.RemembersHeaders)
    return app


def way_in(store: Database, now: datetime) -> str:
    """A store that people can work with, and the way in."""
    with store.change(SYSTEM) as session:
        add_rules(session)
    return sign_in_path(store, now)


def sign_in_path(store: Database, now: datetime) -> str:
    """A new one-time way in for the first administrator, who is made when nobody is there yet."""
    with store.change(SYSTEM) as session:
        return f"/sign-in?link={make_link(session, first_admin(session), now)}"


def __getattr__(name: str) -> FastAPI:
    """Make `payment_analysis.backend.app:app` when a server asks for it by name, over the environment's home.

    On Databricks Apps it is made over the workspace.
    """
    if name == "app":
        if APP_VARIABLE in os.environ:
            return app_of_workspace(os.environ)
        return app_of(Home.of_environment(), announce=lambda path: print(f"Sign in once at {path}", flush=True))
    raise AttributeError(name)
