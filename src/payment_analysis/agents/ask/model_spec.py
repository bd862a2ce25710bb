"""What a language model may write: a spec whose times are words."""

from __future__ import annotations

from pydantic import Field

from payment_analysis.agents.ask.spec import LIMIT_MAX, Filter, Order, Part, Share


class ModelSpec(Part):
    """A spec as a model writes it."""

    metrics: tuple[str, ...] = Field(min_length=1, max_length=6)
    dimensions: tuple[str, ...] = Field(default=(), max_length=4)
    filters: tuple[Filter, ...] = Field(default=(), max_length=20)
    period: str | None = Field(default=None, max_length=80)
    compare: str | None = Field(default=None, max_length=80)
    share: Share | None = None
    order: Order | None = None
    limit: int | None = Field(default=None, ge=1, le=LIMIT_MAX)
    trials_min: int | None = Field(default=None, ge=1)
