"""Grafana: one process that people look at, made of files alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.credentials.passwords import PASSWORD_KEY, PasswordArgs, password_secret
from components.foundation.config_maps import config_map
from components.foundation.connections import Connection, Endpoint, ExternalEndpoint, Metrics, egress, opened
from components.foundation.images import Image
from components.foundation.labels import Workload
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import service
from components.observability.grafana import ini, paths, provisioning
from components.settings.addresses import port_of
from components.settings.secrets import SECRETS
from components.settings.telemetry_namespaces import NAMESPACE
from components.storage.stateful_sets import VOLUME, StatefulSetArgs, stateful_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.foundation.data_protection import DataProtection
    from components.observability.grafana.datasources import DataSources
    from components.observability.grafana.settings import GrafanaSettings, OidcSettings
    from components.signals.dashboard import Dashboard

NAME = "grafana"
USER = 472
ADMIN_SECRET = "grafanaAdminPassword"  # noqa: S105 - the key of the stack file
OIDC_SECRET = "grafanaOidcSecret"  # noqa: S105 - the key of the stack file


WORKLOAD = Workload("grafana", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class GrafanaArgs:
    """What Grafana needs to know.

    Attributes:
        settings: version, size, and who may log in.
        image: its image.
        dashboards: what it shows; links of theirs lead to the repository of the settings.
        sources: what it asks.
        secrets: of the stack file, by its keys.
        storage_class: class of its volume; reclaim policy Retain and expandable.
        protection: how the StatefulSet is kept.
    """

    settings: GrafanaSettings
    image: str
    dashboards: Sequence[Dashboard]
    sources: DataSources
    secrets: Mapping[str, Output[str]]
    storage_class: str
    protection: DataProtection


class Grafana(ComponentResource):
    """One Grafana with a volume for its users; data sources and dashboards are files that nobody can change there.

    A StatefulSet, because two processes on one SQLite file would lock each other out: the old pod is gone before the
    new one starts.
    """

    url: Output[str]

    image = Image(name="grafana/grafana")

    endpoint = Endpoint.of(WORKLOAD, {"http": ini.PORT}, metrics=(Metrics("http"),))
    endpoints = (endpoint,)

    def __init__(self, name: str, args: GrafanaArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:Grafana", name, None, opts)
        self._child = ResourceOptions(parent=self)
        settings = args.settings
        service(WORKLOAD, self.endpoint, self._child, awaited=False)
        stateful_set(
            NAME,
            StatefulSetArgs(
                workload=WORKLOAD,
                pod=self._pod(args),
                replicas=1,
                disk=settings.disk,
                key="ballast:grafana.disk",
                storage_class=args.storage_class,
                protection=args.protection,
            ),
            self._child,
        )
        pod_monitors(self.endpoint, self._child)
        self.connections = _connections(settings, args.sources)
        self.url = Output.from_input(grafana_url(settings))
        self.register_outputs({"url": self.url})

    def _pod(self, args: GrafanaArgs) -> dict[str, Any]:
        files = provisioning.files(args.sources)
        scripts = Path(__file__).parent / "scripts"
        folders = self._folders(args.dashboards, args.settings.repository)
        volumes = {
            "configuration": _files(
                self._config_map("configuration", {"grafana.ini": ini.rendered(ini.sections(args.settings))})
            ),
            "provisioning": _provisioned(self._config_map("provisioning", files)),
            "scripts": _files(
                self._config_map("scripts", {"prepare.sh": (scripts / "prepare.sh").read_text(encoding="utf-8")})
            ),
            "admin": self._secret(args, ADMIN_SECRET, "admin"),
            **{f"dashboards-{folder.lower()}": _gathered(found) for folder, found in folders.items()},
            "tmp": {"emptyDir": {"sizeLimit": "64Mi"}},
        }
        mounts = {
            "configuration": paths.CONFIGURATION,
            "provisioning": paths.PROVISIONING,
            "scripts": paths.SCRIPTS,
            "admin": str(Path(paths.ADMIN_PASSWORD).parent),
            **{f"dashboards-{folder.lower()}": f"{paths.DASHBOARDS}/{folder}" for folder in folders},
        }
        if args.settings.oidc is not None:
            volumes["oidc"] = self._secret(args, OIDC_SECRET, "oidc")
            mounts["oidc"] = str(Path(paths.OIDC_SECRET).parent)
        writable = {VOLUME: paths.DATA, "tmp": "/tmp"}  # noqa: S108 - an emptyDir of this pod alone
        return _pod(
            args,
            [{"name": volume, **source} for volume, source in volumes.items()],
            [
                *({"name": volume, "mountPath": path, "readOnly": True} for volume, path in mounts.items()),
                *({"name": volume, "mountPath": path} for volume, path in writable.items()),
            ],
        )

    def _folders(self, dashboards: Sequence[Dashboard], repository: str | None) -> dict[str, list[Output[str]]]:
        """One ConfigMap per dashboard: together they would come near the size that Kubernetes allows."""
        folders: dict[str, list[Output[str]]] = defaultdict(list)
        for one in dashboards:
            folders[one.folder].append(self._config_map(one.uid, {f"{one.uid}.json": one.json(repository)}))
        return folders

    def _config_map(self, use: str, files: Mapping[str, str]) -> Output[str]:
        return config_map(f"{NAME}-{use}", WORKLOAD, files, self._child)

    def _secret(self, args: GrafanaArgs, key: str, use: str) -> dict[str, Any]:
        known = SECRETS[key]
        made = password_secret(
            f"{NAME}-{use}",
            PasswordArgs(namespace=NAMESPACE, value=args.secrets[key], purpose=known.purpose, readers=known.readers),
            opts=self._child,
        )
        items = [{"key": PASSWORD_KEY, "path": Path(paths.ADMIN_PASSWORD).name}]
        return {"secret": {"secretName": made, "defaultMode": 0o440, "items": items}}


def grafana_url(settings: GrafanaSettings) -> str:
    """Return where people reach Grafana."""
    return settings.url or f"http://{Grafana.endpoint.address('http')}"


def _connections(settings: GrafanaSettings, sources: DataSources) -> list[Connection]:
    connections = [Connection(Grafana.endpoint, *server) for server in sources.servers]
    if settings.oidc is not None:
        connections += egress(Grafana.endpoint, identity_provider(settings.oidc))
    return [*connections, *opened(settings.open_to, Grafana.endpoint, "http", to="visitors")]


def identity_provider(oidc: OidcSettings) -> ExternalEndpoint:
    """Return what Grafana reaches to let people in; their browsers reach the authorization endpoint themselves."""
    ports = sorted({port_of(url) for url in (oidc.token_url, oidc.api_url)})
    named = {"https" if number == ports[0] else f"https-{number}": number for number in ports}
    return ExternalEndpoint(name="identity-provider", cidrs=oidc.egress_cidrs, ports=named)


def _files(config_map: Output[str]) -> dict[str, Any]:
    return {"configMap": {"name": config_map}}


def _provisioned(config_map: Output[str]) -> dict[str, Any]:
    places = {provisioning.DATA_SOURCES: "datasources", provisioning.PROVIDERS: "dashboards"}
    items = [{"key": key, "path": f"{folder}/{key}"} for key, folder in places.items()]
    return {"configMap": {"name": config_map, "items": items}}


def _gathered(config_maps: list[Output[str]]) -> dict[str, Any]:
    return {"projected": {"sources": [_files(one) for one in config_maps]}}


def _pod(args: GrafanaArgs, volumes: list[dict[str, Any]], mounts: list[dict[str, Any]]) -> dict[str, Any]:
    settings = args.settings
    health = {"httpGet": {"path": "/api/health", "port": "http"}, "timeoutSeconds": 5}
    shared = {
        "image": args.image,
        "env": [
            {"name": "GF_PATHS_CONFIG", "value": f"{paths.CONFIGURATION}/grafana.ini"},
            {"name": "GF_PATHS_DATA", "value": paths.DATA},
            {"name": "GF_PATHS_PLUGINS", "value": f"{paths.DATA}/plugins"},
            {"name": "GF_PATHS_PROVISIONING", "value": paths.PROVISIONING},
        ],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        "volumeMounts": mounts,
    }
    container = {
        **shared,
        "name": NAME,
        "ports": [{"name": "http", "containerPort": ini.PORT}],
        # Ten minutes for the steps of its database after a new version.
        "startupProbe": {**health, "periodSeconds": 5, "failureThreshold": 120},
        "readinessProbe": {**health, "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {**health, "periodSeconds": 20, "failureThreshold": 9},
    }
    prepare = {**shared, "name": "prepare", "command": ["sh", f"{paths.SCRIPTS}/prepare.sh"]}
    return hardened_pod({"initContainers": [prepare], "containers": [container], "volumes": volumes}, user=USER)
