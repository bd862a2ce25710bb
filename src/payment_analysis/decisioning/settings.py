"""The numbers and words of the policies: what each means, its unit, its limits, and the policy they make together.

A configured 0 is 0. A value outside of its limits is refused when somebody sets it, and never replaced when it is read.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from payment_analysis.domain.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = float | int | bool | str
Kind = Literal["share", "number", "count", "seconds", "switch", "country"]
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Setting:
    """One number or word of the policies."""

    key: str
    default: Value
    kind: Kind
    high: float
    meaning: str

    def read(self, text: str) -> Value:
        """The value somebody wrote."""
        words = text.strip()
        if self.kind == "switch":
            if words.lower() not in {"true", "false"}:
                raise self._wrong(text, "true or false")
            return words.lower() == "true"
        if self.kind == "country":
            if not (len(words) == 2 and words.isascii() and words.isalpha()):
                raise self._wrong(text, "a country of two letters, like BR")
            return words.upper()
        return self._number(text, whole=self.kind in {"count", "seconds"})

    def _number(self, text: str, *, whole: bool) -> Value:
        wanted = f"{'a whole number' if whole else 'a number'} from 0 to {self.high:g}"
        try:
            value: float = int(text) if whole else float(text)
        except ValueError as error:
            raise self._wrong(text, wanted) from error
        if not (math.isfinite(value) and 0 <= value <= self.high):
            raise self._wrong(text, wanted)
        return value

    def _wrong(self, text: str, wanted: str) -> BadInput:
        return BadInput(f"{self.key} cannot be {text[:100]!r}", hint=f"give {wanted}")

    def written(self, value: Value) -> str:
        """The value as it is stored."""
        return str(value).lower() if isinstance(value, bool) else str(value)


def _settings() -> tuple[Setting, ...]:
    """The table below; the first thirteen keys are the documents'."""
    return (
        Setting("risk_threshold_high", 0.75, "share", 1, "Vendor fraud score from which a payment is of high risk."),
        Setting("risk_threshold_medium", 0.35, "share", 1, "Vendor fraud score from which it is of medium risk."),
        Setting("device_trust_low_risk", 0.90, "share", 1, "Trust in the device that makes it low without a score."),
        Setting("retry_max_attempts_control", 3, "count", 20, "Attempts of one payment at most, first one included."),
        Setting("retry_max_attempts_treatment", 4, "count", 20, "The same in the treatment variant."),
        Setting("retry_backoff_recurring_control", 900, "seconds", 30 * DAY_S, "Least wait of recurring payments."),
        Setting("retry_backoff_recurring_treatment", 300, "seconds", 30 * DAY_S, "The same in the treatment variant."),
        Setting("retry_backoff_transient", 60, "seconds", 30 * DAY_S, "Wait after a technical decline."),
        Setting("retry_backoff_soft_treatment", 1800, "seconds", 30 * DAY_S, "Wait after a soft decline in treatment."),
        Setting("routing_domestic_country", "BR", "country", 0, "The home market: its cards are domestic."),
        Setting("ml_enrichment_enabled", True, "switch", 0, "Ask the models; false decides by the fallback policies."),
        Setting("ml_enrichment_timeout_ms", 2000, "number", 60_000, "Scores that took longer are left out, ms."),
        Setting("rule_engine_enabled", True, "switch", 0, "Ask the rules people activated."),
        Setting("margin_share", 0.20, "share", 1, "Margin of a sale as a share of its amount."),
        Setting("cost_3ds", 0.05, "number", 100, "Fee of one 3DS authentication, reporting currency."),
        Setting("cost_challenge", 0.10, "number", 100, "Friction of one challenge beside its drop-off, the same."),
        Setting("cost_data_only", 0.03, "number", 100, "Fee of one data-only message, the same."),
        Setting("tra_fraud_rate", 0.0013, "share", 1, "The acquirer's fraud rate, which sets its exemption limit."),
        Setting("exploration_floor", 0.01, "share", 0.05, "Share of decisions every eligible route gets."),
        Setting("probe_share", 0.02, "share", 0.10, "Share of decisions that watch a route that is down."),
        Setting("new_route_outcomes_min", 200, "count", 100_000, "Outcomes a new route needs to earn more."),
        Setting("cascade_max", 2, "count", 5, "Routes to try after the first at most."),
        Setting("retry_success_min", 0.02, "share", 1, "Least chance worth another attempt."),
        Setting("retry_net_min", 0.0, "number", 1_000_000, "Least expected net value worth it, reporting currency."),
        Setting("retry_budget_30d", 12, "count", 35, "Attempts of one card at one merchant in 30 days at most."),
    )


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType({one.key: one for one in _settings()})


def setting_of(key: str) -> Setting:
    """The setting of that name."""
    if key not in SETTINGS:
        raise NotFound(f"there is no setting {key!r}", hint=f"the settings are {', '.join(SETTINGS)}")
    return SETTINGS[key]


@dataclass(frozen=True)  # without slots: the version is computed once
class PolicySettings:
    """All settings with their values."""

    values: Mapping[str, Value]

    @classmethod
    def of(cls, written: Mapping[str, str]) -> PolicySettings:
        """From what is stored; what is not stored has its default, a key we do not know is not ours."""
        return cls(
            MappingProxyType(
                {key: one.read(written[key]) if key in written else one.default for key, one in SETTINGS.items()}
            )
        )

    def number(self, key: str) -> float:
        return self._numbers[key]

    def count(self, key: str) -> int:
        return int(self.number(key))

    def switch(self, key: str) -> bool:
        return self.values[key] is True

    @cached_property
    def _numbers(self) -> Mapping[str, float]:
        """All but words: a decision asks for a dozen of them."""
        return {key: float(value) for key, value in self.values.items() if not isinstance(value, str)}

    @cached_property
    def version(self) -> str:
        """Equal for equal values, and for nothing else."""
        said = "\n".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return hashlib.sha256(said.encode()).hexdigest()[:12]
