"""Each role against each route, taken from the application's own routes."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import iter_route_contexts
from tests.backend.browser import ADDRESS, Browser
from tests.backend.fakes import Memory, application

from payment_analysis.backend.access import ACCESS, admit
from payment_analysis.domain.errors import NotAllowed
from payment_analysis.domain.roles import ROLE_MEANINGS, Role

APPLICATIONS = {role: application(Memory(), role=role) for role in (None, *Role)}  # one takes most of a second to make
ROUTES = sorted(
    (method, str(route.path))
    for route in iter_route_contexts(APPLICATIONS[Role.ADMIN].routes)
    for method in (route.methods or set()) - {"HEAD"}
)
SAFE = {"GET", "HEAD", "OPTIONS"}
PAYLOAD = {"name": "x", "display_name": "x", "role": "viewer", "days": 1}


def test_every_route_is_in_the_table_and_the_table_has_no_other() -> None:
    assert sorted(ACCESS) == ROUTES


def test_every_role_is_explained() -> None:
    assert set(ROLE_MEANINGS) == set(Role)


@pytest.mark.parametrize("role", [None, *Role], ids=str)
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=" ".join)
def test_each_role_gets_in_exactly_where_the_table_says(method: str, path: str, role: Role | None) -> None:
    least = ACCESS[method, path]
    asked = re.sub(r"\{[^}]*\}", "x", path)
    answer = Browser(APPLICATIONS[role]).ask(method, asked, json=PAYLOAD if method != "GET" else None)

    if least is not None and role is None:
        assert answer.status_code == 401
    elif least is not None and role is not None and not role.covers(least):
        assert answer.status_code == 403
        assert str(least) in answer.json()["detail"]
    else:
        assert answer.status_code not in {401, 403} or path == "/sign-in"


def test_a_viewer_can_change_nothing() -> None:
    changing = {route: least for route, least in ACCESS.items() if route[0] not in SAFE}

    assert {route for route, least in changing.items() if least in {None, Role.VIEWER}} == {
        ("POST", "/api/dashboards/{dashboard_id}/pages/{page_name}/data"),
        ("POST", "/api/dashboards/{dashboard_id}/pages/{page_name}/widgets/{widget_name}/csv"),
        ("POST", "/api/auth/sign-out"),
        ("POST", "/api/decision/preview"),
        ("POST", "/api/decision/retries/preview"),
        *(("POST", f"/api/decision/ml/{model}") for model in ("approval", "risk", "routing", "retry")),
        ("POST", "/api/ask"),
    }


def test_an_address_without_a_row_in_the_table_is_open_to_nobody() -> None:
    with pytest.raises(NotAllowed, match="open to nobody"):
        admit("GET", "/api/new", None)


FORGED = {
    "x-forwarded-for": "10.0.0.1",
    "x-forwarded-host": "bank.example",
    "x-forwarded-proto": "https",
    "forwarded": "for=10.0.0.1",
    "x-real-ip": "10.0.0.1",
}


@pytest.mark.parametrize("header", FORGED)
def test_a_forwarded_header_is_not_believed(header: str) -> None:
    answer = Browser(APPLICATIONS[Role.ADMIN]).get("/api/version", headers={header: FORGED[header]})

    assert answer.status_code == 400
    assert header in answer.json()["detail"]


def test_two_host_names_are_one_too_many() -> None:
    answer = Browser(APPLICATIONS[Role.ADMIN]).get("/api/version", headers={"host": "evil.example"})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:payment-analysis:problem:not-trusted")


CROSS_SITE = {
    "another site": {"origin": "https://evil.example"},
    "another port": {"origin": "http://127.0.0.1:9000"},
    "no site": {"origin": "null"},
    "says it is cross-site": {"sec-fetch-site": "cross-site"},
    "says it is another site of the host": {"sec-fetch-site": "same-site"},
    "has a session and says nothing": {"cookie": "payment_analysis_8000=x"},
}


@pytest.mark.parametrize("case", CROSS_SITE)
def test_another_sites_post_is_refused(case: str) -> None:
    browser = Browser(APPLICATIONS[Role.ADMIN], says_origin=False)

    answer = browser.post("/api/users", PAYLOAD, headers=CROSS_SITE[case])

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:payment-analysis:problem:cross-site")


@pytest.mark.parametrize("headers", [{"origin": ADDRESS}, {"sec-fetch-site": "same-origin"}], ids=str)
def test_our_own_page_may_post(headers: dict[str, str]) -> None:
    answer = Browser(APPLICATIONS[Role.ADMIN], says_origin=False).post("/api/users", PAYLOAD, headers=headers)

    assert answer.json()["type"] == "urn:payment-analysis:problem:store-down"


def test_a_huge_body_is_refused_before_it_is_read() -> None:
    answer = Browser(APPLICATIONS[Role.ADMIN]).ask("POST", "/api/users", content=b" " * (1024**2 + 1))

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:payment-analysis:problem:too-large")


def test_a_body_of_unknown_length_is_refused() -> None:
    answer = Browser(APPLICATIONS[Role.ADMIN]).ask(
        "POST", "/api/users", content=b"{}", headers={"transfer-encoding": "chunked"}
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/docs/..%2f..%2fapp.py", "/docs/%2e%2e/app.py", "/..%2f..%2fpyproject.toml"])
def test_a_path_does_not_climb_out(path: str) -> None:
    assert Browser(APPLICATIONS[Role.ADMIN]).get(path).status_code in {403, 404}
