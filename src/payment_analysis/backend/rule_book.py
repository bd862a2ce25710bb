"""Rules and experiments of the store as decisions know them: read, compiled, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.experiments import Design, SubjectKind, Variant
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import ASKED, Rule, compile_rule
from payment_analysis.domain.trials import ExperimentStatus, RuleStatus
from payment_analysis.store.configuration import ApprovalRule
from payment_analysis.store.decisions import Experiment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from payment_analysis.store.configuration import RuleVersion


def rule_of(row: ApprovalRule) -> Rule:
    """A rule of the store, compiled; raises `BadRule` when its text does not read."""
    return _compiled(row, row.id, RuleStatus(row.status))


def version_of(row: RuleVersion) -> Rule:
    """One version of a rule, compiled."""
    return _compiled(row, row.rule_id, RuleStatus.RETIRED)


def _compiled(row: ApprovalRule | RuleVersion, rule_id: str, status: RuleStatus) -> Rule:
    decision = Decision(row.rule_type)
    return Rule(
        rule_id=rule_id,
        version=row.version,
        name=row.name,
        decision=decision,
        condition=compile_rule(row.condition_expression, decision),
        action=read_action(row.action_kind, row.action_value, decision),
        priority=row.priority,
        status=status,
    )


def rules_in_force(session: Session) -> tuple[Rule, ...]:
    """Every active and every shadow rule, for all decisions, in the order in which they are asked."""
    wanted = select(ApprovalRule).where(ApprovalRule.status.in_([str(status) for status in ASKED]))
    rows = session.scalars(wanted.order_by(ApprovalRule.priority, ApprovalRule.id))
    return tuple(rule_of(row) for row in rows)


def design_of(row: Experiment) -> Design:
    """An experiment of the store as decisions see it."""
    decision = Decision(row.decision)
    return Design(
        experiment_id=row.id,
        name=row.name,
        decision=decision,
        salt=row.salt,
        variants=tuple(variant_of(one, decision) for one in row.variants),
        holdout_share=row.holdout_share,
        subject=SubjectKind(row.subject),
        eligible=compile_rule(row.eligible, decision) if row.eligible else None,
    )


def variant_of(written: Mapping[str, Any], decision: Decision) -> Variant:
    """A variant as the store keeps it: name, share, actions and configuration."""
    actions = tuple(read_action(one["kind"], one["value"], decision) for one in written["actions"])
    return Variant(written["name"], written["share"], actions, dict(written["configuration"]))


def designs_running(session: Session) -> tuple[Design, ...]:
    """Every running experiment, the oldest first."""
    wanted = select(Experiment).where(Experiment.status == ExperimentStatus.RUNNING)
    return tuple(design_of(row) for row in session.scalars(wanted.order_by(Experiment.started_at, Experiment.id)))
