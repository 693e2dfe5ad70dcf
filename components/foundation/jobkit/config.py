"""What programs in the cluster are told: dataclasses that `pulumi up` writes as JSON and a program reads back.

Both sides use the same class, so a key that one of them doesn't know can't be there. Keys are the fields in the
spelling of JSON, `deadlineSeconds` for `deadline_seconds`; keys of a `dict` are data and stay as they are.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from components.foundation.jobkit.errors import JobError

Config = TypeVar("Config")

REMEDY = "It is written together with the program that reads it: pulumi up."

_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True, kw_only=True)
class JobConfig:
    """What every job is told.

    Attributes:
        deadline_seconds: how long it waits and works before it gives up.
    """

    deadline_seconds: float


@dataclass(frozen=True, kw_only=True)
class StoreJobConfig(JobConfig):
    """What a job is told that speaks with a store; `endpoint` is where that answers."""

    endpoint: str


@dataclass(frozen=True, kw_only=True)
class BootstrapConfig(StoreJobConfig):
    """What a job is told that notes the first formation of a cluster.

    Attributes:
        namespace: of the store.
        record: the ConfigMap in which it is noted.
    """

    namespace: str
    record: str


@dataclass(frozen=True, kw_only=True)
class LockedJobConfig(JobConfig):
    """What a job is told that never runs beside another one of its store.

    Attributes:
        namespace: of the store.
        lock: the Lease that all these jobs share.
    """

    namespace: str
    lock: str


@dataclass(frozen=True, kw_only=True)
class RestartConfig(LockedJobConfig, StoreJobConfig):
    """What the gated restart is told: its StatefulSets, in the order in which they are restarted."""

    sets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DrainConfig(LockedJobConfig, StoreJobConfig):
    """What a drain is told; how many nodes are to stay comes with each request.

    Attributes:
        recorded_nodes: annotation of the namespace in which its nodes are counted, by StatefulSet.
    """

    recorded_nodes: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class FolderArchive:
    """An archive on a volume of its own; `folder` is where it is mounted."""

    folder: str


@dataclass(frozen=True, kw_only=True)
class BucketArchive:
    """An archive in an S3 bucket.

    Attributes:
        bucket: its name.
        prefix: the folder in it that belongs to this store; empty for the whole bucket.
        region: its AWS region.
        endpoint: another server that speaks S3; none for AWS.
    """

    bucket: str
    prefix: str
    region: str
    endpoint: str | None = None


@dataclass(frozen=True, kw_only=True)
class SnapshotTarget:
    """Where the snapshots of a store go, and how long they stay.

    Attributes:
        store: its name, the label of its metrics.
        record: the ConfigMap in which its snapshots are noted.
        archive: where the files are.
        retention_seconds: how long a snapshot must be there to choose.
        count: how many stay however old they are.
    """

    store: str
    record: str
    archive: FolderArchive | BucketArchive
    retention_seconds: float
    count: int


@dataclass(frozen=True, kw_only=True)
class SnapshotJobConfig(LockedJobConfig):
    """What a job is told that fills the archive or restores from it."""

    snapshots: SnapshotTarget


@dataclass(frozen=True, kw_only=True)
class ArchiveProbeConfig(JobConfig):
    """What the probe is told: the archive that it tries."""

    archive: FolderArchive | BucketArchive


@dataclass(frozen=True, kw_only=True)
class ExporterConfig:
    """What the exporter is told: the ConfigMaps in which snapshots of a namespace are noted."""

    namespace: str
    records: tuple[str, ...]


def encoded(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a configuration as JSON has it; what is None is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {_key(name): encoded(one) for name, one in found.items() if one is not None}
    if isinstance(value, Mapping):
        return {str(key): encoded(one) for key, one in value.items()}
    return [encoded(one) for one in value] if isinstance(value, (list, tuple)) else value


def decoded(kind: type[Config], tree: object, source: str) -> Config:
    """Return the configuration that a JSON tree holds.

    Args:
        kind: its class.
        tree: what was parsed.
        source: the file, for messages.

    Raises:
        JobError: a key is missing or unknown, or a value is of another type.
    """
    try:
        return _value(kind, tree, "")
    except _MismatchError as error:
        raise JobError(f"{source}: {error}. {REMEDY}") from None


class _MismatchError(Exception):
    """A value is not what its field says."""


def _value(kind: Any, tree: Any, key: str) -> Any:  # noqa: ANN401, PLR0911 - JSON; a line for each kind
    parts = get_args(kind)
    if kind is Any:
        return tree
    if get_origin(kind) in (Union, types.UnionType):
        return _value(_chosen([part for part in parts if part is not types.NoneType], tree, key), tree, key)
    if dataclasses.is_dataclass(kind):
        return _object(kind, _required(tree, dict, "an object", key), key)
    if get_origin(kind) is dict:
        found = _required(tree, dict, "an object", key)
        return {name: _value(parts[1], one, _below(key, name)) for name, one in found.items()}
    if get_origin(kind) is tuple:
        found = _required(tree, list, "a list", key)
        return tuple(_value(parts[0], one, f"{key}[{place}]") for place, one in enumerate(found))
    if kind is float and type(tree) is int:
        return tree
    return _required(tree, kind, _WORDS[kind], key)


def _object(kind: Any, tree: dict[str, Any], key: str) -> Any:  # noqa: ANN401 - a class and its instance
    fields = {_key(field.name): field for field in dataclasses.fields(kind)}
    if unknown := sorted(tree.keys() - fields.keys()):
        raise _MismatchError(f"{_below(key, unknown[0])} is no key of it")
    missing = [name for name, one in fields.items() if name not in tree and one.default is dataclasses.MISSING]
    if missing:
        raise _MismatchError(f"{_below(key, missing[0])} is missing")
    hints = get_type_hints(kind)
    found = {one.name: _value(hints[one.name], tree[name], _below(key, name)) for name, one in fields.items()
             if name in tree}  # fmt: skip
    return kind(**found)


def _chosen(kinds: list[Any], tree: object, key: str) -> Any:  # noqa: ANN401 - a class
    """Return the class whose keys a tree has."""
    if len(kinds) == 1:
        return kinds[0]
    keys = {kind: [_key(field.name) for field in dataclasses.fields(kind)] for kind in kinds}
    for kind, names in keys.items():
        if isinstance(tree, dict) and names[0] in tree:
            return kind
    raise _MismatchError(f"{key} must have one of the keys {', '.join(names[0] for names in keys.values())}")


def _required(value: Any, kind: type, words: str, key: str) -> Any:  # noqa: ANN401 - JSON
    # Exactly this type: a bool is an int, and no number.
    if type(value) is not kind:
        raise _MismatchError(f"{key or 'the whole'} is {value!r} and must be {words}")
    return value


def _key(field: str) -> str:
    first, *others = field.split("_")
    return first + "".join(word.capitalize() for word in others)


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
