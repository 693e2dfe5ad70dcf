"""Data sources: what Grafana asks, and how one click leads from a metric to its trace, its logs and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.observability.alertmanager.server import Alertmanager
from components.observability.loki.server import LokiServer
from components.observability.prometheus.server import Prometheus
from components.observability.tempo.server import TempoServer
from components.signals.visualizations import PROMETHEUS

if TYPE_CHECKING:
    from components.foundation.connections import Endpoint
    from components.settings.quantities import Duration

LOKI = "loki"
TEMPO = "tempo"
ALERTMANAGER = "alertmanager"
"""Fixed uids: dashboards and links name them."""

_SPAN = {"spanStartTimeShift": "-5m", "spanEndTimeShift": "5m"}
"""Clocks differ, and a pod's log line is read some time after its span."""


@dataclass(frozen=True, kw_only=True)
class DataSources:
    """What Grafana asks.

    Attributes:
        scrape_interval: how often Prometheus asks its targets; the shortest step of a query.
        loki: whether logs are in Loki; without it no link leads to logs.
    """

    scrape_interval: Duration
    loki: bool

    @property
    def servers(self) -> list[tuple[Endpoint, str]]:
        """All of them, each with the name of the port that is asked."""
        servers = [(Prometheus.endpoint, "web"), (Alertmanager.endpoint, "web"), (TempoServer.endpoint, "http")]
        return [*servers, (LokiServer.endpoint, "http")] if self.loki else servers

    def file(self) -> dict[str, Any]:
        """Return the provisioning file.

        Grafana puts environment variables in place of `$NAME`, so a `$` that is meant for Grafana's own links is
        written twice.
        """
        sources = [_prometheus(self.scrape_interval), _tempo(loki=self.loki), _alertmanager()]
        return {"apiVersion": 1, "prune": True, "datasources": [*sources, *([_loki()] if self.loki else [])]}


def _source(uid: str, address: str, data: dict[str, Any], *, default: bool = False) -> dict[str, Any]:
    return {
        "name": uid.capitalize(),
        "uid": uid,
        "type": uid,
        "access": "proxy",
        "url": f"http://{address}",
        "isDefault": default,
        "editable": False,
        "jsonData": data,
    }


def _prometheus(scrape_interval: Duration) -> dict[str, Any]:
    data = {
        "httpMethod": "POST",
        "prometheusType": "Prometheus",
        "timeInterval": scrape_interval.text,
        # OpenTelemetry's exemplars carry the first name, those of Tempo's metrics generator the second.
        "exemplarTraceIdDestinations": [{"name": name, "datasourceUid": TEMPO} for name in ("trace_id", "traceID")],
    }
    return _source(PROMETHEUS, Prometheus.endpoint.address("web"), data, default=True)


def _tempo(*, loki: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "nodeGraph": {"enabled": True},
        "serviceMap": {"datasourceUid": PROMETHEUS},
        "tracesToMetrics": {
            "datasourceUid": PROMETHEUS,
            "spanStartTimeShift": "-30m",
            "spanEndTimeShift": "30m",
            "tags": [{"key": "service.name", "value": "service"}],
            "queries": [
                {"name": "Calls per second", "query": "sum(rate(traces_spanmetrics_calls_total{$$__tags}[5m]))"},
                {
                    "name": "Failed calls per second",
                    "query": 'sum(rate(traces_spanmetrics_calls_total{$$__tags, status_code="STATUS_CODE_ERROR"}[5m]))',
                },
                {
                    "name": "95 % answer within",
                    "query": "histogram_quantile(0.95, "
                    "sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags}[5m])))",
                },
            ],
        },
    }
    if loki:
        data["tracesToLogsV2"] = {
            "datasourceUid": LOKI,
            **_SPAN,
            # Of Loki's labels the one that the collector gives to spans and to lines alike, whoever wrote them; a
            # service may call itself otherwise in its spans than its pod is called.
            "tags": [{"key": "k8s.namespace.name", "value": "k8s_namespace_name"}],
            "customQuery": True,
            "query": '{$${__tags}} | trace_id="$${__trace.traceId}"',
        }
    return _source(TEMPO, TempoServer.endpoint.address("http"), data)


def _loki() -> dict[str, Any]:
    # By OTLP the trace's id is structured metadata: a label of the line, and nothing in its text.
    link = {
        "name": "Trace",
        "matcherType": "label",
        "matcherRegex": "trace_id",
        "datasourceUid": TEMPO,
        "url": "$${__value.raw}",
        "urlDisplayLabel": "Show the trace",
    }
    return _source(LOKI, LokiServer.endpoint.address("http"), {"derivedFields": [link]})


def _alertmanager() -> dict[str, Any]:
    return _source(
        ALERTMANAGER,
        Alertmanager.endpoint.address("web"),
        {"implementation": "prometheus", "handleGrafanaManagedAlerts": False},
    )
