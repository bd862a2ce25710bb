"""What can be wrong with a row, as SQL conditions in the order in which they are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import FIELD_BY_NAME, FIELDS, Field, FieldType
from payment_analysis.domain.money import currency_rows
from payment_analysis.domain.quarantine import LONG_DIGITS, MASK, MAYBE_CARD_NUMBER, SENTENCES, Reason
from payment_analysis.ingest.plan import AMOUNT, literal, one_of
from payment_analysis.ingest.typed import AMOUNT_MINOR_MAX, text, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.ingest.plan import Plan

INT_MAX = 2**31 - 1
CARD_DIGITS_MIN = 13
MAJOR, MINOR = '"major units"', '"minor units"'  # helper columns of an amount given in major units
_NUMBER_RULES = {FieldType.BIGINT: "a whole number", FieldType.INT: "a whole number", FieldType.SCORE: "a number"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be wrong with a row."""

    reason: Reason
    when: str  # SQL condition, false or null when all is well
    field: str = ""
    source: str = ""
    value: str = "''"  # SQL: what was found, as text
    rule: str = ""

    def described(self) -> str:
        """The fault as an SQL struct; every long run of digits in the value is masked."""
        text_of_value = f"coalesce({self.value}, '')"
        found = f"left({masked(text_of_value)}, 80)"
        sentence = SENTENCES[self.reason].replace("{source}", self.source).replace("{rule}", self.rule)
        return (
            f"{{'reason': '{self.reason}', 'field': {literal(self.field)}, 'value': {found}, "
            f"'detail': replace({literal(sentence)}, '{{value}}', '''' || {found} || '''')}}"
        )


def masked(sql: str) -> str:
    """SQL that hides every run of twelve digits or more except its last four."""
    return f"regexp_replace({sql}, '{LONG_DIGITS}', '{MASK}', 'g')"


def card_number_in(sql: str) -> str:
    """SQL condition: the text holds a card number. Nested, because only then each step spares rows the next one."""
    close = f"case when regexp_matches({sql}, '{MAYBE_CARD_NUMBER}') then holds_card_number({sql}) else false end"
    return f"case when strlen({sql}) >= {CARD_DIGITS_MIN} then {close} else false end"


def faults(plan: Plan) -> Iterator[Fault]:
    """Every fault a row of this plan can have, the first to be named first."""
    scanned = plan.scanned or {
        given.source: text(name)
        for name, given in plan.given.items()
        if not given.native or FIELD_BY_NAME[name].type is FieldType.STRING
    }
    rows = [Fault(f.reason, f.when, f.field, f.source, f.value) for f in plan.faults]
    yield from (fault for fault in rows if list(Reason).index(fault.reason) < list(Reason).index(Reason.PAN_FOUND))
    fields = {given.source: name for name, given in plan.given.items()}
    for source, sql in scanned.items():
        name = fields.get(source, "")
        found = card_number_in(sql)
        if name in FIELD_BY_NAME and FIELD_BY_NAME[name].type is FieldType.TIMESTAMP:
            found = f"case when {value(name)} is null then {found} else false end"  # what is a time is no card number
        yield Fault(Reason.PAN_FOUND, found, name, source, sql)
    yield from (fault for fault in rows if list(Reason).index(fault.reason) > list(Reason).index(Reason.PAN_FOUND))
    for field in FIELDS:
        if field.name in plan.given:
            yield from _field_faults(field, plan)
        elif field.name == "amount_minor":
            yield from _amount_faults(plan)


def _field_faults(field: Field, plan: Plan) -> Iterator[Fault]:
    given = plan.given[field.name]
    name, found = text(field.name), value(field.name)

    def fault(reason: Reason, when: str, rule: str = "") -> Fault:
        return Fault(reason, when, field.name, given.source, f"cast({name} as varchar)", rule)

    if field.required:
        yield fault(Reason.MISSING_REQUIRED, f"{name} is null")
    unfit = f"{name} is not null and {found} is null"
    if field.values and (plan.strict or field.required):
        yield fault(Reason.UNKNOWN_VALUE, unfit, ", ".join(field.values))
    if field.type in _NUMBER_RULES and not given.native:
        if field.name == "amount_minor":
            yield fault(Reason.AMOUNT_PRECISION, f"{unfit} and regexp_full_match({name}, '[+-]?[0-9]+[.,][0-9]+')")
        yield fault(Reason.NOT_A_NUMBER, unfit, _NUMBER_RULES[field.type])
    if field.type is FieldType.BOOLEAN and not given.native:
        yield fault(Reason.NOT_A_BOOLEAN, unfit)
    if field.type is FieldType.TIMESTAMP:
        yield from _time_faults(field, fault(Reason.NOT_A_TIME, unfit, _time_rule(plan)), native=given.native)
    if field.name == "currency":
        codes = [str(row["code"]) for row in currency_rows()]
        yield fault(Reason.UNKNOWN_CURRENCY, f"{found} is not null and not {one_of(found, codes)}")
    elif field.pattern:
        yield fault(Reason.BAD_PATTERN, f"not regexp_full_match({found}, '{field.pattern}')", field.pattern)
    yield from _range_faults(field, fault(Reason.OUT_OF_RANGE, ""))


def _amount_faults(plan: Plan) -> Iterator[Fault]:
    name, source = text(AMOUNT), plan.given[AMOUNT].source

    def fault(reason: Reason, when: str, rule: str = "") -> Fault:
        return Fault(reason, when, "amount_minor", source, name, rule)

    mark = plan.style.decimal_mark
    too_fine = f"regexp_matches({name}, '[{mark}][0-9]{{6}}[0-9]*[1-9]')"
    yield fault(Reason.MISSING_REQUIRED, f"{name} is null")
    yield fault(Reason.NOT_A_NUMBER, f"{name} is not null and {MAJOR} is null", f"a number with {mark} as decimal mark")
    yield fault(Reason.NEGATIVE_AMOUNT, f"{MAJOR} < 0")
    yield fault(Reason.AMOUNT_PRECISION, f"{too_fine} or {value('amount_minor')} <> {MINOR}")
    top = f"{MAJOR} is not null and coalesce({MINOR}, {AMOUNT_MINOR_MAX} + 1) > {AMOUNT_MINOR_MAX}"
    yield fault(Reason.OUT_OF_RANGE, top, f"0 to {AMOUNT_MINOR_MAX} minor units")


def _time_faults(field: Field, unreadable: Fault, *, native: bool) -> Iterator[Fault]:
    if not native:
        yield unreadable
    found = value(field.name)
    if field.name == "event_timestamp":
        yield _again(unreadable, Reason.TIME_IN_FUTURE, f"{found} > getvariable('latest_time')")
    early = f"{found} < timestamptz '1970-01-01 00:00:00+00'"
    yield _again(unreadable, Reason.OUT_OF_RANGE, early, "the time since 1970")


def _range_faults(field: Field, fault: Fault) -> Iterator[Fault]:
    found, low, high = value(field.name), field.minimum, field.maximum
    if field.type is FieldType.INT:
        high = high if high is not None else INT_MAX
    if field.type is FieldType.BIGINT:
        high = AMOUNT_MINOR_MAX
    if field.name == "amount_minor":
        yield _again(fault, Reason.NEGATIVE_AMOUNT, f"{found} < 0")
    if low is not None and high is not None:
        yield _again(fault, Reason.OUT_OF_RANGE, f"not ({found} between {low} and {high})", f"{low} to {high}")
    elif high is not None:
        yield _again(fault, Reason.OUT_OF_RANGE, f"abs({found}) > {high}", f"-{high} to {high}")


def _again(fault: Fault, reason: Reason, when: str, rule: str = "") -> Fault:
    return Fault(reason, when, fault.field, fault.source, fault.value, rule)


def _time_rule(plan: Plan) -> str:
    return f"a time written {plan.style.time_format}" if plan.style.time_format else "an ISO 8601 time"
