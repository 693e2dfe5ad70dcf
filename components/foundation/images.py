"""The image catalogue: the one place that knows what an image is called."""

from __future__ import annotations

from dataclasses import dataclass


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

    def _named(self, name: str, version: str) -> str:
        # An operator may name a derived image with its own registry; only bare names are mirrored.
        has_registry = "." in name.split("/", 1)[0] or ":" in name.split("/", 1)[0]
        prefix = "" if self.mirror is None or has_registry else f"{self.mirror.rstrip('/')}/"
        return f"{prefix}{name}:{version}"
