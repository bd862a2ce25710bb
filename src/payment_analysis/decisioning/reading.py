"""The text of a condition, read into its tree. Whoever writes it badly is shown the character and the way to write it.

    condition  := part { OR part }        part := factor { AND factor }       factor := NOT factor | predicate
    predicate  := ( condition ) | TRUE | FALSE | flag | field comparison
    comparison := (= <> != < <= > >=) value-or-field | [NOT] IN (value, …) | [NOT] BETWEEN value AND value
                | [NOT] LIKE 'pattern' | IS [NOT] NULL

Keywords and field names are read in any case. Words stand in single quotes, a quote inside them is written twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from payment_analysis.decisioning.conditions import (
    Always,
    Among,
    And,
    Between,
    Compare,
    Flag,
    IsNull,
    Like,
    Not,
    Or,
    joined,
)
from payment_analysis.decisioning.fields import DecisionField, Kind, field_of
from payment_analysis.decisioning.values import read_value
from payment_analysis.domain.errors import BadRule

if TYPE_CHECKING:
    from payment_analysis.decisioning.conditions import Condition, Literal
    from payment_analysis.decisioning.fields import Decision

CHARACTERS_MAX: Final = 5_000  # the documents' limit of condition_expression
DEPTH_MAX: Final = 40  # parentheses and NOTs inside each other
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<sign><=|>=|<>|!=|==|[=<>(),%]))"
)
_OPERATORS: Final = {"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "between", "like", "is", "null", "true", "false"})
ORDERED: Final = frozenset({Kind.COUNT, Kind.MINOR, Kind.MONEY, Kind.REAL, Kind.RATIO, Kind.SECONDS})


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text: number, word, text (quoted), sign, or end."""

    kind: str
    text: str
    position: int
    length: int

    @property
    def keyword(self) -> str:
        """The word in lower case when it is one of the language, else nothing."""
        lowered = self.text.lower()
        return lowered if self.kind == "word" and lowered in _KEYWORDS else ""


def read_condition(text: str, decision: Decision | None = None) -> Condition:
    """The tree of a condition; raises `BadRule`."""
    if len(text) > CHARACTERS_MAX:
        raise BadRule(f"the condition has {len(text)} characters", hint=f"at most {CHARACTERS_MAX}")
    reader = _Reader(_tokens(text), decision)
    tree = reader.condition()
    if reader.now.kind != "end":
        reader.refuse("here the condition should end or go on with AND or OR")
    return tree


def _tokens(text: str) -> list[Token]:
    tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise BadRule(*_unreadable(text, start), position=start)
        kind = str(found.lastgroup)
        start = found.start(kind) - (kind == "text")
        tokens.append(Token(kind, found[kind].replace("''", "'"), start, found.end() - start))
        place = found.end()
    return [*tokens, Token("end", "the end", len(text.rstrip()), 1)]


def _unreadable(text: str, start: int) -> tuple[str]:
    match text[start]:
        case "'":
            return ("the quote that opens here is never closed",)
        case '"':
            return ("a word is written in single quotes: 'visa'",)
        case other:
            return (f"{other!r} means nothing in a condition",)


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token], decision: Decision | None) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._decision = decision

    @property
    def now(self) -> Token:
        return self._tokens[self._at]

    def condition(self) -> Condition:
        return self._list("or", Or)

    def refuse(self, expected: str, token: Token | None = None) -> NoReturn:
        found = token or self.now
        shown = found.text if found.kind == "end" else repr(found.text)
        raise BadRule(f"{expected}, not {shown}", position=found.position, length=found.length)

    def _list(self, word: str, kind: type[And | Or]) -> Condition:
        part = self._factor if kind is And else self._part
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return joined(kind, parts)

    def _part(self) -> Condition:
        return self._list("and", And)

    def _factor(self) -> Condition:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            self.refuse(f"at most {DEPTH_MAX} parentheses and NOTs inside each other")
        tree = Not(self._factor()) if self._take("not") else self._predicate()
        self._depth -= 1
        return tree

    def _predicate(self) -> Condition:
        token = self.now
        if self._take("("):
            tree = self.condition()
            self._need(")", "the parenthesis is closed here")
            return tree
        if token.keyword in {"true", "false"}:
            self._next()
            return Always(token.keyword == "true")
        if token.kind != "word" or token.keyword:
            self.refuse("a field, NOT or a parenthesis is needed here")
        self._next()
        return self._comparison(field_of(token.text, self._decision, position=token.position), token)

    def _comparison(self, field: DecisionField, named: Token) -> Condition:
        if self._take("is"):
            negated = self._take("not")
            self._need("null", "IS is followed by NULL or NOT NULL")
            return IsNull(field, negated)
        if self.now.text in _OPERATORS and self.now.kind == "sign":
            return self._compared(field)
        negated = self._take("not")
        if self._take("in"):
            return Among(field, self._listed(field), negated)
        if self._take("between"):
            return self._between(field, negated)
        if self._take("like"):
            return self._like(field, negated)
        if negated:
            self.refuse("after a field, NOT is followed by IN, BETWEEN or LIKE")
        if field.kind is not Kind.FLAG:
            self.refuse(f"{field.name} is compared with something: =, <>, <, >, IN, BETWEEN, LIKE, IS NULL", named)
        return Flag(field)

    def _compared(self, field: DecisionField) -> Condition:
        sign = self._next()
        operator = _OPERATORS[sign.text]
        if operator not in {"=", "<>"} and field.kind not in ORDERED:
            self.refuse(f"{field.name} has no order; compare it with = or <>", sign)
        if self.now.kind == "word" and not self.now.keyword:
            return self._beside(field, operator)
        if field.kind is Kind.FLAG:
            keyword = self._next().keyword
            if keyword not in {"true", "false"}:
                self.refuse(f"{field.name} is true or false", self._tokens[self._at - 1])
            return Flag(field) if (keyword == "true") == (operator == "=") else Not(Flag(field))
        return Compare(field, operator, self._value(field))

    def _beside(self, field: DecisionField, operator: str) -> Condition:
        token = self._next()
        other = field_of(token.text, self._decision, position=token.position)
        if other.kind is not field.kind or field.kind is Kind.MONEY or other.unit != field.unit:
            self.refuse(f"{field.name} is a {field.kind}, {other.name} a {other.kind}: they cannot be compared", token)
        return Compare(field, operator, other)

    def _listed(self, field: DecisionField) -> tuple[Literal, ...]:
        self._no_flag(field)
        self._need("(", "IN is followed by values in parentheses: IN ('a', 'b')")
        values = [self._value(field)]
        while self._take(","):
            values.append(self._value(field))
        self._need(")", "the list ends with a parenthesis")
        return tuple(dict.fromkeys(values))

    def _between(self, field: DecisionField, negated: bool) -> Condition:
        start = self.now
        if field.kind not in ORDERED:
            self.refuse(f"{field.name} has no order; BETWEEN needs one", self._tokens[self._at - 1])
        low = self._value(field)
        self._need("and", "BETWEEN takes two values with AND between them")
        high = self._value(field)
        if low.currency != high.currency:
            self.refuse(f"both amounts are in one currency, {low.currency}", self._tokens[self._at - 1])
        if float(low.value) > float(high.value):
            self.refuse("the lower value stands first", start)
        return Between(field, low, high, negated)

    def _like(self, field: DecisionField, negated: bool) -> Condition:
        token = self._next()
        if field.kind is not Kind.WORD:
            self.refuse(f"{field.name} is no word; LIKE is for words", self._tokens[self._at - 2])
        if token.kind != "text" or "\\" in token.text:
            self.refuse("LIKE takes a quoted pattern with % and _, without backslashes", token)
        return Like(field, token.text, negated)

    def _no_flag(self, field: DecisionField) -> None:
        if field.kind is Kind.FLAG:
            self.refuse(f"{field.name} is true or false; write {field.name} or NOT {field.name}")

    def _value(self, field: DecisionField) -> Literal:
        token = self._next()
        unit = None
        if token.kind == "number" and (self.now.text == "%" or (self.now.kind == "word" and not self.now.keyword)):
            unit = self._next()
        return read_value(field, token, unit)

    def _next(self) -> Token:
        token = self.now
        self._at += token.kind != "end"
        return token

    def _take(self, text: str) -> bool:
        """Go on when this keyword or sign stands here."""
        token = self.now
        is_it = token.text == text if token.kind == "sign" else token.keyword == text
        self._at += is_it
        return is_it

    def _need(self, text: str, expected: str) -> None:
        if not self._take(text):
            self.refuse(expected)
