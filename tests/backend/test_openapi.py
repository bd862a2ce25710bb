"""Whatever is asked within the API's own description is answered within it; schemathesis asks, of real data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.backend.browser import Browser
from tests.backend.fakes import Memory, application

if TYPE_CHECKING:
    from schemathesis.schemas import BaseSchema
    from tests.backend.conftest import Place

EXAMPLES = 4  # per address; more find nothing new and take minutes
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = {"streamAttempts"}  # it answers for ten minutes; tests of its own ask it for a moment
UNTRAINED = {"predictApproval", "predictRetry", "predictRisk", "predictRouting"}  # this home has no model: they say so
STARTING = {
    "runSetupJob",
    "runSetupPipeline",
}  # they start processes that work for minutes; jobs have tests of their own

DESCRIBED: BaseSchema = schemathesis.openapi.from_dict(application(Memory()).openapi())
OPERATIONS = {
    str(operation.definition.raw["operationId"]): operation
    for operation in (found.ok() for found in DESCRIBED.get_all_operations() if isinstance(found, Ok))
}


@pytest.fixture(scope="module")
def program(trodden_place: Place) -> tuple[Browser, dict[str, str]]:
    """A program with the administrator's token: signing out and switching accounts off cannot reach it."""
    made = trodden_place.admin.post("/api/access-tokens", {"name": "schemathesis", "role": "admin", "days": 1}).json()
    return Browser(trodden_place.app, says_origin=False), {"authorization": f"Bearer {made['secret']}"}


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - ENDLESS - STARTING))
def test_the_answer_is_within_the_description(program: tuple[Browser, dict[str, str]], operation: str) -> None:
    browser, token = program

    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def holds(data: st.DataObject) -> None:
        case = data.draw(OPERATIONS[operation].as_strategy())
        asked: dict[str, Any] = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
        asked["headers"] = {**dict(asked.get("headers") or {}), **token}
        asked.pop("cookies", None)
        asked["content"] = asked.pop("data", None)  # a body of bytes, in the words of the client

        answer = browser.ask(asked.pop("method"), asked.pop("url"), **asked)

        if operation in UNTRAINED and answer.status_code == 503:
            assert "payment-analysis train" in answer.json()["hint"]
            case.validate_response(answer, checks=CHECKS[1:])
        else:
            case.validate_response(answer, checks=CHECKS)

    holds()


def test_the_store_was_real(place: Place) -> None:
    assert place.admin.get("/api/v1/health/database").json()["connection_healthy"] is True


def test_every_address_was_understood() -> None:
    described = application(Memory()).openapi()["paths"].values()

    assert len(OPERATIONS) == sum(len(path) for path in described)
