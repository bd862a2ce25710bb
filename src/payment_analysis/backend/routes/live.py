"""The live feed as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from payment_analysis.backend.data_state import DataStateDep
from payment_analysis.backend.dependencies import Warehouse, WarehouseDep
from payment_analysis.backend.live_feed import Arrived, Listeners, arrived_since, newest_place

router = APIRouter(prefix="/api/live", tags=["live"])

POLL_SECONDS = 1.0
QUIET_SECONDS = 15.0  # a comment keeps proxies from closing a silent connection
STREAM_SECONDS_MAX = 600  # then the browser comes back with the place it has reached


@router.get(
    "/events",
    operation_id="streamAttempts",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Events."}},
)
async def stream_attempts(
    request: Request,
    warehouse: WarehouseDep,
    state: DataStateDep,
    *,
    after: Annotated[int | None, Query(ge=0, le=2**52, description="Place to go on from; else from now on.")] = None,
    seconds: Annotated[int, Query(ge=0, le=STREAM_SECONDS_MAX, description="How long to listen.")] = STREAM_SECONDS_MAX,
    last_event_id: Annotated[str | None, Header(description="Place a browser goes on from.")] = None,
) -> StreamingResponse:
    """New attempts as they arrive: events `attempts` with `rows`, at most 200, and how many were `skipped`."""
    told = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    place = min(told, 2**52) if told is not None else await run_in_threadpool(newest_place, warehouse)
    listening = ExitStack()
    listeners: Listeners = request.app.state.listeners
    listening.enter_context(listeners.one_more())
    return StreamingResponse(
        _events(request, warehouse, place, seconds, listening),
        media_type="text/event-stream",
        headers={**state.headers(), "cache-control": "no-store"},
    )


async def _events(
    request: Request, warehouse: Warehouse, place: int, seconds: float, listening: ExitStack
) -> AsyncIterator[bytes]:
    with listening:
        ends, spoke = time.monotonic() + seconds, time.monotonic()
        yield b"retry: 2000\n\n"
        while True:
            arrived = await run_in_threadpool(arrived_since, warehouse, place)
            if arrived.rows:
                place, spoke = arrived.place, time.monotonic()
                yield _event(arrived)
            elif time.monotonic() - spoke > QUIET_SECONDS:
                spoke = time.monotonic()
                yield b": still here\n\n"
            if time.monotonic() >= ends or await request.is_disconnected():
                return
            await asyncio.sleep(POLL_SECONDS)


def _event(arrived: Arrived) -> bytes:
    data = orjson.dumps({"rows": arrived.rows, "skipped": arrived.skipped, "place": arrived.place}, default=float)
    return b"event: attempts\nid: %d\ndata: %s\n\n" % (arrived.place, data)
