"""What happened to a payment, step by step and in plain language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from payment_analysis.domain.currencies import exponent
from payment_analysis.domain.decline_sentences import say_decline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

Outcome = Literal["done", "good", "bad", "open"]


class Step(BaseModel):
    """One thing that happened."""

    transaction_id: str = Field(description="The attempt it belongs to.")
    attempt_number: int | None = Field(description="Its position within the payment.")
    at: str = Field(description="When the attempt was made, a UTC instant.")
    stage: Literal["sent", "fraud_control", "authentication", "answer", "dispute"] = Field(description="What kind.")
    outcome: Outcome = Field(description="good, bad, open when nobody knows yet, or simply done.")
    sentence: str = Field(description="What happened, in words.")


def tell(attempts: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps of all attempts, in order."""
    return [
        Step(
            transaction_id=attempt["transaction_id"],
            attempt_number=attempt["attempt_number"],
            at=_instant(attempt["event_timestamp"]),
            stage=stage,
            outcome=outcome,
            sentence=sentence,
        )
        for attempt in attempts
        for stage, outcome, sentence in _steps(attempt)
    ]


_Told = tuple[Literal["sent", "fraud_control", "authentication", "answer", "dispute"], Outcome, str]


def _steps(attempt: Mapping[str, Any]) -> Iterator[_Told]:
    yield "sent", "done", _sent(attempt)
    if attempt["antifraud_result"] == "fail":
        yield "fraud_control", "bad", "Fraud control said no."
    elif attempt["antifraud_result"] == "pass":
        yield "fraud_control", "good", "Fraud control said yes."
    if attempt["three_ds_routed"] or attempt["uses_3ds"]:
        yield _authentication(attempt)
    yield _answer(attempt)
    if attempt["fraud_reported_at"] is not None:
        yield "dispute", "bad", f"Reported as fraud on {attempt['fraud_reported_at']:%Y-%m-%d}."


def _sent(attempt: Mapping[str, Any]) -> str:
    amount = _amount(attempt["amount"], attempt["currency"])
    again = "sent again" if attempt["is_retry"] else "sent"
    route = f" to {attempt['psp']}" if attempt["psp"] else ""
    card = f" with a {attempt['card_network']} card" if attempt["card_network"] else ""
    solution = f" as {attempt['payment_solution']}" if attempt["payment_solution"] else ""
    return f"{amount} {again}{route}{card}{solution}."


def _amount(amount: Decimal | None, currency: str | None) -> str:
    """With as many digits as its currency has."""
    if amount is None or currency is None:
        return "An unknown amount"
    return f"{amount:,.{exponent(currency)}f} {currency}"


def _authentication(attempt: Mapping[str, Any]) -> _Told:
    how = {True: "with a challenge", False: "without a challenge", None: ""}[attempt["three_ds_friction"]]
    if attempt["three_ds_authenticated"] is None:
        return "authentication", "done", f"The cardholder went through 3-D Secure {how}".rstrip() + "."
    if attempt["three_ds_authenticated"]:
        return "authentication", "good", f"The cardholder was authenticated {how}".rstrip() + "."
    return "authentication", "bad", f"The cardholder was not authenticated {how}".rstrip() + "."


def _answer(attempt: Mapping[str, Any]) -> _Told:
    took = f" after {attempt['processing_time_ms']:,} ms" if attempt["processing_time_ms"] is not None else ""
    match attempt["result"]:
        case "approved":
            return "answer", "good", f"Approved{took}."
        case "declined":
            who = (attempt["declined_by_resolved"] or "somebody unknown").replace("_", " ")
            code = f" with code {attempt['decline_code_raw']}" if attempt["decline_code_raw"] else ""
            words = say_decline(attempt["decline_reason_detail"], attempt["recommended_action"])
            return "answer", "bad", f"Declined by {who}{code}{took}. {words}"
        case "pending":
            return "answer", "open", "No answer is known yet."
        case _:
            return "answer", "bad", f"It ended in an error{took}: nobody said yes or no."


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
