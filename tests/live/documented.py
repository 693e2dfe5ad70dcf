"""What the documentation of file_log and load_balancing names (0.155): the parts of the agent that can't be built here.

Only keys that the agent may write; a key that is not here is refused, though the program may know it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.harness.strict import Strict

Duration = Annotated[str, Field(pattern=r"^([0-9]+(ms|s|m|h))+$")]
Size = Annotated[str, Field(pattern=r"^[0-9]+(KiB|MiB)$")]
ReadField = Annotated[str, Field(pattern=r'^(body|attributes(\["[^"]+"\])?|resource\["[^"]+"\])$')]


class Container(Strict):
    type: Literal["container"]
    id: str
    format: Literal["", "docker", "crio", "containerd"] = ""
    add_metadata_from_filepath: bool = True
    max_log_size: Size


class Recombine(Strict):
    type: Literal["recombine"]
    id: str
    combine_field: ReadField
    combine_with: str
    is_first_entry: str | None = None
    is_last_entry: str | None = None
    source_identifier: ReadField
    max_log_size: Size
    max_batch_size: int | None = None
    force_flush_period: Duration


class Remove(Strict):
    type: Literal["remove"]
    id: str
    field: ReadField


class Retry(Strict):
    enabled: bool
    initial_interval: Duration = "1s"
    max_interval: Duration = "30s"
    max_elapsed_time: Duration = "5m"


class FileLog(Strict):
    include: list[str] = Field(min_length=1)
    exclude: tuple[str, ...] | list[str] = ()
    start_at: Literal["beginning", "end"]
    storage: str
    include_file_path: bool
    include_file_name: bool = True
    poll_interval: Duration = "200ms"
    max_log_size: Size
    max_concurrent_files: int = 1024
    retry_on_failure: Retry
    operators: list[Annotated[Container | Recombine | Remove, Field(discriminator="type")]]


class Dns(Strict):
    hostname: str
    port: str
    interval: Duration
    timeout: Duration


class Resolver(Strict):
    dns: Dns


class Protocol(Strict):
    # The keys are those of the exporter otlp_grpc, which the real collector judges.
    otlp: dict[str, Any]


class LoadBalancing(Strict):
    routing_key: Literal["traceID", "service", "attributes"]
    protocol: Protocol
    resolver: Resolver
    timeout: Duration
    retry_on_failure: dict[str, Any]
    sending_queue: dict[str, Any]
