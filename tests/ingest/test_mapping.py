"""A mapping is checked before a row is read, and an error says where and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ingest.reading import PSP2019_HEADER, PSP2019_ROW, fields

from payment_analysis.domain.errors import BadFile, BadMapping
from payment_analysis.ingest.mapping import load_mapping, mapping_presets, parse_mapping

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

MAPPING = """\
description: a shop
file:
  separator: ";"
columns:
  event_timestamp: at
  amount: amount
  currency: currency
  result:
    column: ok
    values: {"1": approved, "0": declined}
"""

MISTAKES = [
    # from → to, what the message and the hint say
    ("amount: amount", "amout: amount", "line 6: columns.amout 'amout' is no canonical field", "did you mean amount?"),
    ("amount: amount", "psp: amount", "says nothing of amount", "map its column"),
    ("currency: currency", "psp: x", "says nothing of currency", "under constants"),
    ("approved,", "accepted,", "line 10", "one of: approved"),
    ('"1": approved', "yes: approved", "has the key True", "in quotes"),
    ('"1": approved', '"1": [approved]', "line 10", "one word"),
    ("column: ok", "colum: ok", "line 9: columns.result.colum", "did you mean column?"),
    ("    column: ok\n", "", "line 8: columns.result names no column", "write result: NAME"),
    ("amount: amount", "amount: [a, b]", "line 6: columns.amount is ['a', 'b']", "one word"),
    ('separator: ";"', 'separator: "#"', "line 3: file.separator '#'", "one of: ,"),
    ('separator: ";"', "decimal_mark: x", "line 3", "one of: ., ,"),
    ('separator: ";"', "time_zone: Berlin", "line 3: file.time_zone is 'Berlin'", "Europe/Berlin"),
    ('separator: ";"', "time_format: ISO", "line 3: file.time_format is 'ISO'", "%d.%m.%Y"),
    ('separator: ";"', "amount_unit: cents", "line 3: file.amount_unit 'cents'", "minor"),
    ('separator: ";"', "separators: x", "line 3: file.separators", "did you mean separator?"),
    ("description: a shop", "colums: {}", "line 1: colums", "did you mean columns?"),
    ("description: a shop", "constants: {currency: EUR}", "line 1: constants.currency is a column too", "keep one"),
    ("description: a shop", "constants: {card_network: bancomat}", "line 1", "one of: visa"),
    ("description: a shop", "constants: {mcc: shop}", "does not look like", "correct"),
    ("description: a shop", "constants: {amount_minor: 5}", "amount are both given", "keep one"),
    ("description: a shop", "payments: {window_seconds: 60}", "needs either columns or key", "columns: [order_id]"),
    ("description: a shop", "payments: {key: [currency]}", "payments.window_seconds is None", "whole seconds"),
    ("description: a shop", "payments: {key: [currency], window_seconds: soon}", "is 'soon'", "whole seconds"),
    ("description: a shop", "payments: {columns: [a], window_seconds: 60}", "belongs to a key", "remove it"),
    ("description: a shop", "payments: {columns: 7}", "is 7", "list of names"),
    ("description: a shop", "payments: sometimes", "payments is 'sometimes'", "entries"),
    ("description: a shop", "description: [", "line 3 is not YAML", "correct the line"),
]


@pytest.mark.parametrize(("find", "replace", "message", "hint"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_the_fix(find: str, replace: str, message: str, hint: str) -> None:
    assert find in MAPPING

    with pytest.raises(BadMapping) as raised:
        parse_mapping(MAPPING.replace(find, replace), "shop.yml")

    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_mapping_that_is_not_there_names_the_presets() -> None:
    with pytest.raises(BadMapping) as raised:
        load_mapping("nothing.yml")
    assert "psp2019" in raised.value.hint
    with pytest.raises(BadMapping, match="needs a mapping"):
        load_mapping(None)


@pytest.mark.parametrize("text", ["", "7", "- a\n"])
def test_text_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(BadMapping, match="holds no entries"):
        parse_mapping(text, "shop.yml")


def test_every_preset_is_a_good_mapping_with_a_description() -> None:
    presets = mapping_presets()

    assert "psp2019" in presets
    assert all(load_mapping(name).name == name and text for name, text in presets.items())


def test_a_missing_column_of_a_mapping_names_what_it_is_for_and_what_there_is(read: Read) -> None:
    with pytest.raises(BadFile) as raised:
        read(f"{PSP2019_HEADER.replace('card', 'brand')}\n{PSP2019_ROW}\n", "csv", "psp2019")

    assert "no column 'card', which mapping psp2019 uses for card_network" in raised.value.message
    assert "brand" in raised.value.hint


PAYMENTS = [
    ("payments: {columns: [order]}", {"payment_id": "o1"}),
    ("payments: {columns: [order, ok]}", {"payment_id": "o1-1"}),
    ("payments: {key: [order], window_seconds: 30}", {"payment_key": "o1", "payment_window_seconds": 30}),
    (
        "payments: {key: [currency, amount_minor], window_seconds: 0}",
        {"payment_key": "EUR|1250", "payment_window_seconds": 0},
    ),
]


@pytest.mark.parametrize(("rule", "formed"), PAYMENTS)
def test_payments_are_named_by_columns_or_by_a_key_and_a_window(
    read: Read, tmp_path: Path, rule: str, formed: dict[str, object]
) -> None:
    (tmp_path / "shop.yml").write_text(MAPPING.replace("description: a shop", rule))

    (row,) = fields(
        read("at;amount;currency;ok;order\n2026-10-01;12.50;EUR;1;o1\n", "csv", tmp_path / "shop.yml").accepted
    )

    assert {name: value for name, value in row.items() if name.startswith("payment_")} == formed


def test_amounts_may_be_stated_in_minor_units_and_fields_as_constants(read: Read, tmp_path: Path) -> None:
    text = MAPPING.replace('separator: ";"', "amount_unit: minor").replace("  currency: currency\n", "")
    (tmp_path / "shop.yml").write_text(text + "constants: {currency: JPY, psp: house, is_test: false}\n")

    (row,) = fields(read("at,amount,ok\n2026-10-01,1250,1\n", "csv", tmp_path / "shop.yml").accepted)

    assert (row["amount_minor"], row["currency"], row["psp"], row["is_test"]) == (1250, "JPY", "house", False)


def test_the_teaching_set_is_read_whole(read: Read, shared_data: Path) -> None:
    staged = read((shared_data / "psp_attempts_2019_01.csv").read_bytes(), "csv", "psp2019")

    assert (staged.rows_read, staged.rows_accepted, staged.unknown, staged.warnings) == (26_304, 26_304, (), ())
    found = fields(staged.accepted)
    assert len({row["transaction_id"] for row in found}) == 26_304
    assert {row["geo_country"] for row in found} == {"DE", "AT", "CH"}
    assert {row["card_network"] for row in found} == {"visa", "mastercard", "diners"}
    assert {row["psp"] for row in found} == {"UK_Card", "Moneycard", "Goldcard", "Simplecard"}
    assert {(row["currency"], row["payment_window_seconds"]) for row in found} == {("EUR", 60)}
