"""Rules and experiments of the store as decisions know them: read, compiled, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import select

from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.experiments import Design, SubjectKind, Variant
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import ASKED, Rule, compile_rule
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.trials import ExperimentStatus, RuleStatus
from payment_analysis.store.configuration import ApprovalRule
from payment_analysis.store.decisions import Experiment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.orm import Session

    from payment_analysis.store.configuration import RuleVersion


Row = TypeVar("Row", ApprovalRule, Experiment)
Read = TypeVar("Read", Rule, Design)


class Unreadable(NamedTuple):
    """Something in force that does not read, so that nobody can follow it."""

    kind: str  # rule or experiment
    row_id: str
    name: str
    why: str


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


def rules_in_force(session: Session) -> tuple[tuple[Rule, ...], list[Unreadable]]:
    """Every active and every shadow rule, for all decisions, in the order in which they are asked; and what is none."""
    wanted = select(ApprovalRule).where(ApprovalRule.status.in_([str(status) for status in ASKED]))
    rows = session.scalars(wanted.order_by(ApprovalRule.priority, ApprovalRule.id))
    return _read_each("rule", rows, rule_of)


def _read_each(
    kind: str, rows: Iterable[Row], read: Callable[[Row], Read]
) -> tuple[tuple[Read, ...], list[Unreadable]]:
    """One that does not read (an older release knew a field that is gone) must not take the others along."""
    found, unreadable = list[Read](), list[Unreadable]()
    for row in rows:
        try:
            found.append(read(row))
        except BadInput as error:
            unreadable.append(Unreadable(kind, row.id, row.name, error.message))
    return tuple(found), unreadable


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


def designs_running(session: Session) -> tuple[tuple[Design, ...], list[Unreadable]]:
    """Every running experiment, the oldest first; and those that do not read."""
    wanted = select(Experiment).where(Experiment.status == ExperimentStatus.RUNNING)
    return _read_each("experiment", session.scalars(wanted.order_by(Experiment.started_at, Experiment.id)), design_of)
