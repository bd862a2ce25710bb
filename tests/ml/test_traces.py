"""Runs of agents as traces in MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from payment_analysis.ml.registry import Registry
from payment_analysis.ml.traced import ToolCall, Traced
from payment_analysis.ml.traces import EXPERIMENT, write_trace

if TYPE_CHECKING:
    from pathlib import Path

BEGAN_S = 1_790_000_000.0
ASKED = ToolCall(
    "get_routing", BEGAN_S + 0.5, 0.25, {"days": 7}, {"rows": 3}, {"agent": "smart_routing", "sql": "x"}, ""
)
REFUSED = ToolCall("get_nothing", BEGAN_S + 1.0, 0.5, {}, {"rows": 0}, {"agent": "smart_routing"}, "there is no tool")
RUN = Traced(
    "orchestrator",
    BEGAN_S,
    2.0,
    "Why do approvals fall?",
    "One issuer.",
    {"run_id": "r-1", "mode": "model"},
    [{"role": "user", "content": "Why?"}],
    [ASKED, REFUSED],
)


def test_a_run_is_found_again_with_every_tool_it_asked(tmp_path: Path) -> None:
    registry = Registry(tmp_path)

    written = write_trace(registry, RUN)

    with registry.speaking() as client:
        (found,) = client.search_traces(locations=[registry.experiment(client, EXPERIMENT)])
    run, asked, refused = sorted(found.data.spans, key=lambda span: span.start_time_ns)
    assert found.info.trace_id == written
    assert found.info.execution_duration == 2_000
    assert (found.info.tags["run_id"], found.info.tags["mode"]) == ("r-1", "model")
    assert (run.span_type, run.inputs, run.outputs) == ("AGENT", {"question": RUN.question}, {"answer": RUN.answer})
    assert run.get_attribute("messages") == list(RUN.messages)
    assert {asked.parent_id, refused.parent_id} == {run.span_id}
    assert (asked.name, asked.inputs, asked.outputs, asked.get_attribute("sql")) == (
        "get_routing", {"days": 7}, {"rows": 3}, "x",
    )  # fmt: skip
    assert asked.end_time_ns - asked.start_time_ns == pytest.approx(0.25e9, abs=1e3)
    assert (refused.status.status_code, refused.outputs["error"]) == ("ERROR", "there is no tool")


def test_an_mlflow_that_cannot_be_written_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nowhere://at/all")

    assert write_trace(Registry(tmp_path), RUN) is None

    assert "the run r-1 is not traced in MLflow" in caplog.text
