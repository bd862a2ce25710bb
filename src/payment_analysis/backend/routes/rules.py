"""Rules: written, changed, brought into force and taken out of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.backend.rule_book import rule_of
from payment_analysis.backend.rule_models import (
    ApprovalRuleIn,
    ApprovalRuleOut,
    ApprovalRuleUpdate,
    RollBackIn,
    RuleStatusIn,
    RuleVersionOut,
    rule_out,
)
from payment_analysis.backend.rule_writing import (
    SAID,
    change_rule,
    fingerprint_of,
    roll_back,
    rule_row,
    set_status,
    write_rule,
)
from payment_analysis.decisioning.fields import Decision
from payment_analysis.domain.errors import Conflict
from payment_analysis.domain.trials import RuleStatus
from payment_analysis.store.configuration import ApprovalRule, RuleBacktest, RuleVersion

router = APIRouter(prefix="/api/rules", tags=["rules"])


def _shown(session: Session, rows: list[ApprovalRule]) -> list[ApprovalRuleOut]:
    prints = {row.id: fingerprint_of(rule_of(row)) for row in rows}
    newest = select(RuleBacktest.fingerprint, func.max(RuleBacktest.created_at))
    newest = newest.where(RuleBacktest.fingerprint.in_(set(prints.values()))).group_by(RuleBacktest.fingerprint)
    replayed: dict[str, datetime] = {row[0]: row[1] for row in session.execute(newest)}
    return [rule_out(row, replayed.get(prints[row.id])) for row in rows]


def _one(session: Session, row: ApprovalRule) -> ApprovalRuleOut:
    (shown,) = _shown(session, [row])
    return shown


@router.get("", operation_id="listApprovalRules")
def list_rules(
    store: StoreDep,
    rule_type: Annotated[Decision | None, Query(description="Only those for this decision.")] = None,
    active_only: Annotated[bool, Query(description="Only those that policies follow.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 200,
) -> list[ApprovalRuleOut]:
    """Rules in the order in which they are asked."""
    wanted = select(ApprovalRule).order_by(ApprovalRule.priority, ApprovalRule.id).limit(limit)
    if rule_type is not None:
        wanted = wanted.where(ApprovalRule.rule_type == rule_type)
    if active_only:
        wanted = wanted.where(ApprovalRule.is_active)
    with store.read() as session:
        return _shown(session, list(session.scalars(wanted)))


@router.post("", operation_id="createApprovalRule", status_code=201)
def create_rule(body: ApprovalRuleIn, store: StoreDep, person: PersonDep) -> ApprovalRuleOut:
    """Write a rule; it is a draft until somebody replays it and brings it into force."""
    told = body.model_dump(exclude={"note"})
    with store.change(person.actor) as session:
        row = ApprovalRule(**told, owner=person.name, changed_by=person.name)
        write_rule(session, row, person.name, body.note)
        return _one(session, row)


@router.get("/{rule_id}", operation_id="getApprovalRule")
def get_rule(rule_id: Identifier, store: StoreDep) -> ApprovalRuleOut:
    """One rule."""
    with store.read() as session:
        return _one(session, rule_row(session, rule_id))


@router.patch("/{rule_id}", operation_id="updateApprovalRule")
def update_rule(rule_id: Identifier, body: ApprovalRuleUpdate, store: StoreDep, person: PersonDep) -> ApprovalRuleOut:
    """Change what a rule says, as its next version."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"note"})
    with store.change(person.actor) as session:
        return _one(session, change_rule(session, rule_row(session, rule_id), changes, person, body.note))


@router.delete("/{rule_id}", operation_id="deleteApprovalRule", status_code=204)
def delete_rule(rule_id: Identifier, store: StoreDep, person: PersonDep) -> None:
    """Delete a draft; a rule that was ever asked is retired, so that old decisions can still name it."""
    with store.change(person.actor) as session:
        row = rule_row(session, rule_id)
        if row.status != RuleStatus.DRAFT:
            raise Conflict(f"{row.name} is {row.status}; only a draft is deleted.", hint="retire it instead")
        session.delete(row)


@router.post("/{rule_id}/status", operation_id="setApprovalRuleStatus")
def set_rule_status(
    rule_id: Identifier, body: RuleStatusIn, store: StoreDep, person: PersonDep, now: NowDep
) -> ApprovalRuleOut:
    """Draft, shadow, active or retired. To activate one needs a backtest of what it says."""
    with store.change(person.actor) as session:
        row = rule_row(session, rule_id)
        set_status(session, row, body.status, person=person, now=now, override=body.reason)
        return _one(session, row)


@router.get("/{rule_id}/versions", operation_id="listApprovalRuleVersions")
def list_versions(rule_id: Identifier, store: StoreDep) -> list[RuleVersionOut]:
    """What the rule said, the newest first, and what changed with each version."""
    with store.read() as session:
        rule_row(session, rule_id)
        wanted = select(RuleVersion).where(RuleVersion.rule_id == rule_id).order_by(RuleVersion.version)
        versions = list(session.scalars(wanted))
    shown = []
    for place, one in enumerate(versions):
        before = versions[place - 1] if place else None
        changed = [name for name in SAID if before is not None and getattr(before, name) != getattr(one, name)]
        told = {name: getattr(one, name) for name in RuleVersionOut.model_fields if hasattr(one, name)}
        shown.append(RuleVersionOut(**told, changed=changed))
    return shown[::-1]


@router.post("/{rule_id}/rollback", operation_id="rollBackApprovalRule")
def roll_back_rule(rule_id: Identifier, body: RollBackIn, store: StoreDep, person: PersonDep) -> ApprovalRuleOut:
    """Let the rule say again what it said in an earlier version."""
    with store.change(person.actor) as session:
        return _one(session, roll_back(session, rule_row(session, rule_id), body.version, person))
