"""What a logged model says about its input: raw attempt columns, of which only the amount is required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec

from payment_analysis.ml.columns import FLAGS, NUMBERS, TIME
from payment_analysis.ml.history import HISTORY_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

REQUIRED: Final = "amount"
_DOUBLES = frozenset((*NUMBERS, *FLAGS, *HISTORY_NUMBERS, "reporting_amount", "earliest_retry_seconds", "is_retryable"))


def signature_of(inputs: Sequence[str], outputs: Sequence[str] = ()) -> ModelSignature:
    """Only the amount must be there; one number comes out unless the model names several."""
    named: list[ColSpec | TensorSpec] = [ColSpec(_type_of(name), name, required=name == REQUIRED) for name in inputs]
    made: list[ColSpec | TensorSpec] = [ColSpec(DataType.double, name) for name in outputs] or [
        ColSpec(DataType.double)
    ]
    return ModelSignature(inputs=Schema(named), outputs=Schema(made))


def example_of(rows: pa.Table, inputs: Sequence[str]) -> Any:
    """Two attempts as a data frame in the types of the signature."""
    frame = rows.select([name for name in inputs if name in rows.column_names]).slice(0, 2).to_pandas()
    for name in frame.columns:
        if _type_of(name) == DataType.double:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    frame[TIME] = frame[TIME].dt.tz_localize(None)
    return frame.dropna(axis="columns", how="any")


def _type_of(name: str) -> DataType:
    if name == TIME:
        return DataType.datetime
    return DataType.double if name in _DOUBLES else DataType.string
