"""Attempts as Arrow columns, straight from the Parquet files of the silver table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.ml.columns import HISTORY_ONLY, RAW, SILVER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from payment_analysis.ml.arrays import Array

IDENTITY: Final = (
    "transaction_id",
    "is_sale",
    "psp_fee_minor",
    "result",
    "reporting_amount",
    "amount_minor",
    "decline_reason_standard",
)
READ: Final = tuple(dict.fromkeys((*IDENTITY, *RAW, *HISTORY_ONLY)))


def read_attempts(tables: Path, columns: Sequence[str] = READ) -> pa.Table:
    """Sales in order of time, then of attempt; what is no sale teaches nothing about approval."""
    store = DeltaStore(tables)
    if store.version(SILVER) is None:
        raise NotBuilt(f"table {SILVER} is not built yet", hint="run `payment-analysis build`")
    snapshot = store.snapshot(SILVER)
    files = [str(path) for path in snapshot.paths]
    schema = pa.schema(snapshot.table.schema().to_arrow())  # a column without any value is in no file
    wanted = list(dict.fromkeys((*columns, "is_sale", "event_timestamp", "attempt_number", "transaction_id")))
    rows = ds.dataset(files, schema=schema, format="parquet").to_table(columns=wanted, filter=pc.field("is_sale"))
    return in_order(rows)


def in_order(rows: pa.Table) -> pa.Table:
    """By time, then by position in the payment, then by name: one order everywhere."""
    keys = [("event_timestamp", "ascending"), ("attempt_number", "ascending"), ("transaction_id", "ascending")]
    return rows.take(pc.sort_indices(rows, sort_keys=keys)).combine_chunks()


def answered(rows: pa.Table) -> pa.Table:
    """Attempts that were approved or declined; what is pending or failed to be asked has no label."""
    return rows.filter(pc.is_valid(rows["is_approved"]))


def approvals(rows: pa.Table) -> Array:
    """1 approved, 0 declined."""
    return np.asarray(rows["is_approved"].combine_chunks().cast(pa.float64()).to_numpy(zero_copy_only=False))
