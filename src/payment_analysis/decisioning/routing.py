"""Which provider and solution a payment takes, in two steps around the draw that the caller makes.

`on_offer` says what may be chosen and what is at stake; the caller draws approval probabilities from what is known of
each (Thompson) and counts how often each wins; `decide_routing` chooses. Every eligible arm keeps a floor of all
decisions: without it no later policy could be judged. A route that is down gets a small probe share only, and a new
route its floor only until enough outcomes are known.
"""

from __future__ import annotations

from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.decisioning.option import NO_WISHES, Option, wished
from payment_analysis.decisioning.value import Stakes, stakes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.decisioning.context import Context
    from payment_analysis.decisioning.option import RuleHit, Wish
    from payment_analysis.decisioning.settings import PolicySettings

STANDARD, TOKEN = "standard", "network_token"
BETWEEN = "/"  # route/solution


class Footing(StrEnum):
    """On what footing an arm takes part."""

    FULL = "full"
    NEW = "new"  # the exploration floor only
    DOWN = "down"  # the probe share only
    OUT = "out"


class RouteFacts(NamedTuple):
    """What is known of one route for this payment; fees in the reporting currency."""

    route: str
    approval: tuple[float, float]  # mean approval: standard, network token; the health gate is in it
    fee_fixed: float
    fee_share: float
    fee_declined: float
    outcomes: int
    is_active: bool = True
    is_down: bool = False


class Arm(NamedTuple):
    """A route with a solution, and on what footing."""

    route: str
    solution: str
    footing: Footing
    why: str
    approval: float
    stakes: Stakes

    @property
    def action(self) -> str:
        return self.route + BETWEEN + self.solution

    @property
    def value(self) -> float:
        return float(self.stakes.value(self.approval))


class Offer(NamedTuple):
    """All arms, and what the rules made of them."""

    arms: tuple[Arm, ...]
    hits: tuple[RuleHit, ...]
    may_cascade: bool = True
    may_explore: bool = True


class RoutingDecision(NamedTuple):
    """The arm taken with its propensity, the plan after it, and what every other arm would have brought."""

    route: str
    solution: str
    propensity: float
    is_exploration: bool
    cascade: tuple[str, ...]
    reason: str
    policy: str
    options: tuple[Option, ...]
    hits: tuple[RuleHit, ...]


BY_VALUE, STATIC = "expected_value", "static_routes"
_RANK: Final = {Footing.FULL: 0, Footing.NEW: 1, Footing.DOWN: 2, Footing.OUT: 3}


def on_offer(
    context: Context,
    routes: Sequence[RouteFacts],
    fraud: float,
    settings: PolicySettings,
    *,
    liability_shifts: bool = False,
    wishes: tuple[Wish, ...] = NO_WISHES,
) -> Offer:
    """Every route with every solution: its footing, and what is at stake in the reporting currency."""
    amount, margin = context.amount_value or 0.0, settings.number("margin_share")
    enough = settings.number("new_route_outcomes_min")
    arms = list[Arm]()
    for one in routes:
        at_stake = stakes(
            amount,
            margin=margin,
            fraud=fraud,
            liability_shifts=liability_shifts,
            fee_approved=one.fee_fixed + one.fee_share * amount,
            fee_declined=one.fee_declined,
        )
        footing, why = _footing(one, enough)
        for place, solution in enumerate((STANDARD, TOKEN)):
            fits = solution == STANDARD or context.has_network_token
            arms.append(
                Arm(
                    one.route,
                    solution,
                    footing if fits else Footing.OUT,
                    why if fits else "the card has no network token",
                    one.approval[place],
                    at_stake,
                )
            )
    if not wishes:
        return Offer(tuple(_somebody(arms)), ())
    names = {arm.action: "" for arm in arms if arm.footing is not Footing.OUT}
    left, hits = wished(names, _by_arm(wishes, names))
    ruled = [arm._replace(footing=Footing.OUT, why="a rule took it away") if _gone(arm, left) else arm for arm in arms]
    cascade, explore = (not any(getattr(wish, name) for wish in wishes) for name in ("no_cascade", "no_exploration"))
    return Offer(tuple(_somebody(ruled)), hits, cascade, explore)


def _footing(one: RouteFacts, enough: float) -> tuple[Footing, str]:
    if not one.is_active:
        return Footing.OUT, "the route is switched off"
    if one.is_down:
        return Footing.DOWN, "the route is down; a small share watches for its return"
    if one.outcomes < enough:
        return Footing.NEW, f"{one.outcomes} outcomes are known, {enough:.0f} are needed to earn more than exploration"
    return Footing.FULL, ""


def _by_arm(wishes: tuple[Wish, ...], names: dict[str, str]) -> tuple[Wish, ...]:
    """A rule may name a route, a solution, or both."""

    def widened(words: frozenset[str]) -> frozenset[str]:
        return frozenset(name for name in names if name in words or not words.isdisjoint(name.split(BETWEEN)))

    return tuple(
        wish._replace(
            require=widened(wish.require) or (frozenset({"nothing on offer"}) if wish.require else frozenset()),
            forbid=widened(wish.forbid),
        )
        for wish in wishes
    )


def _gone(arm: Arm, left: dict[str, str]) -> bool:
    return arm.footing is not Footing.OUT and arm.action not in left


def _somebody(arms: list[Arm]) -> list[Arm]:
    """When nobody stands on full footing, the best footing there is carries the traffic."""
    best = min((_RANK[arm.footing] for arm in arms), default=0)
    if best in {_RANK[Footing.FULL], _RANK[Footing.OUT]}:
        return arms
    return [
        arm._replace(footing=Footing.FULL, why=f"no better route is there: {arm.why}")
        if _RANK[arm.footing] == best
        else arm
        for arm in arms
    ]


def propensities(arms: Sequence[Arm], wins: Sequence[float], settings: PolicySettings) -> list[float]:
    """The chance of each arm: its floor or probe share, and its share of wins of what is left.

    `wins` says how often an arm of full footing has the highest drawn value, 0..1; they sum to one.
    """
    floor, probe = settings.number("exploration_floor"), settings.number("probe_share")
    full = sum(arm.footing is Footing.FULL for arm in arms)
    down = {arm.route for arm in arms if arm.footing is Footing.DOWN}
    new = {arm.route for arm in arms if arm.footing is Footing.NEW}
    solutions = {name: sum(arm.route == name and arm.footing is not Footing.OUT for arm in arms) for name in down | new}
    given = [
        floor
        if arm.footing is Footing.FULL and full > 1
        else floor / solutions[arm.route]
        if arm.footing is Footing.NEW
        else probe / solutions[arm.route]
        if arm.footing is Footing.DOWN
        else 0.0
        for arm in arms
    ]
    rest = 1.0 - sum(given)
    return [
        own + (rest * share if arm.footing is Footing.FULL else 0.0)
        for own, share, arm in zip(given, wins, arms, strict=True)
    ]


def decide_routing(
    offer: Offer, wins: Sequence[float], luck: float, settings: PolicySettings, *, policy: str = BY_VALUE
) -> RoutingDecision | None:
    """Choose with `luck` in [0, 1) among the propensities; None when no route is on offer."""
    arms = offer.arms
    if all(arm.footing is Footing.OUT for arm in arms):
        return None
    chances = propensities(arms, wins, settings) if offer.may_explore else _certain(arms)
    place = _drawn(chances, luck)
    chosen, chance = arms[place], chances[place]
    ranked = sorted(zip([arm.value for arm in arms], arms, chances, strict=True), key=_worth, reverse=True)
    full = [(value, arm) for value, arm, _ in ranked if arm.footing is Footing.FULL]
    best = full[0][1]
    cascade = _cascade(full, chosen.route, settings.count("cascade_max") if offer.may_cascade else 0)
    explores = chosen is not best
    options = tuple(
        [
            Option(
                arm.action,
                arm.footing is not Footing.OUT,
                arm.why,
                arm.approval,
                value,
                {"propensity": share, "won": float(arm.stakes.won), "lost": float(arm.stakes.lost)},
            )
            for value, arm, share in ranked
        ]
    )
    reason = _reason(chosen, best, chance, explores=explores)
    return RoutingDecision(
        chosen.route, chosen.solution, chance, explores, cascade, reason, policy, options, offer.hits
    )


def _certain(arms: Sequence[Arm]) -> list[float]:
    """All chances on the arm that is expected to bring the most."""
    best = max((arm for arm in arms if arm.footing is Footing.FULL), key=lambda arm: arm.value)
    return [float(arm is best) for arm in arms]


def _drawn(chances: Sequence[float], luck: float) -> int:
    reached = 0.0
    for place, chance in enumerate(chances):
        reached += chance
        if luck < reached:
            return place
    return max(range(len(chances)), key=chances.__getitem__)  # rounding: the chances sum to a little less than one


_worth: Final = itemgetter(0)


def _cascade(ranked: Sequence[tuple[float, Arm]], first: str, routes_max: int) -> tuple[str, ...]:
    """The next best arms for an attempt that fails on the provider's side: other providers, none down or new."""
    taken = dict[str, str]()
    for value, arm in ranked:
        if arm.route != first and arm.route not in taken and value > 0.0:
            taken[arm.route] = arm.action
    return tuple(taken.values())[:routes_max]


def _reason(chosen: Arm, best: Arm, chance: float, *, explores: bool) -> str:
    said = f"{chosen.action} is expected to bring {chosen.value:.2f} (approval {chosen.approval:.1%})"
    if chosen.footing is Footing.DOWN:
        return f"{said}; it is down and this attempt watches for its return"
    if explores:
        rival = f"{best.action} is expected to bring {best.value:.2f}"
        return f"{said}; taken to learn, with a chance of {chance:.1%}; {rival}"
    return f"{said}, the most of all on offer"
