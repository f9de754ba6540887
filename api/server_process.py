"""One server process: what it runs from its orders to its end."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
import uvloop

from api.app import create_app
from api.http_protocol import HttpProtocol, sweep_connections
from api.logs import set_up_logs
from api.metrics import watch_pool
from api.parent_watch import serving_begins
from api.runtime import Runtime, open_runtime
from api.server import DRAIN_SECONDS
from api.server_child import CANNOT_START, READY, Orders, receive_orders
from api.settings import Settings, load_settings
from api.start_error import StartError

log = structlog.get_logger("rollcall.server")

# Longer than any proxy keeps an idle connection, so that it never sends into a closed one.
KEEP_ALIVE_SECONDS = 75
WAITING_CONNECTIONS = 2048
LARGEST_MESSAGE_BYTES = 1_048_576
# Beside connections of clients: those to the database and mail server, logs, modules.
OTHER_FILES = 300


class _Server(uvicorn.Server):
    """Uvicorn that tells the parent when it is ready and leaves signals to this module."""

    def __init__(self, config: uvicorn.Config, control: socket.socket, runtime: Runtime) -> None:
        super().__init__(config)
        self._control = control
        self._runtime = runtime

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        # What exists now lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.enable()
        with suppress(OSError):  # a parent that is gone is noticed elsewhere
            self._control.sendall(READY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        HttpProtocol.ends_soon = True
        # Whoever the kernel has let in already would be cut off when the last process listens no
        # more. Nothing else happens between the last of them and the end of listening.
        for listener in sockets or []:
            listener.setblocking(False)
            for _ in range(WAITING_CONNECTIONS):
                if (waiting := _next_in_line(listener)) is None:
                    break
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, waiting)
        await super().shutdown(sockets)

    def _protocol(self) -> HttpProtocol:
        return HttpProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def stop(self) -> None:
        """Take no more requests, finish those that run, and end."""
        # Live subscriptions would never finish; they go on where the client connects next.
        self._runtime.workers.tails.close()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(settings: Settings, orders: Orders, control: socket.socket) -> None:
    """Answer requests until the parent says so or is gone."""
    async with open_runtime(settings, workers=True, migrate=False, urls=orders.urls) as runtime:
        config = uvicorn.Config(
            create_app(runtime),
            interface="asgi3",
            http=HttpProtocol,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE_BYTES,
            # Compression costs each open connection more memory than all else.
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            # Without a proxy that is known, the header is anybody's to write.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            backlog=WAITING_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        HttpProtocol.most_connections = _most_connections(settings.max_connections)
        server = _Server(config, control, runtime)
        beside = [
            asyncio.create_task(watch_pool(runtime.pool)),
            asyncio.create_task(sweep_connections(server.server_state.connections)),
        ]
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, server.stop)
        loop.add_reader(control, _parent_is_gone, loop, control, server)
        serving_begins()
        await server.serve(sockets=[orders.listener])
        loop.remove_reader(control)
        for task in beside:
            task.cancel()


def _next_in_line(listener: socket.socket) -> socket.socket | None:
    try:
        connection, _ = listener.accept()
    except OSError:  # nobody is waiting, or whoever was has left
        return None
    connection.setblocking(False)
    return connection


def _most_connections(wanted: int) -> int:
    """As many as are wanted, if the process may have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + OTHER_FILES
    if soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, max(1, soft - OTHER_FILES))


def _parent_is_gone(
    loop: asyncio.AbstractEventLoop, control: socket.socket, server: _Server
) -> None:
    loop.remove_reader(control)
    server.stop()


def main(descriptor: int) -> int:
    """Wait for orders on this socket, then serve. Returns the exit code."""
    control = socket.socket(fileno=descriptor)
    orders = receive_orders(control)
    if orders is None:
        return 0
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format, traced=settings.otlp_endpoint is not None)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(settings, orders, control))
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT_START
    return 0
