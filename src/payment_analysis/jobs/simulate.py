"""Let a simulated history land, once, and keep its truth beside the lakehouse, where no table or view can read it.

<home>/simulation/<name>/history.json      what was simulated; written last
<home>/simulation/<name>/decisions/…       what the logging policies chose, with propensities
<home>/simulation/<name>/truth/…           true probabilities and everything that went wrong
<home>/simulation/<name>/leftover/…        decided, but after the end: a stream continues with it

A run that dies is simply run again: the folder gets its name only when everything has landed, and what landed before is
known by the name of its batch.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from payment_analysis.domain.attempt import AttemptResult, DeclinedBy
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.landing import Landing
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.table import load_sources
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import EVENTS, true_fraud_share, write_history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.simulate.world import History
    from payment_analysis.simulate.writing import Written

FOLDER: Final = "simulation"
FACTS: Final = "history.json"
MERCHANTS: Final = "merchants_dim_bronze"
ANSWERING: Final = (DeclinedBy.ISSUER, DeclinedBy.NETWORK)
GENERATED: Final = 0.85  # share of the work that is done when all events are written


@dataclass(frozen=True, slots=True)
class Order:
    """Which history: equal orders give equal rows."""

    attempts: int
    days: int
    seed: int
    end: datetime

    @property
    def name(self) -> str:
        """The name of the batch and of its folder."""
        until = self.end.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        return f"seed-{self.seed}-attempts-{self.attempts}-days-{self.days}-until-{until}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a history holds."""

    seed: int
    attempts: int
    start: str  # UTC instants
    end: str
    rows: int  # more than attempts: an outcome or a fraud report that comes later is a row of its own
    approval_rate: float | None  # of the sales that an issuer or network answered
    fraud_share: float  # of the attempts, from the truth


@dataclass(frozen=True, slots=True)
class Simulated:
    """A history, and what of it was new to the landing table."""

    facts: Facts
    folder: Path
    added: int
    already_known: int
    examples_step_aside: bool = False  # from now on the answers are about the simulated world


def simulate(home: Home, order: Order, *, progress: Callable[[str, float], None] | None = None) -> Simulated:
    """Let a history land with its merchants; the same order twice adds nothing."""
    tell = progress or (lambda _what, _share: None)
    folder = home.path / FOLDER / order.name
    if home.has_own_data and (folder / FACTS).exists():
        facts = Facts(**json.loads((folder / FACTS).read_text(encoding="utf-8")))
        return Simulated(facts, folder, 0, facts.rows)

    steps_aside = home.shows_examples
    world = World(order.seed)
    history = world.history(
        order.attempts,
        order.days,
        order.end,
        progress=lambda told, wanted: tell("simulating", GENERATED * told / wanted),
    )
    lakehouse, merchants = home.create().own(), merchants_of(home)
    check_merchants(lakehouse, world, merchants)
    with tempfile.TemporaryDirectory(dir=home.stage) as stage:
        made = Path(stage) / order.name
        written = write_history(world, history, made)
        facts = _facts(order, history, written)
        tell("landing", GENERATED)
        merchants.append([written.merchants], batch_id=f"merchants-of-seed-{order.seed}")
        landed = lakehouse.landing.append(written.events, batch_id=order.name)
        _keep(made, folder, facts)
    tell("landed", 1.0)
    return Simulated(facts, folder, landed.added, landed.already_known, steps_aside)


def _facts(order: Order, history: History, written: Written) -> Facts:
    return Facts(
        seed=order.seed,
        attempts=written.attempts,
        start=history.start.isoformat(),
        end=history.end.isoformat(),
        rows=written.rows,
        approval_rate=_approval_rate(written.events),
        fraud_share=true_fraud_share(written),
    )


def merchants_of(home: Home) -> Landing:
    """Where the merchants of a home land."""
    folder = home.path / "lakehouse"
    columns = columns_of(load_sources()[MERCHANTS])
    store = DeltaStore(folder / "tables")
    return Landing(store, MERCHANTS, columns, key="merchant_id", scratch=folder / "scratch")


def settle_merchants(home: Home, lakehouse: Lakehouse, world: World, merchants: Landing) -> None:
    """Let the merchants of a world land, once."""
    check_merchants(lakehouse, world, merchants)
    with tempfile.TemporaryDirectory(dir=home.stage) as stage:
        path = Path(stage) / "merchants.parquet"
        pq.write_table(world.merchants(), path)
        merchants.append([path], batch_id=f"merchants-of-seed-{world.seed}")


def check_merchants(lakehouse: Lakehouse, world: World, merchants: Landing) -> None:
    """Two worlds name their merchants alike, so a home holds the merchants of one."""
    merchants.ensure()
    seed = world.seed
    ours = {row["merchant_id"]: row for row in world.merchants().to_pylist()}
    for row in lakehouse.rows(f"select * from {MERCHANTS}"):
        merchant = row["merchant_id"]
        if merchant in ours and row != ours[merchant]:
            raise BadInput(
                f"merchant {merchant} of seed {seed} is another one than the {merchant} this home knows",
                hint="simulate with the seed this home began with, or give this world a home of its own with --home",
            )


def _approval_rate(events: Sequence[Path]) -> float | None:
    """Approved among the sales that issuer or network answered; a fraud report only repeats an outcome."""
    sale = pc.field("fraud_reported_at").is_null() & ~pc.field("is_verification") & ~pc.field("is_test")
    approved = _rows(events, sale & (pc.field("result") == AttemptResult.APPROVED))
    refused = (pc.field("result") == AttemptResult.DECLINED) & pc.field("declined_by").isin(ANSWERING)
    answered = approved + _rows(events, sale & refused)
    return approved / answered if answered else None


def _rows(paths: Sequence[Path], condition: pc.Expression) -> int:
    return sum(pq.read_table(path, columns=[], filters=condition).num_rows for path in paths)


def _keep(made: Path, folder: Path, facts: Facts) -> None:
    """Give what is no event its place, all at once; the events have become files of the landing table."""
    shutil.rmtree(made / EVENTS)
    (made / FACTS).write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    folder.parent.mkdir(exist_ok=True)
    if not folder.exists():
        made.rename(folder)
