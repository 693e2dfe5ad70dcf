"""What the real operator makes of our Alertmanager, in a namespace that refuses whatever isn't restricted."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import pulumi
import pytest
import yaml

from components.foundation.data_protection import DataProtection
from components.foundation.images import ImageCatalogue
from components.foundation.labels import selector
from components.foundation.namespaces import pod_security
from components.observability.alertmanager.routing import alertmanager_configuration
from components.observability.alertmanager.server import STATEFUL_SET, WORKLOAD, Alertmanager, AlertmanagerArgs
from components.settings.secrets import SECRETS
from components.settings.telemetry_namespaces import NAMESPACE as SPACE
from tests.harness.declare import declare, stack_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.recorded import Declared
    from toolchain.cluster import Cluster

pytestmark = pytest.mark.engine

PATCHES = "PersistentVolumeClaimPatch"


def build() -> None:
    """Production's alerting, on the zones and volumes of the local cluster."""
    prod = stack_settings("prod")
    Alertmanager(
        "alertmanager",
        AlertmanagerArgs(
            settings=prod.alertmanager,
            environment="prod",
            cluster=stack_settings("dev").cluster,
            images=ImageCatalogue(mirror=None),
            secrets={key: pulumi.Output.secret(f"value of {key}") for key in SECRETS},
            protection=DataProtection(protected=True),
        ),
    )


def manifest(resource: Declared) -> dict[str, Any]:
    metadata = {"name": f"{resource.name}-made", **resource.inputs["metadata"]}
    version = resource.type.split(":")[1].removeprefix("core/")
    return {**resource.inputs, "apiVersion": version, "kind": resource.kind, "metadata": metadata}


@pytest.fixture(scope="module")
def alerting(local_cluster: Cluster) -> Iterator[Cluster]:
    """The session's cluster with it, once the operator calls it available."""
    space = {"apiVersion": "v1", "kind": "Namespace"}
    space |= {"metadata": {"name": str(SPACE), "labels": pod_security("restricted")}}
    made = [resource for resource in declare(build).resources if resource.type.startswith("kubernetes:")]
    items = [space, *(manifest(resource) for resource in made if resource.kind != PATCHES)]
    stream = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    # Strict: a field that the definitions of this version don't know is an error.
    local_cluster.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", stdin=stream)
    local_cluster.kubectl("-n", str(SPACE), "wait", "alertmanager/alerts", "--for=condition=Available", "--timeout=60s")
    yield local_cluster
    local_cluster.kubectl("delete", "namespace", str(SPACE), "--timeout=60s")


def get(cluster: Cluster, *what: str) -> dict[str, Any]:
    return json.loads(cluster.kubectl("-n", str(SPACE), "get", *what, "-o", "json").stdout)


def pods(cluster: Cluster) -> list[dict[str, Any]]:
    chosen = ",".join(f"{key}={value}" for key, value in selector(WORKLOAD).items())
    return get(cluster, "pods", "-l", chosen)["items"]


def test_the_configuration_arrives_as_it_was_made(alerting: Cluster) -> None:
    data = get(alerting, "secret", f"{STATEFUL_SET}-generated")["data"]["alertmanager.yaml.gz"]
    arrived = yaml.safe_load(gzip.decompress(base64.b64decode(data)))
    prod = stack_settings("prod")
    assert arrived == alertmanager_configuration(prod.alertmanager, "prod")


def test_three_replicas_gossip_with_each_other_on_machines_of_their_own(alerting: Cluster) -> None:
    found = pods(alerting)
    assert len({pod["spec"]["nodeName"] for pod in found}) == 3
    arguments = found[0]["spec"]["containers"][0]["args"]
    peers = {f"--cluster.peer={STATEFUL_SET}-{ordinal}.alertmanager-operated:9094" for ordinal in range(3)}
    assert {*peers, "--cluster.label=prod-alerts", "--data.retention=120h"} <= set(arguments)
    ports = {(p["containerPort"], p.get("protocol")) for p in found[0]["spec"]["containers"][0]["ports"]}
    assert ports == {(9093, "TCP"), (9094, "TCP"), (9094, "UDP")}


def test_the_secrets_of_receivers_and_the_kept_claim_are_in_the_pod(alerting: Cluster) -> None:
    pod = pods(alerting)[0]["spec"]
    secrets = {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    assert {f"alertmanager-{name}-password-made" for name in ("pagerduty", "slack", "email", "heartbeat")} <= secrets
    claims = get(alerting, "persistentvolumeclaims")["items"]
    assert {claim["metadata"]["name"] for claim in claims} == {f"data-{STATEFUL_SET}-{n}" for n in range(3)}
    kept = get(alerting, "statefulset", STATEFUL_SET)["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert kept == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_every_container_is_restricted_and_none_has_a_token_of_the_api(alerting: Cluster) -> None:
    pod = pods(alerting)[0]["spec"]
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
