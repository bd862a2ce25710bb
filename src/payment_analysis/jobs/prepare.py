"""`prepare`: what a deployment needs beside the sources, written for one catalog and schema from the one definition.

<folder>/dashboards/*.lvdash.json          the dashboards, each dataset with its catalog and schema
<folder>/genie/*.geniespace.json           the Genie spaces, each table with its full name
<folder>/transform/lakehouse_bootstrap.sql the tables that others write
<folder>/transform/gold_views.sql          every view
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.agents.ask.genie import space_files
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.deployment import bootstrap_statements, quoted, script, view_statements

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written."""

    folder: Path
    dashboards: tuple[str, ...]
    statements: int


def prepare(folder: Path, catalog: str, schema: str) -> Prepared:
    """Write everything anew; a dashboard with a fault is refused with the fault."""
    quoted(catalog), quoted(schema)
    boards = prepared_dashboards(catalog, schema)
    for place, files in (("dashboards", boards), ("genie", space_files(catalog, schema))):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / place / name).write_text(text, encoding="utf-8")
    bootstrap, views = bootstrap_statements(), [sql for _, sql in view_statements()]
    (folder / "transform").mkdir(parents=True, exist_ok=True)
    for name, statements in (("lakehouse_bootstrap.sql", bootstrap), ("gold_views.sql", views)):
        (folder / "transform" / name).write_text(script(statements, catalog, schema), encoding="utf-8")
    return Prepared(folder, tuple(boards), len(bootstrap) + len(views))


def prepared_dashboards(catalog: str, schema: str) -> dict[str, str]:
    """The content of each dashboard file, whose datasets say where their tables are."""
    found: dict[str, str] = {}
    for one in Gallery().listed():
        if one.dashboard is None or one.faults:
            raise BadInput(f"{one.file}: {'; '.join(one.faults)}", hint="mend the file, or import it again")
        content = json.loads(json.dumps(dict(one.dashboard.raw)))
        for dataset in content.get("datasets", []):
            dataset |= {"catalog": catalog, "schema": schema}
        found[one.file] = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return found
