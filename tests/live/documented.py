"""What the documentation of load_balancing names (0.155): the part of the agent that can't be built here.

Only keys that the agent may write; a key that is not here is refused, though the program may know it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.harness.strict import Strict

Duration = Annotated[str, Field(pattern=r"^([0-9]+(ms|s|m|h))+$")]


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
