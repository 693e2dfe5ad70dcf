"""What may follow what: every step that stores can't follow is refused, and whatever only grows is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.settings.read import read_stack
from components.settings.recorded_state import recorded_state
from components.settings.secrets import SECRETS
from components.settings.texts import numbers
from components.settings.transitions import forbidden_transitions

from .conftest import PROJECT

DEPLOYED = {
    name: recorded_state(read_stack(PROJECT / f"Pulumi.{name}.yaml", SECRETS)) for name in ("dev", "staging", "prod")
}
PROD = DEPLOYED["prod"]
POOLS = "opensearch.pools"
MANAGERS, DATA = f"{POOLS}.manager.nodes", f"{POOLS}.data.nodes"
DOCUMENTS = "qdrant.collections.documents"


def step(before: dict[str, str | None], after: dict[str, str | None]) -> dict[str, tuple[str, str]]:
    """Problem and remedy by key of a step between two variants of prod; None leaves a key out."""
    old, new = ({k: v for k, v in (PROD | changes).items() if v is not None} for changes in (before, after))
    found = forbidden_transitions(old, new)
    assert len({mistake.key for mistake in found}) == len(found)
    return {mistake.key: (mistake.problem, mistake.remedy) for mistake in found}


def gone(section: str) -> dict[str, str | None]:
    return {key: None for key in PROD if key.startswith(f"{section}.")}


REFUSED = {
    "OpenSearch back a patch": ({"opensearch.version": "3.8.1"}, {}, "opensearch.version", "write 3.8.1 or newer"),
    "OpenSearch back a major": ({}, {"opensearch.version": "2.19.1"}, "opensearch.version", "older version"),
    "OpenSearch up two majors": (
        {"opensearch.version": "2.19.1"},
        {"opensearch.version": "4.0.0"},
        "opensearch.version",
        "go to 3.x first",
    ),
    "OpenSearch 3 from before 2.19": ({"opensearch.version": "2.18.9"}, {}, "opensearch.version", "go to 2.19 first"),
    "Qdrant back a patch": ({"qdrant.version": "1.19.1"}, {}, "qdrant.version", "goes back"),
    "Qdrant up two minors": ({}, {"qdrant.version": "1.21.0"}, "qdrant.version", "go to 1.20 first"),
    "Qdrant up a major": ({}, {"qdrant.version": "2.0.0"}, "qdrant.version", "stay with 1.x"),
    "Chroma back a minor": ({}, {"chroma.version": "1.4.9"}, "chroma.version", "goes back"),
    "Chroma up two minors": ({}, {"chroma.version": "1.7.0"}, "chroma.version", "go to 1.6 first"),
    "Chroma up a major": ({}, {"chroma.version": "2.0.0"}, "chroma.version", "stay with 1.x"),
    "five managers to one": ({MANAGERS: "5"}, {MANAGERS: "1"}, POOLS, "go to 3 first"),
    "five managers over two pools to one": (
        {f"{POOLS}.data.roles": "cluster_manager,data", MANAGERS: "2"},
        {f"{POOLS}.data.roles": "cluster_manager,data", MANAGERS: "0", DATA: "1"},
        POOLS,
        "go to 3 first",
    ),
    "a pool gone that had nodes": ({}, gone(f"{POOLS}.data"), f"{POOLS}.data", "write nodes: 0"),
    "roles of a pool that had nodes": (
        {},
        {f"{POOLS}.data.roles": "data"},
        f"{POOLS}.data.roles",
        "add a pool with the new ones",
    ),
    "prod run as dev": ({}, {"tier": "dev"}, "tier", "another stack"),
    "staging run as dev": ({"tier": "staging"}, {"tier": "dev"}, "tier", "write staging"),
    "a tier that nobody knows": ({"tier": "production"}, {}, "tier", "correct the record"),
    "a smaller disk of a pool": ({}, {f"{POOLS}.data.disk": "102399Mi"}, f"{POOLS}.data.disk", "100Gi or more"),
    "a smaller disk of an empty pool": (
        {DATA: "0"},
        {DATA: "0", f"{POOLS}.data.disk": "99Gi"},
        f"{POOLS}.data.disk",
        "shrinks",
    ),
    "a smaller disk of Qdrant": ({}, {"qdrant.disk": "199Gi"}, "qdrant.disk", "200Gi or more"),
    "a smaller disk of Chroma": ({}, {"chroma.disk": "19Gi"}, "chroma.disk", "20Gi or more"),
    "a smaller volume": ({}, {"volumes.knowledge.disk": "9Gi"}, "volumes.knowledge.disk", "10Gi or more"),
    "a smaller volume of snapshots": (
        {"opensearch.snapshots.volume.size": "2Ti"},
        {"opensearch.snapshots.volume.size": "2047Gi"},
        "opensearch.snapshots.volume.size",
        "2Ti or more",
    ),
    "Qdrant gone": ({}, gone("qdrant"), "qdrant", "without an owner"),
    "Chroma gone": ({}, gone("chroma"), "chroma", "without an owner"),
    "a volume gone": ({}, gone("volumes.knowledge"), "volumes.knowledge", "without an owner"),
    "another store given up": (
        {"allowOrphaned": "chrom"},
        {**gone("chroma"), "allowOrphaned": "chrom,volumes"},
        "chroma",
        "without an owner",
    ),
    "a name that is none given up": (
        {},
        {"allowOrphaned": "volumes.knowlege"},
        "allowOrphaned",
        "nothing of that name",
    ),
    "snapshots to a bucket": (
        {"qdrant.snapshots": "volume", "qdrant.snapshots.volume.size": "1Ti"},
        {},
        "qdrant.snapshots",
        "allowOrphaned: [qdrant.snapshots]",
    ),
    "another storage class": (
        {},
        {"cluster.storageClass.name": "gp2"},
        "cluster.storageClass.name",
        "none can change its class",
    ),
    "another engine": (
        {},
        {"volumes.knowledge.engine": "sqlite"},
        "volumes.knowledge.engine",
        "another name for sqlite",
    ),
    "another vector size": ({}, {DOCUMENTS: "vector=768/cosine shards=6"}, DOCUMENTS, "move the alias"),
    "another distance": ({}, {DOCUMENTS: "vector=1024/dot shards=6"}, DOCUMENTS, "fixed when"),
    "other shards": ({}, {DOCUMENTS: "vector=1024/cosine shards=12"}, DOCUMENTS, "fixed when"),
    "a name for the vector": ({}, {DOCUMENTS: "vectors=text:1024/cosine shards=6"}, DOCUMENTS, "fixed when"),
    "an unreadable version": ({"qdrant.version": "latest"}, {}, "qdrant.version", "can't be read"),
    "an unreadable size": ({"chroma.disk": "20 GB"}, {}, "chroma.disk", "can't be read"),
    "an unreadable number": ({DATA: "three"}, {}, DATA, "can't be read"),
}


@pytest.mark.parametrize(("before", "after", "key", "words"), REFUSED.values(), ids=REFUSED)
def test_a_step_that_a_store_cannot_follow_is_refused_once_with_a_way_out(before, after, key, words):
    found = step(before, after)
    assert list(found) == [f"ballast:{key}"]
    problem, remedy = found[f"ballast:{key}"]
    assert words in f"{problem}; {remedy}"
    assert problem
    assert remedy


TAKEN = {
    "dev run as prod": ({"tier": "dev"}, {"tier": "prod"}),
    "a tier that was not recorded yet": ({"tier": None}, {"tier": "dev"}),
    "OpenSearch up several minors": ({"opensearch.version": "3.1.0"}, {}),
    "OpenSearch 3 from 2.19.0": ({"opensearch.version": "2.19.0"}, {}),
    "OpenSearch inside 2": ({"opensearch.version": "2.11.0"}, {"opensearch.version": "2.12.0"}),
    "Qdrant up a minor": ({}, {"qdrant.version": "1.20.3"}),
    "Qdrant up a patch": ({}, {"qdrant.version": "1.19.7"}),
    "Chroma up a minor": ({}, {"chroma.version": "1.6.0"}),
    "five managers to three": ({MANAGERS: "5"}, {}),
    "three managers to one": ({}, {MANAGERS: "1"}),
    "one manager to five": ({MANAGERS: "1"}, {MANAGERS: "5"}),
    "fewer nodes, which the cluster judges": ({DATA: "6", "qdrant.nodes": "5"}, {DATA: "0", "qdrant.nodes": "1"}),
    "an empty pool gone": ({DATA: "0"}, gone(f"{POOLS}.data")),
    "other roles of an empty pool": ({DATA: "0"}, {DATA: "3", f"{POOLS}.data.roles": "data"}),
    "the same size in another unit": ({"qdrant.disk": "204800Mi"}, {}),
    "a collection gone": ({}, {DOCUMENTS: None}),
    "a collection added": ({}, {"qdrant.collections.images": "vectors=a:8/dot shards=1"}),
    "snapshots to a bucket, the volume given up": (
        {"qdrant.snapshots": "volume", "qdrant.snapshots.volume.size": "1Ti", "allowOrphaned": "volumes.old"},
        {"allowOrphaned": "volumes.old,qdrant.snapshots"},
    ),
    "a store given up": ({}, {**gone("chroma"), "allowOrphaned": "chroma"}),
    "keys of another release": ({"redis.version": "seven", "qdrant.collections.nodes": "x=1", "x.nodes": "y"}, {}),
    "a record without the newer keys": (gone("cluster") | {f"{POOLS}.data.roles": None, "chroma.disk": None}, {}),
    "collections that are named like keys": (
        {"qdrant.collections.version": "vector=8/dot shards=1", "qdrant.collections.disk": "vector=8/dot shards=1"},
        {},
    ),
}


@pytest.mark.parametrize(("before", "after"), TAKEN.values(), ids=TAKEN)
def test_a_step_that_every_store_can_follow_is_taken(before, after):
    assert step(before, after) == {}


def test_zones_may_change_before_anything_stands_in_them():
    empty = {"cluster.zones": "a", DATA: "0"}
    assert forbidden_transitions(empty, {"cluster.zones": "b", DATA: "1"}) == []
    with_chroma = empty | {"chroma.version": "1.5.9"}
    assert [m.key for m in forbidden_transitions(with_chroma, with_chroma | {"cluster.zones": "b"})] == [
        "ballast:cluster.zones"
    ]


def test_nothing_binds_a_stack_that_is_not_deployed_yet():
    assert all(forbidden_transitions({}, deployed) == [] for deployed in DEPLOYED.values())


@pytest.mark.parametrize("stack", DEPLOYED)
def test_a_real_stack_may_follow_itself(stack):
    assert forbidden_transitions(DEPLOYED[stack], DEPLOYED[stack]) == []


def test_every_broken_step_of_one_change_is_reported():
    found = step({}, gone("chroma") | {"qdrant.disk": "1Gi", "opensearch.version": "3.7.0"})
    assert set(found) == {"ballast:chroma", "ballast:qdrant.disk", "ballast:opensearch.version"}


def next_minor(version: str) -> str:
    major, minor, _ = numbers(version)
    return f"{major}.{minor + 1}.0"


@st.composite
def grown(draw: st.DrawFn, texts: dict[str, str]) -> dict[str, str]:
    """The same stack after any growth: larger disks, more nodes, newer versions, more pools, volumes, collections."""
    result = dict(texts)
    for key, text in texts.items():
        if key.endswith(".version") and draw(st.booleans()):
            result[key] = next_minor(text)
        elif key.endswith(".nodes"):
            result[key] = str(int(text) + draw(st.integers(0, 4)))
        elif key.endswith((".disk", ".size")) and draw(st.booleans()):
            result[key] = f"{int(text.removesuffix('Gi')) * 1024 + draw(st.integers(0, 2**20))}Mi"
    for name in draw(st.sets(st.sampled_from(["nodes", "disk", "version", "cold", "roles"]))):
        roles = draw(st.sampled_from(["data", "cluster_manager", "data,ingest"]))
        size = {f"{POOLS}.{name}.disk": "1Gi", f"{POOLS}.{name}.nodes": str(draw(st.integers(0, 3)))}
        result |= size | {f"{POOLS}.{name}.roles": roles}
        result |= {f"volumes.{name}.engine": "sqlite", f"volumes.{name}.disk": "1Gi"}
        result[f"qdrant.collections.{name}"] = "vector=8/dot shards=1"
    return result


@settings(deadline=None)  # a loaded machine is no mistake
@given(
    st.sampled_from(sorted(DEPLOYED)).flatmap(lambda name: st.tuples(st.just(DEPLOYED[name]), grown(DEPLOYED[name])))
)
def test_growth_is_never_refused_and_its_way_back_always_is(pair):
    small, large = pair
    assert forbidden_transitions(small, large) == []
    shrunk = [key for key in small if key.endswith((".disk", ".size", ".version")) and small[key] != large[key]]
    larger = [key for key in shrunk if key.endswith(".version") or not same_size(small[key], large[key])]
    refused = {mistake.key for mistake in forbidden_transitions(large, small)}
    assert {f"ballast:{key}" for key in larger} <= refused


def same_size(first: str, second: str) -> bool:
    return int(first.removesuffix("Gi")) * 1024 == int(second.removesuffix("Mi"))


@settings(deadline=None)  # a loaded machine is no mistake
@given(st.dictionaries(st.sampled_from(sorted(PROD)), st.text(max_size=8) | st.sampled_from(sorted(PROD.values()))))
def test_no_record_however_odd_escapes_as_anything_but_mistakes(odd):
    for before, after in ((odd, PROD), (PROD | odd, PROD), (PROD, odd)):
        assert all(mistake.problem and mistake.remedy for mistake in forbidden_transitions(before, after))
