"""The rules of the vector store, each broken once in a real stack file."""

import pytest

from components.settings.read import read_stack
from components.settings.secrets import SECRETS

from .conftest import PROJECT, swap

PROD, STAGING, DEV = "prod", "staging", "dev"
QDRANT = "ballast:qdrant"
DOCUMENTS = "ballast:qdrant.collections.documents"
NODES_3 = "version: 1.19.0\n    nodes: 3"
NODES_1 = "version: 1.19.0\n    nodes: 1"
VECTOR = "vector: {size: 1024, distance: cosine}"
NAMED = "vectors: {title: {size: 384, distance: dot}, body: {size: 768, distance: euclid}}"

BROKEN = {
    "a version without memory tiers": (PROD, [("1.19.0", "1.18.9")], f"{QDRANT}.version", "too old"),
    "a version of the next major": (PROD, [("1.19.0", "2.0.0")], f"{QDRANT}.version", "newer"),
    "two nodes": (
        STAGING,
        [swap(NODES_1, "nodes: 1", "nodes: 2"), ("replication: 1", "replication: 2")],
        f"{QDRANT}.nodes",
        "1 or 3",
    ),
    "no node": (STAGING, [swap(NODES_1, "nodes: 1", "nodes: 0")], f"{QDRANT}.nodes", "at least 1"),
    "prod with one node": (
        PROD,
        [swap(NODES_3, "nodes: 3", "nodes: 1"), ("replication: 2", "replication: 1")],
        f"{QDRANT}.nodes",
        "loss of a node",
    ),
    "prod with two nodes": (PROD, [swap(NODES_3, "nodes: 3", "nodes: 2")], f"{QDRANT}.nodes", "majority"),
    "more copies than nodes": (PROD, [("replication: 2", "replication: 4")], f"{QDRANT}.replication", "at most 3"),
    "two copies on one node": (DEV, [("replication: 1", "replication: 2")], f"{QDRANT}.replication", "at most 1"),
    "one copy on three nodes": (PROD, [("replication: 2", "replication: 1")], f"{QDRANT}.replication", "2 or more"),
    "fewer copies of a shard than nodes": (
        PROD,
        [("shards: 6", "shards: 1")],
        f"{DOCUMENTS}.shards",
        "write 2 or more",
    ),
    "more shards than the disk has room for": (
        DEV,
        [("shards: 6", "shards: 41"), ("size: 16Gi", "size: 100Gi")],
        f"{DOCUMENTS}.shards",
        "logs of all",
    ),
    "too little memory": (
        DEV,
        [("memory: 1Gi\n    disk", "memory: 511Mi\n    disk")],
        f"{QDRANT}.memory",
        "at least 512Mi",
    ),
    "too small a disk": (DEV, [("disk: 5Gi", "disk: 1023Mi")], f"{QDRANT}.disk", "at least 1Gi"),
    "one zone for three nodes": (
        DEV,
        [
            swap(NODES_1, "nodes: 1", "nodes: 3"),
            ("replication: 1", "replication: 2"),
            ("size: 16Gi", "size: 30Gi"),
            (", local-b, local-c", ""),
        ],
        "ballast:cluster.zones",
        "3 nodes of qdrant",
    ),
    "a vector and vectors": (PROD, [(VECTOR, f"{VECTOR}\n        {NAMED}")], DOCUMENTS, "both"),
    "a sparse vector named like a dense one": (
        PROD,
        [(VECTOR, f"{NAMED}\n        sparseVectors: {{body: {{modifier: idf}}}}")],
        f"{DOCUMENTS}.sparseVectors.body",
        "a dense vector too",
    ),
    "neither a vector nor vectors": (PROD, [(VECTOR, "vectors: {}")], DOCUMENTS, "neither"),
    "a vector of no dimension": (
        PROD,
        [swap(VECTOR, "1024", "0")],
        f"{DOCUMENTS}.vector.size",
        "at least 1",
    ),
    "a vector of too many": (
        PROD,
        [swap(VECTOR, "1024", "65537")],
        f"{DOCUMENTS}.vector.size",
        "at most 65536",
    ),
    "an unknown distance": (
        PROD,
        [swap(VECTOR, "cosine", "hamming")],
        f"{DOCUMENTS}.vector.distance",
        "manhattan",
    ),
    "no shard": (PROD, [("shards: 6", "shards: 0")], f"{DOCUMENTS}.shards", "at least 1"),
    "an unknown quantization": (
        PROD,
        [("quantization: scalar", "quantization: int8")],
        f"{DOCUMENTS}.quantization",
        "scalar",
    ),
    "an unknown memory tier": (
        PROD,
        [("memory: cached", "memory: disk")],
        f"{DOCUMENTS}.memory",
        "cold",
    ),
    "a memory tier that the server refuses for dense vectors": (
        PROD,
        [("memory: cached", "memory: pinned")],
        f"{DOCUMENTS}.memory",
        "cold",
    ),
    "a snapshot volume for fewer sets than are kept": (
        DEV,
        [("size: 16Gi", "size: 12Gi")],
        f"{QDRANT}.snapshots.volume.size",
        "11 sets are kept, and each takes at least 1032Mi",
    ),
    "a collection with a dot": (
        PROD,
        [("      documents:\n", "      doc.uments:\n")],
        f"{QDRANT}.collections.doc.uments",
        "letters, digits",
    ),
    "a collection that begins with a digit": (
        PROD,
        [("      documents:\n", "      1st:\n")],
        f"{QDRANT}.collections.1st",
        "begins with a letter",
    ),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_reported_at_its_key_with_the_rule_and_a_way_out(refused, environment, changes, key, words):
    assert words in refused(environment, changes, key)


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (PROD, [("1.19.0", "1.27.50")]),
        (PROD, [swap(NODES_3, "nodes: 3", "nodes: 4")]),
        (PROD, [("replication: 2", "replication: 3")]),
        (PROD, [(VECTOR, NAMED)]),
        (PROD, [(VECTOR, "sparseVectors: {words: {modifier: idf}}")]),
        (PROD, [swap(VECTOR, "1024", "65536")]),
        (PROD, [swap(VECTOR, "1024", "1")]),
        (PROD, [("        quantization: scalar\n", ""), ("        memory: cached\n", "")]),
        (PROD, [("      documents:\n", f"      D{'o' * 99}:\n")]),
        (DEV, [("memory: 1Gi\n    disk", "memory: 512Mi\n    disk")]),
        (DEV, [("disk: 5Gi", "disk: 1Gi"), ("size: 16Gi", "size: 13Gi")]),
    ],
)
def test_a_value_just_inside_its_rule_is_accepted(mistakes, environment, changes):
    assert mistakes(environment, *changes) == {}


def test_the_sizes_of_the_vector_store_grow_along_the_stacks():
    stacks = [read_stack(PROJECT / f"Pulumi.{name}.yaml", SECRETS).qdrant for name in (DEV, STAGING, PROD)]
    assert [(found.nodes, found.replication) for found in stacks if found] == [(1, 1), (1, 1), (3, 2)]
    assert [str(found.disk) for found in stacks if found] == ["5Gi", "50Gi", "200Gi"]
