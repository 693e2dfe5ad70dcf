"""The collector on loopback: the configuration that is deployed, with the addresses and folders of a test.

This file is the whole list of what differs from a cluster. What can't be built here stands in `without_unbuildable`;
everything else is addresses, folders, and OTLP as JSON where a recorder is the server.
"""

from __future__ import annotations

import copy
import json
import subprocess
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.composition.collector import backends
from components.credentials.passwords import PASSWORD_KEY
from components.observability.collector.agent_configuration import DATA_FOLDER as AGENT_FOLDER
from components.observability.collector.agent_configuration import LOGS_FOLDER, agent_configuration
from components.observability.collector.backends import Origin
from components.observability.collector.gateway import CollectorGateway
from components.observability.collector.gateway_configuration import DATA_FOLDER, gateway_configuration
from components.observability.collector.vendor import TOKEN_FOLDER
from tests.live.programs import Process, program
from tests.live.recorder import Recorder
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from components.observability.collector.settings import CollectorSettings
    from components.settings.stack import StackSettings

VENDOR_TOKEN = "a-token-of-the-vendor"  # noqa: S105 - opens nothing


@dataclass(frozen=True)
class Addresses:
    """Free ports of one collector."""

    grpc: int = field(default_factory=lambda: ports.pick(1)[0])
    http: int = field(default_factory=lambda: ports.pick(1)[0])
    metrics: int = field(default_factory=lambda: ports.pick(1)[0])
    health: int = field(default_factory=lambda: ports.pick(1)[0])

    @property
    def otlp(self) -> str:
        return f"http://127.0.0.1:{self.http}"


def rendered_gateway(stack: StackSettings, collector: CollectorSettings | None = None) -> dict[str, Any]:
    """Return the gateway's configuration as a stack deploys it."""
    origin = Origin(environment="prod", cluster="ballast-prod")
    return gateway_configuration(collector or stack.collector, origin, backends(stack))


def gateway(
    rendered: dict[str, Any], addresses: Addresses, folder: Path, backends: Mapping[str, str | Recorder]
) -> dict[str, Any]:
    """Return a rendered gateway on loopback, which also takes OTLP by HTTP.

    Args:
        rendered: as deployed.
        addresses: its own.
        folder: for its queues and its vendor's token.
        backends: by exporter, the base URL of the real program, or a recorder.
    """
    made = _moved(rendered, addresses, DATA_FOLDER, folder)
    made["receivers"]["otlp"]["protocols"]["http"] = {"endpoint": f"127.0.0.1:{addresses.http}"}
    assert set(backends) == set(made["exporters"])
    made["exporters"] = {
        name.replace("otlp_grpc", "otlp_http"): _towards(exporter, backends[name])
        for name, exporter in made["exporters"].items()
    }
    for pipeline in made["service"]["pipelines"].values():
        pipeline["exporters"] = [name.replace("otlp_grpc", "otlp_http") for name in pipeline["exporters"]]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PASSWORD_KEY).write_text(VENDOR_TOKEN)
    return json.loads(json.dumps(made).replace(TOKEN_FOLDER, str(folder)))


def _towards(exporter: dict[str, Any], backend: str | Recorder) -> dict[str, Any]:
    # An address of gRPC has no scheme and no path.
    path = urllib.parse.urlsplit(exporter["endpoint"]).path if "://" in exporter["endpoint"] else ""
    if isinstance(backend, Recorder):
        return {**exporter, "endpoint": f"{backend.url}{path}", "encoding": "json"}
    return {**exporter, "endpoint": f"{backend}{path}"}


def agent(rendered: dict[str, Any], addresses: Addresses, folder: Path, gateway_port: int) -> dict[str, Any]:
    """Return a rendered agent on loopback, before one gateway; its node's logs lie in `pods`."""
    made = without_unbuildable(_moved(rendered, addresses, AGENT_FOLDER, folder))
    made = json.loads(json.dumps(made).replace(LOGS_FOLDER, str(folder / "pods")))
    made["receivers"]["otlp"]["protocols"]["http"]["endpoint"] = f"127.0.0.1:{addresses.http}"
    for exporter in made["exporters"].values():
        exporter["endpoint"] = f"127.0.0.1:{gateway_port}"
    # There is no API server to ask: with this it only notes the address that sends.
    made["processors"]["k8s_attributes"]["passthrough"] = True
    return made


def without_unbuildable(rendered: dict[str, Any]) -> dict[str, Any]:
    """Return an agent's configuration with plain OTLP where load_balancing stands."""
    made = copy.deepcopy(rendered)
    balancing = made["exporters"].pop("load_balancing")
    # Its own queue, and what it makes for each gateway, have the keys of otlp_grpc.
    each = {**balancing["protocol"]["otlp"], "endpoint": "127.0.0.1:4317"}
    queue = {key: balancing[key] for key in ("timeout", "retry_on_failure", "sending_queue")}
    made["exporters"] |= {"otlp_grpc/by_trace": {**each, **queue}, "otlp_grpc/each_gateway": each}
    made["service"]["pipelines"]["traces"]["exporters"] = ["otlp_grpc/by_trace"]
    return made


def collector(configuration: dict[str, Any], addresses: Addresses, folder: Path, *, core: int | None = None) -> Process:
    """Return the collector as a process that isn't started yet."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "collector.yaml"
    file.write_text(json.dumps(configuration, indent=1))
    return Process(
        [program("otelcol"), f"--config={file}"],
        folder,
        f"http://127.0.0.1:{addresses.health}/",
        environment={"K8S_NODE_NAME": "local"},
        core=core,
    )


def rendered_agent() -> dict[str, Any]:
    return agent_configuration(CollectorGateway.endpoint)


def _moved(rendered: dict[str, Any], addresses: Addresses, data: str, folder: Path) -> dict[str, Any]:
    made = json.loads(json.dumps(rendered).replace(data, str(folder / "data")))
    made["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] = f"127.0.0.1:{addresses.grpc}"
    made["extensions"]["health_check"]["endpoint"] = f"127.0.0.1:{addresses.health}"
    reader = made["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]
    reader |= {"host": "127.0.0.1", "port": addresses.metrics}
    return made


def valid(rendered: dict[str, Any], folder: Path) -> str:
    """Return what the collector has against a configuration; an empty text when it accepts it."""
    file = folder / "rendered.yaml"
    token = folder / PASSWORD_KEY
    token.write_text(VENDOR_TOKEN)
    file.write_text(json.dumps(rendered).replace(TOKEN_FOLDER, str(folder)))
    result = subprocess.run(
        [program("otelcol"), "validate", f"--config={file}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"K8S_NODE_NAME": "local"},
    )
    return "" if result.returncode == 0 else result.stderr + result.stdout
