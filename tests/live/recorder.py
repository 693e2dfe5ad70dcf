"""A backend that remembers what it was sent, and that can be away."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from tests.live import otlp
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Callable


class Recorder:
    """An OTLP server on loopback for JSON; its port stays the same when it is stopped and started again.

    Attributes:
        payloads: what came, parsed, in order.
        headers: of each, by lower-case name.
        paths: of each, as it was asked for.
    """

    def __init__(self) -> None:
        self.port = ports.pick(1)[0]
        self.payloads: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = _Server((ports.LOOPBACK, self.port), _handler(self._take))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more; whoever comes is refused by the kernel."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def spans(self) -> list[dict[str, Any]]:
        return [span for payload in list(self.payloads) for span in otlp.spans_of(payload)]

    def records(self) -> list[dict[str, Any]]:
        return [record for payload in list(self.payloads) for record in otlp.records_of(payload)]

    def logs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Every log record beside the attributes of the resource that it came with."""
        return [pair for payload in list(self.payloads) for pair in otlp.logs_of(payload)]

    def text(self) -> str:
        """Everything that came, as one text in which a leak can be looked for."""
        return json.dumps(self.payloads, ensure_ascii=False)

    def _take(self, path: str, headers: dict[str, str], raw: bytes) -> None:
        self.paths.append(path)
        self.headers.append(headers)
        self.payloads.append(json.loads(gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def _handler(take: Callable[[str, dict[str, str], bytes], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            take(self.path, {name.lower(): held for name, held in self.headers.items()}, raw)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
            """Keep the test output clean."""

    return Handler
