"""Structured logs: a line that is a JSON object becomes a record with fields of its own.

Done by the transform processor and not by the reader of files, so that it also holds for lines that come by OTLP.
"""

from __future__ import annotations

from typing import Any

BODY_KEYS = ("message", "msg", "event")
TRACE_KEYS = ("trace_id", "traceId", "traceID", "otelTraceID", "trace.id")
SPAN_KEYS = ("span_id", "spanId", "spanID", "otelSpanID", "span.id")
SEVERITY_KEYS = ("level", "severity", "levelname", "log.level", "severity_text", "lvl")
TIME_KEYS = ("timestamp", "time", "ts", "@timestamp", "asctime")
"""How loggers of Python, Go, Java and Node call what OpenTelemetry has a field for; the first that is there is taken,
and leaves the attributes."""

SEVERITIES = {
    "TRACE": "^(trace|10)$",
    "DEBUG": "^(debug|20)$",
    "INFO": "^(info|information|notice|30)$",
    "WARN": "^(warn|warning|40)$",
    "ERROR": "^(err|error|50)$",
    "FATAL": "^(fatal|critical|crit|alert|emerg|emergency|panic|60)$",
}
"""Names, and the numbers of Node's loggers."""

TIME_FORMATS = (
    # Sub-seconds are read by the layout of whole ones.
    ("Z$", "%Y-%m-%dT%H:%M:%SZ"),
    ("[+-][0-9]{2}:[0-9]{2}$", "%Y-%m-%dT%H:%M:%S%j"),
)

OLDEST, NEWEST = "24h", "5m"
"""A line's own time is believed within these; outside, the runtime's stands, because backends refuse what is too old
or still to come, and the line would be lost. The attribute stays in any case."""

_FIELDS, _BODY = 'log.cache["fields"]', 'log.cache["body"]'


def structured() -> dict[str, Any]:
    """Return the processor; lines that are no JSON objects pass as they are."""
    parse = [
        f'set({_FIELDS}, ParseJSON(log.body)) where IsString(log.body) and IsMatch(log.body, "^\\\\s*[{{]")',
        # Nested fields become dotted names, which masks and backends see; nothing of the reader's is overwritten.
        f'merge_maps(log.attributes, {_FIELDS}, "insert") where {_FIELDS} != nil',
        f"flatten(log.attributes) where {_FIELDS} != nil",
    ]
    return {
        # A line that only looks like JSON is no event worth a line of the collector's own.
        "error_mode": "silent",
        "log_statements": [
            *parse,
            *_lifted(TRACE_KEYS, "log.trace_id.string", 32),
            *_lifted(SPAN_KEYS, "log.span_id.string", 16),
            *_severity(),
            *_time(),
            *_body(),
        ],
    }


def _attribute(key: str) -> str:
    return f'log.attributes["{key}"]'


def _lifted(keys: tuple[str, ...], field: str, digits: int) -> list[str]:
    statements: list[str] = []
    for key in keys:
        missing = f'{field} == "{"0" * digits}"'
        condition = f'{_FIELDS} != nil and {missing} and IsMatch({_attribute(key)}, "^[0-9a-f]{{{digits}}}$$")'
        statements.append(f"set({field}, {_attribute(key)}) where {condition}")
        statements.append(f'delete_key(log.attributes, "{key}") where {_attribute(key)} == {field}')
    return statements


def _severity() -> list[str]:
    statements: list[str] = []
    for key in SEVERITY_KEYS:
        condition = f'{_FIELDS} != nil and log.severity_text == "" and {_attribute(key)} != nil'
        statements.append(f"set(log.severity_text, String({_attribute(key)})) where {condition}")
        statements.append(f'delete_key(log.attributes, "{key}") where {_attribute(key)} == log.severity_text')
    statements += [
        f"set(log.severity_number, SEVERITY_NUMBER_{name}) where log.severity_number == 0 "
        f'and IsMatch(log.severity_text, "(?i){form.replace("$", "$$")}")'
        for name, form in SEVERITIES.items()
    ]
    return statements


def _time() -> list[str]:
    statements: list[str] = []
    for key in TIME_KEYS:
        for form, layout in TIME_FORMATS:
            time = f'Time({_attribute(key)}, "{layout}")'
            condition = f'{_FIELDS} != nil and IsMatch({_attribute(key)}, "{form.replace("$", "$$")}")'
            believed = f'Now() - {time} < Duration("{OLDEST}") and {time} - Now() < Duration("{NEWEST}")'
            statements.append(f"set(log.time, {time}) where {condition} and {believed}")
    return statements


def _body() -> list[str]:
    """The first text that is there becomes the body; another stays a field."""
    statements: list[str] = []
    for key in BODY_KEYS:
        statements += [
            f'set({_BODY}, "{key}") where {_BODY} == nil and {_FIELDS} != nil and IsString({_attribute(key)})',
            f'set(log.body, {_attribute(key)}) where {_BODY} == "{key}"',
            f'delete_key(log.attributes, "{key}") where {_BODY} == "{key}"',
        ]
    return statements
