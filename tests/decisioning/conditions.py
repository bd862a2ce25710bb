"""Random conditions over the declared fields, and random facts and rows for them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from payment_analysis.decisioning.conditions import (
    Always,
    Among,
    And,
    Between,
    Compare,
    Condition,
    Flag,
    IsNull,
    Like,
    Literal,
    Not,
    Or,
    Value,
    joined,
)
from payment_analysis.decisioning.fields import NAMES, DecisionField, Kind

WORDS = ("card_network", "issuer_country", "issuer", "decline_reason")
NUMBERS = ("attempt_number", "amount_minor", "fraud_score", "reporting_amount", "retried_after_seconds")
FLAGS = ("is_recurring", "has_passkey")
VALUES: dict[str, tuple[Value, ...]] = {
    "card_network": ("visa", "elo", "mastercard"),
    "issuer_country": ("BR", "DE"),
    "issuer": ("one", "O'Neill", "a%b_c", "Ação"),
    "decline_reason": ("insufficient_funds", "do_not_honor"),
    "attempt_number": (1, 2, 3, 7),
    "amount_minor": (0, 999, 1_000, 50_000),
    "fraud_score": (0.0, 0.1, 0.3, 0.7, 1.0),
    "reporting_amount": (0.0, 9.99, 50.0, 199.999),
    "retried_after_seconds": (0, 59, 60, 3_600, 86_400, 90_000),
    "is_recurring": (True, False),
    "has_passkey": (True, False),
    "currency": ("BRL", "EUR", "JPY"),
}
ORDER = ("=", "<>", "<", "<=", ">", ">=")


def literals(name: str) -> st.SearchStrategy[Literal]:
    return st.sampled_from(VALUES[name]).map(Literal)


def money() -> st.SearchStrategy[Literal]:
    return st.builds(Literal, st.sampled_from((0, 999, 1_000, 50_000)), st.sampled_from(("BRL", "EUR", "JPY")))


def between(field: DecisionField, one: Literal, other: Literal, negated: bool) -> Between:
    low, high = sorted((one, other), key=lambda literal: float(literal.value))
    return Between(field, low, Literal(high.value, low.currency), negated)


def atoms(*, opaque: bool) -> st.SearchStrategy[Condition]:
    def of_number(name: str) -> st.SearchStrategy[Condition]:
        field = NAMES[name]
        return st.one_of(
            st.builds(Compare, st.just(field), st.sampled_from(ORDER), literals(name)),
            st.builds(between, st.just(field), literals(name), literals(name), st.booleans()),
            st.builds(IsNull, st.just(field), st.booleans()),
        )

    def of_word(name: str) -> st.SearchStrategy[Condition]:
        field = NAMES[name]
        several = st.lists(literals(name), min_size=1, max_size=3, unique=True).map(tuple)
        return st.one_of(
            st.builds(Compare, st.just(field), st.sampled_from(("=", "<>")), literals(name)),
            st.builds(Among, st.just(field), several, st.booleans()),
            st.builds(IsNull, st.just(field), st.booleans()),
        )

    amount = NAMES["amount"]
    kinds = [
        st.sampled_from(NUMBERS).flatmap(of_number),
        st.sampled_from(WORDS).flatmap(of_word),
        st.sampled_from(FLAGS).map(lambda name: Flag(NAMES[name])),
        st.booleans().map(Always),
        st.builds(Compare, st.just(amount), st.sampled_from(ORDER), money()),
        st.builds(between, st.just(amount), money(), money(), st.booleans()),
        st.builds(
            Among, st.just(amount), st.lists(money(), min_size=1, max_size=2, unique=True).map(tuple), st.booleans()
        ),
    ]
    if opaque:
        patterns = st.sampled_from(("%e", "O'N%", "a%", "_ne", "%", "A__o", "a%b_c"))
        kinds.append(st.builds(Like, st.just(NAMES["issuer"]), patterns, st.booleans()))
        countries = NAMES["issuer_country"], NAMES["merchant_country"]
        kinds.append(st.sampled_from(("=", "<>")).map(lambda sign: Compare(countries[0], sign, countries[1])))
    return st.one_of(kinds)


def conditions(*, opaque: bool = True) -> st.SearchStrategy[Condition]:
    def several(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        lists = st.lists(parts, min_size=2, max_size=3)
        kinds: st.SearchStrategy[type[And | Or]] = st.sampled_from((And, Or))
        return st.one_of(parts.map(Not), st.builds(joined, kinds, lists))

    return st.recursive(atoms(opaque=opaque), several, max_leaves=8)


def facts() -> st.SearchStrategy[dict[str, Any]]:
    named = {name: st.none() | st.sampled_from(values) for name, values in VALUES.items()}
    return st.fixed_dictionaries({**named, "merchant_country": st.none() | st.sampled_from(("BR", "DE"))})


COLUMN_TYPES = {
    **dict.fromkeys((*WORDS, "currency", "merchant_country"), "varchar"),
    **dict.fromkeys(FLAGS, "boolean"),
    "attempt_number": "integer",
    "amount_minor": "bigint",
    "fraud_score": "decimal(6,4)",
    "reporting_amount": "decimal(18,3)",
    "retried_after_seconds": "bigint",
}


def column(name: str) -> str:
    field = NAMES[name]
    return str(field.stored_as if field.kind is not Kind.MONEY else "amount_minor")
