"""Every cross-field rule, broken once in a real stack file."""

import pytest

PROD, STAGING, DEV = "prod", "staging", "dev"
MANAGER = "roles: [cluster_manager]\n        nodes: 3"
LEAVING = """roles: [data]
        nodes: 0
        cpu: "1"
        memory: 2Gi
        disk: 10Gi
      second:
        """
DATA = "roles: [data, ingest]\n        nodes: 3"
REPLICAS = "replicas: 2\n    recovery"
ALL = "ingest]\n        nodes: 1\n"
OPENSEARCH = "ballast:opensearch"
SEARCH_BUCKET = "snapshots:\n      s3:\n        bucket: acme-staging-opensearch"

TEARDOWN = "  ballast:teardown:"


def given_up(*keys):
    """Return the edit that gives something up in prod's file."""
    return [(TEARDOWN, f"  ballast:allowOrphaned: [{', '.join(keys)}]\n{TEARDOWN}")]


BROKEN = {
    "a store given up that is declared": (PROD, given_up("loki.s3", "chroma"), "ballast:allowOrphaned[1]", "declares"),
    "all volumes given up": (PROD, given_up("volumes"), "ballast:allowOrphaned[0]", "leave volumes out of the file"),
    "a key given up that is none": (PROD, given_up("loki.s4"), "ballast:allowOrphaned[0]", "only stores, places"),
    "a version given up": (PROD, given_up("qdrant.version"), "ballast:allowOrphaned[0]", "only stores, places"),
    "two managers": (PROD, [(MANAGER, MANAGER.replace("3", "2"))], f"{OPENSEARCH}.pools.manager.nodes", "1, 3 or 5"),
    "four managers": (PROD, [(MANAGER, MANAGER.replace("3", "4"))], f"{OPENSEARCH}.pools.manager.nodes", "1, 3 or 5"),
    "no manager": (PROD, [(MANAGER, "roles: [data]\n        nodes: 3")], f"{OPENSEARCH}.pools", "1, 3 or 5"),
    "no data node": (PROD, [(DATA, "roles: [ingest]\n        nodes: 3")], f"{OPENSEARCH}.pools", "role data"),
    "no ingest node": (PROD, [(DATA, "roles: [data]\n        nodes: 3")], f"{OPENSEARCH}.pools", "role ingest"),
    "a role twice": (
        PROD,
        [(DATA, DATA.replace("ingest", "ingest, data"))],
        f"{OPENSEARCH}.pools.data.roles[2]",
        "twice",
    ),
    "replicas not below data nodes": (
        PROD,
        [(REPLICAS, REPLICAS.replace("2", "3"))],
        f"{OPENSEARCH}.replicas",
        "at most 2",
    ),
    "a heap above half of memory": (PROD, [("heap: 4Gi", "heap: 5Gi")], f"{OPENSEARCH}.pools.data.heap", "at most 4Gi"),
    "a heap of 32Gi": (
        PROD,
        [("memory: 8Gi", "memory: 64Gi"), ("heap: 4Gi", "heap: 32Gi")],
        f"{OPENSEARCH}.pools.data.heap",
        "at most 31Gi",
    ),
    "too little memory": (
        STAGING,
        [("memory: 2Gi", "memory: 1023Mi"), ("heap: 1Gi", "heap: 256Mi")],
        f"{OPENSEARCH}.pools.all.memory",
        "at least 1Gi",
    ),
    "too small a disk": (STAGING, [("disk: 20Gi", "disk: 512Mi")], f"{OPENSEARCH}.pools.all.disk", "at least 1Gi"),
    "neither volume nor s3": (DEV, [("volume:\n        size: 20Gi", "s3: null")], f"{OPENSEARCH}.snapshots", "neither"),
    "volume and s3": (
        STAGING,
        [(SEARCH_BUCKET, SEARCH_BUCKET.replace("s3:", "volume: {size: 20Gi}\n      s3:"))],
        f"{OPENSEARCH}.snapshots",
        "both",
    ),
    "a snapshot volume for several nodes": (
        DEV,
        [(ALL, ALL.replace("1", "3"))],
        f"{OPENSEARCH}.snapshots.volume",
        "one node",
    ),
    "a snapshot volume smaller than the disk": (
        DEV,
        [("size: 20Gi", "size: 9Gi")],
        f"{OPENSEARCH}.snapshots.volume.size",
        "10Gi",
    ),
    "s3 without its image": (STAGING, [("acme/opensearch-s3", "null")], f"{OPENSEARCH}.image", "repository-s3"),
    "a recovery point of minutes": (
        PROD,
        [("recoveryPoint: 1h", "recoveryPoint: 9m")],
        f"{OPENSEARCH}.recovery.recoveryPoint",
        "10m",
    ),
    "retention below the recovery point": (
        PROD,
        [("retention: 30d\n", "retention: 59m\n")],
        f"{OPENSEARCH}.recovery.retention",
        "1h or more",
    ),
    "no recovery time": (
        PROD,
        [("recoveryTime: 4h\n", "recoveryTime: 0h\n")],
        f"{OPENSEARCH}.recovery.recoveryTime",
        "more than zero",
    ),
    "a version that crashes on renewal": (PROD, [("3.8.0", "2.19.0")], f"{OPENSEARCH}.version", "too old"),
    "a version of the next major": (PROD, [("3.8.0", "4.0.0")], f"{OPENSEARCH}.version", "newer"),
    "a version of two numbers": (PROD, [("3.8.0", '"3.8"')], f"{OPENSEARCH}.version", "three numbers"),
    "overlapping patterns": (
        PROD,
        [('"workflows-*"', '"log*"')],
        f"{OPENSEARCH}.indexes.logs.patterns[0]",
        "same index",
    ),
    "a pattern that reaches system indexes": (
        PROD,
        [('"logs-*"', '"*"')],
        f"{OPENSEARCH}.indexes.logs.patterns[0]",
        "an index name",
    ),
    "no shard": (
        PROD,
        [('["logs-*"]\n        shards: 1', '["logs-*"]\n        shards: 0')],
        f"{OPENSEARCH}.indexes.logs.shards",
        "at least 1",
    ),
    "a pool that is no DNS label": (PROD, [("      data:\n", "      Data_1:\n")], f"{OPENSEARCH}.pools.Data_1", "DNS"),
    "an index kind in capitals": (
        PROD,
        [("      workflows:\n", "      Flows:\n")],
        f"{OPENSEARCH}.indexes.Flows",
        "DNS",
    ),
    "a zone twice": (
        PROD,
        [("eu-central-1c", "eu-central-1c, eu-central-1a")],
        "ballast:cluster.zones[3]",
        "twice",
    ),
    "two zones for three managers": (PROD, [(", eu-central-1c", "")], "ballast:cluster.zones", "at least 3"),
    "the local cluster in prod": (
        PROD,
        [("00000000-0000-4000-8000-000000000002", "local")],
        "ballast:cluster.identity",
        "only tier dev",
    ),
    "an identity that is no UID": (
        PROD,
        [("00000000-0000-4000-8000-000000000002", "prod-cluster")],
        "ballast:cluster.identity",
        "UID",
    ),
    "no cluster named": (DEV, [("kubeconfig: .ballast/cluster/kubeconfig", "")], "ballast:cluster", "names no cluster"),
    "prod that may be torn down": (PROD, [("teardown: refuse", "teardown: keepData")], "ballast:teardown", "refuse"),
    "prod with one manager": (PROD, [(MANAGER, MANAGER.replace("3", "1"))], f"{OPENSEARCH}.pools", "loss of one"),
    "prod with two data nodes": (
        PROD,
        [(DATA, DATA.replace("3", "2")), (REPLICAS, REPLICAS.replace("2", "1"))],
        f"{OPENSEARCH}.pools",
        "three zones",
    ),
    "prod without replicas": (PROD, [(REPLICAS, REPLICAS.replace("2", "0"))], f"{OPENSEARCH}.replicas", "at least 1"),
    "a passphrase in prod": (
        PROD,
        [("awskms://alias/ballast-prod?region=eu-central-1", "passphrase")],
        "secretsprovider",
        "awskms",
    ),
    "default providers": (
        PROD,
        [('disable-default-providers: ["*"]', "disable-default-providers: []")],
        "pulumi:disable-default-providers",
        "ambient",
    ),
    "a network with host bits": (
        PROD,
        [("10.30.0.0/28", "10.30.0.1/28")],
        "ballast:cluster.apiServer.cidrs[0]",
        "CIDR",
    ),
    "an image with a tag": (PROD, [("acme/opensearch-s3", "acme/opensearch-s3:3.8.0")], f"{OPENSEARCH}.image", "tag"),
    "more shards than the heap can hold": (
        PROD,
        [('["logs-*"]\n        shards: 1', '["logs-*"]\n        shards: 100')],
        f"{OPENSEARCH}.indexes.logs.shards",
        "the data nodes take 300",
    ),
    "a region in place of a zone": (
        PROD,
        [("eu-central-1a, eu-central-1b,", "eu-central-1, eu-central-1b,")],
        "ballast:cluster.zones[0]",
        "a region",
    ),
    "zones of two regions": (
        PROD,
        [("eu-central-1c]", "eu-west-1c]")],
        "ballast:cluster.zones[2]",
        "another region than eu-central-1a",
    ),
    "a role of another partition": (
        PROD,
        [
            (
                "arn:aws:iam::111122223333:role/acme-prod-opensearch",
                "arn:aws-cn:iam::111122223333:role/acme-prod-opensearch",
            )
        ],
        f"{OPENSEARCH}.snapshots.s3.roleArn",
        "in the partition aws-cn",
    ),
    "a stock image where the plugin is needed": (
        PROD,
        [("image: acme/opensearch-s3", "image: docker.io/opensearchproject/opensearch")],
        f"{OPENSEARCH}.image",
        "lacks the plugin",
    ),
    "jobs with a Python that is too old": (DEV, [("3.13-slim", "3.9-slim")], "ballast:jobs.version", "3.11 or later"),
    "jobs with a tag that names no Python": (DEV, [("3.13-slim", "slim")], "ballast:jobs.version", "from 3.11.0"),
    "a bucket in capitals": (
        PROD,
        [("bucket: acme-prod-opensearch", "bucket: Acme-prod-opensearch")],
        f"{OPENSEARCH}.snapshots.s3.bucket",
        "S3 bucket",
    ),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_reported_at_its_key_with_the_rule_and_a_way_out(refused, environment, changes, key, words):
    assert words in refused(environment, changes, key)


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (PROD, [(MANAGER, MANAGER.replace("3", "5"))]),
        (PROD, [(MANAGER, LEAVING + MANAGER)]),
        (PROD, [("heap: 4Gi", "heap: 4096Mi")]),
        (PROD, [("memory: 8Gi", "memory: 62Gi"), ("heap: 4Gi", "heap: 31Gi")]),
        (PROD, [("3.8.0", "2.19.1")]),
        (PROD, [("recoveryPoint: 1h", "recoveryPoint: 10m")]),
        (PROD, [('"logs-*"', '"logs-*", "workflow-logs-*"')]),
        (DEV, [("size: 20Gi", "size: 10Gi")]),
        (STAGING, [("teardown: keepData", "teardown: refuse")]),
        (PROD, [(", eu-central-1b, eu-central-1c]", "]\n    fewZones: this provider has one zone in the country")]),
    ],
)
def test_a_value_just_inside_its_rule_is_accepted(mistakes, environment, changes):
    assert mistakes(environment, *changes) == {}
