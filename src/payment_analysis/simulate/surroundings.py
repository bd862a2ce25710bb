"""The columns around an attempt: card, merchant, route, context, authentication, services and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.simulate import columns
from payment_analysis.simulate.answers import STATUSES
from payment_analysis.simulate.arrays import Array, hashed, mix64
from payment_analysis.simulate.columns import dictionary, flags, hex_names, maybe, nothing, whole, words
from payment_analysis.simulate.gates import Gate
from payment_analysis.simulate.merchants import merchant_ids
from payment_analysis.simulate.parameters import (
    ARMS,
    CHALLENGE,
    COUNTRIES,
    ENTRY_SYSTEMS,
    FLOWS,
    FRICTIONLESS,
    FUNDINGS,
    NETWORKS,
    PASSKEY,
    ROUTES,
    SEGMENTS,
    TOKEN,
    WALLETS,
)

if TYPE_CHECKING:
    from payment_analysis.simulate.attempts import Attempts
    from payment_analysis.simulate.population import Population

SOLUTIONS = ("standard", "network_token", "3ds", "3ds", "passkey", *WALLETS)  # of the arms, then of the wallets
assert len(SOLUTIONS) == len(ARMS) + len(WALLETS)
_SOLUTION_NAMES = list(dict.fromkeys(SOLUTIONS))
_SOLUTION_OF = np.array([_SOLUTION_NAMES.index(name) for name in SOLUTIONS])
_ENTRY_MODES, _DEVICES, _ANTIFRAUD = (
    ("ecom", "manual", "recurring"),
    ("mobile", "desktop", "tablet"),
    ("not_run", "pass", "fail"),
)
_US = next(index for index, country in enumerate(COUNTRIES) if country.code == "US")
ADDRESSES = 1 << 15
_LAST4 = dictionary(f"{number:04d}" for number in range(10_000))
RING_DEVICES, RING_ADDRESSES = 6, 12  # chosen: what a ring buys with

# ECI as answered in the authorisation: authenticated, attempted, none (domain B4). Elo has no 07.
ECIS = ("05", "06", "07", "02", "01", "00")
_ECI_OF: dict[CardNetwork, tuple[str | None, str | None, str | None]] = {
    CardNetwork.VISA: ("05", "06", "07"),
    CardNetwork.MASTERCARD: ("02", "01", "00"),
    CardNetwork.ELO: ("05", "06", None),
    CardNetwork.HIPERCARD: ("02", "01", "00"),
    CardNetwork.AMEX: ("05", "06", "07"),
}
_ECI = np.array([[ECIS.index(eci) if eci else -1 for eci in _ECI_OF[network]] for network in NETWORKS])
CVV_RESULTS, AVS_RESULTS = ("M", "N", "P"), ("Y", "N", "U")


def _addresses() -> pa.Array:
    """Addresses of the range kept for benchmarks (RFC 2544): nobody's."""
    networks = [f"198.{18 + high}.{low}" for high in range(2) for low in range(64)]
    return pa.array([f"{network}.{host}" for network in networks for host in range(256)])


_ADDRESSES = _addresses()
assert len(_ADDRESSES) == ADDRESSES


def surroundings(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    return (
        _card(population, attempts)
        | _sale(population, attempts)
        | _device(population, attempts)
        | _authentication(population, attempts)
        | _services(population, attempts)
    )


def _card(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    cards, card = population.cards, attempts.payments.seeds.card
    issuer = cards.issuer[card]
    guessed = hashed(population.seed + 601, attempts.payment) % np.uint64(10_000)
    last4 = np.where(attempts.payments.seeds.enumerated, guessed.astype(np.int64), cards.last4[card])
    return {
        "card_network": words(cards.network[card], dictionary(NETWORKS)),
        "card_bin": words(cards.bin[card], dictionary(population.issuers.bins.number)),
        "card_last4": words(last4, _LAST4),
        "payment_method_type": words(cards.funding[card], dictionary(FUNDINGS)),
        "issuer": words(issuer, dictionary(population.issuers.name)),
        "issuer_country": words(population.issuers.country[issuer], dictionary(c.code for c in COUNTRIES)),
        "wallet": words(attempts.payments.context.wallet, dictionary(WALLETS)),
    }


def _sale(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    payments, context = attempts.payments, attempts.payments.context
    merchant = payments.seeds.merchant
    segment = population.merchants.segment[merchant]
    countries = dictionary(c.code for c in COUNTRIES)
    mode = np.where(payments.mit, 2, context.manual)
    count = len(merchant)
    return {
        "merchant_id": words(merchant, dictionary(merchant_ids())),
        "amount_minor": pa.array(payments.amount_minor),
        "currency": words(payments.country, dictionary(c.currency for c in COUNTRIES)),
        "installments": whole(payments.installments, payments.installments == 0),
        "is_verification": flags(payments.verification),
        "is_test": flags(payments.test),
        "psp": words(attempts.route, dictionary(r.name for r in ROUTES)),
        "geo_country": words(payments.shopper_country, countries),
        "merchant_country": words(payments.country, countries),
        "merchant_segment": words(segment, dictionary(s.name for s in SEGMENTS)),
        "mcc": words(segment, dictionary(s.mcc for s in SEGMENTS)),
        "entry_system": words(context.entry, dictionary(ENTRY_SYSTEMS)),
        "flow_type": words(context.flow, dictionary(FLOWS)),
        "entry_mode": words(mode, dictionary(_ENTRY_MODES)),
        "is_recurring": flags(payments.recurring),
        "sca_exemption": nothing(pa.string(), count),
    }


def _device(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    payments, cards = attempts.payments, population.cards
    card, ring = payments.seeds.card, payments.seeds.ring
    own = mix64(attempts.payment)
    ringed = ring >= 0
    stolen = np.where(ringed, hashed(population.seed + 701, ring, own % np.uint64(RING_DEVICES)), own)
    device = np.where(payments.context.new_device, stolen, cards.device[card])
    elsewhere = np.where(ringed, hashed(population.seed + 702, ring, own % np.uint64(RING_ADDRESSES)), own)
    address = np.where(payments.context.new_device, elsewhere, cards.address[card]) % np.uint64(ADDRESSES)
    shown = np.where(payments.mit, -1, cards.device_type[card])
    fingerprint = hex_names("df_", device, digits=12)
    absent = pa.array(payments.mit)
    return {
        "device_type": words(shown, dictionary(_DEVICES)),
        "device_fingerprint": _unless(absent, fingerprint),
        "ip_address": _unless(absent, _ADDRESSES.take(pa.array(address.astype(np.int32)))),
    }


def _unless(absent: pa.Array, values: pa.Array) -> pa.Array:
    """Null where the shopper is not there."""
    positions = pa.array(np.arange(len(values), dtype=np.int32), mask=absent.to_numpy(zero_copy_only=False))
    return values.take(positions)


def _authentication(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    network = population.cards.network[attempts.payments.seeds.card]
    three_ds = ((attempts.arm == FRICTIONLESS) | (attempts.arm == CHALLENGE)) & ~attempts.answer.error
    attempted = STATUSES.index("A")
    strength = np.select([attempts.authenticated < 1, attempts.status == attempted], [2, 1], 0)
    sent = (attempts.answer.gate == Gate.OPEN) | (attempts.answer.gate > Gate.AUTHENTICATION)
    eci = np.where(sent & ~attempts.answer.error & ~attempts.payments.mit, _ECI[network, strength], -1)
    version = np.where(three_ds, (attempts.payment % np.uint64(10) < 2).astype(np.int64), -1)  # a fifth is old
    return {
        "uses_3ds": flags(three_ds),
        "three_ds_routed": flags(attempts.routed_3ds),
        "three_ds_friction": maybe(attempts.friction),
        "three_ds_authenticated": maybe(attempts.authenticated),
        "three_ds_version": words(version, dictionary(["2.2.0", "2.1.0"])),
        "three_ds_trans_status": words(attempts.status, dictionary(STATUSES)),
        "eci": words(eci, dictionary(ECIS)),
        "cvv_result": words(_cvv(attempts, sent), dictionary(CVV_RESULTS)),
        "avs_result": words(_avs(attempts, sent), dictionary(AVS_RESULTS)),
    }


def _cvv(attempts: Attempts, sent: Array) -> Array:
    """Match or not, and not processed where the answer never came that far."""
    reached = (attempts.answer.gate == Gate.OPEN) | (attempts.answer.gate >= Gate.CVV)
    checked = np.where(attempts.answer.gate == Gate.CVV, 1, np.where(reached, 0, 2))
    there = (attempts.payments.context.cvv == 1) | (attempts.answer.gate == Gate.CVV)
    return np.where(sent & there & ~attempts.answer.error, checked, -1)


def _avs(attempts: Attempts, sent: Array) -> Array:
    """Addresses are checked in the United States, hardly in Brazil (domain B7)."""
    draw = hashed(901, attempts.payment) % np.uint64(100)
    checked = np.where(draw < 82, 0, np.where(draw < 92, 1, 2))
    asked = (attempts.payments.country == _US) & ~attempts.payments.mit & sent
    return np.where(asked, checked, -1)


def _services(population: Population, attempts: Attempts) -> dict[str, pa.Array]:
    context, card = attempts.payments.context, attempts.payments.seeds.card
    solution = _SOLUTION_OF[np.where(context.wallet >= 0, len(ARMS) + context.wallet, attempts.arm)]
    caught = attempts.answer.gate == Gate.ANTIFRAUD
    checked = np.where(context.antifraud, np.where(caught, 2, 1), 0)
    passkey = population.cards.passkey[card] & ~attempts.payments.mit
    visible = attempts.arm <= TOKEN  # data-only asks nothing of the shopper and replaces no authentication
    return {
        "payment_solution": words(solution, dictionary(_SOLUTION_NAMES)),
        "antifraud_used": flags(context.antifraud),
        "antifraud_result": words(checked, dictionary(_ANTIFRAUD)),
        "vault_used": flags(context.vault),
        "data_only_used": flags(context.data_only & visible),
        "click_to_pay_used": flags(context.click_to_pay),
        "idpay_invoked": flags(context.idpay >= 0),
        "idpay_success": maybe(context.idpay),
        "is_network_token": flags(attempts.arm == TOKEN),
        "has_passkey": flags(passkey | (attempts.arm == PASSKEY)),
        "fraud_score": columns.scores(context.score),
        "aml_risk_score": columns.scores(context.aml),
        "device_trust_score": columns.scores(context.trust),
    }
