"""Log records per second that one gateway holds on one processor core, beside the same collector that does nothing.

Held means taken, masked, queued on the disk and sent on: time runs until the backend has all of them. Records come as
JSON, whose reading is in both figures.
"""

from __future__ import annotations

import copy
import json
import re
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.harness.declare import stack_settings
from tests.live import otlp
from tests.live.collector import Addresses, collector, gateway, rendered_gateway
from tests.live.flow import LOKI, TEMPO
from tests.live.programs import until

CORE = 0
SECONDS = 6
CLIENTS = 4
BATCH = 500
LINES = (
    "GET /orders/4711 answered 200 in 12 ms for tenant acme-berlin, 1523 input_tokens and 512 output_tokens were used",
    "user bob@example.com paid order 4711 with card 4111 1111 1111 1111 after 2 attempts, trace was kept",
    "retrieved 12 documents from collection handbook in 34 ms, best score 0.8311111111111111, worst 0.4111111111111111",
    "job nightly-reindex moved 10000 documents, 0 failed, next run at 2026-11-22T02:00:00Z, queue length 3",
)


class Sink(ThreadingHTTPServer):
    """A backend that takes everything and looks at nothing."""

    daemon_threads = True

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
            """Say nothing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as scratch:
        floor = _records_per_second(Path(scratch) / "floor", _bare)
        held = _records_per_second(Path(scratch) / "held", copy.deepcopy)
    size = sum(map(len, LINES)) // len(LINES)
    print(f"log records held by a gateway on one core:  {held:6.0f} /s  (lines of {size} characters, none lost)")
    print(f"floor: the same, no processor, no disk:     {floor:6.0f} /s")
    print(f"ratio:                                      {held / floor:6.2f}")


def _bare(rendered: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(rendered)
    for pipeline in made["service"]["pipelines"].values():
        pipeline["processors"] = []
    for exporter in made["exporters"].values():
        del exporter["sending_queue"]
    return made


def _records_per_second(folder: Path, change: Any) -> float:
    addresses, sink = Addresses(), Sink()
    stack = stack_settings("dev")
    address = f"http://127.0.0.1:{sink.server_address[1]}"
    backends = dict.fromkeys((LOKI, TEMPO, "otlp_http/prometheus-0"), address)
    configuration = gateway(change(rendered_gateway(stack)), addresses, folder, backends)
    payload = json.dumps(otlp.logs(*(otlp.Record(body=LINES[one % len(LINES)]) for one in range(BATCH)))).encode()
    with collector(configuration, addresses, folder, core=CORE):
        began = time.monotonic()
        sent: list[int] = []
        clients = [
            threading.Thread(target=_send, args=(addresses.otlp, payload, began + SECONDS, sent))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        records = BATCH * len(sent)
        until(lambda: _counted(addresses, "exporter_sent_log_records") >= records, "all records sent on", 120)
        taken = time.monotonic() - began
        assert _counted(addresses, "receiver_accepted_log_records") == records
        assert _counted(addresses, "exporter_sent_log_records") == records
    sink.shutdown()
    return records / taken


def _send(address: str, payload: bytes, end: float, sent: list[int]) -> None:
    request = urllib.request.Request(  # noqa: S310 - an address on loopback
        f"{address}/v1/logs", data=payload, headers={"Content-Type": "application/json"}
    )
    while time.monotonic() < end:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            answer.read()
        sent.append(1)


def _counted(addresses: Addresses, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{addresses.metrics}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(map(float, re.findall(rf"^otelcol_{name}{{[^}}]*}} (\S+)$", text, re.MULTILINE)))
