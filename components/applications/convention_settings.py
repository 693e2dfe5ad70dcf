"""What OpenTelemetry's conventions are called in Prometheus, and the limits of their histograms.

Semantic conventions 1.40, those of GenAI as of their own repository; Prometheus' translation of OTLP puts the unit
behind the name.
"""

from dataclasses import dataclass
from enum import StrEnum


class Convention(StrEnum):
    """A histogram of durations that OpenTelemetry names."""

    HTTP = "http"
    RPC = "rpc"
    DATABASE = "database"
    MESSAGING = "messaging"
    MODEL = "model"
    AGENT = "agent"


_WEB = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_DATABASE = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_MODEL = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_ANY_ERROR = ('error_type!=""',)


@dataclass(frozen=True)
class Durations:
    """A histogram of durations.

    Attributes:
        metric: its name without the suffixes of its series.
        failed: matchers, any of which a call that failed fits.
        limits: seconds, up to which its buckets count; empty where that isn't known.
        endpoint: the label that says what of it was called, where there is one.
        status: the label with the answer's status of HTTP, where there is one.
    """

    metric: str
    failed: tuple[str, ...]
    limits: tuple[float, ...] = ()
    endpoint: str = ""
    status: str = ""


CONVENTIONS = {
    # What a client did wrong (4xx) is no failure of the server.
    Convention.HTTP: Durations(
        "http_server_request_duration_seconds",
        ('http_response_status_code=~"5.."',),
        _WEB,
        endpoint="http_route",
        status="http_response_status_code",
    ),
    Convention.RPC: Durations("rpc_server_call_duration_seconds", _ANY_ERROR, _WEB, endpoint="rpc_method"),
    Convention.DATABASE: Durations("db_client_operation_duration_seconds", _ANY_ERROR, _DATABASE),
    Convention.MESSAGING: Durations("messaging_process_duration_seconds", _ANY_ERROR, _WEB),
    Convention.MODEL: Durations("gen_ai_client_operation_duration_seconds", _ANY_ERROR, _MODEL),
    Convention.AGENT: Durations("gen_ai_invoke_agent_duration_seconds", _ANY_ERROR),
}
TOKENS = "gen_ai_client_token_usage_sum"
"""Tokens of all calls of language models; `gen_ai_token_type` says whether they went in or came out."""

POOL_USED = 'db_client_connection_state="used"'
