"""What a set of snapshots holds, as its manifest says: which peer's file has which shard of which collection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from components.foundation.jobkit.sets import Manifest

ENGINE = "qdrant"


@dataclass(frozen=True)
class PeerCopy:
    """The file of one peer: where its pod stood (ordinal), its path in the set, and the shards in it, all active."""

    ordinal: int
    path: str
    shards: tuple[int, ...]


@dataclass(frozen=True)
class CollectionCopy:
    """One collection.

    Attributes:
        config: as Qdrant described it.
        shard_count: how many shards it has.
        points: exact counts before and after: while the application writes there is no single one.
        peers: the files by peer id.
    """

    config: Mapping[str, Any]
    shard_count: int
    points: tuple[int, int]
    peers: Mapping[int, PeerCopy]

    def cover(self) -> list[PeerCopy]:
        """Return as few files as hold every shard, those of low ordinals first.

        Each upload makes the other copies of its shards void, and Qdrant fills them again over the network: two files
        with the same shards would only do that twice.

        Raises:
            JobError: a shard is in no file.
        """
        missing, chosen = set(range(self.shard_count)), []
        files = sorted(self.peers.values(), key=lambda file: file.ordinal)
        while missing:
            best = max(files, key=lambda file: len(missing & set(file.shards)), default=None)
            if best is None or not missing & set(best.shards):
                raise JobError(f"shard {min(missing)} is in no file")
            chosen.append(best)
            missing -= set(best.shards)
        return sorted(chosen, key=lambda file: file.ordinal)


@dataclass(frozen=True)
class Contents:
    """One set.

    Attributes:
        version: of the Qdrant that wrote it.
        nodes: how many there were.
        collections: by name.
        aliases: collection by alias.
    """

    version: str
    nodes: int
    collections: Mapping[str, CollectionCopy]
    aliases: Mapping[str, str]

    @classmethod
    def read(cls, manifest: Manifest) -> Self:
        """Return the contents of a complete set.

        Raises:
            JobError: another store wrote it, or its manifest lacks something.
        """
        try:
            details = manifest.details
            if details["engine"] != ENGINE:
                raise JobError(f"snapshot {manifest.id} is of {details['engine']}, not of {ENGINE}.")
            collections = {name: _collection(tree) for name, tree in details["collections"].items()}
            return cls(details["version"], details["nodes"], collections, details["aliases"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise JobError(
                f"snapshot {manifest.id} has a manifest without {error}. Nothing was changed. Choose another one."
            ) from None

    @property
    def files(self) -> set[str]:
        """The paths of all files."""
        return {file.path for copy in self.collections.values() for file in copy.peers.values()}

    def without(self, paths: Collection[str]) -> Self:
        """Return the same without some of its files."""
        collections = {
            name: replace(copy, peers={peer: file for peer, file in copy.peers.items() if file.path not in paths})
            for name, copy in self.collections.items()
        }
        return replace(self, collections=collections)

    def details(self) -> dict[str, Any]:
        """Return what the manifest has to say."""
        return {
            "engine": ENGINE,
            "version": self.version,
            "nodes": self.nodes,
            "aliases": dict(self.aliases),
            "counts": {name: copy.points[1] for name, copy in self.collections.items()},
            "collections": {
                name: {
                    "config": copy.config,
                    "shardCount": copy.shard_count,
                    "points": list(copy.points),
                    "peers": {
                        str(peer): {"ordinal": file.ordinal, "file": file.path, "shards": list(file.shards)}
                        for peer, file in copy.peers.items()
                    },
                }
                for name, copy in self.collections.items()
            },
        }

    def require_every_shard(self) -> None:
        """Raise JobError where a shard of a collection is in no file."""
        for name, copy in self.collections.items():
            try:
                copy.cover()
            except JobError as error:
                raise JobError(f"collection {name}: {error}, so the set can't be restored.") from None


def _collection(tree: Mapping[str, Any]) -> CollectionCopy:
    peers = {
        int(peer): PeerCopy(file["ordinal"], file["file"], tuple(file["shards"]))
        for peer, file in tree["peers"].items()
    }
    before, after = tree["points"]
    return CollectionCopy(tree["config"], tree["shardCount"], (before, after), peers)
