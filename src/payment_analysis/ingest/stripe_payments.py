"""The payments CSV that is exported from Stripe's dashboard; the columns vary with what the account ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadFile
from payment_analysis.domain.quarantine import Reason
from payment_analysis.ingest.plan import AMOUNT, Given, Plan, RowFault, cases, literal

if TYPE_CHECKING:
    from payment_analysis.ingest.csv_rows import Header
    from payment_analysis.ingest.plan import Raw

_REQUIRED = {
    "transaction_id": ("id",),
    "event_timestamp": ("Created date (UTC)", "Created (UTC)", "Created"),
    AMOUNT: ("Amount",),
    "currency": ("Currency",),
    "result": ("Status",),
}
_OPTIONAL = {
    "payment_id": ("PaymentIntent ID",),
    "cardholder_id": ("Customer ID",),
    "decline_reason": ("Decline Reason",),
    "card_network": ("Card Brand",),
    "payment_method_type": ("Card Funding",),
    "card_last4": ("Card Last4",),
    "card_token_id": ("Card Fingerprint",),
    "issuer_country": ("Card Issue Country",),
    "cvv_result": ("CVC Check",),
    "wallet": ("Card Tokenization Method",),
}
_OTHERS = ("Payment Method Type", "Payment Source Type", "Mode")
COLUMNS = tuple(name for names in (*_REQUIRED.values(), *_OPTIONAL.values()) for name in names) + _OTHERS
_RESULTS = {
    **dict.fromkeys(("paid", "refunded", "partial refund", "partially refunded", "disputed", "uncaptured"), "approved"),
    **dict.fromkeys(("early fraud warning", "dispute won", "dispute lost"), "approved"),
    **dict.fromkeys(("failed", "blocked"), "declined"),
    **dict.fromkeys(("pending", "requires_action", "requires confirmation", "processing"), "pending"),
    **dict.fromkeys(("canceled", "cancelled", "expired", "incomplete"), "error"),
}


def plan(name: str, header: Header, raw: Raw) -> Plan:
    """The plan for the dashboard's CSV."""

    def column(names: tuple[str, ...]) -> str | None:
        return next((found for wanted in names if (found := header.named(wanted))), None)

    given = {}
    for target, names in {**_REQUIRED, **_OPTIONAL}.items():
        source = column(names)
        if source is not None:
            given[target] = Given(raw.columns[source], source, _RESULTS if target == "result" else {})
        elif target in _REQUIRED:
            raise BadFile(f"{name} has no column {names[0]!r}", hint="export the payments from the dashboard with it")
    charge, status = given["transaction_id"].sql, given["result"].sql
    intent = given.get("payment_id")
    given["payment_id"] = Given(
        f"coalesce(nullif(trim({intent.sql}), ''), {charge})" if intent else charge, intent.source if intent else "id"
    )
    given["psp"] = Given(literal("stripe"), "constant")
    given["declined_by"] = Given(f"case when lower(trim({status})) = 'blocked' then 'fraud_control' end", "Status")
    mode = column(("Mode",))
    if mode:
        given["is_test"] = Given(cases(f"lower({raw.columns[mode]})", {"test": "true", "live": "false"}), mode)
    kind = column(("Payment Method Type", "Payment Source Type"))
    faults: tuple[RowFault, ...] = ()
    if kind:
        what = f"coalesce(nullif(lower(trim({raw.columns[kind]})), ''), 'card')"
        faults = (RowFault(Reason.NOT_A_CARD, f"{what} not in ('card', 'card_present')", kind, what),)
    return Plan("stripe", given, faults=faults, scanned=dict(raw.columns))
