"""The application as a Databricks App, behind the platform's headers: whose token is used, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.workspace.apps import EVE, MAIL, as_app
from tests.workspace.emulator.state import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workspace.conftest import Emulated

NAME = "payment-analysis-900800700600.7.azure.databricksapps.com"
KPIS = "/api/analytics/kpis"


@pytest.fixture(scope="module")
def app(filled: Emulated, repository: Path) -> Iterator[httpx.Client]:
    """The application by its name, as the platform's proxy calls it."""
    filled.state.tokens[EVE] = Caller(MAIL)
    with (
        as_app(filled, repository, f"https://{NAME}") as address,
        httpx.Client(base_url=address, headers={"x-forwarded-host": NAME}, timeout=120) as client,
    ):
        yield client


def asked(app: httpx.Client, path: str, token: str = EVE, **headers: str) -> httpx.Response:
    return app.get(path, headers={"x-forwarded-email": "eve@example.com", "x-forwarded-access-token": token, **headers})


def test_sql_is_asked_with_the_token_of_the_person(app: httpx.Client, filled: Emulated) -> None:
    before = len(filled.state.spoken)

    answer = asked(app, KPIS)

    assert answer.status_code == 200, answer.text
    spoken = filled.state.spoken[before:]
    assert spoken
    assert {token for token, _ in spoken} == {EVE}
    assert answer.headers["x-answered-by"] == "databricks"
    assert (
        answer.json()["total"]
        == filled.workspace.sql.rows("select total_transactions as n from v_executive_kpis")[0]["n"]
    )


def test_the_store_is_lakebase_reached_as_the_application(app: httpx.Client, filled: Emulated) -> None:
    assert ("POST", "/api/2.0/postgres/credentials") in filled.state.asked
    assert len(asked(app, "/api/rules").json()) == 3


def test_who_asks_is_what_the_platform_says(app: httpx.Client) -> None:
    me: Any = asked(app, "/api/current-user").json()

    assert (me["name"], me["role"]) == ("eve@example.com", "admin")


def test_without_a_token_the_documented_words_are_said(app: httpx.Client) -> None:
    answer = app.get(KPIS, headers={"x-forwarded-email": "eve@example.com"})

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Databricks credentials not configured."
    assert "open the app from Compute → Apps" in answer.json()["hint"]


def test_a_forged_host_is_refused_and_gets_no_token(app: httpx.Client, filled: Emulated) -> None:
    before = len(filled.state.asked)

    answers = [
        asked(app, KPIS, **{"x-forwarded-host": name})
        for name in ("evil.example", f"{NAME}.evil.example", "adb-1.2.azuredatabricks.net")
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert len(filled.state.asked) == before


def test_a_missing_scope_is_named_with_its_fix(app: httpx.Client, filled: Emulated) -> None:
    filled.state.tokens["token-of-bo"] = Caller("bo@example.com", frozenset({"jobs"}))

    answer = asked(app, KPIS, "token-of-bo")

    assert answer.status_code == 403
    assert "does not have required scopes: sql" in answer.json()["detail"]
    assert answer.json()["hint"].startswith("add the scope sql in Compute → Apps")


def test_setup_shows_the_jobs_of_the_workspace(app: httpx.Client, filled: Emulated) -> None:
    jobs = asked(app, "/api/setup/jobs").json()
    connection = asked(app, "/api/setup/connection").json()

    assert jobs["where"] == "databricks"
    assert [one["last"] and one["last"]["state"] for one in jobs["jobs"]][:2] == ["succeeded", "succeeded"]
    assert connection["workspace_host"] == filled.url
    assert (connection["token_received"], connection["token_way"]) == (True, "forwarded")
