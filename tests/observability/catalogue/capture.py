"""Writes down which metrics real programs have: `python -m tests.observability.catalogue.capture`.

Each program is started on loopback with the smallest configuration that makes it show all of its metrics, is given
something to count, failures too, and is asked for its metrics. Names and labels go to `seen-<program>.txt` beside this
file. Programs are those of the toolchain: `python3 -m toolchain build`. `seen-loki.txt` is a record: it was captured
from Loki 3.7.8, which is under the AGPL and is no longer built.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components.foundation.jobkit.exporter import text
from components.foundation.jobkit.record import Record, Snapshot
from tests.observability.catalogue.exposition import Series, merged, series_of, written
from tests.observability.catalogue.observed import PATIENCE_SECONDS, ask, running, until
from toolchain import ports, toolbox

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent


def main() -> int:
    """Capture all of them; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="ballast-catalogue-") as folder:
        place = Path(folder)
        for name, capture in CAPTURES.items():
            found = capture(place)
            path = HERE / f"seen-{name}.txt"
            path.write_text(written(found, f"seen: {_version(name)}"), encoding="utf-8")
            sys.stdout.write(f"{path.name}: {len(found)} metrics\n")
    return 0


def _version(name: str) -> str:
    if name == "snapshot-metrics":
        return "components.foundation.jobkit.exporter"
    shown = subprocess.run(
        [toolbox.require(name), "--version"], capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    return (shown.stdout or shown.stderr).splitlines()[0].strip()


def _alertmanager(place: Path) -> dict[str, Series]:
    (port, gossip, nobody) = ports.pick(3)
    receiver = {"name": "away", "webhook_configs": [{"url": f"http://{ports.LOOPBACK}:{nobody}/"}]}
    route = {"receiver": "away", "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1m"}
    (place / "alertmanager.yaml").write_text(yaml.safe_dump({"route": route, "receivers": [receiver]}))
    with running(
        place,
        "alertmanager",
        "--config.file=alertmanager.yaml",
        f"--storage.path={place}/alertmanager",
        f"--web.listen-address={ports.LOOPBACK}:{port}",
        f"--cluster.listen-address={ports.LOOPBACK}:{gossip}",
    ):
        until(port, "/-/ready", lambda said: "OK" in said)
        ask(port, "/api/v2/alerts", [{"labels": {"alertname": "Example"}}])
        return series_of(until(port, "/metrics", lambda said: "alertmanager_notifications_failed_total{" in said))


def _prometheus(place: Path) -> dict[str, Series]:
    (port, nobody) = ports.pick(2)
    rule = {"alert": "Watchdog", "expr": "vector(1)"}
    (place / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "example", "rules": [rule]}]}))
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yaml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{ports.LOOPBACK}:{nobody}"]}]}]},
        "scrape_configs": [{"job_name": "itself", "static_configs": [{"targets": [f"{ports.LOOPBACK}:{port}"]}]}],
    }
    (place / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    with running(
        place,
        "prometheus",
        "--config.file=prometheus.yaml",
        f"--storage.tsdb.path={place}/prometheus",
        f"--web.listen-address={ports.LOOPBACK}:{port}",
        "--web.enable-otlp-receiver",
        "--web.enable-remote-write-receiver",
        "--enable-feature=exemplar-storage",
    ):
        said = until(
            port,
            "/metrics",
            lambda said: "prometheus_notifications_errors_total{" in said and "rule_evaluation_failures_total{" in said,
        )
        # What Prometheus makes itself of every scrape and every rule.
        values = "/api/v1/label/__name__/values"
        names = json.loads(until(port, values, lambda told: '"up"' in told and '"ALERTS"' in told))["data"]
        made = {name: Series() for name in names if name in {"up", "ALERTS"} or name.startswith("scrape_")}
        made["ALERTS"] = Series(frozenset({"alertname", "alertstate", "severity", "team"}))
        return merged(series_of(said), made)


def _otelcol(place: Path) -> dict[str, Series]:
    (port, metrics, nobody) = ports.pick(3)
    away = {
        "endpoint": f"http://{ports.LOOPBACK}:{nobody}",
        "retry_on_failure": {"enabled": False},
        "sending_queue": {"enabled": True, "queue_size": 1, "num_consumers": 1},
    }
    stuck = {**away, "retry_on_failure": {"enabled": True, "initial_interval": "30s"}}
    signals = ("traces", "metrics", "logs")
    reader = {"pull": {"exporter": {"prometheus": {"host": ports.LOOPBACK, "port": metrics}}}}
    configuration = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"{ports.LOOPBACK}:{port}"}}}},
        "exporters": {"otlp_http/away": away, "otlp_http/stuck": stuck},
        "service": {
            "telemetry": {"metrics": {"level": "normal", "readers": [reader]}},
            "pipelines": {
                signal: {"receivers": ["otlp"], "exporters": ["otlp_http/away", "otlp_http/stuck"]}
                for signal in signals
            },
        },
    }
    (place / "otelcol.yaml").write_text(yaml.safe_dump(configuration))

    def send() -> None:
        for signal, body in _telemetry().items():
            ask(port, f"/v1/{signal}", body)

    def complete(said: str) -> bool:
        return all(
            f"otelcol_exporter_{what}_{kind}" in said
            for what in ("enqueue_failed", "send_failed")
            for kind in ("spans", "metric_points", "log_records")
        )

    with running(place, "otelcol", "--config=otelcol.yaml"):
        return series_of(until(metrics, "/metrics", complete, send))


def _telemetry() -> dict[str, Any]:
    now = str(time.time_ns())
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "example"}}]}
    span = {
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": "b7ad6b7169203331",
        "name": "example",
        "kind": 1,
        "startTimeUnixNano": now,
        "endTimeUnixNano": now,
    }
    line = {"timeUnixNano": now, "body": {"stringValue": "a line"}}
    metric = {"name": "example", "gauge": {"dataPoints": [{"timeUnixNano": now, "asDouble": 1}]}}
    return {
        "traces": {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]},
        "metrics": {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}]},
        "logs": {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": [line]}]}]},
    }


def _snapshot_metrics(_: Path) -> dict[str, Series]:
    done = Snapshot(
        store="example",
        name="example",
        finished=datetime.now(UTC),
        duration_seconds=1,
        size_bytes=1,
        complete=True,
        counts={"example": 1},
    )
    return series_of(text([Record(done, done, (done,))]))


CAPTURES: dict[str, Callable[[Path], dict[str, Series]]] = {
    "snapshot-metrics": _snapshot_metrics,
    "alertmanager": _alertmanager,
    "prometheus": _prometheus,
    "otelcol": _otelcol,
}


if __name__ == "__main__":
    sys.exit(main())
