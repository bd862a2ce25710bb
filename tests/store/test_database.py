"""The store is real, migrated, audited, and says when it is down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError, InternalError

from payment_analysis.domain.errors import BadInput, Conflict, StoreDown
from payment_analysis.store.audit import SYSTEM, Actor
from payment_analysis.store.database import Database, given_url
from payment_analysis.store.decisions import DecisionLog
from payment_analysis.store.operations import Incident
from payment_analysis.store.people import Audit, SignInLink, User
from payment_analysis.store.server import check_owner
from payment_analysis.store.tables import SCHEMA, Base

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.databases import Databases

ANA = Actor("ana", "operator")


def an_incident() -> Incident:
    return Incident(category="psp", key="psp=north", title="North fails", severity="high", details={"share": 0.4})


def audit(store: Database) -> list[Audit]:
    with store.read() as session:
        return list(session.scalars(select(Audit).order_by(Audit.id)))


def test_the_migrated_tables_are_the_models(store: Database) -> None:
    with store.read() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={
                "include_schemas": True,
                "version_table_schema": SCHEMA,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
            },
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_every_closed_set_of_a_model_is_held_by_the_database(store: Database) -> None:
    written = {
        (table.name, str(check.name))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if type(check).__name__ == "CheckConstraint"
    }
    with store.read() as session:
        held = session.execute(
            text("select conrelid::regclass::text, conname from pg_constraint where contype = 'c' and connamespace = "
                 "'payment_analysis'::regnamespace")
        )  # fmt: skip
        found = {(table.removeprefix(f"{SCHEMA}."), name) for table, name in held}

    assert {(table, f"ck_{table}_{name}" if not name.startswith("ck_") else name) for table, name in written} == found


def test_migrating_again_changes_nothing(databases: Databases, store: Database) -> None:
    with store.change(SYSTEM) as session:
        session.add(an_incident())
    url = store._url
    assert url is not None
    again = Database(url)

    with again.read() as session:
        assert session.scalars(select(Incident.key)).all() == ["psp=north"]
    again.close()


def test_a_change_is_written_down_with_before_and_after(store: Database) -> None:
    with store.change(ANA) as session:
        incident = an_incident()
        session.add(incident)
    with store.change(ANA) as session:
        changed = session.get_one(Incident, incident.id)
        changed.status = "resolved"
    with store.change(SYSTEM) as session:
        session.delete(session.get_one(Incident, changed.id))

    created, resolved, deleted = audit(store)
    assert (created.actor, created.role, created.action, created.subject) == ("ana", "operator", "create", "incident")
    assert created.after is not None
    assert created.after["details"] == {"share": 0.4}
    assert (resolved.before, resolved.after) == ({"status": "open"}, {"status": "resolved"})
    assert (deleted.actor, deleted.action, deleted.after) == ("system", "delete", None)
    assert created.subject_id == resolved.subject_id == deleted.subject_id


def test_what_is_rolled_back_was_never_written_down(store: Database) -> None:
    with pytest.raises(Conflict), store.change(ANA) as session:
        session.add_all([User(name="ana", display_name="Ana", role="viewer") for _ in range(2)])

    assert audit(store) == []


def test_a_secret_is_not_in_the_audit(store: Database) -> None:
    with store.change(SYSTEM) as session:
        user = User(name="ana", display_name="Ana", role="viewer")
        session.add(user)
        session.flush()
        session.add(SignInLink(user_id=user.id, digest="d1g3st", expires_at=user.created_at))

    assert [row.subject for row in audit(store)] == ["users", "sign_in_links"]
    assert all("d1g3st" not in str(row.after) for row in audit(store))


@pytest.mark.parametrize("statement", ["delete from {}.audit", "update {}.audit set actor = 'nobody'"])
def test_the_audit_only_grows(store: Database, statement: str) -> None:
    with store.change(ANA) as session:
        session.add(an_incident())

    with pytest.raises(DBAPIError, match="never changed"), store.change(ANA) as session:
        session.execute(text(statement.format(SCHEMA)))
    assert len(audit(store)) == 1


def test_a_change_behind_the_audits_back_is_a_bug(store: Database) -> None:
    with pytest.raises(AssertionError), store.change(ANA) as session:
        session.execute(delete(Incident))


def test_a_log_is_its_own_record(store: Database) -> None:
    with store.change(SYSTEM) as session:
        session.add(DecisionLog(decision_type="retry", request={}, response={}))

    assert audit(store) == []


def test_reading_cannot_change_anything(store: Database) -> None:
    with pytest.raises(InternalError, match="read-only"), store.read() as session:
        session.execute(text(f"truncate {SCHEMA}.incident cascade"))


def test_a_value_outside_of_its_closed_set_is_refused(store: Database) -> None:
    with pytest.raises(Conflict), store.change(ANA) as session:
        session.add(User(name="ana", display_name="Ana", role="emperor"))


def test_a_store_that_is_down_is_a_named_error_and_never_an_empty_list(tmp_path: Path) -> None:
    nowhere = Database(given_url(f"postgresql://nobody:s3cret@/none?host={tmp_path}"))

    with pytest.raises(StoreDown) as down, nowhere.read() as session:
        session.scalars(select(Incident)).all()

    assert down.value.status == 503
    assert "s3cret" not in down.value.message


@pytest.mark.parametrize("given", ["mysql://root@localhost/x", "not an address"])
def test_an_address_that_is_not_postgresql_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="DATABASE_URL"):
        given_url(given)


def test_the_server_of_a_home_comes_back_with_every_acknowledged_row(databases: Databases) -> None:
    database = Database(databases.server)
    with database.change(ANA) as session:
        session.add(an_incident())

    server = databases.server.folder / "postmaster.pid"
    os.kill(int(server.read_text().split()[0]), signal.SIGKILL)

    with suppress(StoreDown), database.read() as session:  # a question may be on its way while the server dies
        session.scalars(select(Incident.key)).all()
    with database.read() as session:
        assert session.scalars(select(Incident.key)).all() == ["psp=north"]
    database.close_connections()


SECOND_PROCESS = """
import sys
from pathlib import Path
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database
from payment_analysis.store.operations import Incident
database = Database.of_home(Path(sys.argv[1]))
with database.change(SYSTEM) as session:
    session.add(Incident(category="x", key=sys.argv[2], title="t", severity="low"))
database.close()
"""


def test_several_processes_of_one_home_share_one_server(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    started = [
        subprocess.Popen([sys.executable, "-c", SECOND_PROCESS, str(tmp_path), key], env=environment) for key in "abc"
    ]
    assert [one.wait(timeout=120) for one in started] == [0, 0, 0]

    database = Database.of_home(tmp_path)
    with database.read() as session:
        assert sorted(session.scalars(select(Incident.key))) == ["a", "b", "c"]
    database.close()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_home_that_was_copied_without_its_owners_says_so(tmp_path: Path) -> None:
    check_owner(tmp_path, owner=1000, runs_as=1000)

    with pytest.raises(StoreDown) as found:
        check_owner(tmp_path, owner=0, runs_as=999)

    assert "user 999" in found.value.message
    assert "chown -R 999" in found.value.hint
