"""Random stack files: production's, with changes that people make, and the steps between any two of them."""

from __future__ import annotations

import copy
import json
from itertools import permutations
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from components.settings.judge import Given, judge
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, declare_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from components.settings.stack import StackSettings
    from tests.harness.recorded import Recording

_PREFIX = "ballast:"


def _production() -> dict[str, Any]:
    # No file of another tier may name what by its name is that of prod.
    config = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text().replace("acme-prod", "acme"))["config"]
    found = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    # Production allows the fewest shapes; staging has more of them, and this one begins its chain.
    return {key: value for key, value in found.items() if key not in (*SECRETS, "promotesFrom")} | {"tier": "staging"}


BASE = _production()
OTHERS = 4
"""Files that are made of the first of a family: each is declared once, and any two of the five are a step."""

_SIZES = st.sampled_from(["10Gi", "100Gi", "150Gi", "200Gi", "300Gi"])
_ZONES = st.sampled_from(
    [
        ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"],
        ["eu-central-1b", "eu-central-1a", "eu-central-1c"],
    ]
)


def _change(draw: st.DrawFn, stack: dict[str, Any], *, least: int, most: int) -> dict[str, Any]:
    stack = copy.deepcopy(stack)
    chosen = draw(st.lists(st.sampled_from(sorted(_MOVES)), min_size=least, max_size=most, unique=True))
    # In the table's order: what removes or renames a section comes after what changes it.
    for change in sorted(chosen, key=list(_MOVES).index):
        stack.setdefault("qdrant", copy.deepcopy(BASE["qdrant"]))
        _MOVES[change](draw, stack, stack["opensearch"], stack["qdrant"])
    return stack


def _data(search: Any) -> Any:
    return search["pools"].get("data") or search["pools"]["hot"]


def _nodes(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    _data(search)["nodes"] = draw(st.integers(3, 7))


def _managers(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    search["pools"]["manager"]["nodes"] = draw(st.sampled_from([1, 3, 5]))


def _disks(draw: Any, _stack: Any, search: Any, qdrant: Any) -> None:
    _data(search)["disk"] = draw(_SIZES)
    qdrant["disk"] = draw(_SIZES)


def _versions(draw: Any, _stack: Any, search: Any, qdrant: Any) -> None:
    search["version"] = draw(st.sampled_from(["2.18.0", "2.19.1", "3.7.0", "3.8.0", "3.9.1"]))
    qdrant["version"] = draw(st.sampled_from(["1.19.0", "1.19.4", "1.20.0", "1.21.0"]))


def _pools(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    pools = search["pools"]
    pools["data"] = pools.pop("hot", None) or pools["data"]
    pool = copy.deepcopy(pools["data"])
    pool["nodes"] = draw(st.integers(0, 2))
    pool["roles"] = draw(st.sampled_from([["data"], ["ingest"], ["data", "ingest"]]))
    pools["warm"] = pool
    if draw(st.booleans()):
        del pools["warm"]
    if draw(st.integers(0, 3)) == 0:
        pools["hot"] = pools.pop("data")


def _roles(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    search["pools"]["manager"]["roles"] = draw(st.sampled_from([["cluster_manager"], ["cluster_manager", "ingest"]]))


def _vectors(draw: Any, stack: Any, _search: Any, qdrant: Any) -> None:
    if draw(st.integers(0, 4)) == 0:
        del stack["qdrant"]
        return
    qdrant["nodes"] = draw(st.sampled_from([3, 4, 6]))
    qdrant["collections"]["documents"]["shards"] = draw(st.sampled_from([6, 12]))


def _embedded(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack["chroma"] = copy.deepcopy(BASE["chroma"])
    if draw(st.booleans()):
        del stack["chroma"]
    knowledge = copy.deepcopy(BASE["volumes"]["knowledge"])
    more = {**knowledge, "snapshots": {"volume": {"size": "20Gi"}}}
    stack["volumes"] = draw(st.sampled_from([{"knowledge": knowledge}, {"knowledge": knowledge, "more": more}, {}]))


def _places(draw: Any, _stack: Any, _search: Any, qdrant: Any) -> None:
    volume = {"volume": {"size": draw(st.sampled_from(["4Ti", "5Ti"]))}}
    qdrant["snapshots"] = draw(st.sampled_from([volume, copy.deepcopy(BASE["qdrant"]["snapshots"])]))


def _buckets(draw: Any, stack: Any, search: Any, qdrant: Any) -> None:
    stores = [search, qdrant, stack.get("chroma", {}), *stack.get("volumes", {}).values()]
    owners = [stack.get("loki", {}), stack["tempo"], *(store.get("snapshots", {}) for store in stores)]
    place = draw(st.sampled_from([owner["s3"] for owner in owners if "s3" in owner]))
    place |= draw(st.sampled_from([{"basePath": "elsewhere"}, {"bucket": "acme-elsewhere"}]))


def _zones(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack["cluster"]["zones"] = draw(_ZONES)


def _storage_class(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack["cluster"]["storageClass"]["name"] = draw(st.sampled_from(["gp3-retain", "io2-retain"]))


def _surroundings(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack["teardown"] = draw(st.sampled_from(["refuse", "keepData"]))
    stack["console"]["replicas"] = draw(st.integers(1, 3))
    stack["images"]["mirror"] = draw(st.sampled_from([None, "registry.example.com/mirror"]))


def _telemetry(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack.setdefault("loki", copy.deepcopy(BASE["loki"]))
    for store in ("prometheus", "loki", "tempo", "grafana"):
        stack[store]["disk"] = draw(st.sampled_from(["100Gi", "150Gi", "200Gi"]))
    stack["prometheus"]["replicas"] = draw(st.integers(1, 3))
    stack["collector"]["gateway"]["replicas"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        del stack["loki"]


_MOVES = {
    move.__name__: move
    for move in (
        _nodes,
        _managers,
        _disks,
        _versions,
        _roles,
        _places,
        _zones,
        _storage_class,
        _surroundings,
        _buckets,
        _pools,
        _embedded,
        _telemetry,
        _vectors,
    )
}


@st.composite
def stack_families(draw: st.DrawFn) -> list[StackSettings]:
    """A valid stack file and those that people made of it; what the rules refuse never reaches the program."""
    before = _change(draw, BASE, least=0, most=3)
    return _family(before, lambda: _change(draw, before, least=1, most=2))


def _family(first: dict[str, Any], make: Callable[[], dict[str, Any]]) -> list[StackSettings]:
    return [_valid(first), *(_valid(make()) for _ in range(OTHERS))]


def steps(family: list[StackSettings], declared: dict[str, Recording]) -> Iterator[tuple[Recording, Recording]]:
    """Yield each step from one file of a family to another, as what the program declares for the two.

    Args:
        family: the files.
        declared: what was declared for files of earlier families, because it takes seconds and many are the same.
    """
    texts = {stack.model_dump_json(): stack for stack in family}
    for text, stack in texts.items():
        if text not in declared:
            declared[text] = declare_stack(stack, "staging")
    yield from permutations([declared[text] for text in texts], 2)


def _valid(values: dict[str, Any]) -> StackSettings:
    # Through JSON, as the engine hands them over.
    settings, mistakes = judge(Given("staging", json.loads(json.dumps(values)), frozenset()), SECRETS)
    assume(not mistakes)
    assert settings is not None
    return settings


_DAYS = st.sampled_from(["7d", "14d", "30d", "90d"])
_STREAMS = st.dictionaries(
    st.sampled_from(["first", "second", "third"]),
    st.fixed_dictionaries(
        {"retention": _DAYS},
        optional={
            "namespace": st.sampled_from(["opensearch", "qdrant"]),
            "service": st.sampled_from(["shop", "opensearch"]),
        },
    ),
    max_size=3,
)
_PATTERNS = st.lists(
    st.sampled_from(["logs-*", "logs-app-*", "audit-*", "workflows-*", "workflows-1"]),
    min_size=1,
    max_size=2,
    unique=True,
)
_INDEXES = st.dictionaries(
    st.sampled_from(["logs", "audit", "more"]),
    st.fixed_dictionaries(
        {"patterns": _PATTERNS, "shards": st.just(1), "deleteAfter": st.sampled_from(["7d", "30d", None])}
    ),
    max_size=3,
)


def _timed(draw: st.DrawFn, stack: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with other times for some of what it keeps, on disks that hold all of it."""
    stack = copy.deepcopy(stack)
    stack.pop("dataPrepper", None)
    for store in draw(st.sets(st.sampled_from(["prometheus", "loki", "tempo"]), max_size=2)):
        stack[store]["retention"] = draw(_DAYS)
    for store in draw(st.sets(st.sampled_from(["opensearch", "qdrant", "chroma"]), max_size=1)):
        stack[store]["recovery"]["retention"] = draw(_DAYS)
    stack["loki"]["streams"] = draw(st.one_of(st.just(stack["loki"].get("streams", {})), _STREAMS))
    stack["opensearch"]["indexes"] = draw(st.one_of(st.just(stack["opensearch"]["indexes"]), _INDEXES))
    return stack


@st.composite
def timed_families(draw: st.DrawFn) -> list[StackSettings]:
    """A valid stack file, and others made of it that keep things for other times."""
    before = _timed(draw, BASE)
    return _family(before, lambda: _timed(draw, before))
