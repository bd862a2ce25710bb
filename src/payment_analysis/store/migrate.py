"""Migrations: bring a database to the tables this program knows; several processes may start at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from payment_analysis.domain.errors import Conflict
from payment_analysis.store import (
    agent_runs,
    configuration,
    decisions,
    migrations,
    model_changes,
    operations,
    people,
    runs,
)
from payment_analysis.store.migrations.versions import (
    v0001_people,
    v0002_operations,
    v0003_decisions,
    v0004_configuration,
    v0005_model_changes,
    v0006_decision_audit,
    v0007_rules,
    v0008_runs,
    v0009_agents,
    v0010_card_history,
)
from payment_analysis.store.tables import SCHEMA, Base

if TYPE_CHECKING:
    from sqlalchemy import Connection

EDITIONS: Final = (
    v0001_people,
    v0002_operations,
    v0003_decisions,
    v0004_configuration,
    v0005_model_changes,
    v0006_decision_audit,
    v0007_rules,
    v0008_runs,
    v0009_agents,
    v0010_card_history,
)
# Every module that declares tables: whoever migrates knows them all.
DECLARING: Final = (people, operations, decisions, configuration, model_changes, runs, agent_runs)
LOCK: Final = 7_205_759  # any number that only we lock: one process migrates, the others wait


def migrate(connection: Connection) -> None:
    """Run the migrations that have not run yet, in the transaction of this connection."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    connection.execute(text(f'create schema if not exists "{SCHEMA}"'))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _: Any) -> Any:
        known = {edition.revision for edition in EDITIONS}
        if unknown := [one for one in revision or () if one not in known]:
            raise Conflict(
                f"the database is at {unknown[0]}, which this release does not know", hint="use the newer release"
            )
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - what `alembic upgrade` itself calls

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(
            connection=connection, target_metadata=Base.metadata, version_table_schema=SCHEMA, include_schemas=True
        )
        environment.run_migrations()
