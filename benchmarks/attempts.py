"""Attempts for benchmarks, drawn by columns: a million rows in about a second, equal for equal seeds.

Half of them read like an e-commerce export: payments with retries, 60,000 cards, 400 merchants, five routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.table import load_sources

if TYPE_CHECKING:
    from pathlib import Path

CARDS = 60_000
MERCHANTS = 400
START = np.datetime64("2026-01-01T00:00:00", "us")
DAYS = 90

NETWORKS = ["visa", "mastercard", "amex", "elo"]
CODES = ["51", "05", "91", "14", "54", "N7", "61", "65", "59", "96"]
COUNTRIES = ["BR", "DE", "US", "FR", "GB", "MX", "AR", "NL"]
CURRENCIES = ["BRL", "EUR", "USD", "EUR", "GBP", "MXN", "ARS", "EUR"]
ROUTES = ["psp_a", "psp_b", "psp_c", "psp_d", "psp_e"]
SEGMENTS = ["Travel", "Retail", "Gaming", "Digital", "Grocery"]
SOLUTIONS = ["standard", "3ds", "network_token", "apple_pay", "google_pay", "passkey"]

_ARROW = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "decimal(6,4)": pa.decimal128(6, 4),
}


def _words(choices: list[str], index: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32), mask=mask), pa.array(choices))


def _numbered(prefix: str, numbers: np.ndarray, width: int = 8) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def landing_table(rows: int, *, seed: int = 7, first: int = 0) -> pa.Table:
    """Rows of the landing table: about one payment in six needed more than one attempt."""
    random = np.random.Generator(np.random.SFC64(seed))
    payment = np.sort(random.integers(0, int(rows * 0.85), rows))
    card = (payment * 2_654_435_761) % CARDS
    country = card % len(COUNTRIES)
    started = START + np.sort(random.integers(0, DAYS * 86_400_000_000, rows)).astype("timedelta64[us]")
    approved = random.random(rows) < 0.8
    scores = {name: random.beta(2, 8, rows) for name in ("fraud_score", "aml_risk_score", "device_trust_score")}
    drawn: dict[str, pa.Array] = {
        "transaction_id": _numbered("txn_", np.arange(first, first + rows)),
        "payment_id": _numbered("pay_", payment + first),
        "merchant_id": _numbered("m_", card % MERCHANTS),
        "cardholder_id": _numbered("ch_", card),
        "card_token_id": _numbered("ct_", card),
        "amount_minor": pa.array((np.exp(random.normal(4.0, 1.2, rows)) * 100).astype(np.int64)),
        "currency": _words(CURRENCIES, country),
        "event_timestamp": pa.array(started),
        "processing_time_ms": pa.array(random.integers(50, 900, rows, dtype=np.int32)),
        "result": _words(["approved", "declined"], (~approved).astype(int)),
        "declined_by": _words(["issuer", "network"], random.integers(0, 2, rows), approved),
        "decline_code_raw": _words(CODES, random.integers(0, len(CODES), rows), approved),
        "card_network": _words(NETWORKS, card % len(NETWORKS)),
        "card_bin": _numbered("4", card % 900, width=5),
        "card_last4": _words([f"{n:04d}" for n in range(10_000)], card % 10_000),
        "payment_method_type": _words(["credit", "debit"], card % 2),
        "issuer_country": _words(COUNTRIES, country),
        "geo_country": _words(COUNTRIES, country),
        "psp": _words(ROUTES, random.integers(0, len(ROUTES), rows)),
        "merchant_segment": _words(SEGMENTS, card % len(SEGMENTS)),
        "entry_system": _words(["PD", "WS", "SEP", "CHECKOUT"], random.integers(0, 4, rows)),
        "payment_solution": _words(SOLUTIONS, random.integers(0, len(SOLUTIONS), rows)),
        "uses_3ds": pa.array(random.random(rows) < 0.3),
        "antifraud_used": pa.array(random.random(rows) < 0.85),
        "is_network_token": pa.array(random.random(rows) < 0.4),
        "_event_key": _hex(random.integers(0, 256, (rows, 16), dtype=np.uint8)),
        "_origin": _words(["simulated"], np.zeros(rows)),
        "_source": _words(["simulator"], np.zeros(rows)),
        "_ingested_at": pa.array(started + np.timedelta64(1, "s")),
        **{name: pa.array((score * 10_000).round() / 10_000) for name, score in scores.items()},
    }
    columns = columns_of(load_sources()["payments_stream_input"])
    arrays = [
        drawn[name].cast(_ARROW[word]) if name in drawn else pa.nulls(rows, _ARROW[word])
        for name, word in columns.items()
    ]
    return pa.Table.from_arrays(arrays, names=list(columns))


def write_landing(path: Path, rows: int, *, seed: int = 7) -> Path:
    """A staged file of that many attempts."""
    pq.write_table(landing_table(rows, seed=seed), path, compression="zstd", row_group_size=122_880)
    return path


def _hex(bytes_16: np.ndarray) -> pa.Array:
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    text = np.empty((len(bytes_16), 32), dtype=np.uint8)
    text[:, ::2] = digits[bytes_16 >> 4]
    text[:, 1::2] = digits[bytes_16 & 15]
    offsets = np.arange(0, text.size + 1, 32, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(bytes_16), [None, pa.py_buffer(offsets), pa.py_buffer(text)])
