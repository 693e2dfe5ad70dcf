"""Alertmanager: tells people, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret

from components.credentials.passwords import PasswordArgs, password_secret
from components.foundation.connections import Connection, Endpoint, Metrics, egress
from components.foundation.images import Image
from components.foundation.labels import Workload, labels, selector
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources
from components.foundation.services import service
from components.observability.alertmanager.receivers import FOLDER, SECRET_OF, given, outside
from components.observability.alertmanager.routing import alertmanager_configuration
from components.observability.operated import OperatedArgs, operated
from components.settings.secrets import SECRETS
from components.settings.telemetry_namespaces import NAMESPACE
from components.storage.volumes import KEEP_CLAIMS, claim_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.observability.alertmanager.settings import AlertmanagerSettings
    from components.settings.cluster import ClusterSettings

OBJECT = "alerts"
"""Name of the Alertmanager object."""
STATEFUL_SET = f"alertmanager-{OBJECT}"
"""What the operator makes of it."""
SERVICE = "alertmanager"
WEB_PORT = 9093
GOSSIP_PORT = 9094
USER = 65534
"""uid of the image (observability, 2.1)."""
VOLUME = "data"
RETENTION = "120h"
"""How long what was sent and what was silenced is remembered: longer than the longest repeat (24 h) by far."""
CONFIGURATION_KEY = "alertmanager.yaml"
"""The key in which the operator looks."""


WORKLOAD = Workload("alertmanager", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class AlertmanagerArgs:
    """What Alertmanager needs to know.

    Attributes:
        settings: size, receivers, teams, windows.
        environment: the one whose alerts may wake somebody.
        cluster: zones and storage class.
        images: the catalogue.
        secrets: of the stack file, by its keys.
        protection: how the object is kept whose deletion would stop alerting.
    """

    settings: AlertmanagerSettings
    environment: str
    cluster: ClusterSettings
    images: ImageCatalogue
    secrets: Mapping[str, Output[str]]
    protection: DataProtection


class Alertmanager(ComponentResource):
    """Replicas that tell each other what was sent, run by the Prometheus Operator.

    Prometheus sends to every replica by its own name; the Service is for people and for Grafana.
    """

    url: Output[str]

    image = Image(name="prom/alertmanager", tag="v{version}")

    endpoint = Endpoint.of(
        WORKLOAD, {"web": WEB_PORT, "gossip": GOSSIP_PORT}, udp={"gossip-udp": GOSSIP_PORT}, metrics=(Metrics("web"),)
    )
    endpoints = (endpoint,)

    def __init__(self, name: str, args: AlertmanagerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:Alertmanager", name, None, opts)
        child = ResourceOptions(parent=self)
        receiver_secrets = {
            section: _receiver_secret(name, section, args.secrets, child) for section in given(args.settings)
        }
        made = operated(
            name,
            OperatedArgs(
                kind="Alertmanager",
                name=OBJECT,
                workload=WORKLOAD,
                replicas=args.settings.replicas,
                disk=args.settings.disk,
                volume=VOLUME,
                key="ballast:alertmanager.disk",
                spec=_spec(args, _configuration(name, args, child), receiver_secrets),
                protection=args.protection,
            ),
            child,
        )
        # The operator's pods are what it finds.
        service(
            WORKLOAD, self.endpoint, ResourceOptions.merge(child, ResourceOptions(depends_on=[made])), ports=["web"]
        )
        pod_monitors(self.endpoint, child)
        self.connections = [
            *(Connection(self.endpoint, self.endpoint, port) for port in ("gossip", "gossip-udp")),
            *egress(self.endpoint, outside(args.settings)),
        ]
        self.url = Output.from_input(_url())
        self.register_outputs({"url": self.url})


def _url() -> str:
    return f"http://{Alertmanager.endpoint.address('web')}"


def _configuration(name: str, args: AlertmanagerArgs, child: ResourceOptions) -> Output[str]:
    made = Secret(
        f"{name}-configuration",
        metadata={"namespace": str(NAMESPACE), "labels": labels(WORKLOAD)},
        type="Opaque",
        string_data={
            # Nothing in it is secret, but a Secret is where the operator looks for it.
            CONFIGURATION_KEY: Output.secret(
                yaml.safe_dump(alertmanager_configuration(args.settings, args.environment), sort_keys=False)
            )
        },
        opts=child,
    )
    return made.metadata.apply(lambda made: str(made.name))


def _receiver_secret(
    name: str, section: str, secrets: Mapping[str, Output[str]], child: ResourceOptions
) -> Output[str]:
    key = SECRET_OF[section]
    return password_secret(
        f"{name}-{section}-password",
        PasswordArgs(
            namespace=NAMESPACE,
            value=secrets[key],
            purpose=SECRETS[key].purpose,
            readers=SECRETS[key].readers,
        ),
        opts=child,
    )


def _spec(args: AlertmanagerArgs, configuration: Output[str], secrets: Mapping[str, Output[str]]) -> dict[str, Any]:
    settings = args.settings
    spread = {
        "maxSkew": 1,
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": selector(WORKLOAD)},
    }
    in_zones = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": list(args.cluster.zones)}
    apart = {"labelSelector": spread["labelSelector"], "topologyKey": "kubernetes.io/hostname"}
    return {
        "version": settings.version,
        "image": args.images.reference(Alertmanager.image, settings.version),
        "replicas": settings.replicas,
        "retention": RETENTION,
        "externalUrl": _url(),
        # Without a selector for AlertmanagerConfig objects the operator passes the configuration on as it stands:
        # no other object adds a route to it, or a namespace matcher to ours.
        "configSecret": configuration,
        # Gossip of another environment is not understood, should a network ever let it through.
        "clusterLabel": f"{args.environment}-{OBJECT}",
        "podMetadata": {"labels": labels(WORKLOAD)},
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        # The operator adds to each container: read-only root, no escalation, no capabilities.
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [in_zones]}]
                }
            },
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]},
        },
        "topologySpreadConstraints": [{**spread, "topologyKey": "topology.kubernetes.io/zone"}],
        "storage": {"volumeClaimTemplate": claim_template(VOLUME, settings.disk, args.cluster.storage_class.name)},
        "persistentVolumeClaimRetentionPolicy": KEEP_CLAIMS,
        "volumes": [
            {"name": section, "secret": {"secretName": secret, "defaultMode": 0o440}}
            for section, secret in secrets.items()
        ],
        "volumeMounts": [
            {"name": section, "mountPath": f"{FOLDER}/{section}", "readOnly": True} for section in secrets
        ],
    }
