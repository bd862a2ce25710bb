"""`decide`: one decision or a batch, with reasons."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from pydantic import ValidationError

from payment_analysis.backend.champions import RegisteredModels
from payment_analysis.backend.deciding import Deciding, Decisions
from payment_analysis.backend.decision_models import DecisionContext
from payment_analysis.backend.seen_routes import SeenRoutes
from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import out, print_json, print_table
from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.errors import BadInput, PaymentAnalysisError
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.store.database import Database

STANDARD_INPUT = "-"


def decide(
    file: Annotated[str, typer.Argument(help="JSON: one payment, a list of them, or a line for each; - reads stdin.")],
    kind: Annotated[Decision, typer.Option("--type", help="What to decide.", show_choices=True)] = Decision.ROUTING,
    as_json: JsonOption = False,
    home: HomeOption = HOME,
) -> None:
    """Decide about payments: stored as every decision is, and explained.

    [bold]Examples[/]

    payment-analysis decide payment.json --type authentication

    echo '{"merchant_id": "m1", "amount_minor": 1200, "currency": "BRL"}' | payment-analysis decide - --json
    """
    contexts = read_contexts(file)
    place = Home(home).create()
    given = Deciding(RegisteredModels(home), seen_routes=SeenRoutes(place.lakehouse().rows))
    decisions = Decisions(Database.of_home(place.path), lambda: datetime.now(UTC), given)
    try:
        decisions.champions.load_now()
        answers = asyncio.run(_decided(decisions, kind, contexts))
    finally:
        decisions.close()
        decisions.store.close()
    if as_json:
        print_json(answers if len(contexts) > 1 else answers[0])
    else:
        for answer in answers:
            show(answer)
    if any("problem" in answer for answer in answers):
        raise typer.Exit(1)


async def _decided(decisions: Decisions, kind: Decision, contexts: list[DecisionContext]) -> list[dict[str, Any]]:
    async def one(context: DecisionContext) -> dict[str, Any]:
        raw = context.model_dump_json(exclude_unset=True).encode()
        try:
            answer: dict[str, Any] = orjson.loads((await decisions.decide(kind, context, raw)).response)
        except PaymentAnalysisError as error:
            return {"problem": error.message, "hint": error.hint}
        return answer

    return list(await asyncio.gather(*(one(context) for context in contexts)))


def read_contexts(file: str) -> list[DecisionContext]:
    """The payments of a file; an error names the payment and the field."""
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{file} cannot be read: {error}", hint="name a file of JSON, or - for standard input"
        ) from error
    contexts = []
    for number, given in enumerate(_given(file, text), start=1):
        try:
            contexts.append(DecisionContext.model_validate(given))
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise BadInput(f"payment {number} of {file}: {wrong}", hint="GET /docs has every field") from error
    if not contexts:
        raise BadInput(f"{file} holds no payment", hint="write one JSON object, a list of them, or one on each line")
    return contexts


def _given(file: str, text: str) -> list[Any]:
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [orjson.loads(line) for line in lines]
        except orjson.JSONDecodeError as error:
            raise BadInput(
                f"{file} is not JSON: {error}", hint="write one payment, a list, or one on each line"
            ) from error
    return whole if isinstance(whole, list) else [whole]


def show(answer: dict[str, Any]) -> None:
    """A decision for a person: what, why, and what everything else would have brought."""
    if "problem" in answer:
        out().print(f"no decision: {answer['problem']} {answer['hint']}".strip(), markup=False)
        return
    out().print(f"{headline(answer)}: {answer['reason']}", markup=False)
    if answer["fallback"]:
        out().print(f"decided by the fallback policy {answer['policy']}: {answer['fallback']}", markup=False)
    print_table(
        ("action", "on offer", "approval", "net value", "why"),
        [
            (
                one["action"],
                "yes" if one["is_eligible"] else "no",
                "" if one["approval"] is None else f"{one['approval']:.1%}",
                "" if one["net_value"] is None else f"{one['net_value']:.2f}",
                one["why"],
            )
            for one in answer["options"]
        ],
    )


def headline(answer: dict[str, Any]) -> str:
    """What was decided, in a few words."""
    if "path" in answer:
        return f"authenticate by {answer['path']}"
    if "primary_route" in answer:
        return f"send to {answer['primary_route']} ({answer['solution']})"
    if not answer["should_retry"]:
        return "do not retry"
    return f"retry {answer['way']} after {answer['retry_after_seconds']} s"
