"""One address of a real OpenSearch, asked past the jobs' own client."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.harness.certificates import client_context

if TYPE_CHECKING:
    from pathlib import Path

ADMINISTRATOR = "administrator"
STRANGER = "stranger"
"""Folders of certificates, by who comes with them."""

SECURITY_INDEX = ".opendistro_security"


@dataclass(frozen=True)
class OpenSearch:
    """A running cluster.

    Attributes:
        host: `127.0.0.1:port` of the first node.
        repositories: the folder below which fs repositories may lie.
        certificates: folders of certificates by their names; without them it is plain HTTP and has no users.
    """

    host: str
    repositories: Path
    certificates: Path | None = None

    @property
    def url(self) -> str:
        return f"{'http' if self.certificates is None else 'https'}://{self.host}"

    def certificate(self, bearer: str) -> Path:
        """Return the folder with somebody's certificate and its key."""
        assert self.certificates is not None, "this cluster has no users"
        return self.certificates / bearer

    @property
    def administrator(self) -> ssl.SSLContext | None:
        """Whom an administrator trusts and with which certificate he comes."""
        return None if self.certificates is None else client_context(self.certificate(ADMINISTRATOR))

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request as the administrator, past the jobs' own client, and return the parsed answer."""
        return json.loads(self.send(method, path, None if body is None else json.dumps(body).encode())[1])

    def send(self, method: str, path: str, raw: bytes | None, user: str = "") -> tuple[int, bytes]:
        """Send a request as the administrator, or as who stands in the header `user`; return status and text."""
        headers = {"Authorization": user} if user else {}
        headers |= {"Content-Type": "application/json"} if raw else {}
        if self.certificates is None:
            connection = http.client.HTTPConnection(self.host, timeout=60)
        else:
            # A certificate would win over a password.
            trusting = ssl.create_default_context(cafile=self.certificates / ADMINISTRATOR / "ca.crt")
            connection = http.client.HTTPSConnection(
                self.host, timeout=60, context=trusting if user else self.administrator
            )
        try:
            connection.request(method, path, body=raw, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def clear(self) -> None:
        """Remove everything that a test made."""
        for repository in self.ask("GET", "/_snapshot"):
            for snapshot in self.ask("GET", f"/_snapshot/{repository}/_all")["snapshots"]:
                self.ask("DELETE", f"/_snapshot/{repository}/{snapshot['snapshot']}")
            self.ask("DELETE", f"/_snapshot/{repository}")
        for index in self.ask("GET", "/_cat/indices?format=json&expand_wildcards=all"):
            if not index["index"].startswith(SECURITY_INDEX):
                self.ask("DELETE", f"/{index['index']}")
        for template in self.ask("GET", "/_index_template")["index_templates"]:
            self.ask("DELETE", f"/_index_template/{template['name']}")
        settings = self.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"]
        if settings:
            self.ask("PUT", "/_cluster/settings", {"persistent": dict.fromkeys(settings)})
        kept = ("static", "reserved", "hidden")
        for kind in ("rolesmapping", "internalusers", "roles"):
            made = self.ask("GET", f"/_plugins/_security/api/{kind}")
            gone = [name for name, body in made.items() if not any(body.get(key) for key in kept)]
            if gone:
                patch = [{"op": "remove", "path": f"/{name}"} for name in gone]
                answer = self.ask("PATCH", f"/_plugins/_security/api/{kind}", patch)
                assert answer["status"] == "OK", answer
