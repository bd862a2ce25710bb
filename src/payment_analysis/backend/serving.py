"""The server of every process: the main one listens, a worker is given its connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from payment_analysis.backend.front_door import FrontDoor

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from fastapi import FastAPI

    from payment_analysis.backend.worker_pool import WorkerPool


class Answering(uvicorn.Server):
    """An HTTP server whose connections somebody else accepts."""

    def __init__(self, app: FastAPI, *, end_seconds_max: int | None = None) -> None:
        # No proxy stands before us, so nobody may say in a header where a request comes from.
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=end_seconds_max,
            )
        )

    def protocol(self) -> asyncio.Protocol:
        """What answers one connection."""
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)


class Server(Answering):
    """The main process: says where it is once it can be asked and ended."""

    def __init__(self, app: FastAPI, pool: WorkerPool, say: Callable[[], None]) -> None:
        super().__init__(app)
        self._decisions, self._pool, self._say = app.state.decisions, pool, say
        self._door: FrontDoor | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        assert sockets, "one that listens"
        if self._pool.count == 0:
            await super().startup(sockets)
        else:
            await super().startup([])
            self._pool.begin(self._decisions)
            self._door = FrontDoor(sockets[0], self._pool, self.protocol)
            self._door.open()
        self._say()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._door is not None:
            self._door.close()
            await self._pool.close()
        await super().shutdown(sockets)
