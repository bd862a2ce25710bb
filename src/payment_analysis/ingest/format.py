"""The formats we read, each by its name: how its rows are found and planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadFile
from payment_analysis.ingest import adyen, canonical, mapped, stripe_charges, stripe_payments
from payment_analysis.ingest.csv_rows import csv_rows, find_header
from payment_analysis.ingest.json_rows import is_json, json_rows, members_of
from payment_analysis.ingest.mapping import mapping_presets as presets
from payment_analysis.ingest.parquet_rows import is_parquet, parquet_rows
from payment_analysis.ingest.text_file import digest_of, read_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from payment_analysis.ingest.csv_rows import Header
    from payment_analysis.ingest.engine import Engine
    from payment_analysis.ingest.mapping import Mapping
    from payment_analysis.ingest.plan import Plan, Raw
    from payment_analysis.ingest.text_file import TextFile

__all__ = ["FORMATS", "Source", "open_source", "presets"]

FORMATS = {
    "canonical": "our own columns, as CSV, JSON lines or Parquet",
    "stripe": "Stripe charge objects (JSON), or the dashboard's payments CSV",
    "adyen": "Adyen's received payment details report (CSV)",
    "csv": "any CSV, described by a mapping file",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is open: its rows, what is to be done with them, and its identity."""

    raw: Raw
    plan: Plan
    digest: str


def open_source(engine: Engine, path: Path, name: str, mapping: Mapping | None, work: Path) -> Source:
    """Find the rows of a file and the plan for them."""
    if is_parquet(path):
        if name != "canonical":
            raise BadFile(f"{path} is a Parquet file", hint="Parquet is read as format canonical")
        raw, types = parquet_rows(engine, path)
        return Source(raw, canonical.parquet_plan(path.name, raw, types), digest_of(path))
    text = read_text(path, work, lambda share: engine.reached(0.1 * share), long_lines=name in ("canonical", "stripe"))
    raw, plan = _text_rows(engine, text, name, mapping, work)
    return Source(raw, plan, text.digest)


def _text_rows(engine: Engine, text: TextFile, name: str, mapping: Mapping | None, work: Path) -> tuple[Raw, Plan]:
    match name:
        case "csv":
            assert mapping is not None
            header, raw = _table(engine, text, work, mapped.columns_named(mapping), mapping.separator)
            return raw, mapped.plan(text.name, mapping, header, raw)
        case "adyen":
            header, raw = _table(engine, text, work, adyen.COLUMNS)
            return raw, adyen.plan(text.name, header, raw)
        case "stripe" if is_json(text):
            raw = json_rows(engine, text, stripe_charges.PATHS, work)
            return raw, stripe_charges.plan(raw)
        case "stripe":
            header, raw = _table(engine, text, work, stripe_payments.COLUMNS)
            return raw, stripe_payments.plan(text.name, header, raw)
        case _ if is_json(text):
            raw = json_rows(engine, text, canonical.NAMES, work)
            return raw, canonical.json_plan(text.name, raw, members_of(engine, raw))
        case _:
            _, raw = _table(engine, text, work, canonical.NAMES)
            return raw, canonical.csv_plan(text.name, raw)


def _table(
    engine: Engine, text: TextFile, work: Path, known: Collection[str], separator: str | None = None
) -> tuple[Header, Raw]:
    header = find_header(text.path, text.name, known, separator)
    return header, csv_rows(engine, text, header, work)
