"""What every store promises and where its snapshots go, each rule broken once; stores and secrets that are left out."""

import pytest

from components.settings.judge import Given, judge
from components.settings.read import read_stack
from components.settings.report import SettingsError
from components.settings.secrets import SECRETS
from tests.harness.declare import SECRETS_OF_PROD

from .conftest import swap

PROD, DEV = "prod", "dev"
QDRANT, CHROMA, KNOWLEDGE = "ballast:qdrant", "ballast:chroma", "ballast:volumes.knowledge"
VOLUME_OF_QDRANT = "volume:\n        size: 16Gi"
VOLUME_OF_CHROMA = "disk: 2Gi\n    recovery: {recoveryPoint: 24h, recoveryTime: 8h, retention: 7d}\n    snapshots:\n"
VOLUME_OF_CHROMA += "      volume:\n        size: 4Gi"
VOLUME_OF_KNOWLEDGE = "volume:\n          size: 4Gi"
BUCKET = """s3:
          bucket: acme-dev-database-snapshots
          region: eu-central-1
          basePath: knowledge
          roleArn: "arn:aws:iam::111122223333:role/acme-dev-database-snapshots"
          egressCidrs: [10.10.16.0/20]"""
PROMISE_OF_KNOWLEDGE = "disk: 10Gi\n      recovery: {recoveryPoint: 12h, recoveryTime: 4h, retention: 30d}"


BROKEN = {
    "a snapshot volume for one set": (
        DEV,
        [swap(VOLUME_OF_QDRANT, "16Gi", "9Gi")],
        f"{QDRANT}.snapshots.volume.size",
        "10Gi or more",
    ),
    "a snapshot volume for one set of three nodes": (
        DEV,
        [
            ("nodes: 1\n    cpu", "nodes: 3\n    cpu"),
            ("replication: 1", "replication: 2"),
            swap(VOLUME_OF_QDRANT, "16Gi", "29Gi"),
        ],
        f"{QDRANT}.snapshots.volume.size",
        "30Gi or more",
    ),
    "a snapshot volume of Chroma for one set": (
        DEV,
        [swap(VOLUME_OF_CHROMA, "4Gi", "3Gi")],
        f"{CHROMA}.snapshots.volume.size",
        "4Gi or more",
    ),
    "a snapshot volume of an application for one set": (
        DEV,
        [swap(VOLUME_OF_KNOWLEDGE, "4Gi", "3Gi")],
        f"{KNOWLEDGE}.snapshots.volume.size",
        "twice the disk",
    ),
    "no place for snapshots": (DEV, [(VOLUME_OF_KNOWLEDGE, "volume: null")], f"{KNOWLEDGE}.snapshots", "neither"),
    "two places for snapshots": (
        DEV,
        [(VOLUME_OF_KNOWLEDGE, f"{VOLUME_OF_KNOWLEDGE}\n        {BUCKET}"), ("image: python", "image: acme/jobs")],
        f"{KNOWLEDGE}.snapshots",
        "both",
    ),
    "a restore that no network could end in time": (
        PROD,
        [(PROMISE_OF_KNOWLEDGE, PROMISE_OF_KNOWLEDGE.replace("10Gi", "20Ti"))],
        f"{KNOWLEDGE}.recovery.recoveryTime",
        "write 6h or more",
    ),
    "a disk that the shards of a node can't fill": (
        PROD,
        [swap("heap: 4Gi\n        disk: 100Gi", "100Gi", "5001Gi")],
        "ballast:opensearch.pools.data.disk",
        "write 5000Gi or less",
    ),
    "a disk of data for a node that holds none": (
        PROD,
        [swap("memory: 2Gi\n        disk: 10Gi", "10Gi", "2Ti")],
        "ballast:opensearch.pools.manager.disk",
        "the cluster's state alone",
    ),
    "a bucket without boto3": (
        DEV,
        [(VOLUME_OF_KNOWLEDGE, BUCKET)],
        "ballast:jobs.image",
        "volumes.knowledge go to s3",
    ),
    "a bucket without boto3 in prod": (
        PROD,
        [("acme/ballast-jobs", "docker.io/library/python")],
        "ballast:jobs.image",
        "qdrant, chroma, volumes.knowledge",
    ),
    "a folder with two owners": (
        PROD,
        [("basePath: volumes/knowledge", "basePath: chroma")],
        f"{KNOWLEDGE}.snapshots.s3.basePath",
        "folder of chroma",
    ),
    "a folder inside another's": (
        PROD,
        [("basePath: volumes/knowledge", "basePath: chroma/knowledge")],
        f"{KNOWLEDGE}.snapshots.s3.basePath",
        "folder of chroma",
    ),
    "a folder around another's": (
        PROD,
        [("basePath: chroma", "basePath: volumes")],
        f"{KNOWLEDGE}.snapshots.s3.basePath",
        "folder of chroma",
    ),
    "a recovery point of minutes": (
        PROD,
        [("recoveryPoint: 6h", "recoveryPoint: 9m")],
        f"{QDRANT}.recovery.recoveryPoint",
        "10m",
    ),
    "retention below the recovery point": (
        PROD,
        [swap(PROMISE_OF_KNOWLEDGE, "30d", "11h")],
        f"{KNOWLEDGE}.recovery.retention",
        "12h or more",
    ),
    "an unknown engine": (PROD, [("engine: lancedb", "engine: duckdb")], f"{KNOWLEDGE}.engine", "sqlite"),
    "an application that is no DNS label": (
        PROD,
        [("    knowledge:\n", "    Knowledge:\n")],
        "ballast:volumes.Knowledge",
        "DNS",
    ),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_reported_at_its_key_with_the_rule_and_a_way_out(refused, environment, changes, key, words):
    assert words in refused(environment, changes, key)


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (PROD, [("recoveryPoint: 6h", "recoveryPoint: 10m")]),
        (PROD, [swap(PROMISE_OF_KNOWLEDGE, "30d", "12h")]),
        (PROD, [("basePath: volumes/knowledge", "basePath: chroma-2")]),
        (PROD, [("engine: lancedb", "engine: sqlite")]),
        (DEV, [(VOLUME_OF_KNOWLEDGE, BUCKET), ("image: python", "image: acme/python")]),
    ],
)
def test_a_value_just_inside_its_rule_is_accepted(mistakes, environment, changes):
    assert mistakes(environment, *changes) == {}


def test_a_store_that_cannot_be_read_does_not_hide_the_mistakes_of_another(mistakes):
    found = mistakes(
        "prod",
        ("replication: 2\n    recovery: {", "replication: 2\n    recovery: 7\n    other: {"),
        swap(PROMISE_OF_KNOWLEDGE, "30d", "11h"),
    )
    assert set(found) == {f"{QDRANT}.recovery", f"{QDRANT}.other", f"{KNOWLEDGE}.recovery.retention"}


def without(file, *sections):
    text = file.read_text()
    for section in sections:
        start = text.index(f"  ballast:{section}:")
        text = text[:start] + text[text.index("\n  ballast:", start + 1) + 1 :]
    file.write_text(text)
    return file


def test_stores_may_be_left_out_and_take_their_secrets_with_them(changed):
    file = without(changed("prod"), "qdrant", "chroma", "volumes")
    with pytest.raises(SettingsError) as caught:
        read_stack(file)
    asked = {mistake.key for mistake in caught.value.mistakes}
    assert asked == {f"ballast:{name}" for name in SECRETS_OF_PROD if not name.startswith("qdrant")}
    stack = read_stack(file, SECRETS)
    assert (stack.qdrant, stack.chroma, stack.volumes) == (None, None, {})


def test_a_secret_of_a_section_that_is_left_out_does_no_harm(changed):
    assert read_stack(without(changed("dev"), "qdrant")).qdrant is None


def test_a_secret_of_a_section_is_asked_for_with_the_section():
    _, mistakes = judge(Given("dev", {"qdrant": {}}, frozenset()))
    assert "ballast:qdrantApiKey" in {mistake.key for mistake in mistakes}


def test_keys_of_the_vector_store_belong_to_its_section():
    assert {name for name, secret in SECRETS.items() if secret.section == "qdrant"} == {
        "qdrantApiKey",
        "qdrantAlternativeApiKey",
        "qdrantReadOnlyApiKey",
    }
