"""What was known of card, payment, merchant, issuer, device and route just before an attempt.

An answer is known when it came: with the attempt's own latency, or when a pending one was resolved. Attempts in the
order of time, then of position in the payment; only facts known strictly before the instant count. `History.features`
is the only place where these columns are made, for training as for serving.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.domain.decline_reasons import DeclineReason
from payment_analysis.ml.arrays import (
    MILLISECOND_US,
    Array,
    codes,
    is_known,
    joined,
    microseconds,
    numbers,
    strings,
    vocabulary,
)
from payment_analysis.ml.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ml.tally import Asked

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
# A rate of few attempts is drawn to this one with the weight of ten attempts (the prototype's shrinkage).
USUAL_RATE, USUAL_WEIGHT = 0.87, 10.0
NO_MONEY: Final = (DeclineReason.INSUFFICIENT_FUNDS.value, DeclineReason.LIMIT_EXCEEDED.value)

CARD, PAYMENT, MERCHANT, ISSUER = "card_token_id", "payment_id", "merchant_id", "issuer"
DEVICE, ADDRESS, ROUTE, BURST = "device_fingerprint", "ip_address", "psp", "issuer|merchant_id"
KEYS: Final = (CARD, PAYMENT, MERCHANT, ISSUER, DEVICE, ADDRESS, ROUTE, BURST)


@dataclass(frozen=True, slots=True)
class History:
    """Everything known, by key; make it from the attempts of the last weeks, in order of time."""

    tallies: Mapping[str, Tally]
    reasons: pa.Array

    @classmethod
    def of(cls, attempts: pa.Table) -> History:
        """Attempts with their answers, in order of time; what has no answer yet is no fact."""
        known_ms = known_at_ms(attempts)
        approved = np.nan_to_num(numbers(attempts, "is_approved"))
        amount = np.log1p(np.nan_to_num(numbers(attempts, "amount")))
        words = strings(attempts, "decline_reason_detail")
        reasons = vocabulary(words)
        sums = {"approved": approved, "approved_amount": approved * amount}
        values = {
            "at_ms": microseconds(attempts, "event_timestamp") / MILLISECOND_US,
            "approved": approved,
            "amount": amount,
            "reason": codes(words, reasons).astype(np.float64),
            "psp": codes(strings(attempts, ROUTE), vocabulary(strings(attempts, ROUTE))).astype(np.float64),
        }
        peaks = _peaks(approved, amount, values["at_ms"], reason=words)
        return cls(
            {
                key: Tally.of(key_of(attempts, key), known_ms, sums, values, peaks if key == CARD else None)
                for key in KEYS
            },
            reasons,
        )

    def features(self, attempts: pa.Table) -> pa.Table:
        """The attempts with the columns of their past; answers they may carry are not read."""
        at_ms = microseconds(attempts, "event_timestamp") // MILLISECOND_US
        asked = {key: self.tallies[key].ask(key_of(attempts, key), at_ms) for key in KEYS}
        made = {
            **_card(asked[CARD], at_ms),
            **_payment(asked[PAYMENT], at_ms),
            **_rates(asked),
            **_velocity(asked),
        }
        reason = asked[PAYMENT].last("reason", -1.0)
        card_reason = asked[CARD].last("reason", -1.0)
        made_words = {
            "previous_reason": self._reason(reason),
            "card_previous_reason": self._reason(card_reason),
        }
        rows = attempts.drop_columns([name for name in (*made, *made_words) if name in attempts.column_names])
        for name, values in made.items():
            rows = rows.append_column(name, pa.array(values, pa.float64(), from_pandas=True))
        for name, words in made_words.items():
            rows = rows.append_column(name, words)
        return rows

    def _reason(self, code: Array) -> pa.Array:
        position = code.astype(np.int64)
        return self.reasons.take(pa.array(position, mask=position < 0))


HISTORY_NUMBERS: Final = (
    "card_attempts_24h",
    "card_attempts_30d",
    "card_approved_30d",
    "card_declined_30d",
    "card_hours_since",
    "card_previous_approved",
    "card_previous_amount",
    "card_amount_approved_mean",
    "card_amount_approved_max",
    "card_amount_refused_min",
    "card_hours_since_approved",
    "card_hours_since_refused",
    "payment_tries",
    "payment_hours_since",
    "merchant_rate_7d",
    "merchant_attempts_7d",
    "issuer_rate_1h",
    "issuer_rate_7d",
    "burst_attempts_1h",
    "burst_attempts_24h",
    "burst_attempts_7d",
    "burst_rate_24h",
    "device_attempts_24h",
    "address_attempts_24h",
)
HISTORY_WORDS: Final = ("previous_reason", "card_previous_reason")


def known_at_ms(attempts: pa.Table) -> Array:
    """The first whole millisecond at which the answer was known; -1 for what has no answer."""
    made = microseconds(attempts, "event_timestamp")
    revised, reported = microseconds(attempts, "updated_at"), microseconds(attempts, "fraud_reported_at")
    late = is_known(revised) & (revised != reported)  # a fraud report only repeats an answer known long before
    latency_us = np.nan_to_num(numbers(attempts, "processing_time_ms")) * MILLISECOND_US
    known = np.where(late, revised, made + latency_us.astype(np.int64))
    answered = np.asarray(pc.is_valid(attempts["is_approved"].combine_chunks()).to_numpy(zero_copy_only=False))
    return np.where(answered, -(-known // MILLISECOND_US), -1)


def _peaks(approved: Array, amount: Array, at_ms: Array, *, reason: pa.Array) -> dict[str, Array]:
    """What a card is known to afford: the most it paid, the least it was refused for want of money, and when."""
    paid = approved > 0.5
    refused = np.asarray(pc.is_in(reason, value_set=pa.array(NO_MONEY)).to_numpy(zero_copy_only=False)) & ~paid
    return {
        "approved_amount": np.where(paid, amount, np.nan),
        "refused_amount_below": np.where(refused, -amount, np.nan),
        "approved_at_ms": np.where(paid, at_ms, np.nan),
        "refused_at_ms": np.where(refused, at_ms, np.nan),
    }


def key_of(attempts: pa.Table, key: str) -> pa.Array:
    return joined(attempts, key.split("|")) if "|" in key else strings(attempts, key)


def shrunk(approved: Array, attempts: Array) -> Array:
    """An approval rate that few attempts cannot move far."""
    return np.asarray((approved + USUAL_RATE * USUAL_WEIGHT) / (attempts + USUAL_WEIGHT))


def _card(card: Asked, at_ms: Array) -> dict[str, Array]:
    month = 30 * DAY_MS
    attempts, approved = card.count(month), card.sum("approved", month)
    return {
        "card_attempts_24h": card.count(DAY_MS),
        "card_attempts_30d": attempts,
        "card_approved_30d": approved,
        "card_declined_30d": attempts - approved,
        "card_hours_since": (at_ms - card.last("at_ms")) / HOUR_MS,
        "card_previous_approved": card.last("approved"),
        "card_previous_amount": card.last("amount"),
        "card_amount_approved_mean": np.where(
            approved > 0, card.sum("approved_amount", month) / np.maximum(approved, 1.0), np.nan
        ),
        "card_amount_approved_max": card.last("approved_amount"),
        "card_amount_refused_min": -card.last("refused_amount_below"),
        "card_hours_since_approved": (at_ms - card.last("approved_at_ms")) / HOUR_MS,
        "card_hours_since_refused": (at_ms - card.last("refused_at_ms")) / HOUR_MS,
    }


def _payment(payment: Asked, at_ms: Array) -> dict[str, Array]:
    return {
        "payment_tries": payment.count(60 * DAY_MS),
        "payment_hours_since": (at_ms - payment.last("at_ms")) / HOUR_MS,
    }


def _rates(asked: Mapping[str, Asked]) -> dict[str, Array]:
    made: dict[str, Array] = {}
    for key, name, window_ms in (
        (MERCHANT, "merchant_rate_7d", 7 * DAY_MS),
        (ISSUER, "issuer_rate_1h", HOUR_MS),
        (ISSUER, "issuer_rate_7d", 7 * DAY_MS),
        (BURST, "burst_rate_24h", DAY_MS),
    ):
        made[name] = shrunk(asked[key].sum("approved", window_ms), asked[key].count(window_ms))
    return made


def _velocity(asked: Mapping[str, Asked]) -> dict[str, Array]:
    return {
        "merchant_attempts_7d": asked[MERCHANT].count(7 * DAY_MS),
        "burst_attempts_1h": asked[BURST].count(HOUR_MS),
        "burst_attempts_24h": asked[BURST].count(DAY_MS),
        "burst_attempts_7d": asked[BURST].count(7 * DAY_MS),
        "device_attempts_24h": asked[DEVICE].count(DAY_MS),
        "address_attempts_24h": asked[ADDRESS].count(DAY_MS),
    }
