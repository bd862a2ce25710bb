"""A Databricks workspace for tests: its HTTP interface as the SDK speaks it, answered by the embedded engine.

Only what our adapters call is there. What it answers is held against the SDK's own classes and against the recorded
requests of the real command line.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from tests.workspace.emulator import catalog, content, entrance, jobs, machines, pipelines, sql
from tests.workspace.emulator.state import OWNER, State, no

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Response

NEEDED = (  # the scope of a path
    ("/api/2.0/sql/", "sql"),
    ("/api/2.2/jobs/", "jobs"),
    ("/api/2.0/pipelines", "pipelines"),
    ("/api/2.0/genie/", "dashboards.genie"),
)
TOKEN: ContextVar[str] = ContextVar("token")


def application(state: State) -> FastAPI:
    """The workspace as an application."""
    app = FastAPI(openapi_url=None)
    app.state.workspace = state

    @app.middleware("http")
    async def admit(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        path = request.url.path
        state.asked.append((request.method, path))
        if path.startswith(("/.well-known", "/oidc")):
            return await call_next(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        caller = state.tokens.get(token)
        if caller is None:
            return JSONResponse({"error_code": "UNAUTHENTICATED", "message": "Invalid access token."}, 401)
        for start, scope in NEEDED:
            if path.startswith(start) and scope not in caller.scopes:
                words = f"Provided OAuth token does not have required scopes: {scope}"
                return JSONResponse({"error_code": "PERMISSION_DENIED", "message": words}, 403)
        request.state.token = token
        return await call_next(request)

    @app.exception_handler(HTTPException)
    async def refuse(_: Request, error: HTTPException) -> JSONResponse:
        detail: Any = error.detail
        return JSONResponse(detail if isinstance(detail, dict) else {"message": detail}, error.status_code)

    @app.get("/api/2.0/preview/scim/v2/Me")
    def me(request: Request) -> dict[str, Any]:
        return {"id": "1000012345", "userName": state.tokens[request.state.token].name or OWNER}

    for part in (entrance, catalog, sql, jobs, pipelines, content, machines):
        app.include_router(part.router(state))

    @app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def unknown(path: str, request: Request) -> None:
        raise no(501, "NOT_IMPLEMENTED", f"the emulator does not know {request.method} /{path}")

    return app
