"""The language of rules: what may be named, what may be done, and whether a condition reads."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from payment_analysis.backend.fields import LongText
from payment_analysis.decisioning.actions import MEANINGS, SECONDS_MAX, AuthenticationPath, Exemption, ValueKind
from payment_analysis.decisioning.condition_sql import condition_sql, not_stored
from payment_analysis.decisioning.experiments import SubjectKind
from payment_analysis.decisioning.fields import FIELDS, Decision, Kind
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.domain.errors import BadRule

router = APIRouter(prefix="/api/rules", tags=["rules"])


class RuleFieldOut(BaseModel):
    """A fact a rule may read."""

    name: str = Field(description="Its name.")
    aliases: list[str] = Field(description="Other names it is read by.")
    kind: Kind = Field(description="What it holds, and so how values are written.")
    unit: str = Field(description="Its unit; empty when it has none.")
    meaning: str = Field(description="What it says.")
    decisions: list[Decision] = Field(description="The decisions for which it is known.")
    values: list[str] = Field(description="All values it can have; empty when they are not a closed set.")
    is_stored: bool = Field(description="Whether stored attempts carry it, so that a rule about it can be replayed.")


class RuleActionMeaningOut(BaseModel):
    """What a rule may tell a policy."""

    kind: str = Field(description="Its name.")
    words: str = Field(description="How it reads; {} is the value.")
    decisions: list[Decision] = Field(description="The decisions it belongs to.")
    takes: ValueKind = Field(description="What its value is.")
    values: list[str] = Field(description="The values it takes; empty when they are not a closed set.")


class RuleLanguageOut(BaseModel):
    """Everything a rule is made of."""

    fields: list[RuleFieldOut] = Field(description="Facts, in the order of the builder.")
    actions: list[RuleActionMeaningOut] = Field(description="Actions.")
    subjects: list[SubjectKind] = Field(description="What an experiment may assign as a whole.")
    retry_seconds_max: int = Field(description="Longest wait a rule may ask for, seconds.")


class RuleTextIn(BaseModel):
    """A condition somebody writes."""

    rule_type: Decision = Field(description="The decision it is for.")
    condition_expression: LongText = Field(default="", description="The condition; empty always holds.")


class RuleTextOut(BaseModel):
    """Whether it reads, and as what."""

    ok: bool = Field(description="Whether it reads.")
    message: str = Field(description="What is wrong; empty when it reads.")
    hint: str = Field(description="The way to mend it; may be empty.")
    position: int | None = Field(description="Character of the mistake, counted from 0; null when it reads.")
    length: int | None = Field(description="Characters it spans; null when it reads.")
    canonical: str = Field(description="The condition in our own spelling; empty when it does not read.")
    reads: list[str] = Field(description="Fields it reads.")
    not_stored: list[str] = Field(description="Of these, the ones that no stored attempt carries.")
    sql: str = Field(description="The same as SQL over payments_enriched_silver; empty when it cannot be asked there.")


_CLOSED = {ValueKind.PATH: AuthenticationPath, ValueKind.EXEMPTION: Exemption}


@router.get("/language", operation_id="getRuleLanguage")
def get_rule_language() -> RuleLanguageOut:
    """Fields, actions and subjects, with their meaning."""
    fields = [
        RuleFieldOut(
            name=field.name,
            aliases=list(field.aliases),
            kind=field.kind,
            unit=field.unit,
            meaning=field.meaning,
            decisions=sorted(field.decisions),
            values=list(field.values),
            is_stored=field.stored_as is not None,
        )
        for field in FIELDS
    ]
    actions = [
        RuleActionMeaningOut(
            kind=kind,
            words=meaning.words,
            decisions=sorted(meaning.decisions),
            takes=meaning.takes,
            values=[str(value) for value in _CLOSED.get(meaning.takes, ())],
        )
        for kind, meaning in MEANINGS.items()
    ]
    return RuleLanguageOut(fields=fields, actions=actions, subjects=list(SubjectKind), retry_seconds_max=SECONDS_MAX)


@router.post("/validate", operation_id="validateRule")
def validate_rule(body: RuleTextIn) -> RuleTextOut:
    """Read a condition; a mistake is an answer here, with its character."""
    try:
        rule = compile_rule(body.condition_expression, body.rule_type)
    except BadRule as error:
        return RuleTextOut(
            ok=False,
            message=error.message,
            hint=error.hint,
            position=error.position,
            length=error.length,
            canonical="",
            reads=[],
            not_stored=[],
            sql="",
        )
    missing = not_stored(rule.tree)
    return RuleTextOut(
        ok=True,
        message="",
        hint="",
        position=None,
        length=None,
        canonical=rule.canonical,
        reads=list(rule.reads),
        not_stored=missing,
        sql="" if missing else condition_sql(rule.tree).text,
    )
