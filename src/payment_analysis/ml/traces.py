"""What an agent did, as a trace in MLflow: the question and its answer above, every tool that was asked below."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import mlflow
from mlflow.exceptions import MlflowException

if TYPE_CHECKING:
    from payment_analysis.ml.registry import Registry
    from payment_analysis.ml.traced import Traced

EXPERIMENT: Final = "payment-analysis-agents"
log: Final = logging.getLogger(__name__)
NANOSECONDS: Final = 1_000_000_000


def write_trace(registry: Registry, traced: Traced) -> str | None:
    """Write a run down where the models lie; gives the id of the trace.

    The store has the run already, so an MLflow that is down is warned of and takes nothing from the answer.
    """
    try:
        return _written(registry, traced)
    except MlflowException as error:
        log.warning("the run %s is not traced in MLflow: %s", traced.about.get("run_id"), error)
        return None


def _written(registry: Registry, traced: Traced) -> str:
    with registry.speaking() as client:
        experiment = registry.experiment(client, EXPERIMENT)
        began, asked = _ns(traced.began_s), {"question": traced.question}
        root: Any = client.start_trace(
            traced.agent,
            span_type="AGENT",
            inputs=asked,
            tags=dict(traced.about),
            experiment_id=experiment,
            start_time_ns=began,
        )
        root.set_attribute("messages", list(traced.messages))
        for call in traced.calls:
            span = client.start_span(
                call.tool,
                trace_id=root.trace_id,
                parent_id=root.span_id,
                span_type="TOOL",
                inputs=dict(call.asked),
                attributes=dict(call.about),
                start_time_ns=_ns(call.began_s),
            )
            client.end_span(
                root.trace_id,
                span.span_id,
                outputs={**call.answered, **({"error": call.error} if call.error else {})},
                status="ERROR" if call.error else "OK",
                end_time_ns=_ns(call.began_s + call.seconds),
            )
        client.end_trace(
            root.trace_id,
            outputs={"answer": traced.answer},
            status="OK",
            end_time_ns=_ns(traced.began_s + traced.seconds),
        )
        mlflow.flush_trace_async_logging()
    return str(root.trace_id)


def _ns(seconds: float) -> int:
    return int(seconds * NANOSECONDS)
