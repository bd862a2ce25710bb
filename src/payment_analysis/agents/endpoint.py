"""The language model, when one is configured: any OpenAI-compatible endpoint, named by the environment.

OPENAI_API_KEY or OPENAI_BASE_URL     one of them says that there is an endpoint; nothing is asked without
PAYMENT_ANALYSIS_LLM_MODEL            the model's name there
PAYMENT_ANALYSIS_LLM_SECONDS          how long to wait for an answer; 20 unless given
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE_URL: Final = "OPENAI_BASE_URL"
API_KEY: Final = "OPENAI_API_KEY"
MODEL: Final = "PAYMENT_ANALYSIS_LLM_MODEL"
SECONDS: Final = "PAYMENT_ANALYSIS_LLM_SECONDS"
MODEL_DEFAULT: Final = "gpt-4o-mini"
SECONDS_DEFAULT: Final = 20.0
NO_KEY: Final = "none"  # endpoints on this machine ask for none, the client insists on one


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """Where the model is and how it is called; never printed, because of the key."""

    base_url: str | None
    api_key: str
    model: str
    seconds: float


def endpoint_of(environment: Mapping[str, str]) -> Endpoint | None:
    """The configured endpoint; none when the environment names none."""
    base_url, key = environment.get(BASE_URL, "").strip(), environment.get(API_KEY, "").strip()
    if not (base_url or key):
        return None
    written = environment.get(SECONDS, "").strip() or str(SECONDS_DEFAULT)
    try:
        seconds = float(written)
    except ValueError as error:
        raise BadInput(f"{SECONDS}={written} is not a number", hint="give seconds, for example 20") from error
    if not 0 < seconds <= 600:
        raise BadInput(f"{SECONDS}={written} is out of reach", hint="give between 1 and 600 seconds")
    return Endpoint(base_url or None, key or NO_KEY, environment.get(MODEL, "").strip() or MODEL_DEFAULT, seconds)
