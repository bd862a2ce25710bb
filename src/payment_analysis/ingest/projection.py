"""The one projection of every format: raw rows → typed fields, each row either fit to land or with its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import FIELDS, Field, FieldType
from payment_analysis.domain.quarantine import SENTENCES, Reason
from payment_analysis.ingest.checks import MAJOR, MINOR, faults, masked
from payment_analysis.ingest.plan import AMOUNT, cases, constant, literal
from payment_analysis.ingest.typed import (
    has_offset,
    major_units,
    minor_units,
    source_text,
    stored,
    text,
    typed,
    value,
)

if TYPE_CHECKING:
    from payment_analysis.ingest.plan import Plan, Raw

_CONTENT = '"content"'  # the text of all fields in canonical order; without a transaction_id when the file has none
_UNFIT = '"unfit"'
_SEPARATOR = "\x1f"
_GIVEN_BY_RULE = ("payment_key", "payment_window_seconds")


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same for every row of a file."""

    format: str
    file_name: str
    digest: str
    ingested_at: str  # ISO 8601


def typed_rows(plan: Plan, raw: Raw) -> str:
    """One row per raw row: source texts, typed values, the content, and whether the row is unfit to land."""
    texts = ", ".join(f"{source_text(given)} as {text(name)}" for name, given in plan.given.items())
    rows = f"select *, {texts} from {raw.relation}"
    given = ((field, plan.given[field.name]) for field in FIELDS if field.name in plan.given)
    values = ", ".join(f"{typed(field, source, plan.style)} as {value(field.name)}" for field, source in given)
    rows = f"select *, {values} from ({rows})"
    if AMOUNT in plan.given:
        rows = f"select *, {major_units(plan.style)} as {MAJOR} from ({rows})"
        rows = f"select *, {minor_units(MAJOR, value('currency'))} as {MINOR} from ({rows})"
        rows = f"select *, try_cast({MINOR} as bigint) as {value('amount_minor')} from ({rows})"
    if plan.payment_key:
        parts = ", ".join(f"coalesce(cast({part} as varchar), '')" for part in plan.payment_key)
        window = f"cast({plan.payment_window_seconds} as integer) as {value('payment_window_seconds')}"
        rows = f"select *, concat_ws('|', {parts}) as {value('payment_key')}, {window} from ({rows})"
    rows = f"select *, {_content(plan)} as {_CONTENT} from ({rows})"
    return f"select *, {_unfit(plan)} as {_UNFIT} from ({rows})"


def content_hashes(plan: Plan, raw: Raw) -> str:
    """One row per fit row of a file without ids: its number and a 128-bit hash of its content."""
    return f"select _row, md5_number({_CONTENT}) as hash from ({typed_rows(plan, raw)}) where not {_UNFIT}"


def accepted_rows(plan: Plan, raw: Raw, origin: Origin, repeated: str | None) -> str:
    """One row per attempt that may land; `repeated` numbers the rows of a file without ids that occur again.

    A field that the file does not carry has no column: fifty columns of nulls would take a third of the whole work.
    """
    rows = f"select * from ({typed_rows(plan, raw)}) where not {_UNFIT}"
    identity, event_key = value("transaction_id"), f"md5({_CONTENT})"
    if repeated:
        event_key = f"md5(concat({identity}, chr(31), {_CONTENT}))"
        rows = f"select * from ({rows}) left join {repeated} using (_row)"
        made = f"concat({literal(origin.format + '-')}, md5({_CONTENT}), '-', coalesce(occurrence, 1))"
        rows = f"select *, {made} as {identity} from ({rows})"
    filled = (field for field in FIELDS if _has(field, plan) or field.name == "transaction_id")
    fields = ", ".join(f"{stored(field)} as {field.name}" for field in filled)
    return (
        f"select {fields}, {event_key} as _event_key, {constant('user')} as _origin, "
        f"{constant(origin.format)} as _source, {constant(origin.file_name)} as _source_file, "
        f"cast(_row as bigint) as _source_row, timestamptz {literal(origin.ingested_at)} as _ingested_at from ({rows})"
    )


def rejected_rows(plan: Plan, raw: Raw, origin: Origin) -> str:
    """One row per row that may not land, with its first fault as reason and all of them in words."""
    found = ", ".join(f"case when {fault.when} then {fault.described()} end" for fault in faults(plan))
    unfit = f"select *, {raw.record} as record from ({typed_rows(plan, raw)}) where {_UNFIT}"
    listed = f"select _row, record, list_filter([{found}], lambda fault: fault is not null) as faults from ({unfit})"
    rows = (
        "select _row, faults[1].reason as reason, faults[1].field as field, faults[1].value as masked_value, "
        "array_to_string(list_transform(faults, lambda fault: fault.detail), ' ') as detail, record "
        f"from ({listed})"
    )
    if raw.refused:
        words = {str(reason): SENTENCES[reason].replace("{source}", "The record") for reason in Reason}
        rows += (
            " union all by name select _row, reason, '' as field, value as masked_value, "
            f"replace({cases('reason', words)}, '{{value}}', value) as detail, record from {raw.refused}"
        )
    source, digest = literal(origin.format), literal(origin.digest)
    return (
        f"select md5(concat_ws(chr(31), {source}, {digest}, _row, reason, field)) as quarantine_id, reason, "
        f"nullif(field, '') as field, nullif(masked_value, '') as masked_value, detail, "
        f"left({masked('record')}, 10000) as record, {source} as _source, {literal(origin.file_name)} as _source_file, "
        f"cast(_row as bigint) as _source_row, {digest} as _file_digest, "
        f"timestamptz {literal(origin.ingested_at)} as _ingested_at from ({rows})"
    )


def unknown_words(plan: Plan, raw: Raw, *, all_fit: bool) -> str | None:
    """One row per field and value that became null because no word of ours is known for it, with its count.

    Where all rows are known to fit, they are not checked again, which is half of the work.
    """
    if plan.strict:
        return None
    closed = [f.name for f in FIELDS if f.values and not f.required and f.name in plan.given]
    if not closed:
        return None
    listed = ", ".join(
        f"case when {text(name)} is not null and {value(name)} is null "
        f"then {{'field': '{name}', 'value': left({masked(text(name))}, 80)}} end"
        for name in closed
    )
    words = f"unnest(list_filter([{listed}], lambda word: word is not null))"
    rows = f"select {words} as word from ({_fit_rows(plan, raw, all_fit=all_fit)})"
    return (
        f"select word.field, word.value, count(*) as rows from ({rows}) "
        "group by all order by rows desc, word.field, word.value limit 100"
    )


def times_without_offset(plan: Plan, raw: Raw, *, all_fit: bool) -> str | None:
    """The number of times of our own format that do not say their offset from UTC."""
    given = plan.given.get("event_timestamp")
    if not plan.strict or given is None or given.native:
        return None
    name = text("event_timestamp")
    return (
        f"select count(*) from ({_fit_rows(plan, raw, all_fit=all_fit)}) "
        f"where not {has_offset(name)} and not regexp_full_match({name}, '[0-9]+')"
    )


def _fit_rows(plan: Plan, raw: Raw, *, all_fit: bool) -> str:
    rows = f"select * from ({typed_rows(plan, raw)})"
    return rows if all_fit else f"{rows} where not {_UNFIT}"


def _content(plan: Plan) -> str:
    """Null and absent are both nothing between two separators, so absent fields cost no expression."""
    pieces, pending = [], ""
    for field in FIELDS:
        if _has(field, plan):
            pieces += [literal(pending), _as_text(field)] if pending else [_as_text(field)]
            pending = ""
        pending += _SEPARATOR if _has(field, plan) or field.name != "transaction_id" else ""
    return f"concat({', '.join([*pieces, literal(pending)])})"


def _as_text(field: Field) -> str:
    name = value(field.name)
    match field.type:
        case FieldType.STRING:
            return name
        case FieldType.TIMESTAMP:
            return f"cast(cast({name} as timestamp) as varchar)"  # a third of the time of a zoned one
        case FieldType.SCORE:
            return f"cast(cast({name} as decimal(6,4)) as varchar)"
        case _:
            return f"cast({name} as varchar)"


def _unfit(plan: Plan) -> str:
    """Whether any fault holds."""
    return f"coalesce({' or '.join(f'({fault.when})' for fault in faults(plan))}, false)"


def _has(field: Field, plan: Plan) -> bool:
    by_rule = plan.payment_key and field.name in _GIVEN_BY_RULE
    from_major = field.name == "amount_minor" and AMOUNT in plan.given
    return bool(by_rule or from_major or field.name in plan.given)
