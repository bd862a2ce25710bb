"""The application as a Databricks App: the workspace answers, Lakebase keeps, the platform says who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from payment_analysis.backend.forwarded import Forwarded, RemembersHeaders, Workspaces
from payment_analysis.backend.operating_there import OperatingThere
from payment_analysis.backend.similar_there import SimilarThere
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.remote import RemoteLakehouse
from payment_analysis.store.database import DATABASE_VARIABLE, Database, given_url, lakebase_url
from payment_analysis.workspace.identity import connect_as_application
from payment_analysis.workspace.lakebase import Lakebase

if TYPE_CHECKING:
    from collections.abc import Mapping

IDS: Final = ("LAKEBASE_PROJECT_ID", "LAKEBASE_BRANCH_ID", "LAKEBASE_ENDPOINT_ID")


def parts_of(environment: Mapping[str, str]) -> dict[str, object]:
    """What `create_app` is given on Databricks."""
    workspaces, store = Workspaces(environment), store_of(environment)
    url = urlsplit(environment.get("DATABRICKS_APP_URL", ""))
    if not url.hostname:
        raise BadInput("DATABRICKS_APP_URL is not set", hint="the platform sets it; by hand, give the app's address")
    warehouse = RemoteLakehouse(workspaces)
    return {
        "warehouse": warehouse,
        "similar": SimilarThere(workspaces, warehouse),
        "store": store,
        "asking": Forwarded(store, environment.get("PAYMENT_ANALYSIS_ADMINS", "").split(",")),
        "operating": OperatingThere(workspaces),
        "hosts": (url.hostname,),
        "behind_proxy": True,
        "engine": "databricks",
    }


def store_of(environment: Mapping[str, str]) -> Database:
    """Lakebase by the documents' three ids; `DATABASE_URL` names another PostgreSQL."""
    given = environment.get(DATABASE_VARIABLE, "").strip()
    if given:
        return Database(given_url(given))
    missing = [name for name in IDS if not environment.get(name)]
    if missing:
        raise BadInput(f"{missing[0]} is not set", hint="Compute → Apps → payment-analysis → Edit → Environment")
    place = Lakebase(connect_as_application(environment), *(environment[name] for name in IDS))
    host = environment.get("PGHOST") or place.host()
    user = environment.get("PGUSER") or environment.get("DATABRICKS_CLIENT_ID") or place.user()
    return Database(
        lakebase_url(host, user, environment.get("LAKEBASE_DATABASE_NAME", "databricks_postgres")),
        password=place.password,
    )


__all__ = ["RemembersHeaders", "parts_of"]
