"""What stands in the store from the first day: settings, countries, the documents' rules. Adds what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from payment_analysis.domain.countries import countries
from payment_analysis.domain.trials import RuleStatus
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.configuration import AppConfig, ApprovalRule, AppSetting, Country, RuleVersion

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
# decision, name, condition as the documents print it, action, its value, the action in words, priority
RULES: Final = (
    (
        "authentication",
        "High amounts are challenged",
        "amount_cents >= 50000",
        "force_path",
        "3ds_challenge",
        "Ask for 3-D Secure.",
        100,
    ),
    (
        "retry",
        "Funds and technical declines wait a day",
        "decline_reason IN ('INSUFFICIENT_FUNDS','TEMPORARY_FAILURE')",
        "retry_after",
        "86400",
        "Try again after a day.",
        90,
    ),
    (
        "routing",
        "No exploration in Brazil",
        "merchant_country = 'BR'",
        "no_exploration",
        None,
        "Keep Brazil off routes that are only tried.",
        110,
    ),
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
    added["approval_rules"] = add_rules(session)
    return added


def add_rules(session: Session) -> int:
    """Into a store without rules: they begin in shadow, as nobody has replayed them, each with its first version."""
    if session.scalar(select(func.count()).select_from(ApprovalRule)):
        return 0
    for kind, name, condition, action, value, words, priority in RULES:
        said = {
            "name": name,
            "rule_type": kind,
            "condition_expression": condition,
            "action_kind": action,
            "action_value": value,
            "action_summary": words,
            "priority": priority,
        }
        row = ApprovalRule(status=RuleStatus.SHADOW, owner=SYSTEM.name, changed_by=SYSTEM.name, **said)
        session.add(row)
        session.flush()
        note = "from the requirement documents"
        session.add(RuleVersion(rule_id=row.id, version=row.version, written_by=SYSTEM.name, note=note, **said))
    return len(RULES)


def change_place(session: Session, catalog: str, schema: str) -> None:
    """Save the catalog and schema the application works in."""
    held = session.get(AppConfig, 1)
    if held is None:
        session.add(AppConfig(id=1, catalog=catalog, schema=schema))
    else:
        held.catalog, held.schema = catalog, schema
