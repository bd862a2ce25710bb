"""Views kept as rows: what they were when the build ended, for as long as every table below them stays as it is.

    partials/views/manifest.json             replaced in one step
    partials/views/<view>-<number>.parquet   the rows of a view

Cells cannot hold what these views say (windows over attempts in a row, hours of thousands of scopes compared with four
weeks before, the last day of every card), and computed anew they take 70 to 700 ms over millions of attempts. No view
looks at the wall clock, so its rows are a function of its tables. A build keeps them; a stream, which moves silver
every second, does not.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.schema import columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.lakehouse.table import Table

# What is read by another of these comes before it: a view is computed from those already kept.
VIEWS: Final = (
    "retry_rule_hits_silver",
    "retry_limits_silver",
    "v_retry_compliance",
    "v_scope_health_5min",
    "v_scope_health_hourly",
    "v_scope_health_usual",
    "v_control_band",
    "payments_stream_alerts",
    "v_active_alerts",
    "payment_metrics",
    "v_bin_performance",
    "v_decline_patterns",
    "v_data_quality_summary",
    "online_features_stream",
    "online_features",
    "v_online_features_latest",
)
ROWS_MAX: Final = 5_000_000  # some 300 bytes each while they are written; a view with more is computed when asked for
RETENTION_SECONDS: Final = 3600.0  # a question that runs keeps the files it began with


@dataclass(frozen=True, slots=True)
class KeptView:
    """The rows of a view: their file, what defines it, and the generations of all tables below it."""

    file: str
    definition: int
    generations: Mapping[str, int]


class ViewStore:
    """The folder of kept views."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: tuple[tuple[int, int, int], Mapping[str, KeptView]] | None = None

    def kept(self) -> Mapping[str, KeptView]:
        """What is kept now; read again only when it was replaced."""
        path = self.root / "manifest.json"
        try:
            seen = path.stat()
        except FileNotFoundError:
            return {}
        stamp = (seen.st_mtime_ns, seen.st_ino, seen.st_size)
        if self._read is None or self._read[0] != stamp:
            listed = json.loads(path.read_text(encoding="utf-8"))
            self._read = (stamp, {name: KeptView(**one) for name, one in listed.items()})
        return self._read[1]

    def new_file(self, view: str) -> Path:
        """Where rows may be written; nobody reads them until they are kept."""
        self.root.mkdir(parents=True, exist_ok=True)
        return self.root / f"{view}-{uuid.uuid4().hex[:12]}.parquet"

    def keep(self, view: str, rows: KeptView) -> None:
        """Let these be the rows of a view."""
        everything = {**self.kept(), view: rows}
        written = self.root / f"manifest-{uuid.uuid4().hex}.json"
        written.write_text(json.dumps({name: asdict(one) for name, one in everything.items()}), encoding="utf-8")
        written.replace(self.root / "manifest.json")

    def tidy(self) -> None:
        """Delete files that the manifest has not named for an hour."""
        named = {one.file for one in self.kept().values()}
        for path in self.root.glob("*.parquet"):
            if path.name not in named and time.time() - path.stat().st_mtime > RETENTION_SECONDS:
                path.unlink()


def definition_of_view(name: str, tables: Mapping[str, Table]) -> int:
    """What the rows of a view are a function of, its tables aside: its SQL, its contract and those of views below."""
    view = tables[name]
    below = [definition_of_view(one, tables) for one in sorted(view.reads) if _is_view(one, tables)]
    return fingerprint(view.sql, columns_of(view), below)


def _is_view(name: str, tables: Mapping[str, Table]) -> bool:
    return name in tables and tables[name].kind == "view"
