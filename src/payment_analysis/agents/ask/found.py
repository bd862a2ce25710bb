"""What the marks of a question hold: figures, dimensions, filters, numbers, sorted out from their neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.lexicon import Role
from payment_analysis.agents.ask.reading import NotUnderstood
from payment_analysis.agents.ask.semantics import Kind, semantics
from payment_analysis.agents.ask.spec import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payment_analysis.agents.ask.marks import Mark, Marked

NEXT_TO: Final = 2  # marks that may stand between a word and what it is about
BOUNDS: Final = (Role.MORE_THAN, Role.AT_LEAST, Role.LESS_THAN)
NUMBERED: Final = frozenset({"code", "bin", "attempt_number"})  # dimensions whose values are numbers
OF_COUNTRIES: Final = ("sale_country", "merchant_country")
LIKE: Final = {"retried_reason": "standard_reason"}  # whose values are those of another
COUNTED: Final = frozenset({"attempts", "payments", "declines"})


@dataclass(slots=True)
class Named:
    """A dimension or value that a mark names."""

    mark: Mark
    dimension: str
    value: str = ""
    negated: bool = False
    grouped: bool = False
    place_kept: bool = True  # narrows the whole; the part of a share does not


@dataclass(slots=True)
class Found:
    """The parts of a question; what is used up is remembered by the place of its mark."""

    marks: list[Mark]
    metrics: list[tuple[Mark, str]] = field(default_factory=list)
    dimensions: list[Named] = field(default_factory=list)
    values: list[Named] = field(default_factory=list)
    bounds: list[Filter] = field(default_factory=list)
    count_min: int | None = None
    limit: int | None = None
    notes: list[str] = field(default_factory=list)
    is_certain: bool = True
    used: set[int] = field(default_factory=set)

    def roles(self, role: Role) -> list[Mark]:
        """Marks of a role that nothing else has used up; a figure may rank as well: slowest."""
        if role is Role.ORDER:
            return [mark for mark in self.marks if mark.has(role)]
        return [mark for mark in self.marks if mark.has(role) and mark.place not in self.used]


def sort_out(marked: Marked) -> Found:
    """Take a question apart."""
    found = Found(marked.marks)
    for step in (_bounds, _numbered, _values, _dimensions, _metrics, _numbers):
        step(found)
    return found


def around(found: Found, mark: Mark, step: int) -> Iterator[Mark]:
    """The next marks to one side, over words that carry nothing."""
    at = found.marks.index(mark) + step
    seen = 0
    while 0 <= at < len(found.marks) and seen < NEXT_TO:
        yield found.marks[at]
        if not carries_nothing(found.marks[at]):
            seen += 1
        at += step


def carries_nothing(mark: Mark) -> bool:
    """Whether a word is only a filler here."""
    plain = {Role.FILLER, Role.PLACE, Role.PART_OF, Role.TIME}
    return (
        mark.mention is None
        and mark.number is None
        and bool(mark.meanings)
        and {m.role for m in mark.meanings} <= plain
    )


def _bounds(found: Found) -> None:
    """More than 500 transactions, at least 100 payments, above 200 reais, score above 0.7."""
    for place, mark in enumerate(found.marks):
        role = next((role for role in BOUNDS if mark.has(role)), None)
        after = [one for one in found.marks[place + 1 :] if not carries_nothing(one)]
        if role is None or not after or after[0].number is None:
            continue
        number, rest = after[0].number, after[1:]
        found.used |= {mark.place, after[0].place}
        if rest and rest[0].has(Role.THOUSAND):
            number, rest = number * 1000, rest[1:]
            found.used.add(after[1].place)
        counted = rest[0] if rest and COUNTED & set(rest[0].names(Role.METRIC)) else None
        if counted is not None and role is not Role.LESS_THAN:
            found.count_min = int(number) + (role is Role.MORE_THAN)
            found.used.add(counted.place)
            continue
        if counted is not None:
            raise NotUnderstood("Groups can be left out when they are small, not when they are large.")
        currency = rest[0] if rest and "currency" in rest[0].names(Role.VALUE) else None
        if currency is not None:
            found.used.add(currency.place)
            found.notes.append("amounts are in the reporting currency")
        about = _bounded(found, place)
        is_below = role is Role.LESS_THAN
        found.bounds.append(
            Filter(dimension=about, above=None if is_below else number, below=number if is_below else None)
        )


def _bounded(found: Found, place: int) -> str:
    """What a bound is about: the fraud score or the latency named just before, else the amount."""
    before = [one for one in found.marks[:place] if not carries_nothing(one)]
    names = before[-1].names(Role.METRIC) if before else []
    if "avg_fraud_score" in names:
        found.used.add(before[-1].place)
        return "score"
    if {"avg_latency", "p95_latency", "attempt_rate", "decline_rate", "payment_rate"} & set(names):
        raise NotUnderstood(f"I cannot narrow by {before[-1].text}.", "Ask for it by a dimension and look at the rows.")
    if before and "amount" in before[-1].names(Role.DIMENSION):
        found.used.add(before[-1].place)
    return "amount"


def _numbered(found: Found) -> None:
    """Code 51, codes 05 and 51, BIN 411111, attempt number 2."""
    for place, mark in enumerate(found.marks):
        named = [name for name in mark.names(Role.DIMENSION) if name in NUMBERED]
        if not named or mark.place in found.used:
            continue
        for one in found.marks[place + 1 :]:
            if one.number is not None and one.place not in found.used:
                found.values.append(Named(one, named[0], one.text))
                found.used |= {one.place, mark.place}
            elif not (carries_nothing(one) or one.has(Role.JOINING)):
                break


def _values(found: Found) -> None:
    marks = [mark for mark in found.roles(Role.VALUE) if not mark.has(Role.METRIC)]
    context = {name for mark in found.marks for name in mark.names(Role.DIMENSION)}
    sure = {name for mark in marks if len(set(mark.names(Role.VALUE))) == 1 for name in mark.names(Role.VALUE)}
    for mark in marks:
        candidates = [meaning for meaning in mark.meanings if meaning.role is Role.VALUE]
        chosen = next((one for one in candidates if one.name in context), None)
        chosen = chosen or next((one for one in candidates if one.name in sure), None)
        if chosen is None and len({one.name for one in candidates}) > 1:
            chosen = next((one for one in candidates if semantics().dimensions[one.name].kind is Kind.FLAG), None)
            found.is_certain = False
            chosen = chosen or candidates[0]
            label = semantics().dimensions[chosen.name].label
            found.notes.append(f"“{mark.text}” is read as {label}")
        chosen = chosen or candidates[0]
        name = (
            next((one for one in OF_COUNTRIES if one in context), "country")
            if chosen.name == "country"
            else chosen.name
        )
        found.values.append(Named(mark, name, chosen.value, negated=_is_negated(found, mark)))
        found.used.add(mark.place)


def _is_negated(found: Found, mark: Mark) -> bool:
    at = found.marks.index(mark) - 1
    while at >= 0:
        one = found.marks[at]
        if one.has(Role.NEGATION):
            found.used.add(one.place)
            return True
        named = one.has(Role.VALUE) or one.has(Role.DIMENSION) or one.has(Role.JOINING)
        if not (carries_nothing(one) or named):
            return False
        at -= 1
    return False


def _dimensions(found: Found) -> None:
    known = semantics().dimensions
    for mark in found.roles(Role.DIMENSION):
        name = mark.names(Role.DIMENSION)[0]
        if mark.has(Role.METRIC) or known[name].kind is Kind.NUMBER:
            continue
        before = list(around(found, mark, -1))
        grouped = any(one.has(Role.GROUP) for one in before[:2])
        beside = [*list(around(found, mark, 1))[:2], *before[:2]]
        family = LIKE.get(name, name)
        told = {one.mark.place for one in found.values if LIKE.get(one.dimension, one.dimension) == family}
        if not grouped and any(one.place in told for one in beside):
            found.used.add(mark.place)
            continue
        found.dimensions.append(Named(mark, name, grouped=grouped))
        found.used.add(mark.place)


def _metrics(found: Found) -> None:
    for mark in found.roles(Role.METRIC):
        found.metrics.append((mark, mark.names(Role.METRIC)[0]))
        found.used.add(mark.place)


def _numbers(found: Found) -> None:
    """What is left of numbers is how many rows are wanted, or a response code among declines, or a riddle."""
    ranked = bool(found.roles(Role.ORDER))
    for mark in found.marks:
        if mark.number is None or mark.place in found.used:
            continue
        about_declines = any(name == "declines" for _, name in found.metrics)
        if ranked and mark.number == int(mark.number) and 1 <= mark.number <= 100 and found.limit is None:
            found.limit = int(mark.number)
        elif about_declines and len(mark.text) == len("51") and mark.text.isdigit():
            found.values.append(Named(mark, "code", mark.text))
            found.notes.append(f"{mark.text} is read as a response code")
            found.is_certain = False
        elif not mark.meanings:
            raise NotUnderstood(f"I do not know what {mark.text} means here.", "Say code 51, top 5 or above 100.")
        found.used.add(mark.place)


def merged(values: list[Named], keep: Callable[[Named], bool] = lambda _: True) -> tuple[Filter, ...]:
    """Values as filters, those of one dimension together."""
    grouped: dict[tuple[str, bool], list[str]] = {}
    for one in values:
        if keep(one):
            grouped.setdefault((one.dimension, one.negated), []).append(one.value)
    return tuple(
        Filter(dimension=dimension, values=tuple(dict.fromkeys(given)), negated=negated)
        for (dimension, negated), given in grouped.items()
    )
