"""Snapshot management and index state management policies: objects with versions and an owner.

Both plugins run a policy with the rights of whoever wrote it. That must be a user with a password: the admin
certificate has no roles that could be stored with the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import CONFLICT, segment
from components.foundation.jobkit.comparison import covers
from components.foundation.jobkit.errors import RequestError
from components.foundation.jobkit.report import CREATED, UNCHANGED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.client import Client


@dataclass(frozen=True)
class PolicyKind:
    """How one plugin keeps its policies.

    Attributes:
        title: what a line of the report calls them.
        path: where they lie.
        creation: the method that makes a new one.
        body: key under which a policy is returned.
        wrapped: whether the desired policy already has that key around it.
        listing: key of the list of all policies.
    """

    title: str
    path: str
    creation: str
    body: str
    wrapped: bool
    listing: str

    def ensure(self, owner: Client, name: str, desired: Mapping[str, Any]) -> str:
        """Make a policy as desired and return what had to be done.

        A conflict means that someone else wrote in between (or that our own write arrived although its answer was
        lost): it is looked at once more.

        Raises:
            RequestError: refused, or in conflict twice.
            UnreachableError: the cluster stopped answering.
        """
        try:
            return self._ensure(owner, name, desired)
        except RequestError as error:
            if error.status != CONFLICT:
                raise
            return self._ensure(owner, name, desired)

    def _ensure(self, owner: Client, name: str, desired: Mapping[str, Any]) -> str:
        path = f"{self.path}/{segment(name)}"
        actual = owner.get(path)
        if actual is None:
            owner.request(self.creation, path, desired)
            return CREATED
        there = {self.body: actual[self.body]} if self.wrapped else actual[self.body]
        if covers(_without_template_list(there), _without_template_list(desired)):
            return UNCHANGED
        version = f"if_seq_no={actual['_seq_no']}&if_primary_term={actual['_primary_term']}"
        owner.request("PUT", f"{path}?{version}", desired)
        return UPDATED

    def names(self, owner: Client) -> set[str]:
        """Return the names of all policies; those of the plugin's own making included.

        Raises:
            RequestError: refused.
            UnreachableError: the cluster stopped answering.
        """
        # A thousand: more policies than that is not a list that a person would read.
        found = owner.get(f"{self.path}?size=1000") or {}
        return {_name(item, self.body) for item in found.get(self.listing, [])}


def _name(item: Mapping[str, Any], body: str) -> str:
    # Snapshot management gives a policy's document id (name and a suffix) and its plain name inside the policy.
    return item.get(body, {}).get("name") or item["_id"]


def _without_template_list(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a policy whose single ISM template stands without its list: the plugin gives back either form."""
    inner = policy.get("policy")
    if not isinstance(inner, dict):
        return policy
    template = inner.get("ism_template")
    if isinstance(template, list) and len(template) == 1:
        return {**policy, "policy": {**inner, "ism_template": template[0]}}
    return policy


LIFECYCLE = PolicyKind("lifecycle policy", "/_plugins/_ism/policies", "PUT", "policy", True, "policies")  # noqa: FBT003 - a table row
SNAPSHOTS = PolicyKind("snapshot policy", "/_plugins/_sm/policies", "POST", "sm_policy", False, "policies")  # noqa: FBT003 - a table row
