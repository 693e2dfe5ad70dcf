"""No program under the AGPL is built or tested with: no lock of Go or Python names one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from toolchain.paths import CHECKOUT, MODULES
from toolchain.recipes import RECIPES

if TYPE_CHECKING:
    from pathlib import Path

AGPL = (
    "github.com/grafana/loki",
    "github.com/grafana/tempo",
    "github.com/grafana/grafana",
    "go.k6.io",
    "github.com/minio/minio",
)
# The client libraries beside them (grafana-foundation-sdk, minio-go) have names that go on, and licences of their own.
NAMED = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, AGPL))})(?![\w.-])")
# A package of such a name may be no more than a client: it is refused until somebody has looked.
PACKAGES = re.compile(
    r"""^\s*(?:name\s*=\s*)?"(loki|tempo|grafana|k6|minio)(?:-server)?(?:\[[^\]"]*\])?\s*(?:[=<>!~;@ ][^"]*)?",?$""",
    re.MULTILINE,
)
LOCKS = sorted(path for path in MODULES.rglob("go.*") if path.name in {"go.mod", "go.sum"})


def test_there_are_locks_to_look_at() -> None:
    assert {path.parent.name for path in LOCKS} >= {recipe.lock for recipe in RECIPES.values()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(MODULES)))
def test_no_lock_of_go_names_a_program_under_the_agpl(lock: Path) -> None:
    assert NAMED.findall(lock.read_text()) == []


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.lock"])
def test_no_lock_of_python_names_a_program_under_the_agpl(name: str) -> None:
    text = (CHECKOUT / name).read_text()
    assert NAMED.findall(text) == []
    assert PACKAGES.findall(text) == []


def test_no_recipe_builds_one() -> None:
    for recipe in RECIPES.values():
        assert NAMED.findall(repr(recipe)) == []
        assert recipe.name not in {"loki", "tempo", "grafana", "k6", "minio"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("\tgithub.com/grafana/loki/v3 v3.7.8 // indirect", True),
        ("github.com/grafana/loki/pkg/push v0.0.0 h1:a=", True),
        ("require github.com/grafana/grafana v1.0.0", True),
        ("\tgo.k6.io/k6 v1.0.0", True),
        ("\tgithub.com/minio/minio v0.0.0", True),
        ("\tgithub.com/minio/minio-go/v7 v7.0.0", False),
        ("\tgithub.com/grafana/grafana-foundation-sdk/go v0.0.0", False),
        ("\tgithub.com/grafana/regexp v0.0.0", False),
    ],
)
def test_a_program_is_told_from_a_library_beside_it(line: str, found: bool) -> None:  # noqa: FBT001
    assert bool(NAMED.search(line)) is found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('    "minio==7.2.0",', True),
        ('name = "k6"', True),
        ('    "grafana-foundation-sdk==0.0.21",', False),
        ('name = "minio-client"', False),
    ],
)
def test_a_package_is_told_by_its_whole_name(line: str, found: bool) -> None:  # noqa: FBT001
    assert bool(PACKAGES.search(line)) is found
