"""Random stack files: production's, with changes that people make."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st

from components.settings.judge import Given, judge
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT

if TYPE_CHECKING:
    from components.settings.stack import StackSettings

_PREFIX = "ballast:"


def _production() -> dict[str, Any]:
    config = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text(encoding="utf-8"))["config"]
    found = {key.removeprefix(_PREFIX): value for key, value in config.items() if key.startswith(_PREFIX)}
    # Production allows the fewest shapes; staging has the same program and more of them.
    return {key: value for key, value in found.items() if key not in SECRETS} | {"environment": "staging"}


BASE = _production()

_SIZES = st.sampled_from(["10Gi", "100Gi", "150Gi", "200Gi", "300Gi"])
_ZONES = st.sampled_from(
    [
        ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"],
        ["eu-central-1b", "eu-central-1a", "eu-central-1c"],
    ]
)


@st.composite
def _changes(draw: st.DrawFn) -> dict[str, Any]:
    """One stack file's settings, as the file spells them."""
    stack = copy.deepcopy(BASE)
    search, qdrant = stack["opensearch"], stack["qdrant"]
    chosen = draw(st.lists(st.sampled_from(sorted(_MOVES)), max_size=3, unique=True))
    # In the table's order: what renames or removes a section comes after what changes it.
    for change in sorted(chosen, key=list(_MOVES).index):
        _MOVES[change](draw, stack, search, qdrant)
    return stack


def _nodes(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    search["pools"]["data"]["nodes"] = draw(st.integers(3, 7))


def _managers(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    search["pools"]["manager"]["nodes"] = draw(st.sampled_from([1, 3, 5]))


def _disks(draw: Any, _stack: Any, search: Any, qdrant: Any) -> None:
    search["pools"]["data"]["disk"] = draw(_SIZES)
    qdrant["disk"] = draw(_SIZES)


def _versions(draw: Any, _stack: Any, search: Any, qdrant: Any) -> None:
    search["version"] = draw(st.sampled_from(["2.18.0", "2.19.1", "3.7.0", "3.8.0", "3.9.1"]))
    qdrant["version"] = draw(st.sampled_from(["1.19.0", "1.19.4", "1.20.0", "1.21.0"]))


def _pools(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    pool = copy.deepcopy(search["pools"]["data"])
    pool["nodes"] = draw(st.integers(0, 2))
    pool["roles"] = draw(st.sampled_from([["data"], ["ingest"], ["data", "ingest"]]))
    search["pools"]["warm"] = pool
    if draw(st.booleans()):
        search["pools"]["hot"] = search["pools"].pop("data")


def _roles(draw: Any, _stack: Any, search: Any, _qdrant: Any) -> None:
    search["pools"]["manager"]["roles"] = draw(st.sampled_from([["cluster_manager"], ["cluster_manager", "ingest"]]))


def _vectors(draw: Any, stack: Any, _search: Any, qdrant: Any) -> None:
    if draw(st.integers(0, 4)) == 0:
        del stack["qdrant"]
        return
    qdrant["nodes"] = draw(st.sampled_from([3, 4, 6]))
    qdrant["collections"]["documents"]["shards"] = draw(st.sampled_from([6, 12]))


def _embedded(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    if draw(st.booleans()):
        del stack["chroma"]
    if draw(st.booleans()):
        stack["volumes"]["more"] = copy.deepcopy(stack["volumes"]["knowledge"])
        stack["volumes"]["more"]["snapshots"] = {"volume": {"size": "20Gi"}}
    if draw(st.booleans()):
        del stack["volumes"]["knowledge"]


def _places(draw: Any, stack: Any, _search: Any, qdrant: Any) -> None:
    if draw(st.booleans()):
        qdrant["snapshots"] = {"volume": {"size": draw(st.sampled_from(["4Ti", "5Ti"]))}}
    stack["cluster"]["zones"] = draw(_ZONES)
    stack["cluster"]["storageClass"] = draw(st.sampled_from(["gp3-retain", "io2-retain"]))


def _surroundings(draw: Any, stack: Any, _search: Any, _qdrant: Any) -> None:
    stack["teardown"] = draw(st.sampled_from(["refuse", "keepData"]))
    stack["console"]["replicas"] = draw(st.integers(1, 3))
    stack["images"]["mirror"] = draw(st.sampled_from([None, "registry.example.com/mirror"]))


_MOVES = {
    move.__name__: move
    for move in (_nodes, _managers, _disks, _versions, _roles, _places, _surroundings, _pools, _vectors, _embedded)
}


@st.composite
def stack_files(draw: st.DrawFn) -> StackSettings:
    """A valid stack file; what the rules refuse never reaches the program."""
    values = json.loads(json.dumps(draw(_changes())))
    settings, mistakes = judge(Given("staging", values, frozenset()), SECRETS)
    assume(not mistakes)
    assert settings is not None
    return settings
