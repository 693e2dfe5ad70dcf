"""Where the gateway sends what it has masked and sampled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Backends:
    """Addresses inside the cluster, where network policies and not TLS stand between the gateway and its backends.

    Attributes:
        tempo: `host:port` that takes traces by gRPC.
        prometheus: base URLs of every replica: what is pushed is shared by none of them.
        loki: base URL, None where logs are not kept in Loki.
        data_prepper: `host:port` that takes logs by gRPC, None where logs are not kept in the search cluster.
    """

    tempo: str
    prometheus: tuple[str, ...]
    loki: str | None
    data_prepper: str | None

    @classmethod
    def in_cluster(cls, *, prometheus_replicas: int, loki: bool, data_prepper: bool) -> Backends:
        """Return the addresses under which the platform's own backends answer."""
        return cls(
            tempo="tempo.observability.svc:4317",
            prometheus=tuple(
                f"http://prometheus-metrics-{number}.prometheus-operated.observability.svc:9090"
                for number in range(prometheus_replicas)
            ),
            loki="http://loki.observability.svc:3100" if loki else None,
            data_prepper="data-prepper.search.svc:21892" if data_prepper else None,
        )


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What says of a signal which platform it comes from; names of OpenTelemetry's resource attributes.

    Attributes:
        environment: `deployment.environment.name`.
        cluster: `k8s.cluster.name`.
    """

    environment: str
    cluster: str
