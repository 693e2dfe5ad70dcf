"""OTLP as JSON over HTTP: what applications send, and what backends are sent."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OK, ERROR = 1, 2
DELTA = 1
SECOND = 1_000_000_000
PATHS = {"resourceSpans": "traces", "resourceMetrics": "metrics", "resourceLogs": "logs"}
SERVICE = {"service.name": "shop", "k8s.namespace.name": "shop"}


def value(plain: object) -> dict[str, Any]:
    """Return a value as OTLP writes it; 64-bit numbers are texts there."""
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": str(plain)}
    if isinstance(plain, float):
        return {"doubleValue": plain}
    if isinstance(plain, list):
        return {"arrayValue": {"values": [value(one) for one in plain]}}
    if isinstance(plain, dict):
        return {"kvlistValue": {"values": attributes(plain)}}
    return {"stringValue": str(plain)}


def attributes(plain: Mapping[str, object]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(one)} for key, one in plain.items()]


def plain(written: dict[str, Any]) -> Any:
    """Return a value as Python has it."""
    if not written:
        return ""
    kind, held = next(iter(written.items()))
    if kind == "intValue":
        return int(held)
    if kind == "arrayValue":
        return [plain(one) for one in held.get("values", [])]
    if kind == "kvlistValue":
        return mapping(held.get("values", []))
    return held


def mapping(written: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["key"]: plain(one["value"]) for one in written}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span that ended just now; the root of its trace unless it has a parent."""

    name: str = "GET /orders"
    attributes: Mapping[str, object] = field(default_factory=dict)
    event: tuple[str, Mapping[str, object]] | None = None
    status: int = OK
    message: str = ""
    seconds: float = 0.1
    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    parent: str = ""

    def written(self) -> dict[str, Any]:
        now = time.time_ns()
        events = [] if self.event is None else [self.event]
        return {
            "traceId": self.trace_id,
            "spanId": secrets.token_hex(8),
            "parentSpanId": self.parent,
            "name": self.name,
            "kind": 2,
            "startTimeUnixNano": str(now - int(self.seconds * SECOND)),
            "endTimeUnixNano": str(now),
            "attributes": attributes(self.attributes),
            "status": {"code": self.status, "message": self.message},
            "events": [
                {"timeUnixNano": str(now), "name": name, "attributes": attributes(given)} for name, given in events
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Record:
    """A log record of just now."""

    body: object
    attributes: Mapping[str, object] = field(default_factory=dict)
    trace_id: str = ""

    def written(self) -> dict[str, Any]:
        made = {"timeUnixNano": str(time.time_ns()), "body": value(self.body)}
        made |= {"attributes": attributes(self.attributes)}
        return made | ({"traceId": self.trace_id, "spanId": "00f067aa0ba902b7"} if self.trace_id else {})


def traces(*spans: Span, resource: Mapping[str, object] = SERVICE) -> dict[str, Any]:
    scope = {"scope": {"name": "tests"}, "spans": [span.written() for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]}]}


def logs(*records: Record, resource: Mapping[str, object] = SERVICE) -> dict[str, Any]:
    scope = {"scope": {"name": "tests"}, "logRecords": [record.written() for record in records]}
    return {"resourceLogs": [{"resource": {"attributes": attributes(resource)}, "scopeLogs": [scope]}]}


def gauge(name: str, number: float, given: Mapping[str, object]) -> dict[str, Any]:
    return metrics({"name": name, "gauge": {"dataPoints": [point(number, given)]}})


def point(number: float, given: Mapping[str, object]) -> dict[str, Any]:
    now = time.time_ns()
    times = {"startTimeUnixNano": str(now - 10 * SECOND), "timeUnixNano": str(now)}
    return {**times, "asDouble": number, "attributes": attributes(given)}


def metrics(*written: dict[str, Any]) -> dict[str, Any]:
    scope = {"scope": {"name": "tests"}, "metrics": list(written)}
    return {"resourceMetrics": [{"resource": {"attributes": attributes(SERVICE)}, "scopeMetrics": [scope]}]}


def send(address: str, payload: dict[str, Any]) -> None:
    """Send a payload to an OTLP receiver.

    Raises:
        OSError: it was refused.
    """
    path = PATHS[next(iter(payload))]
    request = urllib.request.Request(  # noqa: S310 - an address on loopback
        f"{address}/v1/{path}", data=json.dumps(payload).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        answer.read()


def spans_of(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in payload.get("resourceSpans", []):
        for scope in resource["scopeSpans"]:
            yield from scope["spans"]


def records_of(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _, record in logs_of(payload):
        yield record


def logs_of(payload: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the plain attributes of a resource beside each of its log records."""
    for resource in payload.get("resourceLogs", []):
        given = mapping(resource["resource"].get("attributes", []))
        for scope in resource["scopeLogs"]:
            for record in scope["logRecords"]:
                yield given, record
