"""A store, in the cluster that a stack file names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.cluster import Cluster
from ops.drains import Drain
from ops.history import History
from ops.runs import Template
from ops.stores import declared_store

if TYPE_CHECKING:
    from pathlib import Path

    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription, StoreKind


@dataclass(frozen=True, kw_only=True)
class StoreTarget:
    """Where a command acts.

    Attributes:
        file: name of the stack file.
        stack: its settings.
        store: the store that was named.
        cluster: recognised as the one that the stack file names.
    """

    file: str
    stack: StackSettings
    store: StoreDescription
    cluster: Cluster

    @classmethod
    def find(cls, project: Path, stack: str, kind: StoreKind, name: str | None) -> StoreTarget:
        """Read a stack file and recognise its cluster.

        Args:
            project: folder of the stack files.
            stack: name of the stack.
            kind: which store.
            name: which of several.

        Raises:
            SettingsError: with every mistake in the file.
            RefusedError: the store or the cluster is not there, or the cluster is another one.
        """
        file = f"Pulumi.{stack}.yaml"
        # What is asked for needs no secret, so a person needs no key of the stack for it.
        settings = read_stack(project / file, SECRETS)
        return cls(
            file=file,
            stack=settings,
            store=declared_store(kind, name, settings, file),
            cluster=Cluster.recognised(settings.cluster, file, project),
        )

    @property
    def namespace(self) -> str:
        """The store's namespace in the cluster."""
        return self.store.kind.namespace.under(self.stack.namespace_prefix)

    def template(self, action: str) -> Template:
        """Return the template of the store's jobs of a kind: drain, restore or snapshots.

        Raises:
            RefusedError: the cluster has none.
        """
        return Template.named(self.cluster, self.namespace, f"{self.store.prefix}-{action}")

    def plan(self, template: Template) -> Drain:
        """Return which nodes are to leave.

        Raises:
            RefusedError: as in `Drain.read`.
        """
        return Drain.read(template, self.store, self.stack, self.file)

    def history(self) -> History:
        """Return the snapshots that are noted.

        Raises:
            RefusedError: as in `History.read`.
        """
        return History.read(self.cluster, self.namespace, self.store)
