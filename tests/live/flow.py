"""An agent before a gateway of production's shape, whose backends remember what they were sent."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from components.settings.quantities import Duration
from tests.harness.declare import stack_settings
from tests.live.collector import Addresses, agent, collector, gateway, rendered_agent, rendered_gateway
from tests.live.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from components.observability.collector.settings import CollectorSettings
    from tests.live.programs import Process

WAIT = Duration(1)
"""Production waits longer for a trace's spans; here they come at once."""

TEMPO, VENDOR, LOKI, PREPPER = "otlp_grpc/tempo", "otlp_http/vendor", "otlp_http/loki", "otlp_grpc/data-prepper"


class Flow:
    """Both collectors while the context lasts.

    Args:
        folder: for what they keep.
        settings: changes the settings of production's collector.
        configuration: changes the rendered gateway, for what must fail without one of its parts.
        agent: changes the rendered agent.

    Attributes:
        backends: recorders by exporter.
        gateway, agent: the processes.
        addresses: of the gateway.
        otlp: where applications send.
        pods: folder of the node's logs.
    """

    def __init__(
        self,
        folder: Path,
        settings: Callable[[CollectorSettings], CollectorSettings] = lambda given: given,
        configuration: Callable[[dict[str, Any]], None] = lambda _: None,
        agent: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self.stack = stack_settings("prod")
        given = self.stack.collector
        sampling = given.sampling.model_copy(update={"wait": WAIT})
        self._rendered = rendered_gateway(self.stack, settings(given.model_copy(update={"sampling": sampling})))
        configuration(self._rendered)
        self.backends = {name: Recorder() for name in self._rendered["exporters"]}
        self.addresses, self._agent = Addresses(), Addresses()
        self.otlp = self._agent.otlp
        self._rendered_agent = rendered_agent()
        agent(self._rendered_agent)
        self.pods = folder / "agent" / "pods"
        self.pods.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for recorder in self.backends.values():
                opened.enter_context(recorder)
            # Both are stopped and started again by tests, so whichever runs by then is ended.
            self.gateway = self.started_gateway()
            opened.callback(self._stop_gateway)
            self.agent = self.started_agent()
            opened.callback(self._stop_agent)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _stop_gateway(self) -> None:
        self.gateway.stop()

    def _stop_agent(self) -> None:
        self.agent.stop()

    def started_gateway(self) -> Process:
        """Start the gateway, with what it keeps on its disk."""
        folder = self._folder / "gateway"
        configuration = gateway(self._rendered, self.addresses, folder, self.backends)
        return collector(configuration, self.addresses, folder).__enter__()

    def started_agent(self) -> Process:
        """Start the agent, with its queue and its reading positions."""
        folder = self._folder / "agent"
        configuration = agent(self._rendered_agent, self._agent, folder, self.addresses.grpc)
        return collector(configuration, self._agent, folder).__enter__()
