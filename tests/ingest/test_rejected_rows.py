"""Every way a row can be wrong has one reason, names its field, and hides what it must not show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.ingest.reading import PSP2019_HEADER, PSP2019_ROW, VISA, faults, fields, rows

from payment_analysis.domain.quarantine import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

HEADER = (
    "transaction_id,amount_minor,currency,event_timestamp,result,card_network,card_last4,issuer_country,"
    "attempt_number,is_test,fraud_score,decline_reason"
)
GOOD = "t1,1200,EUR,2026-10-01T12:00:00Z,approved,visa,4242,DE,1,false,0.1,"

# column, value → reason, field
DAMAGE = [
    ("transaction_id", "", Reason.MISSING_REQUIRED, "transaction_id"),
    ("amount_minor", "", Reason.MISSING_REQUIRED, "amount_minor"),
    ("amount_minor", "twelve", Reason.NOT_A_NUMBER, "amount_minor"),
    ("amount_minor", "12.50", Reason.AMOUNT_PRECISION, "amount_minor"),
    ("amount_minor", "-1", Reason.NEGATIVE_AMOUNT, "amount_minor"),
    ("amount_minor", "9999999999999", Reason.OUT_OF_RANGE, "amount_minor"),
    ("amount_minor", VISA, Reason.PAN_FOUND, "amount_minor"),
    ("currency", "EURO", Reason.UNKNOWN_CURRENCY, "currency"),
    ("currency", "XXQ", Reason.UNKNOWN_CURRENCY, "currency"),
    ("event_timestamp", "yesterday", Reason.NOT_A_TIME, "event_timestamp"),
    ("event_timestamp", "infinity", Reason.NOT_A_TIME, "event_timestamp"),
    ("event_timestamp", "2026-13-01", Reason.NOT_A_TIME, "event_timestamp"),
    ("event_timestamp", "1790000000", Reason.NOT_A_TIME, "event_timestamp"),
    ("event_timestamp", "2026-11-03T12:00:01Z", Reason.TIME_IN_FUTURE, "event_timestamp"),
    ("event_timestamp", "1969-12-31", Reason.OUT_OF_RANGE, "event_timestamp"),
    ("result", "maybe", Reason.UNKNOWN_VALUE, "result"),
    ("card_network", "Bancomat", Reason.UNKNOWN_VALUE, "card_network"),
    ("card_network", VISA, Reason.PAN_FOUND, "card_network"),
    ("card_last4", "42", Reason.BAD_PATTERN, "card_last4"),
    ("issuer_country", "Germany", Reason.BAD_PATTERN, "issuer_country"),
    ("attempt_number", "0", Reason.OUT_OF_RANGE, "attempt_number"),
    ("attempt_number", "1.5", Reason.NOT_A_NUMBER, "attempt_number"),
    ("attempt_number", "3000000000", Reason.OUT_OF_RANGE, "attempt_number"),
    ("is_test", "perhaps", Reason.NOT_A_BOOLEAN, "is_test"),
    ("fraud_score", "high", Reason.NOT_A_NUMBER, "fraud_score"),
    ("fraud_score", "1.01", Reason.OUT_OF_RANGE, "fraud_score"),
    ("decline_reason", f"card {VISA} refused", Reason.PAN_FOUND, "decline_reason"),
    ("decline_reason", " ".join((VISA[:4], VISA[4:8], VISA[8:12], VISA[12:])), Reason.PAN_FOUND, "decline_reason"),
]


@pytest.mark.parametrize(("column", "value", "reason", "field"), DAMAGE)
def test_a_damaged_value_is_rejected_with_its_reason(
    read: Read, column: str, value: str, reason: Reason, field: str
) -> None:
    damaged = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {column: value}

    staged = read(f"{HEADER}\n{GOOD}\n{','.join(damaged.values())}\n", "canonical")

    assert faults(staged) == [(3, reason, field)]
    assert (staged.rows_read, staged.rows_accepted, staged.by_reason) == (2, 1, {reason: 1})


LINES = [
    ("2019-01-01 00:01:11,Germany,89,0,UK_Card,0", Reason.TOO_FEW_COLUMNS),
    ("2019-01-01 00:01:11,Germany,89,0,UK_Card,0,Visa,extra", Reason.TOO_MANY_COLUMNS),
    ('2019-01-01 00:01:11,Germany,89,0,UK_Card,0,"Visa', Reason.BROKEN_QUOTES),
    ('2019-01-01 00:01:11,"Germany,89,0,UK_Card,0,Visa', Reason.BROKEN_QUOTES),
    ('2019-01-01 00:01:11,"Ger"many",89,0,UK_Card,0,Visa', Reason.BROKEN_QUOTES),
]


@pytest.mark.parametrize(("line", "reason"), LINES)
def test_a_broken_line_takes_no_other_line_with_it(read: Read, line: str, reason: Reason) -> None:
    text = "\n".join([PSP2019_HEADER, *[PSP2019_ROW] * 3, line, *[PSP2019_ROW] * 3, ""])

    staged = read(text, "csv", "psp2019")

    assert faults(staged) == [(5, reason, None)]
    assert [row["_source_row"] for row in rows(staged.accepted)] == [2, 3, 4, 6, 7, 8]
    assert json.loads(rows(staged.rejected)[0]["record"]) == {"line": line}


def test_line_numbers_hold_through_blank_lines_values_over_lines_and_broken_lines(read: Read) -> None:
    two_lines = '2019-01-01 00:01:11,Germany,89,0,"UK\nCard",0,Visa'
    wrong = PSP2019_ROW.replace("89", "x")
    lines = [PSP2019_HEADER, PSP2019_ROW, "", two_lines, '"', PSP2019_ROW, "short", wrong, PSP2019_ROW]

    staged = read("\n".join(lines), "csv", "psp2019")

    assert [row["_source_row"] for row in rows(staged.accepted)] == [2, 4, 7, 10]
    assert faults(staged) == [
        (6, Reason.BROKEN_QUOTES, None),
        (8, Reason.TOO_FEW_COLUMNS, None),
        (9, Reason.NOT_A_NUMBER, "amount_minor"),
    ]


def test_several_faults_give_the_first_reason_and_all_of_them_in_words(read: Read) -> None:
    damaged = GOOD.replace("1200", "x").replace("EUR", "???").replace("approved", "")

    (row,) = rows(read(f"{HEADER}\n{damaged}\n", "canonical").rejected)

    assert row["reason"] == Reason.NOT_A_NUMBER
    assert [word in row["detail"] for word in ("amount_minor is 'x'", "currency is '???'", "result is empty")] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("line", "reason", "field"),
    [
        ('{"transaction_id": "a"', Reason.NOT_JSON, None),
        ("[1, 2]", Reason.NOT_AN_OBJECT, None),
        ("7", Reason.NOT_AN_OBJECT, None),
        ('{"transaction_id": {"id": "a"}}', Reason.NOT_A_TEXT, "transaction_id"),
        ("{}", Reason.MISSING_REQUIRED, "transaction_id"),
    ],
)
def test_a_line_that_is_no_attempt_is_rejected_alone(read: Read, line: str, reason: Reason, field: str | None) -> None:
    good = '{"transaction_id":"a","amount_minor":1,"currency":"EUR","event_timestamp":1790000000,"result":"approved"}'

    staged = read(f"{good}\n{line}\n", "canonical", name="file.jsonl")

    assert faults(staged) == [(2, reason, field)]
    assert staged.rows_accepted == 1


def test_a_card_number_reaches_no_output_in_clear(read: Read, tmp_path: Path) -> None:
    in_every_column = "\n".join(
        ",".join(VISA if place == index else value for place, value in enumerate(GOOD.split(",")))
        for index in range(len(HEADER.split(",")))
    )
    broken = f'x,"{VISA}'

    staged = read(f"{HEADER}\n{GOOD}\n{in_every_column}\n{broken}\n", "canonical", name=f"{VISA}.csv")

    assert staged.rows_accepted == 1
    assert staged.by_reason == {Reason.PAN_FOUND: 12, Reason.BROKEN_QUOTES: 1}
    assert all(VISA not in str(row) for path in (staged.accepted, staged.rejected) for row in rows(path))
    assert all(VISA.encode() not in path.read_bytes() for path in (tmp_path / "stage").rglob("*") if path.is_file())
    assert {row["masked_value"] for row in rows(staged.rejected)} == {"********1111", None}


def test_an_unknown_word_of_somebody_elses_format_is_counted_and_the_row_kept(read: Read) -> None:
    text = f"{PSP2019_HEADER}\n{PSP2019_ROW}\n" + f"{PSP2019_ROW.replace('Visa', 'Bancomat')}\n" * 2

    staged = read(text, "csv", "psp2019")

    assert [(word.field, word.value, word.rows) for word in staged.unknown] == [("card_network", "Bancomat", 2)]
    assert [row.get("card_network") for row in fields(staged.accepted)] == ["visa", None, None]
