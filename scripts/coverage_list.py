"""Every system the two documents name, and the command or page that shows it working: the list behind docs/coverage.md.

A test walks it: a command must be one of the command line or a file that is there, a page must have a route.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple


class Covered(NamedTuple):
    """One system: what it is called in the documents, and where it is seen at work."""

    system: str
    command: str
    page: str  # address, or empty


COVERAGE: Final = (
    Covered("Bundle (databricks.yml, resources)", "scripts/bundle.sh validate dev", "/setup"),
    Covered("Optional parts: dashboards, serving, search", "scripts/bundle.sh deploy dev --with serving", ""),
    Covered("Unity Catalog schema and four volumes", "payment-analysis job run 1", "/setup"),
    Covered("Lakebase: project, branch, endpoint, tables", "scripts/create_lakebase_autoscaling.py", "/setup"),
    Covered("Lakehouse bootstrap", "payment-analysis job run 1", "/data-quality"),
    Covered("Job 1 Create Data Repositories", "payment-analysis job run 1", "/setup"),
    Covered("Job 2 Simulate Transaction Events", "payment-analysis job run 2", "/setup"),
    Covered("Job 3 Initialize Ingestion: gold views", "payment-analysis job run 3", "/setup"),
    Covered("Job 3: Unity Catalog functions", "payment-analysis tools", "/setup"),
    Covered("Job 4 Deploy Dashboards", "payment-analysis job run 4", "/dashboards"),
    Covered("Job 5 Train Models & Model Serving", "payment-analysis job run 5", "/setup"),
    Covered("Job 6 Deploy AgentBricks Agents", "payment-analysis job run 6", "/setup"),
    Covered("Job 7 Genie Space Sync", "payment-analysis job run 7", "/setup"),
    Covered("Pipeline Payment Analysis ETL", "payment-analysis pipeline start payment_analysis_etl", "/setup"),
    Covered("The same pipeline on Spark", "payment-analysis build --engine spark", ""),
    Covered("Pipeline Payment Real-Time Stream", "payment-analysis pipeline start payment_realtime_pipeline", "/live"),
    Covered("SQL warehouse", "scripts/bundle.sh deploy dev", "/setup"),
    Covered("Transaction stream simulator", "payment-analysis simulate --attempts 1000 --days 5 --seed 7", "/live"),
    Covered("Bronze, silver and gold tables", 'payment-analysis query "show tables"', "/data-quality"),
    Covered("Gold views of both documents", 'payment-analysis query "show views"', "/dashboards"),
    Covered("Twelve AI/BI dashboards", "scripts/dashboards.py prepare", "/dashboards"),
    Covered("Vector search: similar transactions", "payment-analysis job run 3", "/setup"),
    Covered("Four models in MLflow", "payment-analysis models", "/models"),
    Covered("AI gateway limits of the serving endpoints", "scripts/bundle.sh deploy dev --with serving", ""),
    Covered("Agents and their tools", "payment-analysis tools", "/agents"),
    Covered("Genie spaces", "payment-analysis job run 7", "/setup"),
    Covered("Nine notebooks", "payment-analysis job list", "/notebooks"),
    Covered("Web application: executive overview", "payment-analysis serve", "/"),
    Covered("Declines and reason codes", "payment-analysis report", "/reason-codes"),
    Covered("Smart checkout", "payment-analysis serve", "/smart-checkout"),
    Covered("Smart retry", "payment-analysis serve", "/smart-retry"),
    Covered("Incidents", "payment-analysis serve", "/incidents"),
    Covered("Decisioning", "payment-analysis decide", "/decisioning"),
    Covered("Rules", "payment-analysis serve", "/rules"),
    Covered("Experiments", "payment-analysis serve", "/experiments"),
    Covered("Declines", "payment-analysis report", "/declines"),
    Covered("Databricks App: app.yml, bindings, forwarded token", "scripts/bundle.sh deploy dev", "/setup"),
    Covered("Profile and the identity that is forwarded", "payment-analysis serve", "/profile"),
    Covered("Setup & Run: catalog, schema, connection, checklist", "payment-analysis serve", "/setup"),
    Covered("run_and_validate_jobs", "scripts/run_and_validate_jobs.py status", "/setup"),
    Covered("requirements.txt from the lock", "scripts/sync_requirements_from_lock.py", ""),
    Covered("apx dev and build", "apx build", ""),
)

# What the documents call a system, and the row that covers it; a test finds each word in the documents and each row.
NAMED: Final = {
    "Databricks Asset Bundle": "Bundle (databricks.yml, resources)",
    "SQL Warehouse": "SQL warehouse",
    "Unity Catalog": "Unity Catalog schema and four volumes",
    "Lakebase": "Lakebase: project, branch, endpoint, tables",
    "lakehouse_bootstrap": "Lakehouse bootstrap",
    "1. Create Data Repositories": "Job 1 Create Data Repositories",
    "2. Simulate Transaction Events": "Job 2 Simulate Transaction Events",
    "3. Initialize Ingestion": "Job 3 Initialize Ingestion: gold views",
    "4. Deploy Dashboards": "Job 4 Deploy Dashboards",
    "5. Train Models & Model Serving": "Job 5 Train Models & Model Serving",
    "6. Deploy AgentBricks Agents": "Job 6 Deploy AgentBricks Agents",
    "7. Genie Space Sync": "Job 7 Genie Space Sync",
    "payment_analysis_etl": "Pipeline Payment Analysis ETL",
    "payment_realtime_pipeline": "Pipeline Payment Real-Time Stream",
    "transaction_simulator": "Transaction stream simulator",
    "payments_enriched_silver": "Bronze, silver and gold tables",
    "v_executive_kpis": "Gold views of both documents",
    "12 dashboards": "Twelve AI/BI dashboards",
    "Vector Search": "Vector search: similar transactions",
    "approval_propensity_model": "Four models in MLflow",
    "AI Gateway": "AI gateway limits of the serving endpoints",
    "AI Agents": "Agents and their tools",
    "Payment Approval Analytics": "Genie spaces",
    "9 notebooks": "Nine notebooks",
    "Decisioning": "Decisioning",
    "Rules": "Rules",
    "Experiments": "Experiments",
    "Incidents": "Incidents",
    "Declines": "Declines",
    "Databricks App": "Databricks App: app.yml, bindings, forwarded token",
    "Setup & Run": "Setup & Run: catalog, schema, connection, checklist",
    "run_and_validate_jobs.py": "run_and_validate_jobs",
    "sync_requirements_from_lock.py": "requirements.txt from the lock",
    "apx dev": "apx dev and build",
}


def coverage_page() -> str:
    """The list as docs/coverage.md."""
    head = (
        "# Coverage\n\nWhat the two requirement documents name, and where it is seen at work. Written by "
        "\n`scripts/coverage_list.py`, which a test walks.\n\n"
        "| system | command | page |\n|---|---|---|\n"
    )
    rows = (f"| {one.system} | `{one.command}` | {f'`{one.page}`' if one.page else ''} |\n" for one in COVERAGE)
    return head + "".join(rows)


if __name__ == "__main__":
    page = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
    page.write_text(coverage_page(), encoding="utf-8")
