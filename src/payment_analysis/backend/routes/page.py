"""The report as a page."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from payment_analysis.backend.dependencies import NowDep, WarehouseDep
from payment_analysis.backend.headers import policy_for
from payment_analysis.backend.routes.report import SinceParameter, UntilParameter, ZoneParameter, instant
from payment_analysis.domain.errors import NotBuilt, NotFound
from payment_analysis.report.html import render_html
from payment_analysis.report.page import compose
from payment_analysis.report.report import build_report

router = APIRouter(tags=["report"])

EMPTY = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payment Analysis: no report yet</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; }}
code {{ font: .9rem/1.5 ui-monospace, monospace; }}
pre {{ padding: .75rem 1rem; border: 1px solid currentColor; border-radius: .5rem; overflow-x: auto; opacity: .85; }}
.why {{ opacity: .75; }}
</style>
</head>
<body>
<main>
<h1>There is no report yet</h1>
<p class="why">{why}</p>
<p>With an export of your own:</p>
<pre><code>payment-analysis ingest FILE --format stripe
payment-analysis build</code></pre>
<p>Or with the examples:</p>
<pre><code>payment-analysis up</code></pre>
<p>Then load this page again. The <a href="/docs">API page</a> and the
<a href="/api/v1/healthcheck">healthcheck</a> are here already.</p>
</main>
</body>
</html>
"""


@router.get("/report", operation_id="getReportPage", response_class=HTMLResponse)
def get_report_page(
    warehouse: WarehouseDep,
    now: NowDep,
    zone: ZoneParameter = "UTC",
    since: SinceParameter = None,
    until: UntilParameter = None,
) -> HTMLResponse:
    """The approval report as one page; before anything is built, what to run."""
    try:
        report = build_report(warehouse, now=now, zone=zone, since=instant(since), until=instant(until))
    except (NotBuilt, NotFound) as error:
        text, status = EMPTY.format(why=escape(error.message)), error.status
    else:
        text, status = render_html(compose(report)), 200
    return HTMLResponse(text, status_code=status, headers={"content-security-policy": policy_for(text)})
