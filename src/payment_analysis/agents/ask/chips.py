"""Chips: what an answer assumed, each with what else it could be, as whole specs to post back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.ask.answer import Chip, ChipChoice
from payment_analysis.agents.ask.compiler import compile_spec
from payment_analysis.agents.ask.parser import periods_offered
from payment_analysis.agents.ask.semantics import Unit, semantics
from payment_analysis.agents.ask.sentences import filter_text
from payment_analysis.agents.ask.spec import Order, Spec
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from payment_analysis.agents.ask.values import Held

LIMITS: Final = (5, 10, 20)
RATES: Final = ("attempt_rate", "first_attempt_rate", "payment_rate", "acceptance_rate", "decline_rate")
COUNTS: Final = ("attempts", "payments", "approved", "declines")
VALUES: Final = ("total_value", "approved_value", "declined_value", "lost_value")


def chips(spec: Spec, held: Held) -> list[Chip]:
    """Every assumption of a spec."""
    found = [_figure(spec)]
    found += [
        Chip(
            about="by", label=f"by {semantics().dimensions[name].label}", choices=_kept(spec, [("leave out", without)])
        )
        for name in spec.dimensions
        for without in [{"dimensions": tuple(one for one in spec.dimensions if one != name)}]
    ]
    found += [
        Chip(about="filter", label=filter_text(one), choices=_kept(spec, [("leave out", {"filters": rest})]))
        for one in spec.filters
        for rest in [tuple(other for other in spec.filters if other != one)]
    ]
    if semantics().sources[semantics().metrics[spec.metrics[0]].source].time is not None:
        found.append(_period(spec, held))
    if spec.compare is not None:
        changes = [("do not compare", {"compare": None} | _unranked(spec))]
        found.append(Chip(about="compare", label=f"against {spec.compare.label}", choices=_kept(spec, changes)))
    if spec.order is not None:
        found.append(_order(spec, spec.order))
    if spec.trials_min is not None:
        label = f"at least {spec.trials_min} cases"
        found.append(Chip(about="cases", label=label, choices=_kept(spec, [("any number", {"trials_min": None})])))
    if spec.count_min is not None:
        label = f"at least {spec.count_min} each"
        found.append(Chip(about="cases", label=label, choices=_kept(spec, [("any number", {"count_min": None})])))
    if spec.share is not None:
        found.append(Chip(about="share", label="as a share", choices=_kept(spec, [("as it is", {"share": None})])))
    return found


def _figure(spec: Spec) -> Chip:
    known = semantics().metrics
    first = known[spec.metrics[0]]
    family = {Unit.RATIO: RATES, Unit.COUNT: COUNTS, Unit.MONEY: VALUES}.get(first.unit, ())
    changes = []
    for name in family:
        if name != first.name and len(spec.metrics) == 1:
            order = spec.order and (
                spec.order if spec.order.by != first.name else Order(by=name, descending=spec.order.descending)
            )
            changes.append((known[name].label, {"metrics": (name,), "order": order}))
    return Chip(
        about="figure", label=" and ".join(known[name].label for name in spec.metrics), choices=_kept(spec, changes)
    )


def _period(spec: Spec, held: Held) -> Chip:
    label = spec.period.label if spec.period else f"all data, {held.first:%Y-%m-%d} to {held.now:%Y-%m-%d}"
    changes: list[tuple[str, dict[str, Any]]] = [
        (period.label, {"period": period, "compare": None} | (_unranked(spec) if spec.compare else {}))
        for period in periods_offered(held)
    ]
    if spec.period is not None:
        changes.append(("all data", {"period": None, "compare": None} | (_unranked(spec) if spec.compare else {})))
    return Chip(about="period", label=label, choices=_kept(spec, changes))


def _order(spec: Spec, order: Order) -> Chip:
    label = f"{'highest' if order.descending else 'lowest'} first{f', {spec.limit} rows' if spec.limit else ''}"
    changes: list[tuple[str, dict[str, Any]]] = [
        (f"{rows} rows", {"limit": rows}) for rows in LIMITS if rows != spec.limit
    ]
    turned = Order(by=order.by, descending=not order.descending)
    return Chip(about="order", label=label, choices=_kept(spec, [*changes, ("the other way round", {"order": turned})]))


def _unranked(spec: Spec) -> dict[str, Any]:
    """Without a comparison nothing is ranked by its change."""
    return {"order": None} if spec.order and spec.order.by == "change" else {}


def _kept(spec: Spec, changes: Iterable[tuple[str, dict[str, Any]]]) -> list[ChipChoice]:
    """The changes that can be asked for."""
    found = []
    for label, change in changes:
        changed = spec.model_copy(update=change)
        try:
            compile_spec(changed)
        except BadInput:
            continue
        found.append(ChipChoice(label=label, spec=changed))
    return found
