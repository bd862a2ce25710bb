"""Rules as people change them: every change is a new version, and nothing comes into force that was not replayed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from payment_analysis.backend.rule_book import rule_of
from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.domain.errors import Conflict, NotAllowed, NotFound
from payment_analysis.domain.roles import Role
from payment_analysis.domain.trials import RuleStatus, step_rule
from payment_analysis.store.configuration import ApprovalRule, RuleBacktest, RuleVersion

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from payment_analysis.backend.asking import Person
    from payment_analysis.decisioning.rules import Rule

SAID = ("name", "rule_type", "condition_expression", "action_kind", "action_value", "action_summary", "priority")


def rule_row(session: Session, rule_id: str) -> ApprovalRule:
    """The rule with this id."""
    row = session.get(ApprovalRule, rule_id)
    if row is None:
        raise NotFound(f"There is no rule {rule_id}.", hint="GET /api/rules lists them")
    return row


def fingerprint(decision: Decision, condition: str, kind: str, value: str | int | None) -> str:
    """Equal for rules that do the same to the same payments, whatever they are called."""
    return sha256("\n".join((decision, condition, kind, "" if value is None else str(value))).encode()).hexdigest()


def fingerprint_of(rule: Rule) -> str:
    return fingerprint(rule.decision, rule.condition.canonical, rule.action.kind, rule.action.value)


def write_rule(session: Session, row: ApprovalRule, author: str, note: str | None) -> ApprovalRule:
    """Keep a new rule or a changed one as its next version; raises `BadRule` when it does not read."""
    decision = Decision(row.rule_type)
    compile_rule(row.condition_expression, decision)
    action = read_action(row.action_kind, row.action_value, decision)
    row.action_value = None if action.value is None else str(action.value)
    row.action_summary = row.action_summary or action.words
    row.changed_by = author
    session.add(row)
    session.flush()
    said = {name: getattr(row, name) for name in SAID}
    session.add(RuleVersion(rule_id=row.id, version=row.version, written_by=author, note=note, **said))
    session.flush()
    return row


def change_rule(
    session: Session, row: ApprovalRule, changes: dict[str, object], person: Person, note: str | None
) -> ApprovalRule:
    """Change what a rule says; one that is asked becomes a draft again, because nobody has replayed it."""
    if row.status == RuleStatus.RETIRED:
        raise Conflict("The rule is retired.", hint="make it a draft first")
    if all(getattr(row, name) == value for name, value in changes.items()):
        return row
    before = fingerprint_of(rule_of(row))
    if "action_kind" in changes and "action_summary" not in changes:
        row.action_summary = ""
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    write_rule(session, row, person.name, note)
    if row.status != RuleStatus.DRAFT and fingerprint_of(rule_of(row)) != before:
        row.status, row.is_active = RuleStatus.DRAFT, False
    session.flush()
    return row


def set_status(
    session: Session, row: ApprovalRule, wanted: RuleStatus, *, person: Person, now: datetime, override: str | None
) -> ApprovalRule:
    """Bring a rule into force or take it out; without a backtest only an administrator may, with a reason."""
    if row.status == wanted:
        return row
    step_rule(RuleStatus(row.status), wanted)
    if wanted is RuleStatus.ACTIVE and vouching(session, rule_of(row)) is None:
        if not override:
            raise Conflict(
                f"Nobody has replayed version {row.version} of {row.name}.",
                hint="run its backtest; an administrator may activate it without one, with a reason",
            )
        if not person.role.covers(Role.ADMIN):
            raise NotAllowed(f"{person.name} is {person.role}; only an administrator activates without a backtest.")
        row.version += 1  # the version that was forced through carries the reason
        write_rule(session, row, person.name, f"activated without a backtest: {override}")
    row.status, row.is_active, row.status_since = wanted, wanted is RuleStatus.ACTIVE, now
    row.changed_by = person.name
    session.flush()
    return row


def vouching(session: Session, rule: Rule) -> RuleBacktest | None:
    """The newest backtest of what this rule says."""
    wanted = select(RuleBacktest).where(RuleBacktest.fingerprint == fingerprint_of(rule))
    return session.scalars(wanted.order_by(RuleBacktest.created_at.desc()).limit(1)).first()


def roll_back(session: Session, row: ApprovalRule, version: int, person: Person) -> ApprovalRule:
    """Let a rule say again what it said in an earlier version, as a new version."""
    wanted = select(RuleVersion).where(RuleVersion.rule_id == row.id, RuleVersion.version == version)
    earlier = session.scalars(wanted).first()
    if earlier is None:
        raise NotFound(f"{row.name} has no version {version}.", hint="its versions are listed under /versions")
    said: dict[str, object] = {name: getattr(earlier, name) for name in SAID}
    return change_rule(session, row, said, person, f"rolled back to version {version}")
