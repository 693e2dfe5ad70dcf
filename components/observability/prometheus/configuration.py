"""What Prometheus is told: everything that its custom resource says, computed from settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.labels import Workload, labels, selector
from components.foundation.monitors import found_by
from components.foundation.pods import fixed_resources
from components.settings.capacity import USABLE
from components.settings.quantities import Duration
from components.settings.telemetry_namespaces import NAMESPACE
from components.storage.volumes import KEEP_CLAIMS, claim_template

if TYPE_CHECKING:
    from components.observability.prometheus.settings import PrometheusSettings
    from components.settings.cluster import ClusterSettings
    from components.settings.quantities import Bytes

RESOURCE = "metrics"
"""Name of the custom resource. The operator makes all other names from it."""

STATEFUL_SET = f"prometheus-{RESOURCE}"
GOVERNING_SERVICE = "prometheus-operated"
ALERTMANAGERS = "alertmanager-operated"
"""The Service that names every Alertmanager pod: each is told each alert, and they agree among themselves."""

SERVICE = "prometheus"
ACCOUNT = "prometheus"
PORT = 9090
VOLUME = "data"

USER = 65534
"""`nobody`, the user of Prometheus' own image."""

GRACE_SECONDS = 600
"""Time to write a snapshot of what is in memory (observability, section 5, 2)."""

START_SECONDS = 1800
"""Time to read the log anew before liveness is asked for (observability, section 5, 2); the operator gives 900."""

TIMEOUT = Duration(10)
"""What a target has to answer, or the interval where that is shorter."""

LARGEST_TARGET = 20_000
"""Samples that any target may show. kube-state-metrics, the largest, shows about a hundred for each pod."""

SAMPLE_BYTES = 16
"""Of a sample that a query holds: a time and a value, eight bytes each."""

MOST_SAMPLES = 50_000_000
"""Prometheus' own limit for one query, however much memory there is."""

QUERY_SHARE = 8
"""One query may take an eighth of the memory; the rest is for what comes in and for other queries."""

LIMITS: dict[str, Any] = {
    "targetLimit": 500,
    "labelLimit": 64,
    "labelNameLengthLimit": 256,
    "labelValueLengthLimit": 2048,
    "bodySizeLimit": "50MB",
}
"""Above these a scrape fails, and says so, instead of filling the memory (observability, section 5, 1)."""

PROMOTED = (
    "service.name",
    "service.namespace",
    "deployment.environment.name",
    "k8s.namespace.name",
    "k8s.pod.name",
)
"""Resource attributes that become labels of what applications push; all others are found by `target_info`."""


WORKLOAD = Workload("prometheus", NAMESPACE)


def prometheus_spec(
    settings: PrometheusSettings, *, image: str, environment: str, cluster: ClusterSettings
) -> dict[str, Any]:
    """Return the spec of the custom resource `Prometheus`, but for the jobs that the operator can't write.

    Args:
        settings: number, sizes, retention.
        image: of Prometheus, in the version of the settings.
        environment: becomes an external label.
        cluster: its name becomes an external label; its zones are where pods may stand, its class holds the volumes.
    """
    return {
        "version": f"v{settings.version}",
        "image": image,
        "replicas": settings.replicas,
        "logFormat": "json",
        "portName": "web",
        "web": {"pageTitle": f"Prometheus {environment}"},
        **_pods(settings, cluster),
        **_storage(settings, cluster.storage_class.name),
        **_scraping(settings),
        **_pushed(),
        "externalLabels": {"environment": environment, "cluster": cluster.context or cluster.identity},
        # The one label in which replicas differ; it is taken off alerts, so that Alertmanager sees them as one.
        "replicaExternalLabelName": "prometheus_replica",
        # Two Prometheus are told apart by cluster and environment already.
        "prometheusExternalLabelName": "",
        "query": {
            "timeout": "1m",
            "maxConcurrency": 10,
            "maxSamples": min(MOST_SAMPLES, settings.memory // QUERY_SHARE // SAMPLE_BYTES),
        },
        "alerting": {
            "alertmanagers": [{"namespace": str(NAMESPACE), "name": ALERTMANAGERS, "port": "web", "apiVersion": "v2"}]
        },
        "ruleSelector": {"matchLabels": found_by()},
        "ruleNamespaceSelector": {"matchLabels": found_by()},
        "evaluationInterval": settings.scrape_interval.text,
    }


def retention_size(disk: Bytes) -> str:
    """Return the size above which the oldest metrics go, in Prometheus' unit: its MB are 2^20 bytes."""
    return f"{int(disk * USABLE) // 2**20}MB"


def _pods(settings: PrometheusSettings, cluster: ClusterSettings) -> dict[str, Any]:
    """The operator hardens its containers itself; what belongs to the pod is said here."""
    own = {"labelSelector": {"matchLabels": selector(WORKLOAD)}}
    in_zones = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": list(cluster.zones)}
    return {
        "podMetadata": {"labels": labels(WORKLOAD)},
        "serviceAccountName": ACCOUNT,
        # It asks the API server which pods there are.
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [in_zones]}]
                }
            },
            # Hard: replicas on one machine would be lost together, and alerting with them.
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{**own, "topologyKey": "kubernetes.io/hostname"}]
            },
        },
        "topologySpreadConstraints": [
            {
                **own,
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
            }
        ],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "maximumStartupDurationSeconds": START_SECONDS,
    }


def _storage(settings: PrometheusSettings, storage_class: str) -> dict[str, Any]:
    return {
        "retention": settings.retention.text,
        "retentionSize": retention_size(settings.disk),
        "walCompression": True,
        # What is pushed comes late: queued in a collector, sent again after a fault.
        "tsdb": {"outOfOrderTimeWindow": "30m"},
        "enableFeatures": [
            "exemplar-storage",
            "memory-snapshot-on-shutdown",
            # Some SDKs send what was added since the last time; without it one such counter has everything refused
            # that came in the same request.
            "otlp-deltatocumulative",
        ],
        # About 100 bytes each (observability, 2.5).
        "exemplars": {"maxSize": 100_000},
        "storage": {"volumeClaimTemplate": claim_template(VOLUME, settings.disk, storage_class)},
        "persistentVolumeClaimRetentionPolicy": KEEP_CLAIMS,
    }


def _scraping(settings: PrometheusSettings) -> dict[str, Any]:
    interval = settings.scrape_interval
    return {
        "scrapeInterval": interval.text,
        "scrapeTimeout": min(TIMEOUT, interval).text,
        **LIMITS,
        "sampleLimit": sample_limit(settings),
        # A monitor may be stricter than these, never more generous.
        "enforcedSampleLimit": sample_limit(settings),
        "enforcedTargetLimit": LIMITS["targetLimit"],
        "enforcedBodySizeLimit": LIMITS["bodySizeLimit"],
        "keepDroppedTargets": 100,
        # `Endpoints` are deprecated, and cut off at a thousand addresses.
        "serviceDiscoveryRole": "EndpointSlice",
        # Monitors reach no file of the pod: its token would be sent to whomever they name.
        "arbitraryFSAccessThroughSMs": {"deny": True},
        **{
            f"{kind}{what}": {"matchLabels": found_by()}
            for kind in ("podMonitor", "serviceMonitor")
            for what in ("Selector", "NamespaceSelector")
        },
    }


def sample_limit(settings: PrometheusSettings) -> int:
    """Return how many samples one target may show: a quarter of all that is expected, so that none takes it all."""
    return max(LARGEST_TARGET, settings.series // 4)


def _pushed() -> dict[str, Any]:
    return {
        "enableRemoteWriteReceiver": True,
        "enableOTLPReceiver": True,
        "otlp": {
            "promoteResourceAttributes": list(PROMOTED),
            "translationStrategy": "UnderscoreEscapingWithSuffixes",
            # Else `target_info` would lack what tells services apart.
            "keepIdentifyingResourceAttributes": True,
        },
    }
