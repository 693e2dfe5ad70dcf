"""A real Alertmanager on our configuration, and the places that it tells, all on loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import socketserver
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest
import yaml

from components.observability.alertmanager.receivers import FOLDER, SECRET_OF
from tests.harness.json_server import JsonServer
from toolchain import ports, toolbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.harness.json_server import Request

PATIENCE = 20
"""Seconds after which something that should happen is held not to happen."""


@dataclass
class Vendors:
    """PagerDuty, Slack and the dead man's switch as one stub: it takes everything."""

    taken: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> tuple[int, object]:
        self.taken.append(request)
        return (202, {"status": "success"}) if "pagerduty" in request.path else (200, {"ok": True, "ts": "1.1"})

    def at(self, path: str) -> list[Request]:
        return [request for request in self.taken if request.path == path]


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that takes everything, with the words by which the sender logged in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Letter)
        self.letters: list[dict[str, str]] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()


class _Letter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        letter: dict[str, str] = {}
        self._say("220 mailbox")
        for raw in self.rfile:
            line = raw.decode().strip()
            word = line.split(maxsplit=1)[0].upper()
            letter[word] = line.partition(" ")[2]
            if word == "EHLO":
                self._say("250-mailbox\r\n250 AUTH PLAIN")
            elif word == "DATA":
                self._say("354 go on")
                letter["DATA"] = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                self.server.letters.append(letter)  # pyrefly: ignore
                self._say("250 taken")
            else:
                self._say("235 welcome" if word == "AUTH" else "250 well")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@dataclass
class RunningAlertmanager:
    """The server and who it tells.

    Attributes:
        port: of its API.
        vendors: what PagerDuty, Slack and the dead man's switch were told.
        mailbox: what was mailed.
    """

    port: int
    vendors: Vendors
    mailbox: Mailbox

    def ask(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, body=payload, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        assert answer.status == 200, text
        return json.loads(text) if text.startswith(("[", "{")) else text

    def fire(self, *alerts: dict[str, Any]) -> None:
        """Send alerts: `labels`, and what else an alert has."""
        self.ask("POST", "/api/v2/alerts", list(alerts))

    def await_(self, found: Callable[[], Any]) -> Any:
        """What `found` returns once it is something."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if seen := found():
                return seen
            time.sleep(0.02)
        pytest.fail(f"not within {PATIENCE} seconds; told were {[r.path for r in self.vendors.taken]}")


@contextlib.contextmanager
def alertmanager(folder: Path, configuration: dict[str, Any]) -> Iterator[RunningAlertmanager]:
    """Run it; a secret is the word `secret-of-` and its receiver, and waiting times are those of a test."""
    vendors = Vendors()
    with JsonServer(vendors) as server, Mailbox() as mailbox:
        for name in SECRET_OF:
            file = folder / "receivers" / name / "password"
            file.parent.mkdir(parents=True)
            file.write_text(f"{server.url}/heartbeat" if name == "heartbeat" else f"secret-of-{name}")
        text = yaml.safe_dump(_hastened(configuration, server.url, mailbox)).replace(FOLDER, str(folder / "receivers"))
        (folder / "alertmanager.yaml").write_text(text)
        (port,) = ports.pick(1)
        command = [str(toolbox.require("alertmanager")), f"--config.file={folder}/alertmanager.yaml"]
        command += [f"--storage.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
        command += ["--cluster.listen-address="]
        log = folder / "alertmanager.log"
        with log.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            try:
                running = RunningAlertmanager(port, vendors, mailbox)
                _await_ready(running, process, log)
                yield running
            finally:
                process.terminate()
                process.wait(PATIENCE)


def _await_ready(running: RunningAlertmanager, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            running.ask("GET", "/-/ready")
            return
        time.sleep(0.02)
    pytest.fail(f"Alertmanager did not start:\n{log.read_text()[-3000:]}")


def _hastened(configuration: dict[str, Any], url: str, mailbox: Mailbox) -> dict[str, Any]:
    shared = dict(configuration["global"])
    shared |= {"pagerduty_url": f"{url}/pagerduty"} if "pagerduty_url" in shared else {}
    shared |= {"slack_app_url": f"{url}/slack"} if "slack_app_url" in shared else {}
    if "smtp_smarthost" in shared:
        # Go sends a password without TLS to this machine only.
        shared |= {"smtp_smarthost": f"127.0.0.1:{mailbox.server_address[1]}", "smtp_require_tls": False}
    return {**configuration, "global": shared, "route": _soon(configuration["route"])}


def _soon(route: dict[str, Any]) -> dict[str, Any]:
    # Long enough for alerts that are sent together to become one message.
    waits = {"group_wait": "500ms", "group_interval": "1s"}
    kept = {key: waits.get(key, value) for key, value in route.items()}
    return kept | ({"routes": [_soon(child) for child in route["routes"]]} if "routes" in route else {})
