"""The way in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from payment_analysis.backend.asking import cookie_name
from payment_analysis.backend.attempts_made import AttemptsMade
from payment_analysis.backend.dependencies import AnybodyDep, NowDep, PersonDep, StoreDep
from payment_analysis.store.accounts import SESSION_LASTS, close_session, redeem
from payment_analysis.store.audit import Actor

router = APIRouter(tags=["people"])

ARRIVING = Actor("sign-in", "system")  # who a link belongs to is known only when it is redeemed


class AuthStatus(BaseModel):
    """Whether the asker is known."""

    authenticated: bool = Field(description="Whether somebody is signed in.")


@router.get("/sign-in", include_in_schema=False)
def sign_in(
    request: Request, store: StoreDep, now: NowDep, link: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Use up a one-time link and come in."""
    attempts: AttemptsMade = request.app.state.sign_ins
    attempts.count(request.client.host if request.client else "", now)
    with store.change(ARRIVING) as session:
        opened = redeem(session, link, now)
    inside = RedirectResponse("/", status_code=303)
    inside.set_cookie(
        cookie_name(request),
        opened,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return inside


@router.get("/api/auth/status", operation_id="getAuthStatus")
def get_auth_status(person: AnybodyDep) -> AuthStatus:
    """Whether somebody is signed in."""
    return AuthStatus(authenticated=person is not None)


@router.post("/api/auth/sign-out", operation_id="signOut", status_code=204)
def sign_out(request: Request, store: StoreDep, person: PersonDep) -> Response:
    """End this browser's session."""
    name = cookie_name(request)
    if cookie := request.cookies.get(name):
        with store.change(person.actor) as session:
            close_session(session, cookie)
    response = Response(status_code=204)
    response.delete_cookie(name, httponly=True, samesite="lax")
    return response
