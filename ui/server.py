"""The server around the page: what it lets through, what every reply carries, and how it starts and ends.

The Gradio app is mounted in an application of our own, not started by `launch()`: that one asks the network
about itself on the way up, prints its own lines and cannot be given a policy for the browser. Everything the
page does not need (uploads, served files, API documents, saved runs) is closed by `OPEN_PATHS`.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from rag.config import Settings
from rag.errors import InputError
from ui import checking, staff
from ui.desk import Desk, Opening, load
from ui.page import SCRIPTS, STYLE, build, theme

# What a browser needs of Gradio; everything else it offers answers 404.
OPEN_PATHS = (
    "/assets/",
    "/static/",
    "/svelte/",
    "/theme.css",
    "/favicon.ico",
    "/manifest.json",
    "/config",
    "/gradio_api/queue/",
    "/gradio_api/run/",
    "/gradio_api/heartbeat/",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/app_id",
    "/gradio_api/startup-events",
    "/staff/",
    "/checker/",
)
MAX_BODY_BYTES = 1 << 20
HEAD_START_S = 3.0
"""The models begin to load so long after the start, or when the first visitor has the page: whoever opens it
at once would else wait twice as long for it."""
# Paths whose requests may be longer.
LONGER_BODIES = {staff.PREFIX: staff.MAX_DOCUMENT_BYTES, checking.PREFIX: checking.MAX_FILE_BYTES}
# Gradio's templates are compiled in the browser, hence unsafe-eval; nothing may come from or go to elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Guard:
    """Lets through only what the page needs, and sends the browser's policy with every reply."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_policy(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        refused = _refused(scope["path"], dict(scope["headers"]))
        if refused:
            start = {"type": "http.response.start", "status": refused, "headers": []}
            await with_policy(start)
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, with_policy)


def _refused(path: str, headers: dict[bytes, bytes]) -> int:
    """The HTTP status that a request is turned away with; 0 lets it in."""
    if path != "/" and not path.startswith(OPEN_PATHS):
        return 404
    most = next((size for prefix, size in LONGER_BODIES.items() if path.startswith(prefix)), MAX_BODY_BYTES)
    length = headers.get(b"content-length", b"0")
    return 413 if not length.isdigit() or int(length) > most else 0


def application(desk: Desk, settings: Settings | None = None) -> FastAPI:
    """The page as a web application; without settings nothing is stored."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    app.include_router(checking.routes())
    if settings is not None:
        app.include_router(staff.routes(staff.Staff(desk, settings)))
    gr.mount_gradio_app(
        app,
        build(desk, settings),
        path="/",
        theme=theme(),
        css_paths=STYLE,
        head="".join(f"<script>{path.read_text(encoding='utf-8')}</script>" for path in SCRIPTS),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
    )
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve the page until Ctrl-C. Raises `InputError` if the address cannot be opened."""
    listening = _listen(host, port)
    desk = Desk(Opening(lambda: load(settings)))
    head_start = threading.Timer(HEAD_START_S, desk.opening.start)
    head_start.daemon = True
    head_start.start()
    address = f"[{host}]" if ":" in host else host
    print(
        f"条问 http://{address}:{listening.getsockname()[1]}/  (Ctrl-C 结束 ends it)",
        file=sys.stderr,
        flush=True,
    )
    try:
        asyncio.run(_run(desk, settings, listening))
    except KeyboardInterrupt:
        pass  # uvicorn has closed everything and raises it again for whoever called
    finally:
        listening.close()


async def _run(desk: Desk, settings: Settings, listening: socket.socket) -> None:
    # Made inside the running loop: outside, Gradio opens event loops of its own and never closes them.
    await server(desk, settings).serve(sockets=[listening])


class Server(uvicorn.Server):
    """A server that ends the answers and the visitors' open connections before it waits for them to end."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)


def server(desk: Desk, settings: Settings | None = None) -> Server:
    """The page on a server that has not started yet; to be called in a running event loop."""
    app = application(desk, settings)
    mounted: Any = next(route.app for route in app.routes if isinstance(route, Mount))

    def leave() -> None:
        desk.stop_all()
        mounted.stop_event.set()  # ends the connections by which Gradio knows who is there

    return Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5), leave)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, opened before anything is loaded, so that a taken port is told at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"The page cannot be opened at {host} port {port}: {error}. Choose another with --host or --port."
        ) from error
