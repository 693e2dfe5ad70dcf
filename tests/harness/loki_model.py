"""The keys of Loki 3.7's configuration that the platform uses, as its reference documents them.

Source: docs/sources/shared/configuration.md of grafana/loki at v3.7, as noted in the project's reference. What two keys
must say together is what the platform relies on; that Loki itself refuses retention without a store for its requests,
and a prefix with a slash, was seen with 3.7.8. The S3 client has keys for a stored secret; they are left out here, so
that a configuration which carries one is refused.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tests.harness.loki_storage_model import Path, Storage  # noqa: TC001 - pydantic reads them
from tests.harness.strict import Strict

UNITS = {"h": 3600, "m": 60, "s": 1}
DAY = 86400


def seconds(duration: str) -> int:
    """Return a duration of Go in seconds."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"([0-9]+)([hms])", duration))


def _day(text: Any) -> Any:
    date.fromisoformat(text)
    return text


def _at_least_a_day(duration: str) -> str:
    # The documented minimum; Loki 3.7.8 was seen to start below it.
    assert seconds(duration) >= DAY, f"{duration} is below a day"
    return duration


GoDuration = Annotated[str, Field(pattern=r"^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", min_length=2)]
Retention = Annotated[GoDuration, AfterValidator(_at_least_a_day)]
ByteSize = Annotated[str, Field(pattern=r"^[1-9][0-9]*(B|KB|MB|GB|TB)$")]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), BeforeValidator(_day)]
Port = Annotated[int, Field(gt=0, lt=65536)]
Count = Annotated[int, Field(gt=0)]
#: One of its own, or a named store.
Store = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
MATCHER = r'[a-zA-Z_][a-zA-Z0-9_]*(=|!=|=~|!~)"[^"]*"'
Selector = Annotated[str, Field(pattern=rf"^\{{{MATCHER}(, {MATCHER})*\}}$")]


class Analytics(Strict):
    reporting_enabled: Literal[False]


class Server(Strict):
    http_listen_port: Port
    grpc_listen_address: str
    grpc_listen_port: Port
    grpc_server_max_recv_msg_size: Count
    grpc_server_max_send_msg_size: Count
    http_server_read_timeout: GoDuration
    http_server_write_timeout: GoDuration
    log_level: Literal["debug", "info", "warn", "error"]


class KvStore(Strict):
    store: Literal["consul", "etcd", "inmemory", "memberlist", "multi"]


class Ring(Strict):
    kvstore: KvStore


class Common(Strict):
    path_prefix: Path
    replication_factor: Count
    instance_addr: str
    ring: Ring


class Index(Strict):
    prefix: str
    # Retention by the compactor works with an index of a day only.
    period: Literal["24h"]


class Period(Strict):
    since: Annotated[Day, Field(alias="from")]
    store: Literal["tsdb"]
    # v14 is there and experimental.
    schema_version: Annotated[Literal["v12", "v13"], Field(alias="schema")]
    object_store: Store
    index: Index


class Schema(Strict):
    configs: Annotated[list[Period], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Schema:
        assert all(one.since < two.since for one, two in pairwise(self.configs)), "periods are not in order"
        return self


class Compactor(Strict):
    working_directory: Path
    compaction_interval: GoDuration
    retention_enabled: bool
    retention_delete_delay: GoDuration
    delete_request_store: Store | None = None

    @model_validator(mode="after")
    def _retention_has_a_store(self) -> Compactor:
        assert self.delete_request_store or not self.retention_enabled, "retention without delete_request_store"
        return self


class Wal(Strict):
    enabled: bool
    dir: Path
    flush_on_shutdown: bool
    replay_memory_ceiling: ByteSize


class Ingester(Strict):
    wal: Wal


class EmbeddedCache(Strict):
    enabled: bool
    max_size_mb: Count
    ttl: GoDuration


class Cache(Strict):
    embedded_cache: EmbeddedCache


class ChunkStore(Strict):
    chunk_cache_config: Cache


class QueryRange(Strict):
    cache_results: bool
    results_cache: dict[Literal["cache"], Cache]


class RetentionStream(Strict):
    selector: Selector
    priority: Count
    period: Retention


class Attributes(Strict):
    action: Literal["index_label", "structured_metadata", "drop"]
    attributes: Annotated[list[str], Field(min_length=1)]


class ResourceAttributes(Strict):
    ignore_defaults: bool
    attributes_config: list[Attributes]


class Limits(Strict):
    retention_period: Retention
    retention_stream: list[RetentionStream]
    deletion_mode: Literal["disabled", "filter-only", "filter-and-delete"]
    max_query_length: GoDuration
    max_query_lookback: GoDuration
    query_timeout: GoDuration
    max_query_series: Count
    max_entries_limit_per_query: Count
    reject_old_samples: bool
    reject_old_samples_max_age: GoDuration
    ingestion_rate_strategy: Literal["global", "local"]
    ingestion_rate_mb: Count
    ingestion_burst_size_mb: Count
    per_stream_rate_limit: ByteSize
    per_stream_rate_limit_burst: ByteSize
    max_global_streams_per_user: Count
    max_label_names_per_series: Count
    max_line_size: ByteSize
    max_line_size_truncate: bool
    allow_structured_metadata: bool
    max_structured_metadata_size: ByteSize
    max_structured_metadata_entries_count: Count
    volume_enabled: bool
    discover_service_name: list[Label]
    otlp_config: dict[Literal["resource_attributes"], ResourceAttributes]


class LokiConfiguration(Strict):
    target: Literal["all"]
    auth_enabled: bool
    analytics: Analytics
    server: Server
    common: Common
    schema_config: Schema
    storage_config: Storage
    compactor: Compactor
    ingester: Ingester
    chunk_store_config: ChunkStore
    query_range: QueryRange
    limits_config: Limits

    @model_validator(mode="after")
    def _logs_and_requests_lie_where_the_client_looks(self) -> LokiConfiguration:
        stores, asked = self.storage_config.object_store, {one.object_store for one in self.schema_config.configs}
        assert asked == stores.own | stores.named, f"periods lie in {asked}, stores are {stores.own | stores.named}"
        # grafana/loki#12145: a named store is not found there.
        assert self.compactor.delete_request_store in stores.own, f"delete_request_store is not of {stores.own}"
        return self
