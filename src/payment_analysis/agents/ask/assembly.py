"""Assembly: from the parts of a question to its spec, by rules in a fixed order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.compiler import ABOUT_DECLINES, CHANGE
from payment_analysis.agents.ask.figures import DEFAULT
from payment_analysis.agents.ask.found import Found, Named, merged
from payment_analysis.agents.ask.lexicon import Role
from payment_analysis.agents.ask.reading import Choice, NotUnderstood
from payment_analysis.agents.ask.semantics import Kind, semantics
from payment_analysis.agents.ask.shares import share_of
from payment_analysis.agents.ask.spec import Chart, Filter, Order, Period, Spec
from payment_analysis.agents.ask.stretches import before
from payment_analysis.agents.ask.text import tokens
from payment_analysis.domain.metrics import TRIALS_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.ask.marks import Mark
    from payment_analysis.agents.ask.values import Held

SEVERAL: Final = 10  # rows of a ranking that names no number
# What is known of a retry is the reason that it repeats, not one of its own.
OF_RETRIES: Final = frozenset({"retry_success_rate", "retries", "approved_retries", "recovered_value", "retry_delay"})
# Figures that a decline's properties can narrow; of any other they would make nonsense.
OF_DECLINES: Final = frozenset({
    "declines", "declined_value", "recoverable_value", "recoverable_share", "recoverable_declines", "blocked",
    "average_amount", "avg_fraud_score", "avg_aml_score", "avg_latency", "p95_latency", "merchants", "issuers",
    "countries_count", "payments_lost", "lost_value", "payments", "recovery_potential", "high_risk",
})  # fmt: skip
COUNTING: Final = frozenset({
    "many", "count", "number", "quanto", "quanta", "cuanto", "cuanta", "numero", "quantidade", "cantidad",
})  # fmt: skip
AS_DECLINES: Final = {"attempts": "declines", "total_value": "declined_value"}


def is_about_change(found: Found) -> bool:
    """Whether something moved; with a why that asks for causes."""
    return any(mark.has(Role.CHANGE) for mark in found.marks) or not found.dimensions


def assemble(found: Found, names: list[str], held: Held, page: Period | None) -> Spec:
    """The spec of a question whose figures are known."""
    dimensions = [one.dimension for one in found.dimensions]
    names = _assumed(found, names, dimensions)
    dimensions = _listed(found, names, dimensions)
    share = share_of(found, names)
    filters = [*merged(found.values, lambda one: share is None or one.place_kept), *found.bounds]
    dimensions, filters = _compared_values(dimensions, filters)
    names, dimensions, filters = _of_declines(names, dimensions, filters)
    plain = Spec(
        metrics=tuple(names),
        dimensions=tuple(dict.fromkeys(dimensions)),
        filters=tuple(filters),
        chart=chart_for(dimensions),
    )
    period, compare = _times(found, plain, held, page)
    dimensions = _with_time(found, dimensions, period, held)
    order, limit = _ranking(found, names, dimensions, compare)
    metric = semantics().metrics[names[0]]
    trials = None
    if found.count_min is None and order is not None and metric.is_ratio and share is None:
        trials = TRIALS_MIN
        found.notes.append(f"only rows with at least {TRIALS_MIN} cases are ranked")
    return plain.model_copy(
        update={
            "dimensions": tuple(dict.fromkeys(dimensions)),
            "period": period,
            "compare": compare,
            "share": share,
            "order": order,
            "limit": limit,
            "count_min": found.count_min,
            "trials_min": trials,
            "chart": chart_for(dimensions),
        }
    )


def _assumed(found: Found, names: list[str], dimensions: list[str]) -> list[str]:
    """The figure of a question that names none: declines, when it is about them; else the approval rate, said so."""
    if names:
        return names
    named = {*dimensions, *(one.dimension for one in found.values)}
    if named & ABOUT_DECLINES:
        return ["declines"]
    ranked = found.roles(Role.ORDER) or found.roles(Role.PERFORMANCE)
    if not named and not ranked and not found.roles(Role.CHANGE):
        raise NotUnderstood("I do not see which figure is asked for.")
    found.is_certain = False
    found.notes.append("the approval rate is meant")
    return [DEFAULT]


def _listed(found: Found, names: list[str], dimensions: list[str]) -> list[str]:
    """Alerts are shown one by one, unless somebody asks how many there are."""
    counted = any(token.stem in COUNTING for mark in found.marks for token in tokens(mark.text))
    listed = semantics().metrics[names[0]].listed_by
    return list(listed) if listed and not dimensions and not counted else dimensions


def _compared_values(dimensions: list[str], filters: list[Filter]) -> tuple[list[str], list[Filter]]:
    """Two values of one dimension are told apart; both sides of a flag are all there is."""
    kept = []
    for one in filters:
        several = len(one.values) > 1 and not one.negated
        if several and one.dimension not in dimensions:
            dimensions = [*dimensions, one.dimension]
        if not (several and semantics().dimensions[one.dimension].kind is Kind.FLAG):
            kept.append(one)
    return dimensions, kept


def _of_declines(
    names: list[str], dimensions: list[str], filters: list[Filter]
) -> tuple[list[str], list[str], list[Filter]]:
    """A decline's properties belong to figures about declines; a retry has those of what it repeats."""
    named = {*dimensions, *(one.dimension for one in filters)} & ABOUT_DECLINES
    if not named:
        return names, dimensions, filters
    if set(names) & OF_RETRIES:
        if named - {"reason", "standard_reason", "retried_reason"} or any(one.dimension == "reason" for one in filters):
            raise NotUnderstood(
                "Retries are known by the standard reason of the decline they repeat, not by its code or finer reason.",
                "Ask for the retry success rate by retried reason.",
            )
        swapped = {"reason": "retried_reason", "standard_reason": "retried_reason"}
        filters = [one.model_copy(update={"dimension": swapped.get(one.dimension, one.dimension)}) for one in filters]
        return names, [swapped.get(one, one) for one in dimensions], filters
    names = [AS_DECLINES.get(name, name) for name in names]
    if set(names) & {"payments_lost", "lost_value", "payments"}:
        dimensions = ["standard_reason" if one == "reason" else one for one in dimensions]
    strange = [name for name in names if name not in OF_DECLINES]
    if strange:
        label = semantics().metrics[strange[0]].label
        raise NotUnderstood(
            f"The {label} has no decline reasons: only a decline has one.", "Ask for declines, or for a share of them."
        )
    return names, dimensions, filters


def _times(found: Found, plain: Spec, held: Held, page: Period | None) -> tuple[Period | None, Period | None]:
    """The stretch asked about, and the one it is compared with."""
    mentions = [mark for mark in found.marks if mark.mention is not None]
    stretches = [mark for mark in mentions if mark.mention and mark.mention.period is not None]
    earlier = len(stretches) < len(mentions)
    changes, compares = found.roles(Role.CHANGE), found.roles(Role.COMPARE)
    asks_why = any(mark.has(Role.WHY) for mark in found.marks)
    if len(stretches) > 2:
        raise NotUnderstood("That is more than two times at once.")
    if len(stretches) == 2:
        return _two(found, stretches, is_compared=bool(changes or compares))
    period = stretches[0].mention.period if stretches and stretches[0].mention else page or _own_window(plain, held)
    ends = stretches[0].mention.ends if stretches and stretches[0].mention else None
    if changes and ends is not None and not _is_over_time(found, plain.dimensions):
        return ends[1], ends[0]
    if not earlier and not (changes and not _is_over_time(found, plain.dimensions)):
        return period, None
    if period is None and asks_why:
        return None, None
    if period is None:
        raise NotUnderstood("Over which time?", choices=_offered(plain, held))
    return period, before(period, now=held.now)


def _own_window(plain: Spec, held: Held) -> Period | None:
    """The stretch a source looks back by itself."""
    days = semantics().sources[semantics().metrics[plain.metrics[0]].source].days
    return Period(start=held.now - timedelta(days=days), end=held.now, label=f"last {days} days") if days else None


def _two(found: Found, stretches: list[Mark], *, is_compared: bool) -> tuple[Period, Period]:
    """Two times with a comparing word between them; otherwise the later one is asked about."""
    if not is_compared:
        raise NotUnderstood("That is two times at once.", "Say “compared with” between them, or ask one by one.")
    first, second = (mark.mention.period for mark in stretches if mark.mention)
    assert first is not None
    assert second is not None
    between = found.marks[found.marks.index(stretches[0]) : found.marks.index(stretches[1])]
    if any(mark.has(Role.COMPARE) for mark in between):
        return first, second
    return (first, second) if first.start > second.start else (second, first)


def _offered(plain: Spec, held: Held) -> tuple[Choice, ...]:
    offered = [
        Period(start=held.now - timedelta(days=days), end=held.now, label=f"last {days} days") for days in (7, 30)
    ]
    return tuple(
        Choice(
            f"{period.label} against the {period.label.removeprefix('last ')} before",
            plain.model_copy(update={"period": period, "compare": before(period, now=held.now)}),
        )
        for period in offered
    )


def _is_over_time(found: Found, dimensions: Sequence[str]) -> bool:
    timed = any(semantics().dimensions[name].kind is Kind.TIME for name in dimensions)
    return timed or bool(found.roles(Role.TREND))


def _with_time(found: Found, dimensions: list[str], period: Period | None, held: Held) -> list[str]:
    """A trend needs a grain: hours for two days, days for a quarter, then weeks."""
    if not found.roles(Role.TREND) or any(semantics().dimensions[name].kind is Kind.TIME for name in dimensions):
        return dimensions
    start, end = (period.start, period.end) if period else (held.first, held.now)
    grain = "hour" if end - start <= timedelta(days=2) else "day" if end - start <= timedelta(days=100) else "week"
    return [grain, *dimensions]


def _ranking(
    found: Found, names: list[str], dimensions: list[str], compare: Period | None
) -> tuple[Order | None, int | None]:
    ranks = found.roles(Role.ORDER)
    if not ranks or not dimensions:
        return None, found.limit
    direction = ranks[0].names(Role.ORDER)[0]
    metric = semantics().metrics[names[0]]
    by, low_is_best = names[0], metric.better == "low"
    descending = {"desc": True, "asc": False, "best": not low_is_best, "worst": low_is_best}[direction]
    changes = [mark.names(Role.CHANGE)[0] for mark in found.roles(Role.CHANGE)]
    if compare is not None and changes:
        by, descending = CHANGE, "up" in changes
    told_apart = {one.dimension for one in found.values}
    if found.limit is not None:
        return Order(by=by, descending=descending), found.limit
    if set(dimensions) <= told_apart:
        return Order(by=by, descending=descending), None
    several = any(_is_plural(one) for one in found.dimensions)
    return Order(by=by, descending=descending), SEVERAL if several else 1


def _is_plural(named: Named) -> bool:
    words = tokens(named.mark.text)
    return any(token.written.lower() != token.stem for token in words)


def chart_for(dimensions: Sequence[str]) -> Chart:
    """How rows told apart by these are best looked at."""
    kinds = [semantics().dimensions[name].kind for name in dimensions]
    if not kinds:
        return Chart.NUMBER
    if Kind.TIME in kinds and len(kinds) <= len(("time", "series")):
        return Chart.LINE
    return Chart.BAR if len(kinds) == 1 else Chart.TABLE
