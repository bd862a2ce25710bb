"""Rules before they count: what is wrong with them, and what they would have done."""

from __future__ import annotations

import time

from fastapi import APIRouter
from sqlalchemy import select

from payment_analysis.backend.data_state import DataState, DataStateDep
from payment_analysis.backend.dependencies import PersonDep, StoreDep, Warehouse, WarehouseDep
from payment_analysis.backend.rule_book import rules_in_force
from payment_analysis.backend.rule_models import (
    ApprovalRuleIn,
    BacktestIn,
    BacktestOut,
    ConfigurationBacktestIn,
    FindingOut,
    RuleTold,
    backtest_out,
)
from payment_analysis.backend.rule_writing import fingerprint
from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.analysis import analyse
from payment_analysis.decisioning.configuration_change import rule_like
from payment_analysis.decisioning.rules import Rule, compile_rule
from payment_analysis.domain.errors import Unavailable
from payment_analysis.domain.trials import RuleStatus
from payment_analysis.ml.backtest import Told, backtest
from payment_analysis.store.configuration import RuleBacktest

router = APIRouter(prefix="/api/rules", tags=["rules"])

DRAFT = "draft"


@router.post("/analyse", operation_id="analyseRules")
def analyse_rules(store: StoreDep, draft: ApprovalRuleIn | None = None) -> list[FindingOut]:
    """What is wrong with the rules that are asked, together with a draft when one is sent."""
    with store.read() as session:
        rules = list(rules_in_force(session)[0])
    if draft is not None:
        rules = [rule for rule in rules if rule.name != draft.name]
        action = read_action(draft.action_kind, draft.action_value, draft.rule_type)
        condition = compile_rule(draft.condition_expression, draft.rule_type)
        mine = Rule(DRAFT, 1, draft.name, draft.rule_type, condition, action, draft.priority, RuleStatus.SHADOW)
        rules = sorted([*rules, mine], key=lambda rule: (rule.priority, rule.rule_id))
    found = [one for one in analyse(rules) if draft is None or DRAFT in {one.rule_id, one.other_id}]
    return [FindingOut(kind=one.kind, rule_id=one.rule_id, other_id=one.other_id, words=one.words) for one in found]


@router.post("/backtest", operation_id="backtestRule")
def backtest_rule(
    body: BacktestIn, warehouse: WarehouseDep, store: StoreDep, state: DataStateDep, person: PersonDep
) -> BacktestOut:
    """Replay a rule over stored attempts; the result is kept, and vouches for every rule that says the same."""
    told = _told(body)
    shown = _replayed(warehouse, told, state, body.days)
    with store.change(person.actor) as session:
        session.add(
            RuleBacktest(
                fingerprint=fingerprint(told.decision, told.condition.canonical, told.action.kind, told.action.value),
                rule_type=told.decision,
                condition_expression=told.condition.canonical,
                action_kind=told.action.kind,
                action_value=None if told.action.value is None else str(told.action.value),
                made_by=person.name,
                result=shown.model_dump(mode="json"),
            )
        )
    return shown


@router.post("/backtest/configuration", operation_id="backtestConfiguration")
def backtest_configuration(body: ConfigurationBacktestIn, warehouse: WarehouseDep, state: DataStateDep) -> BacktestOut:
    """Replay another value of a decision configuration, as the rule that does the same."""
    decision, condition, action = rule_like(body.key, body.current_value, body.proposed_value)
    return _replayed(warehouse, Told(decision, compile_rule(condition, decision), action), state, body.days)


@router.post("/backtest/last", operation_id="lastBacktestOfRule")
def last_backtest(body: RuleTold, store: StoreDep) -> BacktestOut | None:
    """The newest replay of what these words say; null when nobody replayed them."""
    told = _told(body)
    known = fingerprint(told.decision, told.condition.canonical, told.action.kind, told.action.value)
    wanted = select(RuleBacktest).where(RuleBacktest.fingerprint == known).order_by(RuleBacktest.created_at.desc())
    with store.read() as session:
        row = session.scalars(wanted.limit(1)).first()
        return None if row is None else BacktestOut.model_validate(row.result)


def _replayed(warehouse: Warehouse, told: Told, state: DataState, days: int) -> BacktestOut:
    if state.now is None:
        raise Unavailable("There is no attempt to replay anything over.", hint="ingest or simulate some first")
    started = time.perf_counter()
    replayed = backtest(warehouse, told, state.now, days)
    seconds = time.perf_counter() - started
    (clock,) = warehouse.rows("select reporting_currency from data_clock")
    return backtest_out(replayed, seconds, clock["reporting_currency"])


def _told(body: RuleTold) -> Told:
    action = read_action(body.action_kind, body.action_value, body.rule_type)
    return Told(body.rule_type, compile_rule(body.condition_expression, body.rule_type), action)
