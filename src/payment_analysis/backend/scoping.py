"""The scope of a request: the same flat parameters on every address that answers from attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from payment_analysis.backend.data_state import DataStateDep
from payment_analysis.domain.scope import PARAMETERS, PRESETS, Dimension, Scope

_VALUES = "values between commas; `(none)` is the missing value"
_LENGTH = 20_000


def _about(dimension: Dimension) -> str:
    return f"Only attempts of this {dimension.replace('_', ' ')}: {_VALUES}."


def scope_of(
    request: Request,
    state: DataStateDep,
    *,
    range_: Annotated[
        str | None, Query(alias="range", description=f"{', '.join(PRESETS)} before the newest attempt, or custom.")
    ] = None,
    from_: Annotated[
        str | None, Query(alias="from", description="A date or time; without an offset local to tz.")
    ] = None,
    to: Annotated[
        str | None, Query(description="A date (that whole day) or time; without it, the newest attempt.")
    ] = None,
    network: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.NETWORK))] = None,
    country: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.COUNTRY))] = None,
    segment: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.SEGMENT))] = None,
    solution: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.SOLUTION))] = None,
    entry_system: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.ENTRY_SYSTEM))] = None,
    merchant: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.MERCHANT))] = None,
    psp: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.PSP))] = None,
    currency: Annotated[str | None, Query(max_length=_LENGTH, description=_about(Dimension.CURRENCY))] = None,
    tz: Annotated[str | None, Query(description="Time zone of local times, an IANA name; UTC unless given.")] = None,
) -> Scope:
    """Read the scope; its presets are counted back from the newest attempt."""
    given = {
        "range": range_,
        "from": from_,
        "to": to,
        "network": network,
        "country": country,
        "segment": segment,
        "solution": solution,
        "entry_system": entry_system,
        "merchant": merchant,
        "psp": psp,
        "currency": currency,
        "tz": tz,
    }
    assert given.keys() == set(PARAMETERS)
    now: datetime = state.now or request.app.state.clock()
    return Scope.from_parameters({name: value for name, value in given.items() if value is not None}, now=now)


ScopeDep = Annotated[Scope, Depends(scope_of)]
