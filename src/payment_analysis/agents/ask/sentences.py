"""Sentences: an answer in words. Every number in one is formatted from the rows; nothing else brings numbers in."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.ask.semantics import Kind, Unit, semantics
from payment_analysis.domain.metrics import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.agents.ask.compiler import Column
    from payment_analysis.agents.ask.spec import Filter, Spec

NAMED_MAX: Final = 3  # rows that a sentence names
NOTHING: Final = "—"
SHOWN: Final[Mapping[Unit, str]] = MappingProxyType(
    {
        Unit.RATIO: "{:.1f} %",
        Unit.DIFFERENCE: "{:+.1f} pp",
        Unit.COUNT: "{:,.0f}",
        Unit.MONEY: "{:,.2f}",
        Unit.SCORE: "{:.3f}",
        Unit.BPS: "{:.1f} bps",
        Unit.MILLISECONDS: "{:,.0f} ms",
        Unit.SECONDS: "{:,.0f} s",
        Unit.NUMBER: "{:,.2f}",
    }
)


def sentence(spec: Spec, columns: Sequence[Column], rows: Sequence[Sequence[Any]], currency: str) -> str:
    """What the rows say."""
    where = context(spec)
    if not rows:
        return f"There is nothing to show{f' {where}' if where else ''}."
    named = [dict(zip((column.name for column in columns), row, strict=True)) for row in rows]
    if spec.dimensions:
        return _table(spec, named, where, currency)
    return _single(spec, named[0], where, currency)


def _single(spec: Spec, row: Mapping[str, Any], where: str, currency: str) -> str:
    parts = []
    for name in spec.metrics:
        label, value = _label(spec, name), row[name]
        if value is None:
            parts.append(f"there is nothing to make the {label} from")
            continue
        part = f"the {label} is {figure(value, _unit(spec, name), currency)}"
        if spec.compare is not None and row.get(f"{name}_change") is not None:
            before, change = row[f"{name}_before"], row[f"{name}_change"]
            moved = figure(change, _difference(_unit(spec, name)), currency)
            part += f", against {figure(before, _unit(spec, name), currency)} in {spec.compare.label} ({moved})"
        part += _out_of(row, name)
        parts.append(part)
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}{f' {where}' if where else ''}."


def _out_of(row: Mapping[str, Any], name: str) -> str:
    """Out of how many, and how sure one may be."""
    of, value = row.get(f"{name}_of"), row[name]
    if not of or not 0 <= float(value) <= 1:
        return ""
    low, high = wilson(round(float(value) * int(of)), int(of))
    return f" (of {int(of):,}; 95 % sure between {100 * low:.1f} and {100 * high:.1f} %)"


def _table(spec: Spec, rows: Sequence[Mapping[str, Any]], where: str, currency: str) -> str:
    name = spec.metrics[0]
    label, place = _label(spec, name), f" {where}" if where else ""
    if any(semantics().dimensions[one].kind is Kind.TIME for one in spec.dimensions):
        told = [row[name] for row in rows if row[name] is not None]
        if not told or len(spec.dimensions) > 1:
            return f"The {label} by {_by(spec)}{place}."
        low, high = (figure(pick(told), _unit(spec, name), currency) for pick in (min, max))
        return f"The {label} by {_by(spec)}{place} runs from {low} to {high}."
    shown = [
        f"{_named(spec, row)} ({figure(_ranked(spec, row), _ranked_unit(spec), currency)})" for row in rows[:NAMED_MAX]
    ]
    listed = ", ".join(shown)
    more = f", and {len(rows) - NAMED_MAX} more" if len(rows) > NAMED_MAX else ""
    return f"{label[:1].upper()}{label[1:]} by {_by(spec)}{place}: {listed}{more}."


def _ranked(spec: Spec, row: Mapping[str, Any]) -> Any:
    return row[f"{spec.metrics[0]}_change" if spec.compare else spec.metrics[0]]


def _ranked_unit(spec: Spec) -> Unit:
    unit = _unit(spec, spec.metrics[0])
    return _difference(unit) if spec.compare else unit


def _named(spec: Spec, row: Mapping[str, Any]) -> str:
    return " · ".join("(none)" if row[name] is None else str(row[name]) for name in spec.dimensions)


def _by(spec: Spec) -> str:
    return " and ".join(semantics().dimensions[name].label for name in spec.dimensions)


def _label(spec: Spec, name: str) -> str:
    label = semantics().metrics[name].label
    if spec.share is None:
        return label
    part = " and ".join(filter_text(one) for one in spec.share.part)
    return f"share of {label} with {part}" if part else f"share of {label}"


def _unit(spec: Spec, name: str) -> Unit:
    return Unit.RATIO if spec.share is not None else semantics().metrics[name].unit


def _difference(unit: Unit) -> Unit:
    return Unit.DIFFERENCE if unit is Unit.RATIO else unit


def context(spec: Spec) -> str:
    """For what and when."""
    filters = ", ".join(filter_text(one) for one in spec.filters)
    times = spec.period.label if spec.period else ""
    return " ".join(part for part in (f"for {filters}" if filters else "", f"in {times}" if times else "") if part)


def filter_text(one: Filter) -> str:
    """A filter in words."""
    dimension = semantics().dimensions[one.dimension]
    if one.above is not None or one.below is not None:
        bounds = [f"from {one.above:g}"] if one.above is not None else []
        bounds += [f"below {one.below:g}"] if one.below is not None else []
        return f"{dimension.label} {' '.join(bounds)}"
    if dimension.kind is Kind.FLAG:
        return f"{'not ' if ('false' in one.values) != one.negated else ''}{dimension.label}"
    return f"{dimension.label} {'other than ' if one.negated else ''}{' or '.join(one.values)}"


def figure(value: Any, unit: Unit, currency: str) -> str:
    """A number with its unit."""
    if value is None:
        return NOTHING
    number = float(value)
    shown = SHOWN[unit].format(100 * number if unit in {Unit.RATIO, Unit.DIFFERENCE} else number)
    return f"{currency} {shown}" if unit is Unit.MONEY else shown
