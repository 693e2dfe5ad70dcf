"""Publishes what the records of snapshots say, as metrics; run as `python -m components.foundation.jobkit.exporter`.

Only points in time are published, no ages: the query subtracts them from its own clock, so that an exporter that hangs
or is scraped from a cache lets every snapshot grow older instead of keeping it young. Where the Kubernetes API can't be
asked the answer is 503 and no figure, and where nothing was ever recorded there is none either: alert on both.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from components.foundation.jobkit import program, record
from components.foundation.jobkit.config import ExporterConfig
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.record import Record

PORT = 9188
CACHED_SECONDS = 10.0
"""Two Prometheus servers that scrape the same pod cost the API one look."""

FORMAT = "text/plain; version=0.0.4; charset=utf-8"

_METRICS: tuple[tuple[str, str, Callable[[Record], float | None]], ...] = (
    (
        "ballast_snapshot_last_complete_timestamp_seconds",
        "When the newest complete snapshot was finished, in seconds since 1970.",
        lambda one: one.complete.finished.timestamp() if one.complete else None,
    ),
    (
        "ballast_snapshot_last_attempt_timestamp_seconds",
        "When the last attempt to take a snapshot ended, in seconds since 1970.",
        lambda one: one.attempt.finished.timestamp(),
    ),
    (
        "ballast_snapshot_complete",
        "1 if the last attempt gave a complete snapshot, 0 if it failed.",
        lambda one: float(one.attempt.complete),
    ),
    (
        "ballast_snapshot_duration_seconds",
        "How long the newest complete snapshot took.",
        lambda one: one.complete.duration_seconds if one.complete else None,
    ),
    (
        "ballast_snapshot_size_bytes",
        "What the newest complete snapshot takes in the archive.",
        lambda one: one.complete.size_bytes if one.complete else None,
    ),
    (
        "ballast_snapshot_objects",
        "Records, rows or files in the newest complete snapshot.",
        lambda one: sum(one.complete.counts.values()) if one.complete else None,
    ),
)


def text(records: Sequence[Record]) -> str:
    """Return the records in the text format of Prometheus, one label for the store."""
    lines = []
    for name, explanation, value in _METRICS:
        lines += [f"# HELP {name} {explanation}", f"# TYPE {name} gauge"]
        found = [(one.attempt.store, value(one)) for one in records]
        lines += [f'{name}{{store="{_escaped(store)}"}} {number}' for store, number in found if number is not None]
    return "\n".join(lines) + "\n"


@dataclass
class Exporter:
    """The records of one namespace.

    Attributes:
        kubernetes: where they lie.
        namespace: the namespace.
        names: names of the ConfigMaps.
    """

    kubernetes: Kubernetes
    namespace: str
    names: Sequence[str]
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[float, str] | None = None

    def metrics(self) -> str:
        """Return what is published now, at most ten seconds old.

        Raises:
            JobError: the API could not be asked, or a record is none.
        """
        with self._guard:
            if self._known is None or time.monotonic() - self._known[0] > CACHED_SECONDS:
                # One try: a scrape has a time-out of its own, and the next one comes soon.
                once = Kubernetes(self.kubernetes.client.impatient())
                self._known = None
                found = [record.read(once, self.namespace, name) for name in self.names]
                self._known = (time.monotonic(), text([one for one in found if one is not None]))
            return self._known[1]

    def server(self, port: int = PORT, host: str = "") -> ThreadingHTTPServer:
        """Return a server of `/metrics` and `/healthz`, not yet serving; on all interfaces, as pods are scraped."""
        return _Server((host, port), _handler(self))


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _handler(exporter: Exporter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer a scrape or a probe."""
            path = self.path.partition("?")[0]
            if path == "/healthz":
                self._say(200, "serving\n")
            elif path == "/metrics":
                try:
                    self._say(200, exporter.metrics())
                except JobError as error:
                    self._say(503, f"{error}\n")
            else:
                self._say(404, "only /metrics and /healthz are here\n")

        def _say(self, status: int, body: str) -> None:
            raw = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", FORMAT)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
            """Log nothing: a line per scrape says nothing that the scraper doesn't know."""

    return Handler


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def serve(job: JobContext[ExporterConfig]) -> None:
    """Serve until the pod is taken away.

    Raises:
        JobError: the port is taken, or the pod has no service account.
    """
    exporter = Exporter(job.kubernetes, job.config.namespace, job.config.records)
    try:
        server = exporter.server()
    except OSError as error:
        raise JobError(f"port {PORT} can't be opened ({error.strerror}).") from None
    program.tell(f"serving    /metrics on port {PORT}")
    with server:
        server.serve_forever()


def main() -> int:
    """Run the exporter on what its pod mounts; return the exit code."""
    return program.run("exporter", ExporterConfig, serve)


if __name__ == "__main__":
    sys.exit(main())
