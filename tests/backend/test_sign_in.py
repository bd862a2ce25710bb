"""Who comes in, how, and what everybody else is told."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from tests.backend.browser import ADDRESS, Browser, signed_in
from tests.backend.fakes import NOW, Memory, nowhere

from payment_analysis.backend.app import create_app, sign_in_path
from payment_analysis.domain.roles import Role
from payment_analysis.store.people import AccessToken, Audit, SignInLink, User, WebSession

if TYPE_CHECKING:
    from fastapi import FastAPI

    from payment_analysis.store.database import Database


@pytest.fixture
def app(store: Database) -> FastAPI:
    return create_app(Memory(), store, clock=lambda: NOW)


def test_the_first_start_makes_one_admin_and_the_next_ones_the_same(store: Database) -> None:
    paths = {sign_in_path(store, NOW) for _ in range(3)}

    with store.read() as session:
        assert [(user.name, user.role) for user in session.scalars(select(User))] == [("admin", "admin")]
        assert len(session.scalars(select(SignInLink)).all()) == 1
    assert len(paths) == 3


def test_a_link_signs_in_once_with_a_cookie_no_script_can_read(app: FastAPI, store: Database) -> None:
    path = sign_in_path(store, NOW)
    browser, thief = Browser(app), Browser(app)

    arrived = browser.get(path)
    again = thief.get(path)

    assert (arrived.status_code, arrived.headers["location"]) == (303, "/")
    assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in arrived.headers["set-cookie"].split(";")}
    assert browser.get("/api/current-user").json()["role"] == "admin"
    assert again.status_code == 401
    assert thief.get("/api/current-user").status_code == 401


def test_a_link_expires_and_so_does_a_session(store: Database) -> None:
    path = sign_in_path(store, NOW)
    late = create_app(Memory(), store, clock=lambda: NOW + timedelta(days=2))
    browser = signed_in(create_app(Memory(), store, clock=lambda: NOW), store, NOW)
    next_week = create_app(Memory(), store, clock=lambda: NOW + timedelta(days=8))
    later = Browser(next_week)
    later.cookies = browser.cookies

    assert Browser(late).get(path).status_code == 401
    assert later.get("/api/current-user").status_code == 401


def test_signing_out_ends_the_session_for_good(app: FastAPI, store: Database) -> None:
    browser = signed_in(app, store, NOW)
    kept = Browser(app)
    kept.cookies.update(browser.cookies)

    assert browser.post("/api/auth/sign-out").status_code == 204
    assert kept.get("/api/current-user").status_code == 401


def test_guessing_links_is_slowed_down(app: FastAPI) -> None:
    browser = Browser(app)

    answers = [browser.get(f"/sign-in?link=guess{number}").status_code for number in range(11)]

    assert answers == [401] * 10 + [429]


def test_a_browser_that_is_not_signed_in_gets_a_page_and_a_program_a_problem(app: FastAPI) -> None:
    page = Browser(app).get("/report", headers={"accept": "text/html,*/*"})
    problem = Browser(app).get("/api/report")

    assert (page.status_code, problem.status_code) == (401, 401)
    assert "Open the sign-in link" in page.text
    assert problem.json()["type"] == "urn:payment-analysis:problem:not-signed-in"


def test_a_token_lets_a_program_in_until_it_is_revoked(app: FastAPI, store: Database) -> None:
    browser = signed_in(app, store, NOW, Role.OPERATOR)
    made = browser.post("/api/access-tokens", {"name": "nightly", "role": "viewer", "days": 30}).json()
    program = {"authorization": f"Bearer {made['secret']}"}
    asking = Browser(app, says_origin=False)

    assert asking.get("/api/current-user", headers=program).json()["role"] == "viewer"
    assert asking.post("/api/access-tokens", {}, headers=program).status_code == 403
    assert browser.ask("DELETE", f"/api/access-tokens/{made['id']}").json()["revoked_at"] is not None
    assert asking.get("/api/current-user", headers=program).status_code == 401


def test_nobody_gives_a_token_more_than_they_have(app: FastAPI, store: Database) -> None:
    browser = signed_in(app, store, NOW, Role.ANALYST)

    assert browser.post("/api/access-tokens", {"name": "x", "role": "admin", "days": 1}).status_code == 403


def test_a_switched_off_account_is_out_at_once(app: FastAPI, store: Database) -> None:
    admin, other = signed_in(app, store, NOW), signed_in(app, store, NOW, Role.VIEWER)
    (account,) = [user for user in admin.get("/api/users").json() if user["role"] == "viewer"]

    assert admin.ask("PATCH", f"/api/users/{account['id']}", json={"is_active": False}).status_code == 200
    assert other.get("/api/current-user").status_code == 401


def test_an_admin_does_not_lock_everybody_out(app: FastAPI, store: Database) -> None:
    admin = signed_in(app, store, NOW)
    own = admin.get("/api/current-user").json()["id"]

    assert admin.ask("PATCH", f"/api/users/{own}", json={"role": "viewer"}).status_code == 422


def test_an_admin_invites_somebody_and_the_audit_knows(app: FastAPI, store: Database) -> None:
    admin = signed_in(app, store, NOW)
    made = admin.post("/api/users", {"name": "ben", "display_name": "Ben", "role": "analyst"}).json()
    invited = admin.post(f"/api/users/{made['id']}/sign-in-link").json()["link"]
    guest = Browser(app)

    assert guest.get(invited.removeprefix(ADDRESS)).status_code == 303
    assert guest.get("/api/current-user").json()["name"] == "ben"
    trail = admin.get("/api/audit").json()["rows"]
    assert [row["actor"] for row in trail if row["subject"] == "users" and row["subject_id"] == made["id"]] == ["admin"]


def test_no_secret_is_kept(app: FastAPI, store: Database) -> None:
    path = sign_in_path(store, NOW)
    browser = Browser(app)
    browser.get(path)
    secret = browser.post("/api/access-tokens", {"name": "x", "role": "viewer", "days": 1}).json()["secret"]
    secrets = {path.partition("=")[2], secret, *browser.cookies.values()}

    with store.read() as session:
        kept = [
            str(vars(row))
            for table in (SignInLink, WebSession, AccessToken, Audit)
            for row in session.scalars(select(table))
        ]
    assert len(secrets) == 3
    assert [row for row in kept if any(one in row for one in secrets)] == []


def test_a_store_that_is_down_keeps_everybody_out_by_name() -> None:
    app = create_app(Memory(), nowhere(), clock=lambda: NOW)

    answer = Browser(app).get("/api/current-user", headers={"authorization": "Bearer pa_x"})

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:payment-analysis:problem:store-down")


def test_cookies_are_secure_where_the_connection_is(app: FastAPI, store: Database) -> None:
    arrived = Browser(app).get("https://127.0.0.1:8000" + sign_in_path(store, NOW))

    assert "secure" in {part.strip().lower() for part in arrived.headers["set-cookie"].split(";")}


def test_no_link_is_in_the_log_of_requests(app: FastAPI) -> None:
    line = logging.LogRecord("uvicorn.access", 20, "", 0, '%s "%s"', ("127.0.0.1", "/sign-in?link=s3cret&x=1"), None)

    assert app.title
    assert logging.getLogger("uvicorn.access").filter(line)
    assert line.getMessage() == '127.0.0.1 "/sign-in?link=…&x=1"'
