"""The values of a condition: read in the unit of their field, or refused with the way to write them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn

from payment_analysis.decisioning.conditions import Literal
from payment_analysis.decisioning.fields import Kind
from payment_analysis.domain.currencies import currency_of
from payment_analysis.domain.decline_reasons import DeclineReason
from payment_analysis.domain.declines import reason_of_word
from payment_analysis.domain.errors import BadInput, BadRule
from payment_analysis.domain.money import minor

if TYPE_CHECKING:
    from payment_analysis.decisioning.fields import DecisionField
    from payment_analysis.decisioning.reading import Token

SECONDS_OF: Final = {
    **dict.fromkeys(("s", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}
WHOLE_MAX: Final = 2**53  # beyond it a number of one engine is not the number of another


def read_value(field: DecisionField, token: Token, unit: Token | None) -> Literal:
    """The value this token stands for beside this field; raises `BadRule`."""
    if field.kind is Kind.WORD:
        if token.kind != "text":
            _refuse(f"{field.name} is a word; write it in quotes", token)
        return Literal(_spelled(field, token))
    if token.kind != "number":
        _refuse(f"{field.name} is a number; write it without quotes", token)
    match field.kind:
        case Kind.MONEY:
            return _money(field, token, unit)
        case Kind.RATIO:
            value = _ratio(field, token, unit)
        case Kind.SECONDS:
            value = _whole(field, token, Decimal(token.text) * _seconds(field, unit))
        case Kind.REAL:
            value = float(Decimal(token.text))
        case _:
            value = _whole(field, token, Decimal(token.text))
    if unit is not None and field.kind not in {Kind.RATIO, Kind.SECONDS}:
        _refuse(f"{field.name} is a plain number{f' in {field.unit}' * bool(field.unit)}", unit)
    return Literal(_within(field, token, value))


def _spelled(field: DecisionField, token: Token) -> str:
    """The word as it is stored: words of a closed set and codes are read in any case."""
    word = token.text
    if field.values == tuple(DeclineReason):
        word = str(reason_of_word(word))
        if word == DeclineReason.UNKNOWN and token.text.lower() != word:
            _refuse("no source and no table of ours has this reason", token)
    if field.values:
        stored = next((value for value in field.values if value.lower() == word.lower()), None)
        if stored is None:
            _refuse(f"{field.name} is one of {', '.join(field.values)}", token)
        return str(stored)
    return {"upper": word.upper(), "lower": word.lower(), "": word}[field.spelling]


def _money(field: DecisionField, token: Token, unit: Token | None) -> Literal:
    if unit is None:
        _refuse(f"{field.name} needs a currency, like {token.text} BRL; plain numbers are amount_minor", token)
    try:
        code = currency_of(unit.text.upper()).code
        value = minor(Decimal(token.text), code)
    except BadInput as error:
        raise BadRule(error.message, hint=error.hint, position=unit.position, length=unit.length) from error
    if value < 0:
        _refuse(f"{field.name} is never negative", token)
    return Literal(value, code)


def _ratio(field: DecisionField, token: Token, unit: Token | None) -> float:
    if unit is not None and unit.text != "%":
        _refuse(f"{field.name} is a ratio; write 0.7 or 70%", unit)
    return float(Decimal(token.text) / (100 if unit else 1))


def _seconds(field: DecisionField, unit: Token | None) -> int:
    if unit is None:
        return 1
    if unit.text.lower() not in SECONDS_OF:
        _refuse(f"{field.name} is a time; its units are s, min, h and days", unit)
    return SECONDS_OF[unit.text.lower()]


def _whole(field: DecisionField, token: Token, value: Decimal) -> int:
    if value != value.to_integral_value() or abs(value) > WHOLE_MAX:
        _refuse(f"{field.name} is a whole number of {field.unit or 'things counted'}", token)
    return int(value)


def _within(field: DecisionField, token: Token, value: float) -> float:
    """Values a field cannot have are mistakes: 70 for a ratio means 70%."""
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        span = f"from {low:g} to {high:g}" if high is not None else f"at least {low:g}"
        meant = f"; did you mean {token.text}%?" if field.kind is Kind.RATIO and value <= 100 else ""
        _refuse(f"{field.name} is {span}{meant}", token)
    return value


def _refuse(expected: str, token: Token) -> NoReturn:
    shown = token.text if token.kind == "end" else repr(token.text)
    raise BadRule(f"{expected}, not {shown}", position=token.position, length=token.length)
