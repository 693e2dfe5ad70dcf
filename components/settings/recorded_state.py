"""What a deployed store has committed to, as plain text that a later release can still read."""

from collections.abc import Iterator

from components.observability.grafana.settings import GrafanaSettings
from components.observability.loki.settings import LokiSettings
from components.observability.tempo.settings import TempoSettings
from components.settings.snapshots import SnapshotsSettings
from components.settings.stack import StackSettings
from components.settings.stores import stores
from components.stores.qdrant.settings import CollectionSettings, VectorSettings

#: Which commitments end, by key: what a person gave up on purpose.
ALLOW_ORPHANED = "allowOrphaned"


def recorded_state(stack: StackSettings) -> dict[str, str]:
    """Everything that data already written ties a stack to, by its key in the stack file.

    Sizes and versions are written as in the file, lists in one order with commas, so that two equal stacks give equal
    texts. steps.py judges what may follow what.

    Args:
        stack: A valid stack.
    """
    return dict(_commitments(stack))


def _commitments(stack: StackSettings) -> Iterator[tuple[str, str]]:
    if stack.allow_orphaned:
        yield ALLOW_ORPHANED, ",".join(stack.allow_orphaned)
    # In the file's order: the order of zones decides in which of them a pool's next node stands.
    yield "cluster.zones", ",".join(stack.cluster.zones)
    yield "opensearch.version", stack.opensearch.version
    for name, pool in stack.opensearch.pools.items():
        yield f"opensearch.pools.{name}.roles", ",".join(sorted(pool.roles))
        yield f"opensearch.pools.{name}.nodes", str(pool.nodes)
        yield f"opensearch.pools.{name}.disk", str(pool.disk)
    if stack.qdrant is not None:
        yield "qdrant.version", stack.qdrant.version
        yield "qdrant.nodes", str(stack.qdrant.nodes)
        yield "qdrant.disk", str(stack.qdrant.disk)
        for name, collection in stack.qdrant.collections.items():
            yield f"qdrant.collections.{name}", _shape(collection)
    if stack.chroma is not None:
        yield "chroma.version", stack.chroma.version
        yield "chroma.disk", str(stack.chroma.disk)
    for name, volume in stack.volumes.items():
        yield f"volumes.{name}.engine", volume.engine
        yield f"volumes.{name}.disk", str(volume.disk)
    for store in stores(stack):
        yield from _snapshot_volume(store.key, store.settings.snapshots)
    yield "prometheus.disk", str(stack.prometheus.disk)
    yield "alertmanager.disk", str(stack.alertmanager.disk)
    yield "collector.gateway.disk", str(stack.collector.gateway.disk)
    if stack.loki is not None:
        yield from _versioned("loki", stack.loki)
    yield from _versioned("tempo", stack.tempo)
    yield from _versioned("grafana", stack.grafana)


def _versioned(name: str, settings: LokiSettings | TempoSettings | GrafanaSettings) -> Iterator[tuple[str, str]]:
    yield f"{name}.version", settings.version
    yield f"{name}.disk", str(settings.disk)


def _snapshot_volume(store: str, snapshots: SnapshotsSettings) -> Iterator[tuple[str, str]]:
    if snapshots.volume is not None:
        yield f"{store}.snapshots.volume.size", str(snapshots.volume.size)


def _shape(collection: CollectionSettings) -> str:
    """What is fixed on creation, for example `vector=1024/cosine shards=6` or `vectors=title:384/dot shards=6`."""
    if collection.vector is not None:
        vectors = f"vector={_vector(collection.vector)}"
    else:
        named = sorted(collection.vectors.items())
        vectors = "vectors=" + ",".join(f"{name}:{_vector(vector)}" for name, vector in named)
    return f"{vectors} shards={collection.shards}"


def _vector(vector: VectorSettings) -> str:
    return f"{vector.size}/{vector.distance}"
