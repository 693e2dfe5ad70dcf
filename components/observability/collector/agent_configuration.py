"""The agent's configuration: it reads the node's logs, takes what applications send, and names their pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.collector.process import MEMORY_LIMITER, OTLP_GRPC, STORAGE, extensions, otlp, service
from components.observability.collector.queues import TRACES_WAIT, sending
from components.observability.collector.structure import structured
from components.settings.telemetry_namespaces import NAMESPACE, NODE_AGENTS

if TYPE_CHECKING:
    from components.foundation.connections import Endpoint

LOGS_FOLDER = "/var/log/pods"
DATA_FOLDER = "/var/lib/ballast/collector"
"""On the node: reading positions, and what the gateway could not take yet."""

NODE_NAME = "K8S_NODE_NAME"

COLLECTORS = (f"*{NODE_AGENTS.bare}_collector-*", f"*{NAMESPACE.bare}_collector-gateway-*")
"""Folders of the pods of collectors: a line about a line that could not be sent would be sent, and so on. Those of
another platform on the cluster are among them: two would breed lines out of each other's."""

NODE_QUEUE = 256 * 1024 * 1024
"""Bytes that each signal may queue on a node's own disk, which belongs to everybody on it."""

POD_METADATA = (
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.cronjob.name",
    "k8s.job.name",
    "k8s.node.name",
    "k8s.container.name",
    "service.name",
    "service.namespace",
    "service.version",
)
"""What is added to every signal. Which of it becomes an index is the backends' own closed list."""

LONGEST_LINE = "256KiB"
"""What the store of logs takes as one line (observability, 2.2)."""

OLDEST_FILE = "168h"
"""Files that nobody wrote to for longer are not read: the store of logs refuses lines of that age."""

_PATH = 'attributes["log.file.path"]'

_LAST_OF_TRACEBACK = r"([a-z_]\\w*\\.)*\\w*(Error|Exception|Warning|Interrupt|Exit|Iteration|Group)(: |$$)"
CONTINUED = (
    r'body matches "^[^\\s]" and not (body matches "^(Caused by|Traceback|During handling of|The above exception|'
    rf'\\.\\.\\. [0-9]+ more|{_LAST_OF_TRACEBACK})")'
)
"""Whether a line begins an entry: what is indented belongs to the one before, as stack traces are; so does the
line with the error by which Python ends one."""


def agent_configuration(gateway: Endpoint) -> dict[str, Any]:
    """Return the configuration file as plain data.

    Args:
        gateway: where signals go.
    """
    first = ["memory_limiter", "k8s_attributes"]
    return {
        "extensions": extensions(DATA_FOLDER),
        "receivers": {"otlp": otlp(http=True), "file_log": file_log()},
        "processors": {
            "memory_limiter": MEMORY_LIMITER,
            "k8s_attributes": pod_metadata(),
            "transform/structure": structured(),
        },
        "exporters": {
            "load_balancing": by_trace(gateway),
            "otlp_grpc/gateway": {
                # All addresses behind the name are asked in turn.
                "endpoint": f"dns:///{gateway.address('otlp-grpc')}",
                "balancer_name": "round_robin",
                "tls": {"insecure": True},
                **sending(NODE_QUEUE),
            },
        },
        "service": service(
            {
                "traces": {"receivers": ["otlp"], "processors": first, "exporters": ["load_balancing"]},
                "metrics": {"receivers": ["otlp"], "processors": first, "exporters": ["otlp_grpc/gateway"]},
                "logs": {
                    "receivers": ["otlp", "file_log"],
                    "processors": [*first, "transform/structure"],
                    "exporters": ["otlp_grpc/gateway"],
                },
            }
        ),
    }


def file_log() -> dict[str, Any]:
    """Return the receiver that follows the logs of the node's pods."""
    return {
        # Rotated files too, 0.log.20261125-093011 and its .gz: while the way on is shut, or the agent restarts, lines
        # are there that were not read yet. A file is known by its first bytes, so that none is read twice.
        "include": [f"{LOGS_FOLDER}/*/*/*.log*"],
        # A .tmp is half of a .gz.
        "exclude": [*(f"{LOGS_FOLDER}/{folder}/*/*" for folder in COLLECTORS), f"{LOGS_FOLDER}/*/*/*.tmp"],
        "compression": "auto",
        # A new node's pods begin before its agent. After a restart reading goes on where the storage says.
        "start_at": "beginning",
        "exclude_older_than": OLDEST_FILE,
        "storage": STORAGE,
        "include_file_path": True,
        "include_file_name": False,
        # The runtime cuts long lines anywhere, also behind a blank.
        "preserve_trailing_whitespaces": True,
        "max_log_size": LONGEST_LINE,
        # While the way on is shut, files are not read: the runtime keeps them, rotated, for as long as it can.
        "retry_on_failure": {"enabled": True, "max_elapsed_time": "0s"},
        "operators": [
            # The next one reads the pod off the names of rotated files, and does not know that of a compressed one.
            {
                "type": "add",
                "id": "uncompressed",
                "if": f'{_PATH} endsWith ".gz"',
                "field": _PATH,
                "value": f'EXPR(trimSuffix({_PATH}, ".gz"))',
            },
            # Finds out the runtime's format, joins what the runtime cut, and reads pod and container off the path.
            {"type": "container", "id": "container", "max_log_size": LONGEST_LINE},
            {
                "type": "recombine",
                "id": "stack-traces",
                "combine_field": "body",
                "combine_with": "\n",
                "is_first_entry": CONTINUED,
                "source_identifier": _PATH,
                "max_log_size": LONGEST_LINE,
                "force_flush_period": "2s",
            },
            {"type": "remove", "id": "path", "field": _PATH},
        ],
    }


def pod_metadata() -> dict[str, Any]:
    """Return the processor that names the pod: by what the log's path says, else by the address that sends."""
    by_attribute = [
        {"sources": [{"from": "resource_attribute", "name": name}]} for name in ("k8s.pod.uid", "k8s.pod.ip")
    ]
    return {
        "auth_type": "serviceAccount",
        # What comes before the pods are known would be kept without their names.
        "wait_for_metadata": True,
        # The cache holds the pods of this node only.
        "filter": {"node_from_env_var": NODE_NAME},
        "extract": {"metadata": list(POD_METADATA), "otel_annotations": True},
        "pod_association": [*by_attribute, {"sources": [{"from": "connection"}]}],
    }


def by_trace(gateway: Endpoint) -> dict[str, Any]:
    """Return the exporter that sends all spans of a trace to the same gateway, because only whole traces are judged."""
    each = {
        "tls": {"insecure": True},
        "timeout": "10s",
        # One queue is enough: a second one, for each gateway, would keep spans for a gateway that has gone.
        "sending_queue": {"enabled": False},
        # What one gateway does not take at once it is offered again alone, until the name no longer leads to it.
        "retry_on_failure": {
            "enabled": True,
            "initial_interval": "500ms",
            "max_interval": "2s",
            "max_elapsed_time": "10s",
        },
    }
    return {
        "routing_key": "traceID",
        "protocol": {"otlp": each},
        "resolver": {"dns": {"hostname": gateway.host, "port": str(OTLP_GRPC), "interval": "5s", "timeout": "2s"}},
        # Here and not under `protocol`: what waits finds its way anew when a gateway comes or goes.
        **sending(NODE_QUEUE, try_for=TRACES_WAIT),
    }
