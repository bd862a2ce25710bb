"""What becomes of an accepted proposal: a configuration in force, or a draft that a person takes further."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, Field, ValidationError

from payment_analysis.backend.rule_book import design_of
from payment_analysis.backend.rule_models import ApprovalRuleIn
from payment_analysis.backend.rule_writing import write_rule
from payment_analysis.backend.trial_models import ExperimentIn
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.trials import ProposalKind
from payment_analysis.store.configuration import ApprovalRule, DecisionConfig, RetryableDeclineCode, RoutePerformance
from payment_analysis.store.decisions import Experiment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from payment_analysis.backend.asking import Person
    from payment_analysis.store.decisions import ProposedConfigChange


Body = TypeVar("Body", bound=BaseModel)


class DeclineCodeProposed(BaseModel, extra="forbid"):
    """A decline code the retry policy may try again."""

    label: str = Field(min_length=1)
    category: str = Field(pattern="^(soft|transient|issuer)$")
    default_backoff_seconds: int = Field(default=900, ge=0)
    max_attempts: int = Field(default=3, ge=1, le=35)
    is_active: bool = True


class RouteProposed(BaseModel, extra="forbid"):
    """What the router believes of a route."""

    approval_rate_pct: float = Field(ge=0, le=100)
    avg_latency_ms: float = Field(ge=0)
    cost_score: float = Field(ge=0, le=1)
    is_active: bool = True


def check_proposed(kind: ProposalKind, proposed_value: str) -> None:
    """Raise `BadInput` when the value cannot become what it says."""
    if kind in _BODIES:
        _body(_BODIES[kind], proposed_value)


def carry_out(session: Session, proposal: ProposedConfigChange, person: Person) -> str:
    """Make what was proposed; says what it became, like rules/<id>."""
    return _CARRIED[ProposalKind(proposal.change_type)](session, proposal, person)


def _config(session: Session, proposal: ProposedConfigChange, _: Person) -> str:
    row = session.get(DecisionConfig, proposal.target_key)
    if row is None:
        row = DecisionConfig(key=proposal.target_key, description=None)
    row.value = proposal.proposed_value
    session.add(row)
    return f"decision_config/{proposal.target_key}"


def _decline_code(session: Session, proposal: ProposedConfigChange, _: Person) -> str:
    told = _body(DeclineCodeProposed, proposal.proposed_value)
    session.merge(RetryableDeclineCode(code=proposal.target_key, **told.model_dump()))
    return f"decline_codes/{proposal.target_key}"


def _route(session: Session, proposal: ProposedConfigChange, _: Person) -> str:
    told = _body(RouteProposed, proposal.proposed_value)
    session.merge(RoutePerformance(route_name=proposal.target_key, **told.model_dump()))
    return f"routes/{proposal.target_key}"


def _rule(session: Session, proposal: ProposedConfigChange, person: Person) -> str:
    told = _body(ApprovalRuleIn, proposal.proposed_value)
    row = ApprovalRule(**told.model_dump(exclude={"note"}), owner=person.name, changed_by=person.name)
    write_rule(session, row, person.name, f"proposed by {proposal.source_agent}: {proposal.rationale}")
    return f"rules/{row.id}"


def _experiment(session: Session, proposal: ProposedConfigChange, person: Person) -> str:
    told = _body(ExperimentIn, proposal.proposed_value)
    row = Experiment(**told.model_dump(mode="json"), owner=person.name)
    session.add(row)
    session.flush()
    design_of(row)
    return f"experiments/{row.id}"


_BODIES: Final[Mapping[ProposalKind, type[BaseModel]]] = {
    ProposalKind.DECLINE_CODE: DeclineCodeProposed,
    ProposalKind.ROUTE_PERFORMANCE: RouteProposed,
    ProposalKind.RULE: ApprovalRuleIn,
    ProposalKind.EXPERIMENT: ExperimentIn,
}
_CARRIED: Final[Mapping[ProposalKind, Callable[[Session, ProposedConfigChange, Person], str]]] = {
    ProposalKind.DECISION_CONFIG: _config,
    ProposalKind.DECLINE_CODE: _decline_code,
    ProposalKind.ROUTE_PERFORMANCE: _route,
    ProposalKind.RULE: _rule,
    ProposalKind.EXPERIMENT: _experiment,
}


def _body(kind: type[Body], text: str) -> Body:
    try:
        value: Any = json.loads(text)
        return kind.model_validate(value)
    except (json.JSONDecodeError, ValidationError) as error:
        first = str(error).splitlines()
        raise BadInput(
            f"the proposed value is no {kind.__name__}: {' '.join(first[:3])}", hint="the API page /docs has its fields"
        ) from error
