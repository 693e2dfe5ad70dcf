"""What the core server lacks: a proxy that answers for the security, ISM and snapshot management plugins.

It follows the documented answers (statuses, bodies, sequence numbers) and hands everything else to the real server
behind it. Whoever comes without a user is taken for the administrator, unless the connection is TLS: then the client
certificate says so.
"""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.harness.policy_stub import PolicyStub, lifecycle_policies, snapshot_policies

if TYPE_CHECKING:
    from tests.harness.json_server import Request

SECURITY = "/_plugins/_security/api/"
ADMIN = "admin-certificate"


@dataclass
class OpenSearchPlugins:
    """The plugins' state, and the core server behind them.

    Attributes:
        backend: `host:port` of a real server; without one everything else is not found.
        resources: users, roles and mappings by resource and name.
        passwords: by user.
        owners: who wrote a policy last, by policy name.
    """

    backend: str | None = None
    tls: bool = False
    resources: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {kind: {} for kind in _EMPTY})
    passwords: dict[str, str] = field(default_factory=dict)
    lifecycle: PolicyStub = field(default_factory=lifecycle_policies)
    snapshots: PolicyStub = field(default_factory=snapshot_policies)

    def __post_init__(self) -> None:
        self.resources["roles"]["all_access"] = {**_EMPTY["roles"], "static": True, "reserved": True}

    def answer(self, request: Request) -> tuple[int, object]:
        who = self._who(request)
        if who is None:
            return 401, "Unauthorized"
        url = urlsplit(request.path)
        if url.path == "/_plugins/_security/authinfo":
            return 200, {"user": f"User [name={who}, backend_roles=[]]", "user_name": who}
        if url.path.startswith(SECURITY):
            kind, _, name = url.path.removeprefix(SECURITY).partition("/")
            return self._security(request, kind, name)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        for policies in (self.lifecycle, self.snapshots):
            if url.path.startswith(policies.path):
                name = url.path.removeprefix(policies.path).strip("/")
                return policies.answer(request.method, name, query, request.body, who)
        return self._pass_on(request)

    def _who(self, request: Request) -> str | None:
        """Return who asks; the certificate wins over a password, as in the plugin."""
        if self.tls and request.peer == ADMIN:
            return ADMIN
        if not request.authorization:
            return None if self.tls else ADMIN
        pair = base64.b64decode(request.authorization.removeprefix("Basic ")).decode()
        name, _, password = pair.partition(":")
        return name if self.passwords.get(name) == password else None

    def _security(self, request: Request, kind: str, name: str) -> tuple[int, object]:
        there = self.resources[kind]
        if request.method == "GET":
            if not name:
                return 200, there
            found = {name: there[name]} if name in there else None
            return (200, found) if found else (404, _says("NOT_FOUND", f"Resource '{name}' not found."))
        body = dict(request.body)
        if kind == "internalusers":
            if name not in there and not body.get("password"):
                return 400, _says(
                    "error", "Please specify either 'hash' or 'password' when creating a new internal user."
                )
            if len(body["password"]) < 8:
                return 400, _says("error", f"Weak password {body['password']}")
            self.passwords[name] = body.pop("password")
        known = name in there
        there[name] = {**_EMPTY[kind], **body}
        return (200, _says("OK", f"'{name}' updated.")) if known else (201, _says("CREATED", f"'{name}' created."))

    def _pass_on(self, request: Request) -> tuple[int, object]:
        if self.backend is None:
            return 404, {"error": "no server behind the stub", "status": 404}
        connection = http.client.HTTPConnection(self.backend, timeout=60)
        try:
            headers = {"Content-Type": "application/json"} if request.raw else {}
            connection.request(request.method, request.path, body=request.raw or None, headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text


_COMMON = {"reserved": False, "hidden": False, "static": False}
_EMPTY: dict[str, dict[str, Any]] = {
    "internalusers": {
        **_COMMON,
        "hash": "",
        "backend_roles": [],
        "attributes": {},
        "opendistro_security_roles": [],
    },
    "roles": {**_COMMON, "cluster_permissions": [], "index_permissions": [], "tenant_permissions": []},
    "rolesmapping": {**_COMMON, "hosts": [], "users": [], "backend_roles": [], "and_backend_roles": []},
}


def _says(status: str, message: str) -> dict[str, str]:
    return {"status": status, "message": message}
