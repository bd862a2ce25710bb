"""What stands in the store from the first day: settings, countries, the documents' rules. Adds what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from payment_analysis.domain.countries import countries
from payment_analysis.store.configuration import AppConfig, ApprovalRule, AppSetting, Country

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

OFFERED: Final = (
    "BR",
    "MX",
    "AR",
    "CL",
    "CO",
    "PE",
    "EC",
    "UY",
    "PY",
    "BO",
)  # the documents' countries, in their order
RULES: Final = (
    ("authentication", "Authenticate large amounts", "amount_cents >= 50000", "Ask for 3-D Secure.", 100),
    (
        "retry",
        "Retry what may pass later",
        "decline_reason IN ('INSUFFICIENT_FUNDS', 'TEMPORARY_FAILURE')",
        "Try again after the advised wait.",
        90,
    ),
    ("routing", "Route Brazil at home", "merchant_country = 'BR'", "Prefer the domestic route.", 110),
)


def fill(session: Session, *, catalog: str, schema: str, settings: Mapping[str, str]) -> dict[str, int]:
    """Add the rows that are missing; says how many of each. What somebody changed stays as it is."""
    added = {"app_config": 0, "app_settings": 0, "countries": 0, "approval_rules": 0}
    if session.get(AppConfig, 1) is None:
        session.add(AppConfig(id=1, catalog=catalog, schema=schema))
        added["app_config"] = 1
    for key, value in settings.items():
        if session.get(AppSetting, key) is None:
            session.add(AppSetting(key=key, value=value))
            added["app_settings"] += 1
    for order, code in enumerate(OFFERED):
        if session.get(Country, code) is None:
            session.add(Country(code=code, name=countries()[code].name, display_order=order))
            added["countries"] += 1
    if not session.scalar(select(func.count()).select_from(ApprovalRule)):
        for kind, name, condition, action, priority in RULES:
            session.add(
                ApprovalRule(
                    rule_type=kind, name=name, condition_expression=condition, action_summary=action, priority=priority
                )
            )
        added["approval_rules"] = len(RULES)
    return added


def change_place(session: Session, catalog: str, schema: str) -> None:
    """Save the catalog and schema the application works in."""
    held = session.get(AppConfig, 1)
    if held is None:
        session.add(AppConfig(id=1, catalog=catalog, schema=schema))
    else:
        held.catalog, held.schema = catalog, schema
