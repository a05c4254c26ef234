"""
An engine that does as it is told, for what the real one cannot be made to do: stall, break off, die, sleep.

    python scripted_engine.py PORT RECORD [--unhealthy-for SECONDS] [--exit CODE] [--child]

RECORD is a file that gets one line for each request: method, path and the headers that arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

EVENTS = 5
PAUSE_S = 0.15
METRICS = "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 3\n"


class Scripted:
    """What the server answers."""

    def __init__(self, record: Path, healthy_at: float) -> None:
        self.record = record
        self.healthy_at = healthy_at

    def note(self, text: str) -> None:
        with self.record.open("a") as file:
            file.write(text + "\n")

    async def health(self, _: Request) -> Response:
        return Response(status_code=200 if time.monotonic() >= self.healthy_at else 503)

    async def metrics(self, _: Request) -> Response:
        return PlainTextResponse(METRICS)

    async def models(self, _: Request) -> Response:
        return JSONResponse({"data": [{"id": "tiny"}, {"id": "sql"}]})

    async def admin(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        self.note(f"{request.method} {request.url.path}{query}")
        return JSONResponse({})

    async def chat(self, request: Request) -> Response:
        body = await request.json()
        self.note(f"POST {request.url.path} {json.dumps(dict(request.headers))}")
        match body.get("script", ""):
            case "die":
                os._exit(3)
            case "stall":
                return await self._stall(request)
            case "refuse":
                return JSONResponse({"error": {"message": "context too long", "code": 400}}, 400)
            case "clock":
                return StreamingResponse(self._clock(), media_type="text/event-stream")
            case "stream" | "break" as script:
                return StreamingResponse(self._events(script), media_type="text/event-stream")
        return JSONResponse({"echo": body})

    async def _stall(self, request: Request) -> Response:
        self.note("stalled")
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.note("given up")
        return Response()

    async def _clock(self) -> AsyncIterator[bytes]:
        for _ in range(EVENTS):
            yield f"data: {time.time()}\n\n".encode()
            await asyncio.sleep(PAUSE_S)

    async def _events(self, script: str) -> AsyncIterator[bytes]:
        try:
            for number in range(EVENTS):
                if script == "break" and number == 2:
                    os._exit(3)
                yield f"data: {number}\n\n".encode()
                await asyncio.sleep(PAUSE_S)
            yield b"data: [DONE]\n\n"
            self.note("streamed")
        except asyncio.CancelledError:
            self.note("stream given up")
            raise


def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("record", type=Path)
    parser.add_argument("--unhealthy-for", type=float, default=0)
    parser.add_argument("--exit", type=int)
    parser.add_argument("--child", action="store_true")
    options = parser.parse_args()
    print("scripted engine", flush=True)
    if options.exit is not None:
        print("ValueError: no such model", flush=True)
        sys.exit(options.exit)
    if options.child:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        options.record.write_text(f"{child.pid}\n")
    scripted = Scripted(options.record, time.monotonic() + options.unhealthy_for)
    app = Starlette(
        routes=[
            Route("/health", scripted.health),
            Route("/metrics", scripted.metrics),
            Route("/v1/models", scripted.models),
            Route("/v1/chat/completions", scripted.chat, methods=["POST"]),
            Route("/{rest:path}", scripted.admin, methods=["GET", "POST"]),
        ]
    )
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
