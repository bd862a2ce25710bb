"""The SQL that Spark runs: a definition as it is written, cast to its contract, with its checks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp, parse_one

from payment_analysis.domain.quarantine import LONG_DIGITS, MASK
from payment_analysis.lakehouse.bronze import DROPPED_PREFIX, LANDING, _sentence
from payment_analysis.lakehouse.dialect import SOURCE
from payment_analysis.lakehouse.schema import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.lakehouse.table import Check, Source, Table

_MASK: Final = MASK.replace(r"\1", "$1")


def typed(table: Table) -> str:
    """A definition with the columns and types it promises."""
    return _contract(columns_of(table), table.sql)


def stored(table: Table) -> str:
    """A definition as it is kept: without the rows that bronze drops, and not at all when a `fail` check is broken."""
    return _refusing(table, passing(table, table.drops), [check for check in table.checks if check.level == "fail"])


def passing(table: Table, checks: Iterable[Check]) -> str:
    """A definition without the rows that break a check."""
    kept = " and ".join(holds(check) for check in checks)
    return f"select * from (\n{typed(table)}\n) where {kept}" if kept else typed(table)


def _refusing(table: Table, select: str, checks: Iterable[Check]) -> str:
    """A SELECT that fails as a whole when a row breaks a check.

    The first column raises the error: Spark moves conditions below joins and filters, where they see rows that the
    definition leaves out, but never a column.
    """
    message = "table {}: rows break the check `{}`"
    raised = " ".join(
        f"when not {holds(check)} then raise_error({literal(message.format(table.name, check.predicate))})"
        for check in checks
    )
    first, *others = columns_of(table)
    columns = [f"case {raised} else `{first}` end as `{first}`", *(f"`{name}`" for name in others)]
    return f"select {', '.join(columns)} from (\n{select}\n)" if raised else select


def dropped(table: Table, quarantine: Source, landing: Source) -> str:
    """The landed rows that break a check of bronze, as quarantine rows; the first broken check gives the reason."""

    def by_check(values: Iterable[str]) -> str:
        cases = (f"when not {holds(check)} then {value}" for check, value in zip(table.drops, values, strict=True))
        return f"case {' '.join(cases)} end"

    def masked(value: str) -> str:
        return f"regexp_replace({value}, {literal(LONG_DIGITS)}, {literal(_MASK)})"

    columns = columns_of(landing)
    shown = masked(by_check(_text(check.field, columns[check.field]) for check in table.drops))
    words = by_check(literal(_sentence(check)) for check in table.drops)
    detail = f"replace({words}, '{{value}}', coalesce({shown}, 'empty'))"
    words_of_times = {
        name: _text(f"`{name}`", word) if word == "timestamp" else f"`{name}`" for name, word in columns.items()
    }
    members = ", ".join(f"{text} as `{name}`" for name, text in words_of_times.items())
    select = f"""
        select
            '{DROPPED_PREFIX}' || md5(_event_key) as quarantine_id,
            {by_check(literal(check.reason) for check in table.drops)} as reason,
            {by_check(literal(check.field) for check in table.drops)} as field,
            {shown} as masked_value,
            {detail} as detail,
            {masked(f"to_json(struct({members}), map('ignoreNullFields', 'false'))")} as record,
            _source, _source_file, _source_row, cast(null as string) as _file_digest, _ingested_at
        from {LANDING}
        where not ({" and ".join(holds(check) for check in table.drops) or "true"})"""
    return _contract(columns_of(quarantine), select)


def _text(value: str, word: str) -> str:
    """A value in the words that DuckDB has for it: an instant carries its zone, which is UTC on both sides."""
    return f"cast({value} as string) || '+00'" if word == "timestamp" else f"cast({value} as string)"


def ddl(defined: Source | Table) -> str:
    """The columns as Spark declares them, each with its meaning."""
    return ", ".join(
        f"`{name}` {column.type} COMMENT {literal(column.meaning)}" for name, column in defined.columns.items()
    )


def holds(check: Check) -> str:
    """The check as a condition that is never null: a row passes when the predicate is true."""
    return f"(({check.predicate}) is true)"


def looks_elsewhere(check: Check) -> bool:
    """Whether a check reads another table, which an expectation may not."""
    return parse_one(check.predicate, dialect=SOURCE).find(exp.Select) is not None


def literal(text: str) -> str:
    """Text as a Spark SQL literal, where a backslash escapes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _contract(columns: Mapping[str, str], select: str) -> str:
    listed = ", ".join(f"cast(`{name}` as {word}) as `{name}`" for name, word in columns.items())
    return f"select {listed} from (\n{select}\n)"
