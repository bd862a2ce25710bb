"""Which figures a question asks for, when it names several: together, as a filter of another, or as another figure."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.found import Found, Named, carries_nothing
from payment_analysis.agents.ask.lexicon import Role, grammar
from payment_analysis.agents.ask.reading import NotUnderstood
from payment_analysis.agents.ask.semantics import semantics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.ask.marks import Mark

# Two words for one figure, where the second only says in what it is counted.
TOGETHER: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("declines", "total_value"): "declined_value",
        ("declines", "cost"): "declined_value",
        ("payments_lost", "total_value"): "lost_value",
        ("payments_lost", "cost"): "lost_value",
        ("payments", "cost"): "lost_value",
        ("total_value", "cost"): "lost_value",
        ("approved", "total_value"): "approved_value",
        ("recoverable_declines", "total_value"): "recoverable_value",
        ("payments_recovered", "total_value"): "recovered_value",
        ("approved_retries", "total_value"): "recovered_value",
        ("attempt_rate", "total_value"): "attempt_rate_by_value",
        ("attempt_rate", "retries"): "retry_success_rate",
        ("first_attempt_rate", "total_value"): "first_attempt_rate_by_value",
        ("payment_rate", "total_value"): "payment_rate_by_value",
        ("attempt_rate", "payments"): "attempt_rate",
        ("declines", "payments"): "payments_lost",
    }
)
GENERIC: Final = ("attempts", "payments")
# What may stand in for a figure that is left open.
DEFAULT: Final = "attempt_rate"


def figures(found: Found, chosen: str = "") -> list[str]:
    """The figures asked for; `chosen` answers what we asked back."""
    marks = [(mark, name) for mark, name in found.metrics]
    vague = found.roles(Role.AMBIGUOUS)
    if chosen:
        found.used |= {mark.place for mark in vague}
        return [chosen]
    names = _wanted(found, marks)
    if vague:
        names = _made_clear(found, names, vague)
    return names


def _wanted(found: Found, marks: list[tuple[Mark, str]]) -> list[str]:
    if not marks:
        return []
    main = next((at for at, (_, name) in enumerate(marks) if name not in GENERIC), 0)
    names = [marks[main][1]]
    places = {names[0]: marks[main][0].place}
    for at, (mark, name) in enumerate(marks):
        if at == main or name in names:
            continue
        joined = _is_joined(found, marks[min(at, main)][0], marks[max(at, main)][0])
        if not joined:
            combined = TOGETHER.get((names[0], name)) or TOGETHER.get((name, names[0]))
            if combined:
                places[combined] = places.pop(names[0])
                names[0] = combined
                continue
            if name in GENERIC:
                continue
            if _narrows(found, mark, name):
                continue
        names.append(name)
        places[name] = mark.place
    return sorted(names, key=lambda name: places[name])


def _narrows(found: Found, mark: Mark, name: str) -> bool:
    """Whether the figure only says which rows another one is about."""
    as_filter = semantics().metrics[name].as_filter
    if not as_filter:
        return False
    found.values += [Named(mark, dimension, value) for dimension, values in as_filter.items() for value in values]
    return True


def _is_joined(found: Found, one: Mark, other: Mark) -> bool:
    """Whether only joining words stand between two figures, or figures that are joined themselves."""
    start, end = found.marks.index(one), found.marks.index(other)
    between = [mark for mark in found.marks[start + 1 : end] if not carries_nothing(mark)]
    rest = [mark for mark in between if not (mark.has(Role.JOINING) or mark.has(Role.METRIC))]
    return any(mark.has(Role.JOINING) for mark in between) and not rest


def _made_clear(found: Found, names: list[str], vague: list[Mark]) -> list[str]:
    """An open word is clear when another figure stands beside it; otherwise we ask."""
    for mark in vague:
        name = mark.names(Role.AMBIGUOUS)[0]
        found.used.add(mark.place)
        if name == "fraud" and "declines" in names:
            found.values.append(Named(mark, "reason_group", "fraud"))
        elif names and (names[0], name) in TOGETHER:
            names = [TOGETHER[names[0], name], *names[1:]]
        elif (name == "volume" and set(names) & {*GENERIC, "total_value"}) or (name == "rate" and names):
            continue
        else:
            raise Vague(name)
    return names


class Vague(NotUnderstood):
    """A word may mean several figures: which, is asked back."""

    def __init__(self, name: str) -> None:
        one = grammar()["ambiguous"][name]
        super().__init__(f"“{one['words'][0]}” can mean several things. Which one?")
        self.means: list[str] = one["means"]
