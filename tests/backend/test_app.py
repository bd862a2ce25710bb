"""What holds for every address of the application."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.backend.fakes import Memory, application, ask

if TYPE_CHECKING:
    from pathlib import Path

from payment_analysis.domain.errors import BadQuery, Conflict, NotBuilt, NotFound, PaymentAnalysisError, Unavailable


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Unavailable("no lakehouse", hint="mount it"), 503, "unavailable"),
        (NotFound("no such thing"), 404, "not-found"),
        (Conflict("somebody was first"), 409, "conflict"),
        (BadQuery("two statements"), 400, "bad-query"),
        (PaymentAnalysisError("odd"), 500, "payment-analysis-error"),
    ],
    ids=str,
)
def test_a_named_error_is_a_problem_document(error: PaymentAnalysisError, status: int, name: str) -> None:
    answer = ask(Memory(error=error), "/api/report")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": f"urn:payment-analysis:problem:{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": error.message,
        "hint": error.hint,
        "instance": "/api/report",
    }


def test_an_error_nobody_foresaw_tells_nothing_of_the_inside() -> None:
    answer = ask(Memory(error=ZeroDivisionError("secret")), "/api/report")

    assert answer.status_code == 500
    assert answer.json()["title"] == "Unexpected"
    assert "secret" not in answer.text


def test_an_unknown_address_is_a_problem_document() -> None:
    answer = ask(Memory(), "/api/nothing")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:payment-analysis:problem:not-found"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.7:8000"])
def test_a_foreign_host_name_is_refused(host: str) -> None:
    assert ask(Memory(), "/docs", host=host).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_this_machine_is_answered(host: str) -> None:
    assert ask(Memory(), "/docs", host=host).status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/api/v1/healthcheck", "/nothing"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    headers = ask(Memory(), path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_the_api_page_needs_no_other_server() -> None:
    page = ask(Memory(), "/docs").text
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert all(part.startswith("/") for part in parts)
    assert {part: ask(Memory(), part).status_code for part in parts} == dict.fromkeys(parts, 200)


def test_the_api_page_has_no_parts_but_its_own() -> None:
    assert ask(Memory(), "/docs/..%2fconsts.py").status_code == 404


def test_every_operation_has_an_id_a_summary_and_described_fields() -> None:
    description = application(Memory()).openapi()
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    schemas = description["components"]["schemas"].values()
    fields = [one for schema in schemas for one in schema.get("properties", {}).values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(re.fullmatch("[a-z][A-Za-z0-9]+", operation["operationId"]) for operation in operations)
    assert all(operation["description"] for operation in operations)
    assert all("default" in operation["responses"] for operation in operations)
    assert all(one.get("description") for one in fields)
    assert set(re.findall("#/components/schemas/([A-Za-z0-9_-]+)", json.dumps(description))) <= set(
        description["components"]["schemas"]
    )


def test_before_anything_is_built_the_page_says_what_to_run() -> None:
    answer = ask(Memory(error=NotBuilt("table payments_enriched_silver does not exist yet")), "/report")

    assert answer.status_code == 503
    assert "There is no report yet" in answer.text
    assert "payment-analysis up" in answer.text


def test_a_page_may_use_only_the_styles_it_was_written_with() -> None:
    answer = ask(Memory(error=NotBuilt("not built")), "/report")
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert 'style="' not in answer.text


def test_the_schema_of_an_attempt_is_the_published_one(repository: Path) -> None:
    published = json.loads((repository / "docs" / "schemas" / "attempt.schema.json").read_text())

    assert ask(Memory(), "/api/schemas/attempt").json() == published


def test_the_life_cycles_are_published_move_by_move() -> None:
    answer = ask(Memory(), "/api/schemas/life-cycles").json()

    assert {"state": "pending", "event": "approve", "next_state": "approved"} in answer["attempt"]
    assert {"state": "failed", "event": "approved", "next_state": "recovered"} in answer["payment"]


def test_both_names_of_the_application_give_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAYMENT_ANALYSIS_HOME", str(tmp_path / "home"))

    names = [importlib.import_module(f"payment_analysis.backend.{name}").app for name in ("app", "main")]

    assert [one.title for one in names] == ["Payment Analysis"] * 2
