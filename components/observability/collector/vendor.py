"""The second place for traces outside: what it may see is listed, and everything else stays here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.connections import ExternalEndpoint
from components.observability.collector.queues import sending
from components.settings.addresses import port_of
from components.settings.patterns import TOKEN_COUNTS

if TYPE_CHECKING:
    from components.observability.collector.settings import VendorSettings

TOKEN_FOLDER = "/etc/ballast/vendor"  # noqa: S105 - a folder's name

ALLOWED_KEYS = (
    # Who speaks.
    "service.name",
    "service.namespace",
    "service.version",
    "deployment.environment.name",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.deployment.name",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    # What was called and how it went. No URLs, no queries, no headers, no addresses of clients.
    "error.type",
    "exception.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "server.address",
    "server.port",
    "rpc.system",
    "rpc.service",
    "rpc.method",
    "rpc.grpc.status_code",
    "db.system.name",
    "db.operation.name",
    "db.collection.name",
    "messaging.system",
    "messaging.operation.name",
    "messaging.destination.name",
    # What a model was asked for and what it used. No prompts, no answers, no arguments of tools, no conversations.
    "gen_ai.system",
    "gen_ai.provider.name",
    "gen_ai.operation.name",
    "gen_ai.request.model",
    "gen_ai.request.temperature",
    "gen_ai.response.model",
    "gen_ai.response.finish_reasons",
    "gen_ai.agent.name",
    "gen_ai.tool.name",
    *TOKEN_COUNTS,
)
"""Names of attributes that leave the platform. Ids of users are not among them: hashed ones could be reckoned back
by whoever knows the users, so they are left out."""


def allow_list() -> dict[str, Any]:
    """Return the processor that drops every attribute that is not listed."""
    return {"allow_all_keys": False, "allowed_keys": list(ALLOWED_KEYS), "summary": "silent"}


def silence() -> dict[str, Any]:
    """Return the processor that drops texts which are no attributes: what an error said, where a trace came from."""
    return {
        "error_mode": "propagate",
        "trace_statements": ['set(span.status.message, "")', 'set(span.trace_state, "")'],
    }


def vendor_endpoint(settings: VendorSettings) -> ExternalEndpoint:
    """Return where the vendor is reached."""
    return ExternalEndpoint(name="vendor", cidrs=settings.egress_cidrs, ports={"https": port_of(settings.endpoint)})


def exporter(settings: VendorSettings, size: int) -> dict[str, Any]:
    """Return the exporter to the vendor.

    Args:
        settings: where it is.
        size: bytes that its queue may hold.
    """
    return {
        "endpoint": settings.endpoint,
        # Read when the collector starts; the file is a mounted Secret, so the token is in no configuration.
        "headers": {settings.header: f"${{file:{TOKEN_FOLDER}/{PASSWORD_KEY}}}"},
        "compression": "gzip",
        **sending(size),
    }
