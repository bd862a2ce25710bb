"""Scopes as values and as text: what is read, what is refused, and that nothing is lost on the way there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payment_analysis.domain.attempt import CardNetwork, EntrySystem
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import MISSING, PARAMETERS, PRESETS, TICK, WEEK, Dimension, Scope

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)

# parameters -> from, to, and the filters; times in UTC
READ = """
    range=15m                                        2026-03-31T12:15  2026-03-31T12:30
    range=24h                                        2026-03-30T12:30  2026-03-31T12:30
    range=90d&tz=Europe/Berlin                       2025-12-31T12:30  2026-03-31T12:30
    ?from=2026-01-01&to=2026-01-31                   2026-01-01T00:00  2026-02-01T00:00
    from=2026-01-01&to=2026-01-01                    2026-01-01T00:00  2026-01-02T00:00
    from=2026-03-01&tz=America/Sao_Paulo             2026-03-01T03:00  2026-03-31T12:30
    from=2026-03-28&to=2026-03-29&tz=Europe/Berlin   2026-03-27T23:00  2026-03-29T22:00
    range=custom&from=2026-03-01T10:00&to=2026-03-01T11:30:00Z&tz=Europe/Berlin   2026-03-01T09:00  2026-03-01T11:30
    from=2026-03-01T10:00%2B02:00&to=2026-03-01T10:00Z                            2026-03-01T08:00  2026-03-01T10:00
    network=visa,elo                                 -  -  network=elo,visa
    network=Visa&network=ELO&country=br              -  -  network=elo,visa country=BR
    network=&country=,+,                             -  -
    segment=travel&solution=3ds&entry_system=pd      -  -  segment=travel solution=3ds entry_system=PD
    merchant=m_1&psp=(none),adyen&currency=eur       -  -  merchant=m_1 psp=(none),adyen currency=EUR
"""
REFUSED = """
    networks=visa                       there is no filter networks
    network=master                      the network master is not known
    country=Brazil                      the country Brazil is not known
    entry_system=XX                     the entry_system XX is not known
    currency=EU                         the currency EU is not known
    tz=Mars/Olympus                     the time zone Mars/Olympus is not known
    tz=America                          the time zone America is not known
    tz=../etc/passwd                    the time zone ../etc/passwd is not known
    range=8d                            the range 8d is not known
    range=7d&from=2026-01-01            range=7d and from or to contradict each other
    range=custom                        a custom range needs its start
    to=2026-01-01                       a custom range needs its start
    from=yesterday                      from=yesterday is neither a date nor a time
    from=2026-02-30                     from=2026-02-30 is neither a date nor a time
    from=2026-01-01&to=9999-12-31       to=9999-12-31 is neither a date nor a time
    from=0001-01-01                     the year 1 is out of reach
    from=2026-02-01&to=2026-01-01       the range is empty
    from=2027-01-01                     the range is empty
    range=7d&range=30d                  the parameter range is given twice
    psp=a%00b                           is not a name
"""


def lines(table: str) -> list[str]:
    return [line.strip() for line in table.strip().splitlines()]


@pytest.mark.parametrize("case", lines(READ))
def test_a_scope_is_read_from_text(case: str) -> None:
    text, start, end, *filters = case.split()

    scope = Scope.from_text(text, now=NOW)

    read = [f"{moment:%Y-%m-%dT%H:%M}" for moment in scope.range or ()] or ["-", "-"]
    assert read == [start, end]
    assert [f"{dimension}={','.join(values)}" for dimension, values in scope.filters.items()] == filters


@pytest.mark.parametrize("case", lines(REFUSED))
def test_what_cannot_be_meant_is_refused_with_a_hint(case: str) -> None:
    text, message = case.split(maxsplit=1)

    with pytest.raises(BadInput) as error:
        Scope.from_text(text, now=NOW)

    assert message in error.value.message
    assert error.value.hint


def test_the_text_is_flat_and_readable() -> None:
    scope = Scope.from_text("range=7d&network=visa,elo&country=BR&tz=America/Sao_Paulo", now=NOW)

    assert scope.text() == (
        "from=2026-03-24T12:30:00Z&to=2026-03-31T12:30:00Z&network=elo,visa&country=BR&tz=America/Sao_Paulo"
    )


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
ZONES = st.sampled_from(["UTC", "America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"])
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis takes its bounds without a zone


@st.composite
def scopes(draw: st.DrawFn, *, ranged: bool = False) -> Scope:
    times = draw(st.lists(INSTANTS, min_size=2, max_size=2, unique=True).map(sorted))
    start, end = times if ranged or draw(st.booleans()) else (None, None)
    return Scope(
        start=start,
        end=end,
        networks=tuple(draw(st.lists(st.sampled_from([*CardNetwork, MISSING]), max_size=3))),
        countries=tuple(draw(st.lists(st.from_regex("[A-Z]{2}", fullmatch=True), max_size=3))),
        entry_systems=tuple(draw(st.lists(st.sampled_from(list(EntrySystem)), max_size=3))),
        merchants=tuple(draw(st.lists(NAMES, max_size=3))),
        psps=tuple(draw(st.lists(NAMES, max_size=3))),
        time_zone=draw(ZONES),
    )


@given(scopes())
def test_a_scope_survives_the_way_through_text_and_through_parameters(scope: Scope) -> None:
    assert Scope.from_text(scope.text(), now=NOW) == scope
    assert Scope.from_parameters(scope.parameters(), now=NOW) == scope


@given(scopes(ranged=True))
def test_the_period_before_is_as_long_and_ends_where_the_range_begins(scope: Scope) -> None:
    assert scope.range is not None
    start, end = scope.range
    assume((end - start).days < (start - datetime(1900, 1, 2, tzinfo=UTC)).days)

    before = scope.previous()

    assert before.range is not None
    assert before.range[1] == scope.range[0]
    assert before.range[1] - before.range[0] == scope.range[1] - scope.range[0]
    assert (before.filters, before.time_zone) == (scope.filters, scope.time_zone)


@given(INSTANTS, st.timedeltas(TICK, timedelta(days=400)), ZONES)
def test_the_same_weekdays_before_are_the_latest_whole_weeks_that_do_not_overlap(
    start: datetime, length: timedelta, zone: str
) -> None:
    scope = Scope(start=start, end=start + length, time_zone=zone)

    before = scope.previous(same_weekdays=True)

    assert before.range is not None
    drift = timedelta(hours=2)  # clocks may be set in either period
    moved = start - before.range[0]
    assert before.range[1] <= start
    assert abs(before.range[1] - before.range[0] - length) <= drift
    assert abs(moved - round(moved / WEEK) * WEEK) <= drift
    assert moved < length + WEEK + drift


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        ("2026-03-23", "2026-03-30", "Europe/Berlin", ("2026-03-16", "2026-03-23")),  # a week of 167 hours
        ("2026-10-19", "2026-10-26", "Europe/Berlin", ("2026-10-12", "2026-10-19")),  # a week of 169 hours
        ("2026-03-31", "2026-04-01", "America/Sao_Paulo", ("2026-03-24", "2026-03-25")),
        ("2026-03-01", "2026-03-31", "UTC", ("2026-01-25", "2026-02-24")),  # thirty days: five weeks earlier
    ],
)
def test_the_same_weekdays_begin_at_the_same_hour_of_the_local_day(
    start: str, end: str, zone: str, expected: tuple[str, str]
) -> None:
    local = ZoneInfo(zone)
    first, last, *wanted = (datetime.fromisoformat(day).replace(tzinfo=local) for day in (start, end, *expected))

    assert Scope(start=first, end=last, time_zone=zone).previous(same_weekdays=True).range == tuple(wanted)


def test_a_range_within_the_hour_in_which_clocks_are_set_goes_back_by_the_week_in_utc() -> None:
    clocks_go_back = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50 in Berlin, ten minutes before 02:00
    scope = Scope(start=clocks_go_back, end=clocks_go_back + timedelta(minutes=15), time_zone="Europe/Berlin")

    before = scope.previous(same_weekdays=True)

    assert before.range == (clocks_go_back - WEEK, clocks_go_back - WEEK + timedelta(minutes=15))


def test_without_a_range_there_is_no_period_before() -> None:
    with pytest.raises(BadInput, match="no period before all time"):
        Scope(networks=("visa",)).previous()


def test_scopes_of_equal_meaning_are_equal() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    one = Scope(start=NOW.astimezone(berlin), end=NOW + TICK, psps=(" b", "a", "b"), networks=("VISA",))
    other = Scope(start=NOW, end=NOW + TICK, psps=("a", "b"), networks=("visa",))

    assert one == other
    assert hash(one) == hash(other)
    assert not one.is_everything


def test_a_range_needs_both_ends_and_both_must_be_instants() -> None:
    with pytest.raises(BadInput, match="only one end"):
        Scope(start=NOW)
    with pytest.raises(BadInput, match="has no time zone"):
        Scope(start=NOW.replace(tzinfo=None), end=NOW)
    with pytest.raises(BadInput, match="501 values for psp are too many"):
        Scope(psps=tuple(map(str, range(501))))


def test_every_dimension_has_its_place_in_a_scope() -> None:
    spelled = {
        Dimension.NETWORK: "visa",
        Dimension.COUNTRY: "BR",
        Dimension.ENTRY_SYSTEM: "PD",
        Dimension.CURRENCY: "BRL",
    }
    values = {str(dimension): spelled.get(dimension, f"a {dimension}") for dimension in Dimension}

    scope = Scope.from_parameters(values, now=NOW)

    assert {str(dimension): scope.values(dimension) for dimension in Dimension} == {
        name: (value,) for name, value in values.items()
    }
    assert set(PARAMETERS) == {*Dimension, "range", "from", "to", "tz"}
    assert set(PRESETS) == {"15m", "1h", "24h", "7d", "30d", "90d"}
