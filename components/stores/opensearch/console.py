"""OpenSearch Dashboards: the console of the OpenSearch cluster."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret

from components.credentials.certificates import LeafCertificateArgs, leaf_certificate
from components.credentials.passwords import PASSWORD_KEY
from components.foundation.config_maps import config_map
from components.foundation.connections import Endpoint
from components.foundation.deployments import authority_volume, deployment
from components.foundation.images import Image
from components.foundation.labels import labels
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import service
from components.stores.opensearch import workloads
from components.stores.opensearch.settings import NAMESPACE
from components.stores.opensearch.users import CONSOLE_USER

if TYPE_CHECKING:
    from components.stores.opensearch.console_settings import ConsoleSettings
    from components.stores.opensearch.search_endpoint import SearchEndpoint

PORT = 5601
USER = 1000
HOME = "/usr/share/opensearch-dashboards"


@dataclass(frozen=True, kw_only=True)
class OpenSearchConsoleArgs:
    """What the console needs to know.

    Attributes:
        settings: replicas and size.
        host: where it listens.
        image: the OpenSearch Dashboards image, of the cluster's version.
        opensearch: where the cluster answers.
        issuer: the authority that signs its own certificate.
        password: Secret with the password of its service user.
        cookie_seed: the same password, from which the key of its session cookies is made.
    """

    settings: ConsoleSettings
    host: str
    image: str
    opensearch: SearchEndpoint
    issuer: Output[str]
    password: Output[str]
    cookie_seed: Output[str]


class OpenSearchConsole(ComponentResource):
    """A Deployment of OpenSearch Dashboards behind TLS, with sessions that any of its pods can read."""

    service: Output[str]

    image = Image(name="opensearchproject/opensearch-dashboards")

    endpoint = Endpoint.of(workloads.CONSOLE, {"https": PORT}, name="opensearch-console")
    endpoints = ()

    def __init__(self, name: str, args: OpenSearchConsoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:OpenSearchConsole", name, None, opts)
        self.connections = (args.opensearch.reached_by(self.endpoint),)
        child = ResourceOptions(parent=self)
        metadata = {"namespace": str(NAMESPACE), "labels": labels(workloads.CONSOLE)}
        certificate = leaf_certificate(
            f"{name}-tls",
            LeafCertificateArgs(
                namespace=NAMESPACE,
                issuer=args.issuer,
                common_name=name,
                dns_names=(name, f"{name}.{NAMESPACE}", self.endpoint.host),
                server=True,
            ),
            opts=child,
        )
        written = {"opensearch_dashboards.yml": args.opensearch.url.apply(lambda url: _configuration(args.host, url))}
        configuration = config_map(f"{name}-configuration", workloads.CONSOLE, written, child)
        cookie = Secret(
            f"{name}-cookie", metadata=metadata, string_data={"key": args.cookie_seed.apply(_cookie_key)}, opts=child
        )
        pod = _pod(args, configuration, cookie.metadata.name, certificate)
        deployment(
            name,
            workload=workloads.CONSOLE,
            replicas=args.settings.replicas,
            pod=pod,
            opts=child,
        )
        made = service(workloads.CONSOLE, self.endpoint, child)
        self.service = made.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"service": self.service})


def _cookie_key(seed: str) -> str:
    """Return 64 hexadecimal digits; the plugin wants 32 or more, the same in every pod, and its default is public."""
    return hmac.new(seed.encode(), b"ballast console cookie", "sha256").hexdigest()


def _configuration(host: str, opensearch_url: str) -> str:
    settings: dict[str, Any] = {
        "server.host": host,
        "server.port": PORT,
        "server.ssl.enabled": True,
        "server.ssl.certificate": "/etc/ballast/tls/tls.crt",
        "server.ssl.key": "/etc/ballast/tls/tls.key",
        "path.data": "/var/lib/ballast",
        "opensearch.hosts": [opensearch_url],
        "opensearch.username": CONSOLE_USER,
        "opensearch.password": "${BALLAST_PASSWORD}",
        "opensearch.ssl.verificationMode": "full",
        "opensearch.ssl.certificateAuthorities": ["/etc/ballast/authority/ca.crt"],
        "opensearch.requestHeadersAllowlist": ["authorization", "securitytenant"],
        "opensearch_security.cookie.secure": True,
        "opensearch_security.cookie.password": "${BALLAST_COOKIE_KEY}",
        # The probe asks for the status and has no user.
        "opensearch_security.auth.unauthenticated_routes": ["/api/status"],
        "status.allowAnonymous": True,
    }
    return yaml.safe_dump(settings, sort_keys=False)


def _pod(
    args: OpenSearchConsoleArgs, configuration: Output[str], cookie: Output[str], certificate: Output[str]
) -> dict[str, Any]:
    def from_secret(variable: str, secret: Output[str], key: str) -> dict[str, Any]:
        # Dashboards reads these two only as environment variables or out of a keystore that a shell would have to fill.
        return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}

    mounts = {"configuration": "/etc/ballast/console", "tls": "/etc/ballast/tls", "authority": "/etc/ballast/authority"}
    container = {
        "name": "dashboards",
        "image": args.image,
        "command": [f"{HOME}/bin/opensearch-dashboards", "--config", "/etc/ballast/console/opensearch_dashboards.yml"],
        "env": [
            from_secret("BALLAST_PASSWORD", args.password, PASSWORD_KEY),
            from_secret("BALLAST_COOKIE_KEY", cookie, "key"),
        ],
        "ports": [{"name": "https", "containerPort": PORT}],
        "resources": fixed_resources(args.settings.cpu.kubernetes, args.settings.memory.kubernetes),
        "startupProbe": {"tcpSocket": {"port": "https"}, "periodSeconds": 5, "failureThreshold": 60},
        "readinessProbe": {
            "httpGet": {"path": "/api/status", "port": "https", "scheme": "HTTPS"},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
        },
        "livenessProbe": {"tcpSocket": {"port": "https"}, "periodSeconds": 20, "failureThreshold": 6},
        "volumeMounts": [
            *({"name": volume, "mountPath": path, "readOnly": True} for volume, path in mounts.items()),
            {"name": "data", "mountPath": "/var/lib/ballast"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
        ],
    }
    volumes = [
        {"name": "configuration", "configMap": {"name": configuration}},
        {"name": "tls", "secret": {"secretName": certificate, "defaultMode": 0o440}},
        authority_volume(args.opensearch.authority),
        {"name": "data", "emptyDir": {"sizeLimit": "256Mi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
    ]
    return hardened_pod({"containers": [container], "volumes": volumes}, user=USER)
