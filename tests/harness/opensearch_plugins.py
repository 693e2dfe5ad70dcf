"""What the real cluster lacks: a proxy that answers for index management, which Maven Central doesn't have.

It follows the documented answers (statuses, bodies, sequence numbers). Like the plugin it makes a hidden index of its
own in the real server behind it, and ties each index to the version of the policy that it met first. Who asks is found
out by the real security plugin; whoever comes without a user is taken for the administrator.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.harness.policy_stub import PolicyStub, lifecycle_policies, snapshot_policies

if TYPE_CHECKING:
    from tests.harness.json_server import Request
    from tests.harness.opensearch_client import OpenSearch

ISM = "/_plugins/_ism/"
OWN_INDEX = ".opendistro-ism-config"
OWN_SETTINGS = "plugins.index_state_management."
POLICY = "index.plugins.index_state_management.policy_id"


@dataclass
class Followed:
    """Which policy an index follows, and in which version: none before it has begun."""

    policy: str
    version: int | None


@dataclass
class OpenSearchPlugins:
    """The plugin's state, and the real server behind it.

    Attributes:
        backend: the server.
        settings: of the cluster, those that only the plugin knows.
        managed: what each index follows.
    """

    backend: OpenSearch
    settings: dict[str, Any] = field(default_factory=dict)
    managed: dict[str, Followed] = field(default_factory=dict)
    lifecycle: PolicyStub = field(default_factory=lifecycle_policies)
    snapshots: PolicyStub = field(default_factory=snapshot_policies)

    def answer(self, request: Request) -> tuple[int, object]:
        url = urlsplit(request.path)
        for policies in (self.lifecycle, self.snapshots):
            if url.path.startswith(policies.path):
                name = url.path.removeprefix(policies.path).strip("/")
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                return self._policies(policies, request, name, query)
        if url.path.startswith(ISM):
            action, _, target = url.path.removeprefix(ISM).partition("/")
            return self._indexes(action, unquote(target).split(","), request)
        if url.path == "/_cluster/settings":
            return self._cluster_settings(request)
        return self._pass_on(request, request.raw)

    def age(self) -> None:
        """Let time pass until each index has begun to follow its policy, as it is now."""
        self._meet()
        for one in self.managed.values():
            if one.version is None:
                one.version = self.lifecycle.documents[one.policy]["_seq_no"]

    def _policies(self, policies: PolicyStub, request: Request, name: str, query: dict[str, str]) -> tuple[int, object]:
        status, who = self._who(request)
        if status != 200:
            return status, who
        self._meet()
        answer = policies.answer(request.method, name, query, request.body, who)
        if answer[0] == 201:
            # With as many copies as the cluster's default says.
            self.backend.ask("PUT", f"/{OWN_INDEX}", {"settings": {"index.hidden": True}})
        return answer

    def _who(self, request: Request) -> tuple[int, str]:
        if not request.authorization:
            return 200, "admin"
        status, text = self.backend.send("GET", "/_plugins/_security/authinfo", None, request.authorization)
        return (200, json.loads(text)["user_name"]) if status == 200 else (status, text.decode())

    def _meet(self) -> None:
        """Let indexes that were made after a policy follow it, as the plugin does with those of its patterns."""
        for index, made in self._there().items():
            for policy, document in self.lifecycle.documents.items():
                patterns = [p for one in document["policy"].get("ism_template") or [] for p in one["index_patterns"]]
                new = index not in self.managed and made > self.lifecycle.made[policy]
                if new and any(fnmatchcase(index, pattern) for pattern in patterns):
                    self.managed[index] = Followed(policy, None)

    def _indexes(self, action: str, targets: list[str], request: Request) -> tuple[int, object]:
        status, who = self._who(request)
        if status != 200:
            return status, who
        self._meet()
        chosen = [index for index in self._there() if any(fnmatchcase(index, target) for target in targets)]
        if action == "explain":
            explained = {index: self._explained(self.managed.get(index)) for index in chosen}
            return 200, {**explained, "total_managed_indices": len(chosen)}
        policy = request.body["policy_id"]
        failed = [index for index in chosen if (index in self.managed) == (action == "add")]
        version = self.lifecycle.documents[policy]["_seq_no"]
        changed = {index: Followed(policy, version) for index in chosen if index not in failed}
        self.managed |= changed
        reasons = [
            {"index_name": index, "index_uuid": "-", "reason": "This index is (not) managed"} for index in failed
        ]
        return 200, {"updated_indices": len(changed), "failures": bool(failed), "failed_indices": reasons}

    @staticmethod
    def _explained(one: Followed | None) -> dict[str, Any]:
        if one is None:
            return {POLICY: None, "enabled": None}
        begun = {} if one.version is None else {"policy_seq_no": one.version, "policy_primary_term": 1}
        return {POLICY: one.policy, "enabled": True, **begun}

    def _there(self) -> dict[str, int]:
        """Return when each index was made that isn't hidden; one that is gone is forgotten."""
        found = self.backend.ask("GET", "/_all/_settings/index.creation_date?flat_settings=true&expand_wildcards=open")
        there = {name: int(body["settings"]["index.creation_date"]) for name, body in found.items()}
        self.managed = {name: one for name, one in self.managed.items() if name in there}
        return there

    def _cluster_settings(self, request: Request) -> tuple[int, object]:
        if request.method == "GET":
            status, body = self._pass_on(request, None)
            assert isinstance(body, dict)
            return status, {**body, "persistent": body["persistent"] | self.settings}
        given = dict(request.body["persistent"])
        own = {key: str(given.pop(key)) for key in list(given) if key.startswith(OWN_SETTINGS)}
        status, body = self._pass_on(request, json.dumps({"persistent": given}).encode()) if given else (200, {})
        if status == 200:
            self.settings |= own
        return status, body

    def _pass_on(self, request: Request, raw: bytes | None) -> tuple[int, object]:
        status, text = self.backend.send(request.method, request.path, raw, request.authorization)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text.decode()
