"""How an error becomes an answer: RFC 9457 problem details, for every error, in this one place."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from payment_analysis.backend.doorstep import doorstep
from payment_analysis.backend.headers import EVERYWHERE, policy_for
from payment_analysis.domain.errors import NotSignedIn, PaymentAnalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request, Response


class Problem(BaseModel):
    """What went wrong and what to do about it (RFC 9457)."""

    type: str = Field(description="Stable name of this kind of problem.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="HTTP status of the answer.")
    detail: str = Field(description="What happened this time; names the value that is wrong.")
    hint: str = Field(description="The next step; empty when there is none.")
    instance: str = Field(description="The address that was asked.")


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem_of(error: Exception, instance: str) -> Problem:
    """Name the problem. An error nobody foresaw tells the caller nothing of the inside; the log has the traceback."""
    match error:
        case PaymentAnalysisError():
            name, status, detail, hint = type(error).__name__, error.status, error.message, error.hint
        case RequestValidationError():
            name, status, hint = (
                "BadRequest",
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "The API page /docs has every parameter.",
            )
            detail = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        case HTTPException():
            name, status = HTTPStatus(error.status_code).phrase.title().replace(" ", ""), error.status_code
            detail, hint = str(error.detail), "The API page /docs has every address."
        case _:
            name, status = "Unexpected", HTTPStatus.INTERNAL_SERVER_ERROR
            detail, hint = "The application met an error it does not know.", "The server's log has the details."
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return Problem(
        type=f"urn:payment-analysis:problem:{words.replace(' ', '-')}",
        title=words.capitalize(),
        status=int(status),
        detail=detail,
        hint=hint,
        instance=instance,
    )


async def answer_with_problem(request: Request, error: Exception) -> Response:
    problem = problem_of(error, request.url.path)
    if isinstance(error, NotSignedIn) and "text/html" in request.headers.get("accept", ""):
        page = doorstep(problem.detail)
        return HTMLResponse(page, problem.status, EVERYWHERE | {"content-security-policy": policy_for(page)})
    own: Mapping[str, str] | None = getattr(error, "headers", None)
    # An unforeseen error is answered outside of every middleware, so the headers are put on here.
    return ProblemResponse(problem.model_dump(), status_code=problem.status, headers=EVERYWHERE | dict(own or {}))


def handle_errors(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    for kind in (PaymentAnalysisError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer_with_problem)


PROBLEMS: dict[int | str, dict[str, object]] = {
    "default": {
        "model": Problem,
        "description": "What went wrong, and the next step.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
