"""The example exports that come with the repository: one per format, made by us."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from payment_analysis.jobs.ingest import Export

FOLDER: Final = Path(__file__).resolve().parents[3] / "examples"

EXAMPLES: Final = (
    Export(FOLDER / "canonical.jsonl", "canonical"),
    Export(FOLDER / "stripe_charges.json", "stripe"),
    Export(FOLDER / "stripe_payments.csv", "stripe"),
    Export(FOLDER / "adyen_received_payments.csv", "adyen"),
    Export(FOLDER / "gateway.csv", "csv", str(FOLDER / "gateway.mapping.yml")),
)
