"""A mapping file: how somebody's CSV becomes attempts. It is checked whole before a row is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from payment_analysis.domain.attempt import FIELD_BY_NAME, REQUIRED
from payment_analysis.domain.errors import BadMapping
from payment_analysis.ingest.mapping_text import MappingText
from payment_analysis.ingest.plan import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping as Mapped

_PRESETS = resources.files("payment_analysis.ingest") / "mappings"
_BY_RULE = ("payment_key", "payment_window_seconds")
_TARGETS = (*(name for name in FIELD_BY_NAME if name not in _BY_RULE), AMOUNT)
_SEPARATORS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, and its words in ours."""

    name: str
    words: Mapped[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping."""

    name: str
    text: str  # as written: part of the identity of what was read
    columns: Mapped[str, Column]
    constants: Mapped[str, str]
    separator: str | None = None
    decimal_mark: str = "."
    time_zone: str = "UTC"
    time_format: str | None = None
    payment_key: tuple[str, ...] = ()  # canonical fields or columns of the file
    payment_window_seconds: int | None = None
    payment_columns: tuple[str, ...] = ()  # columns that together name the payment


def mapping_presets() -> dict[str, str]:
    """The mappings that come with us: name and description."""
    names = sorted(path.name.removesuffix(".yml") for path in _PRESETS.iterdir() if path.name.endswith(".yml"))
    return {name: " ".join(str(yaml.safe_load(_preset(name))["description"]).split()) for name in names}


def load_mapping(mapping: str | Path | None) -> Mapping:
    """Load a preset by its name, or a mapping file by its path."""
    presets = ", ".join(mapping_presets())
    if mapping is None:
        raise BadMapping("format csv needs a mapping", hint=f"give a mapping file or a preset: {presets}")
    path = Path(mapping)
    if str(mapping) in mapping_presets():
        return parse_mapping(_preset(str(mapping)), str(mapping))
    if not path.is_file():
        raise BadMapping(f"mapping {mapping} is neither a file nor a preset", hint=f"the presets are: {presets}")
    try:
        return parse_mapping(path.read_text("utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise BadMapping(f"mapping {path} is not UTF-8 text", hint="save it as UTF-8") from error


def parse_mapping(source: str, name: str) -> Mapping:
    """Read and check the text of a mapping."""
    text = MappingText(source, name)
    text.only("", ("description", "file", "columns", "constants", "payments"))
    text.only("file", ("separator", "decimal_mark", "time_zone", "time_format", "amount_unit"))
    text.only("payments", ("columns", "key", "window_seconds"))
    columns = {target: _column(text, target) for target in text.section("columns")}
    constants = {target: _constant(text, target) for target in text.section("constants")}
    if not columns:
        raise text.wrong("columns", "maps no columns", "name those of result, amount and event_timestamp at least")
    if twice := columns.keys() & constants.keys():
        raise text.wrong(f"constants.{min(twice)}", "is a column too", "keep one of the two")
    columns, constants = _in_stated_unit(text, columns), _in_stated_unit(text, constants)
    _check_required(text, columns.keys() | constants.keys())
    key, window, parts = _payments(text, columns.keys() | constants.keys())
    return Mapping(
        name=name,
        text=source,
        columns=columns,
        constants=constants,
        separator=_separator(text),
        decimal_mark=text.choice("file.decimal_mark", (".", ","), "."),
        time_zone=_time_zone(text),
        time_format=_time_format(text),
        payment_key=key,
        payment_window_seconds=window,
        payment_columns=parts,
    )


def _preset(name: str) -> str:
    return (_PRESETS / f"{name}.yml").read_text("utf-8")


def _column(text: MappingText, target: str) -> Column:
    place = f"columns.{target}"
    text.one_of(place, target, _TARGETS, "canonical field")
    given = text.at(place)
    if not isinstance(given, dict):
        return Column(text.word(place))
    text.only(place, ("column", "values"))
    if "column" not in given:
        raise text.wrong(place, "names no column", f"write {target}: NAME, or column: NAME below it")
    values = text.section(f"{place}.values")
    words = {text.key(f"{place}.values", word).strip().lower(): text.word(f"{place}.values.{word}") for word in values}
    known = FIELD_BY_NAME.get(target)
    if known and known.values:
        for word in values:
            ours = text.word(f"{place}.values.{word}")
            text.one_of(f"{place}.values.{word}", ours, tuple(known.values), f"value of {target}")
    return Column(text.word(f"{place}.column"), words)


def _constant(text: MappingText, target: str) -> str:
    place = f"constants.{target}"
    text.one_of(place, target, _TARGETS, "canonical field")
    value = text.word(place)
    known = FIELD_BY_NAME.get(target)
    if known and known.values:
        text.one_of(place, value, tuple(known.values), f"value of {target}")
    if known and known.pattern and not re.fullmatch(known.pattern, value):
        raise text.wrong(place, f"is {value!r}, which does not look like {known.pattern}", "correct the value")
    return value


def _in_stated_unit(text: MappingText, targets: dict[str, Any]) -> dict[str, Any]:
    """An `amount` said to be in minor units is amount_minor."""
    unit = text.choice("file.amount_unit", ("major", "minor"), "major")
    if AMOUNT in targets and unit == "minor":
        targets["amount_minor"] = targets.pop(AMOUNT)
    return targets


def _check_required(text: MappingText, given: set[str]) -> None:
    if {AMOUNT, "amount_minor"} <= given:
        raise text.wrong("columns.amount_minor", "and amount are both given", "keep one of the two")
    amounts = given | {"amount_minor"} if AMOUNT in given else given
    for name in REQUIRED:
        if name != "transaction_id" and name not in amounts:
            wanted = AMOUNT if name == "amount_minor" else name
            raise text.wrong(
                "columns", f"says nothing of {wanted}", f"map its column, or give {wanted} under constants"
            )


def _payments(text: MappingText, given: set[str]) -> tuple[tuple[str, ...], int | None, tuple[str, ...]]:
    rule = text.section("payments")
    key, parts = text.words("payments.key"), text.words("payments.columns")
    if rule and bool(key) == bool(parts):
        raise text.wrong("payments", "needs either columns or key", "columns: [order_id], or key and window_seconds")
    if (key or parts) and "payment_id" in given:
        raise text.wrong("payments", "is given, and payment_id is mapped too", "keep one of the two")
    if not key:
        if "window_seconds" in rule:
            raise text.wrong("payments.window_seconds", "belongs to a key", "remove it, or name a key")
        return (), None, parts
    window = text.at("payments.window_seconds")
    if not isinstance(window, int) or isinstance(window, bool) or window < 0:
        raise text.wrong("payments.window_seconds", f"is {window!r}", "write whole seconds, for example 60")
    return key, window, ()


def _separator(text: MappingText) -> str | None:
    stated = text.at("file.separator")
    return None if stated is None else _SEPARATORS[text.choice("file.separator", tuple(_SEPARATORS), ",")]


def _time_zone(text: MappingText) -> str:
    zone = text.word("file.time_zone") if text.at("file.time_zone") is not None else "UTC"
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError) as error:  # a name not found is a KeyError
        raise text.wrong("file.time_zone", f"is {zone!r}", "write an IANA name such as Europe/Berlin") from error
    return zone


def _time_format(text: MappingText) -> str | None:
    stated = text.at("file.time_format")
    if stated is None:
        return None
    stated = text.word("file.time_format")
    if not re.search("%[YycxsD]", stated) or not re.search("%[HIcXs]", stated):
        raise text.wrong("file.time_format", f"is {stated!r}", "write it like %d.%m.%Y %H:%M:%S")
    return stated
