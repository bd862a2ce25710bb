"""The three rules of the requirement documents; they begin in shadow, because nobody has replayed them yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from payment_analysis.backend.rule_writing import write_rule
from payment_analysis.domain.trials import RuleStatus
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import ApprovalRule

if TYPE_CHECKING:
    from payment_analysis.store.database import Database

# name, decision, condition as the documents print it, priority, action
SEEDS: Final = (
    ("High amounts are challenged", "authentication", "amount_cents >= 50000", 100, "force_path", "3ds_challenge"),
    (
        "Funds and technical declines wait a day",
        "retry",
        "decline_reason IN ('INSUFFICIENT_FUNDS','TEMPORARY_FAILURE')",
        90,
        "retry_after",
        "86400",
    ),
    ("No exploration in Brazil", "routing", "merchant_country = 'BR'", 110, "no_exploration", None),
)


def seed_rules(store: Database) -> None:
    """Write them into a store that has no rule."""
    with store.change(SYSTEM) as session:
        if session.scalars(select(ApprovalRule).limit(1)).first() is not None:
            return
        for name, rule_type, condition, priority, kind, value in SEEDS:
            row = ApprovalRule(
                name=name,
                rule_type=rule_type,
                condition_expression=condition,
                action_kind=kind,
                action_value=value,
                action_summary="",
                priority=priority,
                status=RuleStatus.SHADOW,
                owner=SYSTEM.name,
                changed_by=SYSTEM.name,
            )
            write_rule(session, row, SYSTEM.name, "from the requirement documents")
