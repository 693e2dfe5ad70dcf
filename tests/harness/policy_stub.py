"""Policies with sequence numbers, as the ISM and snapshot management plugins keep them."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class PolicyStub:
    """One plugin's policies.

    Attributes:
        path: where they lie.
        creation: method of a new one.
        body: key under which a policy is returned.
        enrich: adds what the plugin adds.
        suffix: what the plugin puts behind a name to make a document id.
        owners: who wrote a policy last.
        made: when each was made, in milliseconds of Unix time.
    """

    path: str
    creation: str
    body: str
    enrich: Callable[[str, dict[str, Any]], dict[str, Any]]
    suffix: str = ""
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def answer(
        self, method: str, name: str, query: dict[str, str], body: dict[str, Any] | None, who: str
    ) -> tuple[int, object]:
        known = self.documents.get(name)
        if method == "GET":
            if not name:
                return 200, {"policies": list(self.documents.values()), "total_policies": len(self.documents)}
            return (200, known) if known else (404, _error(404, "status_exception", "Policy not found"))
        if known is None:
            if method != self.creation or query:
                return 404, _error(404, "status_exception", "Policy not found")
            return 201, self.store(name, body or {}, 0, who)
        stale = {"if_seq_no": str(known["_seq_no"]), "if_primary_term": str(known["_primary_term"])} != query
        if method != "PUT" or stale:
            return 409, _error(409, "version_conflict_engine_exception", f"[{name}]: version conflict")
        return 200, self.store(name, body or {}, known["_seq_no"] + 1, who)

    def store(self, name: str, body: dict[str, Any], number: int, who: str) -> dict[str, Any]:
        self.owners[name] = who
        self.made.setdefault(name, int(time.time() * 1000))
        self.documents[name] = {
            "_id": name + self.suffix,
            "_version": number + 1,
            "_seq_no": number,
            "_primary_term": 1,
            self.body: self.enrich(name, copy.deepcopy(body)),
        }
        return self.documents[name]


def lifecycle_policies() -> PolicyStub:
    def enrich(name: str, body: dict[str, Any]) -> dict[str, Any]:
        policy = body["policy"]
        for state in policy.get("states", []):
            for action in state.get("actions", []):
                action["retry"] = {"count": 3, "backoff": "exponential", "delay": "1m"}
        for template in policy.get("ism_template") or []:
            template["last_updated_time"] = 1
        return {"policy_id": name, "last_updated_time": 1, "schema_version": 21, "error_notification": None, **policy}

    return PolicyStub("/_plugins/_ism/policies", "PUT", "policy", enrich)


def snapshot_policies() -> PolicyStub:
    def enrich(name: str, body: dict[str, Any]) -> dict[str, Any]:
        job = {"interval": {"start_time": 1, "period": 1, "unit": "Minutes"}}
        return {"name": name, "schema_version": 21, "schedule": job, "enabled_time": 1, "last_updated_time": 1, **body}

    return PolicyStub("/_plugins/_sm/policies", "POST", "sm_policy", enrich, "-sm-policy")


def _error(status: int, kind: str, reason: str) -> dict[str, Any]:
    cause = {"type": kind, "reason": reason}
    return {"error": {"root_cause": [cause], **cause}, "status": status}
