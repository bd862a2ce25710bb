"""The home: one folder that holds all state of an installation.

Example attempts live beside real ones, never among them: as soon as anything of the user's own has landed, only that is
shown.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.place import HOME, HOME_VARIABLE

MARK: Final = "payment-analysis.home"  # proves that a folder is ours before anything in it is deleted


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of ours; it is made when the first thing is written into it."""

    path: Path

    @classmethod
    def of_environment(cls) -> Home:
        """The home that the environment names."""
        return cls(Path(os.environ.get(HOME_VARIABLE) or HOME))

    @property
    def exists(self) -> bool:
        return (self.path / MARK).exists()

    @property
    def stage(self) -> Path:
        """Where files are read into before they are committed."""
        return self.path / "stage"

    @property
    def has_own_data(self) -> bool:
        """Something of the user's own has landed."""
        return _has_landed(self.path / "lakehouse")

    @property
    def shows_examples(self) -> bool:
        """The answers are about the examples, because there is nothing else."""
        return not self.has_own_data and _has_landed(self.path / "examples")

    @property
    def folder(self) -> Path:
        """Where the lakehouse that answers lies."""
        return self.path / ("examples" if self.shows_examples else "lakehouse")

    def lakehouse(self) -> Lakehouse:
        """The lakehouse that answers: the user's own, or that of the examples while there is nothing else."""
        return self.examples() if self.shows_examples else self.own()

    def own(self) -> Lakehouse:
        return Lakehouse(self.path / "lakehouse")

    def examples(self) -> Lakehouse:
        return Lakehouse(self.path / "examples")

    def create(self) -> Home:
        """Make the folder, unless something else lives there."""
        if not self.exists:
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise BadInput(
                    f"{self.path} is not empty and not a home of payment-analysis",
                    hint="name an empty or new folder with --home",
                )
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / MARK).touch()
        self.stage.mkdir(exist_ok=True)
        return self

    def set_aside(self) -> Path:
        """Give the own lakehouse another name, so that what lands next begins a new one; nothing is deleted."""
        places = (self.path / f"set-aside-{number}" for number in range(1, 1_000))
        place = next(one for one in places if not one.exists())
        (self.path / "lakehouse").rename(place)
        return place

    def delete(self) -> None:
        """Delete everything; refuses a folder that does not carry our mark."""
        if not self.exists:
            raise BadInput(f"{self.path} is not a home of payment-analysis", hint="name the home with --home")
        shutil.rmtree(self.path)


def _has_landed(folder: Path) -> bool:
    return DeltaStore(folder / "tables").version(LANDING) is not None
