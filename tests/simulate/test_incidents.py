"""What goes wrong shows where it was planted, and is written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.incidents import SIZES, Incident, IncidentKind, incident_rows, incidents_from
from payment_analysis.simulate.regimes import Regime, incidents_of, usual_incidents
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    import pandas as pd

START, END = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 12, tzinfo=UTC)
Kind = IncidentKind


def told_with(incident: Incident) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Final states during the incident and otherwise, in a calm world."""
    world = World(11, cards=5_000, calm=True)
    history = world.history(16_000, 4, date(2026, 1, 14), incidents=(incident,), truth=False)
    rows = pa.concat_tables([batch.events for batch in history]).to_pandas(strings_to_categorical=False)
    rows = rows.drop_duplicates("transaction_id", keep="last")
    during = (rows.event_timestamp >= START) & (rows.event_timestamp < END)
    return rows[during], rows[~during]


def rate(rows: pd.DataFrame, reason: str) -> float:
    return float((rows.decline_reason == reason).mean())


def test_an_issuer_outage_shows_at_the_issuer_only() -> None:
    during, _ = told_with(Incident(Kind.ISSUER_OUTAGE, START, END, 0.9, issuer="issuer_br_01"))

    assert rate(during[during.issuer == "issuer_br_01"], "ISSUER_UNAVAILABLE") > 0.7
    assert rate(during[during.issuer != "issuer_br_01"], "ISSUER_UNAVAILABLE") < 0.02


def test_a_degraded_psp_shows_on_its_route_only() -> None:
    during, _ = told_with(Incident(Kind.PSP_DEGRADATION, START, END, 0.5, psp="cerrado"))

    assert 0.35 < rate(during[during.psp == "cerrado"], "SYSTEM_MALFUNCTION") < 0.65
    assert rate(during[during.psp == "aurora_pay"], "SYSTEM_MALFUNCTION") < 0.03


def test_a_3ds_failure_shows_in_authentication() -> None:
    during, otherwise = told_with(Incident(Kind.THREE_DS_FAILURE, START, END, 0.6))

    assert rate(during[during.uses_3ds], "3DS_AUTH_FAILED") > 0.4
    assert rate(otherwise[otherwise.uses_3ds], "3DS_AUTH_FAILED") < 0.15


def test_a_bad_rule_blocks_its_scope() -> None:
    during, _ = told_with(Incident(Kind.BAD_RULE, START, END, 0.4, country="BR", segment="Digital"))
    scope = (during.geo_country == "BR") & (during.merchant_segment == "Digital")

    assert 0.3 < rate(during[scope], "BLOCKED_BY_RULE") < 0.5
    assert rate(during[~scope], "BLOCKED_BY_RULE") == 0.0


def test_a_drift_lowers_approval_of_its_issuer_and_route() -> None:
    during, otherwise = told_with(Incident(Kind.SILENT_DRIFT, START, END, 3.0, psp="aurora_pay"))

    assert (
        rate(during[during.psp == "aurora_pay"], "DO_NOT_HONOR")
        > rate(otherwise[otherwise.psp == "aurora_pay"], "DO_NOT_HONOR") + 0.1
    )


def test_a_rule_change_hits_what_is_not_authenticated() -> None:
    during, _ = told_with(Incident(Kind.ISSUER_RULE_CHANGE, START, END, 3.0))
    plain = during.payment_solution == "standard"

    assert rate(during[plain], "DO_NOT_HONOR") > rate(during[~plain], "DO_NOT_HONOR") + 0.1


def test_a_mix_shift_moves_payments_and_no_rate() -> None:
    during, otherwise = told_with(Incident(Kind.MIX_SHIFT, START, END, 0.5, segment="Travel"))

    assert (during.merchant_segment == "Travel").mean() > (otherwise.merchant_segment == "Travel").mean() + 0.35


def test_a_bin_attack_is_small_amounts_on_one_bin_and_mostly_invalid_numbers() -> None:
    during, otherwise = told_with(Incident(Kind.BIN_ATTACK, START, END, 0.2, issuer="issuer_br_01", merchant_id="m_13"))
    attacked = during[(during.merchant_id == "m_13") & (during.decline_reason == "INVALID_CARD")]

    assert len(attacked) > 100
    assert attacked.card_bin.nunique() <= 3
    assert attacked.card_token_id.nunique() > 100
    assert rate(otherwise, "INVALID_CARD") < 0.02


def test_every_kind_says_what_its_size_means() -> None:
    assert set(SIZES) == set(IncidentKind)


@pytest.mark.parametrize("regime", Regime)
def test_every_regime_can_be_told(regime: Regime) -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC)
    world = World(2, cards=2_000, calm=regime is Regime.CALM)

    history = world.history(600, 6, end, incidents=incidents_of(regime, start, end), truth=False)

    assert sum(batch.attempts for batch in history) == 600


def test_a_calm_world_has_no_incidents() -> None:
    assert World(2, cards=10, calm=True).history(10, 30, date(2026, 2, 1), incidents=()).incidents == []


def test_usual_incidents_survive_the_table() -> None:
    planted = usual_incidents(START, END + timedelta(days=60))

    assert set(incidents_from(incident_rows(planted))) == set(planted)


def test_failures_by_themselves_are_the_same_from_whichever_side_one_looks() -> None:
    world = World(2, cards=10)
    day = 86_400_000_000
    wide = set(world.incidents((), 20_000 * day, 20_030 * day))
    narrow = set(world.incidents((), 20_010 * day, 20_020 * day))

    assert narrow <= wide
    assert len(narrow) > 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0.0},
        {"size": 1.5},
        {"end": START},
        {"start": START.replace(tzinfo=None)},
    ],
)
def test_an_incident_that_cannot_be_is_a_clear_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        Incident(**{"kind": Kind.ISSUER_OUTAGE, "start": START, "end": END, "size": 0.5, **wrong})


def test_an_unknown_scope_is_a_clear_error_that_lists_the_known_ones() -> None:
    planted = (Incident(Kind.ISSUER_OUTAGE, START, END, 0.5, issuer="nobody"),)

    with pytest.raises(BadInput, match="nobody") as caught:
        World(2, cards=10).history(10, 5, END, incidents=planted)
    assert "issuer_br_01" in caught.value.hint
