"""Why a row is put aside, in words its owner can act on; and how a card number is found and hidden."""

from __future__ import annotations

import re
from enum import StrEnum


class Reason(StrEnum):
    """Why a row cannot be an attempt. The order is the order in which faults of one row are reported."""

    BROKEN_QUOTES = "broken_quotes"
    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNREADABLE_ROW = "unreadable_row"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    PAN_FOUND = "pan_found"
    NOT_A_CARD = "not_a_card"
    NOT_A_TEXT = "not_a_text"
    MISSING_REQUIRED = "missing_required"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_BOOLEAN = "not_a_boolean"
    NOT_A_TIME = "not_a_time"
    TIME_IN_FUTURE = "time_in_future"
    UNKNOWN_CURRENCY = "unknown_currency"
    NEGATIVE_AMOUNT = "negative_amount"
    AMOUNT_PRECISION = "amount_precision"
    OUT_OF_RANGE = "out_of_range"
    UNKNOWN_VALUE = "unknown_value"
    BAD_PATTERN = "bad_pattern"


# {source} is the column or path in the file, {value} the masked value, {rule} what the field asks for.
SENTENCES: dict[Reason, str] = {
    Reason.BROKEN_QUOTES: "A quotation mark is opened and not closed; close it, or write it twice inside the value.",
    Reason.TOO_FEW_COLUMNS: "The row has fewer columns than the header; add the missing separators.",
    Reason.TOO_MANY_COLUMNS: "The row has more columns than the header; quote values that contain the separator.",
    Reason.UNREADABLE_ROW: "The row cannot be read; compare it with the rows around it and write it again.",
    Reason.NOT_JSON: "The line is not valid JSON; write one object per line.",
    Reason.NOT_AN_OBJECT: "{source} is {value}, not a JSON object; write an object with named members, or null.",
    Reason.PAN_FOUND: "{source} holds what looks like a full card number ({value}); replace it by a token or its last "
    "four digits. If it is some other number, put a letter in front of it.",
    Reason.NOT_A_CARD: "{source} is {value}; only card payments are analysed, so leave other payment methods out.",
    Reason.NOT_A_TEXT: "{source} is a list or an object where one value is expected; write the single value.",
    Reason.MISSING_REQUIRED: "{source} is empty, and an attempt cannot be without it; fill it in.",
    Reason.NOT_A_NUMBER: "{source} is {value}, which is not {rule}; write digits only, or state the decimal mark.",
    Reason.NOT_A_BOOLEAN: "{source} is {value}; write true or false, or map the value.",
    Reason.NOT_A_TIME: "{source} is {value}, which is not {rule}; write 2026-10-01T12:00:00Z, or state the format.",
    Reason.TIME_IN_FUTURE: "{source} is {value}, later than now; check the time zone and the order of day and month.",
    Reason.UNKNOWN_CURRENCY: "{source} is {value}, not an ISO 4217 currency; write a code such as EUR.",
    Reason.NEGATIVE_AMOUNT: "{source} is {value}; an attempt has an amount of zero or more, so leave refunds out.",
    Reason.AMOUNT_PRECISION: "{source} is {value}, finer than the currency's smallest unit; check currency and unit.",
    Reason.OUT_OF_RANGE: "{source} is {value}, outside {rule}; correct the value.",
    Reason.UNKNOWN_VALUE: "{source} is {value}, not one of {rule}; write one of these, or map the value.",
    Reason.BAD_PATTERN: "{source} is {value}, which does not look like {rule}; correct the value.",
}

# Twelve digits or more, also when grouped by spaces, dots or dashes, keep their last four. Both Python and RE2 read it.
LONG_DIGITS = r"[0-9](?:[ .-]?[0-9]){7,}((?:[ .-]?[0-9]){4})"
MASK = r"********\1"
# Card numbers begin with 3 to 6 or 2221 to 2720 (ISO/IEC 7812). A row without such a start holds no card number, which
# the engine sees quickly; only the others are looked at closely.
MAYBE_CARD_NUMBER = r"(?:^|[^0-9])[2-6](?:[ .-]?[0-9]){12}"

_LONG_DIGITS = re.compile(LONG_DIGITS)
_RUN = re.compile(r"(?<![0-9])[2-6][0-9]{12,18}(?![0-9])")
_GROUPS = re.compile(r"(?<![0-9])[0-9]+(?:[ .-][0-9]+)+(?![0-9])")
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# Hashes and UUIDs hold long runs of digits by chance: 1 in 170 MD5 sums has 13 in a row.
_HEX_NAME = re.compile(rf"(?<![0-9A-Za-z])(?:{_UUID}|[0-9a-fA-F]{{24,}})(?![0-9A-Za-z])")
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def mask(text: str) -> str:
    """Hide every run of twelve digits or more except its last four."""
    return _LONG_DIGITS.sub(MASK, text)


def holds_card_number(text: str) -> bool:
    """Whether a run of 13 to 19 digits, grouped or not, could be the number of a card."""
    plain = _HEX_NAME.sub(_blank_unless_digits, text)
    return any(_is_card_number(run) for run in _RUN.findall(plain)) or any(
        _is_card_number(joined) for groups in _GROUPS.findall(plain) for joined in _joined(groups)
    )


def _blank_unless_digits(name: re.Match[str]) -> str:
    return name[0] if name[0].isdigit() else " "


def _joined(groups: str) -> list[str]:
    """Neighbouring groups put together as cards print them: every group but the last has four digits or more."""
    parts = re.split("[ .-]", groups)
    found = []
    for start in range(len(parts)):
        joined = parts[start]
        for before, part in zip(parts[start:], parts[start + 1 :], strict=False):
            if len(before) < 4 or len(joined) > 19:
                break
            joined += part
            if 13 <= len(joined) <= 19:
                found.append(joined)
    return found


def _is_card_number(digits: str) -> bool:
    starts = "3" <= digits[0] <= "6" or "2221" <= digits[:4] <= "2720"
    return starts and _luhn(digits)


def _luhn(digits: str) -> bool:
    plain, doubled = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, plain)) + sum(_LUHN_DOUBLED[int(digit)] for digit in doubled)) % 10 == 0
