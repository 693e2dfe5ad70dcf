"""The keys of Tempo 3.0's configuration that the platform uses, as its manifest documents them.

Source: docs/sources/tempo/configuration/manifest.md of grafana/tempo at v3.0.3; keys that it leaves out because their
default is empty are from modules/overrides/config.go and modules/generator/storage/config.go there.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tests.harness.strict import Strict

GoDuration = Annotated[str, Field(pattern=r"^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", min_length=2)]
Path = Annotated[str, Field(pattern=r"^/.+[^/]$")]


class Server(Strict):
    http_listen_port: int
    grpc_listen_port: int
    log_level: Literal["debug", "info", "warn", "error"]


class UsageReport(Strict):
    reporting_enabled: Literal[False]


class Memory(Strict):
    automemlimit_enabled: bool


class OtlpGrpc(Strict):
    endpoint: Annotated[str, Field(pattern=r"^:[0-9]+$")]


class Protocols(Strict):
    grpc: OtlpGrpc


class Otlp(Strict):
    protocols: Protocols


class Receivers(Strict):
    otlp: Otlp


class Distributor(Strict):
    receivers: Receivers


class Wal(Strict):
    path: Path


class Ring(Strict):
    """docs/sources/tempo/configuration/network/ipv6.md at 3.0."""

    enable_inet6: Literal[True]


class LiveStore(Strict):
    wal: Wal
    shutdown_marker_dir: Path
    ring: Ring | None = None


class Scheduler(Strict):
    local_work_path: Path


class Compaction(Strict):
    block_retention: GoDuration


class Worker(Strict):
    compaction: Compaction


class Ingestion(Strict):
    rate_strategy: Literal["local", "global"]
    rate_limit_bytes: int
    burst_size_bytes: int
    max_traces_per_user: int


class PerTrace(Strict):
    max_bytes_per_trace: int


class GeneratorLimits(Strict):
    processors: list[Literal["service-graphs", "span-metrics", "host-info"]]
    max_active_series: int
    max_cardinality_per_label: int


class Defaults(Strict):
    ingestion: Ingestion
    compaction: Compaction
    metrics_generator: GeneratorLimits
    per_trace: Annotated[PerTrace, Field(alias="global")]


class Overrides(Strict):
    defaults: Defaults


class RemoteWrite(Strict):
    url: Annotated[str, Field(pattern=r"^http://[a-z0-9.-]+:[0-9]+/api/v1/write$")]
    send_exemplars: bool


class GeneratorStorage(Strict):
    path: Path
    remote_write_add_org_id_header: bool
    remote_write: Annotated[list[RemoteWrite], Field(min_length=1)]


class Registry(Strict):
    external_labels: dict[str, str]


class Search(Strict):
    max_duration: GoDuration


class QueryFrontend(Strict):
    search: Search


class Generator(Strict):
    metrics_ingestion_time_range_slack: GoDuration
    registry: Registry
    storage: GeneratorStorage
    ring: Ring | None = None


class Local(Strict):
    path: Path


class S3(Strict):
    bucket: str
    prefix: str
    endpoint: str
    region: str
    forcepathstyle: bool | None = None
    insecure: bool | None = None


class TraceStorage(Strict):
    backend: Literal["local", "s3"]
    wal: Wal
    local: Local | None = None
    s3: S3 | None = None

    @model_validator(mode="after")
    def _one_place(self) -> TraceStorage:
        assert (self.local is not None, self.s3 is not None) == (self.backend == "local", self.backend == "s3")
        return self


class Storage(Strict):
    trace: TraceStorage


class TempoConfiguration(Strict):
    target: Literal["all"]
    stream_over_http_enabled: bool
    usage_report: UsageReport
    memory: Memory
    server: Server
    distributor: Distributor
    live_store: LiveStore
    backend_scheduler: Scheduler
    backend_worker: Worker
    overrides: Overrides
    query_frontend: QueryFrontend
    metrics_generator: Generator
    storage: Storage
