"""How a client finds the workspace and gets a token for a client id and its secret."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter, Request
from tests.workspace.emulator.state import APPLICATION, State, no

TOKEN_SECONDS = 3600


def router(state: State) -> APIRouter:
    routes = APIRouter()

    @routes.get("/.well-known/databricks-config")
    def config() -> Any:
        return {"oidc_endpoint": f"{state.url}/oidc", "workspace_id": "900800700600"}

    @routes.get("/oidc/.well-known/oauth-authorization-server")
    def server() -> Any:
        return {
            "authorization_endpoint": f"{state.url}/oidc/v1/authorize",
            "token_endpoint": f"{state.url}/oidc/v1/token",
        }

    @routes.post("/oidc/v1/token")
    def token(request: Request) -> Any:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() != ":".join(APPLICATION):
            raise no(401, "invalid_client", "Client authentication failed")
        return {"access_token": "token-of-the-application", "token_type": "Bearer", "expires_in": TOKEN_SECONDS}

    return routes
