"""A small JSON client over HTTP and HTTPS: client certificate, CA check, patience with a server that starts."""

from __future__ import annotations

import base64
import json
import ssl
import time
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from components.foundation.jobkit.errors import JobError, RequestError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

BUSY = frozenset({429, 503})
"""Too many requests; not ready yet (no manager elected, security not initialised): worth another try."""

UNPREPARED = (500, "not initialized")
"""So answers a security plugin whose own index is still being made: not ready yet, too."""

NOT_FOUND = 404
CONFLICT = 409
FIRST_ERROR = 400
LONGEST_PAUSE = 8.0
"""Seconds: with eight attempts a server has half a minute to come back."""

LONGEST_REASON = 300
"""Characters of a server's explanation that are shown."""


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        status: HTTP status, below 400 unless the caller accepted more.
        body: the parsed JSON, or the text where it is none.
    """

    status: int
    body: Any


@dataclass(frozen=True, kw_only=True)
class Client:
    """Talks to one server; every request is a connection of its own, so that a Service may choose another pod.

    Attributes:
        endpoint: `https://host:port`; with `http://` nothing is encrypted and `tls` is not looked at.
        tls: whom to trust and, for the administrator, with which certificate to appear.
        authorization: value of the header of that name; appears in no message.
        headers: further headers of every request, such as an API key; appear in no message.
        attempts: how often a request is tried while the server can't be reached or is busy.
        pause: seconds before the second attempt, doubled with each further one.
        timeout: seconds until an attempt counts as lost.
    """

    endpoint: str
    tls: ssl.SSLContext | None = None
    authorization: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    attempts: int = 8
    pause: float = 0.5
    timeout: float = 30.0

    def as_user(self, name: str, password: str, tls: ssl.SSLContext | None) -> Client:
        """Return a client that appears as a user; `tls` must hold no certificate, which would win over the password."""
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        return replace(self, authorization=f"Basic {pair}", tls=tls)

    def impatient(self) -> Client:
        """Return a client that tries once, for loops that do their own waiting."""
        return replace(self, attempts=1)

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return what is there, or None.

        Raises:
            RequestError: the server refused.
            UnreachableError: the server could not be asked.
        """
        answer = self.request("GET", path, accept={NOT_FOUND})
        return None if answer.status == NOT_FOUND else answer.body

    def request(self, method: str, path: str, body: object = None, *, accept: Collection[int] = ()) -> Answer:
        """Send a request, again while the server can't be reached or is busy, and return its answer.

        A write that is sent twice must be harmless; all of the jobs' are: they put a state or name a version.

        Raises:
            RequestError: the status is 400 or above and not in `accept`.
            UnreachableError: no attempt reached a server that was ready.
        """
        trouble = ""
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(min(self.pause * 2 ** (attempt - 1), LONGEST_PAUSE))
            try:
                answer = self._send(method, path, body)
            except ssl.SSLCertVerificationError as error:
                # Asking again would not change whom we trust.
                raise JobError(
                    f"{self.endpoint} shows a certificate that ca.crt does not vouch for ({error.verify_message}). "
                    "Compare the issuer of the server's certificate with the one of the job's."
                ) from None
            except (OSError, HTTPException) as error:
                trouble = str(error) or type(error).__name__
                continue
            if _is_busy(answer) and answer.status not in accept:
                trouble = f"{answer.status}: {_reason(answer.body)}"
                continue
            if answer.status >= FIRST_ERROR and answer.status not in accept:
                raise RequestError(method, _shown(path), answer.status, _reason(answer.body))
            return answer
        raise UnreachableError(
            f"{method} {self.endpoint}{_shown(path)} got no answer in {self.attempts} attempts; the last: {trouble}"
        )

    def connection(self) -> HTTPConnection:
        """Return a new connection to the server, not yet opened; the caller closes it."""
        address = urlsplit(self.endpoint)
        host = address.hostname or ""
        if address.scheme == "https":
            return HTTPSConnection(host, address.port, timeout=self.timeout, context=self.tls)
        return HTTPConnection(host, address.port, timeout=self.timeout)

    def identification(self) -> dict[str, str]:
        """Return the headers by which the server knows who asks."""
        known = {} if self.authorization is None else {"Authorization": self.authorization}
        return {**self.headers, **known}

    def _send(self, method: str, path: str, body: object) -> Answer:
        connection = self.connection()
        headers = {"Accept": "application/json", **self.identification()}
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            # Kubernetes tells kinds of patches apart by their content type.
            headers["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
        try:
            connection.request(method, path, body=payload, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, _parsed(response.read()))
        finally:
            connection.close()


def segment(name: str) -> str:
    """Return a name as one segment of a path."""
    return quote(name, safe="")


def _is_busy(answer: Answer) -> bool:
    status, words = UNPREPARED
    return answer.status in BUSY or (answer.status == status and words in _reason(answer.body))


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    text = raw.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        # Before its index exists the security plugin explains itself in plain text.
        return text


def _shown(path: str) -> str:
    return path.partition("?")[0]


def _reason(body: object) -> str:
    """Return a server's explanation, wherever it stands: in a chain of causes, a status or a message."""
    if not isinstance(body, dict):
        return str(body).strip()[:LONGEST_REASON] or "no explanation"
    error = body.get("error")
    if isinstance(error, dict):
        causes = [error.get("reason")]
        inner = error.get("caused_by")
        while isinstance(inner, dict):
            causes.append(inner.get("reason"))
            inner = inner.get("caused_by")
        return ": ".join(dict.fromkeys(str(cause) for cause in causes if cause))[:LONGEST_REASON]
    status = body.get("status")
    if isinstance(status, dict) and status.get("error"):
        return str(status["error"])[:LONGEST_REASON]
    parts = [str(body[key]) for key in ("message", "reason") if body.get(key)]
    return "; ".join(parts or [str(error or "no explanation")])[:LONGEST_REASON]
