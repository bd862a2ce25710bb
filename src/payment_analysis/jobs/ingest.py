"""Take files in: read and check them, land what is new, keep what is wrong with its reason."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.ingest.file import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from payment_analysis.ingest.file import Staged, Unknown
    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.lakehouse import Lakehouse


@dataclass(frozen=True, slots=True)
class Export:
    """A file somebody gives us, and how to read it."""

    path: Path
    format: str
    mapping: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one file brought."""

    file: str
    format: str
    rows_read: int
    accepted: int
    added: int
    already_known: int
    quarantined: int
    by_reason: dict[str, int]
    unknown: tuple[Unknown, ...] = ()  # words that mean nothing here; the field is empty in these rows
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be read at all; nothing of it was kept."""

    file: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a batch of files."""

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    examples_step_aside: bool = False  # from now on the answers are about the user's own data

    @property
    def added(self) -> int:
        return sum(file.added for file in self.taken)


def ingest(
    home: Home,
    exports: Sequence[Export],
    *,
    examples: bool = False,
    progress: Callable[[Export, float], None] | None = None,
) -> Intake:
    """Take in file after file; one that cannot be read is named in the result and the others go on."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    steps_aside = not examples and home.shows_examples
    lakehouse = home.create().examples() if examples else home.create().own()
    for export in exports:
        with tempfile.TemporaryDirectory(dir=home.stage) as stage:
            try:
                staged = read_file(
                    export.path, export.format, export.mapping, Path(stage), progress=_of(export, progress)
                )
                taken.append(_land(lakehouse, export, staged))
            except PaymentAnalysisError as error:
                refused.append(Refused(str(export.path), error.message, error.hint))
    return Intake(tuple(taken), tuple(refused), steps_aside and bool(taken))


def _of(export: Export, progress: Callable[[Export, float], None] | None) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress(export, share)


def _land(lakehouse: Lakehouse, export: Export, staged: Staged) -> Taken:
    landed = lakehouse.landing.append([staged.accepted], batch_id=staged.batch_id)
    lakehouse.quarantine.append([staged.rejected], batch_id=staged.batch_id)
    assert staged.rows_read == staged.rows_accepted + staged.rows_rejected, staged
    return Taken(
        file=str(export.path),
        format=export.format,
        rows_read=staged.rows_read,
        accepted=staged.rows_accepted,
        added=landed.added,
        already_known=landed.already_known,
        quarantined=staged.rows_rejected,
        by_reason=staged.by_reason,
        unknown=staged.unknown,
        warnings=staged.warnings,
    )
