"""Write docs/schemas/attempt.schema.json from the canonical fields. Run: python scripts/make_attempt_schema.py."""

from __future__ import annotations

from pathlib import Path

from payment_analysis.domain.attempt_schema import schema_text

TARGET = Path(__file__).resolve().parents[1] / "docs/schemas/attempt.schema.json"

if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(schema_text(), encoding="utf-8")
    print(f"{TARGET.name} written")
