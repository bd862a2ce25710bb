"""Train the models on what silver holds, register them, and promote what is significantly better."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.errors import BadInput, NotFound, Unavailable
from payment_analysis.ml.models import MODELS, compare
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.silver import read_attempts
from payment_analysis.ml.told_attempts import with_told
from payment_analysis.ml.training import Lessons, Trained
from payment_analysis.ml.training_note import noted
from payment_analysis.store.database import DATABASE_VARIABLE, FOLDER, Database
from payment_analysis.store.told_decisions import told_decisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.ml.card import Measure
    from payment_analysis.ml.models import ModelKind


@dataclass(frozen=True, slots=True)
class NotTrained:
    """A model the data cannot teach, and why."""

    model: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Training:
    """What became of each model."""

    registered: tuple[Registered, ...]
    not_trained: tuple[NotTrained, ...]
    told: int = 0  # attempts learned from what was told, because their events have not landed


READ_SHARE = 0.15  # of the work, when attempts and their past are in memory


@dataclass(frozen=True, slots=True)
class Registered:
    """What training one model led to."""

    model: str
    version: int
    promoted: bool
    verdict: str
    measures: tuple[Measure, ...]


def train(
    home: Home,
    names: Sequence[str] = (),
    *,
    attempts: pa.Table | None = None,
    store: Database | None = None,
    registry: Registry | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Training:
    """Train some or all of the four models; one that lacks lessons is named and the others go on.

    Attempts come from the home's silver and models go into its registry unless others are handed in. What the store
    heard of decided payments is learned as well, until the events of these attempts land.
    """
    kinds = [kind_of(name) for name in names] or list(MODELS.values())
    with noted(home.path) as keep:

        def tell(what: str, share: float) -> None:
            keep(what, share)
            if progress is not None:
                progress(what, share)

        tell("reading attempts", 0.0)
        learned = with_told(
            read_attempts(tables_of(home)) if attempts is None else attempts,
            () if store is None else told_decisions(store),
        )
        lessons = Lessons.of(learned.attempts)
        done = _trained(kinds, lessons, registry or Registry(home.path), tell)
        return replace(done, told=learned.told)


@contextmanager
def store_of(home: Home) -> Iterator[Database | None]:
    """Where decisions and their outcomes are; none where nobody ever started one."""
    if not (os.environ.get(DATABASE_VARIABLE, "").strip() or (home.path / FOLDER).exists()):
        yield None
        return
    store = Database.of_home(home.path)
    try:
        yield store
    finally:
        store.close()


def _trained(
    kinds: Sequence[ModelKind], lessons: Lessons, registry: Registry, tell: Callable[[str, float], None]
) -> Training:
    done, refused, made = list[Registered](), list[NotTrained](), dict[str, Trained]()
    for number, kind in enumerate(kinds):
        tell(f"training {kind.name}", READ_SHARE + (1.0 - READ_SHARE) * number / len(kinds))
        try:
            made[kind.name] = kind.train(lessons, made)
        except BadInput as error:
            refused.append(NotTrained(kind.name, error.message, error.hint))
        else:
            done.append(_register(registry, kind, made[kind.name]))
    tell("trained", 1.0)
    return Training(tuple(done), tuple(refused))


def kind_of(name: str) -> ModelKind:
    """The model of that name."""
    if name not in MODELS:
        raise NotFound(f"there is no model {name}", hint=f"the models are {', '.join(MODELS)}")
    return MODELS[name]


def tables_of(home: Home) -> Path:
    """Where the tables of the lakehouse that answers are."""
    return home.path / ("examples" if home.shows_examples else "lakehouse") / "tables"


def _champion(registry: Registry, name: str) -> tuple[Any, str]:
    """The model to beat, or why there is none."""
    if registry.champion(name) is None:
        return None, "the first version; there was no champion to beat"
    try:
        return registry.load(name), ""
    except Unavailable as error:
        return None, f"{error.message}; there was no champion to beat"


def _register(registry: Registry, kind: ModelKind, trained: Trained) -> Registered:
    champion, none = _champion(registry, kind.name)
    version = registry.register(
        trained.model,
        trained.card,
        signature=kind.signature,
        example=kind.example(trained),
        parameters={"rows": trained.card.windows.train_rows, **asdict(trained.card.windows)},
    )
    if champion is None:
        promoted, verdict = True, none
    else:
        told = compare(champion, trained)
        promoted = told.is_significant
        verdict = (
            f"{'better' if promoted else 'not significantly better'} than the champion: mean loss lower by "
            f"{told.gain:.5f} (95 % interval {told.low:.5f} to {told.high:.5f}) on {told.rows:,} rows"
        )
    if promoted:
        registry.promote(kind.name, version, verdict)
    else:
        registry.judge(kind.name, version, verdict)
    return Registered(kind.name, version, promoted, verdict, trained.card.measures)
