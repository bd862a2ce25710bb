r"""The scope: which part of the data a question is about, as a value, as flat parameters and as text.

A scope is a half-open range of UTC instants and, per dimension, the values that count; no values means all of them.
In a URL or on the command line it reads `range=7d&network=elo,visa&country=BR&tz=America/Sao_Paulo`:

    range                 15m, 1h, 24h, 7d, 30d, 90d before now; or `custom`, which is what `from` and `to` mean anyway
    from, to              a date or an ISO 8601 time; without an offset it is local to tz. A date alone means the whole
                          day, so from=2026-01-01&to=2026-01-31 is January. Without `to` the range ends now
    network … currency    values between commas; a comma within a value is written `\,`; `(none)` is the missing value
    tz                    the time zone of local times and of `same weekdays`; UTC unless given

A resolved scope is written with `from` and `to`, never with a preset: what was seen can be sent to somebody else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from payment_analysis.domain.attempt import FIELD_BY_NAME
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TICK: Final = timedelta(microseconds=1)  # of an instant: a range that holds an event ends a tick after it
WEEK: Final = timedelta(weeks=1)
MISSING: Final = "(none)"  # the value of a dimension where an export does not carry it

PRESETS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "15m": timedelta(minutes=15),
        "1h": timedelta(hours=1),
        "24h": timedelta(hours=24),
        "7d": timedelta(days=7),
        "30d": timedelta(days=30),
        "90d": timedelta(days=90),
    }
)
CUSTOM: Final = "custom"
VALUES_MAX: Final = 500  # per dimension: far more than a person picks, and the SQL stays short enough to read
CHARACTERS_MAX: Final = 200
YEARS: Final = range(1900, 2200)  # instants every engine and every time zone can represent


class Dimension(StrEnum):
    """What a scope filters by besides time; the value is the name of the parameter."""

    NETWORK = "network"
    COUNTRY = "country"
    SEGMENT = "segment"
    SOLUTION = "solution"
    ENTRY_SYSTEM = "entry_system"
    MERCHANT = "merchant"
    PSP = "psp"
    CURRENCY = "currency"


# The attribute of a scope that holds a dimension's values, and the field of an attempt that spells them.
_HELD: Final[Mapping[Dimension, tuple[str, str]]] = MappingProxyType(
    {
        Dimension.NETWORK: ("networks", "card_network"),
        Dimension.COUNTRY: ("countries", "issuer_country"),
        Dimension.SEGMENT: ("segments", "merchant_segment"),
        Dimension.SOLUTION: ("solutions", "payment_solution"),
        Dimension.ENTRY_SYSTEM: ("entry_systems", "entry_system"),
        Dimension.MERCHANT: ("merchants", "merchant_id"),
        Dimension.PSP: ("psps", "psp"),
        Dimension.CURRENCY: ("currencies", "currency"),
    }
)
PARAMETERS: Final = ("range", "from", "to", *Dimension, "tz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A range of time, start inclusive and end exclusive, and the values that count per dimension; none means all.

    Values are kept once, in order, and spelled as attempts spell them, so that scopes of equal meaning are equal.
    """

    start: datetime | None = None
    end: datetime | None = None
    networks: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()
    entry_systems: tuple[str, ...] = ()
    merchants: tuple[str, ...] = ()
    psps: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        _zone(self.time_zone)
        if (self.start is None) != (self.end is None):
            raise BadInput("the range has only one end", hint="give both start and end, or neither")
        for name in ("start", "end"):
            given: datetime | None = getattr(self, name)
            object.__setattr__(self, name, None if given is None else _instant(given))
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise BadInput(
                f"the range is empty: it starts at {_written(self.start)} and ends at {_written(self.end)}",
                hint="let `from` be before `to`",
            )
        for dimension, (held, _) in _HELD.items():
            object.__setattr__(self, held, _values(dimension, getattr(self, held)))

    def values(self, dimension: Dimension) -> tuple[str, ...]:
        """The values that count; none means all."""
        held: tuple[str, ...] = getattr(self, _HELD[dimension][0])
        return held

    @property
    def filters(self) -> dict[Dimension, tuple[str, ...]]:
        """The dimensions that are filtered, with the values that count."""
        return {dimension: self.values(dimension) for dimension in Dimension if self.values(dimension)}

    def narrowed(self, dimension: Dimension, values: Iterable[str]) -> Scope:
        """The same scope with other values for one dimension."""
        held = {name: self.values(one) for one, (name, _) in _HELD.items()} | {_HELD[dimension][0]: tuple(values)}
        return Scope(start=self.start, end=self.end, time_zone=self.time_zone, **held)

    @property
    def range(self) -> tuple[datetime, datetime] | None:
        """Start and end, when time is filtered."""
        return None if self.start is None or self.end is None else (self.start, self.end)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered."""
        return self.range is None and not self.filters

    def previous(self, *, same_weekdays: bool = False) -> Scope:
        """The period of equal length just before; or the latest whole weeks earlier, with equal weekdays and hours."""
        if self.range is None:
            raise BadInput("there is no period before all time", hint="give a range, for example range=7d")
        start, end = self.range
        if not same_weekdays:
            return replace(self, start=start - (end - start), end=start)
        # Local clocks first. Only a range within the hour in which clocks are set can come out wrong; it goes by UTC.
        for zone in (_zone(self.time_zone), UTC):
            local_start, local_end = start.astimezone(zone), end.astimezone(zone)
            earlier = max(1, ceil((local_end - local_start) / WEEK)) * WEEK
            shifted_start, shifted_end = (local_start - earlier).astimezone(UTC), (local_end - earlier).astimezone(UTC)
            if shifted_start < shifted_end <= start:
                break
        return replace(self, start=shifted_start, end=shifted_end)

    def parameters(self) -> dict[str, str]:
        """The scope as flat parameters; `from_parameters` reads them back to an equal scope."""
        times = {} if self.range is None else {"from": _written(self.range[0]), "to": _written(self.range[1])}
        dimensions = {str(dimension): ",".join(map(_escaped, held)) for dimension, held in self.filters.items()}
        zone = {} if self.time_zone == "UTC" else {"tz": self.time_zone}
        return times | dimensions | zone

    def text(self) -> str:
        """The scope as the readable query string of a URL; `from_text` reads it back to an equal scope."""
        return urlencode(self.parameters(), safe=",/:()")

    @classmethod
    def from_text(cls, text: str, *, now: datetime) -> Scope:
        """Read a query string; a dimension may be repeated."""
        parameters: dict[str, str] = {}
        for name, value in parse_qsl(text.removeprefix("?"), keep_blank_values=True):
            if name in parameters and name not in list(Dimension):
                raise BadInput(f"the parameter {name} is given twice", hint=f"give {name} once")
            before = [*map(_escaped, _split(parameters[name]))] if name in parameters else []
            parameters[name] = ",".join([*before, value])
        return cls.from_parameters(parameters, now=now)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str], *, now: datetime) -> Scope:
        """Read flat parameters; a blank one counts as not given, an unknown one is an error.

        `now` is the end of a preset. Hand in the data's own clock plus `TICK`, so that the newest event is within.
        """
        unknown = [name for name in parameters if name not in PARAMETERS]
        if unknown:
            raise BadInput(f"there is no filter {unknown[0]}", hint=f"the filters are {', '.join(PARAMETERS)}")
        given = {name: value.strip() for name, value in parameters.items() if value.strip()}
        zone = given.get("tz", "UTC")
        start, end = _range(given, _zone(zone), now)
        held = {_HELD[dimension][0]: _split(given.get(dimension, "")) for dimension in Dimension}
        return cls(start=start, end=end, time_zone=zone, **held)


def _range(given: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime | None]:
    preset, start, end = given.get("range"), given.get("from"), given.get("to")
    if preset is not None and preset not in (*PRESETS, CUSTOM):
        raise BadInput(f"the range {preset} is not known", hint=f"the ranges are {', '.join((*PRESETS, CUSTOM))}")
    if preset is not None and preset in PRESETS:
        if start or end:
            raise BadInput(f"range={preset} and from or to contradict each other", hint="give one of the two")
        return now - PRESETS[preset], now
    if start is None and (preset == CUSTOM or end is not None):
        raise BadInput("a custom range needs its start", hint="give from, for example from=2026-01-01")
    if start is None:
        return None, None
    return _moment("from", start, zone), now if end is None else _moment("to", end, zone)


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime:
    """A date or time as an instant; a date alone as `to` means the end of that day."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text) + timedelta(days=1 if name == "to" else 0)
            return datetime.combine(day, time(), tzinfo=zone)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise BadInput(
            f"{name}={text} is neither a date nor a time",
            hint="write 2026-01-31 or 2026-01-31T18:30 or 2026-01-31T18:30:00Z",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise BadInput(f"the time {moment.isoformat()} has no time zone", hint="hand in an instant, for example in UTC")
    if moment.year not in YEARS:
        raise BadInput(f"the year {moment.year} is out of reach", hint=f"years are {YEARS[0]} to {YEARS[-1]}")
    return moment.astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, malformed, a folder of zones
        raise BadInput(f"the time zone {name} is not known", hint="name one like UTC or America/Sao_Paulo") from error


def _split(text: str) -> tuple[str, ...]:
    values = re.findall(r"(?:\\.|[^,])+", text, re.DOTALL)
    return tuple(re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for value in values)


def _escaped(value: str) -> str:
    return re.sub(r"([\\,])", r"\\\1", value)


def _values(dimension: Dimension, given: Iterable[str]) -> tuple[str, ...]:
    """The values of a dimension, spelled as attempts spell them."""
    stripped = {value.strip() for value in given} - {""}
    if len(stripped) > VALUES_MAX:
        raise BadInput(f"{len(stripped)} values for {dimension} are too many", hint=f"give at most {VALUES_MAX}")
    return tuple(sorted({_spelled(dimension, value) for value in stripped}))


def _spelled(dimension: Dimension, value: str) -> str:
    field = FIELD_BY_NAME[_HELD[dimension][1]]
    if value == MISSING:
        return value
    if len(value) > CHARACTERS_MAX or any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise BadInput(
            f"the {dimension} {value[:40]!r} is not a name", hint=f"use at most {CHARACTERS_MAX} printable characters"
        )
    for spelling in (value, value.lower(), value.upper()):
        if (field.values is None or spelling in list(field.values)) and re.fullmatch(field.pattern or ".*", spelling):
            return spelling
    allowed = ", ".join(field.values) if field.values else f"like {field.pattern}"
    raise BadInput(f"the {dimension} {value} is not known", hint=f"{dimension} is one of {allowed}")
