"""SQL that turns a field's source text into its type; what does not fit becomes null, which `checks` then explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import Field, FieldType
from payment_analysis.domain.money import currency_rows
from payment_analysis.ingest.plan import AMOUNT, cases, enum, literal, one_of, quoted
from payment_analysis.ingest.words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.ingest.plan import Given, Style

SQL_TYPES: dict[FieldType, str] = {
    FieldType.STRING: "varchar",
    FieldType.BIGINT: "bigint",
    FieldType.INT: "integer",
    FieldType.BOOLEAN: "boolean",
    FieldType.TIMESTAMP: "timestamptz",
    FieldType.SCORE: "decimal(6,4)",
}
AMOUNT_MINOR_MAX = 10**12 - 1  # ten billion euros; a thirteenth digit could be a card number in the wrong column
_TRUTHS = dict.fromkeys(("true", "t", "yes", "y", "1"), "true") | dict.fromkeys(("false", "f", "no", "n", "0"), "false")
_WHOLE = r"[+-]?[0-9]{1,18}(\.0*)?"
_EPOCH = "-?[0-9]{1,11}"
# Groups of three are allowed only where they are written whole, so that 12.50 under a decimal comma is not 1250.
_NUMBER = {
    ".": r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?|[+-]?\.[0-9]+",
    ",": r"[+-]?([0-9]+|[0-9]{1,3}([. ][0-9]{3})+)(,[0-9]*)?|[+-]?,[0-9]+",
}


def stored(field: Field) -> str:
    """A fit field as it is written: its type, and of a closed set the number of the word."""
    name = value(field.name)
    if field.values:
        return name
    if field.name == "currency":
        return f"try_cast({name} as {enum(str(row['code']) for row in currency_rows())})"
    return f"try_cast({name} as {SQL_TYPES[field.type]})"


def text(name: str) -> str:
    """The column that holds a field's trimmed source text."""
    return quoted(f"text {name}")


def value(name: str) -> str:
    """The column that holds a field's typed value."""
    return quoted(f"value {name}")


def source_text(given: Given) -> str:
    """A field's source text: trimmed, empty is null, and the source's words replaced by ours."""
    if given.native:
        return given.sql
    trimmed = f"nullif(trim({given.sql}), '')"
    if not given.words:
        return trimmed
    return f"nullif({_looked_up(trimmed, given.words, otherwise=trimmed)}, '')"


def typed(field: Field, given: Given, style: Style) -> str:
    """A field's typed value from its source text; numbers stay wide until they are checked."""
    name = text(field.name)
    if given.native:
        return _closed(field, name) if field.values else name
    match field.type:
        case FieldType.STRING:
            return _closed(field, name) if field.values else _cased(field, name)
        case FieldType.BIGINT | FieldType.INT:
            number = plain_number(name, style.decimal_mark)
            return f"case when regexp_full_match({number}, '{_WHOLE}') then try_cast({number} as bigint) end"
        case FieldType.BOOLEAN:
            return f"cast({cases(f'lower({name})', _TRUTHS)} as boolean)"
        case FieldType.TIMESTAMP:
            return _instant(name, style)
        case FieldType.SCORE:
            return f"try_cast({plain_number(name, style.decimal_mark)} as decimal(18,6))"


def major_units(style: Style) -> str:
    """The amount in major units, as the source writes it."""
    number = plain_number(text(AMOUNT), style.decimal_mark)
    written = f"regexp_full_match({text(AMOUNT)}, '{_NUMBER[style.decimal_mark]}')"
    return f"case when {written} then try_cast({number} as decimal(27,6)) end"


def minor_units(major: str, currency: str) -> str:
    """Minor units of the currency, with six decimals left to see what would be lost."""
    return f"case when abs({major}) < {AMOUNT_MINOR_MAX} then cast({major} * {_factor(currency)} as decimal(38,6)) end"


def plain_number(name: str, decimal_mark: str) -> str:
    """Digits with a decimal point and no groups."""
    if decimal_mark == ",":
        return f"replace(replace(replace({name}, '.', ''), ' ', ''), ',', '.')"
    return f"replace({name}, ',', '')"


def has_offset(name: str) -> str:
    """Whether the text of a time says its offset from UTC."""
    plain = f"strlen({name}) = 19 and substr({name}, 17, 1) = ':'"  # 2026-10-01 12:00:00, by far the most frequent
    return f"(case when {plain} then false else regexp_matches(substr({name}, 12), '[-+A-Za-z]') end)"


def _factor(currency: str) -> str:
    by_exponent: dict[int, list[str]] = {}
    for row in currency_rows():
        by_exponent.setdefault(int(str(row["exponent"])), []).append(str(row["code"]))
    factors = " ".join(
        f"when {one_of(currency, codes)} then {10**exponent}"
        for exponent, codes in sorted(by_exponent.items())
        if exponent != 2
    )
    return f"(case {factors} else 100 end)"


def _closed(field: Field, name: str) -> str:
    assert field.values is not None
    kind = enum(field.values)
    listed = " ".join(
        f"when {literal(word)} then cast({literal(ours)} as {kind})" for word, ours in words_of(field.values).items()
    )
    return f"(case lower({name}) {listed} end)"


def _looked_up(name: str, words: Mapping[str, str], otherwise: str) -> str:
    return f"coalesce({cases(f'lower({name})', words)}, {otherwise})"


def _cased(field: Field, name: str) -> str:
    letters_are_capital = field.pattern is not None and "A-Z" in field.pattern
    return f"upper({name})" if letters_are_capital else name


def _instant(name: str, style: Style) -> str:
    zone = literal(style.time_zone)
    if style.time_format:
        parsed = f"try_strptime({name}, {literal(style.time_format)})"
        instant = parsed if "%z" in style.time_format or "%Z" in style.time_format else f"timezone({zone}, {parsed})"
    elif style.time_zone == "UTC":
        instant = f"case when {_begins_with_a_year(name)} then try_cast({name} as timestamptz) end"
    else:
        instant = (
            f"case when not {_begins_with_a_year(name)} then null "
            f"when {has_offset(name)} then try_cast({name} as timestamptz) "
            f"else timezone({zone}, try_cast({name} as timestamp)) end"
        )
    if not style.epoch:
        return instant
    seconds = f"to_timestamp(try_cast({name} as bigint))"
    return f"case when regexp_full_match({name}, '{_EPOCH}') then {seconds} else {instant} end"


def _begins_with_a_year(name: str) -> str:
    """Keeps out what DuckDB also reads as a time (infinity, epoch, years of two digits) faster than a pattern would."""
    return f"({name} >= '1' and {name} < '3' and substr({name}, 5, 1) = '-')"
