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


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What says of a signal which platform it comes from; names of OpenTelemetry's resource attributes.

    Attributes:
        environment: `deployment.environment.name`.
        cluster: `k8s.cluster.name`.
    """

    environment: str
    cluster: str
