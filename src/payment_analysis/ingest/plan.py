"""What is to be done with a file's rows: where each field comes from and how its text is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.domain.quarantine import Reason

_BETWEEN = "\x1f"
AMOUNT = "amount"  # stands for amount_minor when a source writes major units


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(sql: str, words: Iterable[str]) -> str:
    """SQL: whether a text is one of these words; DuckDB would make a join of IN, which costs memory for every list."""
    return f"contains({literal(_BETWEEN + _BETWEEN.join(words) + _BETWEEN)}, concat(chr(31), {sql}, chr(31)))"


def cases(sql: str, words: Mapping[str, str]) -> str:
    """SQL: our word for a source's word, null for any other."""
    listed = " ".join(f"when {literal(word)} then {literal(ours)}" for word, ours in words.items())
    return f"case {sql} {listed} end"


def enum(words: Iterable[str]) -> str:
    """SQL: the type of a text that is one of these; as a file it is text, but takes a sixth of the time to write."""
    return f"enum({', '.join(literal(word) for word in words)})"


def constant(text: str) -> str:
    """SQL: the same text in every row."""
    return f"cast({literal(text)} as {enum([text])})"


@dataclass(frozen=True, slots=True)
class Given:
    """Where a field's value comes from."""

    sql: str  # an expression over the raw rows: text, or the field's own type when native
    source: str  # the column or path, as the owner of the file knows it
    words: Mapping[str, str] = field(default_factory=dict)  # the source's word, lower case → our word
    native: bool = False


@dataclass(frozen=True, slots=True)
class RowFault:
    """A fault of the row as a whole, found by the format itself."""

    reason: Reason
    when: str
    source: str = ""
    value: str = "''"
    field: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a source writes numbers and times."""

    decimal_mark: str = "."
    time_zone: str = "UTC"
    time_format: str | None = None
    epoch: bool = False  # whole seconds since 1970 are times too


@dataclass(frozen=True, slots=True)
class Raw:
    """The rows of a file as a relation with a column `_row`, its number in the file."""

    relation: str
    rows: int
    columns: Mapping[str, str]  # the source's own names → identifiers of the relation
    record: str  # SQL: the row as JSON text
    refused: str | None = None  # relation of rows that have no columns: _row, reason, value, record


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the typed projection needs to know."""

    format: str
    given: Mapping[str, Given]
    strict: bool = False  # an unknown value of a closed set refuses the row even when the field is optional
    style: Style = Style()
    payment_key: tuple[str, ...] = ()  # canonical fields, or SQL over raw rows
    payment_window_seconds: int | None = None
    faults: tuple[RowFault, ...] = ()
    scanned: Mapping[str, str] = field(default_factory=dict)  # source name → SQL of text searched for card numbers
    warnings: tuple[str, ...] = ()
