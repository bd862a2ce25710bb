"""Which way a subject goes in an experiment: a function of the experiment's salt and the subject's key, nothing else.

Every experiment has a salt of its own, so two experiments split the same subjects independently. The permanent holdout
has one salt for ever: its subjects are in no variant of any experiment, and what they do is the organic baseline.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.decisioning.actions import RuleAction
    from payment_analysis.decisioning.fields import Decision
    from payment_analysis.decisioning.rules import CompiledRule

CONTROL: Final = "control"
HOLDOUT: Final = "holdout"  # the word of the permanent holdout; no variant may have it
HOLDOUT_SALT: Final = "permanent holdout"
SHARE_SLACK: Final = 1e-9
NOTHING_CHANGED: Final[Mapping[str, str]] = MappingProxyType({})


class SubjectKind(StrEnum):
    """What is assigned as a whole: the fact whose value is the subject's key."""

    PAYMENT = "payment_id"
    CARD = "card_token_id"
    CARDHOLDER = "cardholder_id"
    MERCHANT = "merchant_id"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of deciding: extra actions, and decision configuration that replaces the one in force."""

    name: str
    share: float  # 0..1 of the subjects outside the holdout
    actions: tuple[RuleAction, ...] = ()
    configuration: Mapping[str, str] = field(default_factory=lambda: NOTHING_CHANGED)


@dataclass(frozen=True, slots=True)
class Design:
    """A running experiment as a decision sees it; the first variant is the control, which changes nothing."""

    experiment_id: str
    name: str
    decision: Decision
    salt: str
    variants: tuple[Variant, ...]
    holdout_share: float = 0.0
    subject: SubjectKind = SubjectKind.PAYMENT
    eligible: CompiledRule | None = None  # who takes part; without one, everybody

    def __post_init__(self) -> None:
        check_shares({variant.name: variant.share for variant in self.variants}, self.holdout_share)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Which way a subject goes; in the holdout it goes the way of no variant and is decided as if nothing ran."""

    experiment_id: str
    subject_key: str
    variant: str
    actions: tuple[RuleAction, ...] = ()
    configuration: Mapping[str, str] = field(default_factory=lambda: NOTHING_CHANGED)

    @property
    def is_holdout(self) -> bool:
        return self.variant == HOLDOUT


def check_shares(shares: Mapping[str, float], holdout_share: float) -> None:
    """Raise `BadInput` unless there are two variants or more whose shares make up the whole."""
    if len(shares) < 2:
        raise BadInput("an experiment compares two variants or more", hint="add one; the first is the control")
    if HOLDOUT in shares or any(not name.strip() for name in shares):
        raise BadInput(f"a variant needs a name, and {HOLDOUT!r} is the permanent holdout's", hint="rename it")
    if min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > SHARE_SLACK:
        told = ", ".join(f"{name} {share:g}" for name, share in shares.items())
        raise BadInput(f"the shares {told} do not make up 1", hint="give every variant a part, 1 in all")
    if not 0 <= holdout_share < 1:
        raise BadInput(f"the holdout's share is {holdout_share:g}", hint="give a number from 0 to below 1")


def position(salt: str, subject_key: str) -> float:
    """Where a subject stands between 0 and 1: uniform over subjects, the same for ever."""
    digest = sha256(f"{len(salt)}:{salt}:{subject_key}".encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56  # 56 bits: every one of them fits into a float below 1


def in_holdout(subject_key: str, holdout_share: float) -> bool:
    """Whether the subject belongs to the permanent holdout; a larger share keeps everybody who was in a smaller one."""
    return holdout_share > 0 and position(HOLDOUT_SALT, subject_key) < holdout_share


def assign(design: Design, subject_key: str) -> Assigned:
    """Which way the subject goes."""
    if in_holdout(subject_key, design.holdout_share):
        return Assigned(design.experiment_id, subject_key, HOLDOUT)
    place, reached = position(design.salt, subject_key), 0.0
    chosen = design.variants[-1]
    for variant in design.variants:
        reached += variant.share
        if place < reached:
            chosen = variant
            break
    return Assigned(design.experiment_id, subject_key, chosen.name, chosen.actions, chosen.configuration)


def assigned(design: Design, facts: Mapping[str, object]) -> Assigned | None:
    """The same from the facts of a decision; None when it does not take part or names no subject.

    `facts` also hold the subject's key under the name of its kind.
    """
    key = facts.get(design.subject)
    if key is None or (design.eligible is not None and not design.eligible.holds(facts)):
        return None
    return assign(design, str(key))
