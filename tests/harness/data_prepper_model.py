"""The keys of Data Prepper 2.12's two files that the platform uses, as its sources name them.

Sources in opensearch-project/data-prepper at 2.12.0: OTelLogsSourceConfig.java, ParseJsonProcessorConfig.java,
OpenSearchSinkConfig.java, DataPrepperConfiguration.java, PipelineModel.java and the README of the blocking buffer. What
becomes of a log record there (`document`) stands beside them.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field

from tests.harness.strict import Strict


class OtelLogsSource(Strict):
    port: int
    ssl: bool
    health_check_service: bool
    unframed_requests: bool
    compression: Literal["none", "gzip"]


class Source(Strict):
    otel_logs_source: OtelLogsSource


class BoundedBlocking(Strict):
    buffer_size: Annotated[int, Field(gt=0)]
    batch_size: Annotated[int, Field(gt=0)]


class Buffer(Strict):
    bounded_blocking: BoundedBlocking


class ParseJson(Strict):
    source: str
    destination: Annotated[str, Field(pattern=r"[^\s/]")]
    parse_when: Annotated[str, Field(pattern=r"^length\(/[a-z]+\) <= [0-9]+$")]
    handle_failed_events: Literal["skip", "skip_silently"]


class Processor(Strict):
    parse_json: ParseJson


class OpenSearchSink(Strict):
    hosts: Annotated[list[Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+:[0-9]+$")]], Field(min_length=1)]
    cert: str
    username: str
    password: str
    index_type: Literal["custom", "management_disabled"]
    index: Annotated[str, Field(pattern=r"^[a-z0-9-]+-%\{yyyy\.MM\.dd\}$")]
    bulk_size: int
    flush_timeout: int


class Sink(Strict):
    opensearch: OpenSearchSink


class Pipeline(Strict):
    workers: Annotated[int, Field(gt=0)]
    delay: Annotated[int, Field(ge=0)]
    source: Source
    buffer: Buffer
    processor: list[Processor]
    sink: Annotated[list[Sink], Field(min_length=1)]


class Pipelines(Strict):
    """pipelines.yaml: a version, and pipelines by name; ours is one."""

    version: Literal["2"]
    logs: Pipeline


class Unauthenticated(Strict):
    unauthenticated: None


class Heap(Strict):
    usage: Annotated[str, Field(pattern=r"^[0-9]+(b|kb|mb|gb)$")]


class CircuitBreakers(Strict):
    heap: Heap


class Server(Strict):
    """data-prepper-config.yaml."""

    ssl: bool
    server_port: int
    authentication: Unauthenticated
    metric_registries: list[Literal["Prometheus", "CloudWatch", "EmbeddedMetricsFormat"]]
    circuit_breakers: CircuitBreakers
    processor_shutdown_timeout: Annotated[str, Field(pattern=r"^[0-9]+m?s$")]
    sink_shutdown_timeout: Annotated[str, Field(pattern=r"^[0-9]+m?s$")]


def document(pipeline: Pipeline, resource: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Return what is written of a log record, as OTLP's JSON has both.

    By OTelProtoCodec.java: attributes are collected into a map that takes no key twice, a dot in a name becomes @, and
    bytes are no case that it knows. By AbstractParseProcessor.java: a body that is no text or no object stays alone.

    Raises:
        ValueError: the record is refused, and with it the whole request.
    """
    made = _attributes("resource", resource.get("attributes", [])) | _attributes("log", record.get("attributes", []))
    body = _plain(record.get("body", {}))
    made |= {"time": int(record.get("timeUnixNano", 0)), "body": body}
    parse = pipeline.processor[0].parse_json
    assert parse.source == "body"
    longest = int(parse.parse_when.rpartition(" ")[2])
    if len(str(body)) <= longest and str(body).startswith("{"):
        made[parse.destination] = json.loads(str(body))
    return made


def _attributes(where: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in given:
        name = f"{where}.attributes.{one['key'].replace('.', '@')}"
        if name in made:
            raise ValueError(f"Duplicate key {name}")
        made[name] = _plain(one["value"])
    return made


def _plain(value: dict[str, Any]) -> Any:
    if "bytesValue" in value:
        raise ValueError("Unknown case")
    if "kvlistValue" in value:
        return json.dumps({one["key"]: _plain(one["value"]) for one in value["kvlistValue"].get("values", [])})
    if "arrayValue" in value:
        return json.dumps([_plain(one) for one in value["arrayValue"].get("values", [])])
    return next(iter(value.values()), "")
