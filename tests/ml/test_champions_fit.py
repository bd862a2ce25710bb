"""A champion of another release is left out by name, and decides nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from payment_analysis.domain.errors import NotFound
from payment_analysis.ml.names import RETRY
from payment_analysis.ml.scoring import Scoring

if TYPE_CHECKING:
    from payment_analysis.ml.registry import Registry


class OldRegistry:
    """Holds one model, whose trees know a column less than features have now."""

    def load(self, name: str) -> Any:
        if name != RETRY:
            raise NotFound(f"{name} has no champion yet", hint="")
        trees = SimpleNamespace(num_feature=lambda: 1)
        return SimpleNamespace(booster_=trees, features_=SimpleNamespace(names=["hour", "weekday"]))


def test_trees_of_other_columns_are_left_out_with_the_reason() -> None:
    scoring = Scoring.of(cast("Registry", OldRegistry()))

    assert "columns of another release" in scoring.missing[RETRY]
    assert scoring.versions == {}
