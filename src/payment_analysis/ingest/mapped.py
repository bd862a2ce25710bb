"""Any CSV under a mapping file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadFile
from payment_analysis.ingest.plan import Given, Plan, Style, literal
from payment_analysis.ingest.typed import value

if TYPE_CHECKING:
    from payment_analysis.ingest.csv_rows import Header
    from payment_analysis.ingest.mapping import Mapping
    from payment_analysis.ingest.plan import Raw


def columns_named(mapping: Mapping) -> set[str]:
    """Every column of the file that the mapping needs."""
    keys = {key for key in mapping.payment_key if not _is_canonical(mapping, key)}
    return {column.name for column in mapping.columns.values()} | set(mapping.payment_columns) | keys


def plan(name: str, mapping: Mapping, header: Header, raw: Raw) -> Plan:
    """The plan that a mapping states for the rows of a file."""

    def column(wanted: str, use: str) -> str:
        known = wanted if wanted in header.names else header.named(wanted)
        if known is None:
            raise BadFile(
                f"{name} has no column {wanted!r}, which mapping {mapping.name} uses for {use}",
                hint=f"its columns are: {', '.join(header.names)}; correct the mapping or export the column",
            )
        if header.names.count(known) > 1:
            raise BadFile(f"{name} has the column {known!r} more than once", hint="rename one of them")
        return raw.columns[known]

    given = {
        target: Given(column(source.name, target), source.name, source.words)
        for target, source in mapping.columns.items()
    }
    given |= {target: Given(literal(text), "constant") for target, text in mapping.constants.items()}
    if mapping.payment_columns:
        parts = ", ".join(f"nullif(trim({column(part, 'payment_id')}), '')" for part in mapping.payment_columns)
        given["payment_id"] = Given(f"concat_ws('-', {parts})", " + ".join(mapping.payment_columns))
    return Plan(
        "csv",
        given,
        style=Style(mapping.decimal_mark, mapping.time_zone, mapping.time_format),
        payment_key=tuple(
            value(key) if _is_canonical(mapping, key) else f"trim({column(key, 'the payment key')})"
            for key in mapping.payment_key
        ),
        payment_window_seconds=mapping.payment_window_seconds,
        scanned=dict(raw.columns),
    )


def _is_canonical(mapping: Mapping, key: str) -> bool:
    """Whether a key names a field that the mapping fills, and not a column of the file."""
    given = mapping.columns.keys() | mapping.constants.keys()
    return key in given or (key == "amount_minor" and "amount" in given)
