"""A real Loki on loopback, started from the configuration that the platform renders."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from components.observability.stores.loki_configuration import loki_configuration
from tests.harness.cluster import need_programs
from tests.harness.declare import stack_settings
from tests.harness.opensearch import end
from toolchain import ports
from toolchain.toolbox import require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from components.settings.telemetry import LokiSettings

START_SECONDS = 60
SECOND = 10**9


@dataclass(frozen=True)
class Loki:
    """A running Loki.

    Attributes:
        url: where it listens.
    """

    url: str

    def ask(self, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Return status and text of an answer; POST with a body, GET without."""
        url = f"{self.url}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")  # OTLP answers in protobuf

    def push(self, resource: Mapping[str, str], *records: Mapping[str, Any]) -> tuple[int, str]:
        """Send log records of one resource by OTLP."""
        log = {"resource": {"attributes": attributes(resource)}, "scopeLogs": [{"logRecords": list(records)}]}
        return self.ask("/otlp/v1/logs", {"resourceLogs": [log]})

    def query(self, logql: str, *, since: float, until: float | None = None) -> list[dict[str, Any]]:
        """Return the streams that a query finds between two times in seconds."""
        end_time = time.time() if until is None else until
        status, text = self.ask(
            "/loki/api/v1/query_range", query=logql, start=int(since * SECOND), end=int(end_time * SECOND)
        )
        assert status == 200, text
        return json.loads(text)["data"]["result"]

    def settings(self) -> dict[str, Any]:
        """Return the configuration that it runs with."""
        return yaml.safe_load(self.ask("/config")[1])


def attributes(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return attributes as OTLP writes them in JSON."""
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]


def record(body: str, *, at: float, trace: str = "", **values: str) -> dict[str, Any]:
    """Return a log record of a time in seconds; names of attributes have _ in place of dots."""
    return {
        "timeUnixNano": str(int(at * SECOND)),
        "body": {"stringValue": body},
        "severityText": "INFO",
        **({"traceId": trace, "spanId": trace[:16]} if trace else {}),
        "attributes": attributes({key.replace("_", "."): value for key, value in values.items()}),
    }


def loki_settings(stack: str, **changes: Any) -> LokiSettings:
    """Return the settings of a real stack file, changed."""
    settings = stack_settings(stack).loki
    assert settings is not None, f"Pulumi.{stack}.yaml has no loki"
    return settings.model_copy(update=changes)


def impatient(configuration: dict[str, Any]) -> None:
    """Have it ready at once: nobody joins this ring."""
    configuration["ingester"]["lifecycler"] = {"min_ready_duration": "0s"}


def rendered(settings: LokiSettings, folder: Path) -> dict[str, Any]:
    """Return the platform's configuration with only addresses and folders changed."""
    http, grpc = ports.pick(2)
    configuration = loki_configuration(settings, data=str(folder))
    configuration["server"] |= {
        "http_listen_address": "127.0.0.1",
        "http_listen_port": http,
        "grpc_listen_port": grpc,
    }
    return configuration


@contextlib.contextmanager
def running(
    settings: LokiSettings, folder: Path, change: Callable[[dict[str, Any]], object] | None = None
) -> Iterator[Loki]:
    """Run Loki on a folder; `change` may alter its configuration."""
    need_programs("loki")
    configuration = rendered(settings, folder / "data")
    if change is not None:
        change(configuration)
    file = folder / "loki.yaml"
    file.write_text(yaml.safe_dump(configuration))
    log = folder / "loki.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            [str(require("loki")), f"-config.file={file}"], stdout=output, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            loki = Loki(f"http://127.0.0.1:{configuration['server']['http_listen_port']}")
            _await(loki, process, log)
            yield loki
        finally:
            end(process)


def _await(loki: Loki, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Loki ended:\n{log.read_text()[-2000:]}"
        with contextlib.suppress(OSError):
            if loki.ask("/ready")[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"Loki is not ready after {START_SECONDS} s:\n{log.read_text()[-2000:]}")
