"""Numbers and names in words: the one place where ratios become percent and minor units become amounts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from payment_analysis.report.document import Align, Cell, Column, Tone

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.domain.money import Money
    from payment_analysis.report.proportion import MoneyRange, Proportion

NOTHING = "—"  # shown where the data has no answer
MINUS = "\u2212"
NETWORK_NAMES = {"amex": "American Express", "jcb": "JCB", "unionpay": "UnionPay"}


def count(number: int) -> str:
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(ratio: float | None, digits: int = 1) -> str:
    return NOTHING if ratio is None else f"{100 * ratio:.{digits}f} %"


def points(ratio: float | None) -> str:
    """Write a difference of two rates in percentage points."""
    return NOTHING if ratio is None else f"{100 * ratio:+.1f} pp".replace("-", MINUS)


def between(low: float, high: float) -> str:
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def interval(rate: Proportion) -> str:
    if rate.low is None or rate.high is None:
        return NOTHING
    return between(rate.low, rate.high)


def money(amount: Money | None) -> str:
    """Write an amount to the whole unit; below a hundred with its decimals."""
    if amount is None:
        return NOTHING
    major = amount.amount
    shown = f"{major:,}" if abs(major) < 100 and major != major.to_integral_value() else f"{major:,.0f}"
    return f"{amount.currency} {shown}"


def short_money(amount: Money | None) -> str:
    """Write an amount with three significant digits: EUR 1.25 M, EUR 48.3 k."""
    if amount is None:
        return NOTHING
    return f"{amount.currency} {''.join(_short(amount.amount))}"


def _short(major: Decimal) -> tuple[str, str]:
    for unit, name in ((Decimal(10**9), " bn"), (Decimal(10**6), " M"), (Decimal(10**3), " k")):
        if abs(major) >= unit * Decimal("0.9995"):  # what rounds to 1.00 of a unit is written in that unit
            scaled = major / unit
            digits = 2 if abs(scaled) < Decimal("9.995") else 1 if abs(scaled) < Decimal("99.95") else 0
            return f"{scaled:.{digits}f}", name
    return f"{major:.0f}", ""


def money_range(amounts: MoneyRange | None) -> str:
    if amounts is None:
        return NOTHING
    (low, low_unit), (high, high_unit) = _short(amounts.low.amount), _short(amounts.high.amount)
    if (low, low_unit) == (high, high_unit):
        return short_money(amounts.low)
    return f"{amounts.low.currency} {low}{low_unit} to {high}{high_unit}"


def expected(amounts: MoneyRange | None) -> str:
    if amounts is None:
        return NOTHING
    return "not known" if amounts.expected is None else short_money(amounts.expected)


def word(name: str | None, missing: str = "not known") -> str:
    """Write a code of ours as words."""
    return missing if name is None else name.replace("_", " ")


def network(name: str | None) -> str:
    return "network not known" if name is None else NETWORK_NAMES.get(name, word(name).title())


def duration(seconds: int) -> str:
    for size, name in ((86_400 * 365, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(seconds // size, name)
    return plural(seconds, "second")


def instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def left(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def right(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Align.RIGHT) for name in names)


def wide(*names: str) -> tuple[Column, ...]:
    """Name columns that a narrow reader can do without."""
    return tuple(Column(name, Align.RIGHT, wide_only=True) for name in names)


def cells(*texts: str, tone: Tone = Tone.PLAIN) -> tuple[Cell, ...]:
    return tuple(Cell(text, tone) for text in texts)


def rate_cells(rate: Proportion) -> tuple[Cell, Cell, Cell]:
    """Rate, interval and size, greyed together when there is too little to judge."""
    tone = Tone.QUIET if rate.is_small else Tone.PLAIN
    return Cell(percent(rate.rate), tone), Cell(interval(rate), tone), Cell(count(rate.trials), tone)
