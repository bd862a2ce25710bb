"""The same definitions as statements for a SQL warehouse: tables that others write, gold as views, the search table.

Names are bare: catalog and schema belong to the statement's surroundings, so one text fits every target.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.bronze import QUARANTINE
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.spark.statements import ddl, literal, typed
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from payment_analysis.lakehouse.table import Source, Table

SUMMARIES: Final = "v_transaction_summaries_for_search"
SEARCHED: Final = "transaction_summaries_for_search"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,254}")
# A stream reads what changed, and the search index follows it.
_FOLLOWED: Final = "tblproperties (delta.enableChangeDataFeed = true)"


def bootstrap_statements() -> list[str]:
    """Make the tables that somebody else fills, where they are missing."""
    written = [one for name, one in load_sources().items() if name not in SEEDS and name != QUARANTINE]
    return [*(_table(one) for one in written), _searched()]


def view_statements(kept: Collection[str] = ()) -> list[tuple[str, str]]:
    """Every view by name, each after what it reads; those that a pipeline keeps as tables are left out."""
    views = [one for one in load_tables().values() if one.kind == "view" and one.name not in kept]
    return [(one.name, _view(one)) for one in views]


def search_statement() -> str:
    """Bring the search table up to the summaries; only what is new or different is written."""
    columns = list(load_tables()[SUMMARIES].columns)
    return (
        f"merge into {SEARCHED} as known using {SUMMARIES} as found on known.transaction_id = found.transaction_id\n"
        "when matched and known.summary_text <> found.summary_text then update set "
        f"{', '.join(f'{name} = found.{name}' for name in columns)}\n"
        f"when not matched then insert ({', '.join(columns)}) values ({', '.join(f'found.{name}' for name in columns)})"
    )


def copy_statement(table: str, folder: str) -> str:
    """Take in the Parquet files of a folder; a file that was taken in before adds nothing."""
    return f"copy into {table} from {literal(folder)} fileformat = parquet format_options ('mergeSchema' = 'true')"


def script(statements: Iterable[str], catalog: str, schema: str) -> str:
    """Statements as a file that can be run anywhere: catalog and schema first."""
    head = [f"use catalog {quoted(catalog)}", f"use schema {quoted(schema)}"]
    return "".join(f"{statement};\n\n" for statement in [*head, *statements])


def quoted(name: str) -> str:
    """A catalog or schema as an identifier; anything but letters, digits, _ and - is refused."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name[:100]!r} is no name of a catalog or schema", hint="letters, digits, _ and - are allowed")
    return f"`{name}`"


def _table(source: Source) -> str:
    return f"create table if not exists {source.name} ({ddl(source)}) comment {literal(source.description)} {_FOLLOWED}"


def _searched() -> str:
    words = columns_of(load_tables()[SUMMARIES])
    columns = ", ".join(
        f"`{name}` {word}{' not null' if name == 'transaction_id' else ''}" for name, word in words.items()
    )
    return (
        f"create table if not exists {SEARCHED} ({columns}, primary key (transaction_id)) "
        f"comment 'What the search index follows.' {_FOLLOWED}"
    )


def _view(table: Table) -> str:
    columns = ", ".join(f"`{name}` comment {literal(column.meaning)}" for name, column in table.columns.items())
    return f"create or replace view {table.name} ({columns}) comment {literal(table.description)} as\n{typed(table)}"
