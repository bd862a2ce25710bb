"""What people add to the lakehouse through the API: reviews of insights, and rejected rows that were mended."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from payment_analysis.domain.errors import BadInput
from payment_analysis.ingest.file import read_file
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import committing, write_files
from payment_analysis.lakehouse.delta import DeltaStore, retried
from payment_analysis.lakehouse.schema import columns_of, contract
from payment_analysis.lakehouse.table import load_sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.lakehouse.home import Home

FEEDBACK: Final = "insight_feedback_silver"
WRITTEN: Final = 1  # a review is carried once: its application transaction knows no other version


class LakehouseWrites:
    """Writes into the lakehouse that a home shows."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def carry_review(self, review_id: str, review: Mapping[str, Any]) -> None:
        """Add one review; carrying it again adds nothing."""
        folder = self._home.path / ("examples" if self._home.shows_examples else "lakehouse")
        store, columns = DeltaStore(folder / "tables"), columns_of(load_sources()[FEEDBACK])
        store.create(FEEDBACK, columns)

        def carry() -> None:
            snapshot = store.snapshot(FEEDBACK)
            if snapshot.position(f"review:{review_id}") is not None:
                return
            row = pa.Table.from_pylist([{name: review[name] for name in columns}])
            with duck.worker(folder / "scratch", memory_mb=duck.INTAKE_MEMORY_MB) as connection:
                connection.register("arriving", row)
                files = write_files(connection, contract(columns, "arriving"), store.folder(FEEDBACK))
            with committing(files):
                store.commit(snapshot, files, positions={f"review:{review_id}": WRITTEN})

        retried(carry)

    def replay(self, record: Mapping[str, Any], format_: str) -> str:
        """Let a mended record land, checked like any other; gives its transaction id."""
        home = self._home.create()
        with tempfile.TemporaryDirectory(dir=home.stage) as stage:
            file = Path(stage) / "replay.jsonl"
            file.write_text(json.dumps(record) + "\n", encoding="utf-8")
            staged = read_file(file, format_, None, Path(stage) / "read")
            if staged.rows_rejected:
                (why,) = pq.read_table(staged.rejected, columns=["reason", "detail"]).to_pylist()
                raise BadInput(f"The record is still wrong ({why['reason']}).", hint=why["detail"])
            (transaction,) = pq.read_table(staged.accepted, columns=["transaction_id"]).to_pylist()
            home.lakehouse().landing.append([staged.accepted], batch_id=staged.batch_id)
        return str(transaction["transaction_id"])
