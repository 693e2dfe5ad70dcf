"""Cache keys: whatever changes a program changes the folder it lies in."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from toolchain.paths import MODULES
from toolchain.recipes import CLUSTER, ENGINE, KUBERNETES_PROVIDER_VERSION, KUBERNETES_VERSION, RECIPES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "modules"
    shutil.copytree(MODULES, copy)
    monkeypatch.setattr("toolchain.recipes.MODULES", copy)
    return copy


@pytest.mark.usefixtures("modules")
def test_a_key_does_not_depend_on_where_the_checkout_lies() -> None:
    here = RECIPES["etcd"].key
    assert re.fullmatch("[0-9a-f]{12}", here)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("toolchain.recipes.MODULES", MODULES)
        assert RECIPES["etcd"].key == here


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "etcd/main.go"])
def test_a_key_changes_with_everything_that_pins_the_inputs(modules: Path, file: str) -> None:
    before = RECIPES["etcd"].key
    with (modules / "control-plane" / file).open("a") as handle:
        handle.write("// changed\n")
    assert RECIPES["etcd"].key != before


def test_a_key_changes_with_the_lock_of_a_file_taken_from_another_module(modules: Path) -> None:
    before = RECIPES["pulumi-language-python"].key
    with (modules / "pulumi-cli" / "go.sum").open("a") as handle:
        handle.write("// changed\n")
    assert RECIPES["pulumi-language-python"].key != before


def test_a_key_changes_with_the_recipe() -> None:
    recipe = RECIPES["kubectl"]
    assert replace(recipe, stamps=("k8s.io/component-base/version.gitVersion=v0.0.0",)).key != recipe.key


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_pinned_by_lock_files(name: str) -> None:
    recipe = RECIPES[name]
    for lock in {recipe.lock, *(file.lock for file in recipe.files)}:
        assert (MODULES / lock / "go.mod").is_file()
        assert (MODULES / lock / "go.sum").is_file()
    for file in (*recipe.files, *([recipe.schema] if recipe.schema else [])):
        assert f"{file.module} v" in (MODULES / file.lock / "go.mod").read_text()


def test_the_stamped_versions_are_those_the_locks_pin() -> None:
    assert f"k8s.io/kubernetes {KUBERNETES_VERSION}" in (MODULES / "control-plane" / "go.mod").read_text()
    main = (MODULES / "pulumi-resource-kubernetes" / "main.go").read_text()
    assert f'"{KUBERNETES_PROVIDER_VERSION}"' in main


def test_the_operator_is_buildable_and_not_part_of_what_make_up_builds() -> None:
    assert "prometheus-operator" in RECIPES
    assert "prometheus-operator" not in {*ENGINE, *CLUSTER}
