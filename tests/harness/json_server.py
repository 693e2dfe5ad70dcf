"""A server on loopback that answers JSON and can be told to misbehave; the ground of every stub."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Request:
    """One request as a stub sees it.

    Attributes:
        method: GET, PUT, POST, DELETE.
        path: with its query.
        authorization: the header, or an empty string.
        peer: common name of the client certificate, or None.
        raw: the body as it came.
        headers: by lower-case name.
    """

    method: str
    path: str
    authorization: str
    peer: str | None
    raw: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None


class Answering(Protocol):
    """What a stub is."""

    def answer(self, request: Request) -> tuple[int, object] | None:
        """Return status and body, a string as plain text, bytes as they are; None hangs up."""


@dataclass(frozen=True)
class Trouble:
    """A misbehaviour: an answer other than the right one, a delay before it, or something that happens meanwhile."""

    status: int | None = None
    body: object = "out of order"
    delay: float = 0.0
    path: str = ""
    drop_answer: bool = False
    meanwhile: Callable[[], object] = lambda: None


@dataclass
class JsonServer:
    """A running stub.

    Attributes:
        stub: who answers.
        host: the loopback address; stubs of several nodes have one for each.
        log: method and path of everything that was asked.
        troubles: used up one per request whose path contains theirs, in order.
    """

    stub: Answering
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    log: list[tuple[str, str]] = field(default_factory=list)
    troubles: deque[Trouble] = field(default_factory=deque)

    def __enter__(self) -> Self:
        self._server = _Server((self.host, 0), _handler(self._respond))
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://{self.host}:{self.port}"

    def misbehave(self, times: int, trouble: Trouble) -> None:
        self.troubles.extend([trouble] * times)

    def writes(self) -> list[tuple[str, str]]:
        """Return what was asked that could have changed something."""
        return [(method, path) for method, path in self.log if method != "GET" and not path.endswith("/_verify")]

    def _respond(self, request: Request) -> tuple[int, object] | None:
        self.log.append((request.method, request.path))
        if self.troubles and self.troubles[0].path in request.path:
            trouble = self.troubles.popleft()
            time.sleep(trouble.delay)
            trouble.meanwhile()
            if trouble.drop_answer:
                self.stub.answer(request)
                return None
            if trouble.status is not None:
                return trouble.status, trouble.body
        return self.stub.answer(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up or distrust the certificate are what is tested."""


def _handler(respond: Callable[[Request], tuple[int, object] | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            peer = getattr(self.connection, "getpeercert", dict)() or {}
            names = {key: value for pair in peer.get("subject", ()) for key, value in pair}
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            authorization = self.headers.get("Authorization", "")
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = respond(Request(self.command, self.path, authorization, names.get("commonName"), raw, headers))
            if answer is None:
                self.close_connection = True
                return
            status, body = answer
            payload, kind = _payload(body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
            """Keep the test output clean."""

    return Handler


def _payload(body: object) -> tuple[bytes, str]:
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), "text/plain"
    return json.dumps(body).encode(), "application/json"
