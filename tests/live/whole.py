"""The whole stack of production as processes on loopback, fed by an OTLP client."""

from __future__ import annotations

import os
import re
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import yaml

from components.observability.alertmanager.routing import alertmanager_configuration
from tests.harness.alertmanager import alertmanager
from tests.harness.declare import real_stack, stack_settings
from tests.harness.operated import generated_prometheus, objects_of, read_object
from tests.live.collector import Addresses, agent, collector, gateway, rendered_agent, rendered_gateway
from tests.live.flow import LOKI, PREPPER, TEMPO, VENDOR
from tests.live.prometheus import Replica, replica
from tests.live.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from components.settings.stack import StackSettings
    from toolchain.cluster import Cluster

RULES = "prometheus-metrics-rulefiles-0"

OUTAGE_SECONDS = int(os.environ.get("BALLAST_OUTAGE_SECONDS", "5"))
"""How long the vendor is away. `make live` takes a minute; what is shown is the same."""

TEST_RULE = {
    "groups": [
        {
            "name": "live",
            "rules": [
                {
                    "alert": "OrdersStuck",
                    "expr": "orders_open > 100",
                    "labels": {"severity": "critical", "team": "search", "namespace": "shop"},
                    "annotations": {"summary": "Orders are stuck"},
                }
            ],
        }
    ]
}
"""The only rule that is not the program's own."""


class Whole:
    """Agent, gateway, both Prometheus and Alertmanager; recorders stand for Loki, Tempo, Data Prepper and the vendor.

    Attributes:
        loki, tempo, vendor, prepper: the recorders.
        replicas: both Prometheus.
        alerting: Alertmanager, and who it tells.
        otlp: where applications send.
    """

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self._folder, self._cluster = folder, cluster
        self._addresses, self._agent = Addresses(), Addresses()
        self.otlp = self._agent.otlp
        self.loki, self.tempo, self.vendor, self.prepper = Recorder(), Recorder(), Recorder(), Recorder()

    def __enter__(self) -> Self:
        stack = stack_settings("prod")
        with ExitStack() as opened:
            for recorder in (self.loki, self.tempo, self.vendor, self.prepper):
                opened.enter_context(recorder)
            quiet = stack.alertmanager.model_copy(update={"maintenance": {}})
            told = self._folder / "alertmanager"
            told.mkdir()
            configuration = alertmanager_configuration(quiet, "prod")
            self.alerting = opened.enter_context(alertmanager(told, configuration))
            self.replicas = self._prometheus(stack)
            for one in self.replicas:
                opened.enter_context(one.process)
            pushed = {f"otlp_http/prometheus-{number}": one.url for number, one in enumerate(self.replicas)}
            own = {TEMPO: self.tempo, VENDOR: self.vendor, PREPPER: self.prepper, LOKI: self.loki}
            folder = self._folder / "gateway"
            rendered = gateway(rendered_gateway(stack), self._addresses, folder, {**own, **pushed})
            opened.enter_context(collector(rendered, self._addresses, folder))
            folder = self._folder / "agent"
            rendered = agent(rendered_agent(), self._agent, folder, f"127.0.0.1:{self._addresses.grpc}")
            opened.enter_context(collector(rendered, self._agent, folder))
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def queue(self, exporter: str) -> float:
        """Return how much waits for a backend, by the gateway's own metrics."""
        address = f"http://127.0.0.1:{self._addresses.metrics}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
        sizes = re.findall(rf'^otelcol_exporter_queue_size{{.*exporter="{exporter}".*}} (\S+)$', text, re.MULTILINE)
        assert sizes, text
        return sum(map(float, sizes))

    def _prometheus(self, stack: StackSettings) -> list[Replica]:
        recording, cluster = real_stack("prod"), self._cluster
        with objects_of(recording, cluster):
            generated = generated_prometheus(recording, cluster)
            rules = {**read_object(cluster, "configmap", RULES)["data"], "live.yaml": yaml.safe_dump(TEST_RULE)}
        targets = {
            "collector-metrics": self._agent.metrics,
            "collector-gateway-metrics": self._addresses.metrics,
            "alertmanager-web": self.alerting.port,
        }
        return [
            replica(number, generated, self._folder / f"prometheus-{number}", rules, targets, self.alerting.port)
            for number in range(stack.prometheus.replicas)
        ]
