"""What is refused of a domain in place of nodes, and of a step from one to the other; each mistake at its key."""

from __future__ import annotations

import pytest

from components.settings.recorded_state import recorded_state
from components.settings.transitions import forbidden_transitions
from tests.cloud.conftest import PROD, refused_at, settings_of
from tests.cloud.rules_test import AWS, MADE
from tests.harness.managed_search import CLIENTS, SUBNETS, managed

DOMAIN = managed(MADE)
KEY = "ballast:opensearch.managed"
POOLS = PROD[PROD.index("    pools:") : PROD.index("    replicas: 2")]
BUCKET = "ballast:opensearch.snapshots"
S3 = DOMAIN[DOMAIN.index("      s3:") : DOMAIN.index("    indexes:")]


def put(old, new):
    assert old in DOMAIN, old
    return DOMAIN.replace(old, new, 1)


BROKEN = {
    "pools beside it": (
        put("    managed:", f"{POOLS}    managed:"),
        "ballast:opensearch",
        "exactly one of pools and managed",
    ),
    "neither": (
        DOMAIN[: DOMAIN.index("    managed:")] + DOMAIN[DOMAIN.index("    replicas: 2") :],
        "ballast:opensearch",
        "but has neither",
    ),
    "no account": (DOMAIN.replace(AWS, ""), KEY, "add ballast:aws"),
    "a version that the service doesn't offer": (
        put("3.3.0", "3.4.0"),
        "ballast:opensearch.version",
        "write 3.3.0 or 3.5.0",
    ),
    "one subnet for three zones": (
        put(", ".join(SUBNETS), SUBNETS[0]),
        f"{KEY}.subnets",
        "has 1 for 3 zones (eu-central-1a, eu-central-1b, eu-central-1c)",
    ),
    "four zones": (
        put("eu-central-1b, eu-central-1c]", "eu-central-1b, eu-central-1c, eu-central-1d]"),
        "ballast:cluster.zones",
        "3 at most",
    ),
    "one subnet thrice": (put(", ".join(SUBNETS), ", ".join(3 * SUBNETS[:1])), f"{KEY}.subnets[1]", "twice"),
    "data nodes that can't be spread": (
        put("{nodes: 3, type: r7g", "{nodes: 4, type: r7g"),
        f"{KEY}.data.nodes",
        "write 6",
    ),
    "one manager": (put("{nodes: 3, type: m7g", "{nodes: 1, type: m7g"), f"{KEY}.managers.nodes", "write 3 or 5"),
    "four managers": (put("{nodes: 3, type: m7g", "{nodes: 4, type: m7g"), f"{KEY}.managers.nodes", "write 3 or 5"),
    "an instance type of EC2": (put("r7g.large.search", "r7g.large"), f"{KEY}.data.type", "r7g.large.search"),
    "a burstable instance": (put("m7g.large.search", "t3.medium.search"), f"{KEY}.managers.type", "families c, m, r"),
    "an instance with disks of its own": (put("r7g.large.search", "i4i.large.search"), f"{KEY}.data.type", "families"),
    "a disk of parts": (put("disk: 100Gi}", "disk: 100500Mi}"), f"{KEY}.data.disk", "write 99Gi"),
    "a disk that is too small": (put("disk: 100Gi}", "disk: 5Gi}"), f"{KEY}.data.disk", "write 10Gi"),
    "logs for a time that CloudWatch doesn't have": (put("90d", "45d"), f"{KEY}.logsKept", "write 60d"),
    "no VPC": (put("vpc-0a1b2c3d4e5f60718", "vpc"), f"{KEY}.vpc", "the id of a VPC"),
    "no client": (put(f"[{CLIENTS}]", "[]"), f"{KEY}.clients", "at least"),
    "a name that is too long": (put("acme-prod-search", f"a{28 * 'b'}"), f"{KEY}.name", "3 to 28"),
    "a window that is no time": (put("logsKept", 'offPeak: "24:00"\n      logsKept'), f"{KEY}.offPeak", "hh:mm"),
    "an image": (
        put("    managed:", "    image: acme/opensearch-s3\n    managed:"),
        "ballast:opensearch.image",
        "remove it",
    ),
    "snapshots on a volume": (put(S3, "      volume: {size: 500Gi}\n"), BUCKET, "a bucket at AWS"),
    "more copies than nodes": (put("replicas: 2", "replicas: 3"), "ballast:opensearch.replicas", "with 3 data nodes"),
    "jobs that can't sign": (
        DOMAIN.replace("image: acme/ballast-jobs", "image: python"),
        "ballast:jobs.image",
        "lacks boto3",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_it_is_refused_at_its_key_in_one_sentence(case, tmp_path):
    text, key, words = BROKEN[case]
    assert text != DOMAIN
    assert words in refused_at(key, text, tmp_path)


def test_a_node_has_the_heap_that_its_type_has(tmp_path):
    for size, gib in {"r7g.large": 8, "m6g.xlarge": 8, "c5.4xlarge": 16, "r6gd.4xlarge": 32, "or1.2xlarge": 32}.items():
        search = settings_of(put("r7g.large.search", f"{size}.search"), tmp_path).opensearch
        assert [one.heap_size for one in search.holding_data] == [gib * 2**30]
        assert (search.nodes, search.managers, search.data_nodes) == (6, 3, 3)


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """What is recorded of nodes, and of a domain."""
    found = (settings_of(text, tmp_path_factory.mktemp("state")) for text in (MADE, DOMAIN))
    return [recorded_state(stack) | {"opensearch.version": "3.3.0"} for stack in found]


def step(before, after):
    return {mistake.key: (mistake.problem, mistake.remedy) for mistake in forbidden_transitions(before, after)}


def test_data_does_not_follow_from_nodes_to_a_domain_or_back(states):
    nodes, domain = states
    for before, after in ((nodes, domain), (domain, nodes)):
        ((key, (_, remedy)),) = step(before, after).items()
        assert key == KEY
        assert "from a snapshot (docs/managed-opensearch.md)" in remedy
    assert step(nodes, domain | {"allowOrphaned": "opensearch.pools"}) == {}
    assert step(domain, nodes | {"allowOrphaned": "opensearch.managed"}) == {}
    assert step({}, domain) == step(domain, domain) == {}


WORSE = {
    "another domain": ({"managed.name": "other"}, "managed.name", "changes from acme-prod-search to other"),
    "a smaller disk": ({"managed.data.disk": "50Gi"}, "managed.data.disk", "shrinks from 100Gi"),
    "fewer data nodes": ({"managed.data.nodes": "2"}, "managed.data.nodes", "goes down from 3 to 2"),
    "an older version": ({"version": "2.19.1"}, "version", "goes back from 3.3.0"),
}


@pytest.mark.parametrize("case", WORSE)
def test_a_domain_never_gets_less(case, states):
    changes, key, words = WORSE[case]
    domain = states[1]
    found = step(domain, domain | {f"opensearch.{name}": text for name, text in changes.items()})
    assert found.keys() == {f"ballast:opensearch.{key}"}
    assert words in found[f"ballast:opensearch.{key}"][0]


def test_a_domain_may_grow(states):
    domain = states[1]
    more = {"managed.data.nodes": "6", "managed.data.disk": "200Gi", "managed.managers.nodes": "5", "version": "3.5.0"}
    assert step(domain, domain | {f"opensearch.{name}": text for name, text in more.items()}) == {}
