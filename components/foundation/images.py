"""The image catalogue: the one place that knows what an image is called."""

from __future__ import annotations

from dataclasses import dataclass

QUAY = "quay.io"
KUBERNETES = "registry.k8s.io"
"""Registries of images that are not on the default one; a mirror stands in for these too."""


@dataclass(frozen=True, kw_only=True)
class ImageCatalogue:
    """Names of all images, each with the version that settings give; `mirror` replaces the default registry."""

    mirror: str | None

    def opensearch(self, version: str, derived: str | None) -> str:
        """Return the stock OpenSearch image, or the derived one that also holds `repository-s3`."""
        return self._named(derived or "opensearchproject/opensearch", version)

    def opensearch_dashboards(self, version: str) -> str:
        """Return the console's image; OpenSearch and its Dashboards are released under one version."""
        return self._named("opensearchproject/opensearch-dashboards", version)

    def metrics_exporter(self, version: str) -> str:
        """Return the exporter that also speaks OpenSearch (search-stores, "Metrics B")."""
        return self._named("prometheuscommunity/elasticsearch-exporter", version)

    def qdrant(self, version: str) -> str:
        """Return Qdrant's image whose user is no root and so needs no right to change the owner of a volume."""
        return self._named("qdrant/qdrant", f"v{version}-unprivileged")

    def chroma(self, version: str) -> str:
        """Return Chroma's image."""
        return self._named("chromadb/chroma", version)

    def python(self, name: str, version: str) -> str:
        """Return the slim Python image in which job modules run."""
        return self._named(name, version)

    def prometheus(self, version: str) -> str:
        """Return Prometheus."""
        return self._named("prom/prometheus", f"v{version}")

    def alertmanager(self, version: str) -> str:
        """Return Alertmanager."""
        return self._named("prom/alertmanager", f"v{version}")

    def prometheus_operator(self, version: str) -> str:
        """Return the Prometheus Operator."""
        return self._named("prometheus-operator/prometheus-operator", f"v{version}", registry=QUAY)

    def config_reloader(self, version: str) -> str:
        """Return what the operator puts beside Prometheus and Alertmanager; released with it."""
        return self._named("prometheus-operator/prometheus-config-reloader", f"v{version}", registry=QUAY)

    def kube_state_metrics(self, version: str) -> str:
        """Return kube-state-metrics, which Kubernetes publishes in its own registry only."""
        return self._named("kube-state-metrics/kube-state-metrics", f"v{version}", registry=KUBERNETES)

    def node_exporter(self, version: str) -> str:
        """Return node_exporter."""
        return self._named("prom/node-exporter", f"v{version}")

    def collector(self, version: str) -> str:
        """Return the OpenTelemetry Collector's distribution for Kubernetes: from scratch, and not as root."""
        return self._named("otel/opentelemetry-collector-k8s", version)

    def loki(self, version: str) -> str:
        """Return Loki; without a shell."""
        return self._named("grafana/loki", version)

    def tempo(self, version: str) -> str:
        """Return Tempo; without a shell."""
        return self._named("grafana/tempo", version)

    def grafana(self, version: str) -> str:
        """Return Grafana."""
        return self._named("grafana/grafana", version)

    def data_prepper(self, version: str) -> str:
        """Return Data Prepper."""
        return self._named("opensearchproject/data-prepper", version)

    def _named(self, name: str, version: str, *, registry: str = "") -> str:
        # An operator may name a derived image with its own registry; only bare names are mirrored.
        has_registry = "." in name.split("/", 1)[0] or ":" in name.split("/", 1)[0]
        source = registry if self.mirror is None else self.mirror.rstrip("/")
        prefix = "" if has_registry or not source else f"{source}/"
        return f"{prefix}{name}:{version}"
