"""Which nodes an operator wants to be gone, and whether the rest can do without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.stores.opensearch.jobs import members
from components.stores.opensearch.jobs.plugin_indexes import is_a_plugins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from components.foundation.jobkit.client import Client

MANAGER = "cluster_manager"
DATA = "data"
MANAGERS = (1, 3, 5)
"""Numbers of managers in which a majority survives the loss of as many as possible."""

LARGEST_STEP = 2
"""Managers that may go in one run: 5 to 3, or 3 to 1."""

FULL = 0.85
"""Share of a disk above which OpenSearch places no further shard on it: its low watermark."""


@dataclass(frozen=True)
class Pods:
    """Numbers of pods by StatefulSet.

    Attributes:
        live: as they are.
        wished: as they shall be; only sets that shall have fewer.
        roles: of each set's nodes.
    """

    live: Mapping[str, int]
    wished: Mapping[str, int]
    roles: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, live: Mapping[str, int], roles: Mapping[str, Sequence[str]], request: Mapping[str, Any]) -> Pods:
        """Return what a request asks for.

        Raises:
            JobError: it names no number, or a set that is not declared.
        """
        asked = request.get("replicas")
        if not isinstance(asked, dict) or not asked:
            raise JobError('BALLAST_REQUEST: must say {"replicas": {"<StatefulSet>": <number>}}.')
        for name, number in asked.items():
            if name not in live:
                raise JobError(f"there is no StatefulSet {name} to drain; there are {', '.join(sorted(live))}.")
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise JobError(f"{name} can't have {number!r} pods. Ask for a number from 0 up.")
        # What an earlier run has finished is still asked for, so that its left-overs are known as ours.
        return cls(live, {name: number for name, number in asked.items() if number <= live[name]}, roles)

    def leaving(self) -> Iterator[tuple[str, int]]:
        """Yield StatefulSet and ordinal of every pod that goes, in the order in which they go: managers last."""
        for name in sorted(self.wished, key=lambda name: (MANAGER in self.roles[name], name)):
            for ordinal in reversed(range(self.wished[name], self.live[name])):
                yield name, ordinal

    def is_ours(self, pod: str) -> bool:
        """Return whether a pod is one that this request takes away, or took away in an earlier run."""
        name, _, ordinal = pod.rpartition("-")
        return name in self.wished and ordinal.isdigit() and int(ordinal) >= self.wished[name]

    def is_gone(self, pod: str) -> bool:
        """Return whether its StatefulSet doesn't want a pod any more."""
        name, _, ordinal = pod.rpartition("-")
        return int(ordinal) >= self.live[name]

    def count(self, role: str, *, after: bool = False) -> int:
        """Return how many nodes have a role now, or once all have left."""
        numbers = {**self.live, **self.wished} if after else self.live
        return sum(number for name, number in numbers.items() if role in self.roles[name])

    def refuse(self, search: Client) -> None:
        """Make sure that the rest can do without the leaving nodes, before anything is touched.

        Raises:
            JobError: it can't; says which rule stands against it and the way out.
        """
        self._managers()
        self._whole(search)
        if self.count(DATA, after=True) < self.count(DATA):
            self._copies(search)
            self._disks(search)

    def _managers(self) -> None:
        before, after = self.count(MANAGER), self.count(MANAGER, after=True)
        if after == before:
            return
        if after not in MANAGERS or before - after > LARGEST_STEP:
            raise JobError(
                f"{before} cluster managers can't become {after}: they go from 5 to 3 or from 3 to 1, one step in a "
                "run, or a lost one could stop every election. Nothing was changed."
            )

    def _whole(self, search: Client) -> None:
        there, wanted = len(members.versions(search)), sum(self.live.values())
        health = search.request("GET", "/_cluster/health").body
        if there < wanted or members.shortfall(search, health):
            raise JobError(
                f"the cluster is not whole: its status is {health['status']}, and {there} of {wanted} nodes are there. "
                "Nodes leave a whole cluster only; nothing was changed. Wait until it is green, then run this again."
            )

    def _copies(self, search: Client) -> None:
        left = self.count(DATA, after=True)
        path = "/_all/_settings/index.number_of_replicas,index.auto_expand_replicas?flat_settings=true"
        indexes: dict[str, Any] = search.get(f"{path}&expand_wildcards=all") or {}
        for name, body in sorted(indexes.items()):
            if is_a_plugins(name):
                continue
            settings = body["settings"]
            expanding = settings.get("index.auto_expand_replicas", "false")
            replicas = int(
                settings["index.number_of_replicas"] if expanding == "false" else expanding.partition("-")[0]
            )
            if replicas + 1 > left:
                raise JobError(
                    f"index {name} has {replicas} replicas, so it needs {replicas + 1} data nodes, and {left} would be "
                    "left. Nothing was changed. Keep more nodes, or give the index fewer replicas first."
                )

    def _disks(self, search: Client) -> None:
        rows: list[dict[str, str | None]] = search.get(
            "/_cat/allocation?format=json&bytes=b&h=node,disk.indices,disk.used,disk.total"
        )
        by_node = {row["node"]: row for row in rows if row["node"] and row["node"] != "UNASSIGNED"}
        going = {f"{name}-{ordinal}" for name, ordinal in self.leaving()}
        try:
            moved = sum(int(row["disk.indices"] or "") for node, row in by_node.items() if node in going)
            room = sum(
                max(0.0, int(row["disk.total"] or "") * FULL - int(row["disk.used"] or ""))
                for node, row in by_node.items()
                if node not in going
            )
        except ValueError:
            # A node that has just come doesn't know its disk yet; OpenSearch itself never fills one up.
            return
        if moved > room:
            raise JobError(
                f"{moved} bytes of shards would have to move, and the nodes that stay have room for {room:.0f} below "
                f"{FULL:.0%} of their disks. Nothing was changed. Give them larger disks or delete data first."
            )
