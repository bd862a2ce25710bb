"""The audit writes itself: whatever a transaction changes leaves a row in the same transaction, or nothing happens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session

from payment_analysis.store.configuration import OnlineFeature
from payment_analysis.store.decisions import (
    AuthorizationEvent,
    CardAttempt,
    DecisionLog,
    DecisionOutcome,
    ExperimentAssignment,
)
from payment_analysis.store.people import Audit, WebSession
from payment_analysis.store.runs import JobRun, RunLine, TaskRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import ORMExecuteState, UOWTransaction

    from payment_analysis.store.tables import Base

# Rows that are themselves the record of what happened, and would only be told twice.
OWN_RECORD: Final[frozenset[type[Base]]] = frozenset(
    {
        Audit,
        WebSession,
        AuthorizationEvent,
        CardAttempt,
        DecisionLog,
        DecisionOutcome,
        ExperimentAssignment,
        OnlineFeature,
        JobRun,
        TaskRun,
        RunLine,
    }
)
ACTOR: Final = "actor"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and in which role."""

    name: str
    role: str


SYSTEM: Final = Actor("system", "system")  # the application itself: first start, migrations, drafts


class AuditedSession(Session):
    """A session whose changes are written down."""


@event.listens_for(AuditedSession, "after_flush")
def _write_down(session: Session, _: UOWTransaction) -> None:
    rows = list(_rows(session))
    if rows:
        actor: Actor = session.info[ACTOR]
        session.connection().execute(
            insert(Audit), [{"actor": actor.name, "role": str(actor.role), **row} for row in rows]
        )


@event.listens_for(AuditedSession, "do_orm_execute")
def _refuse_the_back_door(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        changed = state.bind_mapper.class_ if state.bind_mapper else None
        assert changed in OWN_RECORD, f"change {changed} through its objects, so that the audit sees it"


def _rows(session: Session) -> Iterator[dict[str, Any]]:
    for action, changed in (("create", session.new), ("change", session.dirty), ("delete", session.deleted)):
        for one in changed:
            if type(one) in OWN_RECORD or (action == "change" and not session.is_modified(one)):
                continue
            before, after = _difference(action, one)
            yield {
                "action": action,
                "subject": one.__tablename__,
                "subject_id": ",".join(str(part) for part in inspect(one).mapper.primary_key_from_instance(one)),
                "before": before,
                "after": after,
            }


def _difference(action: str, one: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The columns before and after: all of a row that comes or goes, the changed ones of a row that stays."""
    state = inspect(one)
    columns = [attribute for attribute in state.mapper.column_attrs if not attribute.columns[0].info.get("secret")]
    if action == "create":
        return None, _plain({attribute.key: state.dict.get(attribute.key) for attribute in columns})
    if action == "delete":
        return _plain({attribute.key: state.dict.get(attribute.key) for attribute in columns}), None
    histories = {attribute.key: state.attrs[attribute.key].history for attribute in columns}
    changed = {name: history for name, history in histories.items() if history.has_changes()}
    before = {name: history.deleted[0] if history.deleted else None for name, history in changed.items()}
    return _plain(before), _plain({name: history.added[0] for name, history in changed.items() if history.added})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it."""
    plain: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return plain
