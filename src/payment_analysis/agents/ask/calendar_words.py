"""Days, months and units of time by their words in English, Portuguese and Spanish."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask.text import stem

if TYPE_CHECKING:
    from collections.abc import Mapping


def _numbered(text: str) -> Mapping[str, int]:
    """Words by the number of their line, from 1."""
    lines = text.strip().splitlines()
    return MappingProxyType({stem(word): n for n, line in enumerate(lines, 1) for word in line.split()})


MONTHS: Final = _numbered("""
january jan janeiro enero
february feb fevereiro febrero
march marco marzo
april apr abril
may maio mayo
june jun junho junio
july jul julho julio
august aug agosto
september sept sep setembro septiembre setiembre
october oct outubro octubre
november nov novembro noviembre
december dec dezembro diciembre
""")
WEEKDAYS: Final = _numbered("""
monday segunda lunes
tuesday terca martes
wednesday quarta miercoles
thursday quinta jueves
friday sexta viernes
saturday sabado
sunday domingo
""")
QUARTERS: Final = _numbered("""
q1 t1 first primeiro primer 1
q2 t2 second segundo 2
q3 t3 third terceiro tercer 3
q4 t4 fourth quarto cuarto 4
""")
UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        stem(word): unit
        for unit, words in {
            "minute": "minute minutes minuto minutos min mins",
            "hour": "hour hours hr hrs h hora horas",
            "day": "day days d dia dias",
            "week": "week weeks semana semanas",
            "month": "month months mes meses",
            "quarter": "quarter quarters trimestre trimestres",
            "year": "year years ano anos",
        }.items()
        for word in words.split()
    }
)
TODAY: Final = frozenset({"today", "hoje", "hoy"})
YESTERDAY: Final = frozenset({"yesterday", "ontem", "ayer"})
DAY_BEFORE_YESTERDAY: Final = (("day", "before", "yesterday"), ("anteontem",), ("anteayer",), ("antes", "de", "ayer"))
LAST: Final = frozenset(
    {"last", "past", "previou", "previous", "prior", "ultimo", "ultima", "passado", "passada", "pasado", "pasada"}
)
ROLLING: Final = frozenset({"past", "ultimo", "ultima"})
THIS: Final = frozenset({
    "this", "current", "este", "esta", "neste", "nesta", "atual", "actual", "deste", "desta", "esse", "essa",
    "corrente", "corriente",
})  # fmt: skip
AFTER_UNIT: Final = frozenset({"passado", "passada", "pasado", "pasada"})  # "semana passada"
BEFORE_UNIT: Final = frozenset({"previou", "previous", "prior", "preceding"})
EARLIER: Final = frozenset({"before", "previou", "previous", "anterior", "prior", "earlier", "preceding", "ante"})
SINCE: Final = frozenset({"since", "desde", "starting"})
UNTIL: Final = frozenset({"until", "till", "ate", "hasta"})
FROM: Final = frozenset({"from", "between", "de", "entre", "desde", "do", "dia"})
TO: Final = frozenset({"to", "and", "a", "e", "y", "ate", "hasta", "through", "until", "al", "ao", "till"})
OF: Final = frozenset({"of", "de", "del", "do", "in"})
