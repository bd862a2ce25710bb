"""Everything before the page: which data a home begins with. Doing it again goes on where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.jobs.ingest import Export
    from payment_analysis.jobs.simulate import Order
    from payment_analysis.lakehouse.home import Home

LANDED: Final = "select count(*) as events, count_if(_origin = 'simulated') as simulated from payments_stream_input"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What `up` takes in before it builds: exports, or a world, or nothing because data is there."""

    exports: Sequence[Export] = ()
    are_examples: bool = False
    world: Order | None = None
    sets_world_aside: bool = False  # real data never stands beside simulated data by accident


def beginning(home: Home, given: Sequence[Export], examples: Sequence[Export], world: Order) -> Beginning:
    """Given files first; then what the home holds; then the examples, when asked for; then a simulated world."""
    if given:
        return Beginning(given, sets_world_aside=holds_only_a_world(home))
    if home.has_own_data:
        return Beginning()
    return Beginning(examples, are_examples=True) if examples else Beginning(world=world)


def holds_only_a_world(home: Home) -> bool:
    """Whether everything that has landed was simulated."""
    if not home.has_own_data:
        return False
    (landed,) = home.own().rows(LANDED)
    return bool(landed["events"] and landed["events"] == landed["simulated"])
