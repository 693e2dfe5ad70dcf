"""What every check reads from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ops.cluster import UnansweredError

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from ops.cluster import Cluster
    from ops.doctor.declared import DeclaredObject


@dataclass(frozen=True, kw_only=True)
class DoctorContext:
    """A stack, and the cluster that it is to stand on.

    Attributes:
        stack: its name.
        file: name of its stack file.
        settings: what the file says.
        declared: what `up` would make.
        cluster: recognised as the one that the file names.
    """

    stack: str
    file: str
    settings: StackSettings
    declared: tuple[DeclaredObject, ...]
    cluster: Cluster

    def key(self, path: str) -> str:
        """Return a key of the stack file, as a message names it."""
        return f"{self.file}: ballast:{path}"

    def read(self, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
        """Return the JSON that `kubectl get` prints, None where the object is not there.

        Raises:
            UnansweredError: kubectl failed.
        """
        try:
            text = self.cluster.ask("get", *arguments)
        except UnansweredError as error:
            if "(NotFound)" in error.said:
                return None
            raise
        return json.loads(text) if text.strip() else None

    def everywhere(self, kind: str, *options: str) -> list[dict[str, Any]]:
        """Return all objects of a kind, in all namespaces where it has one.

        Raises:
            UnansweredError: kubectl failed.
        """
        return self.read(kind, "--all-namespaces", *options, "--output=json")["items"]

    @cached_property
    def served(self) -> dict[str, dict[str, str]]:
        """The resources of each API that something declared is of: plural by kind; an API that is not served has none.

        Raises:
            UnansweredError: kubectl failed.
        """
        found = {}
        for version in sorted({one.version for one in self.declared}):
            folder = f"/apis/{version}" if "/" in version else f"/api/{version}"
            listed = self.read("--raw", folder) or {"resources": []}
            # A subresource has its parent's kind or another one.
            resources = [one for one in listed["resources"] if "/" not in one["name"]]
            found[version] = {one["kind"]: one["name"] for one in resources}
        return found

    @cached_property
    def storage_class(self) -> dict[str, Any] | None:
        """The class of all data volumes, None where it is not there.

        Raises:
            UnansweredError: kubectl failed.
        """
        return self.read("storageclass", self.settings.cluster.storage_class.name, "--output=json")

    @cached_property
    def nodes(self) -> list[dict[str, Any]]:
        """The nodes of the cluster.

        Raises:
            UnansweredError: kubectl failed.
        """
        return self.everywhere("nodes")
