"""The program's own rules in a real Prometheus, which tells a real Alertmanager, which tells recorders.

What differs from production: exporters are one page of text that a test writes, rules are evaluated each second, and no
alert waits (`for`); expressions, windows, labels and routes are the program's own.
"""

from __future__ import annotations

import re
import threading
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import yaml

from components.composition.rooms import offered
from components.observability.alertmanager.routing import alertmanager_configuration
from components.observability.prometheus.configuration import PROMOTED
from tests.harness.alertmanager import alertmanager
from tests.harness.applied import applied, example
from tests.live.otlp import attributes, send
from tests.live.programs import Process, program
from tests.live.prometheus import Replica
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from components.settings.stack import StackSettings

ROOMS = ("chroma", "snapshots", "collector", "applications", "models")


@dataclass
class Page:
    """What all exporters show.

    Attributes:
        values: by series.
    """

    values: dict[str, float] = field(default_factory=dict)

    def text(self) -> str:
        return "".join(f"{series} {value}\n" for series, value in dict(self.values).items())


@dataclass
class Counted:
    """A histogram of an application, which goes on from where it was.

    Attributes:
        service: who sends it.
        name: as the application names it, in OpenTelemetry's words.
        unit: its unit.
    """

    service: str
    name: str
    unit: str
    begun: int = field(default_factory=time.time_ns)
    points: dict[tuple[tuple[str, str], ...], tuple[int, float]] = field(default_factory=dict)

    def add(self, count: int, total: float, given: Mapping[str, str]) -> None:
        """Count some more, with their sum, under these attributes."""
        key = tuple(given.items())
        before = self.points.get(key, (0, 0.0))
        self.points[key] = (before[0] + count, before[1] + total)

    def payload(self) -> dict[str, Any]:
        """Return what an SDK sends at the end of its interval."""
        points = [
            {
                "attributes": attributes(dict(key)),
                "startTimeUnixNano": str(self.begun),
                "timeUnixNano": str(time.time_ns()),
                "count": str(count),
                "sum": total,
                "explicitBounds": [0.1],
                "bucketCounts": [str(count), "0"],
            }
            for key, (count, total) in self.points.items()
        ]
        metric = {"name": self.name, "unit": self.unit}
        metric |= {"histogram": {"aggregationTemporality": 2, "dataPoints": points}}  # pyrefly: ignore - JSON
        scope = {"scope": {"name": "tests"}, "metrics": [metric]}
        resource = {"attributes": attributes({"service.name": self.service})}
        return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [scope]}]}


class Alerting:
    """Prometheus and Alertmanager, and what tells them.

    Attributes:
        page: what exporters show.
        told: Alertmanager, and who it tells.
        replica: Prometheus.
    """

    def __init__(self, folder: Path, rooms: Collection[str] = ROOMS, pace: str = "1s") -> None:
        self._folder, self._rooms, self._pace = folder, rooms, pace
        self.page = Page()

    def __enter__(self) -> Self:
        stack = applied()
        with ExitStack() as opened:
            exporters = opened.enter_context(_exporters(self.page))
            quiet = stack.alertmanager.model_copy(update={"maintenance": {}})
            (self._folder / "alertmanager").mkdir()
            self.told = opened.enter_context(
                alertmanager(self._folder / "alertmanager", alertmanager_configuration(quiet, "prod"))
            )
            (port,) = ports.pick(1)
            self.rules(stack)
            (self._folder / "prometheus.yaml").write_text(yaml.safe_dump(self._configuration(exporters)))
            own = [f"--config.file={self._folder}/prometheus.yaml", f"--storage.tsdb.path={self._folder}/data"]
            listens = [f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", "--web.enable-otlp-receiver"]
            url = f"http://127.0.0.1:{port}"
            process = Process([program("prometheus"), *own, *listens], self._folder, f"{url}/-/ready")
            self.replica = Replica(process, url)
            opened.enter_context(process)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def rules(self, stack: StackSettings) -> None:
        """Write the rules of a stack."""
        groups = [
            {**group, "interval": self._pace, "rules": [_hastened(rule) for rule in group["rules"]]}
            for one in offered(stack)
            if one.name in self._rooms
            for group in one.groups("http://grafana")
        ]
        (self._folder / "rules.yaml").write_text(yaml.safe_dump({"groups": groups}))

    def send(self, counted: Counted) -> None:
        """Send what an application has counted."""
        send(f"{self.replica.url}/api/v1/otlp", counted.payload())

    def allow(self, day: str) -> None:
        """Raise what may be spent in a day, as somebody does in the stack file, and load the rules anew."""
        section = example()
        (line,) = [line for line in section.splitlines() if "day: {warning:" in line]
        self.rules(applied(section.replace(line, f"          day: {{warning: {day}}}")))
        request = urllib.request.Request(f"{self.replica.url}/-/reload", method="POST")  # noqa: S310 - on loopback
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - as above

    def says(self, path: str, word: str, alert: str) -> list[Any]:
        """Return the messages to a receiver about an alert that fires or is over, by the word that it begins with."""
        bodies = [message.body for message in self.told.vendors.at(path)]
        return [body for body in bodies if alert in str(body) and _begins(body) == word]

    def _configuration(self, exporters: int) -> dict[str, Any]:
        return {
            "global": {
                "scrape_interval": self._pace,
                "evaluation_interval": self._pace,
                "external_labels": {"environment": "prod", "cluster": "prod"},
            },
            "rule_files": [f"{self._folder}/rules.yaml"],
            "otlp": {
                "promote_resource_attributes": list(PROMOTED),
                "translation_strategy": "UnderscoreEscapingWithSuffixes",
            },
            "scrape_configs": [
                {"job_name": "all", "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{exporters}"]}]}
            ],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self.told.port}"]}]}]},
        }


def _begins(body: dict[str, Any]) -> str:
    """The action of a page, or the first word of a message, `[FIRING:1]`."""
    if "event_action" in body:
        return body["event_action"]
    (found,) = re.findall(r"\[(FIRING|RESOLVED)", str(body))[:1] or ("",)
    return found


def _hastened(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rule.items() if key != "for"}


class _exporters:  # noqa: N801 - used like a function
    def __init__(self, page: Page) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = page.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
                """Keep the test output clean."""

        self._server = ThreadingHTTPServer((ports.LOOPBACK, 0), Handler)

    def __enter__(self) -> int:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self._server.server_address[1]

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
