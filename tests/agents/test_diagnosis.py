"""Causes are found where they were planted, and nowhere when nothing happened."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from tests.agents.conftest import END
from tests.agents.planted import Planted, attempts_table, in_scope

from payment_analysis.agents.diagnosis.absorbed import CauseClass
from payment_analysis.agents.diagnosis.attempts import Attempts, attempts_of
from payment_analysis.agents.diagnosis.diagnosis import Diagnosis, diagnose
from payment_analysis.agents.diagnosis.question import diagnose_scope, periods
from payment_analysis.agents.diagnosis.words import claim, headline
from payment_analysis.cli.door import main
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import Scope
from payment_analysis.simulate.incidents import Incident, IncidentKind
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    from tests.agents.conftest import Ground

Kind = IncidentKind
DAY, NEXT = datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)
PLANTED = (
    (Incident(Kind.ISSUER_OUTAGE, DAY, NEXT, 0.8, issuer="issuer_br_02"), CauseClass.ISSUER_OUTAGE),
    (Incident(Kind.PSP_DEGRADATION, DAY, NEXT, 0.5, psp="cerrado", network="visa"), CauseClass.PSP_DEGRADATION),
    (Incident(Kind.THREE_DS_FAILURE, DAY, NEXT, 0.8, network="mastercard"), CauseClass.AUTHENTICATION_FAILURE),
    (Incident(Kind.BAD_RULE, DAY, NEXT, 0.5, country="BR", segment="Digital"), CauseClass.RULE_CHANGE),
    (Incident(Kind.SILENT_DRIFT, DAY, NEXT, 3.5, issuer="issuer_br_01", psp="aurora_pay"), CauseClass.RULE_CHANGE),
    (Incident(Kind.BIN_ATTACK, DAY, NEXT, 0.06, issuer="issuer_br_03", merchant_id="m_13"), CauseClass.FRAUD_ATTACK),
)


@pytest.fixture(scope="module")
def world() -> World:
    return World(17, calm=True)


@pytest.fixture(scope="module")
def weeks(world: World) -> pa.Table:
    return attempts_table(world, 170_000, 17, DAY.date())


def explained(world: World, weeks: pa.Table, planted: tuple[Incident, ...]) -> tuple[Diagnosis, pa.Table]:
    day = attempts_table(world, 20_000, 2, NEXT.date(), planted)
    day = day.filter(pa.compute.greater_equal(day["event_timestamp"], pa.scalar(DAY, pa.timestamp("us", tz="UTC"))))
    both = attempts_of(pa.concat_tables([day, weeks]))
    rows = np.arange(len(both))
    return diagnose(both.part(rows[: day.num_rows]), both.part(rows[day.num_rows :])), day


@pytest.mark.parametrize(("incident", "cause"), PLANTED, ids=lambda one: getattr(one, "kind", one).value)
def test_a_planted_incident_is_the_first_cause(
    world: World, weeks: pa.Table, incident: Incident, cause: CauseClass
) -> None:
    found, day = explained(world, weeks, (incident,))

    first = found.causes[0]
    assert Planted(incident).overlap(day, in_scope(day, first.where)) >= 0.8
    assert first.cause is cause
    assert first.low < first.effect < first.high < 0
    assert first.p_adjusted < 0.01
    assert first.start is not None
    assert abs(first.start - DAY) < timedelta(hours=3)
    assert found.cannot_tell


def test_a_mix_shift_is_the_mix_and_no_segments_fault(world: World, weeks: pa.Table) -> None:
    found, _ = explained(world, weeks, (Incident(Kind.MIX_SHIFT, DAY, NEXT, 0.3, segment="Travel"),))

    assert [cause.cause for cause in found.causes] == [CauseClass.MIX_SHIFT]
    assert found.split.mix < -0.01
    assert abs(found.split.rate) < 0.006
    assert found.split.moves[0].value == "Travel"
    assert "other payments came" in headline(found).lower()


def test_on_a_quiet_day_nobody_is_blamed(world: World, weeks: pa.Table) -> None:
    found, _ = explained(world, weeks, ())

    assert [cause for cause in found.causes if cause.cause is not CauseClass.MIX_SHIFT] == []


def test_the_two_parts_add_up_to_the_change(world: World, weeks: pa.Table) -> None:
    parts = explained(world, weeks, (PLANTED[0][0],))[0].split

    assert parts.mix + parts.rate == pytest.approx(parts.rate_now - parts.rate_before)


def emptied(attempts: Attempts) -> Attempts:
    psp = attempts.columns["psp"]
    return replace(attempts, columns={**attempts.columns, "psp": replace(psp, codes=np.full(len(psp.codes), 0))})


def test_a_feed_that_falls_silent_is_a_problem_of_the_data(weeks: pa.Table) -> None:
    both = attempts_of(weeks)
    last = both.at_us >= both.at_us.max() - 86_400_000_000

    found = diagnose(emptied(both.part(np.flatnonzero(last))), both.part(np.flatnonzero(~last)))

    assert {gap.kind for gap in found.gaps} == {"silent"}
    assert any("data" in limit for limit in found.cannot_tell)


def test_a_period_is_compared_with_the_four_weeks_before() -> None:
    first, clock = END - timedelta(days=35), END - timedelta(seconds=1)

    asked = periods(Scope(), clock=clock, first=first)

    assert asked.now.range is not None
    assert asked.before.range is not None
    assert asked.now.range[1] - asked.now.range[0] == timedelta(days=1)
    assert asked.before.range == (asked.now.range[0] - timedelta(days=28), asked.now.range[0])
    with pytest.raises(BadInput, match="nothing is known"):
        periods(Scope(start=END, end=END + timedelta(days=1)), clock=clock, first=first)
    with pytest.raises(BadInput, match="compare"):
        periods(Scope(start=first, end=END), clock=clock, first=first)


def test_a_lakehouse_is_diagnosed_in_any_scope(ground: Ground) -> None:
    scope = Scope(start=END - timedelta(days=7), end=END, networks=("visa",))

    found, sql = diagnose_scope(ground.lakehouse, scope)

    assert found.start >= END - timedelta(days=7)
    assert found.reference_end < END - timedelta(days=7)
    assert found.attempts == ground.lakehouse.rows(f"select count(*) as n from ({sql})")[0]["n"]
    assert all(claim(cause) for cause in found.causes)


def test_too_few_attempts_are_no_ground_for_a_diagnosis(ground: Ground) -> None:
    with pytest.raises(BadInput, match="sales"):
        diagnose_scope(ground.lakehouse, Scope(start=END - timedelta(minutes=5), end=END))


def test_the_command_line_explains(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["diagnose", "--range", "7d", "--home", str(ground.home.path), "--json"])
    told = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit):
        main(["diagnose", "--home", str(ground.home.path)])

    assert ended.value.code == 0
    assert told["split"]["rate_now"] > 0.5
    assert "What this cannot tell:" in capsys.readouterr().out
