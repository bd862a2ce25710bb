"""Which role may ask which address: one table, and nothing that is not in it is answered.

`None` is for everybody, signed in or not. A test compares the table with the application's routes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.backend.gold_questions import GOLD_QUESTIONS
from payment_analysis.domain.errors import NotAllowed, NotSignedIn
from payment_analysis.domain.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.backend.asking import Person

OPEN: Final = None
VIEWER, ANALYST, OPERATOR, ADMIN = Role.VIEWER, Role.ANALYST, Role.OPERATOR, Role.ADMIN

ACCESS: Final[Mapping[tuple[str, str], Role | None]] = MappingProxyType(
    {
        **{("GET", f"/api/analytics{question.path}"): VIEWER for question in GOLD_QUESTIONS},
        ("GET", "/api/analytics/kpis"): VIEWER,
        ("GET", "/api/analytics/countries"): VIEWER,
        ("GET", "/api/analytics/command-center/entry-throughput"): VIEWER,
        ("GET", "/api/analytics/dimensions/{dimension}"): VIEWER,
        # the application itself
        ("GET", "/sign-in"): OPEN,
        ("GET", "/docs"): OPEN,
        ("GET", "/docs/start.js"): OPEN,
        ("GET", "/docs/{name}"): OPEN,
        ("GET", "/openapi.json"): OPEN,
        ("GET", "/api/v1/healthcheck"): OPEN,
        ("GET", "/api/v1/health/database"): VIEWER,
        ("GET", "/api/version"): OPEN,
        # the pages: they hold no data, and ask for it with the cookie of whoever looks at them
        ("GET", "/{path:page}"): OPEN,
        ("GET", "/assets/{name}"): OPEN,
        ("GET", "/favicon.svg"): OPEN,
        ("GET", "/theme.js"): OPEN,
        ("GET", "/robots.txt"): OPEN,
        ("GET", "/api/auth/status"): OPEN,
        ("POST", "/api/auth/sign-out"): VIEWER,
        # the report and the contract of attempts
        ("GET", "/report"): VIEWER,
        ("GET", "/api/report"): VIEWER,
        ("GET", "/api/schemas/attempt"): VIEWER,
        ("GET", "/api/schemas/life-cycles"): VIEWER,
        ("GET", "/api/scope"): VIEWER,
        ("GET", "/api/marks"): VIEWER,
        ("GET", "/api/command-center/standing"): VIEWER,
        ("GET", "/api/command-center/actions"): VIEWER,
        ("GET", "/api/transactions"): VIEWER,
        ("GET", "/api/transactions/facets"): VIEWER,
        ("GET", "/api/transactions.csv"): VIEWER,
        ("GET", "/api/payments/{payment_id:path}"): VIEWER,
        ("GET", "/api/similar/{transaction_id}"): VIEWER,
        ("GET", "/api/live/events"): VIEWER,
        # dashboards; a question too long for an address is posted, and changes nothing
        ("GET", "/api/dashboards"): VIEWER,
        ("GET", "/api/dashboards/{dashboard_id}"): VIEWER,
        ("GET", "/api/dashboards/{dashboard_id}/spec"): VIEWER,
        ("POST", "/api/dashboards/{dashboard_id}/pages/{page_name}/data"): VIEWER,
        ("POST", "/api/dashboards/{dashboard_id}/pages/{page_name}/widgets/{widget_name}/csv"): VIEWER,
        # questions in words; they are posted because they are long, and change nothing
        ("POST", "/api/ask"): VIEWER,
        ("GET", "/api/agents/words"): VIEWER,
        ("GET", "/api/ask/suggestions"): VIEWER,
        ("POST", "/api/ask/feedback"): ANALYST,
        # what people say
        ("GET", "/api/analytics/insights/feedback"): VIEWER,
        ("POST", "/api/analytics/insights/feedback"): ANALYST,
        ("GET", "/api/reason-codes/mapping"): VIEWER,
        ("GET", "/api/reason-codes/reviews"): VIEWER,
        ("POST", "/api/reason-codes/reviews"): ANALYST,
        ("GET", "/api/saved-views"): VIEWER,
        ("POST", "/api/saved-views"): ANALYST,
        ("DELETE", "/api/saved-views/{view_id}"): ANALYST,
        ("GET", "/api/notifications"): VIEWER,
        ("POST", "/api/notifications/{notification_id}/read"): ANALYST,
        ("POST", "/api/notifications/read-all"): ANALYST,
        # the models
        ("GET", "/api/analytics/smart-checkout/threshold"): VIEWER,
        ("GET", "/api/analytics/models"): VIEWER,
        ("GET", "/api/models/changes"): VIEWER,
        ("GET", "/api/models/{name}/versions/{version}"): VIEWER,
        ("POST", "/api/models/{name}/promote"): OPERATOR,
        ("POST", "/api/models/{name}/roll-back"): OPERATOR,
        # what people do
        ("POST", "/api/analytics/events"): OPERATOR,
        ("GET", "/api/incidents"): VIEWER,
        ("POST", "/api/incidents"): OPERATOR,
        ("POST", "/api/incidents/draft"): OPERATOR,
        ("GET", "/api/incidents/{incident_id}"): VIEWER,
        ("PATCH", "/api/incidents/{incident_id}"): OPERATOR,
        ("POST", "/api/incidents/{incident_id}/resolve"): OPERATOR,
        ("GET", "/api/incidents/{incident_id}/recovery"): VIEWER,
        ("GET", "/api/incidents/{incident_id}/causes"): VIEWER,
        ("GET", "/api/diagnosis"): VIEWER,
        ("GET", "/api/agents"): VIEWER,
        ("GET", "/api/agents/runs"): VIEWER,
        ("GET", "/api/agents/runs/{run_id}"): VIEWER,
        ("POST", "/api/agents/runs"): ANALYST,
        ("POST", "/api/agents/chat"): ANALYST,
        ("GET", "/api/incidents/{incident_id}/tasks"): VIEWER,
        ("POST", "/api/incidents/{incident_id}/tasks"): OPERATOR,
        ("PATCH", "/api/incidents/{incident_id}/tasks/{task_id}"): OPERATOR,
        ("GET", "/api/data-quality/tables"): VIEWER,
        ("GET", "/api/data-quality/checks"): VIEWER,
        ("GET", "/api/data-quality/quarantine"): VIEWER,
        ("POST", "/api/data-quality/quarantine/{quarantine_id}/replay"): OPERATOR,
        # decisions: a preview is for people who look, everything else acts
        ("POST", "/api/decision/authentication"): OPERATOR,
        ("POST", "/api/decision/retry"): OPERATOR,
        ("POST", "/api/decision/routing"): OPERATOR,
        ("POST", "/api/decision/outcome"): OPERATOR,
        ("POST", "/api/decision/batch"): OPERATOR,
        ("POST", "/api/decision/preview"): VIEWER,
        ("POST", "/api/decision/retries/preview"): VIEWER,
        ("GET", "/api/decision/retries"): VIEWER,
        ("POST", "/api/decision/ml/approval"): VIEWER,
        ("POST", "/api/decision/ml/risk"): VIEWER,
        ("POST", "/api/decision/ml/routing"): VIEWER,
        ("POST", "/api/decision/ml/retry"): VIEWER,
        ("GET", "/api/decision/config"): VIEWER,
        ("GET", "/api/analytics/decisions/recent"): VIEWER,
        ("GET", "/api/decision/admin/config"): VIEWER,
        ("PUT", "/api/decision/admin/config/{key}"): ADMIN,
        ("GET", "/api/decision/admin/decline-codes"): VIEWER,
        ("POST", "/api/decision/admin/decline-codes"): ADMIN,
        ("DELETE", "/api/decision/admin/decline-codes/{code}"): ADMIN,
        ("GET", "/api/decision/admin/routes"): VIEWER,
        ("POST", "/api/decision/admin/routes"): ADMIN,
        # rules
        ("GET", "/api/rules/language"): VIEWER,
        ("POST", "/api/rules/validate"): ANALYST,
        ("POST", "/api/rules/analyse"): ANALYST,
        ("POST", "/api/rules/backtest"): ANALYST,
        ("POST", "/api/rules/backtest/configuration"): ANALYST,
        ("POST", "/api/rules/backtest/last"): ANALYST,
        ("GET", "/api/rules"): VIEWER,
        ("POST", "/api/rules"): OPERATOR,
        ("GET", "/api/rules/{rule_id}"): VIEWER,
        ("PATCH", "/api/rules/{rule_id}"): OPERATOR,
        ("DELETE", "/api/rules/{rule_id}"): OPERATOR,
        ("POST", "/api/rules/{rule_id}/status"): OPERATOR,
        ("GET", "/api/rules/{rule_id}/versions"): VIEWER,
        ("POST", "/api/rules/{rule_id}/rollback"): OPERATOR,
        # experiments and proposals
        ("GET", "/api/experiments"): VIEWER,
        ("POST", "/api/experiments"): OPERATOR,
        ("GET", "/api/experiments/power"): VIEWER,
        ("GET", "/api/experiments/{experiment_id}"): VIEWER,
        ("POST", "/api/experiments/{experiment_id}/start"): OPERATOR,
        ("POST", "/api/experiments/{experiment_id}/pause"): OPERATOR,
        ("POST", "/api/experiments/{experiment_id}/stop"): OPERATOR,
        ("POST", "/api/experiments/{experiment_id}/assign"): OPERATOR,
        ("GET", "/api/experiments/{experiment_id}/assignments"): VIEWER,
        ("GET", "/api/experiments/{experiment_id}/results"): VIEWER,
        ("GET", "/api/config-proposals"): VIEWER,
        ("POST", "/api/config-proposals"): ANALYST,
        ("POST", "/api/config-proposals/{proposal_id}/review"): OPERATOR,
        # jobs, pipelines, notebooks
        ("GET", "/api/setup/connection"): VIEWER,
        ("GET", "/api/config/workspace"): VIEWER,
        ("GET", "/api/setup/defaults"): VIEWER,
        ("GET", "/api/setup/settings"): VIEWER,
        ("GET", "/api/setup/config"): VIEWER,
        ("PATCH", "/api/setup/config"): ADMIN,
        ("GET", "/api/setup/jobs"): VIEWER,
        ("POST", "/api/setup/run-job"): OPERATOR,
        ("GET", "/api/setup/runs/{run_id}"): VIEWER,
        ("POST", "/api/setup/runs/{run_id}/cancel"): OPERATOR,
        ("GET", "/api/setup/runs/{run_id}/log"): VIEWER,
        ("GET", "/api/setup/pipelines"): VIEWER,
        ("POST", "/api/setup/run-pipeline"): OPERATOR,
        ("GET", "/api/setup/checklist"): VIEWER,
        ("GET", "/api/notebooks"): VIEWER,
        ("GET", "/api/notebooks/{notebook_id}"): VIEWER,
        # people
        ("GET", "/api/current-user"): VIEWER,
        ("GET", "/api/users"): ADMIN,
        ("POST", "/api/users"): ADMIN,
        ("PATCH", "/api/users/{user_id}"): ADMIN,
        ("POST", "/api/users/{user_id}/sign-in-link"): ADMIN,
        ("GET", "/api/access-tokens"): VIEWER,
        ("POST", "/api/access-tokens"): ANALYST,
        ("DELETE", "/api/access-tokens/{token_id}"): ANALYST,
        ("GET", "/api/audit"): ADMIN,
    }
)


def admit(method: str, path: str, person: Person | None) -> None:
    """Let somebody in, or say what is missing."""
    if (method, path) not in ACCESS:
        raise NotAllowed(f"{method} {path} is open to nobody.", hint="it is missing in the table of access")
    least = ACCESS[method, path]
    if least is None:
        return
    if person is None:
        raise NotSignedIn("Nobody is signed in.", hint="open the link that `payment-analysis serve` prints")
    if not person.role.covers(least):
        raise NotAllowed(
            f"{person.name} is {person.role}; {method} {path} needs {least}.", hint="ask an administrator for the role"
        )
