"""What the real Prometheus Operator makes of the custom resources that the program declares."""

from __future__ import annotations

import base64
import gzip
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from components.observability.prometheus.configuration import RESOURCE, STATEFUL_SET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.recorded import Declared, Recording
    from toolchain.cluster import Cluster

NAMESPACE = "observability"

GROUND = ("Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ResourceQuota")
READ = ("Secret", "ConfigMap", "Service", "PodMonitor", "ServiceMonitor", "PrometheusRule")
SERVERS = ("Prometheus", "Alertmanager")

SECONDS = 60.0
"""The operator waits for its caches and for the pods that the local cluster plays; a few seconds are usual."""


@dataclass(frozen=True)
class Generated:
    """What the operator made of one custom resource.

    Attributes:
        configuration: the file that the server reads, with `$(POD_NAME)` where its reloader writes the pod.
        arguments: the command line of the server's own container.
    """

    configuration: dict[str, Any]
    arguments: list[str]


@contextmanager
def objects_of(recording: Recording, cluster: Cluster) -> Iterator[None]:
    """Let the operator's own objects of a stack stand on a cluster that has none of another stack, for a while."""
    declare_objects(recording, cluster)
    try:
        yield
    finally:
        stream = _list(_objects(recording, GROUND))
        cluster.kubectl("delete", "--ignore-not-found", "--timeout=120s", "-f", "-", stdin=stream)


def generated_prometheus(recording: Recording, cluster: Cluster) -> Generated:
    """What the operator makes of the Prometheus of a stack, with all monitors of the stack in it.

    Args:
        recording: of a stack whose objects were declared on the cluster.
        cluster: where they are.
    """
    expected = {
        f"podMonitor/{monitor.namespace}/{monitor.object_name}/0" for monitor in recording.of_kind("PodMonitor")
    }

    def all_monitors() -> Generated | None:
        container, secret = _made(cluster, "prometheus", RESOURCE, STATEFUL_SET)
        found = _unpacked(secret, "prometheus.yaml.gz")
        jobs = {job["job_name"] for job in found.get("scrape_configs", [])}
        return Generated(found, container["args"]) if expected <= jobs else None

    return _awaited(all_monitors, f"Prometheus with the jobs {sorted(expected)}")


def declare_objects(recording: Recording, cluster: Cluster) -> None:
    """Put on the cluster what the operator reads, and last of all the servers that it makes."""
    for kinds in (GROUND, READ, SERVERS):
        if objects := _objects(recording, kinds):
            apply(cluster, objects)


def apply(cluster: Cluster, objects: list[dict[str, Any]]) -> None:
    """Put objects on the cluster as this test's own."""
    cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=_list(objects))


def _list(objects: list[dict[str, Any]]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})


def _objects(recording: Recording, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    # Our components bear the names of what they declare.
    found = [declared for kind in kinds for declared in recording.of_kind(kind)]
    return [_object(declared) for declared in found if "apiVersion" in declared.inputs]


def _object(declared: Declared) -> dict[str, Any]:
    # The name that the recording gave to what Pulumi names, so that references lead to it.
    metadata = declared.inputs.get("metadata", {})
    name = metadata.get("name") or f"{declared.name}-made"
    return {**declared.inputs, "metadata": {**metadata, "name": name}}


def _made(cluster: Cluster, kind: str, name: str, secret: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The server's own container, and the data of the Secret with its configuration."""
    cluster.kubectl(
        "-n", NAMESPACE, "wait", f"{kind}/{name}", "--for=condition=Reconciled", f"--timeout={SECONDS:.0f}s"
    )
    stateful_set = read_object(cluster, "statefulset", f"{kind}-{name}")
    (own,) = (c for c in stateful_set["spec"]["template"]["spec"]["containers"] if c["name"] == kind)
    return own, read_object(cluster, "secret", secret)["data"]


def read_object(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    """An object of the stack's own namespace."""
    return json.loads(cluster.kubectl("-n", NAMESPACE, "get", kind, name, "-o", "json").stdout)


def _unpacked(data: dict[str, str], key: str) -> dict[str, Any]:
    return yaml.safe_load(gzip.decompress(base64.b64decode(data[key])))


def _awaited(look: Any, what: str) -> Any:
    deadline = time.monotonic() + SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"the operator did not make {what} within {SECONDS:.0f} s"
        time.sleep(0.2)
    return found
