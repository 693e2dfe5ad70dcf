"""The gateway's configuration: what comes in is masked, sampled, and sent to each backend by a queue of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.collector import vendor
from components.observability.collector.log_fields import searchable, storable
from components.observability.collector.masking import redaction, span_texts
from components.observability.collector.process import MEMORY_LIMITER, extensions, otlp, service
from components.observability.collector.queues import LARGEST_BATCH, OUT_OF_ORDER_WINDOW, queue_size, sending
from components.observability.collector.sampling import tail_sampling

if TYPE_CHECKING:
    from components.observability.collector.backends import Backends, Origin
    from components.observability.collector.settings import CollectorSettings

DATA_FOLDER = "/var/lib/ballast/collector"

DATA_PREPPER, VENDOR = "otlp_grpc/data-prepper", "otlp_http/vendor"
LARGEST = {DATA_PREPPER: 1024 * 1024}
"""Bytes of a batch of logs, where not as many as usual may be sent. Data Prepper counts records, and refuses for good
what exceeds its buffer of 25600: at 41 bytes each, fewer than any record has, this is as many."""

WITHOUT_EMPTY: dict[str, Any] = {
    # A metric of no type has no points to count, which is an error.
    "error_mode": "ignore",
    "metrics": {"metric": ["metric.type == METRIC_DATA_TYPE_NONE", "Len(metric.data_points) == 0"]},
}
"""Drops metrics without points: Prometheus refuses a request in which there is one, and everybody's metrics with it."""

PLAIN: dict[str, Any] = {"tls": {"insecure": True}}
"""Without TLS: inside the cluster network policies say who speaks to whom."""


def gateway_configuration(settings: CollectorSettings, origin: Origin, backends: Backends) -> dict[str, Any]:
    """Return the configuration file as plain data.

    Args:
        settings: of the collector.
        origin: what is added to every signal.
        backends: where signals go.
    """
    traces, metrics, logs = _traces(backends), _metrics(backends), _logs(backends)
    size = queue_size(settings.gateway.disk, len([*traces, *metrics, *logs]) + (settings.vendor is not None))
    attributes = {"deployment.environment.name": origin.environment, "k8s.cluster.name": origin.cluster}
    first = ["memory_limiter", "resource/origin"]
    configuration: dict[str, Any] = {
        "extensions": extensions(DATA_FOLDER),
        "receivers": {"otlp": otlp(http=False)},
        "processors": {
            "memory_limiter": MEMORY_LIMITER,
            "resource/origin": {
                "attributes": [{"key": key, "value": value, "action": "upsert"} for key, value in attributes.items()]
            },
            "filter/empty": WITHOUT_EMPTY,
            "redaction/masks": redaction(settings.masks),
            "transform/span_texts": span_texts(settings.masks),
            "transform/storable": storable(),
            "tail_sampling": tail_sampling(settings),
        },
        "exporters": {
            **{name: {**exporter, **sending(size)} for name, exporter in traces.items()},
            **{
                name: {**exporter, **sending(size, largest=LARGEST.get(name, LARGEST_BATCH))}
                for name, exporter in logs.items()
            },
            **{name: {**exporter, **sending(size, try_for=OUT_OF_ORDER_WINDOW)} for name, exporter in metrics.items()},
        },
        "service": service(
            {
                "traces": {
                    "receivers": ["otlp"],
                    "processors": [*first, "redaction/masks", "transform/span_texts", "tail_sampling"],
                    "exporters": list(traces),
                },
                "metrics": {
                    "receivers": ["otlp"],
                    "processors": [*first, "filter/empty"],
                    "exporters": list(metrics),
                },
                "logs": {
                    "receivers": ["otlp"],
                    "processors": [*first, "redaction/masks", "transform/storable"],
                    "exporters": list(logs),
                },
            }
        ),
        "connectors": {},
    }
    if DATA_PREPPER in logs:
        _branch(configuration, "logs", {"transform/data-prepper": searchable()}, DATA_PREPPER)
    if settings.vendor is not None:
        configuration["exporters"][VENDOR] = vendor.exporter(settings.vendor, size)
        changes = {"redaction/vendor": vendor.allow_list(), "transform/vendor": vendor.silence()}
        _branch(configuration, "traces", changes, VENDOR)
    return configuration


def _branch(configuration: dict[str, Any], signal: str, processors: dict[str, Any], exporter: str) -> None:
    """A pipeline of its own, behind masks and sampling: what it changes is changed for one exporter alone."""
    name = exporter.partition("/")[2]
    pipelines = configuration["service"]["pipelines"]
    before = pipelines[signal]["exporters"]
    pipelines[signal]["exporters"] = [*(one for one in before if one != exporter), f"forward/{name}"]
    pipelines[f"{signal}/{name}"] = {
        "receivers": [f"forward/{name}"],
        "processors": list(processors),
        "exporters": [exporter],
    }
    configuration["connectors"][f"forward/{name}"] = {}
    configuration["processors"] |= processors


def _traces(backends: Backends) -> dict[str, Any]:
    traces = backends.traces
    return {f"otlp_grpc/{traces.name}": {"endpoint": traces.address("otlp-grpc"), **PLAIN}}


def _metrics(backends: Backends) -> dict[str, Any]:
    return {
        f"otlp_http/{backends.metrics.name}-{number}": {"endpoint": f"{address}/api/v1/otlp"}
        for number, address in enumerate(backends.metrics_urls)
    }


def _logs(backends: Backends) -> dict[str, Any]:
    logs: dict[str, Any] = {}
    if backends.logs is not None:
        logs[f"otlp_http/{backends.logs.name}"] = {"endpoint": f"http://{backends.logs.address('http')}/otlp"}
    if backends.data_prepper is not None:
        logs[DATA_PREPPER] = {"endpoint": backends.data_prepper.address("otlp-logs"), **PLAIN}
    return logs
