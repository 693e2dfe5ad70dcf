"""What would be left behind: nodes in their zones, and what gateways have queued."""

import pytest

from .transitions_test import DATA, PROD, step

REFUSED = {
    "a zone taken away": ({}, {"cluster.zones": "eu-central-1a,eu-central-1b"}, "cluster.zones", "lose eu-central-1c"),
    "a zone added, into which a node would move": (
        {DATA: "4"},
        {DATA: "4", "cluster.zones": PROD["cluster.zones"] + ",eu-central-1d"},
        "cluster.zones",
        "would move out of eu-central-1a",
    ),
    "zones in another order, by which a node would move": (
        {DATA: "4"},
        {DATA: "4", "cluster.zones": "eu-central-1b,eu-central-1a,eu-central-1c"},
        "cluster.zones",
        "a node of opensearch.pools.data would move out of eu-central-1a",
    ),
    "fewer gateways": (
        {"collector.gateway.replicas": "3"},
        {"collector.gateway.replicas": "2"},
        "collector.gateway.replicas",
        "queue_size of collector-gateway-2 and up is 0",
    ),
}

TAKEN = {
    "a zone added, into which nothing moves": ({}, {"cluster.zones": PROD["cluster.zones"] + ",eu-central-1d"}),
    "a zone added with a node for it": (
        {DATA: "4"},
        {DATA: "5", "cluster.zones": PROD["cluster.zones"] + ",eu-central-1d"},
    ),
    "zones in another order": ({}, {"cluster.zones": "eu-central-1c,eu-central-1a,eu-central-1b"}),
    "fewer gateways, with what they have queued": (
        {"collector.gateway.replicas": "3"},
        {"collector.gateway.replicas": "2", "allowOrphaned": "collector.gateway.replicas"},
    ),
}


@pytest.mark.parametrize(("before", "after", "key", "words"), REFUSED.values(), ids=REFUSED)
def test_a_step_that_leaves_something_behind_is_refused_once_with_a_way_out(before, after, key, words):
    found = step(before, after)
    assert list(found) == [f"ballast:{key}"]
    assert words in "; ".join(found[f"ballast:{key}"])


@pytest.mark.parametrize(("before", "after"), TAKEN.values(), ids=TAKEN)
def test_a_step_that_leaves_nothing_behind_is_taken(before, after):
    assert step(before, after) == {}
