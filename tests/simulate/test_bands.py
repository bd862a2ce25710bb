"""The world looks like the sources say: a table of shares with the bands they must lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pandas as pd
    from tests.simulate.conftest import Told

# Bands: approval and fraud from the issue; Brazil, entry systems from the inventory; installments from Olist (68 % of
# Brazilian credit payments in two or more); decline mix around the calibrated prototype, which stands between Ethoca
# (44 % insufficient funds), Recurly (38 %) and Visa (05 and 51 together about 76 %).
BANDS = """
    approval of authorisation attempts              0.850  0.900
    fraud of attempts                               0.001  0.005
    shoppers in Brazil                              0.700  0.740
    Brazil: entry system PD                         0.600  0.640
    Brazil: entry system WS                         0.320  0.360
    Brazil: entry system SEP                        0.020  0.040
    Brazil: entry system CHECKOUT                   0.005  0.015
    abroad: entry system WS                         0.680  0.720
    Brazilian credit in installments                0.620  0.720
    Elo and Hipercard of Brazilian issuers          0.140  0.220
    3DS of attempts                                 0.120  0.200
    network token of attempts                       0.200  0.320
    retries of attempts                             0.030  0.090
    unknown at first                                0.002  0.006
    decline: funds or limit                         0.300  0.450
    decline: do not honor                           0.220  0.320
    decline: authentication failed                  0.040  0.100
    decline: system malfunction                     0.025  0.085
    decline: issuer unavailable                     0.020  0.055
    decline: fraud suspected                        0.025  0.080
    decline: expired card                           0.030  0.065
    decline: invalid card                           0.015  0.045
    decline: velocity                               0.001  0.020
"""


def shares(attempts: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    sale = attempts[~attempts.is_verification & ~attempts.is_test]
    decided = sale[(sale.result == "approved") | sale.declined_by.isin(["issuer", "network"])]
    brazil, abroad = attempts[attempts.geo_country == "BR"], attempts[attempts.geo_country != "BR"]
    home = attempts[attempts.issuer_country == "BR"]
    credit = home[(home.payment_method_type == "credit") & (home.merchant_country == "BR") & home.installments.notna()]
    declined = attempts[attempts.result == "declined"]
    entry = brazil.entry_system.value_counts(normalize=True)
    reason = declined.decline_reason.value_counts(normalize=True)
    return {
        "approval of authorisation attempts": (decided.result == "approved").mean(),
        "fraud of attempts": truth.is_fraud.mean(),
        "shoppers in Brazil": len(brazil) / len(attempts),
        **{f"Brazil: entry system {name}": entry[name] for name in ("PD", "WS", "SEP", "CHECKOUT")},
        "abroad: entry system WS": (abroad.entry_system == "WS").mean(),
        "Brazilian credit in installments": (credit.installments >= 2).mean(),
        "Elo and Hipercard of Brazilian issuers": home.card_network.isin(["elo", "hipercard"]).mean(),
        "3DS of attempts": attempts.uses_3ds.mean(),
        "network token of attempts": attempts.is_network_token.mean(),
        "retries of attempts": attempts.is_retry.mean(),
        "unknown at first": (attempts.processing_time_ms >= 30_000).mean(),
        "decline: funds or limit": reason["INSUFFICIENT_FUNDS"] + reason["LIMIT_EXCEEDED"],
        "decline: do not honor": reason["DO_NOT_HONOR"],
        "decline: authentication failed": reason["3DS_AUTH_FAILED"],
        "decline: system malfunction": reason["SYSTEM_MALFUNCTION"],
        "decline: issuer unavailable": reason["ISSUER_UNAVAILABLE"],
        "decline: fraud suspected": reason["FRAUD_SUSPECTED"],
        "decline: expired card": reason["EXPIRED_CARD"],
        "decline: invalid card": reason["INVALID_CARD"],
        "decline: velocity": reason["VELOCITY_EXCEEDED"],
    }


def test_every_share_lies_in_its_band(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    found = shares(told.attempts, told.truth_rows)
    bands = {line[:48].strip(): tuple(map(float, line[48:].split())) for line in BANDS.splitlines() if line.strip()}

    with capsys.disabled():
        for name, (low, high) in bands.items():
            print(f"\n{name:45} {found[name]:8.4f}   {low:.3f} to {high:.3f}", end="")

    assert found.keys() == bands.keys()
    assert {name: found[name] for name, (low, high) in bands.items() if not low <= found[name] <= high} == {}


def test_latency_has_a_tail(told: Told) -> None:
    answered = told.events.processing_time_ms[told.events.processing_time_ms < 30_000]

    assert 200 < answered.quantile(0.5) < 400
    assert answered.quantile(0.99) > 3 * answered.quantile(0.5)
    assert 0.001 < (answered > 2_000).mean() < 0.03


@pytest.mark.parametrize("name", ["currency", "merchant_segment", "merchant_id", "psp", "card_network", "device_type"])
def test_no_dimension_is_one_value(told: Told, name: str) -> None:
    assert told.attempts[name].nunique() >= 3
