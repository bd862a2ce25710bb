"""What a route costs: a fixed part and a share of the amount when approved, a fixed part when declined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from payment_analysis.domain.errors import BadInput
from payment_analysis.ml.arrays import Array, codes, numbers, strings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

ROWS_MIN: Final = 50  # fewer charged attempts teach no price list


@dataclass(frozen=True, slots=True)
class Fees:
    """Price list by route, in one currency: that of most amounts when learned, the reporting currency when judging."""

    routes: tuple[str, ...]
    approved_fixed: Array
    approved_share: Array
    declined: Array

    def costs(self, amount: Array) -> tuple[Array, Array]:
        """Row x route: cost when approved, cost when declined."""
        approved = self.approved_fixed[None, :] + self.approved_share[None, :] * amount[:, None]
        return approved, np.broadcast_to(self.declined[None, :], approved.shape)

    def at(self, unit: float) -> Fees:
        """The same prices in another currency, of which `unit` is one unit of this one."""
        return Fees(self.routes, self.approved_fixed * unit, self.approved_share, self.declined * unit)

    @property
    def levelled(self) -> Fees:
        """The same average price for all routes: what is left is who approves more."""
        same = np.ones(len(self.routes))
        return Fees(
            self.routes,
            same * self.approved_fixed.mean(),
            same * self.approved_share.mean(),
            same * self.declined.mean(),
        )

    @classmethod
    def read(cls, path: Path, routes: Sequence[str]) -> Fees:
        """From a file `route: {approved: 5, declined: 2, share: 0.0}`, every route named."""
        try:
            listed: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BadInput(f"{path} cannot be read as a price list: {error}", hint=_HINT) from error
        if not isinstance(listed, dict):
            raise BadInput(f"{path} is no price list by route", hint=_HINT)
        missing = sorted(set(routes) - set(listed))
        if missing:
            raise BadInput(f"{path} has no price for {', '.join(missing)}", hint=_HINT)
        return cls(tuple(routes), *(_prices(path, listed, routes, part) for part in ("approved", "share", "declined")))

    @classmethod
    def learned(cls, attempts: pa.Table, routes: pa.Array) -> Fees:
        """From the fees that attempts were charged, by least squares; a route never charged costs nothing."""
        names = tuple(routes.to_pylist())
        route = codes(strings(attempts, "psp"), routes)
        scale = numbers(attempts, "amount") / np.maximum(numbers(attempts, "amount_minor"), 1.0)
        fee, amount = numbers(attempts, "psp_fee_minor") * scale, numbers(attempts, "amount")
        home = strings(attempts, "currency").to_numpy(zero_copy_only=False) == usual_currency(attempts)
        fixed, share, declined = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
        approved = numbers(attempts, "is_approved")
        for place in range(len(names)):
            mine = (route == place) & np.isfinite(fee) & home
            won, lost = mine & (approved == 1.0), mine & (approved == 0.0) & (fee > 0)
            if won.sum() >= ROWS_MIN:
                design = np.column_stack([np.ones(int(won.sum())), amount[won]])
                fixed[place], share[place] = np.linalg.lstsq(design, fee[won], rcond=None)[0]
            if lost.sum() >= ROWS_MIN:
                declined[place] = float(np.median(fee[lost]))
        return cls(names, fixed, share, declined)


_HINT: Final = "write one line per route, e.g. `Moneycard: {approved: 5, declined: 2}`"


def _prices(path: Path, listed: dict[str, Any], routes: Sequence[str], part: str) -> Array:
    prices = []
    for route in routes:
        line = listed[route]
        price = line.get(part, 0) if isinstance(line, dict) else None
        if not isinstance(price, int | float) or isinstance(price, bool) or price < 0:
            raise BadInput(f"{path}: {part} of {route} is {price!r}, no price", hint=_HINT)
        prices.append(float(price))
    return np.array(prices)


def value_amount(attempts: pa.Table) -> Array:
    """What an attempt is about in the reporting currency; without a rate it weighs nothing, without the column its own.

    Raw amounts of different currencies are never added.
    """
    return np.nan_to_num(
        numbers(attempts, "reporting_amount" if "reporting_amount" in attempts.column_names else "amount")
    )


def usual_currency(attempts: pa.Table) -> str:
    """The currency of most attempts."""
    words = strings(attempts, "currency").drop_null()
    counted = words.value_counts()
    if not len(counted):
        return ""
    return str(counted.field("values")[int(np.argmax(counted.field("counts").to_numpy()))].as_py())


def reporting_unit(attempts: pa.Table) -> float:
    """What one unit of the usual currency is worth in the reporting currency; 1 where nothing tells."""
    home = strings(attempts, "currency").to_numpy(zero_copy_only=False) == usual_currency(attempts)
    amount, worth = numbers(attempts, "amount"), value_amount(attempts)
    told = home & (amount > 0) & (worth > 0)
    return float(np.median(worth[told] / amount[told])) if told.any() else 1.0
