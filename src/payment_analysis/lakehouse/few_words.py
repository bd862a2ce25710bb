"""Text columns of few words, written by the number of the word.

DuckDB's Parquet writer looks every value of a text column up twice, 80 ms a million; of an ENUM it writes the numbers,
13 ms, and the file is the same to every reader. `try_cast` from text takes as good as nothing where a column comes
straight from a Parquet file: it looks at the dictionary, not at the rows. A plain cast, which may fail, does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.schema import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duckdb import DuckDBPyConnection

WORDS_MAX: Final = 10_000  # DuckDB casts a dictionary of more than 20,000 row by row
SAMPLE_ROWS: Final = 15_000  # more than the most words, so that a column of other words in every row is seen


def name_words(connection: DuckDBPyConnection, source: str, columns: Iterable[str]) -> Mapping[str, str]:
    """The columns of a source that have few words, each with the name of an ENUM of all of them."""
    few = _few(connection, f"(select * from {source} limit {SAMPLE_ROWS})", columns)
    return {column: _type(connection, column, words) for column, words in _few(connection, source, few).items()}


def _few(connection: DuckDBPyConnection, source: str, columns: Iterable[str]) -> dict[str, list[str]]:
    names = tuple(columns)
    if not names:
        return {}
    listed = ", ".join(f'list(distinct "{name}") filter (where "{name}" is not null)' for name in names)
    found = connection.execute(f"select {listed} from {source}").fetchall()[0]
    return {name: words for name, words in zip(names, found, strict=True) if words and len(words) <= WORDS_MAX}


def _type(connection: DuckDBPyConnection, column: str, words: list[str]) -> str:
    name = f'"words of {column}"'
    listed = ", ".join(literal(word) for word in sorted(words))
    connection.execute(f"drop type if exists {name}")
    connection.execute(f"create type {name} as enum ({listed})")
    return name
