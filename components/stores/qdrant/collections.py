"""Collections as Qdrant's API takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.stores.qdrant.configuration import write_consistency
from components.stores.qdrant.settings import Quantization, SparseModifier

if TYPE_CHECKING:
    from components.stores.qdrant.settings import CollectionSettings, VectorSettings

_QUANTIZATION: dict[Quantization, dict[str, Any]] = {
    # The top half per cent of outliers would stretch the scale of all others.
    Quantization.SCALAR: {"scalar": {"type": "int8", "quantile": 0.995}},
    Quantization.BINARY: {"binary": {}},
    Quantization.PRODUCT: {"product": {"compression": "x16"}},
    Quantization.TURBO: {"turbo": {"bits": "bits4"}},
}


def collection_body(collection: CollectionSettings, replication: int) -> dict[str, Any]:
    """Return the body of `PUT /collections/<name>`.

    Compressed vectors are what each search reads first, so they are cached whatever tier the originals have.
    """

    def vector(settings: VectorSettings) -> dict[str, Any]:
        return {
            "size": settings.size,
            # Qdrant spells it with a capital: Cosine.
            "distance": settings.distance.value.capitalize(),
            "memory": collection.memory.value,
        }

    vectors: dict[str, Any] = {name: vector(settings) for name, settings in collection.vectors.items()}
    body: dict[str, Any] = {
        "vectors": vector(collection.vector) if collection.vector is not None else vectors,
        "shard_number": collection.shards,
        "replication_factor": replication,
        "write_consistency_factor": write_consistency(replication),
    }
    if collection.sparse_vectors:
        body["sparse_vectors"] = {
            name: {} if vector.modifier is SparseModifier.NONE else {"modifier": vector.modifier.value}
            for name, vector in collection.sparse_vectors.items()
        }
    if collection.quantization is not Quantization.NONE:
        body["quantization_config"] = {
            kind: {**options, "memory": "cached"} for kind, options in _QUANTIZATION[collection.quantization].items()
        }
    return body
