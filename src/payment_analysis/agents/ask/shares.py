"""Shares: which words name the part and which the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.agents.ask.figures import GENERIC
from payment_analysis.agents.ask.found import Found, Named, merged
from payment_analysis.agents.ask.lexicon import Role
from payment_analysis.agents.ask.reading import NotUnderstood
from payment_analysis.agents.ask.semantics import semantics
from payment_analysis.agents.ask.spec import Share

if TYPE_CHECKING:
    from payment_analysis.agents.ask.marks import Mark


def share_of(found: Found, names: list[str]) -> Share | None:
    """The share asked for, if one is; the values of the part are marked as not narrowing the whole.

    "Share of 51 among debit declines": before *among* stands the part. "Share of Visa declines that are soft": what
    follows the figure is the part. "Share of Visa transactions": of all transactions. "By network": each row of all.
    """
    marks = found.roles(Role.SHARE)
    if not marks:
        return None
    place = marks[0].place
    figure = _figure(found, names)
    values = [one for one in found.values if one.mark.place > place]
    if found.dimensions and not any(one.mark.has(Role.PART_OF) for one in values):
        return Share()
    part = _part(found, values, place, figure)
    if not part:
        raise NotUnderstood("I do not see of what the share is.", "Ask: share of declines by reason.")
    for one in part:
        one.place_kept = False
    return Share(part=merged(part))


def _figure(found: Found, names: list[str]) -> Mark | None:
    """The figure that is shared out; a figure that was read as a filter is the part, and the plain one the whole."""
    generic = next((mark for mark, name in found.metrics if name in GENERIC), None)
    main = next((mark for mark, name in found.metrics if name == names[0]), None)
    as_filter = semantics().metrics[names[0]].as_filter
    if generic is not None and main is not None and as_filter and main.place > generic.place:
        found.values += [Named(main, name, value) for name, values in as_filter.items() for value in values]
        names[0] = next(name for mark, name in found.metrics if mark is generic)
        return generic
    return main


def _part(found: Found, values: list[Named], place: int, figure: Mark | None) -> list[Named]:
    values = [one for one in found.values if one.mark.place > place] or values
    among = next((mark.place for mark in found.roles(Role.AMONG) if mark.place > place), None)
    if among is not None:
        before = [one for one in values if one.mark.place < among]
        if before:
            return before
    if figure is None:
        return values
    after = [one for one in values if one.mark.place > figure.place and not _is_a_place(found, one.mark)]
    between = [one for one in values if one.mark.place < figure.place]
    return after or between


def _is_a_place(found: Found, mark: Mark) -> bool:
    """Whether "in" or "for" stands just before: it narrows the whole."""
    at = found.marks.index(mark)
    if at == 0:
        return False
    before = found.marks[at - 1]
    return before.has(Role.PLACE) and not before.has(Role.PART_OF)
