"""The seven agents as data: what each is for, which tools it may use, and which words call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class AgentName(StrEnum):
    """The seven agents."""

    ORCHESTRATOR = "orchestrator"
    SMART_ROUTING = "smart_routing"
    SMART_RETRY = "smart_retry"
    DECLINE_ANALYST = "decline_analyst"
    RISK_ASSESSOR = "risk_assessor"
    PERFORMANCE_RECOMMENDER = "performance_recommender"
    DATA_STEWARD = "data_steward"


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a planner: a tool, its arguments, and who turns the rows into findings."""

    tool: str
    why: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent. `stems` are beginnings of words, in English, Portuguese and Spanish, without accents."""

    name: AgentName
    title: str
    role: str
    stems: tuple[str, ...]
    steps: tuple[Step, ...]
    also: tuple[str, ...] = ()  # tools it may use besides, when a model decides
    questions: tuple[str, ...] = ()

    @property
    def tools(self) -> tuple[str, ...]:
        """Every tool it may use."""
        return tuple(dict.fromkeys((*(step.tool for step in self.steps), *self.also)))


def _stems(text: str) -> tuple[str, ...]:
    """Words of a line; `_` stands for a space within one."""
    return tuple(word.replace("_", " ") for word in text.split())


DIAGNOSE: Final = "diagnose"
ASK: Final = "ask_data"

AGENTS: Final[Mapping[AgentName, Agent]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Agent(
                AgentName.ORCHESTRATOR,
                "Orchestrator",
                "Understands the question, asks the right specialists, removes what is said twice and ranks the "
                "rest by "
                "value and confidence.",
                (),
                (),
                also=(ASK,),
                questions=(
                    "Analyze payment performance: routing, retries, declines and risk.",
                    "Why did approval drop yesterday?",
                    "What should we do first to approve more?",
                ),
            ),
            Agent(
                AgentName.SMART_ROUTING,
                "Smart Routing",
                "Finds where another route or payment solution approves more of the same issuer's cards.",
                _stems(
                    "rout cascad processor psp acquirer provider solution rota rote adquir provedor "
                    "proveedor enrut ruta solucion soluc"
                ),
                (
                    Step("get_route_performance", "how solutions do on each network"),
                    Step("get_issuer_route_gaps", "issuers that approve more on another route"),
                    Step("get_cost_per_approval", "speed and fee of each provider"),
                ),
                also=("get_cascade_recommendations", "get_provider_performance", "analyze_routing",
                      "get_active_approval_rules"),
                questions=("Which route approves most per issuer?", "Best cascade for Travel?",
                           "Qual rota aprova mais?"),
            ),
            Agent(
                AgentName.SMART_RETRY,
                "Smart Retry",
                "Finds declines worth another try, the wait that works, and retries that schemes forbid.",
                _stems("retr recover reprocess failed again resubmi retent recuper reintent tentativ reproces"),
                (
                    Step("get_recovery_opportunities", "good payments that were given up"),
                    Step("get_retry_waits", "how well a retry works by its wait"),
                    Step("get_retry_success_rates", "what retries win back"),
                    Step("get_retry_compliance", "scheme rules that were broken"),
                ),
                also=("analyze_retry", "get_decision_outcomes"),
                questions=("Which declines should we retry, and when?", "What do excessive retries cost?",
                           "Quais recusas devemos tentar de novo?"),
            ),
            Agent(
                AgentName.DECLINE_ANALYST,
                "Decline Analyst",
                "Explains why payments are declined and why a rate moved: mix or rate, where, since when.",
                _stems(
                    "declin reject fail denied deny reason code drop fell why cause recus negad motiv "
                    "rechaz denegad caiu queda cayo porque por_que codigo"
                ),
                (
                    Step(DIAGNOSE, "what moved the rate since the period before"),
                    Step("get_decline_trends", "the most frequent reasons"),
                    Step("get_fault_attribution", "who can change what was lost"),
                ),
                also=("get_decline_by_segment", "analyze_declines", "get_recent_incidents", "get_active_alerts"),
                questions=("Why did approval drop yesterday?", "Top decline reasons?", "Por que a aprovação caiu?"),
            ),
            Agent(
                AgentName.RISK_ASSESSOR,
                "Risk Assessor",
                "Finds attacks, and weighs fraud against the good payments that protection costs.",
                _stems(
                    "fraud risk suspicio aml attack chargeback bin burst 3ds authentic risco riesgo fraude "
                    "suspeit sospech ataque autentic"
                ),
                (
                    Step("get_card_bursts", "cards of one issuer that come to one merchant in numbers"),
                    Step("get_risk_distribution", "attempts by risk tier"),
                    Step("get_authentication_tradeoff", "what authentication costs and saves"),
                ),
                also=("get_high_risk_transactions", "get_fraud_by_segment", "analyze_risk"),
                questions=("Is there an attack going on?", "What does 3DS cost us in approvals?",
                           "Onde está a fraude?"),
            ),
            Agent(
                AgentName.PERFORMANCE_RECOMMENDER,
                "Performance Recommender",
                "Puts the headline figures in order and says which actions are worth most.",
                _stems(
                    "perform optimi improv recommend kpi opportunit summary report target trend desempenh "
                    "melhor recomend oportunidad mejor rendimient resum tendenc otimiz"
                ),
                (
                    Step("get_kpi_summary", "the headline figures"),
                    Step("get_optimization_opportunities", "what lies below its target"),
                    Step("get_trend_analysis", "the last thirty days"),
                ),
                also=("get_approval_recommendations", "analyze_performance", "get_active_alerts"),
                questions=("Top 3 actions this week?", "How do we reach 90 %?", "Como melhorar a aprovação?"),
            ),
            Agent(
                AgentName.DATA_STEWARD,
                "Data & Model Steward",
                "Says whether today's figures can be believed: freshness, coverage, wrong insights, and the models.",
                _stems(
                    "data fresh quality drift calibrat model stale missing coverage dado qualidad calidad "
                    "modelo atualiz dato atrasad insight"
                ),
                (
                    Step("get_data_freshness", "whether data arrives"),
                    Step("get_dimension_coverage", "what the data does not carry"),
                    Step("get_false_insights", "insights that people found wrong"),
                    Step("get_model_health", "versions, calibration and promotion of the models"),
                ),
                also=("get_online_features",),
                questions=("Can I believe today's numbers?", "Are the models still calibrated?",
                           "Os dados estão atualizados?"),
            ),
        )
    }
)  # fmt: skip
SPECIALISTS: Final = tuple(name for name in AgentName if name is not AgentName.ORCHESTRATOR)
