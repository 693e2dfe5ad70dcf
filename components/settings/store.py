"""What is known of every store alike, in the words of its own folder."""

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from components.settings.commands import Nodes, Restore
from components.settings.footprint import Footprint
from components.settings.platform_name import PlatformName
from components.settings.program import Program
from components.settings.quantities import Bytes
from components.settings.snapshots import RecoverySettings, SnapshotsSettings
from components.settings.stack import StackSettings

#: Namespace that stores of one process share.
DATABASES = PlatformName("databases")


class StoreSettings(Protocol):
    """What the sections of all stores have."""

    @property
    def recovery(self) -> RecoverySettings:
        """Recovery objectives."""
        ...

    @property
    def snapshots(self) -> SnapshotsSettings:
        """Where snapshots go."""
        ...

    @property
    def snapshot_room(self) -> Bytes:
        """Size of the smallest volume that may hold its snapshots."""
        ...


@dataclass(frozen=True, kw_only=True)
class StoreKind(Program):
    """A kind of store: one section of the stack file, which declares one store or several by name.

    Attributes:
        section: Its key in the stack file.
        word: What it is called on the command line and in its metrics; the names of several follow it.
        namespace: Where it runs, and its jobs.
        prefix: What the names of its objects and jobs begin with; the names of several follow it.
        footprints: What its pods ask of the cluster, out of its section and the stack.
        claims: Sizes of claims that belong to no set of pods, but for that of its snapshots.
        majority: How many nodes vote and what they are called; None where none do.
        managed: Name of the domain that AWS runs in place of its nodes; None where they are in the cluster.
        node_account: Service account of its nodes, where they write into the archive themselves.
        snapshot_request: What its snapshot job is asked for by a person who wants one now.
        list_request: What its snapshot job is asked for to list the archive; None where only what is noted is listed.
        restore: How its restore job is asked.
        nodes: Its nodes; None for a store of one process.
    """

    section: str
    word: str
    namespace: PlatformName
    prefix: str
    footprints: Callable[[Any, StackSettings], Iterable[Footprint]]
    claims: Callable[[Any], Iterable[Bytes]] = lambda _: ()
    majority: Callable[[Any], tuple[int, str]] | None = None
    managed: Callable[[Any], str | None] = lambda _: None
    node_account: str | None = None
    snapshot_request: Mapping[str, Any] = field(default_factory=dict)
    list_request: Mapping[str, Any] | None = None
    restore: Restore
    nodes: Nodes | None = None

    @property
    def snapshots_by_jobs(self) -> bool:
        """Whether jobs put whole sets into the archive; otherwise its nodes do, and snapshots share files."""
        return self.node_account is None

    @property
    def has_names(self) -> bool:
        """Whether its section declares any number of stores, each with a name."""
        return typing.get_origin(StackSettings.model_fields[self.section].annotation) is dict

    def prefix_of(self, name: str | None) -> str:
        """What the names of one store's objects and jobs begin with; `name` tells it from others of its kind."""
        return self.prefix if name is None else f"{self.prefix}-{name}"

    def record_of(self, name: str | None) -> str:
        """The ConfigMap in which the snapshots of one store are noted."""
        return f"{self.prefix_of(name)}-snapshots"

    def stores(self, stack: StackSettings) -> Iterator["StoreDescription"]:
        """Yield its stores in a stack.

        Raises:
            NotReadError: The section could not be read.
        """
        section = getattr(stack, self.section)
        if isinstance(section, Mapping):
            for name, settings in section.items():
                yield StoreDescription(kind=self, name=name, settings=settings)
        elif section is not None:
            yield StoreDescription(kind=self, name=None, settings=section)


@dataclass(frozen=True, kw_only=True)
class StoreDescription:
    """A store that a stack file declares.

    Attributes:
        kind: What all of its kind have.
        name: Its name among several of its kind, None for the only one.
        settings: Its section.
    """

    kind: StoreKind
    name: str | None
    settings: StoreSettings

    @property
    def path(self) -> tuple[str, ...]:
        """Its section below `ballast:`, for example `("volumes", "knowledge")`."""
        return (self.kind.section,) if self.name is None else (self.kind.section, self.name)

    @property
    def spoken(self) -> str:
        """The words that name it on the command line."""
        return self.kind.word if self.name is None else f"{self.kind.word} {self.name}"

    @property
    def label(self) -> str:
        """Value of the label `store` of its metrics: its jobs write it and queries ask for it."""
        return self.kind.word if self.name is None else f"{self.kind.word}-{self.name}"

    @property
    def prefix(self) -> str:
        """What the names of its objects and jobs begin with."""
        return self.kind.prefix_of(self.name)

    @property
    def archive_account(self) -> str:
        """The service account that reaches the archive, as it is called in the cluster: of its nodes or of its jobs."""
        return self.kind.node_account or str(PlatformName(f"{self.prefix}-snapshots"))

    @property
    def record(self) -> str:
        """The ConfigMap in which its snapshots are noted."""
        return self.kind.record_of(self.name)
