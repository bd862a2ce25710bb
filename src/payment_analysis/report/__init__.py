"""The approval report: a verdict with money, how the rate is built, where good money is lost, what to do first."""

from __future__ import annotations

from payment_analysis.report.html import render_html
from payment_analysis.report.json_form import to_json
from payment_analysis.report.page import compose
from payment_analysis.report.report import Report, build_report
from payment_analysis.report.terminal import render_terminal
from payment_analysis.report.warehouse import Warehouse

__all__ = ["Report", "Warehouse", "build_report", "compose", "render_html", "render_terminal", "to_json"]
